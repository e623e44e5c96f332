package import Policy
import StrictJSON

/// A changed predicate of a case: a second person agrees to it, and then each agency in the case does (domain.md 3 row 12, 6.7.3).
///
/// What an agency contributed was given for what the case was about when it joined. Until it has agreed anew, it is a header to all
/// others (rule P34). One that has left agrees by being invited and joining again.
package enum AmendmentAct: Hashable, Sendable {
    case propose(predicate: String, offences: [String], reason: String)
    case decide(isApproved: Bool, reason: String?)
    /// For the own agency.
    case consent

    package var name: String {
        switch self {
        case .propose: "case.amend"
        case .decide(let isApproved, _): isApproved ? "case.approve-amendment" : "case.decline-amendment"
        case .consent: "case.consent"
        }
    }

    /// From the wire; nil for a method of another kind.
    init?(method: String, _ read: Parameters) throws(Refusal) {
        switch method {
        case "io.accord.Case.AmendPredicate":
            self = .propose(
                predicate: try read.reason("predicate"),
                offences: try read.offences("offences"),
                reason: try read.reason("reason")
            )
        case "io.accord.Case.ApproveAmendment": self = .decide(isApproved: true, reason: nil)
        case "io.accord.Case.DeclineAmendment": self = .decide(isApproved: false, reason: try read.reason("reason"))
        case "io.accord.Case.ConsentToAmendment": self = .consent
        default: return nil
        }
    }

    /// The act that an event tells of; for a text that was destroyed comes a stand-in.
    init(recorded event: AmendmentEvent, or standIn: String) {
        switch event {
        case .proposed(let predicate, let offences, let reason):
            self = .propose(predicate: predicate, offences: offences, reason: reason)
        case .amended: self = .decide(isApproved: true, reason: nil)
        case .declined(let reason): self = .decide(isApproved: false, reason: reason ?? standIn)
        case .consented: self = .consent
        }
    }
}

/// What happened about a changed predicate.
package enum AmendmentEvent: Hashable, Sendable {
    case proposed(predicate: String, offences: [String], reason: String)
    case amended
    case declined(reason: String?)
    case consented(AgencyID)

    package static let kinds = [
        "case.amendment_proposed", "case.predicate_amended", "case.amendment_declined", "case.amendment_consented",
    ]

    package var kind: String {
        switch self {
        case .proposed: "case.amendment_proposed"
        case .amended: "case.predicate_amended"
        case .declined: "case.amendment_declined"
        case .consented: "case.amendment_consented"
        }
    }

    var parts: (JSONObject, [(String, String?)]) {
        switch self {
        case .proposed(let predicate, let offences, let reason):
            (["offences": .strings(offences)], [("predicate", predicate), ("reason", reason)])
        case .amended: ([:], [])
        case .declined(let reason): ([:], [("reason", reason)])
        case .consented(let agency): (["agency": .string(agency.text)], [])
        }
    }

    /// Reads one back; `text` gives a part by its name.
    ///
    /// - Throws: ``EventFault`` if it does not say what the kind must say.
    init(_ kind: String, _ details: Fields, text: (String) -> String?) throws(EventFault) {
        switch kind {
        case "case.amendment_proposed":
            guard let predicate = text("predicate"), let reason = text("reason") else {
                throw EventFault(message: "a part is missing")
            }
            self = .proposed(predicate: predicate, offences: try details.strings("offences"), reason: reason)
        case "case.predicate_amended": self = .amended
        case "case.amendment_declined": self = .declined(reason: text("reason"))
        default: self = .consented(try details.word("agency") { AgencyID($0) })
        }
    }
}

/// A predicate that waits for its second person.
package struct Amendment: Hashable, Sendable {
    package var predicate: String
    package var offences: [String]
    package var proposer: MemberID
    package var at: UTCTime

    var record: JSONObject {
        [
            "predicate": .string(predicate), "offences": .strings(offences), "proposer": .string(proposer.text),
            "at": .integer(at.milliseconds),
        ]
    }

    init(_ fields: Fields) throws(EventFault) {
        predicate = try fields.string("predicate")
        offences = try fields.strings("offences")
        proposer = try fields.word("proposer") { MemberID($0) }
        at = try fields.time("at")
    }

    init(predicate: String, offences: [String], proposer: MemberID, at: UTCTime) {
        (self.predicate, self.offences, self.proposer, self.at) = (predicate, offences, proposer, at)
    }
}

