import Policy
import StrictJSON
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
        ("P04", { rule { $0.act(as: "agent.mpd1", .getEntry("Alder", "E-7")) } }),
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
        ("P09", { rule { $0.act(as: "admin.ops", .inbox) } }),
        ("P22", { rule { $0.act(as: "agent.mpd1", .recordEntry("Alder", World.entry(kind: "biometrics"))) } }),
        ("P22C", { wire("io.accord.Entry.Record", ["kind": "report", "text": "(TS//SI) x"]) }),
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
