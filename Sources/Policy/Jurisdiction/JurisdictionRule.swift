/// One rule of an agency's own law, as its counsel wrote it down.
///
/// A list that is empty restricts nothing: a rule without purposes is about every purpose.
package struct JurisdictionRule: Hashable, Sendable {
    /// Such as `no-civil-data`; unique in its bundle.
    package var id: String
    package var effect: JurisdictionEffect
    package var object: JurisdictionObject
    package var purposes: Set<Purpose>
    package var counterpart: Scope
    package var instruments: Set<Instrument>
    /// Of an effect `require`, what it requires; else empty.
    package var conditions: Set<JurisdictionCondition>
    package var citation: String
    /// What is said to whom it refuses.
    package var message: String
    /// From when on; nil: as long as its bundle.
    package var effectiveAt: UTCTime?
    /// Until when; nil: as long as its bundle.
    package var expiresAt: UTCTime?

    /// Which counterparts a rule is about.
    package struct Scope: Hashable, Sendable {
        package var agencies: Set<AgencyID>
        /// One of which is among the counterpart's.
        package var missions: Set<Mission>
        package var levels: Set<AgencyLevel>

        package init(agencies: Set<AgencyID> = [], missions: Set<Mission> = [], levels: Set<AgencyLevel> = []) {
            self.agencies = agencies
            self.missions = missions
            self.levels = levels
        }

        package var isEverybody: Bool { agencies.isEmpty && missions.isEmpty && levels.isEmpty }

        /// A rule about certain counterparts does not meet a question without one.
        func meets(_ counterpart: Counterpart?) -> Bool {
            guard let counterpart else { return isEverybody }
            return (agencies.isEmpty || agencies.contains(counterpart.id))
                && (missions.isEmpty || !missions.isDisjoint(with: counterpart.missions))
                && (levels.isEmpty || levels.contains(counterpart.level))
        }
    }

    package init(
        id: String,
        effect: JurisdictionEffect,
        object: JurisdictionObject,
        purposes: Set<Purpose> = [],
        counterpart: Scope = Scope(),
        instruments: Set<Instrument> = [],
        conditions: Set<JurisdictionCondition> = [],
        citation: String,
        message: String,
        effectiveAt: UTCTime? = nil,
        expiresAt: UTCTime? = nil
    ) {
        self.id = id
        self.effect = effect
        self.object = object
        self.purposes = purposes
        self.counterpart = counterpart
        self.instruments = instruments
        self.conditions = conditions
        self.citation = citation
        self.message = message
        self.effectiveAt = effectiveAt
        self.expiresAt = expiresAt
    }

    func isEffective(_ now: UTCTime) -> Bool {
        (effectiveAt.map { $0 <= now } ?? true) && (expiresAt.map { now < $0 } ?? true)
    }

    func meets(_ question: JurisdictionQuestion) -> Bool {
        object == question.object
            && (purposes.isEmpty || purposes.contains(question.purpose))
            && (instruments.isEmpty || instruments.contains(question.instrument))
            && counterpart.meets(question.counterpart)
    }
}
