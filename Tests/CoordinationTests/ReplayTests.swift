import Casework
import Cryptography
import Policy
import RecordStore
import StrictJSON
import TestSupport
import Testing
import TransparencyLog
import Varlink

@testable import Coordination

/// The verdict POLICY REPLAY over a record as it is stored, and what somebody with all keys wrote into it.
@Suite("Policy replay", .tags(.medium, .g2))
struct ReplayTests {
    /// Alder with entries, a release, refusals, readings and a purge that was carried out.
    private static func alder() throws -> (Bench, Cast) {
        let bench = try Bench()
        let cast = try bench.openAlder()
        for _ in 0..<3 { try bench.must(cast["agent.mpd1"], "Entry.Record", Bench.entry()) }
        try bench.must(
            cast["liaison.mpd"],
            "Dissemination.Release",
            ["case": "Alder", "entry": "E-1", "agency": "TCP-NAR", "reason": "same van"]
        )
        _ = try bench.answer(cast["agent.tcp1"], "Case.Get", ["case": "Alder"])
        try bench.must(cast["agent.tcp1"], "Entry.Get", ["case": "Alder", "entry": "E-1"])
        try bench.proposePurge(cast)
        try bench.must(cast["liaison.mpd"], "Removal.ApprovePurge", ["case": "Alder", "purge": "P-1"])
        try bench.writeAll()
        return (bench, cast)
    }

    private static func replay(_ bench: Bench, _ cast: Cast) throws -> [Answer] {
        let call = bench.call(cast["auditor.rob"], "Audit.Replay", more: true)
        try bench.writeAll()
        bench.drainAll(call)
        return bench.answers(to: call)
    }

    private static func verdicts(_ answers: [Answer]) -> [String] {
        (answers.last?.parameters["verdicts"]?.array ?? []).compactMap(\.object).map { verdict in
            "\(verdict["result"]?.string ?? "") \(verdict["finding"]?.string ?? "-") \(verdict["count"]?.integer ?? -1)"
        }
    }

    /// What somebody writes who has the record's and the log's keys, and knows how lines are chained.
    private static func forge(
        _ bench: Bench,
        policy: Digest = RuleTable.digest,
        references: [Statement.Reference] = [],
        uid: UInt32 = 1_008,
        refusal: Refusal? = nil,
        _ event: (CaseID) throws -> Event
    ) throws {
        let again = try Recovery(origin: Bench.origin).recover(bench.shelf, feedsViews: false)
        let alder = try #require(again.state.cases.values.first).id
        var composer = again.composer
        composer.policy = policy
        let occasion = LineOccasion(
            asker: Asker(by: "uid:\(uid)", uid: uid),
            nonce: try #require(Nonce(bytes: SecureRandom.bytes(16))),
            request: nil,
            at: 1_930_298_400,
            saw: nil,
            now: again.head.time,
            references: references
        )
        var decision = Decision(event: try event(alder))
        decision.refusal = refusal
        let line = try composer.compose(decision, occasion, salt: { try SecureRandom.bytes(32) }).line
        _ = try bench.shelf.record.append([line], after: again.head)
    }

    private static func entry(_ number: Int64, _ member: String, _ agency: String) -> (CaseID) throws -> Event {
        { alder in
            try Event(
                kind: "entry.recorded",
                caseID: alder,
                agency: agency,
                member: member,
                role: "contributor",
                purpose: "CRIM_INVEST",
                parts: [
                    (
                        "details",
                        [
                            "entry": .integer(number), "kind": "report", "handling": "H0", "compartment": "CASE",
                            "acknowledge": false,
                        ]
                    ), ("text", "Planted."),
                ]
            )
        }
    }

    @Test func `an honest record is given again by the rules, and the answer says what was not replayed`() throws {
        let (bench, cast) = try Self.alder()
        let answers = try Self.replay(bench, cast)
        let last = try #require(answers.last)
        #expect(last.parameters["exitCode"] == 0, "\(answers.map(\.parameters))")
        // All lines but the one of this reading, which came after.
        let lines = try bench.lines().dropLast()
        let refusals = lines.count { $0.outcome == .denied }
        #expect(refusals == 1)
        #expect(last.parameters["total"] == .integer(Int64(lines.count)))
        #expect(last.parameters["done"] == last.parameters["total"])
        let passed = "passed - \(lines.count - refusals)"
        #expect(Self.verdicts(answers) == [passed, "notice refusals-not-replayed \(refusals)"])
        #expect(answers.allSatisfy { $0.parameters["difference"] == nil })
        #expect(try bench.lines().last?.event.body == .access(act: "audit.replay", item: nil, code: nil))
    }

    @Test func `an entry that was written past the rules is found by its place and its rule, though all hashes fit`()
        throws
    {
        let (bench, cast) = try Self.alder()
        let place = bench.shelf.record.head.size
        try Self.forge(bench, Self.entry(4, "agent.tcp1", "TCP-NAR"))
        // Nothing else tells: the forger chained and hashed as the daemon does.
        var verifier = RecordVerifier(note: nil, known: [])
        try bench.shelf.record.replay(from: 0) { verifier.feed([LineEvidence(line: $0.bytes)]) }
        #expect(!verifier.finish(logKey: nil).verdicts.contains { $0.result == .failed })
        let replay = PolicyReplay(policy: RuleTable.digest)
        let found = try replay.step(on: bench.shelf.record, upTo: bench.shelf.record.head.size)
        #expect(found.map(\.line.seq) == [place])
        #expect(found.first?.difference.finding == .notAllowed)
        #expect(found.first?.difference.rule == "P01")
        let report = replay.report
        #expect(report.exitCode == 30)
        #expect(report.verdicts.first?.finding == "not-allowed")
        #expect(report.verdicts.first?.first == place)
        // What oversight is told of it has no word of the entry.
        let told = try #require(found.first).parameters
        #expect(!JSONValue.object(told).encoded.contains(Array("Planted".utf8)))
        _ = cast
    }

