import Policy

@testable import Casework

/// What domain.md 3 row 12 and 6.7.3 say of a changed predicate, and of an agency that another follows, a second time.
extension Oracle {
    mutating func follow(_ done: AmendmentEvent, _ event: Event) {
        guard var folder = folders[event.caseID], let member = event.member else { return }
        switch done {
        case .proposed: folder.otherBy = member
        case .declined: folder.otherBy = nil
        case .consented(let agency): folder.awaited.remove(agency)
        case .amended:
            folder.otherBy = nil
            folder.awaited = Set(
                folder.parts.filter { $1.mode != .deconflictOnly && ["joined", "withdrawn"].contains($1.step) }.keys
            )
            folder.awaited.remove(folder.lead)
            if let agency = event.agency { folder.awaited.remove(agency) }
        }
        folders[event.caseID] = folder
    }

    mutating func follow(_ done: SuccessionEvent) {
        switch done {
        case .proposed(let agency, let successor, _): heirs[agency] = successor
        case .declined(let agency, _): heirs[agency] = nil
        case .succeeded(let agency, let successor):
            heirs[agency] = nil
            followed.insert(agency)
            pass(agency, to: successor)
        }
    }

    /// Everything in which an agency was named names its successor, but for its people, who are nobody any more.
    private mutating func pass(_ old: AgencyID, to new: AgencyID) {
        for id in people.keys where people[id]?.agency == old { people[id]?.isDisabled = true }
        for id in agreements.keys {
            guard let index = agreements[id]?.parties.firstIndex(of: old) else { continue }
            if agreements[id]?.parties.contains(new) ?? false {
                agreements[id]?.parties.remove(at: index)
            } else {
                agreements[id]?.parties[index] = new
            }
            if agreements[id]?.designee == old { agreements[id]?.designee = new }
        }
        for id in folders.keys {
            guard var folder = folders[id] else { continue }
            if let part = folder.parts.removeValue(forKey: old), folder.parts[new]?.step != "joined" {
                folder.parts[new] = part
            }
            if folder.lead == old { folder.lead = new }
            if folder.awaited.remove(old) != nil { folder.awaited.insert(new) }
            folder.assigned = folder.assigned.filter { $0.value != old }
            for number in folder.items.keys where folder.items[number]?.origin == old {
                folder.items[number]?.origin = new
            }
            for number in folder.questions.keys {
                if folder.questions[number]?.origin == old { folder.questions[number]?.origin = new }
                if folder.questions[number]?.recipient == old { folder.questions[number]?.recipient = new }
                if folder.questions[number]?.askingAgency == old { folder.questions[number]?.askingAgency = new }
            }
            for index in folder.gifts.indices where folder.gifts[index].recipient == old {
                folder.gifts[index].recipient = new
            }
            folders[id] = folder
        }
    }

    /// Whether the agency that contributed an entry has agreed to what the case is about now, or its liaison to this one reader.
    func isAgreed(_ item: Item, for agency: AgencyID, _ folder: Folder) -> Bool {
        item.origin == agency || !folder.awaited.contains(item.origin)
            || folder.questions.values.contains {
                $0.entry == item.number && $0.recipient == agency && $0.answer == true
            }
    }

    func allows(_ place: Place, _ folder: Folder, _ act: AmendmentAct, _ suits: Bool) -> Bool {
        guard suits, folder.step != "closed", folder.seal == nil else { return false }
        switch act {
        case .propose: return place.leads && ["open", "suspended"].contains(folder.step) && folder.otherBy == nil
        case .decide(let isApproved, _):
            guard let proposer = folder.otherBy, proposer != place.who, place.isLiaison else { return false }
            let speaks = place.agency == folder.lead || agreements[folder.agreement]?.designee == place.agency
            let isBound = place.part.map { isLive($0.agreement) && $0.mode != .deconflictOnly } ?? false
            let isThere = place.isSecond || (place.isJoined && (place.agency == folder.lead || isBound))
            return speaks && isThere && (!isApproved || isLive(folder.agreement))
        case .consent:
            return place.isLiaison && place.isJoined && folder.awaited.contains(place.agency)
                && (place.part.map { isLive($0.agreement) } ?? false)
        }
    }

    func allows(_ person: Person, isLiaison: Bool, _ act: SuccessionAct) -> Bool {
        func canFollow(_ old: AgencyID, _ new: AgencyID) -> Bool {
            guard old != new, let before = agencies[old], let after = agencies[new] else { return false }
            return Set(before) == Set(after) && !followed.contains(old) && !followed.contains(new)
                && Set(before).isDisjoint(with: [.oversight, .administration])
                && ((inForce[old] ?? []).isEmpty || !(inForce[new] ?? []).isEmpty)
        }
        guard isLiaison else { return false }
        switch act {
        case .propose(let new, _): return heirs[person.agency] == nil && canFollow(person.agency, new)
        case .accept(let old): return heirs[old] == person.agency && canFollow(old, person.agency)
        case .decline(let old, _): return heirs[old] != nil && (old == person.agency || heirs[old] == person.agency)
        }
    }
}
