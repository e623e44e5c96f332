import Casework
import Policy
import RecordStore
import StrictJSON
import TestSupport
import Testing
import TransparencyLog
import Varlink

@testable import Coordination

/// A list under way is judged at each page, and an explanation when it is asked for.
@Suite("What was allowed a while ago", .tags(.medium, .g3))
struct PageTests {
    private static func long() throws -> (Bench, Cast, CallID) {
        let bench = try Bench()
        let by = try bench.openAlder()
        for number in 1...600 { bench.call(by["agent.fib1"], "Entry.Record", Bench.entry("\(number)")) }
        try bench.writeAll()
        let list = bench.call(by["agent.mpd1"], "Entry.List", ["case": "Alder"], more: true)
        try bench.writeAll()
        return (bench, by, list)
    }

    @Test func `a long list comes a page at a time, when the last was taken`() throws {
        let (bench, _, list) = try Self.long()
        #expect(bench.answers(to: list).count == 256)
        bench.drain(list)
        #expect(bench.answers(to: list).count == 512)
        bench.drain(list)
        let entries = bench.answers(to: list).compactMap { $0.parameters["entry"]?.object?["id"]?.string }
        #expect(entries == (1...600).map { "E-\($0)" })
        #expect(bench.answers(to: list).last?.isLast == true)
    }

    @Test func `a list ends where the reader's right ends, and the refusal is recorded`() throws {
        let (bench, by, list) = try Self.long()
        try bench.must(by["liaison.mpd"], "Case.Unassign", ["case": "Alder", "member": "agent.mpd1", "reason": "r"])
        bench.drain(list)
        #expect(bench.answers(to: list).count == 256)
        try bench.writeAll()
        let last = try #require(bench.answers(to: list).last)
        #expect(bench.answers(to: list).count == 257)
        #expect(last.isLast && last.code == "E-NOT-MEMBER")
        let line = try #require(try bench.lines().last)
        #expect(line.outcome == .denied && line.rule == "P01" && line.event.member?.text == "agent.mpd1")
    }

