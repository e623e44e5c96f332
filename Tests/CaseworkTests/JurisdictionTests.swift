import Cryptography
import Policy
import StrictJSON
import Testing

@testable import Casework

@Suite("An agency's own policy: who puts it in force")
struct JurisdictionAdoptionTests {
    private static let denial = World.rule("deny data CRIM_INVEST")
    private static let version = BundleReference(id: "city-limits", version: 1)

    private static func proposed(_ rules: [JSONValue] = [denial], from effective: String = "2031-01-01") -> World {
        var world = World.joined()
        world.must("liaison.mpd", .jurisdiction(.propose(World.bundle(rules, from: effective))))
        return world
    }

    private static func activate(_ note: String? = nil, of agency: AgencyID = id("MPD-VT")) -> Act {
        .jurisdiction(.activate(agency, version, note: note))
    }

    @Test func `that it is to be retired waits for counsel since that was proposed, and not since the policy was`()
        throws
    {
        var world = Self.proposed()
        world.must("counsel.dao", Self.activate())
        world.now = world.now.adding(days: 3)
        let asked = world.now
        world.must("liaison.mpd", .jurisdiction(.retire(id("MPD-VT"), Self.version, reason: "r")))
        let task = try #require(world.inbox("counsel.dao").first { $0.kind == "policy" })
        #expect(task.since == asked && task.command == "accord policy retire MPD-VT city-limits/1 --reason WHY")
        let kept = try CaseworkState(decoding: world.state.encode())
        #expect(kept.inbox(member("counsel.dao"), now: world.now).first { $0.kind == "policy" } == task)
    }

    @Test func `a liaison proposes it, counsel puts it in force, and each is on the record`() throws {
        var world = Self.proposed()
        #expect(world.state.jurisdiction.inForce(of: id("MPD-VT"), world.now).isEmpty)
        let event = world.must("counsel.dao", Self.activate())
        #expect(event.kind == "jurisdiction_policy.activated")
        #expect(event.item == "city-limits/1")
        let details = try #require(event.parts().first?.value.object)
        let bundle = try #require(world.state.jurisdiction.inForce(of: id("MPD-VT"), world.now).first)
        #expect(details["digest"]?.string == bundle.digest.hex)
        #expect(details["citations"]?.array == ["City Code 7"])
    }

    @Test func `nobody else proposes, and only for the own agency`() {
        var world = World.joined()
        let act = Act.jurisdiction(.propose(World.bundle([Self.denial])))
        for name in ["agent.mpd1", "counsel.dao", "admin.ops", "auditor.rob"] {
            #expect(world.act(as: name, act).rule == "P05", "\(name)")
        }
        world.must("liaison.mpd", act)
        world.must("liaison.spo", act)
        #expect(world.state.jurisdiction.inOrder.map(\.bundle.agency) == [id("MPD-VT"), id("SPO-OC")])
    }

    @Test func `counsel is told of what waits, until it is in force, retired or over`() throws {
        var world = World.joined()
        let event = world.must("liaison.mpd", .jurisdiction(.propose(World.bundle([World.rule("deny data")]))))
        let reference = world.version(event)
        let task = try #require(world.inbox("counsel.dao").first { $0.kind == "policy" })
        #expect(task.item == reference.description && task.fromAgency == "MPD-VT" && task.caseNumber.isEmpty)
        #expect(task.command.hasPrefix("accord policy activate MPD-VT \(reference)\naccord policy retire "))
        for other in ["liaison.mpd", "lead.fib", "auditor.rob", "agent.tcp1"] {
            #expect(!world.inboxKinds(other).contains("policy"), "\(other)")
        }
        world.must("counsel.dao", .jurisdiction(.activate(id("MPD-VT"), reference, note: nil)))
        #expect(!world.inboxKinds("counsel.dao").contains("policy"))
        world.must("liaison.mpd", .jurisdiction(.propose(World.bundle([World.rule("deny data")], version: 2))))
        #expect(world.inboxKinds("counsel.dao").contains("policy"))
        let second = try #require(BundleReference("city-limits/2"))
        world.must("liaison.mpd", .jurisdiction(.retire(id("MPD-VT"), second, reason: "r")))
        #expect(!world.inboxKinds("counsel.dao").contains("policy"))
    }

