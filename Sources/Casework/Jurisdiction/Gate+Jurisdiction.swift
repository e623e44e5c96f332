import Policy
import StrictJSON

/// Each agency's own policy: who puts it in force, and what it refuses (domain.md 2.7, 6.8).
extension Gate {
    // MARK: What it says

    /// What an agency's policy says at this moment; see ``CaseworkState/jurisdiction(of:_:_:counterpart:instrument:now:)``.
    func jurisdiction(
        of agency: AgencyID,
        _ object: JurisdictionObject,
        _ purpose: Purpose,
        counterpart: AgencyID? = nil,
        instrument: Instrument = .absent
    ) -> JurisdictionAnswer {
        state.jurisdiction(
            of: agency,
            object,
            purpose,
            counterpart: counterpart,
            instrument: instrument,
            now: now
        )
    }

    /// Refuses what an agency's own policy does not allow, in the words and with the citation of its rule (P03J); where no rule
    /// of it speaks, the default refuses (P03), with `message` and `ask`.
    ///
    /// `met` says which conditions are there; nil where conditions are judged elsewhere, so that a denial alone refuses.
    mutating func require(
        policyOf agency: AgencyID,
        allows object: JurisdictionObject,
        _ purpose: Purpose,
        counterpart: AgencyID? = nil,
        instrument: Instrument = .absent,
        meeting met: Set<JurisdictionCondition>? = [],
        message: String? = nil,
        ask: String? = nil
    ) throws(Refusal) {
        let answer = jurisdiction(of: agency, object, purpose, counterpart: counterpart, instrument: instrument)
        let missing = answer.missing(met)
        func what() -> String {
            "\(agency)'s policy allows \(object.rawValue) for \(purpose.rawValue)"
                + (counterpart.map { " with \($0)" } ?? "")
        }
        guard !answer.fired.isEmpty else {
            if missing != [] || state.jurisdiction.file(of: agency) {
                try require("P03", missing == [], "\(what()): no rule of it speaks.", message: message, ask: ask)
            }
            return
        }
        try require(
            "P03J",
            missing == [],
            "\(what()) (\(answer.fired.map { "\($0.bundle) \($0.rule.id)" }.joined(separator: ", "))).",
            message: missing == [] ? nil : answer.words(of: agency, missing: missing),
            citation: missing == [] ? nil : answer.citations,
            ask: missing == [] ? nil : "Ask \(contact(agency)); `accord policy show \(agency)` prints its policy."
        )
    }

    /// What is done or read in a case for civil immigration enforcement: only where both the asker's agency and the one that leads
    /// say in their own policies that they take part in that.
    mutating func civilOnlyByPolicy(_ file: CaseFile) throws(Refusal) {
        guard command.purpose == Purpose.civilImmigration.rawValue else { return }
        for (agency, other) in [(member.agency, file.leadAgency), (file.leadAgency, member.agency)] {
            try require(
                policyOf: agency,
                allows: .participation,
                .civilImmigration,
                counterpart: agency == other ? nil : other,
                meeting: nil,
                message: Self.nothingCivil,
                ask: Self.askForPurposes
            )
        }
    }

    static let nothingCivil = "Nothing is done or shown here for civil immigration enforcement."
    static let askForPurposes = "Ask the liaison of your agency which purposes its agreements allow."

    /// What the asker may see of the entries of a case, as far as their originators' policies let it be read for the purpose.
    func scope(_ file: CaseFile, _ standing: Standing) -> EntryScope {
        let purpose = command.purpose.flatMap { Purpose(rawValue: $0) } ?? file.purpose
        return state.scope(standing, in: file, for: purpose, now)
    }

    // MARK: Who puts it in force

    mutating func decideJurisdiction(_ act: JurisdictionAct) throws(Refusal) -> Decision {
        let purpose = try purpose(.administration)
        try notCivil()
        switch act {
        case .propose(let form): return try proposePolicy(form, purpose)
        case .activate(let agency, let reference, let note):
            let file = try proposedPolicy(agency, reference)
            try counselOf(agency)
            try notOwnProposal(file)
            try standsAt(file, .proposed, "activated")
            let mentions = CarveOut.mentions(in: file.bundle)
            try require(
                "P31",
                mentions.isEmpty || note != nil,
                "No text of it speaks of citizenship or immigration status, or counsel says why.",
                message:
                    "A text of \(reference) speaks of citizenship or immigration status: \(mentions.joined(separator: ", ")).",
                ask: "Activate it with `--note WHY` if it restricts nothing of that, or have another version proposed."
            )
            return policy(
                .legal,
                purpose,
                .activated(
                    JurisdictionEvent.Activation(
                        agency: agency,
                        reference: reference,
                        digest: file.bundle.digest,
                        citations: file.bundle.citations,
                        effectiveAt: file.bundle.effectiveAt,
                        note: note
                    )
                )
            )
        case .retire(let agency, let reference, let reason):
            let file = try proposedPolicy(agency, reference)
            let isLiaison = agency == member.agency && member.roles(in: nil, now).contains(.liaison)
            if file.state == .proposed, isLiaison {
                return policy(.liaison, purpose, .retired(agency, reference, reason: reason))
            }
            if isLiaison, file.retirer == nil || !state.isCounsel(member, of: agency, now) {
                try notRetired(file, isOpen: file.retirer == nil)
                return policy(.liaison, purpose, .retirementProposed(agency, reference, reason: reason))
            }
            try counselOf(agency)
            try notOwnProposal(file)
            try notRetired(file)
            // As it came into force: by two, of whom one speaks for the agency (domain.md 6.2).
            try require(
                "P08",
                file.state == .proposed || file.retirer.map { $0 != member.id } ?? false,
                "Of one that is in force, a liaison of the agency proposed that it be retired, and counsel is somebody else.",
                message: "\(reference) is in force: counsel retires it once a liaison of \(agency) has proposed that.",
                ask: "Ask a liaison of \(agency): `accord policy retire \(agency) \(reference) --reason WHY`."
            )
            return policy(.legal, purpose, .retired(agency, reference, reason: reason))
        case .list: return read(nil, .nothing)
        }
    }

