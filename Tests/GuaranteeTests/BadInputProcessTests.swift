import Foundation
import StrictJSON
import TestSupport
import Testing

/// What can be wrong around the daemon: its folder, its key, its clock, its streams, its peers.
@Suite(.tags(.large), .needsPrograms)
struct BadInputProcessTests {
    private func running() throws -> Deployment {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        try deployment.start()
        return deployment
    }

    private func expectHealthy(_ deployment: Deployment, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let added = try deployment.as("agent.mpd1").accord("entry", "add", "Alder", "Still here.")
        #expect(added.status == 0, "\(added)", sourceLocation: sourceLocation)
        let verdict = try deployment.as("auditor.rob").accord("audit", "verify")
        #expect(verdict.status == 0, "\(verdict)", sourceLocation: sourceLocation)
        let status = try deployment.stop()
        #expect(status == 0, sourceLocation: sourceLocation)
    }

    @Test func `a second daemon on the same folder ends with 73 and touches nothing`() throws {
        let deployment = try running()
        let seconds = try (1...6).map { number in
            try DaemonProcess(
                deployment.command + ["--socket-path", deployment.folder.path("other\(number)")],
                output: deployment.folder.path("out\(number)"),
                errors: deployment.folder.path("err\(number)")
            )
        }
        for second in seconds {
            #expect(try second.wait() == 73)
            #expect(second.errors.contains("Another accordd"), "\(second.errors)")
        }
        #expect(try !deployment.folder.names().contains { $0.hasPrefix("other") })
        try expectHealthy(deployment)
    }

    @Test func `a socket that another daemon serves is not taken away from it`() throws {
        let deployment = try running()
        let other = try Deployment(copyOf: MeridianBay.prepared())
        let process = try DaemonProcess(
            other.command + ["--socket-path", deployment.socket],
            output: other.folder.path("out"),
            errors: other.folder.path("err")
        )
        #expect(try process.wait() != 0)
        #expect(!process.errors.isEmpty)
        try expectHealthy(deployment)
    }

