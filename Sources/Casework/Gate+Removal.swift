import Policy

/// Retention, legal hold, court orders, sealing and purging (domain.md 2.11, 6.3, 6.8: P19, P20).
///
/// All of it also in a closed case: that is when most of it is due.
extension Gate {
    /// How many entries one act may name, so that the line which names their texts stays a line.
    private static let mostEntries = 32
    /// How many lines' texts one purge may destroy, for the same reason: 80 bytes each of 60,000.
    private static let mostLines = 600
    /// How often something may be said about one entry, so that nobody hinders its purge by saying more.
    private static let mostRemarks = 500
    /// Nothing stays unreviewed for longer (28 CFR 23.20(h)).
    private static let longestRetentionDays: Int64 = 5 * 365

    /// The day of the next review of what is kept, as a field says it.
    func nextReview(_ next: UTCTime?, field: String) throws(Refusal) -> UTCTime {
        guard let next, next > now, next <= now.adding(days: Self.longestRetentionDays) else {
            throw .malformed(field: field, "the day of the next review, within five years (28 CFR 23.20(h))")
        }
        return next
    }

    /// What an agency contributed is reviewed again as soon as its own law has it.
    private func reviewedInTime(_ file: CaseFile, _ records: [Removable], _ until: UTCTime) throws(Refusal) {
        for record in records {
            let item = Workflows.item(record.name, in: file.work)
            let origin = record.entry.map { file.facts($0).flatMap { state.origin(of: $0) } } ?? item?.agency
            guard let origin, let hours = state.shortened(.retention, of: origin, now), until > now.adding(hours: hours)
            else { continue }
            throw .malformed(
                field: "until",
                "at most \(hours) hours from now for \(record.name), as the policy of \(origin) has it"
            )
        }
    }

    mutating func decideRemoval(_ name: String, _ act: RemovalAct) throws(Refusal) -> Decision {
        if case .certify(let text) = act { return try certify(name, text) }
        var (file, standing) = try knownCase(name)
        // Who answers for a sealed case keeps his duty in it, and sees nothing more of it by that.
        if standing.keepsSeal { standing = state.unsealedStanding(of: member, in: file, now) }
        if case .list = act { return try listRemovals(file, standing) }
        try fresh(file)
        let purpose = try casePurpose(file, standing)
        switch act {
        case .review(let entries, let decision, let until, let explanation):
            let (records, role) = try dutiful(file, standing, entries)
            try ungone(file, records)
            if decision == .retain {
                try reviewedInTime(file, records, nextReview(until, field: "until"))
            }
            return removal(
                file,
                role,
                purpose,
                .reviewed(
                    records,
                    decision,
                    until: decision == .retain ? until : nil,
                    explanation: explanation
                )
            )
        case .placeHold(let entries, let reason):
            try counsel(standing)
            let records = entries.isEmpty ? [] : try known(file, standing, entries, unseen: true)
            return removal(
                file,
                .legal,
                purpose,
                .holdPlaced(Int64(file.removals.holds.count) + 1, records, reason: reason)
            )
        case .liftHold(let text, let reason):
            try counsel(standing)
            let number = Reference.number(text, letter: "L")
            let hold = file.removals.holds.first { $0.number == number }
            try require("P04", hold != nil, "The hold exists.")
            let placer = hold.flatMap { state.members[$0.by]?.agency }
            try require(
                "P19",
                placer == member.agency || standing.isLeadAgency,
                "The hold was placed by the asker's agency, or the asker's agency leads the case.",
                message: "Another agency placed that hold: its counsel lifts it, or the lead agency's."
            )
            try require(
                "L01",
                hold?.isLifted == false,
                "The hold stands.",
                message: "That hold was lifted already."
            )
            return removal(file, .legal, purpose, .holdLifted(number ?? 0, reason: reason))
        case .recordOrder(let entries, let terms):
            try counsel(standing)
            let records = try ordered(file, standing, entries, terms)
            return removal(
                file,
                .legal,
                purpose,
                .orderReceived(Int64(file.removals.orders.count) + 1, records, terms)
            )
        case .proposePurge(let entries, let order, let reason):
            return try propose(file, standing, entries, order, reason, purpose)
        case .decidePurge(let text, let isApproved, let reason):
            return try decide(file, standing, text, isApproved, reason, purpose)
        case .seal(let entries, let order):
            return entries.isEmpty
                ? try sealCase(file, standing, order, purpose, isLifting: false)
                : try seal(file, standing, entries, order, purpose, isLifting: false)
        case .unseal(let entries, let order):
            return entries.isEmpty
                ? try sealCase(file, standing, order, purpose, isLifting: true)
                : try seal(file, standing, entries, order, purpose, isLifting: true)
        case .certify, .list: throw Refusal(row: "P05")
        }
    }

