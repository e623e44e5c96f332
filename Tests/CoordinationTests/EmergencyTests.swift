import Casework
import RecordStore
import StrictJSON
import TestSupport
import Testing
import TransparencyLog

@testable import Coordination

/// An emergency release on the record (domain.md 6.4, 6.8).
@Suite("Emergency releases", .tags(.medium))
struct EmergencyTests {
    private static let hour: Int64 = 3_600_000

    private static func line(_ bench: Bench, _ kind: String) throws -> LogLine {
        let seq = try #require(try bench.lines().last { $0.event.kind == kind }?.seq)
        return try LogLine(parsing: try #require(try bench.shelf.record.line(at: seq)).bytes)
    }

    private static func invoked() throws -> (Bench, Cast) {
        let bench = try Bench()
        let cast = try bench.openAlder()
        try bench.must(cast["agent.mpd1"], "Entry.Record", Bench.entry("The words."))
        try bench.must(
            cast["agent.fib1"],
            "Dissemination.BreakGlass",
            ["case": "Alder", "entry": "E-1", "agency": "TCP-NAR", "reason": "sealed in", "hours": 1]
        )
        return (bench, cast)
    }

    private static let entry: JSONObject = ["case": "Alder", "entry": "E-1"]

    @Test func `its line says that it overrode a rule, and a reading under it names that line`() throws {
        let (bench, cast) = try Self.invoked()
        let line = try Self.line(bench, "breakglass.invoked")
        #expect(line.outcome == .overridden && line.rule == "P06")
        let read = try bench.answer(cast["agent.tcp1"], "Entry.Get", Self.entry)
        #expect(read.parameters["entry"]?.object?["text"]?.string == "The words.")
        #expect(try Self.line(bench, "access.read").statement.references == [Statement.Reference(seq: line.seq)])
        #expect(try bench.isAsRecorded())
    }

    @Test func `whoever follows the case is told of it as it happens`() throws {
        let bench = try Bench()
        let cast = try bench.openAlder()
        try bench.must(cast["agent.mpd1"], "Entry.Record", Bench.entry("The words."))
        let watch = bench.call(cast["lead.fib"], "Feed.Watch", [:], more: true)
        try bench.writeAll()
        try bench.must(
            cast["agent.fib1"],
            "Dissemination.BreakGlass",
            ["case": "Alder", "entry": "E-1", "agency": "TCP-NAR", "reason": "sealed in"]
        )
        try bench.writeAll()
        for _ in 1...4 { bench.drain(watch) }
        let told = bench.answers(to: watch).compactMap { $0.parameters["event"]?.object?["kind"]?.string }
        #expect(told.contains("breakglass.invoked"))
    }

    @Test func `the register shows when it ends and how it was found, to who may know the recipient`() throws {
        let (bench, cast) = try Self.invoked()
        try bench.must(
            cast["auditor.rob"],
            "Dissemination.ReviewBreakGlass",
            ["case": "Alder", "dissemination": "D-1", "finding": "justified", "note": "found in time"]
        )
        let list = bench.call(cast["lead.fib"], "Dissemination.List", ["case": "Alder"], more: true)
        try bench.writeAll()
        let row = try #require(bench.answers(to: list).first?.parameters["dissemination"]?.object)
        #expect(row["means"]?.string == "break-glass" && row["finding"]?.string == "justified")
        let recorded = try #require(row["recordedAt"]?.integer)
        #expect(row["endsAt"]?.integer == recorded + Self.hour * 1_000)
    }
}
