import Policy
import StrictJSON
import Testing

@testable import Casework

/// Victims by references alone: who sees them, under which consent, and what is owed to them (domain.md 2.5, 6.3, 6.6, 6.7.6).
@Suite("Victims")
struct VictimTests {
    /// Everybody of the case but victim services of the agency that minted.
    private static let others = [
        "lead.fib", "agent.fib1", "analyst.fib", "liaison.fib", "agent.mpd1", "liaison.mpd", "specialist.mpd",
        "inspector.lsd", "counsel.dao", "liaison.sps", "auditor.rob",
    ]

    @Test func `a reference is four digits that were drawn, and says nothing else`() {
        var world = World.cared()
        world.drawsSmall = false
        let first = world.mint().event?.item ?? ""
        let second = world.mint().event?.item ?? ""
        #expect(first != second)
        for name in [first, second] {
            #expect(name.count == 6 && name.hasPrefix("V-") && name.dropFirst(2).allSatisfy(\.isHexDigit), "\(name)")
        }
        #expect(world.act(as: "advocate.sps", .getWork("Alder", first)).isDone)
        #expect(world.act(as: "advocate.sps", .getWork("Alder", first.lowercased())).isDone)
    }

    @Test func `victim services see it, the lead and oversight how many there are, and nobody else anything`() {
        var world = World.cared()
        world.mint()
        world.victim("RecordNeeds", ["needs": ["shelter", "interpreter"]])
        #expect(world.shown("advocate.sps", "victim").count == 1)
        guard case .work(let said)? = world.record.last?.event.body else { return #expect(Bool(false)) }
        #expect(said.shownParts == ["needs": ["shelter", "interpreter"]])
        for name in Self.others {
            #expect(world.shown(name, "victim").isEmpty, "\(name)")
            let absent = world.act(as: name, .getWork("Alder", "V-FFFF")).refusal
            let closed = world.act(as: name, .getWork("Alder", "V-0001")).refusal
            #expect(closed?.outward == absent?.outward && absent != nil, "\(name)")
            #expect(closed?.recordedCode == "E-COMPARTMENT" && closed == absent, "\(name): nor does the line tell")
            #expect(!world.state.inbox(member(name), now: world.now).contains { $0.item?.hasPrefix("V") ?? false })
            let isCounted = name == "lead.fib" || name == "auditor.rob"
            #expect(world.counted(name, "victim").isEmpty == !isCounted, "\(name)")
        }
        #expect(world.counted("lead.fib", "victim") == [["workflow": "victim", "state": "minted", "items": 1]])
        for line in world.record where line.event.kind.hasPrefix("victim.") {
            for name in Self.others {
                #expect(world.state.feedSummary(line.event, for: member(name), now: world.now) == nil, "\(name)")
            }
        }
    }

    @Test func `only victim services mint, and a need is one of the list`() {
        var world = World.cared()
        for name in Self.others where name != "specialist.mpd" && name != "auditor.rob" {
            #expect(world.victim("Mint", as: name).code == "E-ROLE", "\(name)")
        }
        world.mint()
        #expect(world.victim("RecordNeeds", ["needs": ["cooperation"]]).code == "E-INVALID")
        #expect(world.victim("RecordNeeds", as: "specialist.mpd", ["needs": ["shelter"]]).code == "E-NOT-FOUND")
    }

    @Test func `under a consent its recipients read what it covers, until it is withdrawn, and are told`() {
        var world = World.cared()
        world.mint()
        world.victim("RecordNeeds", ["needs": ["shelter"]])
        world.victim("FlagMinor")
        #expect(world.shown("specialist.mpd", item: "V-0001") == nil)
        #expect(world.consent(["needs"], to: ["MPD-VT"]).event?.item == "VC-1")
        let seen = world.shown("specialist.mpd", item: "V-0001")
        #expect(seen?.shown["facts"] == [:])
        #expect(seen?.shown["state"] == "shown in part" && seen?.shown["dueAt"] == nil)
        #expect(seen?.kinds == ["victim.reference_minted", "victim.needs_recorded"])
        #expect(world.act(as: "specialist.mpd", .getWork("Alder", "V-0001")).isDone)
        for name in ["agent.mpd1", "liaison.mpd", "lead.fib"] {
            #expect(world.shown(name, item: "V-0001") == nil && world.shown(name, item: "VC-1") == nil, "\(name)")
        }
        #expect(!world.waits(for: "specialist.mpd", "VC-1"))
        let withdrawn = world.work(as: "advocate.sps", "io.accord.VictimConsent.Withdraw", ["item": "VC-1"])
        #expect(withdrawn.event?.kind == "victim.consent_withdrawn")
        #expect(world.shown("specialist.mpd", item: "V-0001") == nil)
        #expect(world.act(as: "specialist.mpd", .getWork("Alder", "V-0001")).code == "E-NOT-FOUND")
        #expect(world.waits(for: "specialist.mpd", "VC-1"))
        let acknowledged = world.work(as: "specialist.mpd", "io.accord.VictimConsent.Acknowledge", ["item": "VC-1"])
        #expect(acknowledged.isDone && !world.waits(for: "specialist.mpd", "VC-1"))
    }

    @Test func `a consent lapses by itself at its end, and is for half a year at most`() {
        var world = World.cared()
        world.mint()
        #expect(world.consent(["needs"], to: ["MPD-VT"], days: 181).code == "E-INVALID")
        #expect(world.consent(["needs"], to: ["HCS-MAR"]).code == "E-STATE")
        #expect(world.consent(["needs"], to: ["MPD-VT"], days: 180).isDone)
        #expect(world.shown("specialist.mpd", item: "V-0001") != nil)
        world.now = world.now.adding(days: 180)
        #expect(world.cross("victim.consent") == ["victim.consent_lapsed"])
        #expect(world.shown("specialist.mpd", item: "V-0001") == nil)
        #expect(world.waits(for: "specialist.mpd", "VC-1"))
    }

    @Test func `whoever contributes asks for services and reads nothing of what comes of it`() {
        var world = World.cared()
        world.mint()
        #expect(world.referral("Request", as: "agent.fib1", ["needs": ["shelter"]]).event?.item == "VR-1")
        #expect(world.shown("agent.fib1", item: "VR-1") == nil && world.shown("lead.fib", item: "VR-1") == nil)
        #expect(world.waits(for: "advocate.sps", "VR-1"))
        #expect(world.referral("Request", as: "analyst.fib", ["needs": ["shelter"]]).code == "E-ROLE")
    }

    @Test func `a referral rests on a consent, goes to who is named there, and ends with it`() {
        var world = World.cared()
        world.mint()
        world.referral("Request", as: "agent.fib1", ["needs": ["shelter"]])
        let under: JSONObject = ["victim": "V-0001", "consent": "VC-1"]
        #expect(world.referral("Consent", as: "advocate.sps", under).rule == "P33")
        world.consent(["needs"], to: ["MPD-VT"])
        #expect(world.referral("Consent", as: "advocate.sps", under).rule == "P33")
        world.consent(["referral"], to: ["MPD-VT"])
        let right: JSONObject = ["victim": "V-0001", "consent": "VC-2"]
        #expect(world.referral("Consent", as: "advocate.sps", right).isDone)
        #expect(world.referral("Send", as: "advocate.sps", ["to": "LSD-WH"]).rule == "P33")
        #expect(world.shown("specialist.mpd", item: "VR-1") == nil)
        #expect(world.referral("Send", as: "advocate.sps", ["to": "MPD-VT"]).isDone)
        #expect(world.waits(for: "specialist.mpd", "VR-1"))
        #expect(world.referral("Complete", as: "specialist.mpd").code == "E-STATE")
        #expect(world.referral("Accept", as: "specialist.mpd").event?.kind == "victim.referral_accepted")
        world.work(as: "advocate.sps", "io.accord.VictimConsent.Withdraw", ["item": "VC-2"])
        #expect(world.file("Alder").work["referral", 1]?.state == "consent-withdrawn")
        #expect(world.shown("specialist.mpd", item: "VR-1") == nil)
        #expect(world.referral("Complete", as: "specialist.mpd").code == "E-NOT-FOUND")
    }

    @Test
    func `a minor starts the clock of 24 hours, and lead and oversight are told that it ran out, and not of whom`() {
        var world = World.cared()
        world.mint()
        #expect(world.victim("FileMinorNotice", ["minorNotice": "2031-04417"]).code == "E-STATE")
        #expect(world.victim("FlagMinor").isDone)
        #expect(world.victim("FlagMinor").code == "E-STATE")
        world.now = world.now.adding(hours: 24)
        #expect(world.cross("victim.") == ["victim.minor_notice_overdue"])
        #expect(world.waits(for: "advocate.sps", "V-0001"))
        for name in ["lead.fib", "auditor.rob"] {
            let told = world.state.inbox(member(name), now: world.now).first { $0.item == "minor-notice" }
            #expect(told != nil && !(told?.summary.contains("V-") ?? true) && !(told?.command.contains("V-") ?? true))
            let due = world.state.due(member(name), in: nil, isOverdueOnly: true, now: world.now)
            #expect(due.contains { $0["clock"] == "minor-notice" && $0["item"] == nil }, "\(name)")
        }
        #expect(!world.waits(for: "agent.fib1", "minor-notice") && !world.waits(for: "specialist.mpd", "V-0001"))
        #expect(world.act(as: "lead.fib", .acknowledgeNotice("Alder", "V-0001")).code == "E-NOT-FOUND")
        #expect(world.act(as: "lead.fib", .acknowledgeNotice("Alder", "minor-notice")).isDone)
        #expect(!world.waits(for: "lead.fib", "minor-notice"))
        #expect(world.victim("FileMinorNotice", ["minorNotice": "Maria"]).code == "E-INVALID")
        #expect(world.victim("FileMinorNotice", ["minorNotice": "2031-04417"]).isDone)
        #expect(world.state.clocks.overdue.isEmpty)
    }

    @Test func `P18: a case stays open until the notice about a minor is filed and rights are told`() {
        var world = World.cared()
        world.mint()
        world.victim("FlagMinor")
        func close() -> World.Outcome {
            var copy = world
            return copy.act(as: "lead.fib", .moveCase("Alder", .close, reason: "over"))
        }
        let refused = close()
        #expect(refused.rule == "P18" && refused.refusal?.outward.message.contains("minor") ?? false)
        #expect(!(refused.refusal?.outward.message.contains("V-0001") ?? true))
        world.victim("FileMinorNotice", ["minorNotice": "2031-04417"])
        #expect(close().rule == "P18")
        #expect(world.victim("GiveRightsNotice", ["rightsNotice": "2031-01", "language": "es"]).isDone)
        #expect(close().isDone)
    }

    @Test func `a warning reaches the roles that are named, without about whom it is`() {
        var world = World.cared()
        func raise(_ text: String) -> World.Outcome {
            let said: JSONObject = ["roles": ["lead", "legal"], "text": .string(text)]
            return world.work(as: "advocate.sps", "io.accord.VictimAlert.Raise", said)
        }
        #expect(raise("V-7F3A is afraid of the second site.").rule == "P13")
        #expect(raise("Maria Lopez is afraid of the second site.").rule == "P13")
        #expect(raise("Approach the second site unmarked, please.").event?.item == "VA-1")
        for (name, isWarned) in [
            ("lead.fib", true), ("counsel.dao", true), ("agent.fib1", false), ("liaison.mpd", false),
            ("auditor.rob", false),
        ] {
            #expect(world.waits(for: name, "VA-1") == isWarned, "\(name)")
            #expect((world.shown(name, item: "VA-1") != nil) == isWarned, "\(name)")
        }
        #expect(world.work(as: "lead.fib", "io.accord.VictimAlert.Acknowledge", ["item": "VA-1"]).isDone)
        #expect(!world.waits(for: "lead.fib", "VA-1") && world.waits(for: "counsel.dao", "VA-1"))
        #expect(
            world.work(as: "agent.fib1", "io.accord.VictimAlert.Acknowledge", ["item": "VA-1"]).code == "E-NOT-FOUND"
        )
    }

