import Casework
import Policy
import StrictJSON
import TestSupport
import Testing
import TransparencyLog
import Varlink

@testable import Coordination

/// Matching is inside the submission's own batch and answer, and silence shows nowhere.
@Suite("Deconfliction through the daemon", .tags(.medium))
struct DeconflictionTests {
    private static let day: Int64 = 86_400_000_000

    private static func event(_ bench: Bench, case caseName: String? = nil) -> JSONObject {
        let start = bench.now * 1_000 + day
        var event: JSONObject = [
            "type": "surveillance", "points": ["0.1,0.1"], "start": .integer(start), "end": .integer(start + day / 6),
        ]
        event["case"] = caseName.map { .string($0) }
        return event
    }

    private static func target(_ value: String, level: String? = nil) -> JSONObject {
        var target: JSONObject = [
            "kind": "phone", "values": .array([.string(value)]), "activity": "narcotics", "basis": "Named by two.",
            "subject": "file 7",
        ]
        target["level"] = level.map { .string($0) }
        return target
    }

    private static func found(_ answer: Answer) -> [JSONObject]? {
        answer.parameters["found"]?.array?.compactMap(\.object)
    }

    @Test func `the answer to a submission tells what it meets, and both sides' lines are in its batch`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let first = try bench.must(by["agent.tcp1"], "Deconfliction.SubmitEvent", Self.event(bench))
        #expect(Self.found(first)?.isEmpty ?? false)
        let before = try bench.lines().count
        let call = bench.call(by["lead.fib"], "Deconfliction.SubmitEvent", Self.event(bench, case: "Alder"))
        #expect(bench.heldWrites == 1 && bench.answers(to: call).isEmpty)
        try bench.write()
        let answer = try #require(bench.answers(to: call).first)
        let finding = try #require(Self.found(answer)?.first)
        #expect(finding["agency"]?.string == "TCP-NAR" && finding["contact"]?.string == "desk")
        let added = try bench.lines().dropFirst(before)
        #expect(added.map(\.event.kind) == ["decon.event_submitted", "decon.hit_found", "decon.notified"])
        #expect(bench.durableWhenAnswered(call) == [UInt64(before + 3)])
        let inbox = bench.call(by["agent.tcp1"], "Feed.Inbox", more: true)
        try bench.writeAll()
        let task = bench.answers(to: inbox).compactMap { $0.parameters["task"]?.object }.first
        #expect(task?["item"] == finding["conflict"])
        #expect(try bench.isAsRecorded())
    }

    @Test func `whoever watches is told at once that a conflict waits in his inbox, and nobody else is`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        try bench.must(by["agent.tcp1"], "Deconfliction.SubmitEvent", Self.event(bench))
        let watches = ["agent.tcp1", "lead.fib", "agent.mpd1"].map { name in
            (name, bench.call(by[name], "Feed.Watch", [:], more: true))
        }
        try bench.writeAll()
        try bench.must(by["lead.fib"], "Deconfliction.SubmitEvent", Self.event(bench, case: "Alder"))
        for (name, watch) in watches {
            let kinds = bench.answers(to: watch).compactMap { $0.parameters["kind"]?.string }
            #expect(kinds == (name == "agent.mpd1" ? ["live"] : ["live", "inbox"]), "\(name)")
            bench.drain(watch)
        }
        // What happens in his cases goes on as before.
        try bench.must(by["agent.mpd1"], "Entry.Record", ["case": "Alder", "kind": "report", "text": "Seen."])
        #expect(bench.answers(to: watches[1].1).last?.parameters["kind"] == "event")
        #expect(bench.answers(to: watches[0].1).last?.parameters["kind"] == "inbox")
    }

    @Test func `a submission that is repeated gets its receipt and what it meets once more`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        try bench.must(by["agent.tcp1"], "Deconfliction.SubmitEvent", Self.event(bench))
        var event = Self.event(bench)
        event["context"] = ["request": .string(RepeatTests.number)]
        let calls = (0..<2).map { _ in bench.call(by["lead.fib"], "Deconfliction.SubmitEvent", event) }
        try bench.writeAll()
        let later = bench.call(by["lead.fib"], "Deconfliction.SubmitEvent", event)
        try bench.writeAll()
        let answers = (calls + [later]).compactMap { bench.answers(to: $0).first }
        #expect(answers.map(\.isDuplicate) == [false, true, true])
        #expect(Set(answers.compactMap { $0.parameters["found"]?.encoded }).count == 1)
        #expect(Self.found(answers[2])?.count == 1)
    }

    /// The bytes of a reply without what differs between any two: numbers that are drawn, leaf and checkpoint.
    private static func shape(_ answer: Answer) -> JSONObject {
        var shape = answer.parameters
        var receipt = shape["receipt"]?.object ?? [:]
        for key in ["item", "leaf", "recordedAt", "checkpoint"] {
            receipt[key] = receipt[key]?.string.map { .integer(Int64($0.utf8.count)) } ?? 0
        }
        shape["receipt"] = .object(receipt)
        return shape
    }

    @Test func `no record and SILENT get the same bytes, and the record grows by the same`() throws {
        var shapes: [JSONObject] = []
        var sizes: [[Int]] = []
        for kept in ["+12025550199", "+12025550100"] {
            let bench = try Bench()
            let by = try bench.openAlder()
            try bench.must(by["agent.tcp1"], "Deconfliction.SubmitTarget", Self.target(kept, level: "SILENT"))
            let before = try bench.lines().count
            let call = bench.call(by["agent.fib1"], "Deconfliction.SubmitTarget", Self.target("+12025550100"))
            try bench.write()
            #expect(bench.heldWrites == 0)
            shapes.append(Self.shape(try #require(bench.answers(to: call).first)))
            let added = try bench.lines().dropFirst(before)
            sizes.append(added.map { $0.event.parts().reduce(0) { $0 + $1.value.encoded.count } })
            #expect(added.map(\.event.kind) == ["decon.target_submitted"])
            // A minute later one line says that it was screened, and not with what outcome.
            try bench.ring()
            let screened = try bench.lines().filter { $0.event.kind == "decon.screened" }
            #expect(screened.count == 2)
            sizes[sizes.count - 1] += screened.map { $0.event.parts().reduce(0) { $0 + $1.value.encoded.count } }
        }
        #expect(shapes[0] == shapes[1])
        #expect(sizes[0] == sizes[1])
    }

    @Test func `what follows from a clock that ran out is in its batch`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let subject: JSONObject = [
            "case": "Alder", "kind": "person", "criminality": "trafficking", "lawfullyObtained": true,
            "basis": "Seen with the van.",
        ]
        try bench.must(by["lead.fib"], "Subject.Register", subject)
        var target = Self.target("+12025550100")
        target["case"] = "Alder"
        target["subject"] = "S-1"
        try bench.must(by["lead.fib"], "Deconfliction.SubmitTarget", target)
        bench.pass(1_825 * 86_400_000)
        bench.post(.alarm)
        try bench.writeAll()
        let kinds = try bench.lines().map(\.event.kind)
        let place = try #require(kinds.firstIndex(of: "subject.dropped"))
        #expect(kinds[place + 1] == "decon.target_withdrawn")
        #expect(try bench.isAsRecorded())
    }

    @Test func `what is not the asker's is not shown, and its showing is recorded`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let own = try bench.must(by["agent.tcp1"], "Deconfliction.SubmitEvent", Self.event(bench)).receipt?["item"]
        let asked: JSONObject = ["id": own ?? ""]
        #expect(try bench.answer(by["lead.fib"], "Deconfliction.Get", asked).code == "E-NOT-FOUND")
        let shown = try bench.must(by["agent.tcp1"], "Deconfliction.Get", asked)
        #expect(shown.parameters["submission"]?.object?["id"] == own)
        #expect(try bench.lines().last?.event.kind == "access.read")
        #expect(try bench.answer(by["admin.ops"], "Deconfliction.Get", asked).code == "E-ROLE")
    }

    @Test func `a list of identifiers is refused, and oversight sees it`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        var list = Self.target("+12025550100")
        list["values"] = ["+12025550100", "+12025550101"]
        #expect(try bench.answer(by["agent.tcp1"], "Deconfliction.SubmitTarget", list).code == "E-BULK")
        #expect(try bench.lines().last?.event.kind == "decon.query_denied")
        let call = bench.call(by["auditor.rob"], "Audit.ListAccess", more: true)
        try bench.writeAll()
        let seen = bench.answers(to: call).compactMap { $0.parameters["access"]?.object }
        #expect(seen.contains { $0["act"]?.string == "decon.submit-target" && $0["rule"]?.string == "P21B" })
    }
}
