import Policy

/// What waits for a member about retention and removal.
extension CaseworkState {
    /// Hands over kind, item, who it comes from, since when, what it says and the command that answers it.
    func eachRemovalTask(
        in file: CaseFile,
        for member: Member,
        _ standing: Standing,
        _ now: UTCTime,
        _ add: (String, String?, AgencyID, UTCTime, String, String) -> Void
    ) {
        let all = file.removals
        for purge in all.purges where purge.state == .approved || purge.state == .purged {
            for notice in purge.notices where notice.certifiedAt == nil {
                if standing.isLiaison, notice.recipient == member.agency {
                    add(
                        "purge-notice",
                        purge.id,
                        // Who gave it; the agency that leads the case may be unknown to the recipient.
                        giver(of: notice, purge, in: file) ?? file.leadAgency,
                        notice.sentAt,
                        "What \(member.agency) was \(notice.dissemination.map { "given as D-\($0)" } ?? "told in shared work, or exported,") is purged: destroy your copies, and certify it until \(notice.dueAt).",
                        "accord purge certify \(file.number) \(purge.id)"
                    )
                }
            }
        }
        for purge in all.purges where purge.state == .proposed && purge.proposer != member.id {
            let duties = duties(of: standing, for: purge.records, in: file)
            let isLegal = duties.contains(.legal) && purge.proposerRole != .legal
            let isKeeper = duties.contains(.liaison) && purge.proposerRole != .liaison
            guard standing.mayKnow(file), isLegal || isKeeper else { continue }
            add(
                "purge-approval",
                purge.id,
                purge.proposerAgency,
                purge.at,
                "\(purge.proposer) proposes to purge \(purge.records.names.joined(separator: ", ")): \(purge.words).",
                "accord purge approve \(file.number) \(purge.id)\naccord purge decline \(file.number) \(purge.id) --reason WHY"
            )
        }
        for order in all.orders where order.terms.kind.holdsAtReceipt && concerns(order, in: file, member, standing) {
            let given = given(member.agency, of: order, in: file)
            let isOutside = !standing.mayKnow(file)
            // Who is not in the case is told of his own part, and of nothing else that the order names.
            let heard = order.records.filter { record in
                (!isOutside && (!record.isClosed || !duties(of: standing, for: [record], in: file).isEmpty))
                    || file.item(record).map { hearers(of: $0, in: file).contains(member.agency) } ?? false
            }
            let own = isOutside ? given.map { ["what \(member.agency) was given as \($0.id)"] } ?? [] : []
            let what = (own + heard.names).joined(separator: ", ")
            let isSuppression = order.terms.kind == .suppress
            add(
                "order",
                order.id,
                isOutside ? given?.from ?? file.leadAgency : file.leadAgency,
                order.at,
                isSuppression
                    ? "A court suppressed \(what): nobody reads or uses it any more."
                    : "A court keeps \(what) where it is: nobody else is given it, and nobody outside the case reads it.",
                "accord inbox ack \(order.id) --case \(file.number)"
            )
        }
        for order in all.orders where isToldOfSeal(order, in: file, member, standing) {
            let given = file.releases.filter { $0.recipient == member.agency }
            // Who was given something of it alone is told of that, and of nothing else of the case.
            let isOutside = file.participants[member.agency] == nil && !standing.isLeadAgency && !given.isEmpty
            let what =
                isOutside
                ? "the case from which \(member.agency) was given \(given.map(\.id).joined(separator: ", "))"
                : "all of the case"
            add(
                "order",
                order.id,
                isOutside ? given.first?.from ?? file.leadAgency : file.leadAgency,
                order.at,
                "A court sealed \(what): nobody reads or uses it any more but whom the order names.",
                "accord inbox ack \(order.id) --case \(file.number)"
            )
        }
        for order in all.orders where [.seal, .unseal].contains(order.terms.kind) && !order.isExecuted {
            let isLifting = order.terms.kind == .unseal
            let rest = order.records.filter { isLifting ? all.isBarred($0) : !all.isGone($0) }
            // Whoever recorded it does not carry it out.
            guard order.terms.executableFrom <= now, order.by != member.id else { continue }
            let names = rest.names
            let verb = isLifting ? "unseal" : "seal"
            let what: String
            let command: String
            if order.records.isEmpty {
                guard (all.caseSeal != nil) == isLifting, standing.hasDuty else { continue }
                what = "all of the case"
                command = "case \(verb) \(file.number)"
            } else {
                guard !rest.isEmpty, standing.keepsSeal || mayCarryOut(rest, standing, in: file) else { continue }
                what = names.joined(separator: ", ")
                command = "entry \(verb) \(file.number) \(names.joined(separator: " "))"
            }
            add(
                "order",
                order.id,
                file.leadAgency,
                order.terms.executableFrom,
                "The court order \(order.id) can be carried out: \(verb) \(what).",
                "accord \(command) --order \(order.id)"
            )
        }
        guard standing.hasDuty || standing.isVictimServices else { return }
        for order in all.orders where order.terms.kind == .expunge && order.terms.executableFrom <= now {
            let proposed = Set(all.purges.filter { $0.state == .proposed }.flatMap(\.records))
            let rest = file.covered(by: order).filter { all.purged[$0] == nil && !proposed.contains($0) }
            let isOpen = rest.allSatisfy { !$0.isClosed }
            guard !rest.isEmpty, isOpen ? standing.hasDuty : mayCarryOut(rest, standing, in: file) else { continue }
            let names = rest.names
            add(
                "order",
                order.id,
                file.leadAgency,
                order.terms.executableFrom,
                "The court order \(order.id) can be carried out: \(names.joined(separator: ", ")).",
                "accord purge propose \(file.number) \(names.joined(separator: " ")) --order \(order.id)"
            )
        }
    }