    private func removal(
        _ file: CaseFile,
        _ role: Role,
        _ purpose: Purpose,
        _ body: RemovalEvent,
        _ references: [LineReference] = []
    ) -> Decision {
        var decision = event(body.kind, file.id, role, purpose, .removal(body))
        decision.references = references
        return decision
    }

    // MARK: Who

    private mutating func counsel(_ standing: Standing) throws(Refusal) {
        try require(
            "P05",
            standing.isCounsel,
            "The asker is legal in the case.",
            ask: "Ask a counsel who is assigned to the case."
        )
    }

    private func duties(_ file: CaseFile, _ standing: Standing, _ records: [Removable]) -> [Role] {
        state.duties(of: standing, for: records, in: file)
    }

    /// Entries and work that the asker has a duty for, and in which role.
    private mutating func dutiful(
        _ file: CaseFile,
        _ standing: Standing,
        _ entries: [String]
    ) throws(Refusal) -> ([Removable], Role) {
        let known = try known(file, standing, entries)
        let role = duties(file, standing, known).first
        try require(
            "P05",
            role != nil,
            "The asker leads the case, is legal in it, or is a liaison of the agency that contributed or made it.",
            ask: "Ask the lead of the case, its counsel, or the liaison of the originating agency."
        )
        return (known, role ?? .lead)
    }

    // MARK: What

    /// Entries and work that the asker may know of, sealed ones among them if he has a duty for the case: in order, and each once.
    ///
    /// `unseen`: counsel may name what no counsel sees, as a court's order does, whether or not there is such a one.
    private mutating func known(
        _ file: CaseFile,
        _ standing: Standing,
        _ names: [String],
        unseen: Bool = false
    ) throws(Refusal) -> [Removable] {
        guard !names.isEmpty, names.count <= Self.mostEntries else {
            throw .malformed(field: "entries", "from 1 to \(Self.mostEntries) entries or items")
        }
        var found: Set<Removable> = []
        for name in names {
            let what = Removable(name)
            let visible = what.flatMap { seen($0, in: file, standing) }
            let isOpen = what.map { what in
                (unseen && what.isClosedToCounsel)
                    || (visible ?? .none) != .none
                        && (file.removals.sealed[what] == nil || !duties(file, standing, [what]).isEmpty)
            }
            try require(
                "P04",
                isOpen ?? false,
                "It exists and is open to the asker.",
                ask: Removable.namesProtected(name)
                    ? "What 8 USC 1367 protects has orders and purges of its own: `accord victim protected --help`."
                    : nil,
                recorded: visible == nil && !Workflows.tellsOfVictims(name) ? "P04" : "P04C"
            )
            if let what { found.insert(what) }
        }
        // Who is told of the one is not told of the other.
        guard Set(found.map(\.isClosed)).count <= 1 else {
            throw .malformed(field: "entries", "what is open to few, such as V-7F3A, apart from entries and other work")
        }
        return found.sorted()
    }

    /// How much the asker would see of something that is neither sealed nor purged; nil if it is not there.
    private func seen(_ what: Removable, in file: CaseFile, _ standing: Standing) -> Visibility? {
        if let item = file.item(what) { return standing.visibilityOfWhole(item, in: file) }
        guard let facts = what.entry.flatMap({ file.facts($0) }) else { return nil }
        return standing.scope(file).visibility(origin: state.origin(of: facts), compartment: facts.compartment)
    }

    private mutating func ungone(_ file: CaseFile, _ records: [Removable]) throws(Refusal) {
        let gone = records.first { file.removals.purged[$0] != nil }
        try require(
            "L01",
            gone == nil,
            "Nothing of it is purged.",
            message: "\(gone?.name ?? "-") is purged already."
        )
    }

    /// An order of the right kind over all of the entries, which nobody can appeal any more.
    private mutating func order(
        _ text: String,
        in file: CaseFile,
        over records: [Removable],
        _ isRight: (OrderKind) -> Bool
    ) throws(Refusal) -> CourtOrder {
        let order = file.removals.order(Reference.number(text, letter: "C"))
        let carries = order.map { order in
            isRight(order.terms.kind) && records.isEmpty == order.records.isEmpty
                && records.allSatisfy(file.covered(by: order).contains)
        }
        try require(
            "P20",
            carries ?? false,
            "A court order that is recorded says so of each of them.",
            message: "No such order is recorded over these.",
            ask: "Ask the counsel of the case to record it: `accord order record`."
        )
        guard let order else { throw Refusal(row: "P20") }
        try executable(order)
        return order
    }

