import Policy
import Testing

@Suite("Moments")
struct UTCTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01"), (86_399_999, "1970-01-01"), (86_400_000, "1970-01-02"), (951_782_400_000, "2000-02-29"),
            (951_868_800_000, "2000-03-01"), (1_930_262_400_000, "2031-03-03"), (4_107_456_000_000, "2100-02-28"),
            (4_107_542_400_000, "2100-03-01"), (253_402_300_799_999, "9999-12-31"), (-1, "1969-12-31"),
        ] as [(Int64, String)]
    )
    func `a moment has its Gregorian date`(milliseconds: Int64, date: String) {
        #expect(UTCTime(milliseconds: milliseconds).description == date)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00Z"), (1_930_307_459_999, "2031-03-03T12:30Z"), (-1, "1969-12-31T23:59Z"),
        ] as [(Int64, String)]
    )
    func `what is due to the hour is said to the minute`(milliseconds: Int64, text: String) {
        #expect(UTCTime(milliseconds: milliseconds).minute == text)
    }

    @Test func `the year is that of the date at both its ends`() {
        #expect(UTCTime(milliseconds: 1_924_991_999_999).year == 2030)
        #expect(UTCTime(milliseconds: 1_924_992_000_000).year == 2031)
    }

    @Test(arguments: [-1, Int64.min, Int64.max, UTCTime.end * 1_000])
    func `what lies outside 1970 to 9999 is no moment`(microseconds: Int64) {
        #expect(UTCTime(microseconds: microseconds) == nil)
    }

    @Test func `microseconds of the wire are cut to milliseconds`() {
        #expect(UTCTime(microseconds: 0)?.milliseconds == 0)
        #expect(UTCTime(microseconds: 1_999)?.milliseconds == 1)
        #expect(UTCTime(microseconds: UTCTime.end * 1_000 - 1)?.milliseconds == UTCTime.end - 1)
    }

    @Test func `days are added up to the end of time`() {
        let day = UTCTime(milliseconds: 1_930_262_400_000)
        #expect(day.adding(days: 1).description == "2031-03-04")
        #expect(day.adding(days: 400) > day)
        #expect(day.adding(days: 4_000_000).description == "9999-12-31")
    }
}
