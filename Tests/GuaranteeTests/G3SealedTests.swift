import Foundation
import StrictJSON
import TestSupport
import Testing

/// G3: who has the disk and not the key reads nothing that a member wrote, and changes nothing unseen.
@Suite(.serialized, .tags(.large, .g3), .needsPrograms, .alder)
struct G3SealedTests {
    /// Words that stand in the case: in its title, its basis, its entries, and reasons of each kind.
    private static let words =
        Alder.secrets + [
            "Tourmaline", "obsidian", "beryl", "carnelian", "malachite", "amazonite", "chalcedony", "rhodonite",
        ]

    /// Files of the state folder in which one of the words stands.
    private static func readable(in deployment: Deployment) throws -> [String] {
        try files(of: deployment).compactMap { name, content in
            words.first { content.range(of: Data($0.utf8)) != nil }.map { "\(name): \($0)" }
        }
    }

    private static func files(of deployment: Deployment) throws -> [(String, Data)] {
        try FileManager.default.subpathsOfDirectory(atPath: deployment.state).compactMap { name in
            let path = "\(deployment.state)/\(name)"
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue
            else { return nil }
            return (name, try Data(contentsOf: URL(filePath: path)))
        }
    }

    /// Everything that a case can hold is said once.
    private static func play(_ deployment: Deployment) throws {
        let lead = deployment.as("lead.fib")
        try lead.propose("Tourmaline", predicate: "A hotel by the river, code word obsidian.")
        try deployment.as("liaison.spo").must("case", "approve", "Tourmaline")
        let agent = deployment.as("agent.mpd1")
        try agent.must("entry", "add", "Alder", "The foreman's name is beryl.")
        let item = try agent.must("entry", "add", "Alder", "He owes money: carnelian.").item ?? ""
        try agent.must("entry", "correct", "Alder", item, "He owes none.", "--reason", "malachite was wrong")
        try agent.must("entry", "withdraw", "Alder", "E-3", "--reason", "amazonite")
        try agent.must("entry", "handling", "Alder", "E-4", "H2", "--reason", "chalcedony")
        try lead.must("task", "assign", "Alder", "MPD-VT", "Ask at the rhodonite counter.", "--due", "7d")
        _ = try lead.accord("case", "show", "Alder")
        let scratch = try ScratchFolder("export", open: true)
        _ = try lead.accord("audit", "export", "--case", "Alder", "--output", scratch.path("b.tar"))
    }

    @Test func `no word that a member wrote lies readable in any file, while it serves, after kill -9, after a stop`()
        throws
    {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        try deployment.start()
        try Self.play(deployment)
        #expect(try deployment.as("agent.mpd1").accord("entry", "list", "Alder").status == 0)
        #expect(try Self.readable(in: deployment) == [], "while it serves")
        try deployment.stop(SIGKILL)
        #expect(try Self.readable(in: deployment) == [], "after kill -9")
        try deployment.start()
        let shown = try deployment.as("agent.mpd1").must("entry", "show", "Alder", "E-4")
        #expect(String(decoding: shown.output, as: UTF8.self).contains("beryl"))
        #expect(try deployment.stop() == 0)
        #expect(try Self.readable(in: deployment) == [], "after a stop")
        // A search that would find them.
        try Data("beryl".utf8).write(to: URL(filePath: "\(deployment.state)/control"))
        #expect(try Self.readable(in: deployment) == ["control: beryl"])
    }

