import Foundation
import TestSupport

/// A Debian of a test's own, really booted: this machine's files below a layer in memory, systemd as its first process.
///
/// Nothing that happens in it changes this machine. Debian's package manager works in it as in any other.
final class BootedHost: Sendable {
    /// The host cannot be booted, or a step of its preparation did not do what it should.
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private let scratch: ScratchFolder
    private let layer: String
    private let container: DaemonProcess
    private let leader: Int32

    /// Where the host's root folder is on this machine.
    var root: String { "\(layer)/root" }

    /// What this machine has enabled for itself, and nobody wants here.
    private static let masked = [
        "apt-daily-upgrade.timer", "apt-daily.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "fstrim.timer",
        "man-db.timer", "ssh.service", "systemd-networkd.service", "systemd-resolved.service",
        "systemd-timesyncd.service", "systemd-udevd.service",
    ]

    init() throws {
        scratch = try ScratchFolder("host")
        layer = scratch.path("layer")
        try FileManager.default.createDirectory(atPath: layer, withIntermediateDirectories: false)
        LeftOvers.unmount(atExit: layer)
        let layer = layer
        try Self.must("mount", "-t", "tmpfs", "tmpfs", layer)
        for name in ["upper", "work", "root"] {
            try FileManager.default.createDirectory(atPath: "\(layer)/\(name)", withIntermediateDirectories: false)
        }
        let layers = "lowerdir=/,upperdir=\(layer)/upper,workdir=\(layer)/work"
        try Self.must("mount", "-t", "overlay", "-o", layers, "overlay", "\(layer)/root")
        let units = "\(layer)/root/etc/systemd/system"
        for unit in Self.masked { try Self.must("ln", "-sf", "/dev/null", "\(units)/\(unit)") }
        let target = """
            [Unit]
            Requires=basic.target systemd-user-sessions.service
            After=basic.target systemd-user-sessions.service
            AllowIsolate=yes

            """
        try Data(target.utf8).write(to: URL(filePath: "\(units)/rehearsal.target"))
        for file in ["fstab", "machine-id"] { try Data().write(to: URL(filePath: "\(layer)/root/etc/\(file)")) }
        container = try DaemonProcess(
            [
                "systemd-nspawn", "--quiet", "--directory=\(layer)/root", "--register=no", "--keep-unit",
                "--private-network", "--machine=accord-\(getpid())", "--boot", "systemd.unit=rehearsal.target",
            ],
            output: scratch.path("console"),
            errors: scratch.path("errors")
        )
        leader = try Self.leader(of: container)
    }

    deinit {
        kill(leader, SIGKILL)
        _ = try? container.wait()
        _ = try? TestSupport.run("umount", ["-l", layer])
        LeftOvers.unmounted(layer)
    }

    /// Waits until the host has booted.
    private static func leader(of container: DaemonProcess) throws -> Int32 {
        let end = Date.now.addingTimeInterval(60)
        while Date.now < end, container.status == nil {
            let path = "/proc/\(container.pid)/task/\(container.pid)/children"
            let children = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            if let leader = children.split(separator: " ").compactMap({ Int32($0) }).first,
                try enter(leader, ["systemctl", "is-active", "rehearsal.target"]).status == 0
            {
                LeftOvers.kill(atExit: leader)
                return leader
            }
            usleep(50_000)
        }
        container.send(SIGKILL)
        throw Failed(
            description: """
                No host can be booted here, so that nothing is known of the units: systemd-nspawn takes root, overlay \
                and control groups.
                \(container.output)\(container.errors)
                """
        )
    }

    private static func enter(_ leader: Int32, _ words: [String]) throws -> Completed {
        try DaemonProcess.run(
            ["nsenter", "--target", "\(leader)", "--all", "env", "-i", "-C", "/", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
                + words
        )
    }

    private static func must(_ words: String...) throws {
        let done = try TestSupport.run(words[0], Array(words.dropFirst()))
        guard done.status == 0 else {
            throw Failed(description: "\(words.joined(separator: " ")): \(done.stderr)")
        }
    }

    /// Runs a command on the host as root.
    @discardableResult
    func run(_ words: String...) throws -> Completed { try run(words) }

    /// Runs a command on the host as root.
    @discardableResult
    func run(_ words: [String]) throws -> Completed { try Self.enter(leader, words) }

    /// Starts a command on the host from somebody's account; its output is a file of that name on this machine.
    func start(as account: String, _ words: String..., name: String) throws -> DaemonProcess {
        try DaemonProcess(
            ["nsenter", "--target", "\(leader)", "--all", "env", "-C", "/", "runuser", "-u", account, "--"] + words,
            output: scratch.path(name),
            errors: scratch.path("\(name).errors")
        )
    }

    /// Runs a command on the host from somebody's account.
    @discardableResult
    func run(as account: String, _ words: String...) throws -> Completed {
        try Self.enter(leader, ["runuser", "-u", account, "--"] + words)
    }

    /// Runs a command that has to succeed, as root or from an account.
    ///
    /// - Returns: What it printed, without spaces around it.
    @discardableResult
    func must(as account: String? = nil, _ words: String...) throws -> String { try must(as: account, words) }

    private func must(as account: String? = nil, _ words: [String]) throws -> String {
        let done = try Self.enter(leader, (account.map { ["runuser", "-u", $0, "--"] } ?? []) + words)
        guard done.status == 0 else {
            throw Failed(
                description: "\(words.joined(separator: " ")) -> \(done.status)\n\(done.stdout)\(done.stderr)\(log)"
            )
        }
        return done.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What the journal holds of the daemon's unit, with all that was sent to it until now.
    func journal(_ words: String...) throws -> String {
        try must("journalctl", "--sync")
        return try must(["journalctl", "--no-pager", "-u", "accordd.service"] + words)
    }

    /// What the daemon's unit left in the journal, for whoever has to find out why a test failed.
    private var log: String {
        let words = ["journalctl", "--no-pager", "-n", "30", "-u", "accordd.service", "-u", "accordd.socket"]
        return (try? Self.enter(leader, words).stdout) ?? ""
    }

    /// Writes a file on the host outside of `/run` and `/tmp`, and the folders that lead to it.
    func write(_ path: String, _ text: String) throws {
        let url = URL(filePath: root + path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// Waits until a condition holds.
    ///
    /// - Throws: ``Failed`` if it does not within a minute.
    func wait(until what: String, _ condition: () throws -> Bool) throws {
        let end = Date.now.addingTimeInterval(60)
        while try !condition() {
            guard Date.now < end else { throw Failed(description: "never came: \(what)\n\(log)") }
            usleep(50_000)
        }
    }

    /// One property of a unit.
    func property(_ name: String, of unit: String = "accordd.service") throws -> String {
        try must("systemctl", "show", "--property=\(name)", "--value", unit)
    }
}
