package import Policy
import StrictJSON

/// What a case keeps of another whose number its lead named.
///
/// Cases are linked when the leads of both have named the other's number. Until then nobody is told whether there is such a case:
/// a proposal is a line of the own case and of no other, and waits the same whether or not there is anybody to answer it.
package struct CaseLink: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        /// The own lead agrees.
        case proposed
        /// Both agree.
        case linked
        /// The own lead does not, whatever the other says.
        case declined
    }

    package var state: State
    package var since: UTCTime

    /// So many proposals wait at most for each case, so that numbers are not tried out.
    static let openLimit = 16

    /// The whole number of a case, in capital letters; nil for anything else.
    static func number(_ text: String) -> String? {
        let bytes = text.utf8.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }
        let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
        guard bytes.count == 14, digits == Array(3...6) + Array(8...13), bytes[7] == 0x2D,
            bytes.starts(with: Array("TF-".utf8))
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Gate {
    mutating func link(_ name: String, _ text: String) throws(Refusal) -> Decision {
        let (file, purpose, other) = try linkable(name, text)
        try writable(file)
        let own = file.links[other]?.state
        try require(
            "L01",
            own == nil || own == .declined,
            "The number was not named yet.",
            message: own == .linked ? "The cases are linked already." : "That is proposed already."
        )
        try require(
            "L01",
            file.links.values.count { $0.state == .proposed } < CaseLink.openLimit,
            "Fewer than \(CaseLink.openLimit) proposals of the case wait.",
            message: "\(CaseLink.openLimit) proposals of this case wait: take one back with `accord case unlink`."
        )
        guard let proposing = state.proposal(from: other, to: file) else {
            return event("case.link_proposed", file.id, .lead, purpose, .caseLink(other, reason: nil))
        }
        try require(
            "P02",
            proposing.leadAgency == file.leadAgency
                || state.agreements.values.contains {
                    $0.isLive(now) && $0.joins(proposing.leadAgency, file.leadAgency)
                },
            "A live agreement joins the agencies that lead the two cases.",
            ask: "Ask the administrator which agreements \(proposing.leadAgency) is a party to."
        )
        return event("case.linked", file.id, .lead, purpose, .caseLink(other, reason: nil))
    }

    /// Takes a proposal back, declines another's, or ends a link.
    mutating func unlink(_ name: String, _ text: String, _ reason: String) throws(Refusal) -> Decision {
        let (file, purpose, other) = try linkable(name, text)
        try require("L02", file.state != .closed, "The case is not closed.")
        let own = file.links[other]?.state
        try require(
            "L01",
            own == .proposed || own == .linked || state.proposal(from: other, to: file) != nil,
            "The cases are linked, or it is proposed.",
            message: "No link with that case is there or proposed."
        )
        return event("case.unlinked", file.id, .lead, purpose, .caseLink(other, reason: reason))
    }

    /// The lead's own case, and the number that he names.
    private mutating func linkable(_ name: String, _ text: String) throws(Refusal) -> (CaseFile, Purpose, String) {
        let (file, standing) = try knownCase(name)
        try fresh(file)
        try require("P05", standing.isCaseLead, "The asker leads the case.", ask: "Ask the lead of the case.")
        let purpose = try casePurpose(file, standing)
        guard let other = CaseLink.number(text), other != file.number else {
            throw .malformed(field: "other", "the whole number of another case, such as TF-2031-000022")
        }
        return (file, purpose, other)
    }
}

extension Standing {
    /// Number and code word of a linked case are for the lead, the liaisons of agencies in the case, and oversight.
    func mayKnowLinks(_ file: CaseFile) -> Bool {
        isCaseLead || isOversight || (isLiaison && isJoined && mayKnowParticulars(file))
    }

    /// What is only proposed is between the leads.
    var mayKnowProposals: Bool { isCaseLead || isOversight }
}

extension CaseworkState {
    mutating func evolve(link number: String, _ event: Event, _ place: StreamPosition) {
        guard let index = cases.index(forKey: event.caseID) else { return }
        let own = cases.values[index].links[number]?.state
        let state: CaseLink.State?
        switch event.kind {
        case "case.link_proposed": state = .proposed
        case "case.linked": state = .linked
        default: state = own == .proposed || own == .linked ? nil : .declined
        }
        cases.values[index].links[number] = state.map { CaseLink(state: $0, since: place.recordedAt) }
        if state == .proposed {
            linkProposals[number, default: []].insert(event.caseID)
        } else {
            linkProposals[number]?.remove(event.caseID)
        }
    }

