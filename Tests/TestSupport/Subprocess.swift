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

/// Runs a program to its end.
///
/// Output goes to files, so that a child that writes much never waits for us.
///
/// - Parameters:
///   - executable: a path, or a name that is looked up along `PATH`.
///   - arguments: those after the program's name.
///   - input: what the child reads from standard input.
///   - environment: added to that of the test.
///   - folder: where the child runs.
///   - deadline: after so many seconds the child is killed.
/// - Returns: the status and both outputs.
/// - Throws: ``DaemonProcess/Late`` after the deadline, or if the program cannot be started.
@discardableResult
package func run(
    _ executable: String,
    _ arguments: [String] = [],
    input: [UInt8] = [],
    environment: [String: String] = [:],
    in folder: String? = nil,
    deadline: Double = 30
) throws -> Completed {
    let words = [executable] + arguments
    return try DaemonProcess.run(words, input: input, environment: environment, in: folder, deadline: deadline)
}

/// The path of a program along `PATH`, or nil where it is not installed.
package func program(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
}
