import Policy

/// Who answers for retention and removal of what, and in which role (domain.md 2.11).
///
/// What is kept of victims is open to few, and so are its removals: victim services of the agency that keeps it propose, its
/// liaison is the second person, or counsel where a court ordered it. The lead is told nothing of it.
extension CaseworkState {
    /// The roles in which somebody may act on these: the lead, legal, a liaison on what his agency contributed or made, and victim
    /// services on what they keep.
    func duties(of standing: Standing, for records: [Removable], in file: CaseFile) -> [Role] {
        var roles: [Role] = []
        let isOpen = records.allSatisfy { !$0.isClosed }
        if standing.isCaseLead, isOpen { roles.append(.lead) }
        if standing.isCounsel, isOpen || records.allSatisfy({ isForCounsel($0, in: file, standing) }) {
            roles.append(.legal)
        }
        let isOwn = records.allSatisfy { origin(of: $0, in: file) == standing.agency }
        if standing.isLiaison, standing.participant != nil, isOwn { roles.append(.liaison) }
        if isOwn, !isOpen, records.allSatisfy(\.isClosed), standing.isVictimServices { roles.append(.victimServices) }
        return roles
    }

    /// Whether counsel has to do with something: it is open to counsel, or a court ordered something about it.
    private func isForCounsel(_ what: Removable, in file: CaseFile, _ standing: Standing) -> Bool {
        !what.isClosed || file.removals.orders.contains { file.covered(by: $0).contains(what) }
            || sees(what, in: file, standing)
    }

    private func sees(_ what: Removable, in file: CaseFile, _ standing: Standing) -> Bool {
        file.item(what).map { standing.visibilityOfWhole($0, in: file) != .none } ?? false
    }

    /// Whether somebody is told what becomes of these by order or review.
    func isTold(of records: [Removable], _ standing: Standing, in file: CaseFile) -> Bool {
        if standing.isOversight { return true }
        if standing.hasDuty, records.allSatisfy({ !$0.isClosed }) { return true }
        return !records.isEmpty && !duties(of: standing, for: records, in: file).isEmpty
    }

    /// The names of orders, holds and purges about what is open to few, and of those items, of which an export of somebody says nothing.
    func untoldRemovals(_ standing: Standing, in file: CaseFile) -> Set<String> {
        let removals = file.removals
        func isUntold(_ records: [Removable]) -> Bool {
            records.contains(where: \.isClosed) && (standing.isOversight || !isTold(of: records, standing, in: file))
        }
        let records = (removals.orders.flatMap(\.records) + removals.reviews.keys).filter { isUntold([$0]) }
        return Set(
            records.names + removals.orders.filter { isUntold($0.records) }.map(\.id)
                + removals.holds.filter { isUntold($0.records) }.map(\.id)
                + removals.purges.filter { isUntold($0.records) }.map(\.id)
        )
    }

    /// Whether somebody can carry out an order about these: he has a duty for them, and may name them.
    func mayCarryOut(_ records: [Removable], _ standing: Standing, in file: CaseFile) -> Bool {
        !duties(of: standing, for: records, in: file).isEmpty
            && records.allSatisfy { !$0.isClosed || sees($0, in: file, standing) }
    }

    /// The agencies that were shown something of an item that is closed to all who are not named, but for the one that made it.
    func hearers(ofClosed item: WorkItem, in file: CaseFile) -> Set<AgencyID> {
        var hearers = item.parties.union(item.agencies("recipients"))
        if let services = item.agency("services") { hearers.insert(services) }
        switch item.workflow {
        case Workflow.victims.name:
            let consents = file.work.items[Workflow.consents.name] ?? []
            for consent in consents where consent.word("victim") == item.id {
                hearers.formUnion(consent.agencies("recipients"))
            }
        // Roles are warned, of whatever agency.
        case Workflow.alerts.name:
            hearers.formUnion(file.participants.values.filter { $0.wasThere(since: item.openedAt) }.map(\.agency))
        default: break
        }
        return hearers
    }
}

extension CaseFile {
    /// What is kept of victims beside their references: consents about them, and referrals that rest on those.
    func kept(ofVictimsAmong records: [Removable]) -> [Removable] {
        let names = Set(records.compactMap { item($0) }.filter { $0.workflow == Workflow.victims.name }.map(\.id))
        guard !names.isEmpty else { return [] }
        let kinds = [Workflow.consents.name, Workflow.referrals.name]
        return kinds.flatMap { work.items[$0] ?? [] }.filter { $0.word("victim").map(names.contains) ?? false }
            .map(\.removable)
    }

    /// What an order is about: what it names, and all that is kept of a victim whom it names.
    func covered(by order: CourtOrder) -> [Removable] {
        Set(order.records + kept(ofVictimsAmong: order.records)).sorted()
    }
}

extension RemovalEvent {
    /// What it is about, by the names of an order, a hold, a purge, or of entries and work.
    var about: [String] {
        switch self {
        case .reviewed(let records, _, _, _), .sealed(let records, _), .unsealed(let records, _): records.names
        case .noticeSent(let purge, _, _): ["P-\(purge)"]
        default: [item].compactMap(\.self)
        }
    }
}

extension Removable {
    private var workflow: Workflow? {
        if case .work(let name, _) = self { Workflows.named(name) } else { nil }
    }

    /// Whether it is open to nobody but who is named in its table.
    var isClosed: Bool { workflow?.isClosed ?? false }

    /// Whether counsel sees none of its kind, and records what a court says of it whether or not there is such a one: a refusal would
    /// tell.
    var isClosedToCounsel: Bool {
        guard case .closed(let readers)? = workflow?.audience else { return false }
        return !readers.contains { $0.party == .counsel }
    }
}

extension Standing {
    /// Victim services in the case.
    var isVictimServices: Bool { isInCase && roles.contains(.victimServices) }
}
