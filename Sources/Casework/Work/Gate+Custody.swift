import Policy
import StrictJSON

/// Custody: what due process asks is fixed, and the holder's own policy can only add to it (domain.md 2.7, 2.10).
extension Gate {
    /// Custody is coordinated for that purpose, and for none other.
    mutating func forCustody(_ check: WorkCheck) throws(Refusal) {
        try require(
            "P03",
            check.purpose == .custodyCoordination,
            "The purpose is custody coordination.",
            message: "Custody is spoken of for \(Purpose.custodyCoordination.rawValue) alone.",
            ask: "Repeat without `--purpose`."
        )
    }

    /// The hours may be counted from when the person would be released otherwise: not later than a day from now, lest a
    /// request be extended before it begins.
    mutating func countable(_ check: WorkCheck) throws(Refusal) {
        guard let stated = check.act.facts["counts_from"]?.integer.map({ UTCTime(milliseconds: $0) }) else { return }
        let hours = state.custodyHours(of: check.standing.agency, now)
        guard stated <= now.adding(hours: 24), Workflow.custodyEnd(from: stated, hours: hours, state.calendar) > now
        else {
            throw .malformed(field: "countsFrom", "at most a day from now, and its \(hours) hours not over")
        }
    }

    /// What was asked once about somebody, on the same paper, is not begun again: its hours would be.
    mutating func notAgain(_ check: WorkCheck) throws(Refusal) {
        let asked = check.act.facts
        let same = asked["to"] == nil ? ["from", "booking", "asks", "instrument"] : ["to", "booking", "reason"]
        let earlier = (state.cases[check.file.id]?.work.all ?? []).first { item in
            item.workflow == "custody" && item.state != "withdrawn" && item.agency == check.standing.agency
                && same.allSatisfy { item.facts[$0] == asked[$0] }
        }
        try require(
            "L01",
            earlier == nil,
            "The same was not asked about the booking before, on the same paper.",
            message: "\(earlier?.id ?? "") is the same, and \(earlier?.state ?? ""): its hours are not begun anew.",
            ask: "A new instrument, or a new booking, is a new request."
        )
    }

    /// The hours that the holder's own policy gives, for the record; nothing where they are the usual ones.
    func custodyHours(_ check: WorkCheck) -> JSONObject {
        let hours = state.custodyHours(of: check.standing.agency, now)
        return hours == JurisdictionForm.mostCustodyHours ? [:] : ["hours": .integer(hours)]
    }

    /// The holder's own policy lets it ask: on a court's warrant that is known, or on nothing.
    mutating func askable(_ check: WorkCheck) throws(Refusal) {
        let isWarrantKnown = check.act.facts["reason"]?.string == "judicial-warrant-known"
        var met = Self.holdersDuties
        if isWarrantKnown { met.insert(.judicialWarrant) }
        if !check.standing.isLiaison { met.remove(.controlOfficialApproval) }
        try require(
            policyOf: check.standing.agency,
            allows: .custodyAnswer,
            .custodyCoordination,
            counterpart: check.act.facts["to"]?.string.flatMap { AgencyID($0) },
            instrument: isWarrantKnown ? .judicialWarrant : .absent,
            meeting: met
        )
    }

    /// Each side answers what it is asked: the counterpart an inquiry, the holder a request.
    mutating func answerable(_ check: WorkCheck) throws(Refusal) {
        guard let item = check.item, let answer = check.act.facts["answer"]?.string else { return }
        try require(
            "P05",
            item.isIncoming || item.agency("to") == check.standing.agency,
            "The asker's agency is asked.",
            ask: "Ask \(item.agency("to")?.text ?? "the agency that is asked")."
        )
        let answers = item.isIncoming ? Workflow.incoming : Workflow.outgoing
        guard answers.contains(answer) else {
            throw .malformed(field: "answer", "one of \(answers.joined(separator: ", "))")
        }
        if answer == "complying" { try told(item) }
        if answer == "complying" { try accepted(check, item) }
        // Of what is handed over the holder answers for the notices, before it is.
        if answer == "will-take" { try accepted(check, item, meeting: Self.holdersDuties) }
    }

