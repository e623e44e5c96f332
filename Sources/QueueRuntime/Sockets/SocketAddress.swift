package import Glibc

/// An address of the family AF_UNIX (unix(7)).
package struct SocketAddress: Sendable {
    /// The longest path that fits with its terminator.
    package static let maximumPathBytes = 107

    private let storage: sockaddr_un
    private let length: socklen_t

    /// The address of a path; a leading `@` means the abstract namespace, which only sd_notify uses here.
    ///
    /// - Throws: ``SystemFault`` if it does not fit, is empty or holds a NUL.
    package init(path: String) throws(SystemFault) {
        var bytes = Array(path.utf8)
        guard !bytes.isEmpty, !bytes.contains(0) else {
            throw SystemFault(refusing: .missing, path: path, advice: "Give a path.")
        }
        guard bytes.count <= Self.maximumPathBytes else { throw SystemFault(refusing: .pathTooLong, path: path) }
        let isAbstract = bytes[0] == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        storage = address
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? MemoryLayout<sa_family_t>.size
        length = socklen_t(start + bytes.count + (isAbstract ? 0 : 1))
    }

    /// The path that a socket of AF_UNIX is bound to; nil if it is bound to none.
    static func path(of descriptor: Int32) -> String? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        guard result == 0, address.sun_family == sa_family_t(AF_UNIX) else { return nil }
        let bytes = unsafe withUnsafeBytes(of: address.sun_path) { unsafe Array($0.prefix { $0 != 0 }) }
        return bytes.isEmpty ? nil : String(validating: bytes, as: UTF8.self)
    }

    /// Lends the address to a system call.
    package func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }
}
