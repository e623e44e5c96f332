import Policy
import StrictJSON
import TestSupport
import Testing

@testable import Casework

/// What was accepted is decided again, and what was written past the rules is found (domain.md 6.10: POLICY REPLAY).
@Suite("Decisions replayed")
struct DecisionReplayTests {
    /// The lines of a world as a record would have them.
    static func lines(of world: World) -> [ReplayedLine] {
        world.record.enumerated().map { number, line in
            ReplayedLine(
                seq: UInt64(number),
                place: line.place,
                event: line.event,
                by: line.event.member.map { world.speaker($0.text) } ?? "system",
                isAccepted: !["access.denied", "decon.query_denied", "policy.bundle_rejected"]
                    .contains(line.event.kind),
                isSigned: line.event.kind.hasPrefix("policy."),
                isOfTheseRules: true,
                overridden: line.event.kind == "breakglass.invoked" ? "P06" : nil
            )
        }
    }

    private static func judgements(of lines: [ReplayedLine]) -> [Judgement] {
        var replay = DecisionReplay()
        return lines.map { replay.take($0) }
    }

    private static func differs(_ judgement: Judgement?) -> Judgement.Difference? {
        if case .differs(let difference) = judgement { difference } else { nil }
    }

    /// Every line comes back from its words first, as from the record.
    static func expectAgreement(
        _ world: World,
        _ comment: Comment,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var replay = DecisionReplay()
        for line in lines(of: world) {
            var read = line
            read.event = try line.event.reread()
            switch replay.take(read) {
            case .agreed, .refusal: continue
            case let other: Issue.record("\(comment): \(other) of \(line.event)", sourceLocation: location)
            }
        }
        #expect(replay.missing == nil, comment, sourceLocation: location)
    }

    @Test(arguments: Seeds.all) func `whatever was accepted is decided again to the same event`(seed: UInt64) throws {
        var acts = RandomActs(seed: seed)
        var world = World.joined()
        for _ in 0..<1_500 {
            let (name, act, purpose, seen) = acts.next(in: world)
            world.act(as: name, act, purpose: purpose, seen: seen)
        }
        try Self.expectAgreement(world, "seed \(seed)")
        var removal = RemovalTests.alder()
        for _ in 0..<1_500 {
            let (name, act) = acts.nearRemoval(in: removal)
            removal.act(as: name, act)
        }
        try Self.expectAgreement(removal, "seed \(seed), removal")
        // A property of acts that are all refused would say nothing.
        #expect(Set((world.record + removal.record).map(\.event.kind)).count > 20, "seed \(seed)")
    }

    // MARK: Every act

