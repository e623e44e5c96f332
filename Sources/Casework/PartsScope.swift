import Policy

/// Which lines of a case have their parts shown in an export: those that lists, feeds and readings would show in full, and no
/// more. Lines are asked about in their order, for what may be known of an entry follows from the line that recorded it.
package struct PartsScope: Sendable {
    let reader: MemberID
    let agency: AgencyID
    let entries: EntryScope
    let isOversight: Bool
    let isLiaison: Bool
    let knowsParticulars: Bool
    let seesAllRecipients: Bool
    private var seen: [Int64: Visibility] = [:]
    private var requests: [Int64: Set<AgencyID>] = [:]

    init(_ standing: Standing, in file: CaseFile) {
        reader = standing.member
        agency = standing.agency
        entries = standing.scope(file)
        isOversight = standing.isOversight
        isLiaison = standing.isLiaison
        knowsParticulars = standing.mayKnowParticulars(file)
        seesAllRecipients = standing.isCaseLead
    }

    /// True if the parts of the next line are shown. What this build does not know is not shown.
    ///
    /// Oversight is given what is written to it and nothing else: what the record says of the rest is in the lines.
    package mutating func shows(_ event: Event) -> Bool {
        switch event.body {
        case .entryRecorded(let entry):
            seen[entry.number] = entries.visibility(origin: event.agency, compartment: entry.compartment)
            return seen[entry.number] == .content
        case .entryWithdrawn(let number, _), .entryAcknowledged(let number), .handlingChanged(let number, _, _, _):
            return seen[number] == .content
        case .permissionRequested(let request):
            requests[request.number] = Set([request.origin, event.agency].compactMap(\.self))
            return isAsked(request.number)
        case .permissionDecided(let number, _, _): return isAsked(number)
        case .disseminated(let line):
            let knowsRecipient = seesAllRecipients || [line.origin, line.recipient, event.agency].contains(agency)
            return seen[line.entry] == .content && knowsRecipient && !isOversight
        case .caseDrafted, .caseMoved, .agencyInvited, .agencyAnswered, .memberAssigned, .memberRemoved:
            return knowsParticulars && !isOversight
        case .access: return event.member == reader || (isLiaison && event.agency == agency)
        default: return false
        }
    }

    /// A request for permission is between who asks and who contributed.
    private func isAsked(_ number: Int64) -> Bool { !isOversight && (requests[number]?.contains(agency) ?? false) }
}