    @Test func `a line that was refused and would change something ends the start, and one that would not does not`()
        throws
    {
        let (bench, _) = try Self.alder()
        func start() throws { _ = try bench.recovery.recover(bench.shelf, feedsViews: false) }
        try Self.forge(bench, refusal: Refusal(row: "P01")) { alder in
            var event = try Self.entry(4, "agent.tcp1", "TCP-NAR")(alder)
            event.kind = "access.denied"
            event.body = .access(act: "entry.record", item: nil, code: "E-NOT-MEMBER")
            return event
        }
        try start()
        try Self.forge(bench, refusal: Refusal(row: "P01"), Self.entry(4, "agent.tcp1", "TCP-NAR"))
        #expect { try start() } throws: { ($0 as? RecordFault)?.code == .damaged }
    }

    @Test func `what exports state of their bundles is counted again, and one that states something else is found`()
        throws
    {
        let (bench, cast) = try Self.alder()
        func export(_ name: String) throws {
            let call = bench.call(cast[name], "Audit.Export", ["case": "Alder"], more: true)
            try bench.writeAll()
            bench.post(.tick)
            for _ in 1...3 { bench.drain(call) }
            #expect(bench.answers(to: call).last?.parameters["digest"] != nil, "\(bench.answers(to: call).map(\.code))")
        }
        for name in ["lead.fib", "auditor.rob"] { try export(name) }
        // What was in these bundles is destroyed by now.
        try bench.proposePurge(of: "E-2", cast)
        try bench.must(cast["liaison.mpd"], "Removal.ApprovePurge", ["case": "Alder", "purge": "P-2"])
        try bench.writeAll()
        for name in ["lead.fib", "auditor.rob"] { try export(name) }
        func differences() throws -> [Judgement.Difference.Finding] {
            let replay = PolicyReplay(policy: RuleTable.digest)
            return try replay.step(on: bench.shelf.record, upTo: bench.shelf.record.head.size).map(\.difference.finding)
        }
        #expect(try differences() == [])

        let exports = try bench.lines().filter { $0.event.kind == "access.exported" }
        #expect(exports.count == 4 && exports.allSatisfy { $0.event.holds != nil })
        let last = try #require(exports.last { $0.event.member?.text == "lead.fib" })
        let uid = try #require(UInt32(last.by.dropFirst("uid:".count)))
        func forge(_ change: (inout JSONObject) -> Void) throws {
            var event = last.event
            var holds = try #require(event.holds)
            change(&holds)
            event.holds = holds
            try Self.forge(bench, uid: uid) { _ in event }
        }
        try forge { $0["withheld"] = 7 }
        try forge { $0["parts"] = .integer(($0["parts"]?.integer ?? 0) + 1) }
        try forge { $0["partsDigest"] = .string(Digest.empty.hex) }
        try forge { $0["withheldDigest"] = .string(Digest.zero.hex) }
        #expect(try differences() == [.exportMisstated, .exportMisstated, .exportMisstated, .exportMisstated])
    }

    @Test func `a purge that names more than its entries, and rules that change unsaid, are found`() throws {
        let (bench, _) = try Self.alder()
        let honest = Self.entry(4, "agent.mpd1", "MPD-VT")
        try Self.forge(bench, references: [Statement.Reference(seq: 3)], uid: 1_005, honest)
        try Self.forge(bench, policy: .sha256([1]), uid: 1_005, Self.entry(5, "agent.mpd1", "MPD-VT"))
        try Self.forge(bench, policy: .sha256([1]), uid: 1_005, Self.entry(6, "agent.mpd1", "MPD-VT"))
        let replay = PolicyReplay(policy: RuleTable.digest)
        let found = try replay.step(on: bench.shelf.record, upTo: bench.shelf.record.head.size)
        #expect(found.map(\.difference.finding) == [.referencesDiffer, .rulesChanged])
        let other = try #require(replay.report.verdicts.first { $0.finding == "rules-of-another-version" })
        #expect((other.result, other.count) == (.notice, 1))
    }

    @Test func `steps of any length find the same, and a record of other rules alone is not said to be replayed`()
        throws
    {
        let (bench, _) = try Self.alder()
        try Self.forge(bench, Self.entry(4, "agent.tcp1", "TCP-NAR"))
        let end = bench.shelf.record.head.size
        for limit: UInt64 in [1, 7, 1_000] {
            let replay = PolicyReplay(policy: RuleTable.digest)
            var found = 0
            while replay.done < end { found += try replay.step(on: bench.shelf.record, upTo: end, limit: limit).count }
            #expect(found == 1)
            #expect(replay.report.verdicts.first?.count == 1)
        }
        let later = PolicyReplay(policy: .sha256([2]))
        #expect(try later.step(on: bench.shelf.record, upTo: end).isEmpty)
        #expect(later.report.exitCode == 40)
        #expect(later.report.verdicts.first?.result == .skipped)
    }

    @Test func `only oversight replays, and a refusal of it is on the record`() throws {
        let (bench, cast) = try Self.alder()
        for name in ["lead.fib", "admin.ops"] {
            let call = bench.call(cast[name], "Audit.Replay", more: true)
            try bench.writeAll()
            #expect(bench.answers(to: call).map(\.code) == ["E-ROLE"], "\(name)")
        }
        #expect(
            try bench.lines().count { $0.event.body == .access(act: "audit.replay", item: nil, code: "E-ROLE") } == 2
        )
    }
}
