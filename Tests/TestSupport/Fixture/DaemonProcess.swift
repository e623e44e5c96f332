import Dispatch
import Foundation
import Synchronization

/// A program that this test started and may end; it dies with the test process.
///
/// Foundation's `Process` hands on the signal mask of whatever thread starts it, so that a child may never see TERM, and
/// waits until everybody has closed what the child inherited, so that a child's child keeps it waiting. Here the child
/// starts with no signal blocked that was not asked for, and it alone counts.
package final class DaemonProcess: Sendable {
    /// The process did not do in time what was waited for, or could not be started.
    package struct Late: Error, CustomStringConvertible {
        package let description: String
    }

    /// The child's number; with a wrapper such as strace, the wrapper's.
    package let pid: Int32

    private let ending: Ending
    private let outputPath: String
    private let errorPath: String

    /// Starts a program; Swift's crash tracer is off, because it shows memory and can hang.
    ///
    /// - Parameters:
    ///   - words: the program, a path or a name along `PATH`, and its arguments.
    ///   - input: the file that is its standard input.
    ///   - environment: added to that of the test.
    ///   - output: the file that standard output is appended to; made if absent.
    ///   - errors: the same for standard error.
    ///   - blocked: signals that it starts with blocked, as a careless supervisor would start it.
    /// - Throws: ``Late`` if it cannot be started.
    package init(
        _ words: [String],
        input: String = "/dev/null",
        environment: [String: String] = [:],
        output: String,
        errors: String,
        blocked: [Int32] = []
    ) throws {
        outputPath = output
        errorPath = errors
        let variables = ProcessInfo.processInfo.environment
            .merging(["SWIFT_BACKTRACE": "enable=no", "LC_ALL": "C.UTF-8"]) { $1 }
            .merging(environment) { $1 }
        pid = try Self.spawn(words, variables.map { "\($0)=\($1)" }, [input, output, errors], blocked)
        ending = Ending()
        LeftOvers.kill(atExit: pid)
        let (pid, ending) = (pid, ending)
        Thread {
            var status: Int32 = 0
            while unsafe waitpid(pid, &status, 0) == -1, errno == EINTR {}
            LeftOvers.ended(pid)
            let signal = status & 0x7F
            ending.set(signal == 0 ? (status >> 8) & 0xFF : -signal)
        }
        .start()
    }

    private static func spawn(
        _ words: [String],
        _ environment: [String],
        _ streams: [String],
        _ blocked: [Int32]
    ) throws -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, path) in zip(Int32(0)..., streams) {
            let flags = descriptor == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND
            unsafe posix_spawn_file_actions_addopen(&actions, descriptor, path, flags, 0o600)
        }
        // What another thread has open for a child of its own must not live on in this one.
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            if let descriptor = Int32(name), descriptor > 2 {
                unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
            }
        }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        for number in blocked { unsafe sigaddset(&mask, number) }
        unsafe posix_spawnattr_setsigmask(&attributes, &mask)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid: Int32 = 0
        let code = unsafe withStrings(words) { arguments in
            unsafe withStrings(environment) { environment in
                unsafe posix_spawnp(&pid, words[0], &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else { throw Late(description: "\(words[0]) cannot be started: error \(code)") }
        return pid
    }

    /// Lends C strings with a null at the end.
    private static func withStrings<Result>(
        _ texts: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
        return unsafe body(copies)
    }

    /// A status that arrives later.
    private final class Ending: Sendable {
        private let value = Mutex<Int32?>(nil)
        private let hasEnded = DispatchSemaphore(value: 0)

        func set(_ status: Int32) {
            value.withLock { $0 = status }
            hasEnded.signal()
        }

        var status: Int32? { value.withLock { $0 } }

        func wait(until end: DispatchTime) -> Int32? {
            guard hasEnded.wait(timeout: end) == .success else { return nil }
            hasEnded.signal()
            return status
        }
    }

    /// Its exit status, negative for a signal; nil while it runs.
    package var status: Int32? { ending.status }

    /// Sends a signal, if it still runs.
    package func send(_ signal: Int32) {
        if status == nil { kill(pid, signal) }
    }

    /// Waits for its end.
    ///
    /// - Throws: ``Late`` after the deadline, in seconds; the process is killed then.
    @discardableResult
    package func wait(deadline: Double = 20) throws -> Int32 {
        if let status = ending.wait(until: .now() + deadline) { return status }
        kill(pid, SIGKILL)
        _ = ending.wait(until: .now() + 5)
        throw Late(description: "process \(pid) did not end within \(deadline) s\n\(errors)")
    }

    /// What it wrote to standard output so far.
    package var output: String { Self.text(outputPath) }
    /// What it wrote to standard error so far.
    package var errors: String { Self.text(errorPath) }

    private static func text(_ path: String) -> String {
        (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

extension DaemonProcess {
    /// Runs a program to its end.
    ///
    /// - Throws: ``Late`` if it takes longer than the deadline, in seconds; it is killed then.
    @discardableResult
    package static func run(
        _ words: [String],
        input: [UInt8] = [],
        environment: [String: String] = [:],
        in folder: String? = nil,
        deadline: Double = 60
    ) throws -> Completed {
        let scratch = try ScratchFolder("run")
        let process = try DaemonProcess(
            (folder.map { ["env", "-C", $0] } ?? []) + words,
            input: input.isEmpty ? "/dev/null" : scratch.write("in", input),
            environment: environment,
            output: scratch.path("out"),
            errors: scratch.path("err")
        )
        let status = try process.wait(deadline: deadline)
        return Completed(status: status, output: try scratch.read("out"), errors: try scratch.read("err"))
    }

    /// Waits until somebody can connect to a socket.
    ///
    /// - Throws: ``Late`` if the process ends before, or after the deadline in seconds.
    package func wait(forSocket path: String, deadline: Double = 20) throws {
        let end = Date.now.addingTimeInterval(deadline)
        while (try? RawConnection(path)) == nil {
            guard status == nil, Date.now < end else { throw Late(description: "\(path) is not served\n\(errors)") }
            usleep(4_000)
        }
    }
}
