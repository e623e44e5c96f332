/// An event that an agency plans (a raid, a controlled buy, surveillance, a warrant): its place and time, and no more.
package struct PlannedEvent: Hashable, Sendable {
    /// The number by which the owner of the index knows it.
    package let id: UInt64
    /// What two events of one case have in common; nil for an agency's own.
    package let caseMark: CaseMark?
    /// Where: 1 to 16 points.
    package let points: [Point]
    /// Metres around each point.
    package let radius: Double
    /// When, without the buffers.
    package let window: Window
    /// Milliseconds that are kept free before and after.
    package let buffer: Int64

    /// What tells cases apart, and means nothing here.
    package struct CaseMark: Hashable, Sendable {
        let high: UInt64
        let low: UInt64

        package init(high: UInt64, low: UInt64) {
            self.high = high
            self.low = low
        }
    }

    /// Times in milliseconds since the UNIX epoch: from the start to, and without, the end.
    package struct Window: Hashable, Sendable {
        package let start: Int64
        package let end: Int64

        package init(start: Int64, end: Int64) {
            self.start = start
            self.end = end
        }
    }

    package init(
        id: UInt64,
        caseMark: CaseMark?,
        points: [Point],
        radius: Double,
        window: Window,
        buffer: Int64
    ) {
        self.id = id
        self.caseMark = caseMark
        self.points = points
        self.radius = radius
        self.window = window
        self.buffer = buffer
    }
}

extension PlannedEvent {
    /// Bounds of what may be submitted (domain.md 6.9).
    package enum Bounds {
        package static let points = 1...16
        /// Metres; there is no public standard value.
        package static let defaultRadius = 800.0
        package static let radius = 1.0...20_000
        /// Milliseconds: an hour before and after.
        package static let defaultBuffer: Int64 = 3_600_000
        /// Milliseconds: up to a day.
        package static let buffer: ClosedRange<Int64> = 0...86_400_000
        /// Milliseconds: 14 days, renewable.
        package static let longest: Int64 = 14 * 86_400_000
        /// Milliseconds: 90 days.
        package static let furthestAhead: Int64 = 90 * 86_400_000
    }

    /// What is wrong with a submission.
    package enum Fault: String, Error, Hashable, Sendable {
        case points
        case radius
        case buffer
        /// It ends before or when it starts.
        case order
        case tooLong
        case tooFarAhead
        /// It is over already.
        case past
    }

    /// Checks a submission at a time, in milliseconds since the UNIX epoch.
    ///
    /// - Throws: ``Fault``, the first that there is.
    package func check(now: Int64) throws(Fault) {
        guard Bounds.points.contains(points.count) else { throw .points }
        guard Bounds.radius.contains(radius) else { throw .radius }
        guard Bounds.buffer.contains(buffer) else { throw .buffer }
        guard window.start < window.end else { throw .order }
        guard window.end.subtractingReportingOverflow(window.start).partialValue <= Bounds.longest,
            !window.end.subtractingReportingOverflow(window.start).overflow
        else { throw .tooLong }
        guard window.start <= now.addingSaturated(Bounds.furthestAhead) else { throw .tooFarAhead }
        guard window.end > now else { throw .past }
    }

    /// Whether the two windows with their buffers have a moment in common; they are half-open, so that to end when another
    /// begins is no conflict.
    package func overlaps(_ other: PlannedEvent) -> Bool {
        window.start.subtractingSaturated(buffer) < other.window.end.addingSaturated(other.buffer)
            && other.window.start.subtractingSaturated(other.buffer) < window.end.addingSaturated(buffer)
    }

    /// Metres between the two points that lie closest together.
    package func distance(to other: PlannedEvent) -> Double {
        var least = Double.infinity
        for point in points {
            for their in other.points { least = min(least, point.distance(to: their)) }
        }
        return least
    }
}

extension Int64 {
    /// What comes from a peer must not overflow.
    fileprivate func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }

    fileprivate func subtractingSaturated(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other > 0 ? .min : .max) : difference
    }
}
