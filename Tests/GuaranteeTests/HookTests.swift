import Foundation
import StrictJSON
import TestSupport
import Testing

/// Hooks of the real daemon: told at least once, of no more than their audience may see, and never in anybody's way.
@Suite("Hooks", .serialized, .tags(.large, .g3, .g9), .needsPrograms)
struct HookTests {
    /// A folder of hooks, and what they write.
    private final class Hooks: Sendable {
        let scratch: ScratchFolder
        let folder: String

        init() throws {
            scratch = try ScratchFolder("hooks")
            folder = scratch.path("hooks.d")
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o755]
            )
        }

        func settings(seconds: Int = 60, tries: Int = 5) -> String {
            "hooks:\n  folder: \(folder)\n  seconds: \(seconds)\n  tries: \(tries)\nrecord:\n  checkpoint-milliseconds: 50"
        }

        /// A shell script that runs where the test can read what it writes.
        func add(_ name: String, for audience: String, kinds: String = "entry.recorded", _ script: String) throws {
            try put(name, "#!/bin/sh\ncd '\(scratch.path)' || exit 99\n\(script)\n", 0o755)
            try put("\(name).hook", "audience: \(audience)\nkinds: \(kinds)\n", 0o644)
        }

        func put(_ name: String, _ text: String, _ mode: Int) throws {
            try scratch.write("hooks.d/\(name)", text)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder)/\(name)")
        }

        func text(_ name: String) -> String {
            (try? String(decoding: scratch.read(name), as: UTF8.self)) ?? ""
        }

        /// The lines of a file, once there are so many; at most a minute later.
        func lines(_ name: String, _ count: Int) throws -> [JSONObject] {
            for _ in 0..<6_000 where text(name).split(separator: "\n").count < count { usleep(10_000) }
            return try text(name).split(separator: "\n").map { line in
                try #require(try JSONValue(parsing: Array(line.utf8), limits: .wire).object)
            }
        }
    }

    private static func started(_ hooks: Hooks, _ settings: String) throws -> Deployment {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), settings: settings)
        try deployment.start()
        return deployment
    }

    private static func record(_ deployment: Deployment, _ count: Int, by member: String = "lead.fib") throws {
        for number in 1...count {
            try deployment.as(member).must("entry", "add", "Alder", "Secret \(number) of nobody's hook.")
        }
    }

    /// Asks the administrator's list until it is as it should be; at most a minute.
    private static func list(
        _ deployment: Deployment,
        _ words: String...,
        until isRight: ([JSONObject]) -> Bool
    ) throws -> [JSONObject] {
        var objects: [JSONObject] = []
        for _ in 0..<600 {
            let answer = try deployment.as("admin.ops").must(["hooks"] + words)
            objects = answer.objects.compactMap { ($0["hook"] ?? $0["delivery"])?.object }
            if isRight(objects) { return objects }
            usleep(100_000)
        }
        Issue.record("\(objects.map(\.members))")
        return objects
    }

    private static func state(of name: String, in objects: [JSONObject]) -> JSONObject? {
        objects.first { $0["name"]?.string == name }
    }

    @Test func `a hook is told what its audience's watch shows, in order, and nothing of a case that is closed to it`()
        throws
    {
        let hooks = try Hooks()
        try hooks.add("note", for: "contributor of MPD-VT", "cat >> noted")
        try hooks.add("other", for: "agent.tcp1", kinds: "*recorded", "cat >> others")
        try hooks.add("office", for: "auditor.rob", "cat >> office")
        let deployment = try Self.started(hooks, hooks.settings())
        try Self.record(deployment, 5)
        let noted = try hooks.lines("noted", 5)
        let watched = try deployment.as("agent.mpd1").must("watch", "--case", "Alder", "--once")
        let shown = watched.objects.compactMap { $0["event"]?.object }.suffix(5)
        #expect(noted.map { $0["event"]?.object } == shown.map { $0 })
        #expect(Set(noted.compactMap { $0["key"]?.string }).count == 5)
        _ = try hooks.lines("office", 5)
        _ = try Self.list(deployment, "list") { Self.state(of: "other", in: $0)?["behind"]?.integer == 0 }
        #expect(hooks.text("others").isEmpty)
        for name in ["noted", "office"] { #expect(!hooks.text(name).contains("Secret")) }
        #expect(!deployment.errors.contains("Secret") && !hooks.text("../state/hooks").contains("Secret"))
        #expect(try deployment.stop() == 0)
    }

    @Test func `after kill -9 each event comes again, or for the first time: none is left out`() throws {
        let hooks = try Hooks()
        try hooks.add("slow", for: "agent.mpd1", "sleep 0.02; cat >> noted")
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), settings: hooks.settings())
        var generator = SplitMix64(seed: Seeds.fresh)
        var recorded = 0
        for _ in 1...4 {
            try deployment.start()
            let count = 3 + generator.below(5)
            try Self.record(deployment, count)
            recorded += count
            usleep(UInt32(generator.below(150_000)))
            #expect(try deployment.stop(SIGKILL) == -SIGKILL)
        }
        try deployment.start()
        _ = try Self.list(deployment, "list") { objects in
            Self.state(of: "slow", in: objects).map { $0["behind"]?.integer == 0 && $0["state"]?.string == "ready" }
                ?? false
        }
        let lines = try hooks.lines("noted", recorded)
        var items: [String] = []
        for line in lines {
            let item = try #require(line["event"]?.object?["item"]?.string)
            if !items.contains(item) { items.append(item) }
        }
        let numbers = items.compactMap { Int($0.dropFirst(2)) }
        #expect(items.count == recorded && numbers == numbers.sorted(), "\(items)")
        #expect(Set(lines.compactMap { $0["key"]?.string }).count == recorded, "the same key each time")
        #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
        #expect(try deployment.stop() == 0)
    }

    @Test func `hooks that hang, ignore TERM, flood, fork away or fail keep nobody waiting, and are told of as left`()
        throws
    {
        let hooks = try Hooks()
        try hooks.add("hang", for: "agent.mpd1", "trap '' TERM; while :; do sleep 1; done")
        try hooks.add("flood", for: "agent.mpd1", "exec yes $(head -c 4000 /dev/zero | tr '\\0' x)")
        try hooks.add(
            "fork",
            for: "agent.mpd1",
            "setsid sh -c 'echo $$ >> away; exec sleep 1000' & while ! test -s away; do sleep 0.01; done; exit 3"
        )
        try hooks.add("write", for: "agent.mpd1", "echo x > /proc/self/fd/7; echo '{}' >&3; kill -9 $$")
        try hooks.add("good", for: "agent.mpd1", "cat >> noted")
        let deployment = try Self.started(hooks, hooks.settings(seconds: 1, tries: 1))
        let size = try deployment.end()
        try Self.record(deployment, 6)
        #expect(try hooks.lines("noted", 6).count == 6)
        let left = try Self.list(deployment, "failed") { $0.count == 24 }
        var reasons: [String: Set<String>] = [:]
        for delivery in left { reasons[delivery.text("hook"), default: []].insert(delivery.text("reason")) }
        // A flood is ended by its time, or by the processor time that it may have: whichever is over first.
        #expect(reasons["flood"]?.isSubset(of: ["its time was over", "signal 9"]) ?? false, "\(reasons)")
        reasons["flood"] = nil
        #expect(reasons == ["hang": ["its time was over"], "fork": ["exit status 3"], "write": ["signal 9"]])
        #expect(left.allSatisfy { $0.text("kind") == "entry.recorded" && $0["sequence"]?.integer ?? 0 > 0 })
        for word in hooks.text("away").split(separator: "\n") {
            for _ in 0..<6_000 where FileManager.default.fileExists(atPath: "/proc/\(word)") { usleep(10_000) }
            #expect(!FileManager.default.fileExists(atPath: "/proc/\(word)"), "what forked away has ended")
        }
        // The record holds what members did and asked, and nothing else.
        let lines = try deployment.record(after: size)
        #expect(Set(lines.map(\.kind)).isSubset(of: ["entry.recorded", "access.read", "session.opened"]), "\(lines)")
        #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
        #expect(try deployment.stop() == 0)
    }

    @Test func `what was left survives a restart, is given again when an administrator asks, or dropped on the record`()
        throws
    {
        let hooks = try Hooks()
        try hooks.add("mail", for: "agent.mpd1", "test -e works && cat >> noted")
        let deployment = try Self.started(hooks, hooks.settings(tries: 1))
        try Self.record(deployment, 3)
        let left = try Self.list(deployment, "failed") { $0.count == 3 }
        #expect(try deployment.stop(SIGKILL) == -SIGKILL)
        try deployment.start()
        #expect(try Self.list(deployment, "failed") { $0.count == 3 } == left)
        let warnings = deployment.status?["warnings"]?.array?.compactMap(\.string) ?? []
        #expect(warnings.contains { $0.contains("Events were not taken by hooks") }, "\(warnings)")
        try hooks.scratch.write("works", "")
        let numbers = left.compactMap { $0["sequence"]?.integer }.map(String.init)
        #expect(try deployment.as("lead.fib").accord("hooks", "retry", "mail", numbers[1]).code == "E-ROLE")
        try deployment.as("admin.ops").must("hooks", "retry", "mail", numbers[1])
        let noted = try hooks.lines("noted", 1)
        try deployment.as("admin.ops").must("hooks", "drop", "mail", numbers[0])
        let rest = try Self.list(deployment, "failed") { $0.count == 1 }
        #expect(rest == [left[2]] && noted.count == 1)
        let access = try deployment.as("auditor.rob").must("audit", "access")
        let acts = access.objects.compactMap { $0["access"]?.object }.map { "\($0.text("act")) \($0.text("item"))" }
        #expect(acts.contains("hooks.drop mail/\(numbers[0])") && acts.contains("hooks.retry mail/\(numbers[1])"))
        #expect(acts.contains { $0.hasPrefix("hook mail for agent.mpd1 sha256:") })
        #expect(try deployment.stop() == 0)
    }

    @Test func `what was allowed at the first try and is not at the next is told no more`() throws {
        let hooks = try Hooks()
        try hooks.add("mail", for: "agent.mpd1", "echo + >> tries; test -e works || exit 75; cat >> noted")
        let deployment = try Self.started(hooks, hooks.settings())
        try Self.record(deployment, 1)
        for _ in 0..<6_000 where hooks.text("tries").isEmpty { usleep(10_000) }
        try deployment.as("liaison.mpd").must("case", "unassign", "Alder", "agent.mpd1", "--reason", "r")
        try hooks.scratch.write("works", "")
        try Self.record(deployment, 1)
        _ = try Self.list(deployment, "list") { objects in
            Self.state(of: "mail", in: objects).map { $0["behind"]?.integer == 0 && $0["state"]?.string == "ready" }
                ?? false
        }
        #expect(hooks.text("noted").isEmpty)
        #expect(try Self.list(deployment, "failed") { $0.isEmpty } == [])
        #expect(try deployment.stop() == 0)
    }

    @Test func `a program that was exchanged is not run before the daemon has looked at it`() throws {
        let hooks = try Hooks()
        try hooks.add("mail", for: "agent.mpd1", "cat >> noted")
        let deployment = try Self.started(hooks, hooks.settings())
        try Self.record(deployment, 1)
        #expect(try hooks.lines("noted", 1).count == 1)
        try hooks.add("mail", for: "agent.mpd1", "cat >> elsewhere")
        try Self.record(deployment, 2)
        let held = try Self.list(deployment, "list") { Self.state(of: "mail", in: $0)?.text("state") == "held" }
        #expect(Self.state(of: "mail", in: held)?.text("reason").contains("not the one that is on record") == true)
        #expect(hooks.text("elsewhere").isEmpty)
        #expect(try deployment.stop() == 0)
        try deployment.start()
        let items = try hooks.lines("elsewhere", 2).map { $0["event"]?.object?.text("item") }
        #expect(items.count == 2, "and nothing was lost meanwhile")
        #expect(try deployment.stop() == 0)
    }

    @Test func `check-config tells whose eyes each hook has, and which are not run`() throws {
        let hooks = try Hooks()
        try hooks.add("mail", for: "liaison of MPD-VT", kinds: "decon.*, *overdue", "exit 0")
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), settings: hooks.settings())
        func check() throws -> (status: Int32, stdout: String, stderr: String) {
            let done = try DaemonProcess.run([
                try Programs.path("accordd"), "check-config", "--config", deployment.folder.path("accord.yaml"),
            ])
            return (done.status, done.stdout, done.stderr)
        }
        let good = try check()
        #expect(
            good.status == 0 && good.stdout.contains("hook mail: for liaison of MPD-VT, of decon.*, *overdue, sha256:")
        )
        try hooks.put("mail", "#!/bin/sh\n", 0o777)
        let bad = try check()
        #expect(bad.status == 78 && bad.stderr.contains("can be written by others"), "\(bad)")
        try deployment.start()
        try Self.record(deployment, 1)
        let warnings = deployment.status?["warnings"]?.array?.compactMap(\.string) ?? []
        #expect(warnings.contains { $0.contains("Not all hooks are run") }, "the daemon serves without it")
        #expect(try deployment.stop() == 0)
    }

    @Test func `the example sends a mail that says where to look and nothing of what is there`() throws {
        let hooks = try Hooks()
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let example = try String(contentsOf: root.appending(path: "Deploy/hooks/mail"), encoding: .utf8)
        let sendmail = hooks.scratch.path("sendmail")
        #expect(example.contains("\n/usr/sbin/sendmail "))
        try hooks.put("mail", example.replacing("\n/usr/sbin/sendmail ", with: "\n\(sendmail) "), 0o755)
        try hooks.put("mail.hook", "audience: agent.mpd1\nkinds: entry.recorded\n", 0o644)
        try hooks.put(".mail-to", "desk@mpd.example.org\n", 0o644)
        try hooks.scratch.write(
            "sendmail",
            "#!/bin/sh\n{ echo \"$@\"; cat; echo; } >> '\(hooks.scratch.path("sent"))'\n"
        )
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: sendmail)
        let deployment = try Self.started(hooks, hooks.settings())
        try Self.record(deployment, 1)
        for _ in 0..<6_000 where !hooks.text("sent").contains("accord watch") { usleep(10_000) }
        let sent = hooks.text("sent")
        let number = try deployment.numberOfAlder()
        #expect(
            sent.hasPrefix("-i -- desk@mpd.example.org\nTo: desk@mpd.example.org\nSubject: Accord: \(number)\n"),
            "\(sent)"
        )
        #expect(!sent.contains("Secret") && !sent.contains("E-") && !sent.contains("lead.fib"))
        #expect(try deployment.stop() == 0)
    }
}
