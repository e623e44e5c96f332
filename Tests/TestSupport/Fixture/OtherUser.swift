import Glibc

/// What somebody with another user id does: the daemon takes a peer for the user who connected.
package enum OtherUser {
    /// The user id cannot be taken: only root can.
    package struct Refused: Error {}

    /// Runs a body under a user id, on this thread alone: seteuid(3) would change all of them, whatever they are about.
    ///
    /// - Throws: ``Refused``, or what the body throws.
    package static func run<Value: ~Copyable>(as uid: UInt32, _ body: () throws -> Value) throws -> Value {
        guard take(uid) else { throw Refused() }
        defer { precondition(take(0), "the user id cannot be given back") }
        return try body()
    }

    /// setresuid(2) as the kernel has it, for one thread; the saved user id stays root's.
    private static func take(_ uid: UInt32) -> Bool {
        typealias SystemCall = @convention(c) (Int, UInt, UInt, UInt) -> Int
        guard let symbol = unsafe dlsym(nil, "syscall") else { return false }
        let systemCall = unsafe unsafeBitCast(symbol, to: SystemCall.self)
        let same = UInt(UInt32.max)
        return systemCall(number, same, UInt(uid), same) == 0
    }

    #if arch(x86_64)
    private static let number = 117
    #else
    private static let number = 147
    #endif
}
