/// Two planned events that meet in place and time.
package struct Encounter: Hashable, Sendable {
    /// The other event.
    package let other: UInt64
    package let kind: Kind

    package enum Kind: String, Hashable, Sendable {
        /// Events of different cases, or of none: both sides are notified.
        case conflict
        /// Two events of one case: a link for information.
        case sameCase
    }

    /// How close, as coarse as both sides may learn it.
    package let severity: Severity

    package enum Severity: String, Hashable, Sendable {
        /// A point of one lies within the radius of both.
        case samePlace = "same-place"
        /// The circles touch.
        case near
    }
}

extension PlannedEvent {
    /// Whether two events meet, and how.
    ///
    /// This is the rule; ``EventIndex`` only finds the candidates.
    ///
    /// - Parameters:
    ///   - other: the other event.
    ///   - tolerance: metres that are allowed for inaccurate places.
    /// - Returns: Nil for the same event, for other times, and for places further apart than both radii and the tolerance.
    package func meets(_ other: PlannedEvent, tolerance: Double) -> Encounter? {
        guard other.id != id, overlaps(other) else { return nil }
        let distance = distance(to: other)
        guard distance <= radius + other.radius + tolerance else { return nil }
        return Encounter(
            other: other.id,
            kind: caseMark != nil && caseMark == other.caseMark ? .sameCase : .conflict,
            severity: distance <= min(radius, other.radius) + tolerance ? .samePlace : .near
        )
    }
}
