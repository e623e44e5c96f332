import Foundation
import StrictJSON
import TestSupport
import Testing

/// A deployment with folders for backups, and what an operator does with them.
struct BackedUp {
    let deployment: Deployment
    let outside: ScratchFolder
    var records: String { outside.path("records") }
    var keys: String { outside.path("keys") }
    var admin: Person { deployment.as("admin.ops") }

    init() throws {
        outside = try ScratchFolder("backups")
        for folder in ["records", "keys", "scratch"] { try Self.makeFolder(outside.path(folder)) }
        deployment = try Deployment(
            copyOf: MeridianBay.preparedAlder(),
            settings: "backup:\n  folder: \(outside.path("records"))\n  keys-folder: \(outside.path("keys"))"
        )
    }

    static func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
    }

    /// The files that count in a folder.
    func files(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".accord") }.sorted()
            .map { "\(folder)/\($0)" }
    }

    /// Makes a backup.
    ///
    /// - Returns: How many lines are in it.
    @discardableResult
    func make() throws -> Int64 {
        try admin.must("backup", "make").first["backup"]?.object?["lines"]?.integer ?? 0
    }

    /// The host burns: a new state folder with nothing but the keys that were escrowed, and what checkpoints lay elsewhere.
    ///
    /// - Returns: Where the lost one is.
    @discardableResult
    func lose() throws -> String {
        let lost = outside.path("lost-\(UUID().uuidString)")
        try FileManager.default.moveItem(atPath: deployment.state, toPath: lost)
        try Self.makeFolder(deployment.state)
        for key in ["log.key", "deployment.key", "pepper"] {
            try FileManager.default.copyItem(atPath: "\(lost)/\(key)", toPath: "\(deployment.state)/\(key)")
        }
        return lost
    }

    /// `accordd` with the deployment's configuration.
    func accordd(_ words: [String]) throws -> Completed {
        try DaemonProcess.run(
            [try Programs.path("accordd")] + words + ["--config", deployment.folder.path("accord.yaml")],
            deadline: 120
        )
    }

    func restore(_ words: [String] = [], by: String = "admin.ops", keys: String? = nil) throws -> Completed {
        try accordd(
            ["restore", "--from", records, "--keys", keys ?? self.keys, "--by", by, "--reason", "The disk failed."]
                + words
        )
    }

    func rehearse(_ words: [String] = []) throws -> Completed {
        try accordd(
            ["backup", "rehearse", "--from", records, "--keys", keys, "--scratch", outside.path("scratch")] + words
        )
    }

    /// What a person's program keeps of the record, in a file.
    func pin(of person: Person, _ name: String) throws -> String {
        let pin = try person.must("audit", "pin", "export").first["pin"]?.object ?? [:]
        return try outside.write(name, "\(pin.text("logKey"))\n\(pin.text("note"))")
    }
}

