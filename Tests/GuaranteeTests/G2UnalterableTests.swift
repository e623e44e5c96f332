import Cryptography
import Foundation
import StrictJSON
import TestSupport
import Testing
import TransparencyLog

/// G2: no past line can be changed, removed, reordered or forked without being noticed by whoever kept a checkpoint.
@Suite(.serialized, .tags(.large, .g2), .needsPrograms, .alder)
struct G2UnalterableTests {
    /// The whole record as auditor.rob exports it.
    private static func record() throws -> RecordCopy {
        try RecordCopy(exportedBy: Deployment.shared.as("auditor.rob"))
    }

    @Test func `an untouched copy verifies, with a verdict for each check`() throws {
        let verification = try OfflineVerification(Self.record())
        #expect(verification.failures.isEmpty, "\(verification)")
        #expect([0, 10].contains(verification.status), "\(verification)")
        for check in ["FORMAT", "LINKS", "SEQUENCE", "ANCHOR", "TAIL", "PAYLOADS", "SIGNATURES"] {
            #expect(verification.completed.stdout.contains(check), "\(verification)")
        }
    }

    @Test(arguments: [("auditor.rob", nil), ("lead.fib", "Alder")] as [(String, String?)])
    func `each way of changing a copy has its own verdict`(member: String, name: String?) throws {
        let original = try RecordCopy(exportedBy: Deployment.shared.as(member), case: name)
        var verdicts: [String: String] = [:]
        // A whole record carries no parts that could be changed.
        for tampering in Tampering.all where name != nil || tampering.check != "PAYLOADS" {
            let copy = try RecordCopy(original)
            try tampering.change(copy)
            try copy.renewSums(by: Deployment.shared)
            let verification = try OfflineVerification(copy)
            #expect(verification.status == tampering.exit, "\(tampering.name)\n\(verification)")
            #expect(
                verification.failures.contains { $0.hasPrefix("\(tampering.check): ") },
                "\(tampering.name)\n\(verification)"
            )
            let verdict = verification.failures.joined(separator: ", ")
            let same = verdicts[verdict]
            #expect(same == nil, "\(tampering.name) and \(same ?? "") have the verdict \(verdict)")
            verdicts[verdict] = tampering.name
        }
        for (verdict, name) in verdicts.sorted(by: { $0.value < $1.value }) { print("G2: \(name) -> \(verdict)") }
    }

    @Test func `a rewritten record that the log's own key signed contradicts a checkpoint that was kept`() throws {
        let deployment = try Deployment.shared
        let kept = try ScratchFolder("kept")
        let note = try deployment.as("auditor.rob").must("audit", "checkpoint").first.text("note")
        let known = try kept.write("checkpoint", note)

        let copy = try Self.record()
        var lines = try copy.lines()
        let original = lines
        lines[1] = lines[1].replacingOccurrences(of: #""at":"#, with: #""at":1"#)
        lines = RecordCopy.relinked(lines, original: original)
        try copy.write(lines: lines)
        let key = String(decoding: try Data(contentsOf: URL(filePath: "\(deployment.state)/log.key")), as: UTF8.self)
        let signer = try NoteSigner(parsing: String(key.prefix { $0 != "\n" }))
        let leaves = lines.compactMap { Digest(hex: RecordCopy.leaf($0)) }
        let checkpoint = Checkpoint(
            origin: signer.verifierKey.name,
            size: UInt64(leaves.count),
            root: MerkleTree.root(of: leaves)
        )
        let signed = try #require(try checkpoint?.signed(by: signer))
        try copy.write("checkpoint", signed.encoded)
        try copy.renewSums(by: deployment)

        let alone = try OfflineVerification(copy)
        let against = try OfflineVerification(copy, known: [known])
        #expect(against.status == 20, "\(against)")
        #expect(alone.status != 20, "\(alone)")
        let untouched = try OfflineVerification(Self.record(), known: [known])
        #expect([0, 10].contains(untouched.status), "\(untouched)")
    }

    @Test func `a copy that ends before a kept checkpoint contradicts it, one that ends after it does not`() throws {
        let deployment = try Deployment.shared
        let kept = try ScratchFolder("kept")
        let note = try deployment.as("auditor.rob").must("audit", "checkpoint").first.text("note")
        let known = try kept.write("checkpoint", note)
        let size = try #require(note.split(separator: "\n").dropFirst().first.flatMap { Int($0) })
        try deployment.as("agent.mpd1").must("entry", "add", "Alder", "After the checkpoint.")
        let lines = try deployment.record().map(\.text)

        // T5 and T6 on the lines alone, as somebody copied them.
        let cases: [(name: String, count: Int, exits: [Int32])] = [
            ("all", lines.count, [0, 10]), ("cut after", size, [0, 10]), ("cut before", size - 1, [20]),
        ]
        for (name, count, exits) in cases {
            let file = try kept.write("\(name).jsonl", lines.prefix(count).map { $0 + "\n" }.joined())
            let verification = try OfflineVerification(file, known: [known])
            #expect(exits.contains(verification.status), "\(name)\n\(verification)")
        }
    }

    @Test(arguments: [("auditor.rob", nil), ("lead.fib", "Alder")] as [(String, String?)])
    func `a single flipped bit anywhere in the lines and proofs is found`(member: String, name: String?) throws {
        let copy = try RecordCopy(exportedBy: Deployment.shared.as(member), case: name)
        let files = try copy.names().filter { $0 == RecordCopy.linesName || $0.hasPrefix("proofs/") }
        #expect(files.count > 1 || name == nil)
        var generator = SplitMix64(seed: Seeds.fresh)
        for trial in 1...Effort.count(40) {
            let file = trial % 2 == 0 ? RecordCopy.linesName : files[generator.below(files.count)]
            let bytes = try copy.read(file)
            var damaged = bytes
            let place = generator.below(bytes.count)
            damaged[place] ^= 1 << UInt8(generator.below(8))
            try copy.write(file, damaged)
            try copy.renewSums(by: Deployment.shared)
            let verification = try OfflineVerification(copy)
            #expect(verification.status == 30, "bit at \(place) of \(file)\n\(verification)")
            try copy.write(file, bytes)
        }
    }

    @Test func `a case's bundle ends with its own export, and cannot pass as a record`() throws {
        let lead = try Deployment.shared.as("lead.fib")
        let copy = try RecordCopy(exportedBy: lead, case: "Alder")
        // What is recorded meanwhile is of later exports.
        let last = try #require(try copy.lines().last.flatMap { RecordedLine($0) })
        #expect(last.object["st"]?.object?.text("kind") == "access.exported")
        let key = try lead.must("audit", "checkpoint").first.text("logKey")
        let verification = try OfflineVerification(copy.path, vkey: key)
        #expect(verification.status == 0, "\(verification)")
        #expect(verification.completed.stdout.contains("one-case"), "\(verification)")
        #expect(!verification.completed.stdout.contains("trust-not-established"), "\(verification)")

        let alone = try RecordCopy(copy)
        try FileManager.default.removeItem(atPath: "\(alone.path)/proofs")
        #expect(try OfflineVerification(alone).failures.contains("SEQUENCE: record-missing"))
    }

    @Test(.needsTool("python3")) func `the tables take no change and no deletion`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let script = """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            tables = [row[0] for row in db.execute("select name from sqlite_master where type = 'table'")]
            # No history: they are wrapped anew when the deployment has another key.
            tables.remove("wrapping_key")
            assert len(tables) >= 4, tables
            for table in tables:
                if db.execute(f"select count(*) from {table}").fetchone()[0] == 0:
                    continue
                column = [row[1] for row in db.execute(f"pragma table_info({table})")][-1]
                for change in (f"update {table} set {column} = {column}", f"delete from {table}"):
                    try:
                        db.execute(change)
                        print("took", change)
                    except sqlite3.DatabaseError as fault:
                        assert "append-only" in str(fault), fault
            """
        let tried = try DaemonProcess.run(["python3", "-c", script, "\(deployment.state)/record/record.db"])
        #expect(tried.status == 0, "\(tried.stderr)")
        #expect(tried.stdout.isEmpty, "\(tried.stdout)")
    }

    @Test func `a client that saw another history is told so`() throws {
        let session = try Deployment.shared.as("agent.mpd1").session()
        var parameters = Writers.entry("Under a false past.")
        var context = parameters["context"]?.object ?? [:]
        context["sawSize"] = 3
        context["sawRoot"] = .string(String(repeating: "a", count: 64))
        parameters["context"] = .object(context)
        let reply = try session.call("io.accord.Entry.Record", parameters)
        #expect(reply.text("parameters.code") == "E-CHECKPOINT", "\(reply.members)")
    }
}
