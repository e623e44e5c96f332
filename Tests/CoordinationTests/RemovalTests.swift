import Casework
import Policy
import RecordStore
import StrictJSON
import TestSupport
import Testing
import TransparencyLog

@testable import Coordination

/// From the approval of a purge to the bytes.
@Suite("Purges", .tags(.medium))
struct RemovalTests {
    /// Alder with E-1 by MPD-VT, given to TCP-NAR, reviewed to be purged, and proposed by the lead.
    private static func proposed() throws -> (Bench, Cast) {
        let bench = try Bench()
        let cast = try bench.openAlder()
        try bench.must(cast["agent.mpd1"], "Entry.Record", Bench.entry("The words."))
        try bench.must(
            cast["liaison.mpd"],
            "Dissemination.Release",
            ["case": "Alder", "entry": "E-1", "agency": "TCP-NAR", "reason": "same van"]
        )
        try bench.proposePurge(cast)
        return (bench, cast)
    }

    private static let approval: JSONObject = ["case": "Alder", "purge": "P-1"]

    private static func entry(_ bench: Bench) throws -> StoredLine {
        let seq = try #require(try bench.lines().first { $0.event.kind == "entry.recorded" }?.seq)
        return try #require(try bench.shelf.record.line(at: seq))
    }

    @Test func `an approval, its notices and the destruction follow one another, and nothing else is destroyed`() throws
    {
        let (bench, cast) = try Self.proposed()
        let receipt = try bench.must(cast["liaison.mpd"], "Removal.ApprovePurge", Self.approval)
        #expect(receipt.receipt?["item"]?.string == "P-1")
        try bench.writeAll()
        let kinds = try bench.lines().map(\.event.kind)
        #expect(kinds.suffix(4) == ["purge.proposed", "purge.approved", "purge.notice_sent", "record.purged"])
        let parts = try Self.entry(bench).parts.filter { !$0.isEmpty }
        #expect(try parts.map { try Part(parsing: $0).name } == ["details"])
        #expect(try bench.isAsRecorded())
        #expect(bench.inside { $0.erasures.isEmpty })
        let read = try bench.answer(cast["lead.fib"], "Entry.Get", ["case": "Alder", "entry": "E-1"])
        #expect(read.code == "E-STATE")
        let list = bench.call(cast["lead.fib"], "Entry.List", ["case": "Alder"], more: true)
        try bench.writeAll()
        let shown = bench.answers(to: list).first?.parameters["entry"]?.object
        #expect(shown?["state"]?.string == "purged")
        #expect(shown?["removedUnder"]?.string == "P-1 after a retention review")
    }

    @Test func `who acts from outside the case is not told how much there is in it, also when he asks again`() throws {
        let bench = try Bench()
        let cast = try bench.openAlder()
        try bench.must(cast["agent.mpd1"], "Entry.Record", Bench.entry("The words."))
        try bench.must(
            cast["liaison.mpd"],
            "Dissemination.Release",
            ["case": "Alder", "entry": "E-1", "agency": "SPO-OC", "reason": "same van"]
        )
        // The liaison of SPO-OC approved the case and knows of it no longer.
        let number = try #require(bench.inside { $0.state.cases.values.first?.number })
        let acknowledge: JSONObject = [
            "case": .string(number), "entry": "E-1",
            "context": ["request": "00112233445566778899aabbccddeeff"],
        ]
        for isDuplicate in [false, true] {
            let receipt = try bench.must(cast["liaison.spo"], "Entry.Acknowledge", acknowledge)
            #expect(receipt.isDuplicate == isDuplicate)
            #expect(receipt.receipt?["position"] == -1)
        }
        let own = try bench.must(cast["agent.mpd1"], "Entry.Record", Bench.entry())
        #expect(own.receipt?["position"]?.integer ?? -1 > 0)
    }

    @Test func `a purge of as much as may be said about an entry is still one line`() throws {
        let bench = try Bench()
        let cast = try bench.openAlder()
        try bench.must(cast["agent.mpd1"], "Entry.Record", Bench.entry("The words."))
        for step in 0..<500 {
            let handling: JSONValue = step.isMultiple(of: 2) ? "H1" : "H0"
            bench.call(
                cast["liaison.mpd"],
                "Entry.ChangeHandling",
                ["case": "Alder", "entry": "E-1", "handling": handling, "reason": "r"]
            )
        }
        try bench.writeAll()
        try bench.proposePurge(cast)
        try bench.must(cast["liaison.mpd"], "Removal.ApprovePurge", Self.approval)
        try bench.writeAll()
        let approval = try #require(try bench.lines().last { $0.event.kind == "purge.approved" })
        let line = try #require(try bench.shelf.record.line(at: approval.seq))
        #expect(try LogLine(parsing: line.bytes).statement.references.count { $0.part != nil } == 501)
        #expect(try bench.lines().last?.event.kind == "record.purged")
    }