/// Backups that are made while others work, restored on an empty host, and proved.
@Suite(.tags(.large, .g1), .needsPrograms)
struct BackupTests {
    @Test func `a backup under load holds every receipt up to its size, and is restored so`() throws {
        let backed = try BackedUp()
        let deployment = backed.deployment
        try deployment.start()
        let writers = try Writers(["agent.fib1", "agent.mpd1", "agent.spo1"], on: deployment)
        writers.wait(for: 100)
        let first = try backed.make()
        let lines = try backed.make()
        #expect(lines > first)
        #expect(try backed.files(in: backed.records).count == 2)
        #expect(try backed.files(in: backed.keys).count == 1)
        writers.wait(for: writers.acknowledged.count + 20)
        var leaves = RecordLeaves()
        try leaves.read(deployment)
        _ = try deployment.stop(SIGKILL)
        writers.join()
        #expect(writers.refusals.isEmpty)
        try backed.lose()

        let restored = try backed.restore()
        #expect(restored.status == 0, "\(restored)")
        try deployment.start()
        // What each was told is there, or lies beyond the lines that were kept.
        var kept = RecordLeaves()
        try kept.read(deployment)
        let missing = kept.missing(writers.acknowledged)
        #expect(missing.count < writers.acknowledged.count)
        let newest = writers.acknowledged.filter { kept.counts[$0.leaf] == 1 }.map(\.position).max() ?? 0
        #expect(missing.allSatisfy { $0.position > newest })
        let verdict = try deployment.as("auditor.rob").accord("audit", "verify")
        #expect(verdict.status == 0, "\(verdict)")
        let replay = try deployment.as("auditor.rob").by(.key).accord("audit", "replay")
        #expect(replay.status == 0, "\(replay)")
        // What is lost is sent again under its old number, and is there once.
        let lost = try #require(missing.first)
        let again = try deployment.as("agent.fib1").session()
            .call("io.accord.Entry.Record", Writers.entry(lost.text, lost.request))
        #expect(again.at("parameters.receipt.duplicate")?.bool == false, "\(again.members)")
        #expect(try deployment.stop() == 0)
        #expect(try backed.accordd(["check"]).status == 0)
    }

    @Test func `who kills the daemon during a backup leaves a draft that counts for nothing`() throws {
        let backed = try BackedUp()
        try backed.deployment.start()
        try backed.make()
        for delay in [2, 8, 20, 45, 90] {
            let asked = Thread { _ = try? backed.admin.accord("backup", "make") }
            asked.start()
            usleep(UInt32(delay) * 1_000)
            _ = try backed.deployment.stop(SIGKILL)
            #expect(try backed.rehearse().status == 0)
            try backed.deployment.start()
        }
        try backed.make()
        let left =
            try FileManager.default.contentsOfDirectory(atPath: backed.records)
            + FileManager.default.contentsOfDirectory(atPath: backed.keys)
        #expect(!left.contains { $0.hasSuffix(".draft") }, "\(left)")
        #expect(try backed.files(in: backed.keys).count == 1)
        try backed.deployment.stop()
    }

    @Test func `a restore that is killed leaves no record, and the next one makes it`() throws {
        let backed = try BackedUp()
        try backed.deployment.start()
        try backed.make()
        try backed.deployment.stop()
        try backed.lose()
        for delay in [5, 15, 30, 60] {
            let process = try DaemonProcess(
                [
                    try Programs.path("accordd"), "restore", "--config", backed.deployment.folder.path("accord.yaml"),
                    "--from", backed.records, "--keys", backed.keys, "--by", "admin.ops", "--reason", "drill",
                ],
                environment: [:],
                output: backed.outside.path("out"),
                errors: backed.outside.path("err")
            )
            usleep(UInt32(delay) * 1_000)
            process.send(SIGKILL)
            _ = try process.wait()
            guard !FileManager.default.fileExists(atPath: "\(backed.deployment.state)/record") else { break }
        }
        if !FileManager.default.fileExists(atPath: "\(backed.deployment.state)/record") {
            let restored = try backed.restore()
            #expect(restored.status == 0, "\(restored)")
        }
        try backed.deployment.start()
        #expect(try backed.deployment.as("auditor.rob").accord("audit", "verify").status == 0)
        try backed.deployment.stop()
    }

    @Test func `what is left of a restore that was ended is gone once a record is served: no purge would reach it`()
        throws
    {
        let backed = try BackedUp()
        let record = "\(backed.deployment.state)/record"
        try FileManager.default.copyItem(atPath: record, toPath: record + ".restoring")
        try backed.deployment.start()
        #expect(!FileManager.default.fileExists(atPath: record + ".restoring"))
        #expect(try backed.deployment.as("auditor.rob").accord("audit", "verify").status == 0)
        try backed.deployment.stop()
    }

