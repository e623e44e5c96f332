import Casework
import Policy
import StrictJSON

/// What happened in one case, as far as its reader is shown its lines; what was said is not in it, for that may have to go.
struct Timeline: Account {
    let subject: CaseID?
    private var scope: PartsScope?
    private var lines: [[Report.Cell]] = []
    private var days: [(day: String, count: Int64)] = []

    init(_ rights: ReportingRights) {
        subject = rights.caseID
        scope = rights.lines
    }

    mutating func take(_ line: ReportedLine, isWithin: Bool, in world: ReportedWorld) {
        let event = line.event
        guard event.caseID == subject, !event.isAccess else { return }
        // Asked of every line of the case, for what is known of an entry follows from the line that recorded it.
        let visibility = scope?.visibility(of: event) ?? .none
        guard isWithin, visibility != .none else { return }
        let day = line.at.description
        if days.last?.day == day { days[days.count - 1].count += 1 } else { days.append((day, 1)) }
        lines.append([
            .count(Int64(lines.count) + 1), .time(line.at), .text(event.member?.text ?? "the daemon"),
            .text(event.agency?.text ?? ""), .text(event.role?.rawValue ?? ""),
            .text(event.kind.replacing(".", with: ": ").replacing("_", with: " ")),
            .text(event.item ?? ""), .text(visibility == .content ? Self.concerning(line.details) : ""),
        ])
    }

    /// Whom or what a line names beside its item, in words of closed lists alone.
    private static func concerning(_ details: JSONObject) -> String {
        let named = [
            "agency", "recipient", "to", "from", "member", "mode", "handling", "compartment", "answer", "disposition",
        ]
        return named.compactMap { name in details[name]?.string.map { "\(name) \($0)" } }.joined(separator: ", ")
    }

    func rows(in world: ReportedWorld) -> Int64 { Int64(lines.count) }

    func sections(in world: ReportedWorld) -> [Report.Section] {
        [
            Report.Section(
                "days",
                "How much happened on each day",
                ["Day", .count("Lines")],
                rows: days.map { [.text($0.day), .count($0.count)] },
                total: [.text("All"), .count(Int64(lines.count))],
                drawn: 1
            ),
            Report.Section(
                "timeline",
                "What happened",
                [.count("No."), "When", "Who", "Agency", "As", "What", "Item", "Concerning"],
                rows: lines
            ),
        ]
    }
}
