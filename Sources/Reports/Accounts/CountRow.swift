import Casework
import Policy
import StrictJSON

/// A figure of the reports that count: which lines it counts, and how they are told apart.
///
/// A new figure is a row of ``transparency`` or ``digest``.
struct CountRow: Sendable {
    /// The section, and the title of a group of figures.
    let group: String
    let title: String
    /// Nil counts refusals, too.
    let kinds: Set<String>
    /// Which of these lines; all, unless this says otherwise.
    var matches: @Sendable (ReportedLine) -> Bool = { !$0.isRefused }
    /// Counts apart for each word that this gives; nil: all together.
    var by: (@Sendable (ReportedLine, ReportedWorld) -> String)?
    /// Adds up what this gives, of each item what was said last, in the period in which it was said first; nil: counts lines.
    var sum: (@Sendable (ReportedLine) -> Int64)?
    /// Whether a small number would tell of a single person: of victims, and of complaints.
    var isSensitive = false

    /// A word that the line's details say.
    static func word(_ key: String) -> @Sendable (ReportedLine, ReportedWorld) -> String {
        { line, _ in line.details[key]?.string ?? "not said" }
    }

    static func number(_ key: String) -> @Sendable (ReportedLine) -> Int64 {
        { line in max(0, line.details[key]?.integer ?? 0) }
    }

    /// What of refusals is told to oversight: the code, which says what kind of rule it was.
    private static let code: @Sendable (ReportedLine, ReportedWorld) -> String = { line, _ in
        if case .access(_, _, let code?) = line.event.body { code } else { "E-" }
    }

    /// The same for the public: that somebody looked for what is hidden says that it may be there, so that it counts as not found.
    private static let publicCode: @Sendable (ReportedLine, ReportedWorld) -> String = { line, world in
        let code = code(line, world)
        return ["E-1367", "E-COMPARTMENT", "E-PII-IN-VICTIM", "E-PROTECTED-PERSON"].contains(code)
            ? "E-NOT-FOUND" : code
    }

    private static let refusals: Set<String> = ["access.denied", "decon.query_denied", "policy.bundle_rejected"]

    /// Counts for the public (domain.md 3, row 13).
    static let transparency: [CountRow] =
        [
            CountRow(
                group: "cases",
                title: "Cases opened, by primary purpose",
                kinds: ["case.opened"],
                by: { line, world in world.cases[line.event.caseID]?.purpose.rawValue ?? "not said" }
            ),
            CountRow(group: "cases", title: "Cases closed", kinds: ["case.closed"]),
            CountRow(
                group: "cases",
                title: "Outcomes of prosecutions",
                kinds: ["case.prosecution_outcome"],
                by: word("disposition")
            ),
            CountRow(
                group: "agencies",
                title: "Times that agencies joined a case, by level of government",
                kinds: ["case.agency_joined"],
                by: { line, world in
                    line.event.agency.flatMap { world.agencies[$0]?.level.rawValue } ?? "not said"
                }
            ),
            CountRow(group: "operations", title: "Joint operations completed", kinds: ["op.completed"]),
            CountRow(group: "operations", title: "Plans that an agency declined", kinds: ["op.agency_declined"]),
            CountRow(group: "operations", title: "Arrests", kinds: ["op.arrests_counted"], sum: number("total")),
            CountRow(
                group: "operations",
                title: "Arrests for immigration enforcement",
                kinds: ["op.arrests_counted"],
                sum: number("for_immigration_enforcement")
            ),
            CountRow(
                group: "custody",
                title: "Requests for custody received, by instrument",
                kinds: ["custody.request_received"],
                by: word("instrument")
            ),
            CountRow(group: "custody", title: "Inquiries sent", kinds: ["custody.inquiry_sent"]),
            CountRow(group: "custody", title: "Answers", kinds: ["custody.answered"], by: word("answer")),
            CountRow(group: "custody", title: "Requests and inquiries that lapsed", kinds: ["custody.lapsed"]),
            CountRow(group: "custody", title: "Transfers of custody", kinds: ["custody.transferred"]),
            CountRow(
                group: "sharing",
                title: "Entries given to another agency, by purpose",
                kinds: ["dissemination.recorded"],
                by: { line, _ in line.event.purpose?.rawValue ?? "not said" }
            ),
            CountRow(
                group: "sharing",
                title: "Conflicts of planned work that were resolved, by what was done",
                kinds: ["decon.resolved"],
                matches: { line in
                    !line.isRefused && line.details["final"]?.bool ?? false && !(line.details["other"]?.bool ?? true)
                },
                by: word("outcome")
            ),
        ] + accountability(publicCode)
        + [
            CountRow(
                group: "victims",
                title: "References of victims",
                kinds: ["victim.reference_minted"],
                isSensitive: true
            ),
            CountRow(group: "victims", title: "Minors", kinds: ["victim.minor_flagged"], isSensitive: true),
            CountRow(
                group: "victims",
                title: "Referrals to services asked for",
                kinds: ["victim.referral_requested"],
                isSensitive: true
            ),
            CountRow(
                group: "victims",
                title: "Consents withdrawn",
                kinds: ["victim.consent_withdrawn"],
                isSensitive: true
            ),
            CountRow(
                group: "victims",
                title: "Deadlines about victims and complaints that passed",
                kinds: [],
                matches: { $0.isOverdue && $0.isOfPersons },
                isSensitive: true
            ),
            CountRow(
                group: "complaints",
                title: "Complaints",
                kinds: ["restricted", "complaint.received"],
                matches: { !$0.isRefused && $0.event.saidKind == "complaint.received" },
                isSensitive: true
            ),
            CountRow(
                group: "complaints",
                title: "Written to oversight about a case",
                kinds: ["restricted"],
                matches: { line in if case .submitted = line.event.body { !line.isRefused } else { false } },
                isSensitive: true
            ),
        ]