    @Test func `an altered backup is refused, whichever of its files was altered`() throws {
        let backed = try BackedUp()
        try backed.deployment.start()
        try backed.make()
        try backed.deployment.stop()
        try backed.lose()
        let files = try backed.files(in: backed.records) + backed.files(in: backed.keys)
        #expect(files.count == 2)
        for file in files + files.map({ $0 + ".manifest" }) {
            let whole = try Data(contentsOf: URL(filePath: file))
            var altered = whole
            altered[altered.count / 2] ^= 1
            try altered.write(to: URL(filePath: file))
            let refused = try backed.restore()
            #expect(refused.status == 78, "\(file) \(refused)")
            #expect(try backed.rehearse().status == 78)
            #expect(!FileManager.default.fileExists(atPath: "\(backed.deployment.state)/record"))
            try whole.write(to: URL(filePath: file))
        }
        #expect(try backed.restore().status == 0)
    }

    @Test func `a backup of lines opens nothing, and put into the state folder it is no record`() throws {
        let backed = try BackedUp()
        let deployment = backed.deployment
        try deployment.start()
        try deployment.as("agent.mpd1").must("entry", "add", "Alder", "The heron is at the weir.")
        try backed.make()
        try deployment.stop()
        let lost = try backed.lose()
        let found = try DaemonProcess.run(["grep", "-rlaF", "heron is at", backed.records, backed.keys])
        #expect(found.stdout.isEmpty)
        // Without the file of keys nobody restores.
        let refused = try backed.restore(keys: backed.outside.path("scratch"))
        #expect(refused.status == 78, "\(refused)")
        // Nor by putting the file where the record was, with or without what lay beside it.
        let record = "\(deployment.state)/record"
        try BackedUp.makeFolder(record)
        try FileManager.default.copyItem(atPath: try backed.files(in: backed.records)[0], toPath: "\(record)/record.db")
        #expect(try DaemonProcess.run(try deployment.command).status == 78)
        for name in ["journal", "acknowledged", "signed-head"] {
            try FileManager.default.copyItem(atPath: "\(lost)/record/\(name)", toPath: "\(record)/\(name)")
        }
        #expect(try DaemonProcess.run(try deployment.command).status == 78)
    }

    @Test func `only an administrator makes a backup, and both the asking and the backup are on the record`() throws {
        let backed = try BackedUp()
        try backed.deployment.start()
        #expect(try backed.deployment.as("lead.fib").accord("backup", "make").code == "E-ROLE")
        try backed.make()
        let lines = try backed.deployment.as("auditor.rob").by(.key).must("audit", "lines").output
        let text = String(decoding: lines, as: UTF8.self)
        #expect(text.contains("sys.backed_up"))
        #expect(text.contains("access.exported"))
        try backed.deployment.stop()
    }

