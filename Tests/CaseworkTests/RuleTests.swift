import Policy
import StrictJSON
import TestSupport
import Testing

@testable import Casework

/// Each rule that a decision applies, and one act that it refuses.
@Suite("Every rule fires")
struct RuleTests {
    private static func rule(_ body: (inout World) -> World.Outcome) -> String? {
        var world = World.joined()
        world.must("agent.spo1", .recordEntry("Alder", World.entry(.h2)))
        return body(&world).rule
    }

    /// In a case with a victim's reference and a referral that was asked for.
    private static func cared(_ body: (inout World) -> World.Outcome) -> World.Outcome {
        var world = World.cared()
        world.mint()
        world.referral("Request", as: "agent.fib1", ["needs": ["shelter"]])
        return body(&world)
    }

    /// Under which rule the lead may not ask that a plan be authorised, unless something else was refused before.
    private static func plan(_ body: (inout World) -> World.Outcome?) -> String? {
        var world = World.planned()
        if let refused = body(&world) { return refused.rule }
        return world.step("lead.fib", "AskAuthorisation", [:]).rule
    }

    private static func ask(after body: (inout World) -> Void) -> String? {
        plan { world in
            body(&world)
            return nil
        }
    }

    private static func asked(_ body: (inout World) -> Void) -> Bool {
        var world = World.planned()
        world.approveAll()
        world.deconflict()
        body(&world)
        return world.step("lead.fib", "AskAuthorisation", [:]).isDone
    }

    private static let signatures =
        Act.requireSignature(SigningRule(agency: nil, role: nil, act: nil), isRequired: true, reason: "r")

    private static func propose(_ rule: String) -> Act { .jurisdiction(.propose(World.bundle([World.rule(rule)]))) }

    private static func wire(_ method: String, _ parameters: JSONObject) -> String? {
        do throws(Refusal) {
            _ = try Act(method: method, parameters: parameters)
            return nil
        } catch {
            return error.recordedRule
        }
    }

