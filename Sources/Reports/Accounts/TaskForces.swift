import Casework
import Policy
import StrictJSON

/// What the designee of a joint task force reports each year: purpose, agencies, arrests, and arrests for immigration
/// enforcement (domain.md 2.7).
struct TaskForces: Account {
    private struct Sums {
        var operations: Int64 = 0
        var arrests = ItemSums()
        var immigration = ItemSums()
    }

    private let grant: ReportGrant
    private let order: ReportOrder
    private var sums: [CaseID: Sums] = [:]

    init(_ order: ReportOrder, _ grant: ReportGrant) { (self.order, self.grant) = (order, grant) }

    mutating func take(_ line: ReportedLine, isWithin: Bool, in world: ReportedWorld) {
        let id = line.event.caseID
        guard !line.isRefused, line.event.agency.map({ grant.withheld[$0] == nil }) ?? true else { return }
        switch line.event.kind {
        case "op.completed": if isWithin { sums[id, default: Sums()].operations += 1 }
        case "op.arrests_counted":
            let details = line.details
            func count(_ key: String) -> Int64 { max(0, details[key]?.integer ?? 0) }
            sums[id, default: Sums()].arrests.note(line, count("total"), isWithin: isWithin)
            sums[id, default: Sums()].immigration
                .note(line, count("for_immigration_enforcement"), isWithin: isWithin)
        default: return
        }
    }

    private func reported(in world: ReportedWorld) -> [(CaseID, ReportedWorld.ReportedCase)] {
        world.cases.filter { id, file in
            guard file.isOpen(from: order.from, until: order.until), !grant.sealedCases.contains(id),
                grant.withheld[file.lead] == nil
            else {
                return false
            }
            guard let agreements = grant.agreements else { return true }
            return agreements.contains(file.agreement)
                || grant.agency.map { file.agencies.map(world.present).contains(world.present($0)) } ?? false
        }
        .sorted { $0.value.number < $1.value.number }.map { ($0.key, $0.value) }
    }

    func rows(in world: ReportedWorld) -> Int64 { Int64(reported(in: world).count) }

    func sections(in world: ReportedWorld) -> [Report.Section] {
        var total: (operations: Int64, arrests: Int64, immigration: Int64) = (0, 0, 0)
        let rows = reported(in: world).map { id, file -> [Report.Cell] in
            let sum = sums[id] ?? Sums()
            total.operations += sum.operations
            total.arrests += sum.arrests.total
            total.immigration += sum.immigration.total
            let agencies = file.agencies.filter { grant.withheld[$0] == nil }.sorted().map { world.name($0) }
            return [
                .text(file.number), .text(file.purpose.rawValue), .text(world.name(file.lead)),
                .text(agencies.joined(separator: " ")), .count(sum.operations), .count(sum.arrests.total),
                .count(sum.immigration.total),
            ]
        }
        return [
            Report.Section(
                "task-forces",
                "Task forces",
                [
                    "Case", "Purpose", "Lead agency", "Agencies that took part", .count("Operations completed"),
                    .count("Arrests"), .count("Arrests for immigration enforcement"),
                ],
                rows: rows,
                total: [
                    .text("All"), .none, .none, .none, .count(total.operations), .count(total.arrests),
                    .count(total.immigration),
                ],
                empty: "No task force worked in this period.",
                drawn: 5
            )
        ]
    }
}
