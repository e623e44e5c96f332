package import Casework
package import Policy
import StrictJSON

/// A line of the record, as reports take it.
package struct ReportedLine: Sendable {
    package var event: Event
    package var at: UTCTime
    package var isRefused: Bool
    /// The rule that refused, or that an emergency overrode.
    package var rule: String?

    package init(event: Event, at: UTCTime, isRefused: Bool, rule: String?) {
        self.event = event
        self.at = at
        self.isRefused = isRefused
        self.rule = rule
    }

    /// What the line did: the part of it that no purge destroys.
    var details: JSONObject { event.parts().first?.value.object ?? [:] }
}

/// Makes a report of the lines that it is given, one by one and all of them from the first.
package struct ReportMaking: Sendable {
    private let order: ReportOrder
    private let grant: ReportGrant
    private var world = ReportedWorld()
    private var account: any Account

    /// - Parameters:
    ///   - order: what is wanted.
    ///   - rights: what may be said to who ordered it.
    package init(_ order: ReportOrder, _ rights: ReportingRights) {
        self.order = order
        grant = rights.grant
        account = Self.account(order, rights)
    }

    private static func account(_ order: ReportOrder, _ rights: ReportingRights) -> any Account {
        let grant = rights.grant
        return switch order.name {
        case .taskForces: TaskForces(order, grant)
        case .detainers: Detainers(grant)
        case .dissemination: Disclosures(grant)
        case .digest: Counts(CountRow.digest, grant)
        case .transparency: Counts(CountRow.transparency, grant)
        case .timeline: Timeline(rights)
        }
    }

    package mutating func take(_ line: ReportedLine) {
        world.follow(line)
        let isWithin = order.from.map { $0 <= line.at } ?? true && order.until.map { line.at < $0 } ?? true
        account.take(line, isWithin: isWithin, in: world)
    }

    /// The report of what was taken.
    package func report(at head: ReportHead) -> Report {
        var report = Report(
            name: order.name,
            title: order.name.title,
            basis: order.name.basis,
            scope: scope,
            head: head,
            sections: account.sections(in: world),
            notes: order.name.notes + account.notes(in: world),
            rows: account.rows(in: world)
        )
        for (agency, citation) in grant.withheld.sorted(by: { $0.key < $1.key }) {
            report.notes.append("\(agency) keeps what it contributed out of this report: \(citation).")
        }
        return report
    }

    private var scope: String {
        var words: [String] = []
        switch order.name {
        case .timeline: words.append(world.cases[account.subject ?? .system].map { "Case \($0.number)" } ?? "One case")
        case .taskForces where grant.agreements != nil:
            words.append("Cases of \(grant.agency?.text ?? "-"), and of the agreements that designate it")
        default: words.append(grant.agency?.text ?? "All agencies")
        }
        switch (order.from, order.until) {
        case (nil, nil): words.append("from the first line on")
        case (let from?, nil): words.append("from \(from)")
        case (nil, let until?): words.append("until \(until)")
        case (let from?, let until?): words.append("from \(from) until \(until), that day excluded")
        }
        return words.joined(separator: ", ")
    }
}

/// What may be said to who ordered a report.
package struct ReportingRights: Sendable {
    package var grant: ReportGrant
    /// The case, and which of its lines, of a timeline.
    package var caseID: CaseID?
    package var lines: PartsScope?

    package init(grant: ReportGrant, caseID: CaseID? = nil, lines: PartsScope? = nil) {
        self.grant = grant
        self.caseID = caseID
        self.lines = lines
    }
}

/// One kind of report, as it comes about line by line.
protocol Account: Sendable {
    /// Takes the next line; lines outside the period are taken, too, for what is within may rest on them.
    mutating func take(_ line: ReportedLine, isWithin: Bool, in world: ReportedWorld)
    func sections(in world: ReportedWorld) -> [Report.Section]
    /// How many rows there are of what it reports.
    func rows(in world: ReportedWorld) -> Int64
    func notes(in world: ReportedWorld) -> [String]
    /// The case that it is of; nil where it is of several.
    var subject: CaseID? { get }
}

extension Account {
    func notes(in world: ReportedWorld) -> [String] { [] }
    var subject: CaseID? { nil }
}

