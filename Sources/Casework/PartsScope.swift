import Policy
import StrictJSON

/// Which lines of a case an export holds, and which of them with their parts: those that lists, feeds and readings
/// would show, and no more.
///
/// Lines are asked about in their order, for what may be known of an entry follows from the line that recorded it.
package struct PartsScope: Equatable, Sendable {
    let reader: MemberID
    let agency: AgencyID
    let entries: EntryScope
    let isOversight: Bool
    let isLiaison: Bool
    let isCaseLead: Bool
    let isCounsel: Bool
    let knowsParticulars: Bool
    let seesAllRecipients: Bool
    let hasDuty: Bool
    /// Orders, holds and purges about what is open to few, and those items, of which the reader is told nothing.
    let untold: Set<String>
    let knowsLinks: Bool
    /// Agencies outside the case that were given an entry, where the reader may not know of it.
    let hiddenRecipients: [Int64: Set<AgencyID>]
    /// How much of each piece of work is shown.
    let work: [String: [Int64: Visibility]]
    /// Items of which the reader is shown only what is the business of an agency that is asked.
    let onlyAsked: [String: Set<Int64>]
    /// Items in which the reader's agency has a part, whatever policies say of data.
    let askedOutright: [String: Set<Int64>]
    /// Items that are sealed or purged, and those that a protective order keeps in the case.
    let goneItems: Set<String>
    let protectedItems: Set<String>
    /// Steps of work that are shown whoever sees the item.
    let shownSteps: Set<String>
    /// Parts of the steps of an item that are sealed for the reader, as where a plan was once it is over (domain.md 6.2, 6.9).
    ///
    /// A line that has one is a header to him. Counsel has them, for what goes to the defence is for counsel to decide, and nothing is buried (domain.md 2.12).
    private let sealedParts: [String: Set<String>]
    /// How much of each piece of work is shown, by its name, such as `Q-3`.
    private let items: [String: Visibility]
    private var seen: [Int64: Visibility] = [:]
    private var requests: [Int64: Set<AgencyID>] = [:]
    /// Agencies that contributed or gave what was released in an emergency.
    private var emergencies: [Int64: Set<AgencyID>] = [:]

    /// `scope`: what may be seen of entries, where agencies' policies narrow it; nil: all that the standing lets be seen.
    init(_ standing: Standing, _ scope: EntryScope? = nil, in file: CaseFile, of state: CaseworkState) {
        self.init(standing, scope, in: file, file.releases, of: state)
    }

    /// For one line alone: what the lines before it would tell is told by the state.
    init(
        _ standing: Standing,
        _ scope: EntryScope? = nil,
        of event: Event,
        in file: CaseFile,
        of state: CaseworkState
    ) {
        let entry = event.body.aboutEntry
        self.init(standing, scope, in: file, file.releases.filter { $0.entry == entry }, of: state)
        if let entry, let facts = file.facts(entry) {
            seen[entry] = entries.visibility(
                of: entry,
                origin: state.origin(of: facts),
                compartment: facts.compartment
            )
        }
        if case .permissionDecided(let number, _, _) = event.body,
            let asked = file.permissions.first(where: { $0.number == number })
        {
            note(asked.number, of: asked.entry, between: asked.origin, asked.requesterAgency)
        }
    }

    private init(
        _ standing: Standing,
        _ scope: EntryScope?,
        in file: CaseFile,
        _ releases: [Release],
        of state: CaseworkState
    ) {
        reader = standing.member
        agency = standing.agency
        entries = scope ?? standing.scope(file)
        isOversight = standing.isOversight
        isLiaison = standing.isLiaison
        isCaseLead = standing.isCaseLead
        isCounsel = standing.isCounsel
        knowsParticulars = standing.mayKnowParticulars(file)
        seesAllRecipients = standing.isCaseLead
        hasDuty = standing.hasDuty
        untold = state.untoldRemovals(standing, in: file)
        knowsLinks = standing.mayKnowLinks(file)
        var hidden: [Int64: Set<AgencyID>] = [:]
        for release in releases
        where !state.mayKnow(acknowledger: release.recipient, of: release.entry, in: file, standing) {
            hidden[release.entry, default: []].insert(release.recipient)
        }
        hiddenRecipients = hidden
        var work: [String: [Int64: Visibility]] = [:]
        var onlyAsked: [String: Set<Int64>] = [:]
        var askedOutright: [String: Set<Int64>] = [:]
        for item in file.work.all {
            work[item.workflow, default: [:]][item.number] = standing.visibility(of: item, in: file)
            if standing.isOnlyAsked(item) { onlyAsked[item.workflow, default: []].insert(item.number) }
            if standing.isAskedOutright(item) { askedOutright[item.workflow, default: []].insert(item.number) }
        }
        items = Dictionary(file.work.all.map { ($0.id, standing.visibility(of: $0, in: file)) }) { first, _ in first }
        self.work = work
        self.onlyAsked = onlyAsked
        self.askedOutright = askedOutright
        goneItems = Set(file.work.all.filter { file.removals.isGone($0.removable) }.map(\.id))
        protectedItems = Set(file.removals.protected.keys.filter { $0.entry == nil }.names)
        shownSteps = Set(Workflows.all.flatMap(\.steps).filter(standing.isShown).map(\.event))
        var sealed: [String: Set<String>] = [:]
        for item in file.work.all where !standing.isCounsel {
            let parts = state.sealedParts(of: item)
            if !parts.isEmpty { sealed[item.id] = parts }
        }
        sealedParts = sealed
    }

    /// How much of the next line is shown: nothing of it, the line, or the line with its parts.
    ///
    /// What this build does not know is not shown.
    ///
    /// A line names who acted for which agency, when, and how it ended: it is no more for everybody than its parts are. Oversight
    /// is given every line, the parts of what is written to it, and no others.
    package mutating func visibility(of event: Event) -> Visibility {
        // What another agency wrote whose place one took is that one's.
        var event = event
        event.agency = entries.present(event.agency)
        let shown = shown(event)
        return isOversight ? max(shown, .header) : shown
    }

    private mutating func shown(_ event: Event) -> Visibility {
        switch event.body {
        case .entryRecorded(let entry):
            let visibility = entries.visibility(
                of: entry.number,
                origin: event.agency,
                compartment: entry.compartment
            )
            seen[entry.number] = visibility
            return limited(visibility, entry.number)
        case .entryWithdrawn(let number, _), .handlingChanged(let number, _, _, _):
            return limited(seen[number] ?? .none, number)
        case .entryAcknowledged(let number):
            let isHidden = event.agency.map { hiddenRecipients[number]?.contains($0) ?? false } ?? false
            return isHidden ? .none : seen[number] ?? .none
        case .permissionRequested(let request):
            note(request.number, of: request.entry, between: request.origin, event.agency)
            return isAsked(request.number) ? .content : .none
        case .permissionDecided(let number, _, _): return isAsked(number) ? .content : .none
        // Who certified was given something, and that is not for everybody.
        case .removal(.certified) where !seesAllRecipients && event.agency != agency: return .none
        case .removal(.noticeSent(_, _, let recipient))
        where !seesAllRecipients && entries.present(recipient) != agency:
            return knowsParticulars ? .header : .none
        // The lines are for everybody who may verify entries of the case; what they say is for those who answer for it.
        case .removal(let removal) where !untold.isDisjoint(with: removal.about):
            return knowsParticulars ? .header : .none
        case .removal: return hasDuty && !isOversight ? .content : knowsParticulars ? .header : .none
        case .disseminated(let line):
            let knowsRecipient =
                seesAllRecipients || [line.origin, line.recipient, event.agency].map(entries.present).contains(agency)
            let visibility = seen[line.entry] ?? .none
            if line.emergencyHours != nil, visibility != .none {
                emergencies[line.number] = Set([line.origin, event.agency].compactMap { entries.present($0) })
            }
            return knowsRecipient && !isOversight ? visibility : min(visibility, .header)
        case .caseLink:
            let isShown = event.kind == "case.linked" ? knowsLinks : seesAllRecipients
            return isShown && !isOversight ? .content : .none
        // Between those who answer for the release and oversight.
        case .emergencyReviewed(let number, _, _):
            let isConcerned = seesAllRecipients || (emergencies[number]?.contains(agency) ?? false)
            return isConcerned && !isOversight ? .content : .none
        case .caseDrafted, .caseMoved, .prosecutionOutcome, .amendment:
            return knowsParticulars && !isOversight ? .content : .header
        case .agencyInvited, .agencyAnswered, .memberAssigned, .memberRemoved, .leadTransfer:
            return knowsParticulars && !isOversight ? .content : .none
        case .work(let done):
            let (workflow, step) = done.step
            if step.isInternal, onlyAsked[workflow.name]?.contains(done.number) ?? false { return .none }
            var words = entries
            if askedOutright[workflow.name]?.contains(done.number) ?? false { words.closed = [] }
            let heard = words.visibility(ofStep: event)
            let shown = work[workflow.name]?[done.number] ?? .none
            if shown == .none, shownSteps.contains(event.kind), !goneItems.contains(done.item) { return heard }
            let isSealed = sealedParts[done.item].map { done.parts.keys.contains(where: $0.contains) } ?? false
            let isLimited = isSealed || done.namesSealed(entries) || protectedItems.contains(done.item)
            return min(isLimited ? min(shown, .header) : shown, heard)
        case .clock(let clock): return isConcerned(by: clock) ? .content : .none
        case .noticeAcknowledged: return event.member == reader ? .content : .none
        case .report: return knowsParticulars ? .content : .none
        case .access: return event.member == reader || (isLiaison && event.agency == agency) ? .content : .none
        default: return .none
        }
    }

    /// An export leaves the case: what a protective order keeps there is no more than a header in it.
    private func limited(_ visibility: Visibility, _ entry: Int64) -> Visibility {
        entries.protected.contains(entry) ? min(visibility, .header) : visibility
    }

    /// Takes note of between whom a request is; one about what is sealed or purged says what it is about.
    private mutating func note(_ number: Int64, of entry: Int64, between origin: AgencyID, _ asker: AgencyID?) {
        let parties = [origin, asker].compactMap { entries.present($0) }
        requests[number] = entries.removal(of: entry) != nil ? [] : Set(parties)
    }

    /// Whether a clock is for the reader to know, who is one of those that export: the lead, counsel or oversight.
    private func isConcerned(by clock: Clock) -> Bool {
        let item = items[clock.item] ?? Reference.entry(clock.item).flatMap { seen[$0] }
        guard item != Visibility.none else { return false }
        let concerned = clock.kind.row.concerned
        return (isCaseLead && concerned.contains(.lead)) || (isCounsel && concerned.contains(.counsel))
    }

    /// A request for permission is between who asks and who contributed.
    private func isAsked(_ number: Int64) -> Bool { !isOversight && (requests[number]?.contains(agency) ?? false) }
}

extension EventBody {
    /// The entry that says how much of the line may be seen; nil where that does not depend on one.
    fileprivate var aboutEntry: Int64? {
        switch self {
        case .entryWithdrawn(let number, _), .handlingChanged(let number, _, _, _), .entryAcknowledged(let number):
            number
        case .disseminated(let line): line.entry
        default: nil
        }
    }
}
