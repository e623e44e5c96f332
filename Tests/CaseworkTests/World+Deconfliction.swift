import Deconfliction
import Policy
import StrictJSON

@testable import Casework

/// Planned events and targets, as the tests of deconfliction submit them.
extension World {
    static let minute: Int64 = 60_000
    static let hour: Int64 = 3_600_000

    /// So many hours after the world begins; most plans are made for the next day.
    static func at(hours: Double) -> UTCTime { UTCTime(milliseconds: start.milliseconds + Int64(hours * Double(hour))) }

    static func plan(
        _ points: [String] = ["0.1000,0.1000"],
        from start: Double = 24,
        until end: Double = 28,
        case caseName: String? = nil,
        radius: Int64 = 800,
        buffer: Int64 = 60,
        tolerance: Int64 = 0,
        contact: String = "",
        operation: String? = nil,
        namesAgency: Bool = true,
        exigency: String? = nil
    ) -> Act {
        .deconfliction(
            .submitEvent(
                EventProposal(
                    caseName: caseName,
                    terms: EventTerms(
                        work: .searchWarrant,
                        contact: contact,
                        operation: operation,
                        externalRef: nil,
                        namesAgency: namesAgency
                    ),
                    place: PlaceAndTime(
                        points: points,
                        radius: radius,
                        start: at(hours: start),
                        end: at(hours: end),
                        buffer: buffer,
                        tolerance: tolerance
                    ),
                    exigency: exigency
                )
            )
        )
    }

    static func amend(_ name: String, _ change: PlaceAndTime, exigency: String? = nil) -> Act {
        .deconfliction(.amendEvent(name, change, exigency: exigency, reason: "r"))
    }

    static func cancel(_ name: String) -> Act { .deconfliction(.cancelEvent(name, reason: "r")) }

    static func target(
        _ value: String = "+1 202 555 0100",
        _ kind: Deconfliction.Identifier.Kind = .phone,
        qualifier: String? = nil,
        case caseName: String? = nil,
        level: ReleaseLevel = .agencyOnly,
        activity: CriminalActivity? = .trafficking,
        basis: String? = "Named by two workers.",
        subject: String? = "file 7",
        role: SubjectRole = .suspect,
        until: UTCTime? = nil
    ) -> Act {
        .deconfliction(
            .submitTarget(
                TargetProposal(
                    caseName: caseName,
                    kind: kind,
                    values: [value],
                    qualifier: qualifier,
                    level: level,
                    activity: activity,
                    basis: basis,
                    subject: subject,
                    role: role,
                    contact: nil,
                    validUntil: until
                )
            )
        )
    }

    /// Submits, and hands over the name of what was submitted and what the answer says was found.
    mutating func submit(_ name: String, _ act: Act) -> (name: String, found: [JSONObject]) {
        let event = must(name, act)
        let found = state.deconfliction.found(by: event)?.array?.compactMap(\.object) ?? []
        return (event.item ?? "", found)
    }

    /// A minute passes, in which whoever is silent about what was submitted is told of it.
    mutating func screen() {
        now = UTCTime(milliseconds: now.milliseconds + CaseworkState.untilScreened)
        crossDueClocks()
    }

    /// What a member is shown of a submission or a conflict; nil if nothing.
    func shown(_ item: String, to name: String) -> JSONObject? {
        let shown = state.deconfliction(named: item, for: member(name), now: now)
        return shown?["conflict"]?.object ?? shown?["submission"]?.object
    }

    /// Goes on at a later day, on which the member still has a role and the agreement about deconfliction is live.
    mutating func goOn(_ days: Int64, for name: String, _ role: Role = .contributor) {
        now = now.adding(days: days)
        let ends = now.adding(days: 300)
        func system(_ kind: String, _ body: EventBody) -> Event {
            Event(kind: kind, caseID: .system, agency: nil, member: nil, role: nil, purpose: nil, body: body)
        }
        append(system("agreement.renewed", .agreementRenewed(mou("MOU-31-02"), endsAt: ends)))
        let grant = Grant(number: 900_000 + days, role: role, scope: .agency, expiresAt: ends)
        append(system("user.role_granted", .roleGranted(member(name), grant)))
    }

    /// A target of five years ago, which was validated each year.
    static func oldTarget() -> (world: World, name: String) {
        var world = World.joined()
        let name = world.submit("agent.tcp1", target()).name
        for _ in 0..<6 {
            world.goOn(290, for: "agent.tcp1")
            world.must("agent.tcp1", validate(name))
        }
        world.goOn(5 * 365 - 6 * 290, for: "agent.tcp1")
        return (world, name)
    }

    static func validate(_ name: String, until: UTCTime? = nil) -> Act {
        .deconfliction(.validateTarget(name, until: until, basis: "seen again"))
    }

    func inbox(_ name: String) -> [InboxTask] { state.inbox(member(name), now: now) }

    /// The kinds of the lines of an agency's own stream, without refusals.
    func stream(_ agency: String) -> [String] {
        record.map(\.event).filter { $0.caseID == .deconfliction(of: id(agency)) && $0.kind != "access.denied" }
            .map(\.kind)
    }
}

extension JSONObject {
    func word(_ key: String) -> String { self[key]?.string ?? "" }

    func words(_ key: String) -> [String] { (self[key]?.array ?? []).compactMap(\.string) }
}