    /// What oversight looks through (domain.md 2.2 R-C5).
    static let digest: [CountRow] =
        accountability(code)
        + [
            CountRow(
                group: "who",
                title: "Refusals, by agency",
                kinds: refusals,
                matches: { _ in true },
                by: { line, _ in line.event.agency?.text ?? "nobody who is enrolled" }
            ),
            CountRow(
                group: "who",
                title: "Refusals, by rule",
                kinds: refusals,
                matches: { _ in true },
                by: { line, _ in line.rule ?? "-" }
            ),
            CountRow(
                group: "readings",
                title: "Readings, by agency",
                kinds: ["access.read"],
                by: { line, _ in line.event.agency?.text ?? "-" }
            ),
            CountRow(
                group: "readings",
                title: "Exports, by member",
                kinds: ["access.exported"],
                by: { line, _ in line.event.member?.text ?? "-" }
            ),
            CountRow(
                group: "readings",
                title: "Releases, by recipient",
                kinds: ["dissemination.recorded"],
                by: { line, _ in
                    if case .disseminated(let given) = line.event.body { given.recipient.text } else { "-" }
                }
            ),
            CountRow(group: "rights", title: "Roles given", kinds: ["user.role_granted"]),
            CountRow(group: "rights", title: "Members disabled", kinds: ["user.disabled"]),
            CountRow(
                group: "rights",
                title: "Policies of agencies put in force or out of it",
                kinds: ["jurisdiction_policy.activated", "jurisdiction_policy.retired"]
            ),
            CountRow(
                group: "complaints",
                title: "Written to oversight about a case",
                kinds: ["restricted"],
                matches: { line in if case .submitted = line.event.body { !line.isRefused } else { false } }
            ),
            CountRow(
                group: "reports",
                title: "Reports made, by name",
                kinds: ["report.generated"],
                by: word("name")
            ),
        ]

    /// Refusals, emergencies, deadlines and removal: for oversight and for the public.
    private static func accountability(
        _ code: @escaping @Sendable (ReportedLine, ReportedWorld) -> String
    ) -> [CountRow] {
        [
            CountRow(group: "refusals", title: "Refusals, by code", kinds: refusals, matches: { _ in true }, by: code),
            CountRow(group: "emergencies", title: "Emergency releases", kinds: ["breakglass.invoked"]),
            CountRow(
                group: "emergencies",
                title: "What oversight found of them",
                kinds: ["breakglass.reviewed"],
                by: word("finding")
            ),
            CountRow(
                group: "deadlines",
                title: "Deadlines that passed, by kind",
                kinds: [],
                matches: { $0.isOverdue && !$0.isOfPersons },
                by: word("clock")
            ),
            CountRow(group: "removal", title: "Purges that were carried out", kinds: ["record.purged"]),
            CountRow(group: "removal", title: "Seals", kinds: ["record.sealed"]),
        ]
    }

