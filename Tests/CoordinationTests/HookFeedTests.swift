import Casework
import Policy
import RecordStore
import StrictJSON
import TestSupport
import Testing
import Varlink

@testable import Coordination

/// What a hook is given: what its audience's watch and inbox show, and nothing before it is on record that it is.
@Suite("Feeding hooks", .tags(.medium, .g3, .g4))
struct HookFeedTests {
    private static func hook(_ audience: String, kinds: String? = nil) throws -> Hook {
        Hook(
            name: String(audience.lowercased().map { $0.isLowercase || $0.isNumber ? $0 : "-" }),
            path: "/nowhere",
            audience: try #require(Audience(audience)),
            kinds: try kinds.map { try #require(HookKinds($0)) } ?? HookKinds()
        )
    }

    private static func given(_ bench: Bench, _ member: String) throws -> [JSONObject] {
        try bench.hooked.map { hooked -> JSONObject? in
            let object = try #require(try JSONValue(parsing: hooked.event.dropLast(), limits: .wire).object)
            #expect(object["hook"]?.string == hooked.name && object["key"]?.string?.utf8.count == 64)
            return object[member]?.object
        }
        .compactMap(\.self)
    }

    private static func open(_ bench: Bench) throws {
        bench.post(.openHooks)
        try bench.writeAll()
    }

    @Test(arguments: ["lead.fib", "agent.mpd1", "liaison.mpd", "agent.tcp1", "auditor.rob", "admin.ops"])
    func `it is given what the watch of its member shows, and no more`(name: String) throws {
        let bench = try Bench(hooks: [try Self.hook(name)])
        try Self.open(bench)
        let by = try bench.openAlder()
        let before = bench.hooked.count
        let watch = bench.call(by[name], "Feed.Watch", [:], more: true)
        try bench.writeAll()
        bench.drain(watch)
        for (who, handling) in [("agent.mpd1", "H0"), ("lead.fib", "H2"), ("agent.mpd1", "H2")] {
            var entry = Bench.entry("Not for hooks.")
            entry["handling"] = .string(handling)
            try bench.must(by[who], "Entry.Record", entry)
            bench.drain(watch)
        }
        var plan = Bench.entry("Not for hooks.")
        plan["compartment"] = "OPS"
        try bench.must(by["lead.fib"], "Entry.Record", plan)
        bench.drain(watch)
        _ = try bench.answer(by["agent.tcp1"], "Case.Get", ["case": "Alder"])
        try bench.must(by["lead.fib"], "Case.Get", ["case": "Alder"])
        try bench.must(by["lead.fib"], "Case.Suspend", ["case": "Alder", "reason": "Not for hooks."])
        bench.drain(watch)
        let shown = bench.answers(to: watch).compactMap { $0.parameters["event"]?.object }
        #expect(try Self.given(bench, "event").dropFirst(before) == shown[...])
        #expect(shown.isEmpty == ["agent.tcp1", "admin.ops"].contains(name))
        #expect(bench.hooked.allSatisfy { !String(decoding: $0.event, as: UTF8.self).contains("Not for hooks") })
    }

    @Test func `that a member's eyes are lent is on record, for him to see, before anything is shown`() throws {
        let bench = try Bench(hooks: [try Self.hook("agent.mpd1")])
        let by = try bench.openAlder()
        try bench.must(by["agent.mpd1"], "Entry.Record", Bench.entry())
        #expect(bench.hooked.isEmpty, "nothing is on record")
        bench.post(.openHooks)
        try bench.fail(.full)
        bench.post(.tick)
        #expect(bench.hooked.isEmpty, "the line was lost with the disk")
        try bench.writeAll()
        bench.post(.tick)
        try bench.writeAll()
        let line = try #require(try bench.lines().last { $0.event.kind == "access.read" && $0.by == "system" })
        #expect(line.event.member?.text == "agent.mpd1" && line.event.agency?.text == "MPD-VT")
        #expect(line.event.item?.hasPrefix("agent-mpd1 for agent.mpd1 sha256:") == true)
        #expect(!bench.hooked.isEmpty, "and now also of what came before that line")
        let call = bench.call(by["agent.mpd1"], "Audit.ListAccess", more: true)
        try bench.writeAll()
        bench.drain(call)
        let acts = bench.answers(to: call).compactMap { $0.parameters["access"]?.object?["act"]?.string }
        #expect(acts.contains("hook"))
        let replay = bench.call(by["auditor.rob"], "Audit.Replay", more: true)
        try bench.writeAll()
        bench.drainAll(replay)
        let verdicts = (bench.answers(to: replay).last?.parameters["verdicts"]?.array ?? []).compactMap(\.object)
        #expect(!verdicts.isEmpty && verdicts.allSatisfy { $0["result"]?.string != "failed" }, "\(verdicts)")
    }

    @Test func `whose rights have ended lends his eyes no more, also to what is tried again`() throws {
        let bench = try Bench(hooks: [try Self.hook("agent.mpd1", kinds: "entry.recorded")])
        try Self.open(bench)
        let by = try bench.openAlder()
        bench.endHooks(.failed("exit status 1", isTemporary: false))
        try bench.must(by["lead.fib"], "Entry.Record", Bench.entry())
        #expect(bench.hooked.count == 1)
        bench.pass(2_000)
        bench.post(.tick)
        #expect(bench.hooked.count == 2, "tried again")
        try bench.must(by["liaison.mpd"], "Case.Unassign", ["case": "Alder", "member": "agent.mpd1", "reason": "r"])
        bench.pass(20_000)
        bench.post(.tick)
        try bench.must(by["lead.fib"], "Entry.Record", Bench.entry())
        #expect(bench.hooked.count == 2)
        let status = try bench.answer(by["lead.fib"], "Service.GetStatus").parameters["warnings"]?.array
        #expect(status == [], "what may not be shown is no failure")
    }

    @Test func `a revocation that waits to be written holds already`() throws {
        let bench = try Bench(hooks: [try Self.hook("agent.mpd1", kinds: "entry.recorded")])
        try Self.open(bench)
        let by = try bench.openAlder()
        bench.call(by["lead.fib"], "Entry.Record", Bench.entry())
        bench.call(by["liaison.mpd"], "Case.Unassign", ["case": "Alder", "member": "agent.mpd1", "reason": "r"])
        #expect(bench.heldWrites == 1)
        try bench.writeAll()
        #expect(bench.hooked.isEmpty)
    }

    @Test func `a role has the eyes that all its holders share, and none if one of them may not see`() throws {
        let bench = try Bench(hooks: [
            try Self.hook("contributor of MPD-VT", kinds: "entry.recorded"),
            try Self.hook("contributor of FIB-MB", kinds: "entry.recorded"),
            try Self.hook("analyst of FIB-MB"),
        ])
        try Self.open(bench)
        let opened = try bench.lines().filter { $0.event.kind == "access.read" && $0.by == "system" }
        #expect(opened.map { $0.event.agency?.text } == ["MPD-VT", "FIB-MB"], "nobody is an analyst")
        #expect(opened.allSatisfy { $0.event.member == nil })
        let by = try bench.openAlder()
        try bench.must(by["lead.fib"], "Entry.Record", Bench.entry())
        #expect(bench.hooked.map(\.name).sorted() == ["contributor-of-fib-mb", "contributor-of-mpd-vt"])
        // A second contributor who is not in the case: what the role is shown, he would be shown.
        let administrator = by["admin.ops"]
        try bench.must(
            administrator,
            "Registry.EnrolMember",
            ["id": "agent.mpd2", "agency": "MPD-VT", "uids": [1_098], "keys": []]
        )
        try bench.must(
            by["liaison.mpd"],
            "Registry.GrantRole",
            [
                "member": "agent.mpd2", "role": "contributor", "scope": "agency",
                "expiresAt": .integer((bench.now + 86_400_000) * 1_000),
            ]
        )
        try bench.must(by["lead.fib"], "Entry.Record", Bench.entry())
        #expect(bench.hooked.count == 3, "that of FIB-MB alone")
        bench.pass(2 * 86_400_000)
        try bench.must(bench.connect("lead.fib"), "Entry.Record", Bench.entry())
        #expect(bench.hooked.count == 5, "his role has ended")
    }

    @Test func `what comes into an inbox and is in no feed is told as the inbox says it`() throws {
        let bench = try Bench(hooks: [try Self.hook("agent.tcp1"), try Self.hook("auditor.rob", kinds: "*.opened")])
        try Self.open(bench)
        let by = try bench.openAlder()
        try bench.must(by["agent.mpd1"], "Entry.Record", Bench.entry())
        #expect(!bench.hooked.contains { $0.name == "agent-tcp1" })
        let release: JSONObject = ["case": "Alder", "entry": "E-1", "agency": "TCP-NAR", "reason": "same van"]
        try bench.must(by["liaison.mpd"], "Dissemination.Release", release)
        let inbox = bench.call(by["agent.tcp1"], "Feed.Inbox", more: true)
        try bench.writeAll()
        let tasks = bench.answers(to: inbox).compactMap { $0.parameters["task"]?.object }
        #expect(try Self.given(bench, "task") == tasks && tasks.first?["kind"]?.string == "release")
        #expect(bench.hooked.filter { $0.name == "auditor-rob" }.count == 1, "of kinds that were asked for alone")
    }

    @Test func `a restart goes on with what was not delivered`() throws {
        let hook = try Self.hook("agent.mpd1", kinds: "entry.recorded")
        let bench = try Bench(hooks: [hook])
        try Self.open(bench)
        let by = try bench.openAlder()
        for _ in 1...3 { try bench.must(by["lead.fib"], "Entry.Record", Bench.entry()) }
        #expect(bench.hooked.count == 3)
        bench.endHooks(nil)
        for _ in 4...6 { try bench.must(by["lead.fib"], "Entry.Record", Bench.entry()) }
        #expect(bench.hooked.count == 4, "one at a time")
        bench.post(.tick)
        let next = try Bench(after: bench, hooks: [hook])
        try Self.open(next)
        #expect(next.hooked.first?.event == bench.hooked.last?.event, "what was under way comes again")
        #expect(try Self.given(next, "event").map { $0["item"]?.string } == ["E-4", "E-5", "E-6"])
    }

    @Test func `an administrator sees what was left and sees to it; others do not`() throws {
        var limits = HookLimits()
        limits.tries = 1
        let bench = try Bench(hooks: [try Self.hook("agent.mpd1", kinds: "entry.recorded")], hookLimits: limits)
        try Self.open(bench)
        let by = try bench.openAlder()
        bench.endHooks(.failed("exit status 1", isTemporary: false))
        for _ in 1...2 { try bench.must(by["lead.fib"], "Entry.Record", Bench.entry("Not for hooks.")) }
        func left() throws -> [JSONObject] {
            let call = bench.call(by["admin.ops"], "Hooks.ListFailed", more: true)
            try bench.writeAll()
            return bench.answers(to: call).compactMap { $0.parameters["delivery"]?.object }
        }
        let deliveries = try left()
        #expect(deliveries.map { $0["kind"]?.string } == ["entry.recorded", "entry.recorded"])
        #expect(deliveries.allSatisfy { $0["reason"]?.string == "exit status 1" && $0.members.count == 6 })
        let status = try bench.answer(by["nobody"], "Service.GetStatus").parameters["warnings"]?.array
        #expect(status?.first?.string?.contains("Events were not taken by hooks") == true)
        let sequence = try #require(deliveries.first?["sequence"])
        let which: JSONObject = ["hook": "agent-mpd1", "sequence": sequence]
        for name in ["lead.fib", "liaison.mpd", "auditor.rob"] {
            for method in ["Hooks.Retry", "Hooks.Drop"] {
                #expect(try bench.answer(by[name], method, which).code == "E-ROLE", "\(name)")
            }
        }
        #expect(try bench.answer(by["lead.fib"], "Hooks.ListFailed", more: true).code == "E-ROLE")
        #expect(try bench.answer(by["auditor.rob"], "Hooks.ListFailed", more: true).error == nil)
        bench.endHooks(.delivered)
        try bench.must(by["admin.ops"], "Hooks.Retry", which)
        #expect(try left().count == 1 && bench.hooked.count == 3)
        #expect(bench.hooked.first?.event == bench.hooked.last?.event)
        let other: JSONObject = ["hook": "agent-mpd1", "sequence": try #require(deliveries.last?["sequence"])]
        try bench.must(by["admin.ops"], "Hooks.Drop", other)
        #expect(try left().isEmpty)
        #expect(try bench.answer(by["admin.ops"], "Hooks.Drop", other).code == "E-INVALID")
        let dropped = try #require(try bench.lines().last { $0.event.kind == "access.read" && $0.event.item != nil })
        #expect(dropped.event.member?.text == "admin.ops")
        #expect(try bench.isAsRecorded())
    }
}