    /// The case of a number whose lead proposes a link with this one, and was not declined since; nil if there is none.
    func proposal(from number: String, to file: CaseFile) -> CaseFile? {
        guard let other = casesByNumber[number].flatMap({ cases[$0] }), other.state != .closed,
            let link = other.links[file.number], link.state == .proposed
        else { return nil }
        if let own = file.links[number], own.state == .declined, own.since >= link.since { return nil }
        return other
    }

    /// The cases whose leads propose a link with this one, in the order of their numbers.
    private func proposals(to file: CaseFile) -> [CaseFile] {
        (linkProposals[file.number] ?? []).compactMap { cases[$0] }
            .filter { proposal(from: $0.number, to: file) != nil }
            .sorted { $0.number < $1.number }
    }

    /// What follows in the other case when a lead links cases, and when he ends a link; of a proposal nothing does.
    func links(after event: Event, _ number: String) -> [Decision] {
        guard event.member != nil, let own = cases[event.caseID], let id = casesByNumber[number], let other = cases[id]
        else { return [] }
        let isOver = event.kind == "case.unlinked" && other.links[own.number]?.state == .linked
        guard event.kind == "case.linked" || isOver else { return [] }
        let link = EventBody.caseLink(own.number, reason: nil)
        return [Decision(event: Event(ofDaemon: event.kind, in: id, purpose: .administration, link))]
    }

    // MARK: What is shown

    /// Links as the interface shows them (`type LinkedCase`).
    func links(of file: CaseFile, _ standing: Standing) -> [JSONObject] {
        guard standing.mayKnowLinks(file) else { return [] }
        var shown = file.links.sorted { $0.key < $1.key }.compactMap { number, link -> JSONObject? in
            guard link.state == .linked || (link.state == .proposed && standing.mayKnowProposals) else { return nil }
            let other = link.state == .linked ? casesByNumber[number].flatMap { cases[$0] } : nil
            return .present([
                ("number", .string(number)), ("title", other.map { .string($0.title) }),
                ("agency", other.map { .string($0.leadAgency.text) }), ("state", .string(link.state.rawValue)),
                ("since", .integer(link.since.milliseconds * 1_000)),
            ])
        }
        guard standing.mayKnowProposals else { return shown }
        shown += proposals(to: file).map { other in
            [
                "number": .string(other.number), "agency": .string(other.leadAgency.text), "state": "waiting",
                "since": .integer((other.links[file.number]?.since.milliseconds ?? 0) * 1_000),
            ]
        }
        return shown
    }

    /// A line about a link in a feed; nil for who may not know of it.
    func feedSummary(
        link number: String,
        _ event: Event,
        _ who: String,
        _ file: CaseFile,
        _ standing: Standing
    )
        -> String?
    {
        switch event.kind {
        case "case.link_proposed":
            return standing.mayKnowProposals ? "\(who) proposes to link this case with \(number)." : nil
        case "case.linked": return standing.mayKnowLinks(file) ? "This case is linked with \(number)." : nil
        default:
            return standing.mayKnowProposals ? "The link with \(number) is declined, taken back or ended: \(who)." : nil
        }
    }

    /// What waits for a lead: cases that another lead proposes to link with his.
    func eachLinkTask(
        in file: CaseFile,
        _ standing: Standing,
        _ add: (String, String?, AgencyID, UTCTime, String, String) -> Void
    ) {
        guard standing.isCaseLead, file.state.isWorked else { return }
        for other in proposals(to: file) {
            add(
                "case-link",
                nil,
                other.leadAgency,
                other.links[file.number]?.since ?? file.updatedAt,
                "The lead of \(other.number) (\(other.leadAgency)) proposes to link it with \(file.number).",
                "accord case link \(file.number) \(other.number)"
            )
        }
    }
}

extension CaseFile {
    /// What a snapshot of the state says of links.
    var linkRecord: JSONValue {
        .array(
            links.sorted { $0.key < $1.key }.map { number, link in
                [
                    "number": .string(number), "state": .string(link.state.rawValue),
                    "since": .integer(link.since.milliseconds),
                ]
            }
        )
    }

    mutating func readLinks(_ value: JSONValue?) throws(EventFault) {
        for value in value?.array ?? [] {
            let fields = try Fields(value)
            links[try fields.string("number")] = CaseLink(
                state: try fields.word("state") { CaseLink.State(rawValue: $0) },
                since: try fields.time("since")
            )
        }
    }
}
