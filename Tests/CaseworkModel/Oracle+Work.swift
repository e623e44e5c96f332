import Policy
import StrictJSON

@testable import Casework

/// What domain.md 2.4, 2.7, 2.8 and 6.6 say of tasks and requests, a second time: who takes which step, and who hears whose words.
extension Oracle {
    struct Errand {
        struct Saying {
            let line: Int64
            let agency: AgencyID
            let role: Role?
        }

        let isRequest: Bool
        let maker: AgencyID
        let to: AgencyID
        var state: String
        var sayings: [Saying]
    }

    /// Whom a policy denies its agency's data, or to whom it gives them with its liaison's word alone; none named are all.
    struct Limit {
        let isDenial: Bool
        let agencies: Set<AgencyID>
    }

    private static let states = [
        "task.completed": "done", "task.cancelled": "done", "rfi.acknowledged": "acknowledged",
        "rfi.answered": "done", "rfi.partially_answered": "in part", "rfi.cancelled": "done",
    ]

    mutating func follow(_ done: WorkEvent, _ event: Event, _ line: Int64) {
        guard let agency = event.agency, var folder = folders[event.caseID] else { return }
        let saying = Errand.Saying(line: line, agency: agency, role: event.role)
        if let to = done.facts["to"]?.string.flatMap({ AgencyID($0) }) {
            folder.errands[done.item] = Errand(
                isRequest: done.kind == "rfi.sent",
                maker: agency,
                to: to,
                state: "new",
                sayings: [saying]
            )
        } else {
            folder.errands[done.item]?.sayings.append(saying)
            if let state = Self.states[done.kind] { folder.errands[done.item]?.state = state }
        }
        folders[event.caseID] = folder
    }

    mutating func follow(_ policy: JurisdictionEvent) {
        switch policy {
        case .proposed(let bundle):
            limits[bundle.agency, default: [:]][bundle.version] = bundle.rules.map { rule in
                Limit(isDenial: rule.effect == .deny, agencies: Set(rule.counterpart.agencies))
            }
        case .activated(let activation): inForce[activation.agency, default: []].insert(activation.reference.version)
        case .retired(let agency, let version, _): inForce[agency]?.remove(version.version)
        case .retirementProposed: return
        }
    }

    /// Whether the policy of an agency lets another have what it says; `isApproved`: its liaison says it.
    private func lets(_ agency: AgencyID, tell other: AgencyID, isApproved: Bool) -> Bool {
        guard agency != other, let version = inForce[agency]?.max() else { return true }
        return (limits[agency]?[version] ?? []).allSatisfy { limit in
            !(limit.agencies.isEmpty || limit.agencies.contains(other)) || (isApproved && !limit.isDenial)
        }
    }

    private func isBound(_ place: Place) -> Bool { place.part.map { isLive($0.agreement) } ?? false }

    func knows(_ place: Place, _ folder: Folder, _ errand: Errand) -> Bool {
        if place.oversees { return true }
        guard isBound(place) || errand.maker == place.agency else { return false }
        let isParty = [errand.maker, errand.to].contains(place.agency)
        if isParty, place.isJoined, place.isLiaison || place.works { return true }
        if place.leads || isCounsel(place, folder) { return true }
        guard !errand.isRequest, place.isJoined, place.part?.mode != .deconflictOnly else { return false }
        return place.isAssigned && !place.roles.isDisjoint(with: [.lead, .contributor, .analyst, .legal])
    }

    /// Positions of the lines of an item whose words somebody hears; nil if he may not know of it.
    func heard(_ who: MemberID, _ folder: Folder, _ name: String) -> Set<Int64>? {
        guard let place = place(who, folder), let errand = folder.errands[name], knows(who, folder),
            knows(place, folder, errand)
        else { return nil }
        guard !place.oversees else { return [] }
        let heard = errand.sayings.filter { saying in
            saying.agency == place.agency
                || (isBound(place)
                    && lets(saying.agency, tell: place.agency, isApproved: saying.role == .liaison))
        }
        return Set(heard.map(\.line))
    }

    /// Positions of the lines that a feed tells somebody of.
    func told(_ who: MemberID, _ folder: Folder, _ name: String) -> Set<Int64> {
        guard let place = place(who, folder), let errand = folder.errands[name], knows(who, folder),
            knows(place, folder, errand)
        else { return [] }
        let told = errand.sayings.filter { place.oversees || $0.agency == place.agency || isBound(place) }
        return Set(told.map(\.line))
    }

    func allows(_ place: Place, _ folder: Folder, _ act: WorkAct) -> Bool {
        if act.event == "task.assigned" || act.event == "rfi.sent" {
            guard isBound(place), place.works || place.leads,
                let to = act.facts["to"]?.string.flatMap({ AgencyID($0) }), let part = folder.parts[to],
                part.step == "joined", isLive(part.agreement)
            else { return false }
            return act.event == "task.assigned" || to != place.agency
        }
        guard let errand = act.item.flatMap({ folder.errands[$0] }), knows(place, folder, errand), !place.oversees,
            isBound(place) || place.agency == folder.lead, errand.state != "done"
        else { return false }
        let answers = place.isLiaison || place.works
        let isMaker = answers && errand.maker == place.agency
        let isAsked = answers && errand.to == place.agency
        switch act.event {
        case "task.updated": return isMaker || isAsked
        case "task.completed": return isAsked
        case "task.cancelled": return isMaker || place.leads
        case "rfi.acknowledged": return isAsked && errand.state == "new"
        case "rfi.answered", "rfi.partially_answered":
            let cap = place.part.flatMap { agreements[$0.agreement]?.handlingCap }
            let handling = act.facts["handling"]?.string.flatMap { Handling($0) }
            guard let cap, let handling, isAsked, handling <= cap else { return false }
            return lets(place.agency, tell: errand.maker, isApproved: place.isLiaison)
        case "rfi.cancelled": return isMaker
        default: return false
        }
    }
}
