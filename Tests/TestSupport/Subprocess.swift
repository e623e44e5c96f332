import Dispatch
import Foundation

/// What a child process left behind.
package struct Completed: Sendable {
    /// The exit status; for a child that a signal ended, the signal's number with a minus.
    package let status: Int32
    /// Standard output.
    package let output: [UInt8]
    /// Standard error.
    package let errors: [UInt8]

    /// Standard output as text.
    package var stdout: String { String(decoding: output, as: UTF8.self) }
    /// Standard error as text.
    package var stderr: String { String(decoding: errors, as: UTF8.self) }
}

/// The child did not end in time and was killed.
package struct DeadlineExceeded: Error {
    package let executable: String
    package let errors: String
}

/// Runs a program to its end.
///
/// Output goes to files, so that a child that writes much never waits for us. Swift's crash tracer stays off in
/// children: it can hang and hold everything up.
///
/// - Parameters:
///   - executable: a path, or a name that is looked up along `PATH`.
///   - arguments: those after the program's name.
///   - input: what the child reads from standard input.
///   - environment: added to that of the test.
///   - folder: where the child runs.
///   - deadline: after so many seconds the child is killed.
/// - Returns: the status and both outputs.
/// - Throws: ``DeadlineExceeded``, or an error of Foundation if the program cannot be started.
@discardableResult
package func run(
    _ executable: String,
    _ arguments: [String] = [],
    input: [UInt8] = [],
    environment: [String: String] = [:],
    in folder: String? = nil,
    deadline: Double = 30
) throws -> Completed {
    let scratch = try ScratchFolder("run")
    let process = Process()
    let isPath = executable.utf8.contains(UInt8(ascii: "/"))
    process.executableURL = URL(filePath: isPath ? executable : "/usr/bin/env")
    process.arguments = isPath ? arguments : [executable] + arguments
    process.environment = ProcessInfo.processInfo.environment
        .merging(["SWIFT_BACKTRACE": "enable=no", "LC_ALL": "C.UTF-8"]) { $1 }
        .merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(filePath: folder, directoryHint: .isDirectory) }

    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: scratch.write("in", input)))
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: scratch.write("out", "")))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: scratch.write("err", "")))

    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    if ended.wait(timeout: .now() + deadline) == .timedOut {
        kill(process.processIdentifier, SIGKILL)
        ended.wait()
        let errors = String(decoding: try scratch.read("err"), as: UTF8.self)
        throw DeadlineExceeded(executable: executable, errors: errors)
    }
    let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    return Completed(status: status, output: try scratch.read("out"), errors: try scratch.read("err"))
}

/// The path of a program along `PATH`, or nil where it is not installed.
package func program(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
}