    @Test func `the lines name what they rest on and what is destroyed, so that anybody can follow them`() throws {
        let (bench, cast) = try Self.proposed()
        try bench.must(cast["liaison.mpd"], "Removal.ApprovePurge", Self.approval)
        try bench.writeAll()
        func references(_ kind: String) throws -> [Statement.Reference] {
            let seq = try #require(try bench.lines().first { $0.event.kind == kind }?.seq)
            let line = try #require(try bench.shelf.record.line(at: seq))
            return try LogLine(parsing: line.bytes).statement.references
        }
        func seq(_ kind: String) throws -> Statement.Reference {
            Statement.Reference(seq: try #require(try bench.lines().first { $0.event.kind == kind }?.seq))
        }
        let entry = try Self.entry(bench)
        let text = try LogLine(parsing: entry.bytes).statement.parts[1]
        let named = Statement.Reference(seq: entry.seq, part: text)
        // Why it was given may tell of it, and goes with it.
        let given = try #require(try bench.shelf.record.line(at: seq("dissemination.recorded").seq))
        let why = Statement.Reference(seq: given.seq, part: try LogLine(parsing: given.bytes).statement.parts[1])
        #expect(try references("purge.proposed") == [seq("retention.reviewed"), named, why])
        #expect(
            try references("purge.approved") == [seq("purge.proposed"), named, why, seq("dissemination.recorded")]
        )
        #expect(try references("purge.notice_sent") == [seq("purge.approved"), seq("dissemination.recorded")])
        #expect(try references("record.purged") == [seq("purge.approved")])

        let verify = try bench.must(cast["auditor.rob"], "Audit.Verify")
        #expect(verify.parameters["exitCode"] == 0, "\(verify.parameters)")
        let verdicts = (verify.parameters["verdicts"]?.array ?? []).compactMap(\.object)
        #expect(verdicts.contains { $0["finding"]?.string == "parts-destroyed" && $0["count"] == 2 })
        #expect(verdicts.contains { $0["check"]?.string == "COVERAGE" && $0["result"]?.string == "passed" })
    }

    @Test func `of a subject that is purged all texts are destroyed, and the record is verified and decided again`()
        throws
    {
        let bench = try Bench()
        let cast = try bench.openAlder()
        let subject: JSONObject = [
            "case": "Alder", "kind": "person", "criminality": "trafficking", "lawfullyObtained": true,
            "basis": "The words.",
        ]
        try bench.must(cast["agent.mpd1"], "Subject.Register", subject)
        try bench.must(cast["lead.fib"], "Subject.Document", ["case": "Alder", "item": "S-1", "text": "More words."])
        let review: JSONObject = ["case": "Alder", "entries": ["S-1"], "decision": "purge", "explanation": "mistaken"]
        try bench.must(cast["lead.fib"], "Removal.Review", review)
        let proposal: JSONObject = ["case": "Alder", "entries": ["S-1"], "reason": "reviewed"]
        try bench.must(cast["lead.fib"], "Removal.ProposePurge", proposal)
        try bench.must(cast["liaison.mpd"], "Removal.ApprovePurge", Self.approval)
        try bench.writeAll()
        let lines = try bench.lines()
        #expect(lines.suffix(3).map(\.event.kind) == ["purge.approved", "purge.notice_sent", "record.purged"])
        for line in lines where line.event.kind.hasPrefix("subject.") {
            let parts = try #require(try bench.shelf.record.line(at: line.seq)).parts.filter { !$0.isEmpty }
            #expect(try parts.map { try Part(parsing: $0).name } == ["details"], "\(line.event.kind)")
        }
        #expect(try bench.isAsRecorded())
        #expect(try bench.must(cast["auditor.rob"], "Audit.Verify").parameters["exitCode"] == 0)
        let replay = PolicyReplay(policy: RuleTable.digest)
        let found = try replay.step(on: bench.shelf.record, upTo: bench.shelf.record.head.size)
        #expect(found.isEmpty, "\(found)")
        let read = try bench.answer(cast["agent.mpd1"], "Work.Get", ["case": "Alder", "item": "S-1"])
        #expect(read.code == "E-STATE")
    }

    /// Something that 8 USC 1367 protects, which one of two of victim services proposes to purge; its name.
    private static func protected() throws -> (bench: Bench, cast: Cast, item: JSONValue) {
        let bench = try Bench()
        let cast = try bench.openAlder()
        for name in ["agent.fib1", "agent.mpd1"] {
            let grant: JSONObject = [
                "member": .string(name), "role": "victim-services", "scope": "agency",
                "expiresAt": .integer((bench.now + 86_400_000) * 1_000),
            ]
            try bench.must(cast["admin.ops"], "Registry.GrantRole", grant)
        }
        let flag: JSONObject = ["case": "Alder", "victim": "V-7F3A", "recipients": ["MPD-VT"]]
        let flagged = try bench.must(cast["agent.fib1"], "ProtectedVictim.Flag", flag)
        let item = try #require(flagged.parameters["receipt"]?.object?["item"])
        let review: JSONObject = ["case": "Alder", "item": item, "retention": "purge", "text": "granted elsewhere"]
        try bench.must(cast["agent.mpd1"], "ProtectedVictim.Review", review)
        let proposal: JSONObject = ["case": "Alder", "item": item, "text": "as reviewed"]
        try bench.must(cast["agent.mpd1"], "ProtectedVictim.ProposePurge", proposal)
        return (bench, cast, item)
    }