    private static let cases: [(rule: String, fired: @Sendable () -> String?)] = [
        ("P01", { rule { $0.act(as: "agent.tcp1", .getCase("Alder")) } }),
        ("P02", { rule { $0.act(as: "lead.fib", .inviteAgency("Alder", id("SPS"), .information, mou("MOU-30-09"))) } }),
        ("P03", { rule { $0.act(as: "agent.mpd1", .recordEntry("Alder", World.entry()), purpose: "CIV_IMM") } }),
        (
            "P03J",
            {
                rule { world in
                    world.adopt(id("SPO-OC"), "liaison.spo", World.bundle([World.rule("deny data CRIM_INVEST")]))
                    return world.act(as: "agent.mpd1", .getEntry("Alder", "E-1"))
                }
            }
        ),
        ("P04", { rule { $0.act(as: "agent.mpd1", .getEntry("Alder", "E-7")) } }),
        ("P04C", { cared { $0.act(as: "lead.fib", .getWork("Alder", "V-0001")) }.rule }),
        ("P05", { rule { $0.act(as: "agent.mpd1", .inviteAgency("Alder", id("SPS"), .information, nil)) } }),
        ("P06", { rule { $0.act(as: "agent.mpd1", .releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "r")) } }),
        ("P07", { rule { $0.act(as: "agent.mpd1", .withdrawEntry("Alder", "E-1", reason: "r")) } }),
        (
            "P08",
            {
                rule {
                    $0.act(as: "admin.ops", .grantRole(member("admin.ops"), .lead, scope: "agency", expiresAt: $0.now))
                }
            }
        ),
        ("P08A", { rule { $0.act(as: "admin.ops", World.key(of: "agent.mpd1")) } }),
        ("P09", { rule { $0.act(as: "admin.ops", .inbox) } }),
        ("P17", { CustodyTests.answered(told: "not-complying", "complying", "judicial-warrant").rule }),
        ("P17I", { CustodyTests.answered(told: "complying", "complying", "none").rule }),
        ("P27", { rule { DiscoveryTests.unset(&$0) } }),
        ("P06D", { rule { DiscoveryTests.produceH1(&$0) } }),
        ("P28", { rule { $0.act(as: "lead.fib", .getDocket(DocketTests.inspection(&$0))) } }),
        ("P26", { rule { $0.act(as: "lead.fib", EmergencyTests.invoke("O-1")) } }),
        (
            "P26R",
            {
                rule { world in
                    world.must("lead.fib", EmergencyTests.invoke())
                    world.must("lead.fib", EmergencyTests.invoke())
                    return world.act(as: "lead.fib", EmergencyTests.invoke())
                }
            }
        ),
        ("P10", { rule { SubjectTests.register(&$0, [:]) } }),
        ("P10A", { rule { SubjectTests.register(&$0, ["entry": "E-1", "lawfullyObtained": false]) } }),
        ("P13", { cared { $0.matter("ReportIncident", as: "agent.mpd1", ["text": "Ms Lopez was named."]) }.rule }),
        ("P14", { cared { $0.flagAndAsk("SPO-OC") }.rule }),
        (
            "P33",
            { cared { $0.referral("Consent", as: "advocate.sps", ["victim": "V-0001", "consent": "VC-1"]) }.rule }
        ),
        (
            "P34",
            {
                rule { world in
                    world.must("lead.fib", AmendmentTests.propose)
                    world.must("liaison.fib", AmendmentTests.approve)
                    return world.act(as: "lead.fib", .getEntry("Alder", "E-1"))
                }
            }
        ),
        ("P13S", { rule { SubjectTests.register(&$0, ["basis": "someone@example.org"]) } }),
        ("P15", { ask { $0.approveAll() } }),
        ("P15A", { ask { $0.deconflict() } }),
        (
            "P15L",
            {
                plan { world in
                    let ending: JSONValue = [
                        ["kind": "judicial-warrant", "court": "Superior Court", "expiresAt": world.wire(hours: 30)]
                    ]
                    world.step("lead.fib", "Amend", ["authorities": ending, "reason": "As issued."])
                    return world.step("counsel.dao", "Review", ["revision": 2, "verdict": "cleared"])
                }
            }
        ),
        (
            "P16",
            {
                ask { world in
                    world.approveAll()
                    world.now = world.now.adding(hours: 26)
                }
            }
        ),
        ("P10", { rule { $0.act(as: "agent.fib1", World.target(basis: nil)) } }),
        (
            "P11",
            {
                var (world, name) = World.oldTarget()
                return world.act(as: "agent.tcp1", World.validate(name)).rule
            }
        ),
        ("P12", { rule { $0.act(as: "agent.fib1", World.target(role: .witness)) } }),
        ("P16", { rule { $0.act(as: "agent.fib1", World.plan(from: 1.5, until: 3)) } }),
        (
            "P18",
            {
                rule { world in
                    WorkTests.assign(&world, blocking: true)
                    return world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "done"))
                }
            }
        ),
        (
            "P19",
            {
                rule { world in
                    RemovalTests.order(&world)
                    world.must("counsel.dao", .removal("Alder", .placeHold([], reason: "trial")))
                    return world.act(as: "liaison.spo", RemovalTests.propose())
                }
            }
        ),
        ("P20", { rule { $0.act(as: "liaison.spo", RemovalTests.propose()) } }),
        (
            "P20C",
            {
                rule { world in
                    RemovalTests.order(&world, .protective)
                    return world.act(as: "liaison.spo", .releaseEntry("Alder", "E-1", id("HCS-MAR"), reason: "r"))
                }
            }
        ),
        ("P22", { rule { $0.act(as: "agent.mpd1", .recordEntry("Alder", World.entry(kind: "biometrics"))) } }),
        ("P22C", { wire("io.accord.Entry.Record", ["kind": "report", "text": "(TS//SI) x"]) }),
        ("P31", { rule { $0.act(as: "liaison.mpd", propose("deny citizenship CIV_IMM")) } }),
        ("P32", { rule { $0.act(as: "liaison.mpd", propose("deny decon-notice OFFICER_SAFETY")) } }),
        (
            "P21",
            {
                rule { world in
                    for number in 0..<20 { world.must("agent.fib1", World.target("+1202555\(1_000 + number)")) }
                    return world.act(as: "agent.fib1", World.target())
                }
            }
        ),
        (
            "P21B",
            {
                rule { world in
                    guard case .deconfliction(.submitTarget(var list)) = World.target() else { fatalError("no target") }
                    list.values.append("+12025550101")
                    return world.act(as: "agent.fib1", .deconfliction(.submitTarget(list)))
                }
            }
        ),
        (
            "P21E",
            {
                rule { world in
                    for _ in 0..<20 { world.must("agent.fib1", World.plan()) }
                    return world.act(as: "agent.fib1", World.plan())
                }
            }
        ),
        ("P23", { rule { $0.act(as: "agent.mpd1", .recordEntry("Alder", World.entry()), seen: 0) } }),
        (
            "P30",
            { rule { $0.act(as: "admin.ops", .grantRole(member("lead.fib"), .lead, scope: "agency", expiresAt: nil)) } }
        ),
        ("V01", { wire("io.accord.Registry.TerminateAgreement", ["id": "x", "reason": "r"]) }),
        ("V02", { rule { $0.act(as: "no.body", .listCases) } }),
        ("V03", { rule { world in world.act(as: "admin.ops", .registerAgency(world.agency("SPS"))) } }),
        (
            "V05",
            {
                rule { world in
                    var agency = world.agency("MPD-VT")
                    agency.keyRequired = true
                    world.must("admin.ops", .updateAgency(agency))
                    return world.act(as: "agent.mpd1", .listCases)
                }
            }
        ),
        ("V07", { wire("io.accord.Entry.Record", ["kind": "report", "text": "a\u{202E}b"]) }),
        ("V08", { rule { $0.act(as: "admin.ops", Self.signatures) } }),
        ("L01", { rule { $0.act(as: "lead.fib", .moveCase("Alder", .resume, reason: nil)) } }),
        (
            "L02",
            {
                rule { world in
                    world.must("lead.fib", .moveCase("Alder", .close, reason: "r"))
                    return world.act(as: "agent.mpd1", .recordEntry("Alder", World.entry()))
                }
            }
        ),
    ]

    @Test(arguments: cases.map(\.rule)) func `the rule refuses what it is for`(rule: String) throws {
        let fired = try #require(Self.cases.first { $0.rule == rule }?.fired)
        #expect(fired() == rule)
    }

    /// Beside what each rule refuses, the nearest thing that it lets pass.
    private static let neighbours: [(rule: String, isDone: @Sendable () -> Bool)] = [
        ("P01", { done { $0.act(as: "agent.mpd1", .getCase("Alder")) } }),
        ("P02", { done { $0.act(as: "lead.fib", .inviteAgency("Alder", id("SPS"), .information, mou("MOU-31-01"))) } }),
        ("P03", { done { $0.act(as: "agent.mpd1", .recordEntry("Alder", World.entry()), purpose: "OFFICER_SAFETY") } }),
        ("P04", { done { $0.act(as: "agent.mpd1", .getEntry("Alder", "E-1")) } }),
        ("P04C", { cared { $0.act(as: "advocate.sps", .getWork("Alder", "V-0001")) }.isDone }),
        ("P05", { done { $0.act(as: "lead.fib", .inviteAgency("Alder", id("SPS"), .information, nil)) } }),
        ("P06", { done { $0.act(as: "liaison.spo", .releaseEntry("Alder", "E-1", id("SPS"), reason: "r")) } }),
        ("P07", { done { $0.act(as: "liaison.spo", .withdrawEntry("Alder", "E-1", reason: "r")) } }),
        (
            "P08",
            {
                done { world in
                    let ends = world.now.adding(days: 9)
                    return world.act(
                        as: "admin.ops",
                        .grantRole(member("lead.fib"), .analyst, scope: "agency", expiresAt: ends)
                    )
                }
            }
        ),
        (
            "P08A",
            {
                done { world in
                    world.enrol("new.mpd", id("MPD-VT"))
                    return world.act(as: "admin.ops", World.key(of: "new.mpd"))
                }
            }
        ),
        ("P09", { done { $0.act(as: "admin.ops", .listAgencies) } }),
        ("P17", { CustodyTests.answered(told: "complying", "complying", "judicial-warrant").isDone }),
        ("P17I", { CustodyTests.answered(told: "not-complying", "not-complying", "none").isDone }),
        ("P27", { done { DiscoveryTests.flag(&$0) } }),
        ("P06D", { done { DiscoveryTests.produceH1(&$0, isPermitted: true) } }),
        ("P28", { done { $0.act(as: "auditor.rob", .getDocket(DocketTests.inspection(&$0))) } }),
        ("P26", { done { $0.act(as: "lead.fib", EmergencyTests.invoke("E-1")) } }),
        (
            "P26R",
            {
                done { world in
                    world.must("lead.fib", EmergencyTests.invoke())
                    return world.act(as: "lead.fib", EmergencyTests.invoke())
                }
            }
        ),
        ("P10", { done { SubjectTests.register(&$0) } }),
        ("P10A", { done { SubjectTests.register(&$0) } }),
        (
            "P13",
            { cared { $0.matter("ReportIncident", as: "agent.mpd1", ["text": "A list went to a wrong desk."]) }.isDone }
        ),
        ("P14", { cared { $0.flagAndAsk("MPD-VT") }.isDone }),
        (
            "P33",
            {
                cared { world in
                    world.consent(["referral"], to: ["MPD-VT"])
                    let under: JSONObject = ["victim": "V-0001", "consent": "VC-1"]
                    return world.referral("Consent", as: "advocate.sps", under)
                }.isDone
            }
        ),
        (
            "P34",
            {
                done { world in
                    world.must("lead.fib", AmendmentTests.propose)
                    world.must("liaison.fib", AmendmentTests.approve)
                    world.must("liaison.spo", AmendmentTests.consent)
                    return world.act(as: "lead.fib", .getEntry("Alder", "E-1"))
                }
            }
        ),
        ("P13S", { done { SubjectTests.register(&$0, ["basis": "Seen on 2031-03-03 with 14 others."]) } }),
        ("P15", { asked { _ in } }),
        ("P15A", { asked { _ in } }),
        ("P15L", { World.asked().plan.plan.isReviewed }),
        ("P16", { asked { $0.now = $0.now.adding(hours: 26) } }),
        ("P10", { done { $0.act(as: "agent.fib1", World.target()) } }),
        (
            "P11",
            {
                done { world in
                    let name = world.submit("agent.tcp1", World.target()).name
                    return world.act(as: "agent.tcp1", World.validate(name))
                }
            }
        ),
        ("P12", { done { $0.act(as: "agent.fib1", World.target(role: .instrument)) } }),
        ("P16", { done { $0.act(as: "agent.fib1", World.plan(from: 2.5, until: 3)) } }),
        (
            "P18",
            {
                done { world in
                    WorkTests.assign(&world, blocking: false)
                    return world.act(as: "lead.fib", .moveCase("Alder", .close, reason: "done"))
                }
            }
        ),
        (
            "P19",
            {
                done { world in
                    RemovalTests.order(&world)
                    return world.act(as: "liaison.spo", RemovalTests.propose())
                }
            }
        ),
        (
            "P20C",
            {
                done { world in
                    RemovalTests.order(&world, .protective)
                    return world.act(as: "agent.fib1", .getEntry("Alder", "E-1"))
                }
            }
        ),
        (
            "P20",
            {
                done { world in
                    RemovalTests.order(&world)
                    world.must("liaison.spo", RemovalTests.propose())
                    return world.act(as: "counsel.dao", RemovalTests.approve())
                }
            }
        ),
        (
            "P21",
            {
                done { world in
                    for number in 0..<19 { world.must("agent.fib1", World.target("+1202555\(1_000 + number)")) }
                    return world.act(as: "agent.fib1", World.target())
                }
            }
        ),
        ("P21B", { done { $0.act(as: "agent.fib1", World.target()) } }),
        (
            "P21E",
            {
                done { world in
                    for _ in 0..<19 { world.must("agent.fib1", World.plan()) }
                    return world.act(as: "agent.fib1", World.plan())
                }
            }
        ),
        ("P22", { done { $0.act(as: "agent.mpd1", .recordEntry("Alder", World.entry(kind: "evidence-note"))) } }),
        ("P22C", { wire("io.accord.Entry.Record", ["kind": "report", "text": "the secret (TS/SI) x"]) == nil }),
        (
            "P03J",
            {
                done { world in
                    world.adopt(id("SPO-OC"), "liaison.spo", World.bundle([World.rule("deny data CIV_IMM")]))
                    return world.act(as: "agent.mpd1", .getEntry("Alder", "E-1"))
                }
            }
        ),
        ("P31", { done { $0.act(as: "liaison.mpd", propose("deny data CIV_IMM")) } }),
        ("P32", { done { $0.act(as: "liaison.mpd", propose("allow decon-notice OFFICER_SAFETY")) } }),
        (
            "P23",
            {
                done { world in
                    world.act(
                        as: "agent.mpd1",
                        .recordEntry("Alder", World.entry()),
                        seen: world.file("Alder").position
                    )
                }
            }
        ),
        (
            "P30",
            {
                done { world in
                    let ends = world.now.adding(days: 400)
                    return world.act(
                        as: "admin.ops",
                        .grantRole(member("lead.fib"), .lead, scope: "agency", expiresAt: ends)
                    )
                }
            }
        ),
        ("V01", { wire("io.accord.Registry.TerminateAgreement", ["id": "MOU-31-01", "reason": "r"]) == nil }),
        ("V02", { done { $0.act(as: "agent.tcp1", .listCases) } }),
        (
            "V03",
            {
                done { world in
                    var agency = world.agency("SPS")
                    agency.id = id("SPS-2")
                    return world.act(as: "admin.ops", .registerAgency(agency))
                }
            }
        ),
        ("V05", { done { $0.act(as: "agent.mpd1", .listCases) } }),
        ("V07", { wire("io.accord.Entry.Record", ["kind": "report", "text": "a\u{5D0}b"]) == nil }),
        ("V08", { done { $0.signed("admin.ops", Self.signatures) } }),
        ("L01", { done { $0.act(as: "lead.fib", .moveCase("Alder", .suspend, reason: "r")) } }),
        (
            "L02",
            {
                done { world in
                    world.must("lead.fib", .moveCase("Alder", .close, reason: "r"))
                    return world.act(as: "lead.fib", .moveCase("Alder", .proposeReopening, reason: "r"))
                }
            }
        ),
    ]

    private static func done(_ body: (inout World) -> World.Outcome) -> Bool {
        var world = World.joined()
        world.must("agent.spo1", .recordEntry("Alder", World.entry(.h2)))
        return body(&world).isDone
    }

    @Test(arguments: neighbours.map(\.rule)) func `the rule lets pass what it is not for`(rule: String) throws {
        let isDone = try #require(Self.neighbours.first { $0.rule == rule }?.isDone)
        #expect(isDone())
    }

    @Test func `every rule that a decision applies is seen to fire and not to fire`() {
        let here = Set(RuleTable.rules.map(\.id)).subtracting(RulesBesideTheGate.all)
        #expect(Set(Self.cases.map(\.rule)) == here)
        #expect(Set(Self.neighbours.map(\.rule)) == here)
    }

    @Test func `an explanation ends at the rule that refuses, and is what happens`() {
        var world = World.joined()
        world.must("agent.spo1", .recordEntry("Alder", World.entry(.h2)))
        let command = world.command(as: "agent.mpd1", .releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "r"))
        let (steps, refusal) = world.state.explain(command)
        #expect(steps.last?.rule == "P06")
        #expect(steps.filter(\.fired).count == 1)
        #expect(steps.first?.rule == "V05")
        #expect(refusal == world.take(command).refusal)
    }
}