    @Test func `who proposed it never puts it in force`() {
        var world = Self.proposed()
        world.give("liaison.mpd", .legal)
        #expect(world.act(as: "liaison.mpd", Self.activate()).rule == "P08")
        #expect(
            world.act(as: "liaison.mpd", .jurisdiction(.retire(id("MPD-VT"), Self.version, reason: "r"))).isDone,
            "a proposal is his own to take back"
        )
    }

    @Test func `an agency's own counsel decides; a prosecutor's only where there is none, under a live agreement`() {
        var world = Self.proposed()
        for name in ["agent.mpd1", "lead.fib"] { #expect(!world.act(as: name, Self.activate()).isDone, "\(name)") }
        world.enrol("counsel.mpd", id("MPD-VT"))
        world.give("counsel.mpd", .legal)
        #expect(world.act(as: "counsel.dao", Self.activate()).rule == "V01", "a proposal is not for all to know")
        #expect(world.act(as: "counsel.mpd", Self.activate()).isDone)

        var ended = Self.proposed()
        ended.must("admin.ops", .terminateAgreement(mou("MOU-31-01"), reason: "r"))
        ended.must("admin.ops", .terminateAgreement(mou("MOU-31-02"), reason: "r"))
        #expect(!ended.act(as: "counsel.dao", Self.activate()).isDone)
        var other = Self.proposed()
        other.enrol("counsel.fib", id("FIB-MB"))
        other.give("counsel.fib", .legal)
        #expect(!other.act(as: "counsel.fib", Self.activate()).isDone, "no prosecutor")
    }

    @Test func `a version is proposed once, and a later one has a higher number`() {
        var world = Self.proposed()
        func propose(_ version: Int64) -> Act {
            .jurisdiction(.propose(World.bundle([Self.denial], version: version)))
        }
        #expect(world.act(as: "liaison.mpd", propose(1)).rule == "V03")
        world.must("liaison.mpd", propose(3))
        #expect(world.act(as: "liaison.mpd", propose(2)).rule == "V03")
        #expect(world.act(as: "liaison.mpd", propose(3)).refusal?.outward.message.contains("4 or higher") == true)
    }

    @Test func `it is put in force once, and not once it has expired or was retired`() {
        var world = Self.proposed()
        world.must("counsel.dao", Self.activate())
        #expect(world.act(as: "counsel.dao", Self.activate()).rule == "L01")
        world.retire(id("MPD-VT"), "liaison.mpd", Self.version)
        #expect(world.act(as: "counsel.dao", Self.activate()).rule == "L01")
        let again = Act.jurisdiction(.retire(id("MPD-VT"), Self.version, reason: "r"))
        #expect(!world.act(as: "counsel.dao", again).isDone)

        var late = World.joined()
        var bundle = World.bundle([Self.denial])
        bundle["expires"] = "2031-03-04"
        late.must("liaison.mpd", .jurisdiction(.propose(bundle)))
        late.now = late.now.adding(days: 2)
        #expect(late.act(as: "counsel.dao", Self.activate()).rule == "L01")
    }

    @Test func `it holds from its day on, and the highest version whose day has come is in force`() {
        var world = Self.proposed(from: "2031-03-05")
        world.must("counsel.dao", Self.activate())
        func inForce(_ days: Int64) -> [String] {
            world.state.jurisdiction.inForce(of: id("MPD-VT"), world.now.adding(days: days)).map(
                \.reference.description
            )
        }
        #expect(inForce(0).isEmpty)
        #expect(inForce(2) == ["city-limits/1"])
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([Self.denial], version: 2, from: "2031-04-01"))
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([Self.denial], id: "state-limits"))
        #expect(inForce(2) == ["city-limits/1", "state-limits/1"])
        #expect(inForce(40) == ["city-limits/2", "state-limits/1"])
        let second = BundleReference(id: "city-limits", version: 2)
        world.retire(id("MPD-VT"), "liaison.mpd", second)
        #expect(inForce(40) == ["city-limits/1", "state-limits/1"])
    }

    @Test func `a version that has an end leaves the one before it in force`() {
        var world = Self.proposed(from: "2031-03-01")
        world.must("counsel.dao", Self.activate())
        var change = World.bundle([Self.denial], version: 2, from: "2031-04-01")
        change["expires"] = "2031-05-01"
        world.adopt(id("MPD-VT"), "liaison.mpd", change)
        func inForce(_ day: String) -> [String] {
            let now = UTCTime(text: day) ?? world.now
            return world.state.jurisdiction.inForce(of: id("MPD-VT"), now).map(\.reference.description)
        }
        #expect(inForce("2031-03-31") == ["city-limits/1"] && inForce("2031-04-01") == ["city-limits/2"])
        #expect(inForce("2031-05-01") == ["city-limits/1"])
        world.now = UTCTime(text: "2031-05-01") ?? world.now
        let states = world.state.visiblePolicies(member("liaison.mpd"), of: id("MPD-VT"), now: world.now)
        #expect(states.map { $0.word("state") } == ["in-force", "expired"])
    }

    @Test func `one in force is retired by two, of whom one is a liaison of the agency`() throws {
        var world = Self.proposed()
        world.must("counsel.dao", Self.activate())
        let retire = Act.jurisdiction(.retire(id("MPD-VT"), Self.version, reason: "enjoined"))
        #expect(world.act(as: "counsel.dao", retire).rule == "P08")
        #expect(!world.inboxKinds("counsel.dao").contains("policy"))
        #expect(world.act(as: "liaison.spo", retire).rule == "P05")
        let event = world.must("liaison.mpd", retire)
        #expect(event.kind == "jurisdiction_policy.retirement_proposed" && event.item == "city-limits/1")
        #expect(try event.reread() == event)
        #expect(world.state.jurisdiction.inForce(of: id("MPD-VT"), world.now).count == 1)
        #expect(world.act(as: "liaison.mpd", retire).rule == "L01")
        let task = try #require(world.inbox("counsel.dao").first { $0.kind == "policy" })
        #expect(task.command == "accord policy retire MPD-VT city-limits/1 --reason WHY")
        #expect(try CaseworkState(decoding: world.state.encode()).jurisdiction == world.state.jurisdiction)
        #expect(world.must("counsel.dao", retire).kind == "jurisdiction_policy.retired")
        #expect(!world.inboxKinds("counsel.dao").contains("policy"))
        #expect(world.act(as: "counsel.dao", retire).rule == "L01")
    }

    // MARK: What is rejected

    @Test func `a rule about citizenship or immigration status is rejected, and that is on the record`() {
        var world = World.joined()
        let act = Act.jurisdiction(.propose(World.bundle([World.rule("deny immigration-status CIV_IMM")])))
        let refusal = world.act(as: "liaison.mpd", act).refusal
        #expect(refusal?.outward.code == "E-1373-CARVE-OUT")
        #expect(refusal?.outward.citation.contains("8 USC 1373") == true)
        #expect(world.record.last?.event.kind == "policy.bundle_rejected")
        #expect(world.record.last?.event.item == "city-limits/1")
        #expect(world.state.jurisdiction.isEmpty)
    }

    @Test func `a text that speaks of it takes counsel's note, which is on the record`() {
        var rule = World.rule("deny data CIV_IMM").object ?? [:]
        rule["message"] = "Says nothing of immigration status."
        var world = Self.proposed([.object(rule)])
        let refusal = world.act(as: "counsel.dao", Self.activate()).refusal
        #expect(refusal?.recordedRule == "P31")
        #expect(refusal?.outward.message.contains("rules[0].message") == true)
        #expect(world.record.last?.event.kind == "policy.bundle_rejected")
        let event = world.must("counsel.dao", Self.activate("A savings clause."))
        #expect(event.parts().contains { $0.name == "note" && $0.value == "A savings clause." })
    }

    @Test func `a rule that suppresses a safety notice is rejected, and that is on the record`() {
        var world = World.joined()
        let suppressing = Act.jurisdiction(.propose(World.bundle([World.rule("deny decon-notice")])))
        #expect(world.act(as: "liaison.mpd", suppressing).code == "E-SAFETY-NOTICE")
        #expect(world.record.last?.event.kind == "policy.bundle_rejected")
        let limiting = World.rule("require decon-notice", needs: ["watch-desk"])
        #expect(world.act(as: "liaison.mpd", .jurisdiction(.propose(World.bundle([limiting])))).isDone)
    }

    @Test func `what is not in the form is refused with its place, and texts are judged as everywhere`() {
        var world = World.joined()
        func refusal(_ key: String, _ value: JSONValue) -> Refusal? {
            var rule = World.rule("deny data").object ?? [:]
            rule[key] = value
            return world.act(as: "liaison.mpd", .jurisdiction(.propose(World.bundle([.object(rule)])))).refusal
        }
        #expect(refusal("effect", "forbid")?.outward.message.contains("bundle.rules[0].effect") == true)
        #expect(refusal("message", "(TS//SI) x")?.recordedRule == "P22C")
        #expect(refusal("message", "a\u{202E}b")?.recordedRule == "V07")
        #expect(world.act(as: "liaison.mpd", .jurisdiction(.propose([:]))).rule == "V01")
    }

    // MARK: Who may know

    @Test func `what is in force is for all to know; what is proposed for the agency, its counsel and oversight`() {
        var world = Self.proposed()
        func states(_ name: String) -> [String] {
            world.state.visiblePolicies(member(name), of: nil, now: world.now).compactMap { $0["state"]?.string }
        }
        for name in ["agent.mpd1", "counsel.dao", "auditor.rob"] { #expect(states(name) == ["proposed"], "\(name)") }
        for name in ["agent.tcp1", "lead.fib", "admin.ops"] { #expect(states(name).isEmpty, "\(name)") }
        world.must("counsel.dao", Self.activate())
        for name in ["agent.mpd1", "agent.tcp1", "officer.fro"] { #expect(states(name) == ["in-force"], "\(name)") }
    }

    // MARK: The record

    @Test func `the digest of the policy covers what is activated, and nothing else`() {
        var world = World.joined()
        let table = RuleTable.digest
        #expect(world.state.jurisdiction.digest == table)
        world.must("liaison.mpd", .jurisdiction(.propose(World.bundle([Self.denial]))))
        #expect(world.state.jurisdiction.digest == table)
        world.must("counsel.dao", Self.activate())
        let one = world.state.jurisdiction.digest
        #expect(one != table)
        world.adopt(id("SPO-OC"), "liaison.spo", World.bundle([Self.denial]))
        #expect(world.state.jurisdiction.digest != one)
        world.retire(id("SPO-OC"), "liaison.spo", Self.version)
        #expect(world.state.jurisdiction.digest == one)
    }

    @Test func `the same events give the same policies, through the record or through a snapshot`() throws {
        var world = Self.proposed()
        world.must("counsel.dao", Self.activate("A note."))
        world.adopt(id("SPO-OC"), "liaison.spo", World.bundle([Self.denial]))
        world.retire(id("SPO-OC"), "liaison.spo", Self.version)
        world.must("liaison.spo", .jurisdiction(.propose(World.bundle([Self.denial], version: 2))))
        var again = CaseworkState()
        for (event, place) in world.record {
            let read = try event.reread()
            #expect(read == event)
            again.evolve(read, at: place)
        }
        #expect(again.jurisdiction == world.state.jurisdiction)
        let kept = try CaseworkState(decoding: world.state.encode())
        #expect(kept.jurisdiction == world.state.jurisdiction)
        #expect(kept.jurisdiction.digest == world.state.jurisdiction.digest)
    }
}

@Suite("An agency's own policy: what it refuses")
struct JurisdictionEnforcementTests {
    private static let release = Act.releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "r")

    /// Alder with E-1 of MPD-VT, under a policy of MPD-VT.
    private static func world(_ rules: JSONValue..., entry: Handling = .h0) -> World {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(entry)))
        if !rules.isEmpty { world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle(rules)) }
        return world
    }

    // MARK: Data that is read

    @Test func `what the originator's policy keeps from an agency is not read, and the rule is told`() throws {
        var world = Self.world(World.rule("deny data CRIM_INVEST", for: ["SPO-OC"]))
        let refusal = try #require(world.act(as: "agent.spo1", .getEntry("Alder", "E-1")).refusal)
        #expect(refusal.recordedRule == "P03J")
        #expect(refusal.outward.code == "E-PURPOSE")
        #expect(refusal.outward.citation == "City Code 7-2 (city-limits/1, deny-data-CRIM-INVEST)")
        #expect(refusal.outward.message == "MPD-VT: The city says: deny data CRIM_INVEST.")
        #expect(refusal.outward.ask.contains("MPD-VT control desk"))
        for name in ["agent.mpd1", "agent.fib1", "analyst.fib"] {
            #expect(world.act(as: name, .getEntry("Alder", "E-1")).isDone, "\(name)")
        }
        let other = world.act(as: "agent.spo1", .getEntry("Alder", "E-1"), purpose: "OFFICER_SAFETY")
        #expect(other.isDone, "the rule is about another purpose")
    }

    @Test func `lists, exports and the inbox show of it that it is there, and no more`() throws {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry(acknowledge: true)))
        world.must("agent.spo1", .recordEntry("Alder", World.entry()))
        func seen(_ purpose: String? = nil) throws -> [Visibility] {
            let list = Act.listEntries("Alder", after: -1, limit: 9)
            let scope = try #require(world.act(as: "agent.spo1", list, purpose: purpose).reading?.scope)
            return [Int64(1), 2].map { number in
                let facts = world.file("Alder").facts(number)
                return scope.visibility(
                    of: number,
                    origin: facts.flatMap { world.state.origin(of: $0) },
                    compartment: .ordinary
                )
            }
        }
        #expect(try seen() == [.content, .content])
        #expect(world.state.inbox(member("agent.spo1"), now: world.now).map(\.kind) == ["acknowledgement"])
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([World.rule("deny data CRIM_INVEST")]))
        #expect(try seen() == [.header, .content])
        #expect(try seen("OFFICER_SAFETY") == [.content, .content])
        #expect(world.state.inbox(member("agent.spo1"), now: world.now).isEmpty)
        let state = world.state
        let shown = world.record.map(\.event).filter { event in
            event.item != nil && state.visibility(of: event, to: member("agent.spo1"), now: world.now) == .content
        }
        #expect(shown.contains { $0.item == "E-2" })
        #expect(!shown.contains { $0.item == "E-1" && $0.kind == "entry.recorded" })
    }

    @Test func `what the policy requires is asked for, and the control official's answer opens it`() {
        var world = Self.world(World.rule("require data CRIM_INVEST", needs: ["control-official-approval"]))
        let reading = Act.getEntry("Alder", "E-1")
        let refusal = world.act(as: "agent.spo1", reading).refusal
        #expect(refusal?.recordedRule == "P03J")
        #expect(refusal?.outward.message.hasSuffix("It takes: control-official-approval.") == true)
        world.must("agent.spo1", .requestPermission("Alder", "E-1", id("SPO-OC"), reason: "r"))
        #expect(!world.act(as: "agent.spo1", reading).isDone)
        world.must("liaison.mpd", .decidePermission("Alder", "R-1", isGranted: true, reason: nil))
        #expect(world.act(as: "agent.spo1", reading).isDone)
        #expect(!world.act(as: "agent.fib1", reading).isDone, "it was not FIB that was answered")
    }

    @Test func `an answer of the control official opens nothing that the policy denies`() {
        var world = Self.world(World.rule("deny data CRIM_INVEST"))
        world.must("agent.spo1", .requestPermission("Alder", "E-1", id("SPO-OC"), reason: "r"))
        world.must("liaison.mpd", .decidePermission("Alder", "R-1", isGranted: true, reason: nil))
        #expect(world.act(as: "agent.spo1", .getEntry("Alder", "E-1")).rule == "P03J")
    }

    // MARK: Data that is given

    @Test func `what the originator's policy denies is not given, by nobody`() {
        var world = Self.world(World.rule("deny data OFFICER_SAFETY", for: ["TCP-NAR"]))
        #expect(world.act(as: "liaison.mpd", Self.release, purpose: "OFFICER_SAFETY").rule == "P03J")
        #expect(world.act(as: "agent.mpd1", Self.release, purpose: "OFFICER_SAFETY").rule == "P03J")
        var open = Self.world(World.rule("deny data OFFICER_SAFETY", for: ["SPS"]))
        #expect(open.act(as: "agent.mpd1", Self.release, purpose: "OFFICER_SAFETY").isDone)
    }

    @Test func `what takes the control official's approval is given by a liaison, or with his permission`() {
        let rule = World.rule("require data OFFICER_SAFETY", needs: ["control-official-approval"])
        var world = Self.world(rule)
        #expect(world.act(as: "agent.mpd1", Self.release, purpose: "OFFICER_SAFETY").rule == "P03J")
        world.must("lead.fib", .requestPermission("Alder", "E-1", id("TCP-NAR"), reason: "r"))
        world.must("liaison.mpd", .decidePermission("Alder", "R-1", isGranted: true, reason: nil))
        #expect(world.act(as: "lead.fib", Self.release, purpose: "OFFICER_SAFETY").isDone)
        var own = Self.world(rule)
        #expect(own.act(as: "liaison.mpd", Self.release, purpose: "OFFICER_SAFETY").isDone)
        var more = Self.world(World.rule("require data OFFICER_SAFETY", needs: ["judicial-warrant"]))
        #expect(more.act(as: "liaison.mpd", Self.release, purpose: "OFFICER_SAFETY").rule == "P03J")
    }

    @Test func `what was given is not read any more once the policy denies it`() {
        var world = Self.world()
        world.must("liaison.mpd", Self.release, purpose: "OFFICER_SAFETY")
        #expect(world.act(as: "agent.tcp1", .getEntry("Alder", "E-1")).isDone)
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([World.rule("deny data OFFICER_SAFETY")]))
        #expect(world.act(as: "agent.tcp1", .getEntry("Alder", "E-1")).rule == "P03J")
    }

    @Test func `a civil component is given nothing unless the originator's policy and an agreement allow that use`() {
        let give = Act.releaseEntry("Alder", "E-1", id("FRO-MB"), reason: "r")
        for purpose in ["OFFICER_SAFETY", "CIV_IMM"] {
            var unset = Self.world()
            #expect(unset.act(as: "liaison.mpd", give, purpose: purpose).rule == "P03", "\(purpose)")
        }
        var world = Self.world(World.rule("allow data CIV_IMM", for: ["FRO-MB"]))
        #expect(world.act(as: "liaison.mpd", give, purpose: "CRIM_INVEST").rule == "P03", "no agreement for it")
        #expect(world.act(as: "liaison.mpd", give, purpose: "OFFICER_SAFETY").isDone)
        world.agree(
            "MOU-31-03",
            [id("MPD-VT"), id("FRO-MB")],
            [.civilImmigration],
            designee: nil,
            ends: world.now.adding(days: 9)
        )
        #expect(
            world.act(as: "liaison.mpd", give, purpose: "CIV_IMM").rule == "P03",
            "the lead agency takes no part in that"
        )
        #expect(world.act(as: "officer.fro", .getEntry("Alder", "E-1")).isDone)
        #expect(
            world.act(as: "officer.fro", .getEntry("Alder", "E-1"), purpose: "CIV_IMM").rule == "P03",
            "not given for it"
        )
        var limited = Self.world(
            World.rule("allow data CIV_IMM", for: ["FRO-MB"]),
            World.rule("deny data OFFICER_SAFETY")
        )
        #expect(limited.act(as: "liaison.mpd", give, purpose: "OFFICER_SAFETY").rule == "P03J")
    }

    // MARK: Participation

    @Test func `an agency does not join what its own policy denies, and is not invited to it`() {
        var world = World.joined()
        let invite = Act.inviteAgency("Alder", id("HCS-MAR"), .participation, nil)
        world.must("lead.fib", invite)
        world.adopt(
            id("HCS-MAR"),
            "liaison.hcs",
            World.bundle([World.rule("deny participation CRIM_INVEST", for: ["FIB-MB"])])
        )
        #expect(world.act(as: "liaison.hcs", .joinCase("Alder", conditions: nil)).rule == "P03J")
        world.must("liaison.hcs", .declineInvitation("Alder", reason: "r"))
        #expect(world.act(as: "lead.fib", invite).rule == "P03J")
        let notices = Act.inviteAgency("Alder", id("HCS-MAR"), .deconflictOnly, nil)
        #expect(world.act(as: "lead.fib", notices).isDone, "a safety notice is no participation")
        #expect(world.act(as: "liaison.hcs", .joinCase("Alder", conditions: nil)).isDone)
    }

    @Test func `the lead agency's policy binds whom it works with`() {
        var world = World.joined()
        world.adopt(
            id("FIB-MB"),
            "liaison.fib",
            World.bundle([World.rule("deny participation CRIM_INVEST", for: ["HCS-MAR"])])
        )
        let invite = Act.inviteAgency("Alder", id("HCS-MAR"), .participation, nil)
        #expect(world.act(as: "lead.fib", invite).rule == "P03J")
        #expect(world.act(as: "lead.fib", .inviteAgency("Alder", id("SPS"), .information, nil)).isDone)
    }

    @Test func `a liaison who joins is the control official's approval; other conditions cannot be met by joining`() {
        for (condition, rule) in [("control-official-approval", nil), ("judicial-warrant", "P03J")] {
            var world = World.joined()
            world.must("lead.fib", .inviteAgency("Alder", id("HCS-MAR"), .participation, nil))
            world.adopt(
                id("HCS-MAR"),
                "liaison.hcs",
                World.bundle([World.rule("require participation", needs: [condition])])
            )
            #expect(world.act(as: "liaison.hcs", .joinCase("Alder", conditions: nil)).rule == rule, "\(condition)")
        }
    }

    @Test func `the lead agency's control official approves by inviting himself`() {
        let invite = Act.inviteAgency("Alder", id("HCS-MAR"), .participation, nil)
        var world = World.joined()
        let rule = World.rule("require participation", for: ["HCS-MAR"], needs: ["control-official-approval"])
        world.adopt(id("FIB-MB"), "liaison.fib", World.bundle([rule]))
        #expect(world.act(as: "lead.fib", invite).rule == "P03J")
        world.give("lead.fib", .liaison)
        #expect(world.act(as: "lead.fib", invite).isDone)
    }

    @Test func `an agency whose policy denies its part since does nothing in the case, and may leave it`() {
        var world = Self.world(World.rule("deny participation"))
        #expect(world.act(as: "agent.mpd1", .recordEntry("Alder", World.entry())).rule == "P03J")
        #expect(world.act(as: "agent.mpd1", .getCase("Alder")).rule == "P03J")
        #expect(world.act(as: "agent.spo1", .getEntry("Alder", "E-1")).isDone)
        #expect(world.act(as: "liaison.mpd", .withdrawAgency("Alder", reason: "r")).isDone)
    }

    @Test func `a case is not proposed or opened against the lead agency's own policy`() {
        var world = World()
        world.must("lead.fib", .draftCase(World.proposal("Alder")))
        world.adopt(id("FIB-MB"), "liaison.fib", World.bundle([World.rule("deny participation CRIM_INVEST")]))
        #expect(world.act(as: "lead.fib", .moveCase("Alder", .propose, reason: nil)).rule == "P03J")
    }

    @Test func `civil immigration enforcement in a case takes the policies of both agencies, and the agreements`() {
        func read(_ agencies: [(String, String)], agreement: Bool) -> String? {
            var world = World.joined()
            world.must("agent.spo1", .recordEntry("Alder", World.entry()))
            let allow = [World.rule("allow participation CIV_IMM"), World.rule("allow data CIV_IMM")]
            for (agency, liaison) in agencies { world.adopt(id(agency), liaison, World.bundle(allow)) }
            if agreement {
                world.state.agreements[mou("MOU-31-01")]?.purposes.append(.civilImmigration)
            }
            return world.act(as: "agent.mpd1", .getEntry("Alder", "E-1"), purpose: "CIV_IMM").rule
        }
        let mpd = ("MPD-VT", "liaison.mpd")
        let fib = ("FIB-MB", "liaison.fib")
        let spo = ("SPO-OC", "liaison.spo")
        #expect(read([], agreement: true) == "P03")
        #expect(read([mpd], agreement: true) == "P03")
        #expect(read([mpd, fib], agreement: false) == "P03")
        #expect(read([mpd, fib, spo], agreement: true) == nil)
    }

    // MARK: Without a policy

    @Test func `a policy of one agency changes nothing for the others`() {
        var world = Self.world(World.rule("deny data"), World.rule("deny participation"))
        world.must("agent.spo1", .recordEntry("Alder", World.entry()))
        #expect(world.act(as: "agent.fib1", .getEntry("Alder", "E-2")).isDone)
        #expect(world.act(as: "lead.fib", .inviteAgency("Alder", id("SPS"), .information, nil)).isDone)
    }

    // MARK: Explanations

    @Test func `a question to a policy is answered by its rules, and nothing is done`() throws {
        let world = Self.world(
            World.rule("deny participation CIV_IMM"),
            World.rule("require custody-answer CUSTODY_COORD", needs: ["judicial-warrant"])
        )
        func ask(_ question: JSONObject, as name: String = "agent.mpd1") throws -> (Bool, [String]) {
            let hypothesis = try #require(try JurisdictionHypothesis(question))
            let asker = Actor(by: world.speaker(name))
            let (answer, steps) = try #require(world.state.explain(hypothesis, by: asker, now: world.now))
            return (answer.isAllowed(), steps.map(\.because))
        }
        let denied = try ask(["object": "participation", "purpose": "CIV_IMM", "counterpart": "FRO-MB"])
        #expect(!denied.0)
        #expect(denied.1.first?.hasPrefix("MPD-VT city-limits/1 deny-participation-CIV-IMM: deny.") == true)
        let warrant = try ask(["object": "custody-answer", "purpose": "CUSTODY_COORD", "instrument": "detainer"])
        #expect(warrant.1.first?.contains("require judicial-warrant") == true)
        #expect(try ask(["object": "data", "purpose": "CRIM_INVEST"]).0)
        let silent = try ask(["object": "data", "purpose": "CIV_IMM", "agency": "SPO-OC"], as: "agent.tcp1")
        #expect(!silent.0)
        #expect(silent.1.first?.contains("until one does") == true)
    }

    @Test func `an explanation of an act names the policy's rule`() {
        var world = Self.world(World.rule("deny data CRIM_INVEST"))
        let (steps, refusal) = world.state.explain(world.command(as: "agent.spo1", .getEntry("Alder", "E-1")))
        #expect(refusal?.recordedRule == "P03J")
        #expect(steps.last?.rule == "P03J")
        #expect(steps.last?.because.contains("city-limits/1 deny-data-CRIM-INVEST") == true)
    }
}