    private mutating func executable(_ order: CourtOrder) throws(Refusal) {
        try executable("C-\(order.number)", from: order.terms.executableFrom)
    }

    /// An order is carried out from a moment on.
    mutating func executable(_ order: String, from: UTCTime) throws(Refusal) {
        try require(
            "L01",
            from <= now,
            "The order has taken effect, and the time for an appeal has ended.",
            message: "\(order) may be appealed, or has no effect yet, until \(from).",
            ask: "Wait, or ask the counsel of the case."
        )
    }

    /// No protective order keeps an entry where it is (domain.md 2.11).
    mutating func passable(_ file: CaseFile, _ entry: Int64) throws(Refusal) {
        let order = file.removals.protected[.entry(entry)]
        try require(
            "P20C",
            order == nil,
            "No protective order keeps the entry in the case.",
            message: "The protective order C-\(order ?? 0) keeps E-\(entry) where it is: nobody else is given it."
        )
    }

    // MARK: Purging

    /// Something may still be said about an entry: it is not said too often, and no purge of it waits for its second person,
    /// which destroys what was said by then and nothing else.
    mutating func remarkable(_ file: CaseFile, _ entry: Int64) throws(Refusal) {
        let said = file.removals.remarks[entry]?.count ?? 0
        try remarkable(file, .entry(entry), isFull: said >= Self.mostRemarks)
    }

    /// The same of a piece of work: of what leads nowhere, such as an update, it takes no more than can be purged at once.
    mutating func remarkable(_ file: CaseFile, _ item: WorkItem, _ step: WorkStep) throws(Refusal) {
        let leads = step.to.map { $0 != item.state } ?? false
        try remarkable(file, item.removable, isFull: !leads && item.lines.count >= Self.mostRemarks)
    }

    private mutating func remarkable(_ file: CaseFile, _ what: Removable, isFull: Bool) throws(Refusal) {
        let waits = file.removals.purges.contains { $0.state == .proposed && $0.records.contains(what) }
        try require(
            "L01",
            !waits && !isFull,
            "It takes changes and requests.",
            message: "\(what.name) takes no changes and no requests at present.",
            ask: "Ask the lead of the case, or the liaison of the originating agency."
        )
    }

    private mutating func propose(
        _ file: CaseFile,
        _ standing: Standing,
        _ entries: [String],
        _ orderName: String?,
        _ reason: String,
        _ purpose: Purpose
    ) throws(Refusal) -> Decision {
        let (records, role) = try dutiful(file, standing, entries)
        try ungone(file, records)
        try unheld(file, records)
        let rest = file.kept(ofVictimsAmong: records).filter {
            !records.contains($0) && file.removals.purged[$0] == nil
        }
        try require(
            "L01",
            rest.isEmpty,
            "Nothing else is kept of the victim.",
            message: "\(rest.sorted().names.joined(separator: ", ")) say something of the same victim still.",
            ask: "Name them with the reference, or purge them first."
        )
        var authority: [Int64] = []
        var orderNumber: Int64?
        if let orderName {
            let order = try order(orderName, in: file, over: records) { $0 == .expunge }
            orderNumber = order.number
            authority = [order.line]
        } else {
            let reviews = records.compactMap { file.removals.reviews[$0] }.filter { $0.decision == .purge }
            try require(
                "P20",
                reviews.count == records.count,
                "A court order, or a retention review that decided so, says it of each of them.",
                message: "Neither a court order nor a retention review says that these are to be purged.",
                ask: "Name the order with `--order`, or review first: `accord retention review`."
            )
            authority = Set(reviews.map(\.line)).sorted()
        }
        let open = file.removals.purges.first { $0.state == .proposed && !Set($0.records).isDisjoint(with: records) }
        try require(
            "L01",
            open == nil,
            "No purge of these waits for its second person.",
            message: "\(open?.id ?? "") proposes that already."
        )
        let lines = file.lines(about: records)
        guard lines.count <= Self.mostLines else { throw .malformed(field: "entries", "fewer entries at once") }
        return removal(
            file,
            role,
            purpose,
            .purgeProposed(
                Int64(file.removals.purges.count) + 1,
                records,
                order: orderNumber,
                reason: reason
            ),
            authority.map { LineReference(line: $0) } + lines.map { LineReference(line: $0, isOfTexts: true) }
        )
    }