    /// Each act that changes something is taken once at least: who adds one adds a step here, and learns whether it can be
    /// replayed.
    @Test func `each act that changes something leads to events from which it is known again`() throws {
        var world = World.joined()
        var taken: Set<String> = []
        func step(_ name: String, _ act: Act, isSigned: Bool = false) {
            taken.insert(act.name)
            let before = world.record.count
            if isSigned { world.mustSigned(name, act) } else { world.must(name, act) }
            // What a rule for signatures states is what comes of the acts that it is for.
            let made = world.record.dropFirst(before).first { $0.event.member != nil }?.event.kind ?? ""
            guard SigningRule.acts.contains(act.name), made != "restricted" else { return }
            #expect(SigningRule.kinds[act.name]?.contains(made) ?? false, "\(act.name) makes \(made)")
        }
        func removal(_ name: String, _ act: RemovalAct) { step(name, .removal("Alder", act)) }
        let extra = member("extra.mpd")
        step("admin.ops", .updateAgency(world.agency("SPS")))
        step("admin.ops", .renewAgreement(mou("MOU-31-02"), endsAt: world.now.adding(days: 100)))
        step("liaison.mpd", .enrolMember(World.newMember, keyLines: []))
        step("liaison.mpd", .addKey(extra, fingerprint: "SHA256:1", line: "ssh-ed25519 AAAA"))
        step("liaison.mpd", .revokeKey(extra, fingerprint: "SHA256:1", reason: "lost"))
        let ends = world.now.adding(days: 30)
        step("liaison.mpd", .grantRole(extra, .analyst, scope: "agency", expiresAt: ends))
        let number = world.file("Alder").number
        step("liaison.mpd", .grantRole(extra, .contributor, scope: number, expiresAt: ends))
        let grants = world.state.members[extra]?.grants ?? []
        step("liaison.mpd", .revokeRole(extra, grant: try #require(grants.first).id, reason: "over"))
        step("liaison.mpd", .disableMember(extra, reason: "left"))
        step("lead.hcs", .draftCase(World.proposal("Birch")))
        step("lead.hcs", .draftCase(World.proposal("Cedar", .smuggling)))
        step("lead.hcs", .moveCase("Cedar", .abandon, reason: "nothing in it"))
        step("lead.hcs", .moveCase("Birch", .propose, reason: nil))
        step("liaison.spo", .moveCase("Birch", .decline, reason: "thin"))
        step("lead.hcs", .moveCase("Birch", .propose, reason: nil))
        step("liaison.spo", .moveCase("Birch", .approve, reason: nil))
        step("lead.fib", .linkCase("Alder", world.file("Birch").number))
        step("lead.hcs", .linkCase("Birch", world.file("Alder").number))
        step("lead.fib", .unlinkCase("Alder", world.file("Birch").number, reason: "others"))
        step("lead.hcs", .inviteAgency("Birch", id("FIB-MB"), .participation, nil))
        step("liaison.fib", .joinCase("Birch", conditions: nil))
        step("liaison.fib", .assignMember("Birch", member("lead.fib")))
        step("lead.hcs", .transferLead("Birch", member("lead.fib"), reason: "theirs"))
        step("lead.fib", .answerTransfer("Birch", isAccepted: false, reason: "not yet"))
        step("lead.hcs", .transferLead("Birch", member("lead.fib"), reason: "theirs"))
        step("lead.fib", .answerTransfer("Birch", isAccepted: true, reason: nil))
        step("lead.fib", AmendmentTests.propose)
        step("liaison.spo", .amendment("Alder", .decide(isApproved: false, reason: "not yet")))
        step("lead.fib", AmendmentTests.propose)
        step("liaison.spo", AmendmentTests.approve)
        for liaison in ["liaison.mpd", "liaison.lsd", "liaison.dao"] { step(liaison, AmendmentTests.consent) }
        step("lead.fib", .moveCase("Alder", .suspend, reason: "r"))
        step("lead.fib", .moveCase("Alder", .resume, reason: nil))
        step("lead.fib", .inviteAgency("Alder", id("HCS-MAR"), .information, nil))
        step("liaison.hcs", .declineInvitation("Alder", reason: "no need"))
        step("lead.fib", .inviteAgency("Alder", id("SPS"), .information, mou("MOU-31-01")))
        step("agent.mpd1", .recordEntry("Alder", World.entry(acknowledge: true)))
        step("agent.spo1", .recordEntry("Alder", World.entry()))
        step("agent.spo1", .breakGlass("Alder", "E-2", id("TCP-NAR"), hours: 1, reason: "sealed in"))
        step("auditor.rob", .reviewEmergency("Alder", "D-1", .justified, note: "in time"))
        step("agent.mpd1", .recordEntry("Alder", World.entry(.h0, .oversight)))
        step("agent.spo1", .acknowledgeEntry("Alder", "E-1"))
        step("agent.spo1", .correctEntry("Alder", "E-2", text: "Not there.", reason: "misread"))
        step("agent.spo1", .changeHandling("Alder", "E-3", .h2, reason: "source"))
        step("agent.mpd1", .requestPermission("Alder", "E-3", id("HCS-MAR"), reason: "same van"))
        step("liaison.spo", .decidePermission("Alder", "R-1", isGranted: true, reason: nil))
        step("agent.mpd1", .requestPermission("Alder", "E-3", id("SPS"), reason: "same van"))
        step("liaison.spo", .decidePermission("Alder", "R-2", isGranted: false, reason: "no"))
        step("liaison.mpd", .releaseEntry("Alder", "E-1", id("HCS-MAR"), reason: "same van"))
        step("agent.spo1", .withdrawEntry("Alder", "E-3", reason: "wrong case"))
        removal("counsel.dao", .placeHold(["E-1"], reason: "trial"))
        removal("counsel.dao", .liftHold("L-1", reason: "settled"))
        removal("liaison.mpd", .review(["E-1"], .purge, until: nil, explanation: "unreliable"))
        removal("counsel.dao", .recordOrder(["E-1"], RemovalTests.terms(.seal)))
        removal("lead.fib", .seal(["E-1"], order: "C-1"))
        removal("counsel.dao", .recordOrder(["E-1"], RemovalTests.terms(.unseal)))
        removal("lead.fib", .unseal(["E-1"], order: "C-2"))
        removal("counsel.dao", .recordOrder([], RemovalTests.terms(.seal)))
        removal("lead.fib", .seal([], order: "C-3"))
        removal("counsel.dao", .recordOrder([], RemovalTests.terms(.unseal)))
        removal("lead.fib", .unseal([], order: "C-4"))
        removal("lead.fib", .proposePurge(["E-1"], order: nil, reason: "reviewed"))
        removal("liaison.mpd", .decidePurge("P-1", isApproved: false, reason: "wait"))
        removal("lead.fib", .proposePurge(["E-1"], order: nil, reason: "reviewed"))
        removal("liaison.mpd", .decidePurge("P-2", isApproved: true, reason: nil))
        removal("liaison.hcs", .certify("P-2"))
        step("liaison.mpd", .removeMember("Alder", member("agent.mpd1"), reason: "moved"))
        step("liaison.lsd", .withdrawAgency("Alder", reason: "done"))
        step("lead.fib", .moveCase("Alder", .refer, reason: "ready"))
        step("counsel.dao", .moveCase("Alder", .prosecute, reason: nil))
        step("counsel.dao", LifecycleTests.outcome(.acquitted))
        step("lead.fib", .moveCase("Alder", .close, reason: "over"))
        step("lead.fib", .moveCase("Alder", .proposeReopening, reason: "new facts"))
        step("liaison.spo", .moveCase("Alder", .decline, reason: "no"))
        step("admin.ops", .terminateAgreement(mou("MOU-31-02"), reason: "over"))
        let bundle = World.bundle([World.rule("deny participation EXERCISE")])
        step("liaison.mpd", .jurisdiction(.propose(bundle)))
        let version = BundleReference(id: "city-limits", version: 1)
        step("counsel.dao", .jurisdiction(.activate(id("MPD-VT"), version, note: nil)))
        step("liaison.mpd", .jurisdiction(.retire(id("MPD-VT"), version, reason: "repealed")))
        step("counsel.dao", .jurisdiction(.retire(id("MPD-VT"), version, reason: "repealed")))
        let rule = SigningRule(agency: nil, role: .victimServices, act: nil)
        step("admin.ops", .requireSignature(rule, isRequired: true, reason: "r"), isSigned: true)
        step("admin.ops", .requireSignature(rule, isRequired: false, reason: "r"), isSigned: true)
        step("liaison.spo", ReportRuleTests.order(.taskForces))
        step("liaison.spo", .report(.certify("A-1")))
        step("liaison.spo", .report(.publish("A-1")))
        step("admin.ops", .recordCalendar(BusinessCalendar(version: "2031", minutesEast: -300, holidays: [22_425])))
        step("liaison.mpd", .reviewMember(member("agent.mpd1"), reason: "Still needed."))
        let uid = try #require(world.state.members[member("agent.mpd1")]?.uids.first)
        world.append(CaseworkState.locking(uid).event)
        step("liaison.mpd", .unlockAccount(uid, reason: "seen"))
        let follower = Agency(
            id: id("LSD-2"),
            name: "Labor Standards",
            level: .state,
            missions: [.regulatory],
            contact: "desk",
            keyRequired: false
        )
        step("admin.ops", .registerAgency(follower))
        world.enrol("liaison.lsd2", follower.id)
        world.give("liaison.lsd2", .liaison)
        step("liaison.lsd", .succession(.propose(follower.id, reason: "act of 2031")))
        step("liaison.lsd2", .succession(.decline(id("LSD-WH"), reason: "not yet")))
        step("liaison.lsd", .succession(.propose(follower.id, reason: "act of 2031")))
        step("liaison.lsd2", .succession(.accept(id("LSD-WH"))))
        world.pass(days: 91)
        step("lead.fib", .acknowledgeNotice("Birch", "case-review"))
        step("lead.fib", .moveCase("Birch", .review, reason: "It goes on."))
        // What is taken on the way to where this begins.
        taken.formUnion([
            "agency.register", "agreement.record", "case.join", "case.assign",
        ])
        // Steps of workflows are tables, and lead back to their acts in one way; see below. So do acts of deconfliction.
        let others = SigningRule.acts.filter { !$0.hasPrefix("decon.") }
        let missing = others.subtracting(Workflows.acts).subtracting(taken).sorted()
        #expect(SigningRule.acts == Set(SigningRule.kinds.keys))
        let legal = SigningRule(agency: nil, role: nil, act: SigningRule.legalEffect).kinds
        #expect(legal.contains("purge.approved") && legal.contains("court_order.received"))
        #expect(!legal.contains("entry.recorded") && !legal.contains("restricted"))
        let seal = SigningRule(agency: nil, role: nil, act: "case.seal")
        #expect(seal.kinds == [], "sealing an entry makes the same line")
        #expect(missing == [], "acts that have no step here, so that nobody knows whether they can be replayed")
        try Self.expectAgreement(world, "each act once")
    }

    @Test func `each step of a workflow is known again, and clocks that ran out are the daemon's`() throws {
        for workflow in Workflows.all {
            for step in workflow.steps {
                let done = WorkEvent(kind: step.event, number: 3, facts: ["smuggled": "in"], parts: ["text": "t"])
                let event = Self.event(step.event, .system, "agent.mpd1", "MPD-VT", nil, .work(done))
                guard case .work(_, let act) = Act(recorded: event, in: CaseworkState()) else {
                    Issue.record("\(step.event) leads to no act")
                    continue
                }
                #expect(act.act == "\(workflow.name).\(step.verb)")
                #expect(act.item == (step.makesItem ? nil : workflow.name(of: 3)))
                #expect(act.facts == [:])
            }
        }
        var world = World.joined()
        func step(_ name: String, _ method: String, _ parameters: JSONObject) {
            if let refusal = world.work(as: name, method, parameters).refusal { Issue.record("\(method): \(refusal)") }
        }
        for urgency in ["urgent", "normal"] {
            let request: JSONObject = ["to": "MPD-VT", "need": "Was the van stopped?", "urgency": .string(urgency)]
            step("agent.fib1", "io.accord.Request.Send", request)
        }
        step("agent.mpd1", "io.accord.Request.Acknowledge", ["item": "Q-2"])
        WorkTests.assign(&world, blocking: true)
        world.now = world.now.adding(hours: 9)
        #expect(world.crossDueClocks() == ["task.overdue", "rfi.due_soon", "rfi.overdue"])
        step("agent.mpd1", "io.accord.Request.Answer", ["item": "Q-1", "text": "It was.", "handling": "H2"])
        step("agent.mpd1", "io.accord.Task.Complete", ["item": "T-1"])
        step("liaison.mpd", "io.accord.Work.Get", ["item": "Q-1"])
        step("agent.fib1", "io.accord.Work.List", [:])
        try Self.expectAgreement(world, "work")
        let early = try #require(world.record.first { $0.event.kind == "rfi.overdue" }?.event)
        #expect(Self.differs(Self.forged(world, early))?.finding == .notAnAct)
    }

    @Test func `each act of deconfliction is known again, and so is what the daemon records with it`() throws {
        let world = try DeconflictionModelTests.everyAct()
        try Self.expectAgreement(world, "deconfliction")
        // A conflict that the other side was not told of is found.
        let lines = Self.lines(of: world).filter { $0.event.kind != "decon.notified" }
        #expect(Self.judgements(of: lines).contains { Self.differs($0)?.finding == .noticeMissing })
    }

    @Test func `what the daemon ends with a case is withdrawn once, live as in a replay`() throws {
        var world = World.joined()
        for name in ["lead.fib", "agent.spo1"] { world.must(name, World.plan(case: "Alder")) }
        #expect(world.record.filter { $0.event.kind == "decon.hit_found" }.count == 1)
        world.must("lead.fib", .moveCase("Alder", .close, reason: "over"))
        #expect(world.record.filter { $0.event.kind == "decon.notice_withdrawn" }.count == 2)
        try Self.expectAgreement(world, "a case that is closed over a link")
    }

    @Test func `each reading is known again`() throws {
        var world = RemovalTests.alder()
        let readings: [(String, Act)] = [
            ("lead.fib", .listAgencies), ("lead.fib", .listAgreements), ("lead.fib", .listMembers),
            ("lead.fib", .listCases), ("lead.fib", .getCase("Alder")),
            ("lead.fib", .listEntries("Alder", after: -1, limit: 9)), ("lead.fib", .getEntry("Alder", "E-1")),
            ("agent.tcp1", .getEntry("Alder", "E-1")), ("lead.fib", .listRegister("Alder")),
            ("lead.fib", .removal("Alder", .list)),
            ("lead.fib", .watch(WatchRequest(positions: nil, follows: false, idleSeconds: 30))),
            ("lead.fib", .watch(WatchRequest(positions: [("Alder", 3)], follows: true, idleSeconds: 30))),
            ("lead.fib", .inbox), ("admin.ops", .explain(Hypothesis(act: "audit.verify"))),
            ("auditor.rob", .verify(known: [])), ("auditor.rob", .replay),
            ("auditor.rob", .readLines(after: 4, limit: 9)), ("auditor.rob", .export(nil)),
            ("lead.fib", .export("Alder")), ("liaison.mpd", .listAccess("Alder", limit: 3, ours: true)),
            ("agent.mpd1", .listAccess(nil, limit: 3)), ("liaison.mpd", .report(.list)),
        ]
        for (name, act) in readings {
            world.must(name, act)
            world.act(as: name, act, purpose: Purpose.criminalInvestigation.rawValue)
        }
        for name in ReportName.allCases {
            for who in ["lead.fib", "liaison.mpd", "liaison.spo", "auditor.rob"] {
                world.act(as: who, ReportRuleTests.order(name))
            }
        }
        #expect(world.record.filter { $0.event.kind == "report.generated" }.count > 10)
        try Self.expectAgreement(world, "readings")
    }

    // MARK: Forged lines

    /// A line that somebody with all keys writes after an honest record.
    private static func forged(_ world: World, _ event: Event, by: String? = nil, isAccepted: Bool = true) -> Judgement?
    {
        var lines = lines(of: world)
        let speaker = by ?? event.member.map { world.speaker($0.text) } ?? "system"
        lines.append(
            ReplayedLine(
                seq: UInt64(lines.count),
                place: StreamPosition(caseSeq: 999, recordedAt: world.now),
                event: event,
                by: speaker,
                isAccepted: isAccepted,
                isSigned: false,
                isOfTheseRules: true
            )
        )
        return judgements(of: lines).last
    }

    private static func event(
        _ kind: String,
        _ caseID: CaseID,
        _ name: String?,
        _ agency: String?,
        _ role: Role?,
        _ body: EventBody,
        purpose: Purpose = .criminalInvestigation
    ) -> Event {
        Event(
            kind: kind,
            caseID: caseID,
            agency: agency.map { id($0) },
            member: name.map { member($0) },
            role: role,
            purpose: purpose,
            body: body
        )
    }

    private static func entry(_ number: Int64) -> EventBody {
        .entryRecorded(
            EntryRecord(
                number: number,
                kind: .report,
                handling: .h0,
                compartment: .ordinary,
                asksAcknowledgement: false,
                supersedes: nil,
                text: "Seen at the site.",
                reason: nil
            )
        )
    }

    @Test func `a line that the rules refuse is found, with the rule`() throws {
        var world = RemovalTests.alder()
        RemovalTests.order(&world)
        world.must("liaison.mpd", RemovalTests.propose())
        let alder = world.file("Alder").id
        let ends = world.now.adding(days: 9)
        let lead = Grant(number: world.state.grants + 1, role: .lead, scope: .agency, expiresAt: ends)
        let cases: [(Event, String)] = [
            // By a member who is not assigned, and whose agency is not in the case.
            (Self.event("entry.recorded", alder, "agent.tcp1", "TCP-NAR", .contributor, Self.entry(3)), "P01"),
            // By one who is in the case, and does not write.
            (Self.event("entry.recorded", alder, "analyst.fib", "FIB-MB", .contributor, Self.entry(3)), "P05"),
            (
                Self.event(
                    "user.role_granted",
                    .system,
                    "liaison.mpd",
                    "MPD-VT",
                    .liaison,
                    .roleGranted(member("liaison.mpd"), lead),
                    purpose: .administration
                ), "P08"
            ),
            (
                Self.event("purge.approved", alder, "liaison.mpd", "MPD-VT", .liaison, .removal(.purgeApproved(1))),
                "P20"
            ),
            (
                Self.event(
                    "case.agency_invited",
                    alder,
                    "lead.fib",
                    "FIB-MB",
                    .lead,
                    .agencyInvited(id("HCS-MAR"), .lead, mou("MOU-31-01"))
                ), "V01"
            ),
            (
                Self.event(
                    "access.read",
                    alder,
                    "agent.tcp1",
                    "TCP-NAR",
                    nil,
                    .access(act: "entry.read", item: "E-2", code: nil)
                ), "P04"
            ),
        ]
        for (event, rule) in cases {
            let difference = try #require(Self.differs(Self.forged(world, event)), "\(event.kind)")
            #expect(difference.finding == .notAllowed, "\(event.kind)")
            #expect(difference.rule?.hasPrefix(rule) == true, "\(event.kind): \(difference)")
        }
        // The same by one who may.
        let honest = Self.event("entry.recorded", alder, "agent.mpd1", "MPD-VT", .contributor, Self.entry(3))
        #expect(Self.forged(world, honest) == .agreed([]))
    }

    @Test func `a line that says something else than the rules record is found`() throws {
        let world = RemovalTests.alder()
        let alder = world.file("Alder").id
        var newcomer = Member(id: member("extra.mpd"), agency: id("MPD-VT"), uids: [8_001], keys: [])
        let ends = world.now.adding(days: 9)
        newcomer.grants = [Grant(number: 1, role: .oversight, scope: .system, expiresAt: ends)]
        let tall = Grant(number: 1_000, role: .contributor, scope: .agency, expiresAt: ends)
        let cases = [
            // A number left out, another's role, an enrolment that brings roles along, a grant out of turn.
            Self.event("entry.recorded", alder, "agent.mpd1", "MPD-VT", .contributor, Self.entry(4)),
            Self.event("entry.recorded", alder, "agent.mpd1", "MPD-VT", .lead, Self.entry(3)),
            Self.event("entry.recorded", alder, "agent.mpd1", "SPO-OC", .contributor, Self.entry(3)),
            Self.event(
                "user.enrolled",
                .system,
                "liaison.mpd",
                "MPD-VT",
                .liaison,
                .memberEnrolled(newcomer),
                purpose: .administration
            ),
            Self.event(
                "user.role_granted",
                .system,
                "liaison.mpd",
                "MPD-VT",
                .liaison,
                .roleGranted(member("agent.mpd1"), tall),
                purpose: .administration
            ),
        ]
        for event in cases {
            #expect(Self.differs(Self.forged(world, event))?.finding == .decidedOtherwise, "\(event)")
        }
    }

    @Test func `nobody hides behind the daemon's name, nor behind a refusal`() {
        let world = RemovalTests.alder()
        let alder = world.file("Alder").id
        let ends = world.now.adding(days: 9)
        let grant = Grant(number: world.state.grants + 1, role: .lead, scope: .agency, expiresAt: ends)
        let granted = EventBody.roleGranted(member("agent.mpd1"), grant)
        let isDifferent: [(Event, String, Bool)] = [
            (
                Self.event("user.role_granted", .system, nil, nil, nil, granted, purpose: .administration), "system",
                true
            ),
            (Self.event("entry.recorded", alder, "agent.mpd1", "MPD-VT", .contributor, Self.entry(3)), "system", true),
            (
                Self.event("record.purged", alder, nil, nil, nil, .removal(.purged(1)), purpose: .administration),
                "system", true
            ),
            (
                Self.event(
                    "purge.notice_sent",
                    alder,
                    nil,
                    nil,
                    nil,
                    .removal(.noticeSent(purge: 1, dissemination: 1, id("HCS-MAR"))),
                    purpose: .administration
                ), "system", true
            ),
            (
                Self.event("session.opened", .system, "lead.fib", "FIB-MB", nil, .system([:])),
                world.speaker("agent.mpd1"), true
            ),
            (Self.event("sys.started", .system, nil, nil, nil, .system([:])), world.speaker("agent.mpd1"), true),
            (
                Self.event("entry.recorded", alder, "agent.mpd1", "MPD-VT", .contributor, Self.entry(3)),
                world.speaker("agent.mpd1"), false
            ),
            (
                Self.event(
                    "access.denied",
                    alder,
                    "agent.mpd1",
                    "MPD-VT",
                    nil,
                    .access(act: "entry.read", item: nil, code: "E-ROLE")
                ), world.speaker("agent.mpd1"), true
            ),
        ]
        for (event, by, isAccepted) in isDifferent {
            let judgement = Self.forged(world, event, by: by, isAccepted: isAccepted)
            #expect(
                Self.differs(judgement)?.finding == .notAnAct,
                "\(event.kind) by \(by): \(String(describing: judgement))"
            )
        }
        let started = Self.event("sys.started", .system, nil, nil, nil, .system(["version": "1"]))
        #expect(Self.forged(world, started, by: "system") == .agreed([]))
    }

    @Test func `a purge whose notices are not recorded with it is found, wherever the record ends`() {
        let world = RemovalTests.purged()
        let lines = Self.lines(of: world)
        #expect(Self.judgements(of: lines).allSatisfy { Self.differs($0) == nil })
        let notices = lines.indices.filter { lines[$0].event.kind == "purge.notice_sent" }
        #expect(notices.count == 2)
        var replay = DecisionReplay()
        for line in lines[..<notices[1]] { _ = replay.take(line) }
        #expect(replay.missing?.finding == .noticeMissing)
        var later = lines[0]
        later.event = Self.event("sys.started", .system, nil, nil, nil, .system([:]))
        #expect(Self.differs(replay.take(later))?.finding == .noticeMissing)
    }

    @Test func `what is under other rules, and what no act is known for, is not judged`() {
        let world = RemovalTests.alder()
        let alder = world.file("Alder").id
        var lines = Self.lines(of: world)
        for index in lines.indices.dropFirst(9) { lines[index].isOfTheseRules = false }
        #expect(Self.judgements(of: lines).dropFirst(9).allSatisfy { $0 == .otherRules || $0 == .refusal })
        let unknown = Self.event("weather.changed", alder, "agent.mpd1", "MPD-VT", nil, .system([:]))
        #expect(Self.forged(world, unknown) == .unknown)
    }
}