    @Test func `folders that others can read take no backup`() throws {
        let backed = try BackedUp()
        try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: backed.keys)
        try backed.deployment.start()
        let refused = try backed.admin.accord("backup", "make")
        #expect(refused.code == "UNAVAILABLE", "\(refused)")
        #expect(refused.error?.text("message").contains("backup.keys-folder") == true, "\(refused)")
        try backed.deployment.stop()
    }

    @Test func `a folder of keys that is not mounted is no empty one: the purge waits until it is there again`() throws
    {
        let backed = try BackedUp()
        let deployment = backed.deployment
        try deployment.start()
        try backed.make()
        let liaison = deployment.as("liaison.mpd")
        try liaison.must("retention", "review", "Alder", "E-3", "--decision", "purge", "--reason", "unreliable")
        try deployment.as("lead.fib").must("purge", "propose", "Alder", "E-3")
        let mounted = backed.outside.path("mounted")
        try FileManager.default.moveItem(atPath: backed.keys, toPath: mounted)
        try BackedUp.makeFolder(backed.keys)
        try liaison.must("purge", "approve", "Alder", "P-1")
        func state() throws -> String {
            try liaison.must("purge", "list", "Alder").objects.compactMap { $0["removal"]?.object }
                .first { $0.text("id") == "P-1" }?.text("state") ?? ""
        }
        func warnings() throws -> String { "\(try backed.admin.accord("status"))" }
        var end = Date().addingTimeInterval(60)
        while try !warnings().contains("not destroyed yet"), Date() < end { usleep(50_000) }
        #expect(try warnings().contains("not destroyed yet"))
        #expect(try state() == "approved")
        try FileManager.default.removeItem(atPath: backed.keys)
        try FileManager.default.moveItem(atPath: mounted, toPath: backed.keys)
        end = Date().addingTimeInterval(60)
        while try state() != "purged", Date() < end { usleep(50_000) }
        #expect(try state() == "purged")
        try deployment.stop()
    }

    @Test func `what is purged is destroyed in the backup's keys too, and is not there after a restore`() throws {
        let backed = try BackedUp()
        let deployment = backed.deployment
        try deployment.start()
        try backed.make()
        let liaison = deployment.as("liaison.mpd")
        try liaison.must("retention", "review", "Alder", "E-3", "--decision", "purge", "--reason", "unreliable")
        try deployment.as("lead.fib").must("purge", "propose", "Alder", "E-3")
        let kept = try backed.make()
        let before = try backed.files(in: backed.keys)
        try liaison.must("purge", "approve", "Alder", "P-1")
        // A checkpoint is signed each second, and what is signed after the backup is lost with the host: the liaison has seen it.
        try liaison.must("audit", "checkpoint")
        try liaison.must("case", "list")
        func isReplaced(_ old: [String]) throws -> Bool {
            let now = try backed.files(in: backed.keys)
            return now != old && now.count == 1
        }
        var end = Date().addingTimeInterval(60)
        while try !isReplaced(before), Date() < end { usleep(20_000) }
        #expect(try isReplaced(before))
        try deployment.stop()
        // The approval is not in the backup: its parts are said to be absent, and the reading shows nothing.
        let rehearsed = try backed.rehearse()
        #expect(rehearsed.status == 11, "\(rehearsed)")
        #expect(rehearsed.stdout.contains("parts have no key"), "\(rehearsed)")
        try backed.lose()
        let restored = try backed.restore()
        #expect(restored.status == 0, "\(restored)")
        #expect(restored.stdout.contains("parts have no key"), "\(restored)")
        try deployment.start()
        let shown = try deployment.as("lead.fib").accord("entry", "show", "Alder", "E-3")
        #expect(shown.first.text("entry.text") == "", "\(shown)")
        // Approved again, what is gone is gone by law.
        try liaison.must("audit", "pin", "accept", "\(kept)")
        try liaison.must("purge", "approve", "Alder", "P-1")
        let auditor = deployment.as("auditor.rob")
        end = Date().addingTimeInterval(60)
        while try auditor.accord("audit", "verify").status != 0, Date() < end { usleep(50_000) }
        #expect(try auditor.accord("audit", "verify").status == 0)
        try deployment.stop()
    }
}

/// A restore goes forward only, and nobody rolls back by it in silence.
@Suite(.tags(.large, .g2), .needsPrograms)
struct RestoreTests {
    /// A backup, and after it lines that one member saw and another did not.
    private func lost() throws -> (BackedUp, seen: Int64, kept: Int64) {
        let backed = try BackedUp()
        let deployment = backed.deployment
        try deployment.start()
        try deployment.as("lead.fib").must("case", "list")
        let kept = try backed.make()
        let member = deployment.as("agent.mpd1")
        try member.must("entry", "add", "Alder", "A word for the record.")
        try member.must("audit", "checkpoint")
        try member.must("case", "list")
        let seen = try member.must("audit", "pin", "show").first["pin"]?.object?["size"]?.integer ?? 0
        #expect(seen > kept)
        return (backed, seen, kept)
    }