    private mutating func unheld(_ file: CaseFile, _ records: [Removable]) throws(Refusal) {
        let hold = file.removals.holds.first { hold in records.contains { hold.keeps($0) } }
        try require(
            "P19",
            hold == nil,
            "No legal hold keeps one of them.",
            message: "The legal hold L-\(hold?.number ?? 0) keeps them: nothing is purged while it stands."
        )
    }

    private mutating func decide(
        _ file: CaseFile,
        _ standing: Standing,
        _ text: String,
        _ isApproved: Bool,
        _ reason: String?,
        _ purpose: Purpose
    ) throws(Refusal) -> Decision {
        let purge = file.removals.purge(Reference.number(text, letter: "P"))
        let held = duties(file, standing, purge?.records ?? [])
        // A second person decides about what he sees, and about what is closed to all but a few by its name alone.
        let isOpen =
            purge?.records.allSatisfy { $0.isClosed || (seen($0, in: file, standing) ?? .none) != .none } ?? false
        try require(
            "P04",
            !held.isEmpty && isOpen,
            "The purge exists, and the asker has a duty for what it is about, which is open to him."
        )
        guard let purge else { throw Refusal(row: "P04") }
        try require(
            "P20",
            purge.proposer != member.id,
            "Who proposed does not approve.",
            message: "Whoever proposed a purge does not decide it: a second person does."
        )
        // Where no court ordered it, the originating agency is one of the two (originator control).
        let isOriginators = purge.order != nil || purge.proposerRole == .liaison
        let role = held.first { $0 != .lead && $0 != purge.proposerRole && (isOriginators || $0 == .liaison) }
        try require(
            "P20",
            role != nil,
            "The second person is legal or a liaison of the originating agency, and has another duty than the proposer; without a court order one of the two is that liaison.",
            message: isOriginators
                ? "A purge takes two duties: legal, or the liaison of the originating agency, beside \(purge.proposerRole.rawValue)."
                : "No court ordered this purge: the liaison of the originating agency approves it."
        )
        try require(
            "L01",
            purge.state == .proposed,
            "The purge waits for its second person.",
            message: "\(purge.id) is \(purge.state.rawValue) already."
        )
        guard isApproved else {
            return removal(file, role ?? .legal, purpose, .purgeDeclined(purge.number, reason: reason))
        }
        try unheld(file, purge.records)
        try ungone(file, purge.records)
        if let order = file.removals.order(purge.order) { try executable(order) }
        // Work takes no steps meanwhile, though a clock may have run out, whose line holds no text.
        let ofWork = Set(file.lines(about: purge.records.filter { $0.entry == nil }))
        try require(
            "L01",
            file.lines(about: purge.records.filter { $0.entry != nil }) == purge.lines.filter { !ofWork.contains($0) },
            "Nothing was added to the entries since.",
            message: "Something was added to the entries since \(purge.id): decline it, and have it proposed again."
        )
        let releases = file.releases.filter { purge.records.contains(.entry($0.entry)) }
        return removal(
            file,
            role ?? .legal,
            purpose,
            .purgeApproved(purge.number),
            [LineReference(line: purge.line)]
                + purge.lines.map { LineReference(line: $0, isOfTexts: true) }
                + releases.map { LineReference(line: $0.line) }
        )
    }

    private mutating func certify(_ name: String, _ text: String) throws(Refusal) -> Decision {
        let (file, standing) = try knownCase(name, through: .notice)
        let purge = file.removals.purge(Reference.number(text, letter: "P"))
        let own = purge?.notices.filter { $0.recipient == member.agency } ?? []
        try require(
            "P04",
            !own.isEmpty && standing.isLiaison,
            "The purge exists, and the asker is a liaison of an agency that was told of it."
        )
        try require(
            "L01",
            own.contains { $0.certifiedAt == nil },
            "It was not certified yet.",
            message: "Your agency has certified that already."
        )
        let purpose = try purpose(file.purpose)
        return removal(
            file,
            .liaison,
            purpose,
            .certified(purge?.number ?? 0),
            own.map { LineReference(line: $0.line) }
        )
    }

    // MARK: Sealing

    /// Two persons here too: counsel recorded the order, and another carries it out.
    private mutating func seal(
        _ file: CaseFile,
        _ standing: Standing,
        _ entries: [String],
        _ orderName: String,
        _ purpose: Purpose,
        isLifting: Bool
    ) throws(Refusal) -> Decision {
        let (records, role) = try dutiful(file, standing, entries)
        try ungone(file, records)
        let order = try orderOfAnother(orderName, in: file, over: records, isLifting: isLifting)
        let wrong = records.first { isLifting ? !file.removals.isBarred($0) : file.removals.sealed[$0] != nil }
        try require(
            "L01",
            wrong == nil,
            isLifting ? "They are sealed, or under a protective order." : "None of them is sealed.",
            message: "\(wrong?.name ?? "-") is "
                + (isLifting ? "neither sealed nor under a protective order." : "sealed already.")
        )
        return removal(
            file,
            role,
            purpose,
            isLifting ? .unsealed(records, order: order.number) : .sealed(records, order: order.number),
            [LineReference(line: order.line)]
        )
    }