    @Test func `what identifies somebody is refused in words about a victim, and the refusal does not repeat it`() {
        for text in [
            "Maria Lopez wants to leave.", "Ask for Ms Lopez.", "Her name is Maria.", "called Maria by others",
            "She stays at 14 Harbor Street.", "Reached at +1 555 234 0199.", "born 2014-03-12", "someone@example.org",
        ] {
            #expect(VictimText.identifying(text) != nil, "\(text)")
        }
        for text in [
            "Approach the second site unmarked.", "She fears reprisals. The van was seen on Monday at 14:00.",
            "Two of them need an interpreter for 48 hours.", "Call victim services first. No uniforms, please.",
        ] {
            #expect(VictimText.identifying(text) == nil, "\(text): \(VictimText.identifying(text) ?? "")")
        }
    }

    @Test func `what was done about victims is decided again, and stands in a snapshot`() throws {
        var world = World.cared()
        world.mint()
        world.victim("RecordNeeds", ["needs": ["shelter"]])
        world.consent(["needs", "referral"], to: ["MPD-VT"])
        world.referral("Request", as: "agent.fib1", ["needs": ["shelter"]])
        world.referral("Consent", as: "advocate.sps", ["victim": "V-0001", "consent": "VC-1"])
        world.referral("Send", as: "advocate.sps", ["to": "MPD-VT"])
        world.work(as: "advocate.sps", "io.accord.VictimConsent.Withdraw", ["item": "VC-1"])
        try world.expectDecidedAgain()
    }
}

extension World {
    /// Each line comes back from its words, is decided again, and the state is that of its snapshot.
    func expectDecidedAgain(_ location: SourceLocation = #_sourceLocation) throws {
        try DecisionReplayTests.expectAgreement(self, "replayed", location)
        let again = try CaseworkState(decoding: state.encode())
        #expect(again.encode() == state.encode(), sourceLocation: location)
        #expect(again.cases == state.cases, sourceLocation: location)
    }
}
