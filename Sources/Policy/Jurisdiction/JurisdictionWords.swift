/// What a rule of a jurisdiction policy does to what it meets (domain.md 6.8).
package enum JurisdictionEffect: String, Hashable, Sendable, CaseIterable {
    case allow
    case deny
    case require
}

/// What a rule of a jurisdiction policy is about.
///
/// Citizenship and immigration status are no such thing, so that no rule can withhold or push them (8 USC 1373).
package enum JurisdictionObject: String, Hashable, Sendable, CaseIterable {
    /// The agency's information: that it is read by another agency, or given to one.
    case data
    /// That the agency takes part in a case, an operation or a task.
    case participation
    /// Its answer to a custody inquiry.
    case custodyAnswer = "custody-answer"
    /// When somebody in its custody is released.
    case releaseDate = "release-date"
    /// A notice that two operations are about to meet.
    case deconNotice = "decon-notice"
    case report
}

/// On what an asker relies: the classes are kept apart, and rules test the class, never an agency's name (domain.md 2.10).
package enum Instrument: String, Hashable, Sendable, CaseIterable {
    case judicialWarrant = "judicial-warrant"
    case judicialProbableCause = "judicial-probable-cause"
    case administrativeWarrant = "administrative-warrant"
    case detainer
    case absent = "none"

    /// Whether a court's word stands behind it.
    package var isOfCourt: Bool { self == .judicialWarrant || self == .judicialProbableCause }
}

/// What must be there before what is asked may be done.
package enum JurisdictionCondition: String, Hashable, Sendable, CaseIterable {
    /// The person concerned agreed, in writing.
    case consent
    /// The person concerned was told, with a copy.
    case personNotice = "person-notice"
    /// The person's counsel or designee was told.
    case counselNotice = "counsel-notice"
    case judicialWarrant = "judicial-warrant"
    /// The agency's control official, a liaison, approved it.
    case controlOfficialApproval = "control-official-approval"
    /// The notice says no more than whom to call: the watch desk. For `decon-notice` alone, and the most that limits one.
    case watchDesk = "watch-desk"

    /// In the order of the vocabulary, so that the same conditions always read the same.
    package static func inOrder(_ conditions: Set<JurisdictionCondition>) -> [JurisdictionCondition] {
        allCases.filter(conditions.contains)
    }
}
