import Casework
import Policy

/// Who was given what, when, and for what: the register of 28 CFR 23.20(g), over all cases.
struct Disclosures: Account {
    private struct Line {
        let to: AgencyID
        let cells: [Report.Cell]
    }

    private let grant: ReportGrant
    private var lines: [Line] = []

    init(_ grant: ReportGrant) { self.grant = grant }

    mutating func take(_ line: ReportedLine, isWithin: Bool, in world: ReportedWorld) {
        guard isWithin, !line.isRefused, case .disseminated(let given) = line.event.body else { return }
        let parties = [given.origin, given.recipient, line.event.agency].compactMap(\.self)
        guard grant.agency.map(parties.contains) ?? true, grant.withheld[given.origin] == nil else { return }
        let id = line.event.caseID
        // Of what is sealed nobody is told but oversight.
        let entry = Reference.entryName(given.entry)
        guard !grant.sealedCases.contains(id), !(grant.sealedItems[id]?.contains(entry) ?? false) else {
            return
        }
        let means =
            given.emergencyHours.map { "emergency, \($0) h" }
            ?? (given.permission.map { "in the system, permitted as R-\($0)" } ?? "in the system")
        lines.append(
            Line(
                to: given.recipient,
                cells: [
                    .time(line.at), .text(world.cases[id]?.number ?? ""), .text("D-\(given.number)"),
                    .text(entry), .text(given.origin.text),
                    .text(line.event.agency?.text ?? ""), .text(given.recipient.text),
                    .text(line.event.purpose?.rawValue ?? ""), .text(given.handling.text), .text(means),
                ]
            )
        )
    }

    func rows(in world: ReportedWorld) -> Int64 { Int64(lines.count) }

    func sections(in world: ReportedWorld) -> [Report.Section] {
        var received: [AgencyID: Int64] = [:]
        for line in lines { received[line.to, default: 0] += 1 }
        return [
            Report.Section(
                "recipients",
                "How often each agency was given something",
                ["Recipient", .count("Releases")],
                rows: received.sorted { $0.key < $1.key }.map { [.text($0.key.text), .count($0.value)] },
                total: [.text("All"), .count(Int64(lines.count))],
                drawn: 1
            ),
            Report.Section(
                "register",
                "Register",
                [
                    "When", "Case", "Release", "Entry", "Originator", "Given by", "Given to", "Purpose", "Handling",
                    "How",
                ],
                rows: lines.map(\.cells)
            ),
        ]
    }
}
