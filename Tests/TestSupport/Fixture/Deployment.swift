import Foundation
package import StrictJSON
import Synchronization

/// A deployment of Accord in a folder of its own, run with the real programs and reached through its socket.
package final class Deployment: Sendable {
    /// A step of the preparation did not do what it should.
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    /// Members whose user id and key the fixture makes, in the order of their user ids from 52001 on.
    private static let firstUID: UInt32 = 52_001

    /// The folder of everything.
    package let folder: ScratchFolder
    /// The folder of record, keys and views.
    package let state: String
    /// The members' socket.
    package let socket: String
    /// The clock of its daemon and of its members' programs; nil: the machine's.
    package let clock: FakeClock?
    private let running = Mutex<DaemonProcess?>(nil)

    /// Prepares keys and a configuration, and initialises the record with its first administrator, admin.ops.
    ///
    /// - Parameters:
    ///   - state: where the state folder is to be, if not inside the scratch folder.
    ///   - settings: lines added to the configuration.
    ///   - moment: where its clock stands still until it is set, such as `2031-03-03 09:00:00`; nil: the machine's clock.
    /// - Throws: ``Failed`` if that does not work.
    package init(state: String? = nil, settings: String = "", at moment: String? = nil) throws {
        folder = try Self.openFolder()
        clock = try moment.map { [folder] in try FakeClock(folder.path("clock"), $0) }
        self.state = state ?? folder.path("state")
        socket = folder.path("s")
        try FileManager.default.createDirectory(atPath: folder.path("keys"), withIntermediateDirectories: false)
        try writeConfiguration(settings)
        try makeKeys(MeridianBay.members.map(\.name))
        try initialise()
    }

    /// A copy of a deployment that does not run: what was prepared once need not be prepared again.
    package init(copyOf other: Deployment, state: String? = nil, settings: String = "") throws {
        folder = try Self.openFolder()
        clock = nil
        self.state = state ?? folder.path("state")
        socket = folder.path("s")
        let copied = [("\(other.folder.path)/keys", folder.path("keys")), ("\(other.state)/.", self.state)]
        for (from, to) in copied {
            let copy = try run("cp", ["-a", "-T", from, to])
            guard copy.status == 0 else { throw Failed(description: copy.stderr) }
        }
        try writeConfiguration(settings)
    }

    deinit {
        running.withLock { $0 }?.send(SIGKILL)
    }

    /// A scratch folder that other user ids can pass through to the socket.
    private static func openFolder() throws -> ScratchFolder {
        let folder = try ScratchFolder("a")
        try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder.path)
        // Each member's programs keep there what they saw, under the member's own user id.
        try FileManager.default.createDirectory(atPath: folder.path("s.seen"), withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o1777], ofItemAtPath: folder.path("s.seen"))
        return folder
    }

    /// Writes the configuration, which a running daemon takes on HUP, with lines added to it.
    package func writeConfiguration(_ settings: String) throws {
        try folder.write(
            "accord.yaml",
            """
            state-folder: \(state)
            socket:
              path: \(socket)
              mode: 0666
            \(settings)

            """
        )
    }

    /// Makes keys for members, all in one go.
    package func makeKeys(_ members: [String]) throws {
        let script = "for name; do ssh-keygen -q -t ed25519 -N '' -C \"$name\" -f \"$name\" </dev/null || exit 1; done"
        let made = try run("sh", ["-c", script, "sh"] + members, in: folder.path("keys"))
        guard made.status == 0 else { throw Failed(description: made.stderr) }
    }

    private func initialise() throws {
        let made = try DaemonProcess.run(
            [
                "env", Programs.path("accordd"), "init", "--config", folder.path("accord.yaml"), "--origin",
                "accord.example.org/log1", "--agency",
                "OPS", "--agency-name", "Accord operations desk", "--administrator", "admin.ops", "--uid",
                "\(uid(of: "admin.ops"))", "--key", publicKey(of: "admin.ops"), "--expires", "365d",
            ],
            environment: environment
        )
        guard made.status == 0 else { throw Failed(description: "accordd init: \(made.stderr)") }
    }

    /// The path of a member's public key.
    package func publicKey(of member: String) -> String { folder.path("keys/\(member).pub") }

    /// The path of a member's private key.
    package func privateKey(of member: String) -> String { folder.path("keys/\(member)") }

    /// The user id under which a member of the fixture works; others have none that is enrolled.
    package func uid(of member: String) -> UInt32 {
        let index = MeridianBay.members.firstIndex { $0.name == member } ?? MeridianBay.members.count
        return Self.firstUID + UInt32(index)
    }

    /// A member at a terminal: known by user id where this process is root, else by key.
    package func `as`(_ member: String) -> Person {
        Person(
            member: member,
            uid: uid(of: member),
            key: privateKey(of: member),
            socket: socket,
            proof: Programs.isRoot ? .uid : .key,
            clock: environment
        )
    }

    /// What the clock asks of the environment of a program.
    private var environment: [String: String] { clock?.environment ?? [:] }
}