    /// Whether an order is something to take note of: it holds from its receipt on, or the case is sealed under it.
    func isNotice(_ order: CourtOrder, in file: CaseFile, _ member: Member, _ standing: Standing) -> Bool {
        order.terms.kind.holdsAtReceipt
            ? concerns(order, in: file, member, standing) : isToldOfSeal(order, in: file, member, standing)
    }

    /// Whether somebody is told that a case is sealed, and has not taken note of it: the liaisons of all agencies to which something
    /// of it went, in the case or out of it.
    private func isToldOfSeal(
        _ order: CourtOrder,
        in file: CaseFile,
        _ member: Member,
        _ standing: Standing
    ) -> Bool {
        guard file.removals.caseSeal == order.number, standing.isLiaison, order.by != member.id,
            !order.notedBy.contains(member.id), !order.terms.permitted.contains(member.id)
        else { return false }
        let part = file.participants[member.agency]?.standing
        return standing.isLeadAgency || part == .joined || part == .withdrawn
            || file.releases.contains { $0.recipient == member.agency }
            || file.work.all.contains { hearers(of: $0, in: file).contains(member.agency) }
    }

    /// Whether somebody is told of an order that holds from its receipt on, and has not taken note of it: who answers for the case,
    /// the liaison of the agency that contributed, and the liaisons of those that the register says were given it.
    func concerns(_ order: CourtOrder, in file: CaseFile, _ member: Member, _ standing: Standing) -> Bool {
        guard !order.isExecuted, !order.notedBy.contains(member.id), order.by != member.id else { return false }
        let items = order.records.compactMap { file.item($0) }
        let isHearer = items.contains { hearers(of: $0, in: file).contains(member.agency) }
        return standing.keepsSeal || !duties(of: standing, for: order.records, in: file).isEmpty
            || (standing.isLiaison && (isHearer || given(member.agency, of: order, in: file) != nil))
    }

    /// What an agency was given of what an order is about.
    private func given(_ agency: AgencyID, of order: CourtOrder, in file: CaseFile) -> Release? {
        file.releases.first { $0.recipient == agency && order.records.contains(.entry($0.entry)) }
    }

    /// Who gave what a notice is about, or made it.
    func giver(of notice: PurgeNotice, _ purge: Purge, in file: CaseFile) -> AgencyID? {
        if let number = notice.dissemination { return file.releases.first { $0.number == number }?.from }
        return purge.records.compactMap { file.item($0) }.first {
            hearers(of: $0, in: file).contains(notice.recipient)
        }?.keeper
    }
}
