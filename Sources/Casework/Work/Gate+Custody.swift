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

    /// When what is begun now lapses: 48 hours later, of which those of Saturdays, Sundays and holidays do not count.
    func custodyEnd(_ check: WorkCheck) -> UTCTime {
        let stated = check.act.facts["counts_from"]?.integer.map { UTCTime(milliseconds: $0) }
        return BusinessHours.adding(Workflow.hoursOfCustody, to: stated ?? now)
    }

    /// The hours may be counted from when the person would be released otherwise: not later than a day from now, lest a
    /// request be extended before it begins.
    mutating func countable(_ check: WorkCheck) throws(Refusal) {
        guard let stated = check.act.facts["counts_from"]?.integer else { return }
        guard stated <= now.adding(hours: 24).milliseconds, custodyEnd(check) > now else {
            throw .malformed(field: "countsFrom", "at most a day from now, and its 48 hours not over")
        }
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
        if answer == "complying" || answer == "will-take" {
            try accepted(instrument(check) ?? "none", item)
        }
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
        try accepted(instrument(check) ?? "none", item)
    }

    /// On what the step relies: what it says, or what was said before.
    private func instrument(_ check: WorkCheck) -> String? {
        check.act.facts["authority"]?.string ?? check.act.facts["instrument"]?.string ?? check.item?.word("instrument")
    }

    private mutating func told(_ item: WorkItem) throws(Refusal) {
        try require("P17", item.isToldOfCompliance, "Person and counsel were told in writing that it will be done.")
    }

    private mutating func accepted(_ instrument: String, _ item: WorkItem) throws(Refusal) {
        try require(
            "P17I",
            instrument != "none" || item.word("asks") == "release-date",
            "An instrument is recorded."
        )
    }

    /// What the holder's policy says to the answer, for the record.
    func custodyPolicy(_ check: WorkCheck) -> JSONObject { [:] }
}

/// Hours of which those of Saturdays and Sundays do not count.
enum BusinessHours {
    private static let day: Int64 = 86_400_000

    static func adding(_ hours: Int64, to start: UTCTime) -> UTCTime {
        var left = hours * 3_600_000
        var now = start.milliseconds
        while now < UTCTime.end {
            let end = (now / day + 1) * day
            // 1970-01-01 was a Thursday: 0 is Saturday, 1 Sunday.
            if (now / day + 5) % 7 > 1 {
                guard left > end - now else { return UTCTime(milliseconds: now + left) }
                left -= end - now
            }
            now = end
        }
        return UTCTime(milliseconds: UTCTime.end - 1)
    }
}
