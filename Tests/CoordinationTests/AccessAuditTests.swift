import Casework
import StrictJSON
import TestSupport
import Testing
import Varlink

@testable import Coordination

/// Who saw what of whose, under which release, and for the first time.
@Suite("The access audit", .tags(.medium))
struct AccessAuditTests {
    /// MPD-VT contributed E-1, FIB-MB E-2; both read E-1, TCP-NAR was refused it, was given it, and read it twice.
    private static func read() throws -> (Bench, Cast) {
        let bench = try Bench()
        let by = try bench.openAlder()
        try bench.must(by["agent.mpd1"], "Entry.Record", Bench.entry())
        try bench.must(by["agent.fib1"], "Entry.Record", Bench.entry())
        func get(_ name: String, _ entry: String) throws -> Answer {
            try bench.answer(by[name], "Entry.Get", ["case": "Alder", "entry": .string(entry)])
        }
        for name in ["agent.mpd1", "agent.fib1", "agent.fib1"] { #expect(try get(name, "E-1").error == nil) }
        #expect(try get("agent.mpd1", "E-2").error == nil)
        let number = try #require(bench.inside { $0.state.cases.values.first?.number })
        func outsider() throws -> Answer {
            try bench.answer(by["agent.tcp1"], "Entry.Get", ["case": .string(number), "entry": "E-1"])
        }
        #expect(try outsider().code == "E-NOT-MEMBER")
        try bench.must(
            by["liaison.mpd"],
            "Dissemination.Release",
            ["case": "Alder", "entry": "E-1", "agency": "TCP-NAR", "reason": "r"]
        )
        for _ in 1...2 { #expect(try outsider().error == nil) }
        return (bench, by)
    }

    private static func list(_ bench: Bench, _ who: ConnectionID, _ parameters: JSONObject) throws -> [String] {
        let list = bench.call(who, "Audit.ListAccess", parameters, more: true)
        try bench.writeAll()
        return bench.answers(to: list).compactMap { $0.parameters["access"]?.object }
            .filter { $0["act"]?.string?.hasSuffix(".read") ?? false }
            .map { row in
                [row["agency"], row["item"], row["outcome"], row["release"]].compactMap { $0?.string }
                    .joined(separator: " ")
            }
    }

    @Test func `a liaison sees who of any agency read what the own agency contributed, and nothing of others'`() throws
    {
        let (bench, by) = try Self.read()
        #expect(
            try Self.list(bench, by["liaison.mpd"], ["ours": true]) == [
                "MPD-VT E-1 accepted", "FIB-MB E-1 accepted", "FIB-MB E-1 accepted", "TCP-NAR E-1 denied",
                "TCP-NAR E-1 accepted D-1", "TCP-NAR E-1 accepted D-1",
            ]
        )
        // What oversight asked for and was refused is not among it, and is among what oversight sees.
        for name in ["auditor.rob", "lead.fib"] {
            _ = try bench.answer(by[name], "Entry.Get", ["case": "Alder", "entry": "E-1"])
        }
        let ours = try Self.list(bench, by["liaison.mpd"], ["ours": true])
        #expect(!ours.contains { $0.hasPrefix("ROB") } && ours.last == "FIB-MB E-1 accepted" && ours.count == 7)
        #expect(try Self.list(bench, by["auditor.rob"], [:]).contains("ROB E-1 denied"))
        // Else, what the own agency read.
        #expect(try Self.list(bench, by["liaison.mpd"], [:]) == ["MPD-VT E-1 accepted", "MPD-VT E-2 accepted"])
    }

    @Test func `first readings are each agency's first of each entry`() throws {
        let (bench, by) = try Self.read()
        let first = ["MPD-VT E-1 accepted", "FIB-MB E-1 accepted", "TCP-NAR E-1 accepted D-1"]
        #expect(try Self.list(bench, by["liaison.mpd"], ["ours": true, "first": true]) == first)
        #expect(
            try Self.list(bench, by["auditor.rob"], ["first": true])
                == [first[0], first[1], "MPD-VT E-2 accepted", first[2]]
        )
    }

    @Test func `a liaison sees who read what the own agency said in shared work, from when it had said it`() throws {
        let (bench, by) = try Self.read()
        let question: JSONObject = ["case": "Alder", "to": "MPD-VT", "need": "n", "urgency": "normal"]
        try bench.must(by["agent.fib1"], "Request.Send", question)
        func read(_ name: String) throws {
            _ = try bench.answer(by[name], "Work.Get", ["case": "Alder", "item": "Q-1"])
        }
        try read("agent.fib1")
        let answer: JSONObject = ["case": "Alder", "item": "Q-1", "text": "t", "handling": "H0"]
        try bench.must(by["agent.mpd1"], "Request.Answer", answer)
        for name in ["agent.fib1", "agent.tcp1", "lead.fib"] { try read(name) }
        let ours = try Self.list(bench, by["liaison.mpd"], ["ours": true]).filter { $0.contains("Q-1") }
        #expect(ours == ["FIB-MB Q-1 accepted", "TCP-NAR Q-1 denied", "FIB-MB Q-1 accepted"])
        // Each agency's first reading of it is one of what was there by then.
        let first = try Self.list(bench, by["auditor.rob"], ["first": true]).filter { $0.contains("Q-1") }
        #expect(first == ["FIB-MB Q-1 accepted"])
    }

