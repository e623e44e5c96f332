package import Policy
package import StrictJSON

extension CaseworkState {
    mutating func evolve(_ removal: RemovalEvent, _ event: Event, _ place: StreamPosition) {
        guard let index = cases.index(forKey: event.caseID) else { return }
        let line = Int64(clamping: place.caseSeq)
        let now = place.recordedAt
        switch removal {
        case .reviewed(let records, let decision, let until, _):
            guard let member = event.member else { return }
            for what in records {
                cases.values[index].removals.reviews[what] = RetentionReview(
                    decision: decision,
                    until: until,
                    by: member,
                    line: line
                )
            }
        case .holdPlaced(let number, let records, _):
            guard let member = event.member else { return }
            cases.values[index].removals.holds.append(
                LegalHold(number: number, records: records, by: member, at: now, isLifted: false)
            )
        case .holdLifted(let number, _):
            let holds = cases.values[index].removals.holds
            guard let hold = holds.firstIndex(where: { $0.number == number }) else { return }
            cases.values[index].removals.holds[hold].isLifted = true
        case .orderReceived(let number, let records, let terms):
            guard let member = event.member else { return }
            cases.values[index].removals.orders.append(
                CourtOrder(number: number, terms: terms, records: records, by: member, at: now, line: line)
            )
            cases.values[index].removals.takeEffect(terms.kind, records, order: number)
        case .purgeProposed(let number, let records, let order, _):
            guard let member = event.member, let agency = event.agency, let role = event.role else { return }
            let lines = cases.values[index].lines(about: records)
            cases.values[index].removals.purges.append(
                Purge(
                    number: number,
                    records: records,
                    order: order,
                    proposer: member,
                    proposerAgency: agency,
                    proposerRole: role,
                    at: now,
                    state: .proposed,
                    line: line,
                    lines: lines
                )
            )
        case .purgeApproved(let number):
            change(number, at: index) { purge in
                (purge.state, purge.approver, purge.approvalLine) = (.approved, event.member, line)
            }
            for what in cases.values[index].removals.purge(number)?.records ?? [] {
                cases.values[index].removals.purged[what] = number
                // Nothing is owed about what is gone.
                if let item = cases.values[index].item(what) { stopClocks(of: item, in: event.caseID) }
            }
        case .purgeDeclined(let number, _): change(number, at: index) { $0.state = .declined }
        case .noticeSent(let number, let dissemination, let recipient):
            change(number, at: index) { purge in
                purge.notices.append(
                    PurgeNotice(dissemination: dissemination, recipient: recipient, sentAt: now, line: line)
                )
            }
        case .purged(let number):
            change(number, at: index) { $0.state = .purged }
            cases.values[index].removals.noteExecuted()
        case .certified(let number):
            change(number, at: index) { purge in
                for place in purge.notices.indices where purge.notices[place].recipient == event.agency {
                    purge.notices[place].certifiedAt = now
                }
            }
        case .sealed(let records, let order):
            if records.isEmpty { cases.values[index].removals.caseSeal = order }
            for what in records { cases.values[index].removals.sealed[what] = order }
            cases.values[index].removals.noteExecuted()
        case .unsealed(let records, _):
            if records.isEmpty { cases.values[index].removals.caseSeal = nil }
            for what in records {
                cases.values[index].removals.sealed[what] = nil
                cases.values[index].removals.protected[what] = nil
            }
            cases.values[index].removals.noteExecuted()
        }
    }

    private mutating func change(
        _ number: Int64,
        at index: Dictionary<CaseID, CaseFile>.Index,
        _ body: (inout Purge) -> Void
    ) {
        let purges = cases.values[index].removals.purges
        guard let place = purges.firstIndex(where: { $0.number == number }) else { return }
        body(&cases.values[index].removals.purges[place])
    }

    /// Keeps in mind which line says something about an entry.
    mutating func remark(_ entry: Int64, _ id: CaseID, _ place: StreamPosition) {
        guard let index = cases.index(forKey: id) else { return }
        cases.values[index].removals.remarks[entry, default: []].append(Int64(clamping: place.caseSeq))
    }

