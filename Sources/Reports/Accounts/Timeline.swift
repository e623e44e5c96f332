import Casework
import Policy
import StrictJSON

/// What happened in one case, as far as its reader is shown its lines; what was said is not in it, for that may have to go.
struct Timeline: Account {
    let subject: CaseID?
    private var scope: PartsScope?
    private var lines: [Line] = []
    private var days: [(day: String, count: Int64)] = []

    /// A line, before it is known by which names its agencies go at the end.
    private struct Line {
        let at: UTCTime
        let event: Event
        let concerns: [(name: String, value: String)]
    }

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
        let concerns = visibility == .content ? Self.concerning(line.details) : []
        lines.append(Line(at: line.at, event: event, concerns: concerns))
    }

    private static func cells(_ number: Int, _ line: Line, in world: ReportedWorld) -> [Report.Cell] {
        let event = line.event
        let concerning = line.concerns.map { name, value in
            "\(name) \(world.renamed(value))"
        }
        return [
            .count(Int64(number) + 1), .time(line.at), .text(event.member?.text ?? "the daemon"),
            .text(world.name(event.agency)), .text(event.role?.rawValue ?? ""),
            .text(event.kind.replacing(".", with: ": ").replacing("_", with: " ")),
            .text(event.item ?? ""), .text(concerning.joined(separator: ", ")),
        ]
    }

    /// Whom or what a line names beside its item, in words of closed lists alone.
    private static func concerning(_ details: JSONObject) -> [(name: String, value: String)] {
        let named = [
            "agency", "recipient", "to", "from", "member", "mode", "handling", "compartment", "answer", "disposition",
        ]
        return named.compactMap { name in details[name]?.string.map { (name, $0) } }
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
                rows: lines.enumerated().map { Self.cells($0, $1, in: world) }
            ),
        ]
    }
}
