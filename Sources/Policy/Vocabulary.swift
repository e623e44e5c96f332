/// What information is used for; a closed list (domain.md 6.8).
package enum Purpose: String, Hashable, Sendable, CaseIterable {
    case criminalInvestigation = "CRIM_INVEST"
    case criminalProsecution = "CRIM_PROS"
    case officerSafety = "OFFICER_SAFETY"
    case victimAssistance = "VICTIM_ASSIST"
    case custodyCoordination = "CUSTODY_COORD"
    case regulatory = "REGULATORY"
    case discovery = "DISCOVERY"
    case oversight = "OVERSIGHT"
    case publicRecords = "PUBLIC_RECORDS"
    case civilImmigration = "CIV_IMM"
    case administration = "ADMIN"
    case exercise = "EXERCISE"
}

/// Handling codes after SIENA: what may be done without the originator's permission.
package enum Handling: UInt8, Hashable, Sendable, CaseIterable, Comparable {
    /// For the case's stated criminal purpose.
    case h0
    /// Not for judicial proceedings without permission.
    case h1
    /// Not beyond the listed recipients without permission.
    case h2

    package init?(_ text: String) {
        guard let found = Self.allCases.first(where: { $0.text == text }) else { return nil }
        self = found
    }

    package var text: String { "H\(rawValue)" }

    package static func < (left: Handling, right: Handling) -> Bool { left.rawValue < right.rawValue }
}

/// Compartments inside a case (domain.md 6.3, 6.8).
package enum Compartment: UInt8, Hashable, Sendable, CaseIterable {
    case ordinary
    case operations
    case oversight
    /// References of victims, their needs and consents.
    case victim
    /// What 8 USC 1367 protects: that it exists is for nobody but those who deal with it.
    case protected
    /// Work product of counsel.
    case legal

    package init?(_ text: String) {
        guard let found = Self.allCases.first(where: { $0.text == text }) else { return nil }
        self = found
    }

    /// Whether entries are written in it: what there is of victims has no text (domain.md 2.5, R-PRIV).
    package var holdsEntries: Bool { self != .victim && self != .protected }

    package var text: String {
        switch self {
        case .ordinary: "CASE"
        case .operations: "OPS"
        case .oversight: "OVERSIGHT"
        case .victim: "VICTIM"
        case .protected: "V1367"
        case .legal: "LEGAL"
        }
    }
}

/// The eight roles (domain.md 6.3).
package enum Role: String, Hashable, Sendable, CaseIterable {
    case lead
    case contributor
    case analyst
    case legal
    case victimServices = "victim-services"
    case liaison
    case oversight
    case administrator

    /// Roles that may be assigned to a case.
    package static let assignable: Roles = [.lead, .contributor, .analyst, .legal, .victimServices]
}

/// How much of a case an agency takes part in (domain.md 3).
package enum CooperationMode: String, Hashable, Sendable, CaseIterable {
    case lead
    case participation
    case information
    case deconflictOnly = "deconflict-only"
}

/// What an entry is.
package enum EntryKind: String, Hashable, Sendable, CaseIterable {
    case report
    case observation
    case lead
    case evidenceNote = "evidence-note"
    case position
    case decision
}

/// Where a case stands (domain.md 6.5, as far as this version goes).
package enum CaseState: String, Hashable, Sendable, CaseIterable {
    case draft
    case proposed
    case declined
    /// Its lead gave it up before it was opened; nothing leads from there.
    case abandoned
    case open
    case suspended
    case referred
    case prosecuting
    case disposed
    case closed
}

/// Why a case may be worked jointly at all: each is criminal (domain.md 2.7).
package enum PrimaryPurpose: String, Hashable, Sendable, CaseIterable {
    case trafficking = "trafficking-criminal"
    case smuggling = "smuggling-criminal"
    case laborExploitation = "labor-exploitation"
    case organisedCrime = "organised-crime"
}

/// On which level of government an agency stands.
package enum AgencyLevel: String, Hashable, Sendable, CaseIterable {
    case federal
    case state
    case county
    case municipal
    case tribal
    case ngo
    case regional
    case service
}

/// What an agency is for.
package enum Mission: String, Hashable, Sendable, CaseIterable {
    case criminal
    case civilImmigration = "civil-immigration"
    case custody
    case regulatory
    case prosecution
    case service
    case oversight
    case administration
}