    /// Keeps in mind who took a copy of the case: what is purged later is in it, and its keeper is told.
    mutating func noteExport(_ event: Event, _ place: StreamPosition) {
        guard event.kind == "access.exported", case .access(_, _, nil) = event.body, let agency = event.agency,
            agencies[agency]?.missions != [.oversight], let index = cases.index(forKey: event.caseID)
        else { return }
        cases.values[index].removals.exports[agency] = Int64(clamping: place.caseSeq)
    }

    /// The agencies that exported the case when something was in it already that is purged, and did not contribute it.
    private func exporters(of purge: Purge, in file: CaseFile) -> [AgencyID] {
        file.removals.exports.filter { agency, exported in
            purge.records.contains { what in
                let first = file.lines(about: [what]).first ?? .max
                return first < exported && origin(of: what, in: file) != agency
            }
        }
        .map(\.key)
    }

    // MARK: What follows from an approval

    /// The notices that an approval owes: one for each line of the dissemination register about what is purged, and one for each
    /// agency that had a part in a piece of work or was shown it, or that took a copy of the case with it.
    ///
    /// They are recorded with it, so that there is no purge without them.
    func notices(after event: Event) -> [Decision] {
        guard case .removal(.purgeApproved(let number)) = event.body, let file = cases[event.caseID],
            let purge = file.removals.purge(number), let approval = purge.approvalLine
        else { return [] }
        let given = file.releases.filter { purge.records.contains(.entry($0.entry)) }.map { release in
            system(
                file.id,
                .noticeSent(purge: number, dissemination: release.number, release.recipient),
                [LineReference(line: approval), LineReference(line: release.line)]
            )
        }
        let told = Set(purge.records.compactMap { file.item($0) }.flatMap { hearers(of: $0, in: file) })
        let named = Set(file.releases.filter { purge.records.contains(.entry($0.entry)) }.map(\.recipient))
        let all = told.union(exporters(of: purge, in: file).filter { !named.contains($0) })
        return given
            + all.sorted().map { agency in
                system(
                    file.id,
                    .noticeSent(purge: number, dissemination: nil, agency),
                    [LineReference(line: approval)]
                )
            }
    }

    /// What the daemon records when the bytes of a purge are destroyed; nil unless that is what remains to be done.
    package func destruction(of purge: PendingPurge) -> Decision? {
        if purge.isRestricted { return protectedDestruction(of: purge) }
        guard let file = cases[purge.caseID], let found = file.removals.purge(purge.number), found.state == .approved
        else { return nil }
        return system(
            file.id,
            .purged(purge.number),
            [LineReference(line: purge.approvalLine)]
        )
    }

    private func system(_ caseID: CaseID, _ body: RemovalEvent, _ references: [LineReference]) -> Decision {
        var decision = Decision(
            event: Event(ofDaemon: body.kind, in: caseID, purpose: .administration, .removal(body))
        )
        decision.references = references
        return decision
    }

    /// Purges that are approved and whose bytes are not known to be destroyed.
    package var pendingPurges: [PendingPurge] {
        let open = cases.values.flatMap { file in
            file.removals.purges.filter { $0.state == .approved }.compactMap { purge in
                purge.approvalLine.map { PendingPurge(caseID: file.id, number: purge.number, approvalLine: $0) }
            }
        }
        return (open + pendingProtectedPurges).sorted { ($0.caseID, $0.number) < ($1.caseID, $1.number) }
    }

    // MARK: What is shown