    /// A seal or an unseal that somebody else recorded.
    private mutating func orderOfAnother(
        _ name: String,
        in file: CaseFile,
        over records: [Removable],
        isLifting: Bool
    ) throws(Refusal) -> CourtOrder {
        let order = try order(name, in: file, over: records) { $0 == (isLifting ? .unseal : .seal) }
        // What a court ordered is lifted by what it ordered since, and never by what it ordered before.
        let removals = file.removals
        let barring =
            [records.isEmpty ? removals.caseSeal : nil] + records.map { removals.sealed[$0] }
            + records.map { removals.protected[$0] }
        let newest = barring.compactMap(\.self).max() ?? 0
        try require(
            "P20",
            !isLifting || order.number > newest,
            "The order is newer than those that it lifts.",
            message: "\(order.id) is older than C-\(newest), which holds: it lifts nothing that was ordered since.",
            ask: "Ask the court for an order that lifts C-\(newest)."
        )
        try require(
            "P20",
            order.by != member.id,
            "Who recorded the order does not carry it out.",
            message: "Whoever recorded an order does not carry it out: a second person does."
        )
        return order
    }

    /// What an order is about: entries and work, or all of the case where it seals or unseals.
    private mutating func ordered(
        _ file: CaseFile,
        _ standing: Standing,
        _ entries: [String],
        _ terms: OrderTerms
    ) throws(Refusal) -> [Removable] {
        let isOfCase = entries.isEmpty && (terms.kind == .seal || terms.kind == .unseal)
        guard terms.permitted.isEmpty || (isOfCase && terms.kind == .seal) else {
            throw .malformed(field: "permitted", "given for an order that seals all of the case, and for no other")
        }
        guard terms.permitted.count <= Self.mostPermitted, terms.permitted.allSatisfy({ file.assignments[$0] != nil })
        else {
            throw .malformed(field: "permitted", "members who are assigned to the case, \(Self.mostPermitted) at most")
        }
        return isOfCase ? [] : try known(file, standing, entries, unseen: true)
    }

    /// So many may go on reading a sealed case.
    private static let mostPermitted = 16

    /// All of the case, for whoever answers for it: its lead, its counsel, or a liaison of the agency that leads it.
    private mutating func sealCase(
        _ file: CaseFile,
        _ standing: Standing,
        _ orderName: String,
        _ purpose: Purpose,
        isLifting: Bool
    ) throws(Refusal) -> Decision {
        let role: Role? =
            standing.isCaseLead
            ? .lead : standing.isCounsel ? .legal : standing.isLiaison && standing.isLeadAgency ? .liaison : nil
        try require(
            "P05",
            role != nil,
            "The asker leads the case, is legal in it, or is a liaison of the agency that leads it.",
            ask: "Ask the lead of the case, or its counsel."
        )
        let order = try orderOfAnother(orderName, in: file, over: [], isLifting: isLifting)
        try require(
            "L01",
            (file.removals.caseSeal != nil) == isLifting,
            isLifting ? "The case is sealed." : "The case is not sealed.",
            message: isLifting ? "The case is not sealed." : "The case is sealed already."
        )
        return removal(
            file,
            role ?? .lead,
            purpose,
            isLifting ? .unsealed([], order: order.number) : .sealed([], order: order.number),
            [LineReference(line: order.line)]
        )
    }

    // MARK: Listing

    private mutating func listRemovals(_ file: CaseFile, _ standing: Standing) throws(Refusal) -> Decision {
        _ = try casePurpose(file, standing)
        try require(
            "P05",
            standing.hasDuty || standing.isOversight || standing.isVictimServices
                || (standing.isLiaison && standing.isJoined),
            "The asker leads the case, is legal, liaison or victim services in it, or oversees it.",
            ask: "Ask the lead of the case."
        )
        return read(file.id, standing.scope(file))
    }
}

extension Standing {
    /// True for who answers for retention and removal in the whole case: its lead and its counsel, also where it is sealed from them.
    var hasDuty: Bool { isCaseLead || isCounsel || keepsSeal }
}
