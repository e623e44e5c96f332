import Casework
import Cryptography
import RecordStore
import StrictJSON
import TestSupport
import Testing
import Varlink

@testable import Coordination

/// Reports through the sequencer: recorded before they leave, and the same bytes whenever they are made again.
@Suite("Reports made", .tags(.medium))
struct ReportTests {
    struct Made: Equatable {
        let bytes: [UInt8]
        let last: JSONObject
        var size: Int64 { last["size"]?.integer ?? -1 }
        var digest: String { last["digest"]?.string ?? "" }
    }

    private static func order(_ name: String, _ format: String = "json", at size: Int64? = nil) -> JSONObject {
        var order: JSONObject = ["report": .string(name), "format": .string(format)]
        if name == "timeline" { order["case"] = "Alder" }
        if name == "transparency" {
            order["from"] = .integer(1_924_992_000_000_000)
            order["until"] = .integer(1_956_528_000_000_000)
        }
        order["at"] = size.map { .integer($0) }
        return order
    }

    private static func make(
        _ bench: Bench,
        _ who: ConnectionID,
        _ name: String,
        _ format: String = "json",
        at size: Int64? = nil
    ) throws -> Made {
        let call = bench.call(who, "Report.Make", order(name, format, at: size), more: true)
        try bench.writeAll()
        while bench.answers(to: call).last.map({ !$0.isLast }) ?? false { bench.drain(call) }
        let answers = bench.answers(to: call)
        if let code = answers.last?.code { throw Bench.Broken(message: "\(name): \(code)") }
        let bytes = try answers.flatMap { answer -> [UInt8] in
            try answer.parameters["data"]?.string.map { try #require(Base64.decode($0)) } ?? []
        }
        return Made(bytes: bytes, last: try #require(answers.last).parameters)
    }

    private static let names = [
        ("lead.fib", "timeline"), ("liaison.spo", "jtf-annual"), ("liaison.mpd", "il-805-25"),
        ("liaison.mpd", "dissemination"), ("auditor.rob", "oversight-digest"), ("liaison.spo", "transparency"),
    ]

    @Test func `made again at the same head a report is the same, byte for byte, after 1,000 lines and a restart`()
        throws
    {
        let bench = try Bench()
        let cast = try bench.openAlder()
        try bench.must(cast["agent.mpd1"], "Entry.Record", Bench.entry("Two vans."))
        var first: [String: Made] = [:]
        for (who, name) in Self.names {
            for format in ["text", "json", "csv", "html"] {
                let made = try Self.make(bench, cast[who], name, format)
                #expect(made.digest == Digest.sha256(made.bytes).hex && !made.bytes.isEmpty)
                first["\(name) \(format)"] = made
            }
        }
        for number in 0..<1_000 {
            _ = bench.call(cast["agent.mpd1"], "Entry.Record", Bench.entry("Van \(number)."))
            if number % 100 == 99 { try bench.writeAll() }
        }
        let again = try Bench(after: bench)
        for (who, name) in Self.names {
            let connection = again.connect(who)
            for format in ["text", "json", "csv", "html"] {
                let before = try #require(first["\(name) \(format)"])
                let made = try Self.make(again, connection, name, format, at: before.size)
                #expect(made.bytes == before.bytes && made.size == before.size, "\(name) \(format)")
            }
            // Without a size it is of all that there is by now.
            #expect(try Self.make(again, connection, name).size > 1_000)
        }
        #expect(try again.isAsRecorded())
    }

    @Test func `that it was made is durable, with its form and digest, before anything of it leaves`() throws {
        let bench = try Bench()
        let cast = try bench.openAlder()
        let call = bench.call(cast["liaison.spo"], "Report.Make", Self.order("jtf-annual", "csv"), more: true)
        #expect(bench.heldWrites == 1 && bench.answers(to: call).isEmpty)
        try bench.writeAll()
        let line = try #require(try bench.lines().last)
        #expect(line.event.kind == "report.generated")
        let details = try #require(line.event.parts().first?.value.object)
        #expect(details["format"] == "csv")
        bench.drain(call)
        let last = try #require(bench.answers(to: call).last)
        #expect(details["digest"] == last.parameters["digest"] && last.parameters["item"] == "A-1")
        #expect(bench.durableWhenAnswered(call).allSatisfy { $0 > line.seq })
    }

    @Test func `if the disk does not take the line, nothing of the report leaves`() throws {
        let bench = try Bench()
        let cast = try bench.openAlder()
        let call = bench.call(cast["liaison.spo"], "Report.Make", Self.order("jtf-annual"), more: true)
        try bench.fail(.full)
        #expect(bench.answers(to: call).allSatisfy { $0.parameters["data"] == nil })
        #expect(bench.answers(to: call).last?.error?.hasSuffix("Unavailable") == true)
    }

    @Test func `a size at which no checkpoint was signed is refused, and so is one beyond the record`() throws {
        let bench = try Bench()
        let cast = try bench.openAlder()
        for size: Int64 in [1, 3, 1_000_000] {
            let answer = try bench.answer(
                cast["auditor.rob"],
                "Report.Make",
                Self.order("jtf-annual", at: size),
                more: true
            )
            #expect(answer.code == "E-INVALID")
        }
        #expect(try bench.lines().last?.event.kind == "access.denied")
    }

    @Test func `who may not make a report is refused on the record, and nothing is made`() throws {
        let bench = try Bench()
        let cast = try bench.openAlder()
        let answer = try bench.answer(cast["agent.mpd1"], "Report.Make", Self.order("dissemination"), more: true)
        #expect(answer.code == "E-ROLE")
        #expect(try bench.lines().contains { $0.event.kind == "report.generated" } == false)
    }

    @Test func `what is sealed since a report was made is not in it when it is made again`() throws {
        let bench = try Bench()
        let cast = try bench.openAlder()
        try bench.must(cast["agent.mpd1"], "Entry.Record", Bench.entry("Two vans."))
        let before = try Self.make(bench, cast["lead.fib"], "timeline", "text")
        #expect(String(decoding: before.bytes, as: UTF8.self).contains("E-1"))
        let grant: JSONObject = [
            "member": "agent.fib1", "role": "legal", "scope": "agency",
            "expiresAt": .integer((bench.now + 86_400_000) * 1_000),
        ]
        try bench.must(cast["admin.ops"], "Registry.GrantRole", grant)
        let order: JSONObject = [
            "case": "Alder", "entries": ["E-1"], "kind": "suppress", "court": "Superior Court", "docket": "31-CV-7",
            "effectiveAt": .integer(1_930_298_400_000_000),
        ]
        try bench.must(cast["agent.fib1"], "Removal.RecordOrder", order)
        let after = try Self.make(bench, cast["lead.fib"], "timeline", "text", at: before.size)
        #expect(!String(decoding: after.bytes, as: UTF8.self).contains("E-1"))
    }

    @Test func `it is certified and published with receipts, and everybody sees then that it is public`() throws {
        let bench = try Bench()
        let cast = try bench.openAlder()
        _ = try Self.make(bench, cast["liaison.spo"], "transparency", "html")
        try bench.must(cast["liaison.spo"], "Report.Certify", ["item": "A-1"])
        #expect(try bench.answer(cast["agent.tcp1"], "Report.List", more: true).parameters["report"] == nil)
        try bench.must(cast["liaison.spo"], "Report.Publish", ["item": "A-1"])
        let call = bench.call(cast["agent.tcp1"], "Report.List", more: true)
        try bench.writeAll()
        #expect(bench.answers(to: call).first?.parameters["report"]?.object?["item"] == "A-1")
    }
}
