import Casework
import Policy

/// Who was given what, when, and for what: the register of 28 CFR 23.20(g), over all cases.
struct Disclosures: Account {
    private struct Line {
        let given: Dissemination
        let by: AgencyID?
        let caseID: CaseID
        let at: UTCTime
        let purpose: Purpose?
        let means: String
    }

    private let grant: ReportGrant
    private var lines: [Line] = []

    init(_ grant: ReportGrant) { self.grant = grant }

    mutating func take(_ line: ReportedLine, isWithin: Bool, in world: ReportedWorld) {
        guard isWithin, !line.isRefused, case .disseminated(let given) = line.event.body else { return }
        guard grant.withheld[given.origin] == nil else { return }
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
                given: given,
                by: line.event.agency,
                caseID: id,
                at: line.at,
                purpose: line.event.purpose,
                means: means
            )
        )
    }

    /// Those in which the agency has a part whose register it is, or had one as another that it followed.
    private func reported(in world: ReportedWorld) -> [Line] {
        guard let agency = grant.agency.map(world.present) else { return lines }
        return lines.filter { line in
            [line.given.origin, line.given.recipient, line.by].contains { $0.map(world.present) == agency }
        }
    }

    func rows(in world: ReportedWorld) -> Int64 { Int64(reported(in: world).count) }

    func sections(in world: ReportedWorld) -> [Report.Section] {
        let lines = reported(in: world)
        var received: [AgencyID: Int64] = [:]
        for line in lines { received[line.given.recipient, default: 0] += 1 }
        return [
            Report.Section(
                "recipients",
                "How often each agency was given something",
                ["Recipient", .count("Releases")],
                rows: received.sorted { $0.key < $1.key }.map { [.text(world.name($0.key)), .count($0.value)] },
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
                rows: lines.map { line in
                    [
                        .time(line.at), .text(world.cases[line.caseID]?.number ?? ""), .text("D-\(line.given.number)"),
                        .text(Reference.entryName(line.given.entry)), .text(world.name(line.given.origin)),
                        .text(world.name(line.by)), .text(world.name(line.given.recipient)),
                        .text(line.purpose?.rawValue ?? ""), .text(line.given.handling.text), .text(line.means),
                    ]
                }
            ),
        ]
    }
}