extension Gate {
    mutating func decideAmendment(_ name: String, _ act: AmendmentAct) throws(Refusal) -> Decision {
        let (file, standing) = try knownCase(name)
        try fresh(file)
        try require("L02", file.state != .closed, "The case is not closed.")
        switch act {
        case .propose(let predicate, let offences, let reason):
            try require("P05", standing.isCaseLead, "The asker leads the case.", ask: "Ask the lead of the case.")
            try require(
                "L01",
                (file.state.isWorked || file.state == .suspended) && file.amendment == nil,
                "The case was opened, and no other predicate is proposed.",
                message: file.amendment == nil
                    ? "The case is \(file.state.rawValue): its predicate is amended once it is open."
                    : "Another predicate is proposed already: a second person approves or declines it."
            )
            return amendment(
                file,
                .lead,
                try casePurpose(file, standing),
                .proposed(predicate: predicate, offences: offences, reason: reason)
            )
        case .decide(let isApproved, let reason):
            try require(
                "P08",
                file.amendment?.proposer != member.id,
                "Who proposed does not approve.",
                message: "Whoever proposed does not decide: a second person does."
            )
            try require(
                "P05",
                standing.mayBeSecond && standing.mayKnowParticulars(file),
                "The asker is a liaison of the lead agency or of the agreement's designee, and in the case.",
                ask: "Ask a liaison of \(file.leadAgency)."
            )
            try proposed(file)
            if isApproved {
                try require(
                    "P02",
                    state.agreements[file.agreement]?.isLive(now) ?? false,
                    "The agreement of the case is live."
                )
                try require(policyOf: file.leadAgency, allows: .participation, file.purpose, meeting: nil)
            }
            let purpose = try casePurpose(file, standing)
            return amendment(file, .liaison, purpose, isApproved ? .amended : .declined(reason: reason))
        case .consent:
            try require(
                "P05",
                standing.isLiaison && standing.isJoined,
                "The asker is a liaison of an agency in the case.",
                ask: "Ask your agency's liaison."
            )
            try require(
                "L01",
                file.unconsented.contains(member.agency),
                "The agency has not agreed to the predicate yet.",
                message: "Nothing waits for \(member.agency): it agreed to the predicate as it is."
            )
            try liveParticipation(file, standing)
            try participation(file, member.agency, standing.participant?.mode, meeting: [.controlOfficialApproval])
            return amendment(file, .liaison, try casePurpose(file, standing), .consented(member.agency))
        }
    }

    private mutating func proposed(_ file: CaseFile) throws(Refusal) {
        try require(
            "L01",
            file.amendment != nil,
            "Another predicate is proposed.",
            message: "No other predicate is proposed."
        )
    }

    private func amendment(_ file: CaseFile, _ role: Role, _ purpose: Purpose, _ body: AmendmentEvent) -> Decision {
        event(body.kind, file.id, role, purpose, .amendment(body))
    }

    /// What an agency contributed before the predicate changed is read by others once it agreed, or once its liaison permitted it.
    mutating func agreed(_ file: CaseFile, _ number: Int64, from origin: AgencyID?, isGiven: Bool) throws(Refusal) {
        guard let origin, origin != member.agency else { return }
        let isPermitted =
            isGiven
            || file.permissions.contains {
                $0.entry == number && $0.recipient == member.agency && $0.answer == .granted
            }
        try require(
            "P34",
            isPermitted || !file.unconsented.contains(origin),
            "\(origin) agreed to the predicate as it is now.",
            ask:
                "Ask \(contact(origin)) to agree (`accord case consent`), or for this entry: accord dissemination request \(file.number) E-\(number) \(member.agency) --reason …"
        )
    }
}

extension CaseworkState {
    mutating func evolve(_ done: AmendmentEvent, _ event: Event, _ place: StreamPosition) {
        guard let index = cases.index(forKey: event.caseID), let member = event.member else { return }
        switch done {
        case .proposed(let predicate, let offences, _):
            cases.values[index].amendment = Amendment(
                predicate: predicate,
                offences: offences,
                proposer: member,
                at: place.recordedAt
            )
        case .declined: cases.values[index].amendment = nil
        case .consented(let agency): cases.values[index].unconsented.remove(agency)
        case .amended:
            guard let new = cases.values[index].amendment else { return }
            cases.values[index].amendment = nil
            cases.values[index].predicate = new.predicate
            cases.values[index].offences = new.offences
            // Who leads proposed it, and who approved speaks for his agency. Who was asked and has not answered will join what
            // the case is by then.
            let agreed = [cases.values[index].leadAgency, event.agency]
            cases.values[index].unconsented = Set(
                cases.values[index].participants.values
                    .filter { $0.mode != .deconflictOnly && ($0.standing == .joined || $0.standing == .withdrawn) }
                    .map(\.agency)
            )
            .subtracting(agreed.compactMap(\.self))
        }
    }

    /// What a member is shown of a predicate that is proposed, and of who has not agreed to the one that is.
    func amendmentJSON(_ file: CaseFile, _ standing: Standing) -> [(String, JSONValue?)] {
        let proposed = file.amendment.map { amendment -> JSONValue in
            [
                "predicate": .string(amendment.predicate), "offences": .strings(amendment.offences),
                "member": .string(amendment.proposer.text), "since": .integer(amendment.at.milliseconds * 1_000),
            ]
        }
        let waiting = file.unconsented.sorted().map(\.text)
        return [
            // The factual basis is content: oversight sees that there is one.
            ("amendment", standing.isOversight ? nil : proposed),
            ("unconsented", waiting.isEmpty ? nil : .strings(waiting)),
        ]
    }

    /// What waits for a member about a changed predicate.
    func eachAmendmentTask(
        in file: CaseFile,
        _ standing: Standing,
        _ add: (String, String?, AgencyID, UTCTime, String, String) -> Void
    ) {
        guard file.state != .closed, standing.mayKnowParticulars(file) else { return }
        if let amendment = file.amendment, standing.mayBeSecond, amendment.proposer != standing.member {
            add(
                "amendment",
                nil,
                file.leadAgency,
                amendment.at,
                "\(amendment.proposer) proposes another predicate of \(file.title): `accord case show` has it.",
                "accord case approve-amendment \(file.number)\naccord case decline-amendment \(file.number) --reason WHY"
            )
        }
        if standing.isLiaison, standing.isJoined, file.unconsented.contains(standing.agency) {
            add(
                "consent",
                nil,
                file.leadAgency,
                file.updatedAt,
                "The predicate of \(file.title) is another: what \(standing.agency) contributed is kept back until it agrees.",
                "accord case consent \(file.number)\naccord case withdraw \(file.number) --reason WHY"
            )
        }
    }
}