    /// Nobody is handed over untold, nor on less than the holder's policy accepts.
    mutating func transferable(_ check: WorkCheck) throws(Refusal) {
        guard let item = check.item else { return }
        try require(
            "L01",
            item.word("asks") != "release-date",
            "Custody is what was asked for.",
            message: "\(item.id) asks for a release date: nobody is handed over by it."
        )
        try told(item)
        try accepted(check, item)
    }

    /// What a policy may ask of the holder beyond the instrument.
    private static let holdersDuties: Set<JurisdictionCondition> = [
        .consent, .personNotice, .counselNotice, .controlOfficialApproval,
    ]

    /// On what the step relies: what it says, or what was said before.
    private func instrument(_ check: WorkCheck) -> Instrument {
        let words = [check.act.facts["authority"]?.string, check.act.facts["instrument"]?.string]
        let said = words.compactMap(\.self).first ?? check.item?.word("instrument")
        return said.flatMap { Instrument(rawValue: $0) } ?? .absent
    }

    private mutating func told(_ item: WorkItem) throws(Refusal) {
        try require("P17", item.isToldOfCompliance, "Person and counsel were told in writing that it will be done.")
    }

    /// The instrument is of a class that the holder's own policy accepts, and what else that policy asks for is there.
    ///
    /// `met` are conditions that are judged elsewhere.
    private mutating func accepted(
        _ check: WorkCheck,
        _ item: WorkItem,
        meeting met: Set<JurisdictionCondition> = [.controlOfficialApproval]
    ) throws(Refusal) {
        let instrument = instrument(check)
        try require(
            "P17I",
            instrument != .absent || item.word("asks") == "release-date",
            "An instrument is recorded."
        )
        let answer = policy(check, item)
        let other = (item.agency("to") ?? item.agency("from"))?.text ?? "-"
        try require(
            "P17I",
            answer.verdict != .deny || !answer.fired.isEmpty,
            "The holder's own policy speaks of what civil immigration enforcement asks.",
            message:
                "\(item.agency) has stated no policy on this: until it does, nothing but a court's order hands anybody to \(other).",
            citation: "domain.md 2.7 (unset: denied until the agency states a policy)",
            ask: "Ask \(contact(item.agency)): its liaison proposes a policy, `accord policy propose`."
        )
        var met = met
        if item.flag("copy_given") { met.insert(.personNotice) }
        if item.facts["counsel_intent"] != nil { met.insert(.counselNotice) }
        if item.flag("consent_given") { met.insert(.consent) }
        if instrument == .judicialWarrant { met.insert(.judicialWarrant) }
        let missing = answer.missing(met)
        let notices = missing?.intersection(Self.holdersDuties) ?? []
        for (row, holds) in [("P17", notices.isEmpty), ("P17I", missing.map { $0.isSubset(of: notices) } ?? false)] {
            try require(
                row,
                holds,
                "The policy of \(item.agency) allows it.",
                message: answer.words(of: item.agency, missing: missing),
                citation: answer.citations,
                ask: "Ask \(contact(item.agency)); `accord policy show \(item.agency)` prints its policy."
            )
        }
    }

    /// What the holder's own policy says of what it is asked.
    private func policy(_ check: WorkCheck, _ item: WorkItem) -> JurisdictionAnswer {
        state.jurisdiction(
            of: item.agency,
            item.word("asks") == "release-date" ? .releaseDate : .custodyAnswer,
            .custodyCoordination,
            counterpart: item.agency("to") ?? item.agency("from"),
            instrument: instrument(check),
            isAnswered: true,
            now: now
        )
    }

    /// The rules of the holder's policy that decided, for the record; nothing where no rule of it speaks.
    func custodyPolicy(_ check: WorkCheck) -> JSONObject {
        let citations = check.item.map { policy(check, $0).citations } ?? ""
        return citations.isEmpty ? [:] : ["policy": .string(citations)]
    }
}
