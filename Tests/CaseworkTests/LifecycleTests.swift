import Policy
import StrictJSON
import Testing

@testable import Casework

@Suite("A case's life")
struct LifecycleTests {
    /// A case as it stands in a state; nil cannot be.
    static func world(_ state: CaseState, awaitsReopening: Bool) -> World? {
        guard state == .closed || !awaitsReopening else { return nil }
        var world = World()
        world.must("lead.fib", .draftCase(World.proposal("Alder")))
        if state == .draft { return world }
        world.must("lead.fib", .moveCase("Alder", .propose, reason: nil))
        if state == .proposed { return world }
        if state == .declined {
            world.must("liaison.spo", .moveCase("Alder", .decline, reason: "Too thin."))
            return world
        }
        if state == .abandoned {
            world.must("lead.fib", .moveCase("Alder", .abandon, reason: "Nothing in it."))
            return world
        }
        world.must("liaison.spo", .moveCase("Alder", .approve, reason: nil))
        if [.referred, .prosecuting, .disposed].contains(state) {
            world.join("DAO-SV", .participation, "liaison.dao", ["counsel.dao"])
            world.must("lead.fib", .moveCase("Alder", .refer, reason: "Ready."))
        }
        if [.prosecuting, .disposed].contains(state) {
            world.must("counsel.dao", .moveCase("Alder", .prosecute, reason: nil))
        }
        if state == .disposed { world.must("counsel.dao", outcome(.acquitted)) }
        if state == .suspended { world.must("lead.fib", .moveCase("Alder", .suspend, reason: "Court.")) }
        if state == .closed { world.must("lead.fib", .moveCase("Alder", .close, reason: "Done.")) }
        if awaitsReopening { world.must("lead.fib", .moveCase("Alder", .proposeReopening, reason: "New lead.")) }
        return world
    }

    static func outcome(_ disposition: Disposition) -> Act {
        .recordOutcome("Alder", ProsecutionOutcome(charge: "18 USC 1591", disposition: disposition))
    }

    /// What each step makes of each state, written down apart from the table that decides it.
    static func expected(_ move: CaseMove, _ state: CaseState, _ awaits: Bool) -> CaseState? {
        switch (move, state) {
        case (.propose, .draft), (.propose, .declined): .proposed
        case (.approve, .proposed), (.resume, .suspended), (.resume, .referred): .open
        case (.decline, .proposed): .declined
        case (.abandon, .draft), (.abandon, .proposed), (.abandon, .declined): .abandoned
        case (.suspend, .open): .suspended
        case (.close, .open), (.close, .suspended), (.close, .referred), (.close, .disposed): .closed
        case (.prosecute, .referred): .prosecuting
        case (.review, .open), (.review, .suspended), (.review, .referred), (.review, .prosecuting),
            (.review, .disposed):
            state
        case (.proposeReopening, .closed): awaits ? nil : .closed
        case (.approve, .closed): awaits ? .open : nil
        case (.decline, .closed): awaits ? .closed : nil
        default: nil
        }
    }

    @Test(arguments: CaseMove.allCases, CaseState.allCases)
    func `a step leads where the table says, and from nowhere else`(move: CaseMove, state: CaseState) {
        for awaits in [false, true] {
            guard var world = Self.world(state, awaitsReopening: awaits) else { continue }
            #expect(world.file("Alder").state == state)
            let isSecond = move == .approve || move == .decline
            let knows = world.sees("liaison.fib", "Alder")
            let isReferred = move == .prosecute && state == .referred
            let speaker = isReferred ? "counsel.dao" : isSecond && knows ? "liaison.fib" : "lead.fib"
            let outcome = world.act(as: speaker, .moveCase("Alder", move, reason: "r"))
            if let next = Self.expected(move, state, awaits) {
                #expect(outcome.isDone, "\(move) \(state) \(awaits) \(String(describing: outcome.refusal))")
                #expect(world.file("Alder").state == next)
                #expect(world.file("Alder").awaitsReopening == (move == .proposeReopening))
            } else {
                #expect(outcome.code == (state == .closed ? "E-CLOSED" : "E-STATE"), "\(move) \(state) \(awaits)")
                #expect(world.file("Alder").state == state)
            }
        }
    }

