import Casework
import Policy
import StrictJSON

/// What an agency that holds people reports of requests for custody: each with its dates, and nobody's name or number
/// (domain.md 2.7, 5 ILCS 805/25).
struct Detainers: Account {
    private struct Item {
        let holder: AgencyID
        let from: AgencyID?
        let receivedAt: UTCTime
        let isIncoming: Bool
        let isWithin: Bool
        let facts: JSONObject
        var answer: String?
        var answeredAt: UTCTime?
        var lapsedAt: UTCTime?
        var releasedAt: UTCTime?
        var transferredAt: UTCTime?
        var authority: String?
    }

    /// A question of an agency that enforces immigration law by civil means.
    private struct Request {
        let to: AgencyID
        let from: AgencyID
        let receivedAt: UTCTime
        var answer: String?
        var answeredAt: UTCTime?
    }

    private struct Key: Hashable {
        let caseID: CaseID
        let item: Int64
    }

    /// Of what is sealed nobody is told but oversight.
    private func isSealed(_ key: Key) -> Bool {
        grant.sealedCases.contains(key.caseID)
            || (grant.sealedItems[key.caseID]?.contains("K-\(key.item)") ?? false)
    }

    private let grant: ReportGrant
    private var items: [Item] = []
    private var places: [Key: Int] = [:]
    private var requests: [Request] = []
    private var requestPlaces: [Key: Int] = [:]

    init(_ grant: ReportGrant) { self.grant = grant }

    mutating func take(_ line: ReportedLine, isWithin: Bool, in world: ReportedWorld) {
        guard !line.isRefused else { return }
        let event = line.event
        if event.kind.hasPrefix("custody.") { takeCustody(line, isWithin) }
        if event.kind.hasPrefix("rfi.") { takeRequest(line, isWithin, world) }
    }

    private mutating func takeCustody(_ line: ReportedLine, _ isWithin: Bool) {
        let details = line.details
        // A clock that ran out names its item in words.
        let number = details["item"]?.integer ?? details["item"]?.string.flatMap { Int64($0.dropFirst(2)) }
        guard let number else { return }
        let key = Key(caseID: line.event.caseID, item: number)
        switch line.event.kind {
        case "custody.inquiry_sent", "custody.request_received":
            guard let holder = line.event.agency, grant.withheld[holder] == nil, !isSealed(key) else { return }
            let isIncoming = line.event.kind == "custody.request_received"
            places[key] = items.count
            items.append(
                Item(
                    holder: holder,
                    from: details[isIncoming ? "from" : "to"]?.string.flatMap { AgencyID($0) },
                    receivedAt: line.at,
                    isIncoming: isIncoming,
                    isWithin: isWithin,
                    facts: details
                )
            )
        case "custody.answered":
            change(key) { item in
                item.answer = details["answer"]?.string
                item.answeredAt = line.at
            }
        case "custody.lapsed": change(key) { $0.lapsedAt = line.at }
        case "custody.released": change(key) { $0.releasedAt = line.at }
        case "custody.transferred":
            change(key) { item in
                item.transferredAt = line.at
                item.authority = details["authority"]?.string
            }
        default: return
        }
    }

    private mutating func change(_ key: Key, _ body: (inout Item) -> Void) {
        guard let place = places[key] else { return }
        body(&items[place])
    }

    private mutating func takeRequest(_ line: ReportedLine, _ isWithin: Bool, _ world: ReportedWorld) {
        let details = line.details
        guard let number = details["item"]?.integer else { return }
        let key = Key(caseID: line.event.caseID, item: number)
        if line.event.kind == "rfi.sent" {
            let to = details["to"]?.string.flatMap { AgencyID($0) }
            guard isWithin, let from = line.event.agency, world.isCivil(from), let to, grant.withheld[to] == nil else {
                return
            }
            requestPlaces[key] = requests.count
            requests.append(Request(to: to, from: from, receivedAt: line.at))
        } else if let place = requestPlaces[key], line.event.kind != "rfi.acknowledged" {
            requests[place].answer = String(line.event.kind.dropFirst("rfi.".count)).replacing("_", with: " ")
            requests[place].answeredAt = line.at
        }
    }

    /// Whether an agency is the one that reports, or one that it followed.
    private func isOurs(_ agency: AgencyID?, in world: ReportedWorld) -> Bool {
        grant.agency.map { agency.map(world.present) == world.present($0) } ?? true
    }

    private func held(in world: ReportedWorld, isIncoming: Bool) -> [Item] {
        items.filter { $0.isWithin && $0.isIncoming == isIncoming && isOurs($0.holder, in: world) }
    }

    private func asked(in world: ReportedWorld) -> [Request] { requests.filter { isOurs($0.to, in: world) } }

    func rows(in world: ReportedWorld) -> Int64 {
        Int64(held(in: world, isIncoming: true).count + asked(in: world).count)
    }

    func notes(in world: ReportedWorld) -> [String] {
        rows(in: world) == 0
            ? [
                "Nil: no request for custody, and no other request of an agency of civil immigration enforcement, was received."
            ]
            : []
    }

    func sections(in world: ReportedWorld) -> [Report.Section] {
        let numbered = held(in: world, isIncoming: true).enumerated().map { number, item -> [Report.Cell] in
            [
                .count(Int64(number) + 1), .text(world.name(item.holder)), .time(item.receivedAt),
                .text(item.facts["instrument"]?.string ?? ""), .text(item.facts["asks"]?.string ?? ""),
                .text(world.name(item.from)), .text(item.answer ?? (item.lapsedAt == nil ? "" : "lapsed")),
                .time(optional: item.answeredAt ?? item.lapsedAt), .time(optional: item.releasedAt),
                .time(optional: item.transferredAt), .text(item.transferredAt == nil ? "" : world.name(item.from)),
            ]
        }
        let asked = asked(in: world).enumerated().map { number, request -> [Report.Cell] in
            [
                .count(Int64(number) + 1), .text(world.name(request.to)), .time(request.receivedAt),
                .text(world.name(request.from)), .text(request.answer ?? ""), .time(optional: request.answeredAt),
            ]
        }
        let sent = held(in: world, isIncoming: false).enumerated().map { number, item -> [Report.Cell] in
            [
                .count(Int64(number) + 1), .text(world.name(item.holder)), .time(item.receivedAt),
                .text(world.name(item.from)),
                .text(item.facts["reason"]?.string ?? ""),
                .text(item.answer ?? (item.lapsedAt == nil ? "" : "lapsed")),
                .time(optional: item.answeredAt ?? item.lapsedAt), .time(optional: item.releasedAt),
                .time(optional: item.transferredAt), .text(item.authority ?? ""),
            ]
        }
        return [
            Report.Section(
                "requests-for-custody",
                "Requests for custody that were received",
                [
                    .count("No."), "Holder", "Received", "Instrument", "Asks for", "From", "Answer",
                    "Answered or lapsed",
                    "Released", "Transferred", "Receiving agency",
                ],
                rows: numbered,
                empty: "Nil: none was received."
            ),
            Report.Section(
                "other-requests",
                "Other requests of agencies of civil immigration enforcement",
                [.count("No."), "Agency asked", "Received", "From", "How it was addressed", "Addressed"],
                rows: asked,
                empty: "Nil: none was received."
            ),
            Report.Section(
                "inquiries-sent",
                "Inquiries that the holder itself sent",
                [
                    .count("No."), "Holder", "Sent", "To", "Reason", "Answer", "Answered or lapsed", "Released",
                    "Transferred", "Authority",
                ],
                rows: sent,
                empty: "None was sent."
            ),
        ]
    }
}
