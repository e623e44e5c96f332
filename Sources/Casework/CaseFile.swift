package import Policy

/// An agency's part in a case.
package struct Participant: Hashable, Sendable {
    package enum Standing: String, Hashable, Sendable {
        case invited
        case joined
        case declined
        case withdrawn
    }

    package var agency: AgencyID
    package var mode: CooperationMode
    package var standing: Standing
    package var agreement: AgreementID
    package var conditions: String?
    package var since: UTCTime
}

/// What decisions need of an entry.
package struct EntryFacts: Hashable, Sendable {
    package enum State: UInt8, Hashable, Sendable {
        case current
        case corrected
        case withdrawn

        package var word: String {
            switch self {
            case .current: "current"
            case .corrected: "corrected"
            case .withdrawn: "withdrawn"
            }
        }
    }

    /// Index of the originating agency in the state's table of names.
    var origin: UInt16
    var handlingCode: UInt8
    var compartmentCode: UInt8
    var stateCode: UInt8
    var kindCode: UInt8
    var asksAcknowledgement: Bool
    /// Index of the author.
    var author: UInt32
    /// Position in the case of the line that records it: where its texts are.
    var line: UInt32

    package var handling: Handling {
        get { Handling(rawValue: handlingCode) ?? .h2 }
        set { handlingCode = newValue.rawValue }
    }

    package var kind: EntryKind {
        EntryKind.allCases.indices.contains(Int(kindCode)) ? EntryKind.allCases[Int(kindCode)] : .report
    }

    package var compartment: Compartment { Compartment(rawValue: compartmentCode) ?? .oversight }

    package var state: State {
        get { State(rawValue: stateCode) ?? .withdrawn }
        set { stateCode = newValue.rawValue }
    }
}

/// A question to an originator, and its answer.
package struct Permission: Hashable, Sendable {
    package enum Answer: String, Hashable, Sendable {
        case open
        case granted
        case refused
    }

    package var number: Int64
    package var entry: Int64
    package var origin: AgencyID
    package var recipient: AgencyID
    package var requester: MemberID
    package var requesterAgency: AgencyID
    package var answer: Answer
    package var since: UTCTime
}

/// An entry that an agency outside the case was given.
package struct Release: Hashable, Sendable {
    package var number: Int64
    package var entry: Int64
    package var recipient: AgencyID
    package var from: AgencyID
    /// What it was given for, and what it is read for.
    package var purpose: Purpose
    package var at: UTCTime
    /// Position in the case of the line that records it.
    var line: Int64
    /// Set where it is an emergency release, which ends.
    package var emergency: Emergency?

    /// Whether it opens the entry still, as far as time goes.
    func isOpen(_ now: UTCTime) -> Bool { emergency.map { now < $0.endsAt } ?? true }
}

/// A case, as far as decisions need it.
package struct CaseFile: Hashable, Sendable {
    package let id: CaseID
    package var number: String
    package var title: String
    package var state: CaseState
    package var leadAgency: AgencyID
    package var primaryPurpose: PrimaryPurpose
    package var offences: [String]
    package var agreement: AgreementID
    package var predicate: String
    /// Who proposed what waits for a second person.
    package var proposer: MemberID?
    /// True from proposing to reopen until the second person's answer.
    package var awaitsReopening = false
    /// Who is to lead the case if he accepts, and who proposed it.
    package var successor: MemberID?
    var predecessor: MemberID?
    /// Another predicate that waits for its second person, and the agencies that have not agreed to the one that is.
    package var amendment: Amendment?
    package var unconsented: Set<AgencyID> = []
    package var participants: [AgencyID: Participant] = [:]
    package var assignments: [MemberID: AgencyID] = [:]
    package var entries = EntryList()
    /// Entries that stay with an agency that left the case: what it gave under H2, and to nobody else by then.
    var kept: Set<Int64> = []
    /// What was written to oversight, by a number that tells nothing of how many there are.
    package var submissions: [Int64: EntryFacts] = [:]
    package var permissions: [Permission] = []
    package var releases: [Release] = []
    /// Who acknowledged, of the entries that ask for it.
    package var acknowledgements: [Int64: Set<MemberID>] = [:]
    /// Reviews, holds, orders, seals and purges.
    package var removals = Removals()
    /// Tasks, requests for information, and the like.
    package var work = Work()
    /// Who took note of what became of an item that his agency asked for, since it changed last.
    var notedWork: [String: Set<MemberID>] = [:]
    /// What came of its charges.
    package var outcomes: [ProsecutionOutcome] = []
    /// Other cases by their numbers.
    package var links: [String: CaseLink] = [:]
    /// Position of the newest accepted change.
    package var position: Int64
    package var updatedAt: UTCTime

    /// The purpose for which its information may be used: all four primary purposes are criminal.
    package var purpose: Purpose { .criminalInvestigation }

    /// The entry of a number; what was written to oversight has one below zero.
    func facts(_ number: Int64) -> EntryFacts? {
        if number < 0 { return submissions[-number] }
        guard number >= 1, number <= Int64(entries.count) else { return nil }
        return entries[Int(number) - 1]
    }
}