    /// The groups' titles, in order.
    static let groups: [(id: String, title: String)] = [
        ("cases", "Cases"), ("agencies", "Agencies"), ("operations", "Joint operations"), ("custody", "Custody"),
        ("sharing", "What was shared, and deconfliction"), ("refusals", "Refusals"),
        ("emergencies", "Emergencies"), ("deadlines", "Deadlines"), ("removal", "Lawful removal"),
        ("victims", "Victims"), ("complaints", "Complaints"), ("who", "Who was refused"),
        ("readings", "Readings, exports and releases"), ("rights", "Roles and policies"), ("reports", "Reports"),
    ]
}

extension ReportedLine {
    /// Whether a deadline passed, as far as its stream says so: what is hidden has another kind.
    fileprivate var isOverdue: Bool {
        if case .clock = event.body { event.kind.hasSuffix("overdue") } else { false }
    }

    fileprivate var isOfPersons: Bool { event.kind.hasPrefix("victim.") || event.kind.hasPrefix("complaint.") }
}

/// Figures that are counted by a table of ``CountRow``.
struct Counts: Account {
    private let table: [CountRow]
    private let grant: ReportGrant
    /// By row of the table and word.
    private var counts: [[String: Int64]]
    private var sums: [Int: ItemSums] = [:]
    /// Which rows count lines of a kind, and which look at every line.
    private let byKind: [String: [Int]]
    private let ofAll: [Int]

    init(_ table: [CountRow], _ grant: ReportGrant) {
        self.table = table
        self.grant = grant
        counts = Array(repeating: [:], count: table.count)
        var byKind: [String: [Int]] = [:]
        for (index, row) in table.enumerated() {
            for kind in row.kinds { byKind[kind, default: []].append(index) }
        }
        self.byKind = byKind
        ofAll = table.indices.filter { table[$0].kinds.isEmpty }
    }

    mutating func take(_ line: ReportedLine, isWithin: Bool, in world: ReportedWorld) {
        guard line.event.agency.map({ grant.withheld[$0] == nil }) ?? true else { return }
        for index in (byKind[line.event.kind] ?? []) + ofAll where table[index].matches(line) {
            if let sum = table[index].sum {
                sums[index, default: ItemSums()].note(line, sum(line), isWithin: isWithin)
                counts[index] = ["": sums[index]?.total ?? 0]
            } else if isWithin {
                counts[index][table[index].by?(line, world) ?? "", default: 0] += 1
            }
        }
    }

    func rows(in world: ReportedWorld) -> Int64 { counts.reduce(0) { $0 + $1.values.reduce(0, +) } }

    func sections(in world: ReportedWorld) -> [Report.Section] {
        CountRow.groups.flatMap { group in
            table.indices.filter { table[$0].group == group.id }.map { (group, $0) }
        }
        .reduce(into: []) { sections, place in
            let ((id, title), index) = place
            let row = table[index]
            let kept = counts[index]
            if row.by == nil {
                // Single figures of a group share a table.
                let cell = SmallCells.cells([kept[""] ?? 0], isSensitive: row.isSensitive).cells[0]
                let line: [Report.Cell] = [.text(row.title), cell]
                if let place = sections.firstIndex(where: { $0.id == id }) {
                    sections[place].rows.append(line)
                } else {
                    sections.append(
                        Report.Section(id, title, ["Figure", .count("Count")], rows: [line], drawn: 1)
                    )
                }
                return
            }
            let words = kept.keys.sorted()
            let (cells, total) = SmallCells.cells(words.map { kept[$0] ?? 0 }, isSensitive: row.isSensitive)
            sections.append(
                Report.Section(
                    "\(id)-\(index)",
                    row.title,
                    ["Which", .count("Count")],
                    rows: zip(words, cells).map { [.text(world.renamed($0)), $1] },
                    total: words.isEmpty ? [] : [.text("All"), total],
                    empty: "None in this period.",
                    drawn: 1
                )
            )
        }
    }
}