    private static func verdicts(_ bench: Bench, _ cast: Cast) throws -> [JSONObject] {
        let verify = try bench.must(cast["auditor.rob"], "Audit.Verify")
        return (verify.parameters["verdicts"]?.array ?? []).compactMap(\.object)
    }

    @Test func `what 8 USC 1367 protects is destroyed by two persons, and no verification tells that it was`() throws {
        let (bench, cast, item) = try Self.protected()
        let parts = try Self.verdicts(bench, cast).first { $0["check"] == "PAYLOADS" }?["count"]?.integer ?? 0
        let before = try bench.lines().count
        try bench.must(cast["agent.fib1"], "ProtectedVictim.ApprovePurge", ["case": "Alder", "item": item])
        try bench.writeAll()
        let lines = try bench.lines().filter { $0.event.kind == "restricted" }
        #expect(lines.count == 5, "flagged, reviewed, proposed, approved, destroyed")
        for (index, line) in lines.enumerated() {
            let stored = try #require(try bench.shelf.record.line(at: line.seq))
            let names = try stored.parts.filter { !$0.isEmpty }.map { try Part(parsing: $0).name }
            #expect(names == (index < 3 ? ["details"] : ["details", "text"]), "line \(index)")
            let said = try LogLine(parsing: stored.bytes).statement
            #expect(said.parts.count == 2 && said.references.isEmpty && line.event.caseID == lines[0].event.caseID)
        }
        #expect(try bench.isAsRecorded())
        let verdicts = try Self.verdicts(bench, cast)
        #expect(verdicts.allSatisfy { $0["result"]?.string != "failed" && $0["finding"]?.string != "parts-destroyed" })
        let added = try bench.lines().dropFirst(before).reduce(0) { count, line in
            let stored = try #require(try bench.shelf.record.line(at: line.seq))
            return count + (try LogLine(parsing: stored.bytes).statement.parts.count)
        }
        let after = verdicts.first { $0["check"] == "PAYLOADS" }?["count"]?.integer ?? 0
        #expect(after <= parts + Int64(added) && after >= parts + Int64(added) - 1, "what was destroyed is counted")
        let replay = PolicyReplay(policy: RuleTable.digest)
        let found = try replay.step(on: bench.shelf.record, upTo: bench.shelf.record.head.size)
        #expect(found.isEmpty, "\(found)")
    }

    @Test func `what 8 USC 1367 protects is lost where one person proposed and somebody took it away`() throws {
        let (bench, cast, _) = try Self.protected()
        let flagged = try #require(try bench.lines().first { $0.event.kind == "restricted" })
        try bench.shelf.record.erase([PartPlace(seq: flagged.seq, index: 1)])
        let failed = try Self.verdicts(bench, cast).filter { $0["result"]?.string == "failed" }
        #expect(failed.compactMap { $0["finding"]?.string } == ["part-lost"])
    }

    @Test func `nothing is destroyed for an approval that did not become durable`() throws {
        let (bench, cast) = try Self.proposed()
        bench.call(cast["liaison.mpd"], "Removal.ApprovePurge", Self.approval)
        try bench.fail(.full)
        #expect(try Self.entry(bench).parts.count == 2)
        #expect(bench.inside { $0.erasures.isEmpty })
        bench.post(.tick)
        try bench.writeAll()
        #expect(try bench.lines().allSatisfy { $0.event.kind != "purge.approved" && $0.event.kind != "record.purged" })
        #expect(try bench.must(cast["lead.fib"], "Entry.Get", ["case": "Alder", "entry": "E-1"]).error == nil)
    }

    @Test func `a state that knows of an approval and of no destruction begins with it`() throws {
        let (bench, cast) = try Self.proposed()
        bench.call(cast["liaison.mpd"], "Removal.ApprovePurge", Self.approval)
        try bench.write()
        // The line that says it is destroyed was not written: as after a kill.
        let recovered = try bench.recovery.recover(bench.shelf, feedsViews: false)
        #expect(recovered.state.pendingPurges.map(\.number) == [1])
        try bench.writeAll()
        #expect(try bench.recovery.recover(bench.shelf, feedsViews: false).state.pendingPurges.isEmpty)
    }

    @Test func `a part that somebody took away without an order is lost, and verification says so`() throws {
        let (bench, cast) = try Self.proposed()
        try bench.shelf.record.erase([PartPlace(seq: try Self.entry(bench).seq, index: 1)])
        let verify = try bench.must(cast["auditor.rob"], "Audit.Verify")
        #expect(verify.parameters["exitCode"] == 30)
        let verdicts = (verify.parameters["verdicts"]?.array ?? []).compactMap(\.object)
        let found = verdicts.filter { $0["result"]?.string == "failed" }.compactMap { $0["finding"]?.string }
        #expect(found == ["part-lost"])
    }
}
