import Policy
import StrictJSON

/// What is asked of steps about victims beyond who, when and from where (28 CFR 94.115; 8 USC 1367; domain.md 2.5).
extension Gate {
    /// Within how many days the agency that is asked certifies: as its own policy sets, or thirty (domain.md 2.5, 6.11).
    func certificationDays(_ check: WorkCheck) -> JSONObject {
        let agency = check.act.facts["to"]?.string.flatMap { AgencyID($0) }
        return ["days": .integer(agency.map { state.certificationDays(of: $0, now) } ?? 0)]
    }

    /// No text says who somebody is.
    ///
    /// The refusal names the kind of what was found, and neither it nor the record repeats it.
    mutating func withoutIdentity(_ check: WorkCheck) throws(Refusal) {
        for (name, value) in check.act.parts.members {
            let found = VictimText.identifying(value.string ?? "")
            try require(
                "P13",
                found == nil,
                "No text about a victim holds what identifies a person.",
                message: found.map { "“\(name)” seems to hold \($0)." }
            )
        }
    }

    /// A warning says what to be careful of, and not about which reference.
    mutating func withoutReference(_ check: WorkCheck) throws(Refusal) {
        for (name, value) in check.act.parts.members {
            try require(
                "P13",
                !VictimText.namesReference(value.string ?? ""),
                "A safety alert names no reference.",
                message: "“\(name)” names a victim's reference: those who are warned are not told about whom."
            )
        }
    }

    /// The reference was minted by the asker's own agency: of another's he is told nothing.
    mutating func ownVictim(_ check: WorkCheck) throws(Refusal) {
        let number = Workflows.number(check.act.facts["victim"]?.string ?? "", Workflow.victims)
        let item = number.flatMap { check.file.work[Workflow.victims.name, $0] }
        // Of what is purged or sealed is said nothing more.
        let isThere = item.map { !check.file.removals.isGone($0.removable) } ?? false
        try require(
            "P04",
            isThere && item?.agency == check.standing.agency,
            "The reference was minted by the asker's agency.",
            recorded: "P04C"
        )
    }

    /// Each agency that is named takes part in the case.
    mutating func joinedAll(_ check: WorkCheck, _ fact: String) throws(Refusal) {
        let agencies = (check.act.facts[fact]?.array ?? []).compactMap { $0.string.flatMap { AgencyID($0) } }
        for agency in agencies {
            try require(
                "L01",
                check.file.participants[agency]?.standing == .joined,
                "The agency has joined the case.",
                message: "\(agency) has not joined this case.",
                ask: "`accord case show` names the agencies that did."
            )
        }
    }

    /// A consent ends, within half a year, or sooner by the law of the agency whose victim services record it.
    mutating func consentEnds(_ check: WorkCheck) throws(Refusal) {
        try future(check, "expires_at")
        let end = check.act.facts["expires_at"]?.integer.map { UTCTime(milliseconds: $0) } ?? now
        if let hours = state.shortened(.consent, of: check.standing.agency, now), end > now.adding(hours: hours) {
            throw .malformed(field: "expiresAt", "at most \(hours) hours from now, as your agency's policy has it")
        }
        // To the end of the last day.
        guard end < now.adding(days: Workflow.consentDays + 1) else {
            throw .malformed(field: "expiresAt", "at most \(Workflow.consentDays) days from now")
        }
    }

    /// A consent that lasts covers what is told, and to whom.
    mutating func covered(
        _ check: WorkCheck,
        by name: String?,
        _ victim: String?,
        _ recipient: AgencyID?
    ) throws(Refusal) {
        let number: Int64? = name.flatMap { Workflows.number($0, Workflow.consents) }
        let consent: WorkItem? = number.flatMap { check.file.work[Workflow.consents.name, $0] }
        var isCovered = false
        if let consent, consent.state == "given", !check.file.removals.isGone(consent.removable),
            consent.agency == check.standing.agency,
            consent.word("victim") == victim, consent.lists("scope", "referral")
        {
            isCovered = recipient.map { consent.lists("recipients", $0.text) } ?? true
        }
        try require(
            "P33",
            isCovered,
            "A consent of the victim lasts, covers referrals, and names the recipient."
        )
    }

    /// What 8 USC 1367 protects is told to nobody who is not listed.
    mutating func listed(_ check: WorkCheck) throws(Refusal) {
        let agency = check.act.facts["to"]?.string.flatMap { AgencyID($0) }
        try require(
            "P14",
            agency.map { check.item?.agencies("recipients").contains($0) ?? false } ?? false,
            "The agency is a listed recipient of the matter."
        )
    }

    /// A time of an act that has to lie behind.
    mutating func past(_ check: WorkCheck, _ fact: String) throws(Refusal) {
        guard let time = check.act.facts[fact]?.integer else { return }
        guard time <= now.milliseconds else { throw .malformed(field: fact, "in the past") }
    }
}