extension Deployment {
    /// The command that serves this deployment.
    package var command: [String] {
        get throws { [try Programs.path("accordd"), "run", "--config", folder.path("accord.yaml")] }
    }

    /// Starts the daemon and waits until it serves.
    ///
    /// - Parameters:
    ///   - wrapper: words before the command, such as `strace -f`.
    ///   - environment: added to that of the test.
    ///   - blocked: signals that it starts with blocked.
    /// - Returns: Its process.
    /// - Throws: ``Failed`` with what it wrote to standard error if it ends instead.
    @discardableResult
    package func start(
        under wrapper: [String] = [],
        environment: [String: String] = [:],
        blocked: [Int32] = []
    ) throws -> DaemonProcess {
        let process = try launch(under: wrapper, environment: environment, blocked: blocked)
        let end = Date().addingTimeInterval(30)
        while probe()?.text("mode") != "running" {
            if let status = process.status {
                throw Failed(description: "accordd ended with \(status): \(process.errors)")
            }
            guard Date() < end else { throw Failed(description: "accordd does not serve: \(process.errors)") }
            usleep(4_000)
        }
        return process
    }

    /// Starts the daemon without waiting for anything.
    @discardableResult
    package func launch(
        under wrapper: [String] = [],
        environment: [String: String] = [:],
        blocked: [Int32] = []
    ) throws -> DaemonProcess {
        let process = try DaemonProcess(
            (clock == nil ? [] : ["env"]) + wrapper + command,
            environment: environment.merging(clock?.environment ?? [:]) { $1 },
            output: folder.path("accordd.out"),
            errors: folder.path("accordd.err"),
            blocked: blocked
        )
        running.withLock { $0 = process }
        return process
    }

    /// The process that was started last.
    package var process: DaemonProcess? { running.withLock { $0 } }

    /// What the daemon says of itself; nil if it does not answer.
    ///
    /// Who connects too often is let in later: it is asked for a while.
    package var status: JSONObject? {
        let end = Date().addingTimeInterval(5)
        while process?.status == nil, Date() < end {
            if let status = probe() { return status }
            usleep(10_000)
        }
        return nil
    }

    private func probe() -> JSONObject? {
        guard let connection = try? RawConnection(socket, deadline: 5) else { return nil }
        return (try? connection.call("io.accord.Service.GetStatus"))?["parameters"]?.object
    }

    /// Waits until the daemon says of itself that it does what it should, such as `running`.
    ///
    /// - Throws: ``Failed`` with what it says instead if it takes longer than the deadline, in seconds.
    package func wait(forMode mode: String, deadline: Double = 60) throws {
        let end = Date().addingTimeInterval(deadline)
        while status?.text("mode") != mode {
            guard Date() < end else { throw Failed(description: "\(status?.members ?? [])\n\(errors)") }
            usleep(10_000)
        }
    }

    /// Waits until the daemon has written a text to standard error.
    ///
    /// - Throws: ``Failed`` with what it wrote if it takes longer than the deadline, in seconds.
    package func wait(forError text: String, deadline: Double = 60) throws {
        let end = Date().addingTimeInterval(deadline)
        while !errors.contains(text) {
            guard Date() < end else { throw Failed(description: "no '\(text)' in\n\(errors)") }
            usleep(10_000)
        }
    }

    /// Ends the daemon with a signal and waits for its end.
    ///
    /// - Returns: The exit status; negative for a signal.
    @discardableResult
    package func stop(_ signal: Int32 = SIGTERM) throws -> Int32 {
        guard let process else { return 0 }
        process.send(signal)
        return try process.wait()
    }

    /// What the daemon wrote to standard error, over all its lives.
    package var errors: String { (try? String(decoding: folder.read("accordd.err"), as: UTF8.self)) ?? "" }
}