/// What the lines so far say of agencies and cases: all that reports need to know of them.
struct ReportedWorld: Sendable {
    struct ReportedCase: Sendable {
        var number: String
        var purpose: PrimaryPurpose
        var lead: AgencyID
        var agreement: AgreementID
        var agencies: Set<AgencyID>
        /// When it was open: nothing as long as no second person approved it.
        var spans: [(from: UTCTime, until: UTCTime?)] = []

        /// Whether it was open at some time of a period.
        func isOpen(from: UTCTime?, until: UTCTime?) -> Bool {
            spans.contains { span in
                (until.map { span.from < $0 } ?? true)
                    && (from.map { from in span.until.map { from <= $0 } ?? true } ?? true)
            }
        }

        mutating func close(at time: UTCTime) {
            if !spans.isEmpty { spans[spans.count - 1].until = time }
        }
    }

    private(set) var cases: [CaseID: ReportedCase] = [:]
    private(set) var agencies: [AgencyID: Agency] = [:]
    /// The agency that stands now where another stood.
    private var successors: [AgencyID: AgencyID] = [:]

    mutating func follow(_ line: ReportedLine) {
        let id = line.event.caseID
        switch line.event.body {
        case .agency(let agency): agencies[agency.id] = agency
        case .succession(.succeeded(let agency, let successor)):
            for (old, new) in successors where new == agency { successors[old] = successor }
            successors[agency] = successor
        case .caseDrafted(let draft):
            cases[id] = ReportedCase(
                number: draft.number,
                purpose: draft.primaryPurpose,
                lead: draft.leadAgency,
                agreement: draft.agreement,
                agencies: [draft.leadAgency]
            )
        case .caseMoved where ["case.opened", "case.reopened"].contains(line.event.kind):
            cases[id]?.spans.append((line.at, nil))
        case .caseMoved where line.event.kind == "case.closed": cases[id]?.close(at: line.at)
        case .leadTransfer(_, let agency, _) where line.event.kind == "case.lead_transferred":
            cases[id]?.lead = agency
            cases[id]?.agencies.insert(agency)
        case .agencyAnswered(let agency, _) where line.event.kind == "case.agency_joined":
            cases[id]?.agencies.insert(agency)
        default: return
        }
    }

    /// The agency that stands where one stood, as far as the lines tell.
    func present(_ agency: AgencyID) -> AgencyID { successors[agency] ?? agency }

    /// An agency as people know it by now: its successor, and who that was.
    func name(_ agency: AgencyID?) -> String {
        guard let agency else { return "" }
        return successors[agency].map { "\($0.text) (formerly \(agency.text))" } ?? agency.text
    }

    /// A word; where it is an agency's that another followed, as ``name(_:)`` has it.
    func renamed(_ word: String) -> String {
        AgencyID(word).flatMap { successors[$0] == nil ? nil : name($0) } ?? word
    }

    /// Whether an agency enforces immigration law by civil means.
    func isCivil(_ agency: AgencyID?) -> Bool {
        agency.flatMap { agencies[$0]?.missions.contains(.civilImmigration) } ?? false
    }
}

extension ReportName {
    package var title: String {
        switch self {
        case .taskForces: "Joint task forces: annual report"
        case .detainers: "Requests for custody and how they were answered"
        case .dissemination: "Dissemination register"
        case .digest: "Digest for oversight"
        case .timeline: "Timeline of a case"
        case .transparency: "What was done together: counts for the public"
        }
    }

    /// What it is made after.
    ///
    /// Counsel of the reporting agency confirms that it is what the law in force there asks for.
    var basis: String {
        switch self {
        case .taskForces: "In the manner of Cal. Gov. Code 7284.6(c)"
        case .detainers: "In the manner of 5 ILCS 805/25"
        case .dissemination: "28 CFR 23.20(g)"
        case .digest: "CJIS Security Policy AU-6"
        case .timeline: "Lines of the record"
        case .transparency: "Counts only; no case, member or person is told apart"
        }
    }

    var notes: [String] {
        switch self {
        case .taskForces, .detainers:
            [
                "Counsel confirms that this is what the law in force asks for; Accord counts what was recorded, and nothing else."
            ]
        case .transparency:
            [
                "A dash stands where a number is kept back: it is below 5, or one below 5 would follow from it.",
                "Counts are of lines of the record: what was not recorded is not counted.",
            ]
        case .dissemination, .digest, .timeline: []
        }
    }
}