    /// Orders, holds, sealed entries, reviews and purges of a case, as far as the member may see them (`type Removal`).
    package func removals(of file: CaseFile, for id: MemberID, now: UTCTime) -> [JSONObject] {
        guard let member = members[id] else { return [] }
        let standing = standing(of: member, in: file, now)
        let seesAll = standing.hasDuty || standing.isOversight
        func concerns(_ records: [Removable]) -> Bool { isTold(of: records, standing, in: file) }
        func object(
            _ id: String,
            _ kind: String,
            _ records: [Removable],
            _ state: String,
            by: MemberID?,
            at: UTCTime?,
            _ others: [(String, JSONValue?)] = []
        ) -> JSONObject {
            .present(
                [
                    ("id", .string(id)), ("case", .string(file.number)), ("kind", .string(kind)),
                    ("entries", .strings(records.names)), ("state", .string(state)),
                    ("by", by.map { .string($0.text) }), ("at", at.map { .integer($0.milliseconds * 1_000) }),
                ] + others
            )
        }
        func time(_ time: UTCTime?) -> JSONValue? { time.map { .integer($0.milliseconds * 1_000) } }
        let all = file.removals
        var objects: [JSONObject] = []
        for order in all.orders where concerns(order.records) {
            let word = all.word(of: order, now)
            let others: [(String, JSONValue?)] = [
                ("until", time(order.terms.appealUntil)), ("court", .string(order.terms.court)),
                ("docket", .string(order.terms.docket)),
            ]
            let kind = "order-\(order.terms.kind.rawValue)"
            objects.append(object(order.id, kind, order.records, word, by: order.by, at: order.at, others))
        }
        for hold in all.holds where concerns(hold.records) {
            let word = hold.isLifted ? "lifted" : "in-effect"
            objects.append(object("L-\(hold.number)", "hold", hold.records, word, by: hold.by, at: hold.at))
        }
        for (what, review) in all.reviews.sorted(by: { $0.key < $1.key }) where concerns([what]) {
            let word = review.decision == .purge ? "purge" : review.until.map { $0 <= now } ?? true ? "due" : "retain"
            let others = [("until", time(review.until))]
            objects.append(object(what.name, "review", [what], word, by: review.by, at: nil, others))
        }
        if let order = all.caseSeal, seesAll {
            let others: [(String, JSONValue?)] = [("authority", .string("C-\(order)"))]
            objects.append(object(file.number, "seal", [], "sealed", by: nil, at: nil, others))
        }
        for (kind, word, barred) in [("seal", "sealed", all.sealed), ("protection", "protected", all.protected)] {
            for (what, order) in barred.sorted(by: { $0.key < $1.key }) where concerns([what]) {
                let authority: [(String, JSONValue?)] = [("authority", .string("C-\(order)"))]
                objects.append(object(what.name, kind, [what], word, by: nil, at: nil, authority))
            }
        }
        for purge in all.purges where concerns(purge.records) {
            let notices = purge.notices.map { notice -> JSONValue in
                let release = file.releases.first { $0.number == notice.dissemination }
                let origin = release.flatMap { file.facts($0.entry) }.flatMap { self.origin(of: $0) }
                let mayKnow = standing.mayKnowRecipient(notice.recipient, origin, release?.from)
                return .object(
                    .present([
                        ("dissemination", notice.dissemination.map { .string("D-\($0)") }),
                        ("agency", mayKnow ? .string(notice.recipient.text) : nil), ("sentAt", time(notice.sentAt)),
                        ("dueAt", time(notice.dueAt)), ("certifiedAt", time(notice.certifiedAt)),
                    ])
                )
            }
            let others: [(String, JSONValue?)] = [
                ("authority", .string(purge.order.map { "C-\($0)" } ?? "review")),
                ("approvedBy", purge.approver.map { .string($0.text) }), ("notices", .array(notices)),
            ]
            objects.append(
                object(purge.id, "purge", purge.records, purge.state.rawValue, by: purge.proposer, at: purge.at, others)
            )
        }
        return objects
    }

