import Policy
import StrictJSON
import TestSupport
import Testing

@testable import Casework

/// Who may make which report, who answers for it, and what an agency's policy has to say (domain.md 2.13, 6.3, 6.8).
@Suite("Reports: who may make which")
struct ReportRuleTests {
    static let made = ReportMade(
        size: 40,
        root: String(repeating: "0", count: 64),
        digest: String(repeating: "1", count: 64),
        rows: 2
    )

    static func order(_ name: ReportName, agency: String? = nil) -> Act {
        let caseName = name == .timeline ? "Alder" : nil
        return .report(.make(ReportOrder(name: name, caseName: caseName, agency: agency.map(id)), made))
    }

    private static func code(_ world: inout World, _ name: String, _ act: Act) -> String? {
        world.act(as: name, act).code
    }

    @Test(arguments: ReportName.allCases)
    func `who makes a report is the designee, oversight, the agency's liaison, or the lead of the case`(
        _ name: ReportName
    ) {
        let allowed: [ReportName: Set<String>] = [
            .taskForces: ["liaison.spo", "liaison.mpd", "auditor.rob"],
            .detainers: ["liaison.spo", "liaison.mpd", "auditor.rob"],
            .dissemination: ["liaison.spo", "liaison.mpd", "auditor.rob"],
            .digest: ["auditor.rob"], .transparency: ["liaison.spo", "auditor.rob"],
            .timeline: ["lead.fib", "auditor.rob"],
        ]
        var world = World.joined()
        for who in ["lead.fib", "agent.mpd1", "liaison.spo", "liaison.mpd", "auditor.rob", "admin.ops", "advocate.sps"]
        {
            let isDone = world.act(as: who, Self.order(name)).isDone
            #expect(isDone == allowed[name]?.contains(who), "\(who)")
        }
    }

    @Test func `a liaison reports of his own agency alone, and oversight of whichever it wants`() {
        var world = World.joined()
        #expect(Self.code(&world, "liaison.spo", Self.order(.detainers, agency: "MPD-VT")) == "E-ROLE")
        #expect(Self.code(&world, "liaison.spo", Self.order(.detainers, agency: "SPO-OC")) == nil)
        #expect(Self.code(&world, "auditor.rob", Self.order(.detainers, agency: "MPD-VT")) == nil)
        let own = world.act(as: "liaison.mpd", Self.order(.dissemination)).reading?.report
        #expect(own?.agency == id("MPD-VT"))
        #expect(world.act(as: "auditor.rob", Self.order(.dissemination)).reading?.report?.agency == nil)
    }

    @Test func `the designee reports of all cases of its agreements, another agency of those it takes part in`() {
        var world = World.joined()
        let designee = world.act(as: "liaison.spo", Self.order(.taskForces)).reading?.report
        #expect(designee?.agreements == [mou("MOU-31-01")])
        let other = world.act(as: "liaison.mpd", Self.order(.taskForces)).reading?.report
        #expect(other?.agreements == [] && other?.agency == id("MPD-VT"))
        #expect(world.act(as: "auditor.rob", Self.order(.taskForces)).reading?.report?.agreements == nil)
    }

    @Test func `nobody makes a report for civil immigration enforcement`() {
        var world = World.joined()
        for name in ["liaison.spo", "auditor.rob"] {
            #expect(world.act(as: name, Self.order(.taskForces), purpose: "CIV_IMM").code == "E-PURPOSE")
        }
    }

    @Test func `an administrator who asks for a report is an alert`() {
        var world = World.joined()
        #expect(world.act(as: "admin.ops", Self.order(.transparency)).refusal?.isAlert == true)
        #expect(world.act(as: "admin.ops", .report(.list)).rule == "P09")
    }

    @Test func `what was made is on the record with its digest, and is known to its agency and to oversight`() throws {
        var world = World.joined()
        let event = try #require(world.act(as: "liaison.spo", Self.order(.taskForces)).event)
        #expect(event.kind == "report.generated" && event.item == "A-1")
        let details = event.parts().first?.value.object
        #expect(details?["digest"]?.string == Self.made.digest && details?["size"]?.integer == 40)
        func count(_ name: String) -> Int { world.state.visibleReports(member(name), now: world.now).count }
        #expect(count("liaison.spo") == 1 && count("auditor.rob") == 1)
        #expect(count("liaison.mpd") == 0 && count("agent.spo1") == 0)
    }