    @Test func `who saw more gets an alarm that names the restore, and accepts it or not`() throws {
        let (backed, seen, kept) = try lost()
        let deployment = backed.deployment
        let member = deployment.as("agent.mpd1")
        let pin = try backed.pin(of: member, "pin")
        try deployment.stop()
        try backed.lose()
        // It has to be said how much is known to be lost.
        let refused = try backed.restore(["--known", pin])
        #expect(refused.status == 78, "\(refused)")
        #expect(refused.stderr.contains("--loss \(seen - kept)"), "\(refused)")
        let restored = try backed.restore(["--known", pin, "--loss", "\(seen - kept)"])
        #expect(restored.status == 0, "\(restored)")
        try deployment.start()

        let alarm = try member.accord("case", "list")
        #expect(alarm.status == 20, "\(alarm)")
        let message = alarm.error?.text("message") ?? ""
        #expect(message.contains("You hold:  \(seen) lines"), "\(alarm)")
        #expect(message.contains("Line \(kept) of the record says, in the name of admin.ops"), "\(alarm)")
        #expect(message.contains("The disk failed."), "\(alarm)")
        #expect(message.contains("names your checkpoint"), "\(alarm)")
        #expect(alarm.error?.text("ask").contains("accord audit pin accept \(kept)") == true, "\(alarm)")
        // It stays until it is accepted, and another line accepts nothing.
        #expect(try member.accord("audit", "pin", "accept", "\(kept + 1)").status == 20)
        #expect(try member.accord("case", "list").status == 20)
        try member.must("audit", "pin", "accept", "\(kept)")
        try member.must("case", "list")
        try member.must("entry", "add", "Alder", "A word for the record.")
        #expect(try member.accord("audit", "pin", "accept", "\(kept)").status == 65)
        // Who saw no more than was kept has nothing to accept.
        try deployment.as("lead.fib").must("case", "list")
        try deployment.stop()
    }

    @Test func `a restore that does not name what somebody saw says so to him`() throws {
        let (backed, seen, kept) = try lost()
        let deployment = backed.deployment
        try deployment.stop()
        try backed.lose()
        let restored = try backed.restore()
        #expect(restored.status == 0, "\(restored)")
        try deployment.start()
        let alarm = try deployment.as("agent.mpd1").accord("case", "list")
        #expect(alarm.status == 20, "\(alarm)")
        #expect(alarm.error?.text("message").contains("does not name your checkpoint") == true, "\(alarm)")
        #expect(seen > kept)
        try deployment.stop()
    }

    @Test func `yesterday's state folder put back without a restore explains nothing`() throws {
        let backed = try BackedUp()
        let deployment = backed.deployment
        let host = OwnedHost(deployment: deployment)
        let yesterday = try host.backup()
        try deployment.start()
        let member = deployment.as("agent.mpd1")
        try member.must("entry", "add", "Alder", "A word for the record.")
        try member.must("audit", "checkpoint")
        try member.must("case", "list")
        try deployment.stop()
        try host.restore(yesterday)
        try deployment.writeConfiguration("")
        try deployment.start()
        let alarm = try member.accord("case", "list")
        #expect(alarm.status == 20, "\(alarm)")
        #expect(alarm.error?.text("message").contains("restored from a backup") == false, "\(alarm)")
        #expect(try member.accord("audit", "pin", "accept", "1").status == 20)
        try deployment.stop()
    }

    @Test func `a restore is in the name of an administrator of that record, and never over one`() throws {
        let backed = try BackedUp()
        try backed.deployment.start()
        try backed.make()
        try backed.deployment.stop()
        let over = try backed.restore()
        #expect(over.status == 73, "\(over)")
        try backed.lose()
        let other = try backed.restore(by: "lead.fib")
        #expect(other.status == 78, "\(other)")
        #expect(!FileManager.default.fileExists(atPath: "\(backed.deployment.state)/record"))
        #expect(try backed.restore(["--loss", "3"]).status == 78)
        #expect(try backed.restore().status == 0)
    }

