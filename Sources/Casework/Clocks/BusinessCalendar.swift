package import Policy
package import StrictJSON

/// Which days are no business days, as versioned data: recorded as an event, so that a replay gives the same answers.
///
/// Without one, only Saturdays and Sundays are none. Its days are those of one place, by its own clocks: also over a night in which
/// they are put forward or back, as far as the calendar says when.
package struct BusinessCalendar: Hashable, Sendable {
    package var version: String
    /// Minutes by which its place is ahead of UTC; negative west of Greenwich.
    package var minutesEast: Int64
    /// Days since 1970-01-01 by its own date.
    package var holidays: Set<Int64>
    /// When the clocks of its place are put forward or back, and by how many minutes they are ahead of UTC from then on; in order.
    package var changes: [Change] = []

    package struct Change: Hashable, Sendable {
        package let at: UTCTime
        package let minutesEast: Int64
    }

    /// The calendar before any was recorded.
    package static let none = BusinessCalendar(version: "", minutesEast: 0, holidays: [])

    package init(version: String, minutesEast: Int64, holidays: Set<Int64>, changes: [Change] = []) {
        self.version = version
        self.minutesEast = minutesEast
        self.holidays = holidays
        self.changes = changes
    }

    private static let day: Int64 = 86_400_000

    /// The calendar's own date of a moment, in days since 1970-01-01.
    private func date(of time: Int64) -> Int64 {
        let local = time + offset(at: time)
        return local >= 0 ? local / Self.day : (local - Self.day + 1) / Self.day
    }

    /// By how many milliseconds the clocks of its place are ahead of UTC at a moment.
    private func offset(at time: Int64) -> Int64 {
        (changes.last { $0.at.milliseconds <= time }?.minutesEast ?? minutesEast) * 60_000
    }

    /// The first moment of a date: where clocks are put back over midnight, the first of two; where forward, that of the change.
    private func beginning(of date: Int64) -> Int64 {
        let offsets = [minutesEast * 60_000] + changes.map { $0.minutesEast * 60_000 }
        let midnights = Set(offsets).map { date * Self.day - $0 }.filter {
            self.date(of: $0) == date && self.date(of: $0 - 1) < date
        }
        if let first = midnights.min() { return first }
        return changes.map(\.at.milliseconds).first { self.date(of: $0) >= date } ?? date * Self.day - minutesEast
            * 60_000
    }

    /// True if the day is neither Saturday, Sunday nor holiday.
    package func isBusinessDay(_ date: Int64) -> Bool {
        // 1970-01-01 was a Thursday: 0 is Saturday, 1 Sunday.
        let weekday = ((date + 5) % 7 + 7) % 7
        return weekday > 1 && !holidays.contains(date)
    }

    /// In a year: no administrator stretches what somebody is held for by days that are none.
    static let mostHolidays = 24
    /// In a row: a Saturday and a Sunday, and three more.
    static let mostDaysOff: Int64 = 5

    /// Whether its holidays are as many as a place has.
    var isModest: Bool {
        let years = Dictionary(grouping: holidays) { UTCTime(milliseconds: $0 * Self.day).year }
        return years.values.allSatisfy { $0.count <= Self.mostHolidays }
            && holidays.allSatisfy { day in
                // One that is too long may begin with the Saturday before.
                (day - 2...day).allSatisfy { first in
                    (first...first + Self.mostDaysOff).contains { isBusinessDay($0) }
                }
            }
    }

    /// So many hours later, of which those of Saturdays, Sundays and holidays do not count (domain.md 2.10).
    package func adding(businessHours hours: Int64, to start: UTCTime) -> UTCTime {
        var left = max(0, hours) * 3_600_000
        var now = start.milliseconds
        while now < UTCTime.end {
            let date = date(of: now)
            let end = max(now + 1, beginning(of: date + 1))
            if isBusinessDay(date) {
                guard left > end - now else { return UTCTime(milliseconds: now + left) }
                left -= end - now
            }
            now = end
        }
        return UTCTime(milliseconds: UTCTime.end - 1)
    }

    /// At the same time of day so many business days later; the day of the start does not count.
    package func adding(businessDays days: Int64, to start: UTCTime) -> UTCTime {
        var left = max(0, days)
        var now = start.milliseconds
        while left > 0, now < UTCTime.end {
            now += Self.day
            if isBusinessDay(date(of: now)) { left -= 1 }
        }
        return UTCTime(milliseconds: min(now, UTCTime.end - 1))
    }
}

extension BusinessCalendar {
    /// For the record and for a snapshot.
    var record: JSONObject {
        var record: JSONObject = [
            "version": .string(version), "minutes_east": .integer(minutesEast),
            "holidays": dates,
        ]
        if !changes.isEmpty { record["changes"] = .array(changes.map(\.record)) }
        return record
    }

