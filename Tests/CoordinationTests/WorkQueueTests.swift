import Policy
import StrictJSON
import TestSupport
import Testing
import Varlink

@testable import Coordination

/// Each takes as long as it takes, and lets nobody else wait: what a test holds back stands for what takes minutes of a large record.
@Suite("Who waits for whom", .tags(.medium))
struct WorkQueueTests {
    private static let request = "000000000000000000000000000000a1"

    private static func alder() throws -> (Bench, Cast) {
        let bench = try Bench()
        let cast = try bench.openAlder()
        try bench.must(cast["agent.mpd1"], "Entry.Record", Bench.entry("Two vans."))
        return (bench, cast)
    }

    /// All that a call on a connection of its own is answered by now.
    private static func answers(
        _ bench: Bench,
        _ name: String,
        _ method: String,
        _ parameters: JSONObject = [:]
    ) throws -> [Answer] {
        let call = bench.call(bench.connect(name), method, parameters, more: true)
        try bench.writeAll()
        bench.drainAll(call)
        return bench.answers(to: call)
    }

    @Test(
        arguments: [
            ("lead.fib", "Entry.List", ["case": "Alder"]), ("lead.fib", "Audit.Export", ["case": "Alder"]),
            ("auditor.rob", "Audit.Export", [:]), ("auditor.rob", "Audit.ListAccess", [:]),
            ("auditor.rob", "Audit.ProveInclusion", ["position": 1]),
            ("lead.fib", "Report.Make", ["report": "timeline", "case": "Alder", "format": "text"]),
            ("admin.ops", "Registry.ListAgencies", [:]), ("admin.ops", "Service.GetMetrics", [:]),
        ] as [(String, String, JSONObject)]
    )
    func `while the record is verified and replayed everything else is answered`(
        name: String,
        method: String,
        parameters: JSONObject
    ) throws {
        let (bench, cast) = try Self.alder()
        bench.hold(.verification)
        let looks = ["Audit.Verify", "Audit.Replay"].map { bench.call(cast["auditor.rob"], $0, more: true) }
        try bench.writeAll()
        let answer = try Self.answers(bench, name, method, parameters).last
        #expect(answer?.isLast == true && answer?.error == nil, "\(String(describing: answer))")
        for look in looks { #expect(bench.answers(to: look).isEmpty) }
        bench.run(.verification)
        for look in looks { #expect(bench.answers(to: look).last?.parameters["exitCode"] == 0) }
    }

    @Test func `while an export is made the record is verified, and decisions are replayed`() throws {
        let (bench, cast) = try Self.alder()
        bench.hold(.exports)
        let export = bench.call(cast["lead.fib"], "Audit.Export", ["case": "Alder"], more: true)
        try bench.writeAll()
        for method in ["Audit.Verify", "Audit.Replay"] {
            #expect(try Self.answers(bench, "auditor.rob", method).last?.parameters["exitCode"] == 0)
        }
        #expect(bench.answers(to: export).isEmpty)
        bench.run(.exports)
        bench.drainAll(export)
        #expect(bench.answers(to: export).last?.parameters["digest"] != nil)
    }

    @Test func `a key is proved, an entry signed, and metrics are told while all other queues stand still`() throws {
        let (bench, cast) = try Self.alder()
        for queue in WorkQueue.allCases where queue != .unordered { bench.hold(queue) }
        let agent = try SigningMember(bench, "agent.mpd1", seed: 5)
        #expect(try agent.record("Seen at the site.", request: Self.request).isDuplicate == false)
        #expect(try bench.must(cast["admin.ops"], "Service.GetMetrics").parameters["text"] != nil)
    }

    /// Each is judged by itself, so that it does not matter who was first.
    @Test func `signatures may be looked at in any order`() throws {
        let (bench, _) = try Self.alder()
        let agents = try [UInt8(5), 6].map { try SigningMember(bench, $0 == 5 ? "agent.mpd1" : "agent.fib1", seed: $0) }
        bench.hold(.unordered)
        let proofs = try agents.map { try bench.call($0.connection, "Session.Prove", $0.proof()) }
        bench.run(.unordered, newestFirst: true)
        try bench.writeAll()
        let members = proofs.map { bench.answers(to: $0).last?.parameters["member"]?.string }
        #expect(members == ["agent.mpd1", "agent.fib1"])
    }
}