    @Test func `a daemon that dies leaves no memory behind`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let folder = try ScratchFolder("core")
        func cores() throws -> [String] { try folder.names().filter { $0.hasPrefix("core") } }
        let limit = ["sh", "-c", "ulimit -c unlimited; cd \(folder.path); exec \"$@\"", "sh"]
        // Here a program that dies does leave one; where it does not, this test says nothing.
        _ = try? DaemonProcess.run(limit + ["sh", "-c", "kill -ABRT $$"])
        let control = try cores()
        try deployment.start(under: limit)
        _ = try deployment.as("agent.mpd1").must("entry", "show", "Alder", "E-1")
        #expect(try deployment.stop(SIGABRT) == -SIGABRT)
        #expect(try cores() == control)
        let left = try FileManager.default.subpathsOfDirectory(atPath: deployment.state).filter { $0.contains("core") }
        #expect(left.isEmpty)
        print("G3: a program that is ended by ABRT leaves \(control.count) core here, the daemon none")
    }

    // MARK: - The deployment's key

    private static func key(_ deployment: Deployment) -> String { "\(deployment.state)/deployment.key" }

    private static func refusal(of deployment: Deployment) throws -> (status: Int32, errors: String) {
        let process = try deployment.launch()
        return (try process.wait(), process.errors)
    }

    @Test func `without its key, with another or with one that others can read, nothing is served or changed`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let other = try Deployment()
        let path = Self.key(deployment)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        let good = try Data(contentsOf: URL(filePath: path))
        let record = try Data(contentsOf: URL(filePath: "\(deployment.state)/record/record.db"))
        func restore() throws {
            try? FileManager.default.removeItem(atPath: path)
            #expect(
                FileManager.default.createFile(atPath: path, contents: good, attributes: [.posixPermissions: 0o600])
            )
        }
        let faults: [(String, String, () throws -> Void)] = [
            ("missing", "is missing", { try FileManager.default.removeItem(atPath: path) }),
            (
                "open to the group", "can be read by others",
                { try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path) }
            ),
            (
                "open to all", "can be read by others",
                { try FileManager.default.setAttributes([.posixPermissions: 0o604], ofItemAtPath: path) }
            ),
            (
                "a link", "can be read by others",
                {
                    try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
                    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + ".away")
                }
            ),
            ("cut", "is no deployment key", { try good.prefix(30).write(to: URL(filePath: path)) }),
            ("empty", "is no deployment key", { try Data().write(to: URL(filePath: path)) }),
            (
                "of another deployment", "is sealed with the deployment key",
                { try Data(contentsOf: URL(filePath: Self.key(other))).write(to: URL(filePath: path)) }
            ),
        ]
        for (name, sentence, change) in faults {
            try restore()
            try change()
            let (status, errors) = try Self.refusal(of: deployment)
            #expect(status == 77, "\(name): \(status) \(errors)")
            #expect(errors.contains(sentence), "\(name): \(errors)")
            #expect(try Data(contentsOf: URL(filePath: "\(deployment.state)/record/record.db")) == record, "\(name)")
            try? FileManager.default.removeItem(atPath: path + ".away")
        }
        try restore()
        try deployment.start()
        try deployment.as("agent.mpd1").must("entry", "show", "Alder", "E-1")
    }

    @Test func `the key may lie elsewhere, or come from the service manager`() throws {
        let folder = try ScratchFolder("keys")
        let elsewhere = try Deployment(settings: "record:\n  deployment-key: \(folder.path("accord.key"))")
        #expect(FileManager.default.fileExists(atPath: folder.path("accord.key")))
        #expect(!FileManager.default.fileExists(atPath: Self.key(elsewhere)))
        try elsewhere.start()
        #expect(try elsewhere.stop() == 0)

        try FileManager.default.moveItem(
            atPath: folder.path("accord.key"),
            toPath: folder.path("accord.deployment-key")
        )
        try elsewhere.writeConfiguration("record:\n  deployment-key: credential")
        let (status, errors) = try Self.refusal(of: elsewhere)
        #expect(status == 77)
        #expect(errors.contains("LoadCredentialEncrypted"), "\(errors)")
        // Root owns credentials, and a list says who else may read them (systemd.exec(5)).
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o440],
            ofItemAtPath: folder.path("accord.deployment-key")
        )
        try elsewhere.start(environment: ["CREDENTIALS_DIRECTORY": folder.path])
        #expect(try elsewhere.stop() == 0)
    }

    // MARK: - Another key

    private static func accordd(_ deployment: Deployment, _ words: String...) throws -> Completed {
        try run(
            Programs.path("accordd"),
            [words[0], "--config", deployment.folder.path("accord.yaml")] + words.dropFirst()
        )
    }

    @Test func `the key is changed: all that was written stays readable, and the record says so`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let path = URL(filePath: Self.key(deployment))
        let old = try Data(contentsOf: path)
        for _ in 1...2 {
            let rotated = try Self.accordd(deployment, "rotate-key")
            #expect(rotated.status == 0, "\(rotated.stderr)")
        }
        let new = try Data(contentsOf: path)
        #expect(new != old)
        let checked = try Self.accordd(deployment, "check")
        #expect(checked.status == 0, "\(checked.stderr)")
        try deployment.start()
        #expect(try deployment.record().filter { $0.kind == "sys.deployment_key_rotated" }.count == 2)
        for (item, words) in [("E-1", Alder.wages), ("E-3", Alder.observation)] {
            let shown = try deployment.as("agent.mpd1").must("entry", "show", "Alder", item)
            #expect(String(decoding: shown.output, as: UTF8.self).contains(words))
        }
        let verified = try deployment.as("auditor.rob").accord("audit", "verify")
        #expect([0, 10].contains(verified.status), "\(verified)")
        #expect(try deployment.stop() == 0)

        // The old key opens nothing any more.
        try old.write(to: path)
        #expect(try Self.refusal(of: deployment).status == 77)
        try new.write(to: path)
        try deployment.start()
    }

    @Test func `a change of the key may be cut off anywhere`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let path = Self.key(deployment)
        var generator = SplitMix64(seed: Seeds.fresh)
        var ends: [Int32: Int] = [:]
        /// By how many lines the record is as long as `accordd check` says.
        func lines() throws -> Int {
            let checked = try Self.accordd(deployment, "check")
            #expect(checked.status == 0, "\(checked.stderr)")
            return checked.stdout.split(separator: " ").first.flatMap { Int($0) } ?? 0
        }
        var changes = 0
        let begin = ContinuousClock.now
        #expect(try Self.accordd(deployment, "rotate-key").status == 0)
        let whole = Int((ContinuousClock.now - begin) / .microseconds(1))
        let size = try lines()
        for _ in 1...12 {
            let process = try DaemonProcess(
                [try Programs.path("accordd"), "rotate-key", "--config", deployment.folder.path("accord.yaml")],
                output: deployment.folder.path("out"),
                errors: deployment.folder.path("err")
            )
            // At any moment of the time that it takes.
            usleep(UInt32(generator.below(max(1, whole))))
            process.send(SIGKILL)
            ends[try process.wait(), default: 0] += 1
            changes = try lines() - size
        }
        print("G3: of twelve changes of the key, by how they ended \(ends), \(changes) took place")

        // The two moments at which two keys lie there: before the record is wrapped anew, and after.
        let first = try Data(contentsOf: URL(filePath: path))
        #expect(try Self.accordd(deployment, "rotate-key").status == 0)
        let second = try Data(contentsOf: URL(filePath: path))
        try second.write(to: URL(filePath: path + ".next"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path + ".next")
        try first.write(to: URL(filePath: path))
        #expect(try Self.accordd(deployment, "check").status == 0)
        #expect(try Data(contentsOf: URL(filePath: path)) == second)
        #expect(!FileManager.default.fileExists(atPath: path + ".next"))
        try first.write(to: URL(filePath: path + ".next"))
        #expect(try Self.accordd(deployment, "check").status == 0)
        #expect(try Data(contentsOf: URL(filePath: path)) == second)
    }

    // MARK: - What somebody wrote past the daemon

    private static func edit(_ deployment: Deployment, _ file: String, _ sql: String) throws {
        let script =
            "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\nc.executescript(sys.argv[2])\nc.commit()\nc.close()"
        let edited = try DaemonProcess.run(["python3", "-c", script, "\(deployment.state)/\(file)", sql])
        try #require(edited.status == 0, "\(String(decoding: edited.errors, as: UTF8.self))")
    }

    @Test(.needsTool("python3"))
    func `views that somebody edited show nobody more than before, and are made anew`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let inspector = deployment.as("inspector.lsd")
        let edits = [
            // The surveillance leaves its compartment.
            "UPDATE entry SET compartment = 'CASE' WHERE compartment = 'OPS'",
            // What may be read points to what may not.
            "UPDATE entry SET seq = (SELECT seq FROM entry WHERE number = 2) WHERE number = 1",
            "UPDATE progress SET position = position - 1", "UPDATE progress SET position = 1000000",
            "DELETE FROM entry WHERE number = 1", "DROP TABLE entry", "UPDATE snapshot SET bytes = x'00'",
            "UPDATE snapshot SET position = position - 1", "UPDATE snapshot_block SET bytes = x'00'",
            "UPDATE snapshot_block SET position = position - 1", "DELETE FROM snapshot_block",
        ]
        for sql in edits {
            try Self.edit(deployment, "views.db", sql)
            let checked = try Self.accordd(deployment, "check")
            #expect(checked.status == 78, "\(sql): \(checked.stdout)\(checked.stderr)")
            if (try? deployment.start()) != nil {
                for words in [["entry", "list", "Alder"], ["entry", "show", "Alder", "E-1"]] {
                    let answer = try inspector.accord(words)
                    let text = String(decoding: answer.output, as: UTF8.self)
                    #expect(!text.contains("nightjar") && !text.contains("E-2"), "\(sql): \(answer)")
                }
                try deployment.stop()
            }
            let rebuilt = try Self.accordd(deployment, "rebuild-views")
            #expect(rebuilt.status == 0, "\(sql): \(rebuilt.stderr)")
            #expect(try Self.accordd(deployment, "check").status == 0, "\(sql)")
        }
        try deployment.start()
        #expect(try inspector.must("entry", "list", "Alder").objects.count == 2)
    }

    /// What no line and no part says, and answers hang on all the same.
    @Test(
        .needsTool("python3"),
        arguments: [
            ("REQUESTS", "INSERT OR REPLACE INTO request SELECT key, seq + 1 FROM request LIMIT 1"),
            ("REQUESTS", "INSERT INTO request VALUES (x'00112233445566778899aabbccddeeff', 3)"),
            (
                "CHECKPOINTS",
                "INSERT OR REPLACE INTO checkpoint SELECT 1, note FROM checkpoint ORDER BY size DESC LIMIT 1"
            ),
            ("SQLite", "CREATE TABLE other (a)"),
        ]
    )
    func `numbers of requests, old checkpoints and the schema are looked at, too`(
        _ finding: String,
        _ sql: String
    ) throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        #expect(try Self.accordd(deployment, "check").status == 0)
        try Self.edit(deployment, "record/record.db", sql)
        let checked = try Self.accordd(deployment, "check")
        #expect(checked.status == 78 && "\(checked.stdout)\(checked.stderr)".contains(finding), "\(checked)")
    }

    /// What is refused once, because it was made anew, and then answered.
    private static func second(_ person: Person, _ words: String...) throws -> Answer {
        let first = try person.accord(words)
        #expect(first.status == 75, "\(first)")
        return try person.must(words)
    }

    @Test(.needsTool("python3"))
    func
        `rows that somebody takes out of views hide nothing, stopped or running: they are missed, and oversight is told`()
        throws
    {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let (author, oversight) = (deployment.as("agent.mpd1"), deployment.as("auditor.rob").by(.key))
        try deployment.start()
        try author.must("entry", "add", "Alder", "One more.")
        #expect(try deployment.as("inspector.lsd").accord("case", "propose", "Alder").status == 77)
        let entries = try author.must("entry", "list", "Alder").objects.count
        let denied = try oversight.must("audit", "access").objects.count { $0.text("access.outcome") == "denied" }
        #expect(denied > 0)
        let edits = ["DELETE FROM entry WHERE author = 'agent.mpd1'", "DELETE FROM access WHERE outcome = 'denied'"]
        func expectMissed() throws {
            #expect(try Self.second(author, "entry", "list", "Alder").objects.count == entries)
            // All of them were made anew.
            let shown = try oversight.must("audit", "access").objects
            #expect(shown.count { $0.text("access.outcome") == "denied" } == denied)
            let warnings = try author.must("status").first["warnings"]?.array?.compactMap(\.string) ?? []
            #expect(warnings.contains { $0.contains("views.db") }, "\(warnings)")
        }
        for sql in edits { try Self.edit(deployment, "views.db", sql) }
        try expectMissed()
        try deployment.stop()
        #expect(try Self.accordd(deployment, "check").status == 0)
        for sql in edits { try Self.edit(deployment, "views.db", sql) }
        try deployment.start()
        try expectMissed()
        let alerts = try oversight.must("inbox").objects.compactMap { $0["task"]?.object }
            .filter { $0.text("item").hasPrefix("VIEWS/host/") }
        #expect(alerts.map { $0.text("item") } == ["VIEWS/host/2"], "\(alerts.map(\.members))")
        try oversight.must("inbox", "ack", "VIEWS/host/2")
        #expect(try !oversight.must("inbox").objects.contains { $0.text("task.item").hasPrefix("VIEWS/") })
        #expect(try author.must("inbox").objects.allSatisfy { !$0.text("task.item").hasPrefix("VIEWS/") })
        // What was taken out of the register or the access audit alone is missed there.
        for (sql, who, words) in [
            ("DELETE FROM access WHERE seq = (SELECT min(seq) FROM access)", oversight, ["audit", "access"]),
            ("DELETE FROM weight", author, ["entry", "list", "Alder"]),
        ] {
            try deployment.stop()
            try Self.edit(deployment, "views.db", sql)
            try deployment.start()
            let answer = try who.accord(words)
            #expect(answer.status == (sql.hasSuffix("weight") ? 0 : 75), "\(sql): \(answer)")
            #expect(try !who.must(words).objects.isEmpty)
            let warnings = try author.must("status").first["warnings"]?.array?.compactMap(\.string) ?? []
            #expect(warnings.contains { $0.contains("views.db") }, "\(sql): \(warnings)")
        }
        try deployment.stop()
    }

    @Test func `a flipped bit in any file changes no answer: it is found, or it is nothing`() throws {
        // Killed, so that its write-ahead logs are there too.
        let original = try Deployment(copyOf: MeridianBay.preparedAlder())
        try original.start()
        try original.as("agent.mpd1").must("entry", "add", "Alder", "One more.")
        try original.as("lead.fib").must("case", "show", "Alder")
        try original.stop(SIGKILL)
        func answers(_ deployment: Deployment) throws -> [String: Answer] {
            let questions = [
                ("agent.mpd1", ["entry", "list", "Alder"]), ("agent.mpd1", ["entry", "show", "Alder", "E-1"]),
                ("agent.mpd1", ["entry", "show", "Alder", "E-3"]), ("lead.fib", ["case", "show", "Alder"]),
                ("inspector.lsd", ["entry", "list", "Alder"]), ("agent.spo1", ["entry", "show", "Alder", "E-2"]),
            ]
            var answers: [String: Answer] = [:]
            for (member, words) in questions {
                answers["\(member) \(words)"] = try deployment.as(member).accord(words)
            }
            return answers
        }
        let reference = try Deployment(copyOf: original)
        try reference.start()
        let expected = try answers(reference)
        #expect(expected.values.allSatisfy { $0.status == 0 })
        try reference.stop()

        let files = try Self.files(of: original).filter { !$0.0.hasSuffix("lock") && !$0.1.isEmpty }
        let seed = Seeds.fresh
        var generator = SplitMix64(seed: seed)
        var found = (atStart: 0, onReading: 0, byCheck: 0, harmless: 0)
        for trial in 0..<Effort.count(4 * files.count) {
            let copy = try Deployment(copyOf: original)
            let (name, content) = files[trial % files.count]
            var damaged = [UInt8](content)
            let place = generator.below(damaged.count)
            damaged[place] ^= 1 << UInt8(generator.below(8))
            try Data(damaged).write(to: URL(filePath: "\(copy.state)/\(name)"))
            let label = "seed \(seed), \(name) at \(place)"
            let checked = try Self.accordd(copy, "check")
            guard (try? copy.start()) != nil else {
                found.atStart += 1
                #expect(checked.status != 0, "\(label): refused at the start, and nothing was found")
                continue
            }
            var isRefused = false
            for (question, answer) in try answers(copy) {
                if answer.status == 0 {
                    #expect(answer.output == expected[question]?.output, "\(label): \(answer)")
                } else {
                    isRefused = true
                }
            }
            try copy.stop(SIGKILL)
            if isRefused {
                found.onReading += 1
                #expect(checked.status != 0, "\(label): not served, and nothing was found")
            } else if checked.status != 0 {
                found.byCheck += 1
            } else {
                found.harmless += 1
            }
        }
        print("G3: flips in \(files.count) files: \(found)")
    }
}
