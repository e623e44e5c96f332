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

    /// From text such as `2031-01-01`, `2031-01-01T08:00Z` or `2031-01-01T08:00:00Z`; nil unless it is a moment of the calendar
    /// between 1970 and 9999.
    package init?(text: String) {
        let bytes = Array(text.utf8)
        func number(_ places: Range<Int>) -> Int64? {
            guard places.upperBound <= bytes.count, bytes[places].allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return bytes[places].reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }
        func has(_ marks: [(Int, Character)]) -> Bool {
            marks.allSatisfy { place, mark in bytes[place] == mark.asciiValue }
        }
        guard [10, 17, 20].contains(bytes.count), has([(4, "-"), (7, "-")]), let year = number(0..<4), year >= 1970,
            let month = number(5..<7), let day = number(8..<10)
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        guard Self.civil(days: days) == (year, month, day) else { return nil }
        var seconds: Int64 = 0
        if bytes.count > 10 {
            guard has([(10, "T"), (13, ":"), (bytes.count - 1, "Z")]), let hour = number(11..<13), hour < 24,
                let minute = number(14..<16), minute < 60
            else { return nil }
            seconds = hour * 3_600 + minute * 60
        }
        if bytes.count == 20 {
            guard has([(16, ":")]), let second = number(17..<19), second < 60 else { return nil }
            seconds += second
        }
        milliseconds = (days * 86_400 + seconds) * 1_000
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

    /// The date and the minute, such as `2031-03-03T08:00Z`.
    package var minute: String {
        let minutes = Int64((Double(milliseconds) / 60_000).rounded(.down))
        let ofDay = ((minutes % 1_440) + 1_440) % 1_440
        return "\(self)T\(Self.padded(ofDay / 60, 2)):\(Self.padded(ofDay % 60, 2))Z"
    }

    package var year: Int64 { Self.civil(days: Int64((Double(milliseconds) / 86_400_000).rounded(.down))).year }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Day number of a proleptic Gregorian date (the same source); of what is no date, the day number of another.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
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
