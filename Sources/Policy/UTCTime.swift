/// A moment, in milliseconds since the UNIX epoch, UTC.
package struct UTCTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let milliseconds: Int64

    /// The first moment that is not a date of this record any more: the year 10000.
    package static let end: Int64 = 253_402_300_800_000

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// From the wire: nil unless it lies between 1970 and 9999.
    package init?(microseconds: Int64) {
        guard microseconds >= 0, microseconds / 1_000 < Self.end else { return nil }
        milliseconds = microseconds / 1_000
    }

    package static func < (left: UTCTime, right: UTCTime) -> Bool { left.milliseconds < right.milliseconds }

    /// So many days later, or as late as can be said.
    package func adding(days: Int64) -> UTCTime {
        UTCTime(milliseconds: min(Self.end - 1, milliseconds &+ days &* 86_400_000))
    }

    /// So many hours later, or as late as can be said.
    package func adding(hours: Int64) -> UTCTime {
        UTCTime(milliseconds: min(Self.end - 1, milliseconds &+ hours &* 3_600_000))
    }

    /// The date, such as `2031-03-03`.
    package var description: String {
        let (year, month, day) = Self.civil(days: Int64((Double(milliseconds) / 86_400_000).rounded(.down)))
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
    }

    package var year: Int64 { Self.civil(days: Int64((Double(milliseconds) / 86_400_000).rounded(.down))).year }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Proleptic Gregorian date of a day number (Hinnant, "chrono-compatible low-level date algorithms").
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
