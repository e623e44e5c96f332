import ArgumentParser

/// A moment as people write it: a date, a date and time in UTC, or a length of time from now.
enum Moment: ExpressibleByArgument, Equatable {
    /// A whole day, in days since 1970-01-01.
    case day(Int64)
    /// A moment in seconds since 1970-01-01T00:00:00Z.
    case seconds(Int64)
    /// A length of time from now, in seconds.
    case fromNow(Int64)

    /// `2031-12-31`, `2031-12-31T18:00Z`, `2031-12-31T18:00:00Z`, or `90d` (s, m, h, d, w, y of 365 days).
    init?(argument: String) {
        let bytes = Array(argument.utf8)
        guard bytes.count <= 20, let last = bytes.last else { return nil }
        if let unit = Self.units[last] {
            guard bytes.count <= 7, let count = Self.number(bytes.dropLast()), count > 0 else { return nil }
            self = .fromNow(count * unit)
            return
        }
        guard bytes.count >= 10, bytes[4] == Self.dash, bytes[7] == Self.dash,
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10]),
            let days = CalendarDay.days(year: year, month: month, day: day)
        else { return nil }
        if bytes.count == 10 {
            self = .day(days)
            return
        }
        guard bytes.count == 17 || bytes.count == 20, bytes[10] == UInt8(ascii: "T"), bytes[13] == Self.colon,
            last == UInt8(ascii: "Z"), let hour = Self.number(bytes[11..<13]), hour < 24,
            let minute = Self.number(bytes[14..<16]), minute < 60
        else { return nil }
        var second: Int64 = 0
        if bytes.count == 20 {
            guard bytes[16] == Self.colon, let value = Self.number(bytes[17..<19]), value < 60 else { return nil }
            second = value
        }
        self = .seconds(days * 86_400 + hour * 3600 + minute * 60 + second)
    }

    /// Microseconds since the epoch where something begins: a day begins at 00:00.
    func beginning(now: Int64) -> Int64 { microseconds(now: now, ofDay: 0) }

    /// Microseconds since the epoch where something ends: a day includes its last second.
    func end(now: Int64) -> Int64 { microseconds(now: now, ofDay: 86_399) }

    /// The whole day that is meant, in days since 1970-01-01, where no hour is told: a date, or so many days from now.
    func wholeDay(now: Int64) -> Int64? {
        switch self {
        case .day(let day): day
        case .fromNow(let seconds) where seconds.isMultiple(of: 86_400): (now / 1_000_000 + seconds) / 86_400
        case .fromNow, .seconds: nil
        }
    }

    private func microseconds(now: Int64, ofDay seconds: Int64) -> Int64 {
        switch self {
        case .day(let days): (days * 86_400 + seconds) * 1_000_000
        case .seconds(let seconds): seconds * 1_000_000
        case .fromNow(let seconds): now + seconds * 1_000_000
        }
    }

    private static let dash = UInt8(ascii: "-")
    private static let colon = UInt8(ascii: ":")
    private static let units: [UInt8: Int64] = [
        UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3600, UInt8(ascii: "d"): 86_400,
        UInt8(ascii: "w"): 604_800, UInt8(ascii: "y"): 31_536_000,
    ]

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard !digits.isEmpty, digits.count <= 6, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
}