    @Test func `a case goes to another agency's lead when he accepts it, and the former lead leads no longer`() throws {
        var world = World.joined()
        world.enrol("lead.mpd", id("MPD-VT"))
        world.give("lead.mpd", .lead)
        world.enrol("lead.lsd", id("LSD-WH"))
        world.give("lead.lsd", .lead)
        func transfer(_ name: String) -> Act { .transferLead("Alder", member(name), reason: "Theirs.") }
        let accept = Act.answerTransfer("Alder", isAccepted: true, reason: nil)
        for name in ["agent.mpd1", "lead.hcs", "lead.lsd", "no.body"] {
            #expect(world.act(as: "lead.fib", transfer(name)).code == "E-INVALID", "\(name)")
        }
        #expect(world.act(as: "lead.fib", transfer("lead.fib")).code == "E-SOD")
        #expect(world.act(as: "agent.mpd1", transfer("lead.mpd")).code == "E-ROLE")
        #expect(world.act(as: "lead.fib", transfer("lead.mpd")).code == "E-INVALID")
        world.must("liaison.mpd", .assignMember("Alder", member("lead.mpd")))
        world.must("liaison.lsd", .assignMember("Alder", member("lead.lsd")))
        #expect(world.act(as: "lead.fib", transfer("lead.lsd")).code == "E-INVALID")
        #expect(world.act(as: "lead.mpd", accept).code == "E-ROLE")
        world.must("lead.fib", transfer("lead.mpd"))
        #expect(world.inboxKinds("lead.mpd") == ["lead-transfer"])
        #expect(world.act(as: "lead.fib", accept).code == "E-ROLE")
        #expect(world.must("lead.mpd", accept).kind == "case.lead_transferred")
        let file = world.file("Alder")
        #expect(file.leadAgency == id("MPD-VT") && file.participants[id("FIB-MB")]?.mode == .participation)
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .suspend, reason: "r")).code == "E-ROLE")
        #expect(world.act(as: "lead.fib", .recordEntry("Alder", World.entry())).isDone)
        #expect(world.act(as: "lead.mpd", .moveCase("Alder", .suspend, reason: "r")).isDone)
        #expect(try CaseworkState(decoding: world.state.encode()).cases == world.state.cases)
    }

    @Test func `a lead declines what is handed to him, and within one agency the former lead leaves`() {
        var world = World.joined()
        world.enrol("lead2.fib", id("FIB-MB"))
        world.give("lead2.fib", .lead)
        let transfer = Act.transferLead("Alder", member("lead2.fib"), reason: "Leave.")
        world.must("lead.fib", .assignMember("Alder", member("lead2.fib")))
        world.must("lead.fib", transfer)
        world.must("lead2.fib", .answerTransfer("Alder", isAccepted: false, reason: "No time."))
        #expect(world.inboxKinds("lead2.fib").isEmpty)
        world.must("lead.fib", transfer)
        world.must("lead2.fib", .answerTransfer("Alder", isAccepted: true, reason: nil))
        #expect(!world.sees("lead.fib", "Alder") && world.sees("lead2.fib", "Alder"))
    }

    @Test func `a case is referred to counsel who is assigned, and every charge has its outcome`() {
        var world = World.opened()
        let refer = Act.moveCase("Alder", .refer, reason: "Ready.")
        #expect(world.act(as: "lead.fib", refer).code == "E-STATE")
        world = World.joined()
        #expect(world.act(as: "agent.mpd1", refer).code == "E-ROLE")
        world.must("lead.fib", refer)
        #expect(world.inboxKinds("counsel.dao") == ["referral"])
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .prosecute, reason: nil)).code == "E-ROLE")
        #expect(world.act(as: "counsel.dao", Self.outcome(.dismissed)).code == "E-STATE")
        world.must("counsel.dao", .moveCase("Alder", .prosecute, reason: nil))
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "r")).code == "E-STATE")
        #expect(world.act(as: "lead.fib", Self.outcome(.dismissed)).code == "E-ROLE")
        world.must("counsel.dao", Self.outcome(.dismissed))
        world.must("counsel.dao", Self.outcome(.acquitted))
        let shown = world.state.json(world.file("Alder"), for: member("agent.mpd1"), inFull: true, now: world.now)
        #expect(shown["outcomes"]?.array?.map { $0.object?["disposition"] } == ["dismissed", "acquitted"])
        world.must("lead.fib", .moveCase("Alder", .close, reason: "r"))
        #expect(world.act(as: "counsel.dao", Self.outcome(.acquitted)).code == "E-CLOSED")
    }

    @Test func `a prosecutor who brings no charge says so without a prosecution`() throws {
        var world = World.joined()
        world.must("lead.fib", .moveCase("Alder", .refer, reason: "Ready."))
        world.must("counsel.dao", Self.outcome(.declined))
        #expect(world.file("Alder").state == .disposed)
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.cases == world.state.cases)
    }

    @Test(arguments: CaseState.allCases) func `entries are taken while the case is worked on, and then only`(
        state: CaseState
    ) {
        guard var world = Self.world(state, awaitsReopening: false) else { return }
        let code = world.act(as: "lead.fib", .recordEntry("Alder", World.entry())).code
        let isWorked = [.open, .referred, .prosecuting, .disposed].contains(state)
        #expect(code == (isWorked ? nil : state == .closed ? "E-CLOSED" : "E-STATE"))
    }

    @Test func `a closed case is read and nothing else`() {
        var world = World.joined()
        world.must("agent.spo1", .recordEntry("Alder", World.entry()))
        world.must("lead.fib", .moveCase("Alder", .close, reason: "Done."))
        let acts: [(String, Act)] = [
            ("agent.spo1", .recordEntry("Alder", World.entry())),
            ("agent.spo1", .correctEntry("Alder", "E-1", text: "t", reason: "r")),
            ("agent.spo1", .withdrawEntry("Alder", "E-1", reason: "r")),
            ("agent.spo1", .changeHandling("Alder", "E-1", .h1, reason: "r")),
            ("liaison.spo", .releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "r")),
            ("agent.mpd1", .requestPermission("Alder", "E-1", id("TCP-NAR"), reason: "r")),
            ("lead.fib", .inviteAgency("Alder", id("SPS"), .information, nil)),
            ("lead.fib", .assignMember("Alder", member("agent.fib1"))),
        ]
        for (name, act) in acts { #expect(world.act(as: name, act).code == "E-CLOSED", "\(act.name)") }
        #expect(world.act(as: "agent.mpd1", .getEntry("Alder", "E-1")).isDone)
        #expect(world.act(as: "agent.mpd1", .listEntries("Alder", after: -1, limit: 9)).isDone)
    }

    @Test func `who read an older position is stale`() {
        var world = World.joined()
        let seen = world.file("Alder").position
        #expect(world.act(as: "agent.mpd1", .recordEntry("Alder", World.entry()), seen: seen).isDone)
        #expect(world.act(as: "agent.spo1", .recordEntry("Alder", World.entry()), seen: seen).code == "E-STALE")
        #expect(world.act(as: "agent.spo1", .recordEntry("Alder", World.entry()), seen: seen + 99).code == "E-STALE")
        let now = world.file("Alder").position
        #expect(world.act(as: "agent.spo1", .recordEntry("Alder", World.entry()), seen: now).isDone)
    }

    @Test func `readings and refusals do not make anybody stale`() {
        var world = World.joined()
        let seen = world.file("Alder").position
        world.act(as: "agent.spo1", .getCase("Alder"))
        world.act(as: "agent.tcp1", .getCase("Alder"))
        #expect(world.file("Alder").position == seen)
        #expect(world.act(as: "agent.mpd1", .recordEntry("Alder", World.entry()), seen: seen).isDone)
    }

    @Test func `a case is not opened under an agreement that has ended`() {
        guard var world = Self.world(.proposed, awaitsReopening: false) else { return }
        world.must("admin.ops", .terminateAgreement(mou("MOU-31-01"), reason: "Ended."))
        #expect(world.act(as: "liaison.fib", .moveCase("Alder", .approve, reason: nil)).code == "E-AGREEMENT-EXPIRED")
        #expect(world.act(as: "lead.hcs", .draftCase(World.proposal("Birch"))).code == "E-AGREEMENT-EXPIRED")
    }
}
