import Policy

@testable import Casework

/// What domain.md 2.11 and 6.3 say of retention and removal, a second time.
extension Oracle {
    mutating func follow(_ removal: RemovalEvent, _ event: Event) {
        let id = event.caseID
        switch removal {
        case .reviewed(let entries, let decision, _, _):
            for entry in entries.compactMap(\.entry) { folders[id]?.items[entry]?.review = decision }
        case .holdPlaced(let number, let entries, _):
            folders[id]?.holds[number] = .some(Set(entries.compactMap(\.entry)))
            folders[id]?.holders[number] = event.agency
        case .holdLifted(let number, _): folders[id]?.holds[number] = .some(nil)
        case .orderReceived(let number, let entries, let terms):
            guard let member = event.member else { return }
            folders[id]?.orders[number] = Order(terms: terms, entries: Set(entries.compactMap(\.entry)), by: member)
            for entry in entries.compactMap(\.entry) where folders[id]?.items[entry]?.isPurged == false {
                if terms.kind == .suppress { folders[id]?.items[entry]?.isSealed = true }
                if terms.kind == .protective { folders[id]?.items[entry]?.isProtected = true }
                if terms.kind == .suppress || terms.kind == .protective { folders[id]?.items[entry]?.bar = number }
            }
        case .purgeProposed(let number, let entries, let order, _):
            guard let member = event.member, let role = event.role, let folder = folders[id] else { return }
            folders[id]?.proposals[number] = Proposal(
                entries: Set(entries.compactMap(\.entry)),
                order: order,
                by: member,
                role: role,
                remarks: entries.compactMap(\.entry).reduce(0) { $0 + (folder.items[$1]?.remarks ?? 0) }
            )
        case .purgeApproved(let number):
            folders[id]?.proposals[number]?.answer = "yes"
            for entry in folders[id]?.proposals[number]?.entries ?? [] { folders[id]?.items[entry]?.isPurged = true }
        case .purgeDeclined(let number, _): folders[id]?.proposals[number]?.answer = "no"
        case .noticeSent(let number, _, let recipient): folders[id]?.proposals[number]?.told[recipient] = false
        case .purged: return
        case .certified(let number):
            if let agency = event.agency { folders[id]?.proposals[number]?.told[agency] = true }
        case .sealed(let entries, let order) where entries.isEmpty:
            let permitted = folders[id]?.orders[order]?.terms.permitted ?? []
            folders[id]?.seal = Set(permitted)
            folders[id]?.sealOrder = order
        case .unsealed(let entries, _) where entries.isEmpty: folders[id]?.seal = nil
        case .sealed(let entries, let order):
            for entry in entries.compactMap(\.entry) {
                folders[id]?.items[entry]?.isSealed = true
                let bar = folders[id]?.items[entry]?.bar ?? 0
                folders[id]?.items[entry]?.bar = max(bar, order)
            }
        case .unsealed(let entries, _):
            for entry in entries.compactMap(\.entry) {
                folders[id]?.items[entry]?.isSealed = false
                folders[id]?.items[entry]?.isProtected = false
                folders[id]?.items[entry]?.bar = 0
            }
        }
    }