    @Test func `what was read and not sent yet is not sent once the right to it has ended`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        try bench.must(by["agent.fib1"], "Entry.Record", Bench.entry("Two vans."))
        bench.hold(.views)
        let read = bench.call(by["agent.mpd1"], "Entry.Get", ["case": "Alder", "entry": "E-1"])
        try bench.writeAll()
        try bench.must(by["liaison.mpd"], "Case.Unassign", ["case": "Alder", "member": "agent.mpd1", "reason": "r"])
        #expect(bench.answers(to: read).isEmpty)
        bench.run(.views)
        try bench.writeAll()
        #expect(bench.answers(to: read).map(\.code) == ["E-NOT-MEMBER"])
        #expect(try bench.lines().last?.outcome == .denied)
    }

    @Test func `a list ends when the agreement does, under which others' entries were seen`() throws {
        let (bench, by, list) = try Self.long()
        try bench.must(by["admin.ops"], "Registry.TerminateAgreement", ["id": "MOU-31-01", "reason": "r"])
        bench.drain(list)
        try bench.writeAll()
        #expect(bench.answers(to: list).count == 257)
        #expect(bench.answers(to: list).last?.code == "E-ROLE")
    }

    @Test func `an explanation of an old refusal is one of now`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let agent = by["agent.mpd1"]
        try bench.must(by["lead.fib"], "Case.Suspend", ["case": "Alder", "reason": "r"])
        #expect(try bench.answer(agent, "Entry.Record", Bench.entry()).code == "E-STATE")
        func explained() throws -> JSONObject? {
            let answer = try bench.must(agent, "Policy.Explain")
            return answer.parameters["steps"]?.array?.last?.object
        }
        #expect(try explained()?["rule"]?.string == "L01")
        // His role ends; whether the case is still suspended is none of his business.
        try bench.pass(days: 301, atWork: ["agent.mpd1"])
        let again = bench.connect("agent.mpd1")
        let answer = try bench.must(again, "Policy.Explain")
        #expect(answer.parameters["steps"]?.array?.last?.object?["rule"]?.string == "P01")
    }

    @Test func `what was refused for what it says is explained, and stands under its act and its case`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        let agent = by["agent.mpd1"]
        func explained() throws -> JSONObject {
            try bench.must(agent, "Policy.Explain").parameters
        }
        // In its form, before any rule of the domain: a marking of classified text, and a handling that there is not.
        #expect(try bench.answer(agent, "Entry.Record", Bench.entry("TOP SECRET//SI")).code == "E-CLASSIFIED")
        let refused = try #require(bench.lines().last)
        #expect(refused.event.caseID != .system && refused.rule == "P22C")
        let first = try explained()
        #expect(first["act"]?.string == "io.accord.Entry.Record" && first["allowed"]?.bool == false)
        #expect(first["steps"]?.array?.compactMap { $0.object?["rule"]?.string } == ["P22C"])
        // By the core, which finds that there is no such member.
        let assign: JSONObject = ["case": "Alder", "member": "nobody.mpd"]
        #expect(try bench.answer(by["liaison.mpd"], "Case.Assign", assign).code != nil)
        let steps = try bench.must(by["liaison.mpd"], "Policy.Explain").parameters["steps"]?.array
        #expect(steps?.last?.object?["fired"]?.bool == true)
    }

    @Test func `who was given an entry is told neither its place nor what else there is`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        try bench.must(by["agent.mpd1"], "Entry.Record", Bench.entry("Wrong date."))
        try bench.must(
            by["liaison.mpd"],
            "Dissemination.Release",
            ["case": "Alder", "entry": "E-1", "agency": "TCP-NAR", "reason": "r"]
        )
        let correction: JSONObject = ["case": "Alder", "entry": "E-1", "text": "Right date.", "reason": "r"]
        try bench.must(by["agent.mpd1"], "Entry.Correct", correction)
        let shown = try bench.must(by["agent.tcp1"], "Entry.Get", ["case": "Alder", "entry": "E-1"])
        let entry = try #require(shown.parameters["entry"]?.object)
        #expect(entry["text"]?.string == "Wrong date.")
        #expect(entry["state"]?.string == "corrected")
        #expect(entry["position"]?.integer == -1)
        #expect(entry["supersededBy"] == nil && entry["acknowledgedBy"] == nil)
        let own = try bench.must(by["lead.fib"], "Entry.Get", ["case": "Alder", "entry": "E-1"])
        #expect(own.parameters["entry"]?.object?["supersededBy"]?.string == "E-2")
    }

    @Test func `what is written to oversight is listed and read by oversight alone`() throws {
        let bench = try Bench()
        let by = try bench.openAlder()
        var complaint = Bench.entry("Rough handling at the second site.")
        complaint["compartment"] = "OVERSIGHT"
        let before = try bench.must(by["lead.fib"], "Case.Get", ["case": "Alder"]).parameters
        let receipt = try #require(try bench.must(by["agent.mpd1"], "Entry.Record", complaint).receipt)
        let item = try #require(receipt["item"]?.string)
        #expect(item.hasPrefix("O-") && receipt["position"]?.integer == 0)
        #expect(try bench.must(by["lead.fib"], "Case.Get", ["case": "Alder"]).parameters == before)
        try bench.must(by["agent.mpd1"], "Entry.Record", Bench.entry("Seen."))
        func listed(_ name: String) throws -> [String] {
            let list = bench.call(by[name], "Entry.List", ["case": "Alder"], more: true)
            try bench.writeAll()
            return bench.answers(to: list).compactMap { $0.parameters["entry"]?.object?["id"]?.string }
        }
        #expect(try listed("lead.fib") == ["E-1"])
        #expect(try listed("auditor.rob") == [item, "E-1"])
        let read = try bench.must(by["auditor.rob"], "Entry.Get", ["case": "Alder", "entry": .string(item)])
        #expect(read.parameters["entry"]?.object?["text"]?.string == "Rough handling at the second site.")
        #expect(
            try bench.answer(by["lead.fib"], "Entry.Get", ["case": "Alder", "entry": .string(item)]).code
                == "E-NOT-FOUND"
        )
        #expect(try bench.isAsRecorded())
    }
}