    @Test func `a socket file that nobody serves is replaced`() throws {
        let deployment = try running()
        try deployment.stop(SIGKILL)
        #expect(FileManager.default.fileExists(atPath: deployment.socket))
        try deployment.start()
        try expectHealthy(deployment)
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o620])
    func `a log key that others can read is refused`(_ mode: Int) throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let key = "\(deployment.state)/log.key"
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: key)
        let process = try deployment.launch()
        #expect(try process.wait() == 77)
        #expect(process.errors.contains("can be read by others"), "\(process.errors)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
        try deployment.start()
        try expectHealthy(deployment)
    }

    @Test func `a log key that is missing, empty, a link or no key is refused`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let key = "\(deployment.state)/log.key"
        let good = try Data(contentsOf: URL(filePath: key))
        let elsewhere = deployment.folder.path("elsewhere")
        try good.write(to: URL(filePath: elsewhere))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: elsewhere)
        func replace(_ content: Data?) throws {
            try? FileManager.default.removeItem(atPath: key)
            guard let content else { return }
            try content.write(to: URL(filePath: key))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
        }
        let spoilt: [() throws -> Void] = [
            { try replace(nil) }, { try replace(Data()) }, { try replace(Data("no key\n".utf8)) },
            { try replace(good.dropLast(8)) },
            {
                try replace(nil)
                try FileManager.default.createSymbolicLink(atPath: key, withDestinationPath: elsewhere)
            },
        ]
        for spoil in spoilt {
            try spoil()
            let process = try deployment.launch()
            #expect(try process.wait() == 77, "\(process.errors)")
        }
        try replace(good)
        try deployment.start()
        try expectHealthy(deployment)
    }

    @Test func `a state folder that others can enter is refused, and one that is missing is never made`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: deployment.state)
        #expect(try deployment.launch().wait() == 77)
        try FileManager.default.removeItem(atPath: deployment.state)
        #expect(try deployment.launch().wait() == 78)
        #expect(!FileManager.default.fileExists(atPath: deployment.state))
    }

    @Test func `a word of the command line that is not UTF-8 is refused, and nothing is sent`() throws {
        let answer = try run("sh", ["-c", #"exec "$0" entry add Alder "$(printf 'caf\351')""#, Programs.accord()])
        #expect(answer.status == 64)
        #expect(answer.stderr.contains("Word 4 of the command line is not UTF-8"), "\(answer)")
    }

    @Test func `a closed standard error is no place for the record`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        for closing in ["2>&-", "<&- >&- 2>&-"] {
            try deployment.start(under: ["sh", "-c", "exec \"$@\" \(closing)", "sh"])
            try deployment.as("agent.mpd1").must("entry", "add", "Alder", "Without a voice.")
            #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
            #expect(try deployment.stop() == 0)
        }
        try deployment.start()
        try expectHealthy(deployment)
    }

    @Test(.needsRoot, .needsTool("unshare"))
    func `a peer in a user namespace is who it is outside`() throws {
        let deployment = try running()
        let uid = deployment.uid(of: "agent.mpd1")
        let inside = try run(
            "setpriv",
            ["--reuid", "\(uid)", "--regid", "\(uid)", "--clear-groups", "unshare", "--user", "--map-root-user"]
                + [Programs.accord(), "whoami", "--json", "--socket", deployment.socket]
        )
        #expect(inside.status == 0, "\(inside.stderr)")
        #expect(inside.stdout.contains(#""by":"uid:\#(uid)""#), "\(inside.stdout)")
        #expect(inside.stdout.contains(#""member":"agent.mpd1""#))
        try expectHealthy(deployment)
    }

    @Test(.needsTool("unshare")) func `a daemon in a user namespace does not serve`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let process = try deployment.launch(under: ["unshare", "--user", "--map-root-user"])
        #expect(try process.wait() == 77)
        #expect(process.errors.contains("user namespace"), "\(process.errors)")
    }

    @Test(.enabled(if: Programs.clock != nil, "libfaketime is not installed"))
    func `a clock set back neither revives a grant nor turns the record's time`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        // In 100 days the grants of 90 days have ended, also after the clock goes back to today.
        let clock = try FakeClock(deployment.folder.path("clock"), "+100d")
        try deployment.start(under: ["env"], environment: clock.environment)
        let late = try deployment.as("agent.mpd1").accord("entry", "add", "Alder", "Too late.")
        #expect(late.status == 77)
        try clock.set("+0")
        #expect(try deployment.as("agent.mpd1").accord("entry", "add", "Alder", "Still.").output == late.output)
        // Whoever runs the daemon is told by what time it judges.
        #expect("\(try deployment.as("agent.mpd1").must("status"))".contains("ahead of this machine's clock"))
        try deployment.stop()
        try deployment.start()
        #expect(try deployment.as("agent.mpd1").accord("entry", "add", "Alder", "For ever.").output == late.output)
        try deployment.stop()
    }

    @Test(.enabled(if: Programs.clock != nil, "libfaketime is not installed"))
    func `a clock that is set stands once in the record, and what comes after it comes after`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let clock = try FakeClock(deployment.folder.path("clock"), "+20d")
        try deployment.start(under: ["env"], environment: clock.environment)
        let before = try deployment.end()
        // A session goes on whatever the clock says.
        let agent = try deployment.as("agent.mpd1").session()
        let steps = { try deployment.record(after: before).count { $0.kind == "sys.clock_skew_detected" } }
        func expect(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
            let end = Date.now.addingTimeInterval(60)
            while try steps() < count, Date.now < end {}
            let reply = try agent.call("io.accord.Entry.Record", Writers.entry("After \(count) steps."))
            #expect(reply["error"] == nil, "\(reply.members)", sourceLocation: sourceLocation)
            try deployment.as("agent.mpd1").must("entry", "show", "Alder", "E-1")
            #expect(try steps() == count, sourceLocation: sourceLocation)
        }
        try expect(0)
        try clock.set("+0")
        try expect(1)
        try clock.set("+10d")
        try expect(2)
        try clock.set("+5d")
        try expect(3)
        #expect(try deployment.stop() == 0)

        // At the start the record is what the clock is compared with.
        try deployment.start(under: ["env"], environment: clock.environment)
        let end = Date.now.addingTimeInterval(60)
        while try steps() < 4, Date.now < end {}
        try deployment.as("agent.mpd1").must("entry", "add", "Alder", "After a start.")
        #expect(try steps() == 4)
        let lines = try deployment.record(after: before)
        let times = lines.map(\.recordedAt)
        #expect(times == times.sorted())
        #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
        #expect(try deployment.stop() == 0)
    }

    @Test(.enabled(if: Programs.clock != nil, "libfaketime is not installed"))
    func `an idle session is locked by the time that passes, also when the clock was set back`() throws {
        let deployment = try Deployment(
            copyOf: MeridianBay.preparedAlder(),
            settings: "limits:\n  session-idle-seconds: 3"
        )
        let clock = try FakeClock(deployment.folder.path("clock"), "+5d")
        try deployment.start(under: ["env"], environment: clock.environment)
        try deployment.as("agent.mpd1").must("entry", "add", "Alder", "In five days.")
        try clock.set("+0")
        let session = try deployment.as("agent.mpd1").session()
        usleep(3_200_000)
        let reply = try session.call("io.accord.Entry.Record", Writers.entry("Too idle."))
        #expect(reply.text("parameters.rule") == "P24", "\(reply.members)")
        #expect(try deployment.stop() == 0)
    }

    @Test func `many connections that hang up early leave nothing behind`() throws {
        let deployment = try running()
        let pid = try #require(deployment.process).pid
        _ = deployment.status
        let before = try Footprint(of: pid).descriptors
        var connected = 0
        for number in 1...400 {
            guard let connection = try? RawConnection(deployment.socket) else { continue }
            connected += 1
            if number.isMultiple(of: 2) { connection.send(message: #"{"method":"io.accord.Service.GetStatus"}"#) }
        }
        #expect(connected > 0)
        let end = Date.now.addingTimeInterval(10)
        while try Footprint(of: pid).descriptors > before, Date.now < end { _ = deployment.status }
        #expect(try Footprint(of: pid).descriptors <= before)
        try expectHealthy(deployment)
    }
}