    @Test
    func `an export of a case is listed to whoever contributed to it, and as a first reading of what was new to it`()
        throws
    {
        let (bench, by) = try Self.read()
        func export(_ name: String) throws {
            let call = bench.call(by[name], "Audit.Export", ["case": "Alder"], more: true)
            try bench.writeAll()
            bench.post(.tick)
            for _ in 1...3 { bench.drain(call) }
            #expect(bench.answers(to: call).last?.parameters["digest"] != nil, "\(bench.answers(to: call).map(\.code))")
        }
        func exports(_ who: ConnectionID, _ parameters: JSONObject) throws -> [String] {
            let list = bench.call(who, "Audit.ListAccess", parameters, more: true)
            try bench.writeAll()
            return bench.answers(to: list).compactMap { $0.parameters["access"]?.object }
                .filter { $0["act"]?.string == "audit.export" }.compactMap { $0["agency"]?.string }
        }
        for _ in 1...2 { try export("lead.fib") }
        #expect(try exports(by["liaison.mpd"], ["ours": true]) == ["FIB-MB", "FIB-MB"])
        #expect(try exports(by["liaison.mpd"], ["ours": true, "first": true]) == ["FIB-MB"])
        #expect(try exports(by["auditor.rob"], ["first": true]) == ["FIB-MB"])
    }

    @Test func `a refusal says for which purpose was asked, and that none was said`() throws {
        let (bench, by) = try Self.read()
        for purpose in ["OFFICER_SAFETY", "CIV_IMM", "NOTHING", nil] {
            var parameters: JSONObject = ["case": "Alder", "entry": "E-2"]
            if let purpose { parameters["context"] = ["purpose": .string(purpose)] }
            #expect(try bench.answer(by["agent.tcp1"], "Entry.Get", parameters).error != nil)
        }
        let list = bench.call(by["auditor.rob"], "Audit.ListAccess", [:], more: true)
        try bench.writeAll()
        let denied = bench.answers(to: list).compactMap { $0.parameters["access"]?.object }.filter {
            $0["member"]?.string == "agent.tcp1" && $0["outcome"]?.string == "denied"
        }
        #expect(denied.suffix(4).map { $0["purpose"]?.string } == ["OFFICER_SAFETY", "CIV_IMM", "", ""])
    }

    @Test func `who answers for no agency sees nothing of others' readings`() throws {
        let (bench, by) = try Self.read()
        let list = bench.call(by["agent.mpd1"], "Audit.ListAccess", ["ours": true], more: true)
        try bench.writeAll()
        #expect(bench.answers(to: list).map(\.code) == ["E-ROLE"])
        #expect(try Self.list(bench, by["agent.mpd1"], [:]).allSatisfy { $0.hasPrefix("MPD-VT") })
    }

    @Test func `who followed an agency sees its readings and what was read of its information, under both names`()
        throws
    {
        let (bench, by) = try Self.read()
        let before = try Self.list(bench, by["liaison.mpd"], ["ours": true])
        let agency: JSONObject = [
            "id": "MPD-OC", "name": "Metro Police, Organised Crime", "level": "municipal", "missions": ["criminal"],
            "contact": "desk", "keyRequired": false,
        ]
        let grant: JSONObject = [
            "member": "liaison.oc", "role": "liaison", "scope": "agency",
            "expiresAt": .integer((bench.now + 86_400_000) * 1_000),
        ]
        try bench.must(by["admin.ops"], "Registry.RegisterAgency", ["agency": .object(agency)])
        let new: JSONObject = ["id": "liaison.oc", "agency": "MPD-OC", "uids": [1_099], "keys": []]
        try bench.must(by["admin.ops"], "Registry.EnrolMember", new)
        try bench.must(by["admin.ops"], "Registry.GrantRole", grant)
        try bench.must(by["liaison.mpd"], "Registry.ProposeSuccessor", ["successor": "MPD-OC", "reason": "r"])
        let liaison = bench.connect("nobody")
        try bench.must(liaison, "Registry.AcceptSuccession", ["agency": "MPD-VT"])
        #expect(try Self.list(bench, liaison, ["ours": true]) == before)
        let list = bench.call(liaison, "Audit.ListAccess", [:], more: true)
        try bench.writeAll()
        let rows = bench.answers(to: list).compactMap { $0.parameters["access"]?.object }
        let former = rows.filter { $0["agency"]?.string == "MPD-VT" }
        #expect(!former.isEmpty && former.allSatisfy { $0["successor"]?.string == "MPD-OC" })
        #expect(rows.filter { $0["agency"]?.string == "MPD-OC" }.allSatisfy { $0["successor"] == nil })
        #expect(Set(rows.compactMap { $0["agency"]?.string }) == ["MPD-VT", "MPD-OC"])
        // What it contributed is marked with who controls it now, and who wrote it.
        let entries = bench.call(liaison, "Entry.List", ["case": "Alder"], more: true)
        try bench.writeAll()
        let own = bench.answers(to: entries).compactMap { $0.parameters["entry"]?.object }
            .filter { $0["originAgency"]?.string == "MPD-VT" }
        #expect(!own.isEmpty)
        for entry in own {
            #expect(entry["originSuccessor"]?.string == "MPD-OC")
            #expect(entry["banner"]?.string?.contains("//ORIG:MPD-OC (formerly MPD-VT)//") == true)
        }
    }
}