    @Test func `the liaison who made it answers for it, and it is public after that and not before`() {
        var world = World.joined()
        world.must("liaison.spo", Self.order(.taskForces))
        #expect(Self.code(&world, "liaison.mpd", .report(.certify("A-1"))) == "E-INVALID")
        #expect(Self.code(&world, "auditor.rob", .report(.certify("A-1"))) == "E-ROLE")
        #expect(Self.code(&world, "liaison.spo", .report(.publish("A-1"))) == "E-STATE")
        #expect(Self.code(&world, "liaison.spo", .report(.certify("A-2"))) == "E-INVALID")
        world.must("liaison.spo", .report(.certify("A-1")))
        #expect(Self.code(&world, "liaison.spo", .report(.certify("A-1"))) == "E-STATE")
        world.must("liaison.spo", .report(.publish("A-1")))
        #expect(Self.code(&world, "liaison.spo", .report(.publish("A-1"))) == "E-STATE")
        #expect(world.state.visibleReports(member("agent.tcp1"), now: world.now).count == 1)
    }

    @Test func `a register or a timeline stays inside, whoever would answer for it`() {
        var world = World.joined()
        world.must("liaison.spo", Self.order(.dissemination))
        #expect(Self.code(&world, "liaison.spo", .report(.certify("A-1"))) == "E-ROLE")
    }

    @Test func `a report without rows is certified as nil`() throws {
        var world = World.joined()
        var nothing = Self.made
        nothing.rows = 0
        world.must("liaison.spo", .report(.make(ReportOrder(name: .detainers), nothing)))
        let event = try #require(world.act(as: "liaison.spo", .report(.certify("A-1"))).event)
        #expect(event.parts().first?.value.object?["nil"] == true)
    }

    @Test func `what an agency's policy says of reports binds what others report, and what it reports itself`() throws {
        var world = World.joined()
        let bundle = World.bundle([World.rule("deny report PUBLIC_RECORDS")])
        world.adopt(id("MPD-VT"), "liaison.mpd", bundle)
        let grant = try #require(world.act(as: "liaison.spo", Self.order(.taskForces)).reading?.report)
        #expect(grant.withheld.keys.map(\.text) == ["MPD-VT"])
        #expect(grant.withheld.values.allSatisfy { $0.contains("City Code 7-2") })
        #expect(world.act(as: "auditor.rob", Self.order(.transparency)).reading?.report?.withheld.count == 1)
        #expect(world.act(as: "liaison.mpd", Self.order(.taskForces)).rule == "P03J")
        // Another purpose, and what oversight looks through for itself.
        #expect(world.act(as: "liaison.spo", Self.order(.dissemination)).reading?.report?.withheld == [:])
        #expect(world.act(as: "auditor.rob", Self.order(.digest)).reading?.report?.withheld == [:])
    }

    @Test func `what takes the control official's word has it where the liaison himself reports, and not from another`()
        throws
    {
        var world = World.joined()
        let rule = World.rule("require report PUBLIC_RECORDS", needs: ["control-official-approval"])
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([rule]))
        #expect(world.act(as: "liaison.mpd", Self.order(.taskForces)).isDone)
        #expect(world.act(as: "liaison.spo", Self.order(.taskForces)).reading?.report?.withheld.count == 1)
    }

    @Test func `a case that is sealed is in nobody's report but oversight's`() throws {
        var world = RemovalTests.alder()
        world.must("counsel.dao", .removal("Alder", .recordOrder([], RemovalTests.terms(.seal))))
        world.must("lead.fib", .removal("Alder", .seal([], order: "C-1")))
        let alder = world.file("Alder").id
        let liaison = try #require(world.act(as: "liaison.spo", Self.order(.dissemination)).reading?.report)
        #expect(liaison.sealedCases == [alder])
        let oversight = try #require(world.act(as: "auditor.rob", Self.order(.dissemination)).reading?.report)
        #expect(oversight.sealedCases.isEmpty)
    }

    @Test func `a snapshot keeps what was made, certified and published`() throws {
        var world = World.joined()
        world.must("liaison.spo", Self.order(.taskForces))
        world.must("liaison.spo", .report(.certify("A-1")))
        world.must("liaison.spo", .report(.publish("A-1")))
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.reports == world.state.reports && again.encode() == world.state.encode())
    }
}