    private mutating func notRetired(_ file: PolicyFile, isOpen: Bool = true) throws(Refusal) {
        let (agency, reference) = (file.bundle.agency, file.bundle.reference)
        try require(
            "L01",
            file.state != .retired && isOpen,
            "It is not retired, and nobody has proposed that it be.",
            message: file.state == .retired
                ? "\(reference) is retired already."
                : "That \(reference) be retired was proposed already: it waits for counsel.",
            ask: "`accord policy show \(agency)` tells how things stand."
        )
    }

    private func policy(_ role: Role, _ purpose: Purpose, _ body: JurisdictionEvent) -> Decision {
        event(body.kind, .system, role, purpose, .jurisdiction(body))
    }

    private mutating func proposePolicy(_ form: JSONObject, _ purpose: Purpose) throws(Refusal) -> Decision {
        try require(
            "P05",
            member.roles(in: nil, now).contains(.liaison),
            "The asker is a liaison, for his own agency.",
            ask: "Ask a liaison of your agency."
        )
        let bundle: JurisdictionBundle
        do throws(JurisdictionFault) {
            bundle = try JurisdictionForm.bundle(form, of: member.agency)
        } catch {
            try require(
                error.row,
                false,
                "The bundle is in its form.",
                message: "“bundle.\(error.place)”: \(error.message)."
            )
            throw Refusal(row: error.row)
        }
        try Text.check(bundle.title, field: "bundle.title", limit: JurisdictionForm.shortText)
        for text in bundle.citations + bundle.rules.map(\.citation) {
            try Text.check(text, field: "bundle.citation", limit: JurisdictionForm.shortText)
        }
        for rule in bundle.rules {
            try Text.check(rule.message, field: "bundle.message", limit: JurisdictionForm.longText)
        }
        let newest = state.jurisdiction.newestVersion(of: bundle.id, member.agency)
        try require(
            "V03",
            bundle.version > newest,
            "The version is higher than all that were proposed under this name.",
            message: "\(bundle.id)/\(newest) was proposed already: number this one \(newest + 1) or higher."
        )
        return policy(.liaison, purpose, .proposed(bundle))
    }

    /// A version that was proposed, and that the asker may know of.
    private mutating func proposedPolicy(
        _ agency: AgencyID,
        _ reference: BundleReference
    ) throws(Refusal) -> PolicyFile {
        let file = state.jurisdiction.file(agency, reference)
        let mayKnow = file.map { state.mayKnow($0, member, now) } ?? false
        guard let file, mayKnow else {
            throw .malformed(field: "version", "one that was proposed: `accord policy show \(agency)`")
        }
        return file
    }

    /// Counsel of the agency; if it has none, counsel of a prosecutor whom a live agreement joins with it.
    private mutating func counselOf(_ agency: AgencyID) throws(Refusal) {
        try require(
            "P05",
            state.isCounsel(member, of: agency, now),
            "The asker is counsel of \(agency), or of a prosecutor joined with it by an agreement if it has no counsel.",
            ask: "Ask a counsel of \(agency), or of the prosecutor if it has none."
        )
    }

    private mutating func notOwnProposal(_ file: PolicyFile) throws(Refusal) {
        try require(
            "P08",
            file.proposer != member.id,
            "Who proposed it does not put it in force, nor out of it.",
            message: "Whoever proposed a policy does not decide about it: a second person does."
        )
    }

    private mutating func standsAt(_ file: PolicyFile, _ wanted: PolicyFile.State, _ done: String) throws(Refusal) {
        let isOver = file.bundle.expiresAt.map { $0 <= now } ?? false
        try require(
            "L01",
            file.state == wanted && !isOver,
            "It is proposed, and has not expired.",
            message: isOver
                ? "\(file.bundle.reference) has expired: have another version proposed."
                : "\(file.bundle.reference) is \(file.state.rawValue) already: it cannot be \(done).",
            ask: "`accord policy show \(file.bundle.agency)` tells how things stand."
        )
    }
}

extension JurisdictionAnswer {
    /// The rules' own messages, and what is missing.
    func words(of agency: AgencyID, missing: Set<JurisdictionCondition>?) -> String {
        var messages: [String] = []
        for fired in fired where !messages.contains(fired.rule.message) { messages.append(fired.rule.message) }
        let said = "\(agency): \(messages.prefix(3).joined(separator: " "))"
        guard let missing, !missing.isEmpty else { return said }
        let words = JurisdictionCondition.inOrder(missing).map(\.rawValue).joined(separator: ", ")
        return "\(said) It takes: \(words)."
    }

    /// Where the rules come from, and the bundles that they stand in.
    var citations: String {
        var texts: [String] = []
        for fired in fired {
            let text = "\(fired.rule.citation) (\(fired.bundle), \(fired.rule.id))"
            if !texts.contains(text) { texts.append(text) }
        }
        return texts.prefix(3).joined(separator: "; ")
    }
}
