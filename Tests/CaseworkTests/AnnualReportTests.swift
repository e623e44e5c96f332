import Policy
import StrictJSON
import Testing

@testable import Casework

/// Reports of a year, due on the first of March of the next, or as an agency's own policy has it.
@Suite("Annual reports (domain.md 2.7, 6.11)")
struct AnnualReportTests {
    /// 09:00 of a day.
    private static func day(_ text: String) -> UTCTime {
        UTCTime(text: "\(text)T09:00Z") ?? UTCTime(milliseconds: 0)
    }

    private static func go(_ world: inout World, to text: String) {
        world.now = day(text)
        world.crossDueClocks()
        // Roles end within 400 days: those who report get theirs anew.
        for name in ["liaison.spo", "liaison.mpd", "auditor.rob"] {
            let role: Role = name == "auditor.rob" ? .oversight : .liaison
            guard world.state.members[member(name)]?.roles(in: nil, world.now).contains(role) == false else { continue }
            world.giveAnew(name, role)
        }
    }

    /// What somebody is shown of annual reports: `ITEM STATE COMMAND`.
    private static func shown(_ world: World, _ name: String) -> [String] {
        world.state.due(member(name), in: nil, isOverdueOnly: false, now: world.now)
            .filter { $0["clock"]?.string == "annual-report" }
            .map { "\($0["item"]?.string ?? "") \($0["state"]?.string ?? "") \($0["command"]?.string ?? "")" }
    }

    private static func recorded(_ world: World) -> [String] {
        world.record.filter { $0.event.kind == "report.overdue" }.compactMap(\.event.item)
    }

    private static func make(_ world: inout World, _ name: String, _ report: ReportName, _ year: Int64) -> String {
        let order = ReportOrder(
            name: report,
            from: UTCTime(text: "\(year)-01-01"),
            until: UTCTime(text: "\(year + 1)-01-01")
        )
        return world.must(name, .report(.make(order, ReportRuleTests.made))).item ?? ""
    }

    private static let detainers: JSONValue = [["report": "il-805-25", "due": "02-01"]]

    private static func bundle(_ reports: JSONValue = detainers, version: Int64 = 1) -> JSONObject {
        var bundle = World.bundle([World.rule("allow participation")], version: version)
        bundle["annualReports"] = reports
        return bundle
    }

    @Test func `the designee of an agreement reports by the first of March, and is late after it, once`() {
        var world = World.opened()
        Self.go(&world, to: "2031-12-31")
        #expect(Self.shown(world, "liaison.spo").isEmpty)
        Self.go(&world, to: "2032-01-01")
        let make = "SPO-OC/jtf-annual/2031 due accord report jtf-annual --year 2031"
        #expect(Self.shown(world, "liaison.spo") == [make])
        #expect(Self.shown(world, "auditor.rob") == ["SPO-OC/jtf-annual/2031 due "])
        for name in ["liaison.mpd", "lead.fib", "agent.spo1"] { #expect(Self.shown(world, name).isEmpty, "\(name)") }
        Self.go(&world, to: "2032-03-01")
        #expect(Self.recorded(world).isEmpty)
        Self.go(&world, to: "2032-03-02")
        #expect(Self.recorded(world) == ["SPO-OC/jtf-annual/2031"])
        for name in ["liaison.spo", "auditor.rob"] {
            #expect(Self.shown(world, name).first?.contains("2031 overdue") == true, "\(name)")
        }
        // The agreement ended in 2031: of 2032 nothing is owed.
        Self.go(&world, to: "2033-06-01")
        #expect(Self.recorded(world) == ["SPO-OC/jtf-annual/2031"])
    }

    @Test func `it is certified, not only made, and made when the year is over; then the next year is owed`() {
        var world = World.opened()
        let ends = UTCTime(text: "2034-01-01") ?? world.now
        world.must("admin.ops", .renewAgreement(mou("MOU-31-01"), endsAt: ends))
        Self.go(&world, to: "2031-12-01")
        let early = Self.make(&world, "liaison.spo", .taskForces, 2_031)
        world.must("liaison.spo", .report(.certify(early)))
        Self.go(&world, to: "2032-01-10")
        #expect(Self.shown(world, "liaison.spo").count == 1)
        let report = Self.make(&world, "liaison.spo", .taskForces, 2_031)
        #expect(
            Self.shown(world, "liaison.spo") == ["SPO-OC/jtf-annual/2031 due accord report certify \(report)"]
        )
        world.must("liaison.spo", .report(.certify(report)))
        #expect(Self.shown(world, "liaison.spo").isEmpty && Self.shown(world, "auditor.rob").isEmpty)
        Self.go(&world, to: "2033-02-01")
        #expect(Self.shown(world, "auditor.rob") == ["SPO-OC/jtf-annual/2032 due "])
        // One of another year, or of another agency, ends nothing.
        for (name, year) in [("liaison.spo", 2_031), ("liaison.mpd", 2_032)] as [(String, Int64)] {
            let other = Self.make(&world, name, .detainers, year)
            world.must(name, .report(.certify(other)))
        }
        Self.go(&world, to: "2033-03-02")
        #expect(Self.recorded(world) == ["SPO-OC/jtf-annual/2032"])
        let late = Self.make(&world, "liaison.spo", .taskForces, 2_032)
        world.must("liaison.spo", .report(.certify(late)))
        #expect(Self.shown(world, "auditor.rob").isEmpty)
    }

