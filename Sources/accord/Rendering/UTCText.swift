/// Moments as ISO 8601 text in UTC.
///
/// The wire counts microseconds since 1970-01-01T00:00:00Z.
enum UTCText {
    /// The smallest part that is shown.
    enum Precision {
        case minutes
        case seconds
        case milliseconds
    }

    /// Such as `2031-03-03T09:20:00Z`.
    ///
    /// Earlier parts are cut, not rounded.
    static func text(microseconds: Int64, _ precision: Precision = .seconds) -> String {
        let (seconds, fraction) = microseconds.flooredDivision(by: 1_000_000)
        let (days, time) = seconds.flooredDivision(by: 86_400)
        let (year, month, day) = CalendarDay.civil(daysSince1970: days)
        var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
        text += "\(padded(time / 3600, 2)):\(padded(time / 60 % 60, 2))"
        if precision != .minutes { text += ":\(padded(time % 60, 2))" }
        if precision == .milliseconds { text += ".\(padded(fraction / 1000, 3))" }
        return text + "Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// The proleptic Gregorian calendar in whole days, by shifting the year to begin in March.
enum CalendarDay {
    /// Year, month and day of a number of days since 1970-01-01.
    static func civil(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    /// Days since 1970-01-01, nil if there is no such day.
    ///
    /// Years 1 to 9999.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64? {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return civil(daysSince1970: days) == (year, month, day) ? days : nil
    }
}

extension Int64 {
    /// Quotient rounded down and remainder of the divisor's sign.
    ///
    /// The divisor is positive.
    func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