    func allows(_ place: Place, _ folder: Folder, _ isKnown: Bool, _ act: RemovalAct, _ suits: Bool) -> Bool {
        if case .certify(let text) = act {
            guard let number = Reference.number(text, letter: "P"), let told = folder.proposals[number]?.told else {
                return false
            }
            return place.isLiaison && told[place.agency] == false
        }
        guard isKnown, suits else { return false }
        let isCounsel = isCounsel(place, folder)
        func numbers(_ texts: [String]) -> Set<Int64>? {
            var found: Set<Int64> = []
            for text in texts {
                guard let number = Reference.entry(text), number > 0, var item = folder.items[number] else {
                    return nil
                }
                if item.isSealed, duties(place, folder, [item]).isEmpty { return nil }
                item.isSealed = false
                guard sight(place, folder, item) > 0 else { return nil }
                found.insert(number)
            }
            return found.isEmpty ? nil : found
        }
        func items(_ numbers: Set<Int64>) -> [Item] { numbers.compactMap { folder.items[$0] } }
        func isHeld(_ numbers: Set<Int64>) -> Bool {
            folder.holds.values.contains { hold in
                hold.map { $0.isEmpty || !$0.isDisjoint(with: numbers) } ?? false
            }
        }
        func runs(_ order: Order) -> Bool {
            let isAtOnce = order.terms.kind == .suppress || order.terms.kind == .protective
            return order.terms.effectiveAt <= now && (isAtOnce || order.terms.appealUntil.map { $0 <= now } ?? true)
        }
        switch act {
        case .list:
            // Victim services answer for what is kept of victims, and for nothing else here.
            let serves = place.isIn && place.roles.contains(.victimServices)
            return place.oversees || place.leads || isCounsel || serves || (place.isLiaison && place.isJoined)
        case .recordOrder(let texts, let terms):
            let isOfAll = texts.isEmpty && (terms.kind == .seal || terms.kind == .unseal)
            guard terms.permitted.isEmpty || (isOfAll && terms.kind == .seal),
                terms.permitted.allSatisfy({ folder.assigned[$0] != nil })
            else { return false }
            return isCounsel && (isOfAll || numbers(texts) != nil)
        case .placeHold(let texts, _): return isCounsel && (texts.isEmpty || numbers(texts) != nil)
        case .liftHold(let text, _):
            guard let number = Reference.number(text, letter: "L"), let hold = folder.holds[number] else {
                return false
            }
            return isCounsel && hold != nil
                && (folder.holders[number] == place.agency || folder.lead == place.agency)
        case .review(let texts, let decision, let until, _):
            guard let named = numbers(texts), !duties(place, folder, items(named)).isEmpty,
                items(named).allSatisfy({ !$0.isPurged })
            else { return false }
            return decision == .purge || until.map { $0 > now && $0 <= now.adding(days: 1_825) } ?? false
        case .proposePurge(let texts, let order, _):
            guard let named = numbers(texts), !duties(place, folder, items(named)).isEmpty, !isHeld(named),
                items(named).allSatisfy({ !$0.isPurged }),
                folder.proposals.values.allSatisfy({ $0.answer != "open" || $0.entries.isDisjoint(with: named) })
            else { return false }
            guard let order else { return items(named).allSatisfy { $0.review == .purge } }
            guard let number = Reference.number(order, letter: "C"), let found = folder.orders[number] else {
                return false
            }
            return found.terms.kind == .expunge && !found.entries.isEmpty && named.isSubset(of: found.entries)
                && runs(found)
        case .decidePurge(let text, let isApproved, _):
            guard let number = Reference.number(text, letter: "P"), let asked = folder.proposals[number],
                asked.answer == "open", asked.by != place.who
            else { return false }
            let held = duties(place, folder, items(asked.entries))
            let isTheirs = asked.order != nil || asked.role == .liaison
            guard held.contains(where: { $0 != .lead && $0 != asked.role && (isTheirs || $0 == .liaison) }),
                items(asked.entries).allSatisfy({ item in
                    var item = item
                    item.isSealed = false
                    return sight(place, folder, item) > 0
                })
            else { return false }
            guard isApproved else { return true }
            let remarks = items(asked.entries).reduce(0) { $0 + $1.remarks }
            return !isHeld(asked.entries) && remarks == asked.remarks
                && items(asked.entries).allSatisfy { !$0.isPurged }
                && asked.order.map { number in folder.orders[number].map(runs) ?? false } ?? true
        case .seal(let texts, let order), .unseal(let texts, let order):
            var isLifting = false
            if case .unseal = act { isLifting = true }
            if texts.isEmpty {
                guard place.leads || isCounsel || (place.isLiaison && place.agency == folder.lead),
                    let number = Reference.number(order, letter: "C"), let found = folder.orders[number],
                    found.entries.isEmpty, (folder.seal != nil) == isLifting, found.by != place.who
                else { return false }
                if isLifting, number <= folder.sealOrder { return false }
                return runs(found) && found.terms.kind == (isLifting ? .unseal : .seal)
            }
            guard let named = numbers(texts), !duties(place, folder, items(named)).isEmpty,
                let number = Reference.number(order, letter: "C"), let found = folder.orders[number],
                items(named).allSatisfy({ item in
                    !item.isPurged && (isLifting ? item.isSealed || item.isProtected : !item.isSealed)
                })
            else { return false }
            if isLifting, items(named).contains(where: { $0.bar >= number }) { return false }
            return found.terms.kind == (isLifting ? .unseal : .seal) && !found.entries.isEmpty
                && named.isSubset(of: found.entries) && runs(found)
                && found.by != place.who
        case .certify: return false
        }
    }

    func isCounsel(_ place: Place, _ folder: Folder) -> Bool {
        guard place.isIn, place.roles.contains(.legal), let part = place.part, part.mode != .deconflictOnly else {
            return false
        }
        return folder.lead == place.agency || isLive(part.agreement)
    }

    private func duties(_ place: Place, _ folder: Folder, _ items: [Item]) -> Set<Role> {
        var roles: Set<Role> = []
        if place.leads { roles.insert(.lead) }
        if isCounsel(place, folder) { roles.insert(.legal) }
        if place.isLiaison, place.part != nil, items.allSatisfy({ $0.origin == place.agency }) {
            roles.insert(.liaison)
        }
        return roles
    }
}