    @Test func `an agency whose policy says so reports of custody, by the day that it names, with a nil certificate`() {
        var world = World.opened()
        world.adopt(id("MPD-VT"), "liaison.mpd", Self.bundle())
        Self.go(&world, to: "2032-01-02")
        let make = "MPD-VT/il-805-25/2031 due accord report il-805-25 --year 2031"
        #expect(Self.shown(world, "liaison.mpd") == [make])
        let due = world.state.clocks.clock(.annualReport, .system, "MPD-VT/il-805-25/2031")?.dueAt
        #expect(due?.description == "2032-02-01")
        let item = Self.make(&world, "liaison.mpd", .detainers, 2_031)
        world.must("liaison.mpd", .report(.certify(item)))
        #expect(Self.shown(world, "liaison.mpd").isEmpty)
        Self.go(&world, to: "2033-02-02")
        #expect(Self.recorded(world).contains("MPD-VT/il-805-25/2032"))
    }

    @Test func `a policy that is retired, or whose next version says nothing of it, asks for nothing more`() {
        var world = World.opened()
        world.adopt(id("MPD-VT"), "liaison.mpd", Self.bundle())
        #expect(world.state.clocks.clock(.annualReport, .system, "MPD-VT/il-805-25/2031") != nil)
        world.adopt(id("MPD-VT"), "liaison.mpd", World.bundle([World.rule("allow participation")], version: 2))
        #expect(world.state.clocks.clock(.annualReport, .system, "MPD-VT/il-805-25/2031") == nil)
        world.retire(id("MPD-VT"), "liaison.mpd", BundleReference(id: "city-limits", version: 2))
        #expect(world.state.clocks.clock(.annualReport, .system, "MPD-VT/il-805-25/2031") != nil)
        world.retire(id("MPD-VT"), "liaison.mpd", BundleReference(id: "city-limits", version: 1))
        #expect(world.state.clocks.clock(.annualReport, .system, "MPD-VT/il-805-25/2031") == nil)
    }

    @Test(
        arguments: [
            [["report": "il-805-25", "due": "02-29"]], [["report": "il-805-25"]],
            [["report": "timeline", "due": "03-01"]],
            [["report": "il-805-25", "due": "03-01"], ["report": "il-805-25", "due": "04-01"]], [], ["il-805-25"],
            [["report": "il-805-25", "due": "03-01", "to": "everybody"]],
        ] as [JSONValue]
    )
    func `what a policy cannot say of reports is refused`(_ reports: JSONValue) {
        var world = World.opened()
        #expect(world.act(as: "liaison.mpd", .jurisdiction(.propose(Self.bundle(reports)))).code == "E-INVALID")
    }

    @Test func `what an agency owes is in the form of its policy, and back`() throws {
        let bundle = try JurisdictionForm.bundle(Self.bundle(), of: id("MPD-VT"))
        #expect(bundle.json["annualReports"] == Self.detainers)
        #expect(try JurisdictionForm.bundle(bundle.json, of: id("MPD-VT")) == bundle)
    }
}