    @Test func `a rehearsal tells of a rollback, and leaves nothing behind`() throws {
        let (backed, seen, kept) = try lost()
        let before = try backed.pin(of: backed.deployment.as("lead.fib"), "before")
        let after = try backed.pin(of: backed.deployment.as("agent.mpd1"), "after")
        // While the daemon serves.
        let well = try backed.rehearse(["--known", before])
        #expect(well.status == 0, "\(well)")
        #expect(well.stdout.contains("\(kept) lines"), "\(well)")
        #expect(well.stdout.contains("restored: "), "\(well)")
        let behind = try backed.rehearse(["--known", after])
        #expect(behind.status == 20, "\(behind)")
        #expect(behind.stdout.contains("ROLLBACK: \(seen - kept) lines"), "\(behind)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: backed.outside.path("scratch")).isEmpty)
        try backed.make()
        #expect(try backed.rehearse(["--known", before, "--known", after]).status == 0)
        try backed.deployment.stop()
    }

    @Test func `what a rehearsal left that was ended goes with the next one, and what another holds stays`() throws {
        let (backed, _, _) = try lost()
        let scratch = backed.outside.path("scratch")
        let files = FileManager.default
        for name in ["accord-rehearsal-AAAAAA", "accord-rehearsal-BBBBBB", "another"] {
            try files.createDirectory(atPath: "\(scratch)/\(name)/record", withIntermediateDirectories: true)
            try Data([1]).write(to: URL(filePath: "\(scratch)/\(name)/record/record.db"))
        }
        let held = try DaemonProcess.run([
            "flock", "\(scratch)/accord-rehearsal-BBBBBB", try Programs.path("accordd"), "backup", "rehearse", "--from",
            backed.records, "--keys", backed.keys, "--scratch", scratch, "--config",
            backed.deployment.folder.path("accord.yaml"),
        ])
        #expect(held.status == 0, "\(held)")
        #expect(try files.contentsOfDirectory(atPath: scratch).sorted() == ["accord-rehearsal-BBBBBB", "another"])
        #expect(try backed.rehearse().status == 0)
        #expect(try files.contentsOfDirectory(atPath: scratch) == ["another"])
        try backed.deployment.stop()
    }

    @Test func `what witnesses cosigned beyond the backup is named, and put aside`() throws {
        let backed = try BackedUp()
        let deployment = backed.deployment
        let folder = backed.outside.path("witness")
        let made = try DaemonProcess.run([
            try Programs.accord(), "audit", "witness", "keygen", "--folder", folder, "--name",
            "witness.rob.example.org/1",
        ])
        let policy = try backed.outside.write(
            "policy",
            "witness rob \(made.stdout.split(separator: "\n")[0])\ngroup ROB any rob\nquorum ROB\n"
        )
        try deployment.writeConfiguration(
            """
            backup:
              folder: \(backed.records)
              keys-folder: \(backed.keys)
            witness:
              policy: \(policy)
              folder: \(backed.outside.path("witnessed"))
            """
        )
        try deployment.start()
        let kept = try backed.make()
        let auditor = deployment.as("auditor.rob").by(.key)
        let key = try auditor.must("audit", "checkpoint").first.text("logKey")
        try auditor.must("audit", "witness", "cosign", "--folder", folder, "--vkey", key)
        try deployment.stop()
        try backed.lose()
        let refused = try backed.restore()
        #expect(refused.status == 78, "\(refused)")
        let loss = try #require(refused.stderr.firstMatch(of: /--loss ([0-9]+)/)?.1)
        let restored = try backed.restore(["--loss", String(loss)])
        #expect(restored.status == 0, "\(restored)")
        #expect(restored.stdout.contains("Put aside: "), "\(restored)")
        try deployment.start()
        // The witness does not cosign two heads that do not join, whatever the record says.
        #expect(try auditor.accord("audit", "witness", "cosign", "--folder", folder, "--no-pin").status == 20)
        #expect(kept > 0)
        try deployment.stop()
    }
}
