import Testing

@testable import accord

struct TimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400_000_000, "2000-02-29T00:00:00Z"),
            (1_930_123_456_789_012, "2031-03-01T09:24:16Z"), (4_107_542_400_000_000, "2100-03-01T00:00:00Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)]
    )
    func `microseconds are shown as ISO 8601 in UTC`(microseconds: Int64, text: String) {
        #expect(UTCText.text(microseconds: microseconds) == text)
    }

    @Test func `parts of a second are cut and not rounded`() {
        #expect(UTCText.text(microseconds: 999_999, .milliseconds) == "1970-01-01T00:00:00.999Z")
        #expect(UTCText.text(microseconds: 59_999_999, .minutes) == "1970-01-01T00:00Z")
    }

    @Test func `no number of microseconds stops the program`() {
        for value in [Int64.min, .min + 1, -1_000_001, .max - 1, .max] {
            #expect(UTCText.text(microseconds: value, .milliseconds).hasSuffix("Z"))
        }
    }

    @Test func `every day of four centuries is the same day back`() {
        for day in Int64(-30_000)...120_000 {
            let (year, month, dayOfMonth) = CalendarDay.civil(daysSince1970: day)
            #expect(CalendarDay.days(year: year, month: month, day: dayOfMonth) == day)
        }
    }

    private static let now: Int64 = 1_000_000_000

    @Test(
        arguments: [
            ("1970-01-02", 86_400_000_000), ("1970-01-01T00:01Z", 60_000_000), ("1970-01-01T00:00:02Z", 2_000_000),
            ("2d", now + 172_800_000_000), ("30m", now + 1_800_000_000), ("1y", now + 31_536_000_000_000),
            ("2w", now + 1_209_600_000_000), ("9s", now + 9_000_000), ("12h", now + 43_200_000_000),
        ] as [(String, Int64)]
    )
    func `a moment is a date, a time or a length of time`(text: String, expected: Int64) {
        #expect(Moment(argument: text)?.beginning(now: Self.now) == expected)
    }

    @Test func `a day without an hour is a date, or so many days from now`() {
        let now = 3 * 86_400_000_000 + Self.now
        #expect(Moment(argument: "1970-01-02")?.wholeDay(now: now) == 1)
        #expect(Moment(argument: "2d")?.wholeDay(now: now) == 5)
        for told in ["36h", "1970-01-02T18:00Z"] {
            #expect(Moment(argument: told)?.wholeDay(now: now) == nil, "\(told)")
        }
    }

    @Test func `what ends on a day ends with its last second`() {
        #expect(Moment(argument: "1970-01-01")?.end(now: 0) == 86_399_000_000)
        #expect(Moment(argument: "1970-01-01T12:00Z")?.end(now: 0) == 43_200_000_000)
    }

    @Test(arguments: [
        "", "d", "0d", "-1d", "1.5d", "1000000d", "90", "90D", "2031-02-29", "2031-13-01", "2031-00-10", "0000-01-01",
        "2031-1-1", "2031-01-01T24:00Z", "2031-01-01T10:60Z", "2031-01-01T10:00", "2031-01-01T10:00:60Z",
        "2031-01-01 10:00Z", "2031-01-01T10:00:00+01:00", "tomorrow", "２０３１-01-01", "\u{0}d",
    ])
    func `anything else is no moment`(text: String) {
        #expect(Moment(argument: text) == nil)
    }
}