    /// A removal's event in a feed; nil if the member may not know of it.
    func feedSummary(_ removal: RemovalEvent, _ who: String, _ file: CaseFile, _ standing: Standing) -> String? {
        func words(_ records: [Removable]) -> String {
            records.isEmpty ? "all of the case" : records.names.joined(separator: ", ")
        }
        func concerns(_ records: [Removable]) -> Bool { isTold(of: records, standing, in: file) }
        func ofPurge(_ number: Int64, _ text: (Purge) -> String) -> String? {
            file.removals.purge(number).flatMap { concerns($0.records) ? text($0) : nil }
        }
        switch removal {
        case .reviewed(let records, let decision, _, _):
            return concerns(records) ? "\(who) reviewed \(words(records)): \(decision.rawValue)." : nil
        case .holdPlaced(let number, let records, _):
            return concerns(records) ? "\(who) placed the legal hold L-\(number) on \(words(records))." : nil
        case .holdLifted(let number, _):
            let hold = file.removals.holds.first { $0.number == number }
            return concerns(hold?.records ?? []) ? "\(who) lifted the legal hold L-\(number)." : nil
        case .orderReceived(let number, let records, let terms):
            return concerns(records)
                ? "\(who) recorded the court order C-\(number), \(terms.kind.rawValue), about \(words(records))." : nil
        case .purgeProposed(let number, _, _, _):
            return ofPurge(number) { "\(who) proposed \($0.words): \(words($0.records))." }
        case .purgeDeclined(let number, _): return ofPurge(number) { "\(who) declined \($0.id)." }
        case .purgeApproved(let number):
            if let text = ofPurge(number, { "\(who) approved \($0.words): \(words($0.records)) is purged." }) {
                return text
            }
            // Who may know that the entries exist is told that they are gone.
            guard let purge = file.removals.purge(number) else { return nil }
            let scope = standing.scope(file)
            let isKnown = purge.records.allSatisfy { what in
                if let item = file.item(what) { return standing.visibility(of: item, in: file) != .none }
                guard let number = what.entry, let facts = file.facts(number) else { return false }
                return scope.visibility(of: number, origin: origin(of: facts), compartment: facts.compartment) != .none
            }
            return isKnown ? "\(words(purge.records)) is purged: \(purge.words)." : nil
        case .purged(let number): return ofPurge(number) { "The bytes of \($0.id) are destroyed." }
        case .noticeSent(let number, let dissemination, let recipient):
            return ofPurge(number) { purge in
                let mayKnow = standing.mayKnowRecipient(recipient)
                let given = dissemination.map { " for D-\($0)" } ?? ""
                return "\(mayKnow ? recipient.text : "Another agency") was told of \(purge.id)\(given)."
            }
        case .certified(let number):
            return standing.mayKnowRecipient() ? ofPurge(number) { "\(who) certified \($0.id)." } : nil
        case .sealed(let records, let order):
            return concerns(records) ? "\(who) sealed \(words(records)) under C-\(order)." : nil
        case .unsealed(let records, let order):
            return concerns(records) ? "\(who) unsealed \(words(records)) under C-\(order)." : nil
        }
    }
}

/// A purge whose bytes are still to be destroyed, or may be.
package struct PendingPurge: Hashable, Sendable {
    package let caseID: CaseID
    package let number: Int64
    /// Position in the case of the line that approves it and names what is to be destroyed.
    package let approvalLine: Int64
    /// Whether that line stands in the stream of something that 8 USC 1367 protects: it names nothing, and destroys what was said
    /// there before it.
    package let isRestricted: Bool

    package init(caseID: CaseID, number: Int64, approvalLine: Int64, isRestricted: Bool = false) {
        self.caseID = caseID
        self.number = number
        self.approvalLine = approvalLine
        self.isRestricted = isRestricted
    }

    /// What an event approves; nil if it approves no purge.
    package init?(approvedBy event: Event, at line: Int64) {
        switch event.body {
        case .removal(.purgeApproved(let number)):
            self.init(caseID: event.caseID, number: number, approvalLine: line)
        case .work(let done) where done.kind == Workflow.purgeApproved:
            self.init(caseID: event.caseID, number: done.number, approvalLine: line, isRestricted: true)
        default: return nil
        }
    }
}