    /// Its holidays as dates, in order.
    private var dates: JSONValue {
        .strings(holidays.sorted().map { UTCTime(milliseconds: $0 * Self.day).description })
    }

    /// As the interface shows it (`type Calendar`).
    package var json: JSONObject {
        [
            "version": .string(version), "minutesEast": .integer(minutesEast),
            "holidays": dates,
            "clockChanges": .array(
                changes.map { ["at": .integer($0.at.milliseconds * 1_000), "minutesEast": .integer($0.minutesEast)] }
            ),
        ]
    }

    init(_ fields: Fields) throws(EventFault) {
        version = try fields.string("version")
        minutesEast = try fields.integer("minutes_east")
        guard Self.offsets.contains(minutesEast) else { throw EventFault(message: "minutes_east is no time zone") }
        holidays = Set(try fields.words("holidays") { Self.day(of: $0) })
        changes = try (fields.object["changes"]?.array ?? []).map { (value) throws(EventFault) in
            let fields = try Fields(value)
            return Change(at: try fields.time("at"), minutesEast: try fields.integer("minutes_east"))
        }
        guard Self.isPlausible(changes, from: minutesEast) else {
            throw EventFault(message: "changes are none of clocks")
        }
    }

    /// Whether clocks of one place are changed like that: in order, by two hours at most, and not more often than twice a year for
    /// thirty years.
    static func isPlausible(_ changes: [Change], from minutesEast: Int64) -> Bool {
        let all = [minutesEast] + changes.map(\.minutesEast)
        return changes.count <= 64
            // First: whoever sends them may send any number, and differences of those that are none of hours may have no place.
            && all.allSatisfy { offsets.contains($0) }
            && zip(all, all.dropFirst()).allSatisfy { abs($0 - $1) <= 120 }
            && all.allSatisfy { abs($0 - minutesEast) <= 120 }
            && zip(changes, changes.dropFirst()).allSatisfy { $0.at.adding(days: 7) < $1.at }
    }

    /// Of all places on Earth, in minutes.
    static let offsets: ClosedRange<Int64> = -720...840

    /// The day of a date such as `2031-05-26`; nil if it is none.
    static func day(of text: String) -> Int64? {
        let words = text.utf8.split(separator: 0x2D, omittingEmptySubsequences: false)
        guard words.map(\.count) == [4, 2, 2], words.allSatisfy({ $0.allSatisfy { (0x30...0x39).contains($0) } }),
            let year = Int64(Substring(words[0])), let month = Int64(Substring(words[1])),
            let day = Int64(Substring(words[2])), (1...12).contains(month), (1...31).contains(day), year >= 1970
        else { return nil }
        // Days from civil (Hinnant): years begin in March.
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
        return UTCTime(milliseconds: days * Self.day).description == text ? days : nil
    }
}

extension BusinessCalendar.Change {
    fileprivate var record: JSONValue { ["at": .integer(at.milliseconds), "minutes_east": .integer(minutesEast)] }
}

extension Parameters {
    func calendar() throws(Refusal) -> BusinessCalendar {
        let read = Parameters(object["calendar"]?.object ?? [:])
        let version = try read.name("version")
        let minutesEast = read.integer("minutesEast") ?? 0
        guard BusinessCalendar.offsets.contains(minutesEast) else {
            throw .malformed(field: "calendar.minutesEast", "from -720 to 840")
        }
        let days = read.strings("holidays")
        guard days.count <= 1_000 else { throw .malformed(field: "calendar.holidays", "at most 1,000 days") }
        let holidays = try days.map { (text) throws(Refusal) -> Int64 in
            guard let day = BusinessCalendar.day(of: text) else {
                throw .malformed(field: "calendar.holidays", "dates such as 2031-05-26")
            }
            return day
        }
        let changes = try (read.object["clockChanges"]?.array ?? []).map {
            (value) throws(Refusal) -> BusinessCalendar.Change in
            let read = Parameters(value.object ?? [:])
            guard let at = read.integer("at").flatMap({ UTCTime(microseconds: $0) }),
                let east = read.integer("minutesEast")
            else { throw .malformed(field: "calendar.clockChanges", "moments, each with minutes east of UTC") }
            return BusinessCalendar.Change(at: at, minutesEast: east)
        }
        guard BusinessCalendar.isPlausible(changes, from: minutesEast) else {
            throw .malformed(
                field: "calendar.clockChanges",
                "at most 64, in order, a week or more apart, and each by two hours at most"
            )
        }
        let calendar = BusinessCalendar(
            version: version,
            minutesEast: minutesEast,
            holidays: Set(holidays),
            changes: changes
        )
        guard calendar.isModest else {
            throw .malformed(
                field: "calendar.holidays",
                "at most \(BusinessCalendar.mostHolidays) a year, and at most \(BusinessCalendar.mostDaysOff) days in a row without a business day"
            )
        }
        return calendar
    }
}
