import Foundation
import StrictJSON
import TestSupport
import Testing

/// The daemon as a process: what its operator and its supervisor may do to it.
@Suite(.tags(.large), .needsPrograms)
struct BadInputServiceTests {
    @Test func `a daemon that was started with its signals blocked hears HUP and TERM`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        try deployment.start(blocked: [SIGTERM, SIGINT, SIGHUP])
        deployment.process?.send(SIGHUP)
        try deployment.wait(forError: "Nothing has changed.")
        #expect(try deployment.stop(SIGTERM) == 0)
        try deployment.start(blocked: [SIGTERM, SIGINT, SIGHUP])
        #expect(try deployment.stop(SIGINT) == 0)
    }

    @Test func `HUP is heard while the daemon is starting, too`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let process = try deployment.launch()
        // From here on signals are its own, and it serves nobody yet.
        try deployment.wait(forError: "starting")
        process.send(SIGHUP)
        try deployment.wait(forError: "Nothing has changed.")
        #expect(try deployment.stop() == 0)
    }

    @Test func `HUP takes what may change, says what may not, and takes nothing of a faulty configuration`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let process = try deployment.start()
        try deployment.writeConfiguration(
            "limits:\n  session-idle-seconds: 60\n  connections: 7\nrecord:\n  checkpoint-milliseconds: 50\nlog:\n  level: debug"
        )
        process.send(SIGHUP)
        for sentence in [
            "The idle time of sessions and the batch limit were taken.", "The log level was taken.",
            "The connection limit needs a restart.", "The connection limit of one user needs a restart.",
            "The checkpoint interval needs a restart.",
        ] { try deployment.wait(forError: sentence) }
        #expect(!deployment.errors.contains("The socket path needs"))

        try deployment.writeConfiguration("log:\n  level: error\nlimits:\n  sessions: 5")
        process.send(SIGHUP)
        try deployment.wait(forError: "reload refused, nothing was changed")
        try deployment.wait(forError: "accord.yaml:8")
        #expect(deployment.errors.contains("limits.sessions"))
        // The level is still debug: a connection shows in the log.
        _ = deployment.status
        try deployment.wait(forError: "connection opened")
        #expect(try deployment.stop() == 0)
    }

    @Test func `status tells process, version and since when`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let before = Int64(Date.now.timeIntervalSince1970 * 1_000_000)
        let process = try deployment.start()
        let status = try deployment.as("agent.mpd1").must("status").first
        #expect(status["pid"]?.integer == Int64(process.pid))
        let version = try run(Programs.path("accordd"), ["--version"]).stdout
        #expect(!status.text("version").isEmpty && version.hasPrefix(status.text("version")))
        let started = status["startedAt"]?.integer ?? 0
        #expect(started >= before - 1_000 && started <= Int64(Date.now.timeIntervalSince1970 * 1_000_000))
        #expect(status.text("mode") == "running")
        #expect(try deployment.stop() == 0)
    }

    @Test func `check-config tells each setting with where it comes from, or each fault with its line`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), settings: "log:\n  level: debug")
        let before = try FileManager.default.subpathsOfDirectory(atPath: deployment.state)
        let file = deployment.folder.path("accord.yaml")
        let words = ["check-config", "--config", file]
        let accordd = try Programs.path("accordd")
        let good = try run(accordd, words + ["--record-batch-limit", "9"], environment: ["ACCORD_SOCKET_GROUP": "own"])
        #expect(good.status == 0, "\(good.stderr)")
        let lines = good.stdout.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        for line in [
            "socket.path \(deployment.socket) \(file):3", "log.level debug \(file):6",
            "record.batch-limit 9 flag --record-batch-limit", "socket.group own environment ACCORD_SOCKET_GROUP",
            "limits.connections 1024 default",
        ] { #expect(lines.contains(line), "\(lines)") }

        let faults: [(text: String, places: [String])] = [
            (
                "log:\n  level: loud\nrecord:\n  batch-limit: 0",
                [":6: 'log.level' is \"loud\"", ":8: 'record.batch-limit'"]
            ),
            ("log:\n  level: info\n  colour: red", [":7: 'log.colour' is not a key"]),
            ("log:\n  level: info\n  level: debug", [":7: "]),
        ]
        for (text, places) in faults {
            try deployment.writeConfiguration(text)
            let bad = try run(accordd, words)
            #expect(bad.status == 78)
            for place in places { #expect(bad.stderr.contains(file + place), "\(bad.stderr)") }
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: deployment.state) == before)
    }

    @Test func `a record is made once: init on a folder that holds one ends with 73 and changes nothing`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let names = ["log.key", "record/record.db", "record/journal", "record/acknowledged", "record/signed-head"]
        func contents() throws -> [Data] {
            try names.map { try Data(contentsOf: URL(filePath: "\(deployment.state)/\($0)")) }
        }
        let before = try contents()
        let again = try run(
            Programs.path("accordd"),
            [
                "init", "--config", deployment.folder.path("accord.yaml"), "--origin", "accord.example.org/log2",
                "--agency", "OPS", "--agency-name", "Accord operations desk", "--administrator", "admin.ops", "--uid",
                "\(deployment.uid(of: "admin.ops"))", "--expires", "365d",
            ]
        )
        #expect(again.status == 73, "\(again.stderr)")
        #expect(again.stderr.contains("There is a record"))
        #expect(try contents() == before)
    }

    @Test(arguments: [
        ("bad origin", "admin.ops", "1"), ("accord.example.org/log1", "admin.ops", "0"),
        ("accord.example.org/log1", "-", "1"),
    ])
    func `init with what no record can have ends with 78 and makes nothing`(
        origin: String,
        administrator: String,
        uid: String
    ) throws {
        let scratch = try ScratchFolder("init")
        let refused = try run(
            Programs.path("accordd"),
            [
                "init", "--state-folder", scratch.path("state"), "--origin", origin, "--agency", "OPS", "--agency-name",
                "Accord operations desk", "--administrator", administrator, "--uid", uid, "--expires", "365d",
            ]
        )
        #expect(refused.status == 78, "\(refused.stderr)")
        #expect(!FileManager.default.fileExists(atPath: scratch.path("state")))
    }

    @Test(.needsRoot) func `mode and group of the socket are those of the configuration`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let daemon = try DaemonProcess(
            deployment.command + ["--socket-mode", "0620", "--socket-group", "52999"],
            output: deployment.folder.path("out"),
            errors: deployment.folder.path("err")
        )
        try daemon.wait(forSocket: deployment.socket, deadline: 60)
        let socket = try FileManager.default.attributesOfItem(atPath: deployment.socket)
        #expect(socket[.posixPermissions] as? Int == 0o620)
        #expect(socket[.groupOwnerAccountID] as? Int == 52_999)
        // A member who is not in the group is kept out by the kernel, and told so.
        let kept = try deployment.as("agent.mpd1").accord("status")
        #expect(kept.status != 0 && kept.errors.contains("permi") || kept.error != nil, "\(kept)")
        daemon.send(SIGTERM)
        #expect(try daemon.wait(deadline: 60) == 0)
    }

    @Test func `no word that a member wrote is in the log, whatever its level`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), settings: "log:\n  level: trace")
        try deployment.start()
        let agent = deployment.as("agent.mpd1")
        try agent.must("entry", "add", "Alder", "The quicksilver sails at dawn.")
        try agent.must("entry", "correct", "Alder", "E-3", "The quicksilver sailed.", "--reason", "quicksilver")
        #expect(try agent.accord("entry", "withdraw", "Alder", "E-1", "--reason", "quicksilver").status != 0)
        #expect(try agent.accord("case", "show", "Quicksilver").status != 0)
        let raw = try RawConnection(deployment.socket)
        raw.send(message: #"{"method":"io.accord.Entry.Record","parameters":{"text":"quicksilver"}}"#)
        _ = try raw.receive()
        raw.send(message: #"{"method":"quicksilver","quicksilver"#)
        _ = try raw.receive()
        try deployment.wait(forError: "broke the protocol")
        #expect(try deployment.stop() == 0)
        #expect(deployment.errors.contains("connection opened"))
        #expect(!deployment.errors.lowercased().contains("quicksilver"), "\(deployment.errors)")
    }

    @Test func `without a descriptor left those who are there are served, and others when there is one again`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        try deployment.start(under: ["prlimit", "--nofile=80"])
        try deployment.wait(forError: "fewer descriptors than connections are allowed")
        let session = try deployment.as("agent.mpd1").session()
        var others = (1...120).compactMap { _ in try? RawConnection(deployment.socket) }
        try deployment.wait(forError: "no descriptors left")
        let added = try session.call("io.accord.Entry.Record", Writers.entry("In a crowd."))
        #expect(added.at("parameters.receipt") != nil, "\(added.members)")
        others.removeAll()
        try deployment.wait(forMode: "running")
        try deployment.as("agent.spo1").must("entry", "add", "Alder", "The crowd has gone.")
        #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
        #expect(try deployment.stop() == 0)
    }

    @Test func `of fifty daemons that start at once on one folder one lives`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let daemons = try (1...50).map { number in
            try DaemonProcess(
                deployment.command,
                output: deployment.folder.path("out\(number)"),
                errors: deployment.folder.path("err\(number)")
            )
        }
        let end = Date.now.addingTimeInterval(120)
        while daemons.count(where: { $0.status == nil }) > 1, Date.now < end { usleep(10_000) }
        let alive = try #require(daemons.first { $0.status == nil })
        for daemon in daemons where daemon.pid != alive.pid {
            #expect(daemon.status == 73, "\(daemon.errors)")
            #expect(daemon.errors.contains("Another accordd"), "\(daemon.errors)")
        }
        try alive.wait(forSocket: deployment.socket, deadline: 60)
        let status = try deployment.as("agent.mpd1").must("status").first
        #expect(status["pid"]?.integer == Int64(alive.pid))
        try deployment.as("agent.mpd1").must("entry", "add", "Alder", "By the one.")
        #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
        alive.send(SIGTERM)
        #expect(try alive.wait(deadline: 60) == 0)
    }

    @Test func `TERM during load ends the daemon in time, whatever its peers do`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        try deployment.start()
        // One that has begun a message, one that never reads what it asked for, and one that watches.
        let unfinished = try RawConnection(deployment.socket)
        unfinished.send(Array(#"{"method":"io.accord"#.utf8))
        let deaf = try deployment.as("auditor.rob").session()
        for _ in 1...20 { deaf.send(RawConnection.message("io.accord.Audit.ReadLines", more: true)) }
        let watching = try deployment.as("lead.fib").session()
        watching.send(RawConnection.message("io.accord.Feed.Watch", more: true))
        let writers = try Writers(["agent.fib1", "agent.mpd1", "agent.spo1", "inspector.lsd"], on: deployment)
        writers.wait(for: 100)
        // Eight seconds are the daemon's own bound; the rest is the machine's.
        deployment.process?.send(SIGTERM)
        #expect(try deployment.process?.wait(deadline: 60) == 0, "\(deployment.errors)")
        writers.join()
        while try watching.receive() != nil {}
        try deployment.start()
        var leaves = RecordLeaves()
        try leaves.read(deployment)
        #expect(leaves.missing(writers.acknowledged).isEmpty)
        #expect(try deployment.stop() == 0)
    }
}
