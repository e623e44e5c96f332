import Policy
import StrictJSON
import Testing

@testable import Casework

@Suite("Business hours and days (domain.md 2.10)")
struct BusinessCalendarTests {
    /// Such as `2031-03-07 20:00`.
    private static func time(_ text: String) throws -> UTCTime {
        let words = text.split(separator: " ").map(String.init)
        let day = try #require(BusinessCalendar.day(of: words[0]))
        let clock = words[1].split(separator: ":").compactMap { Int64($0) }
        return UTCTime(milliseconds: day * 86_400_000 + clock[0] * 3_600_000 + clock[1] * 60_000)
    }

    private static func calendar(_ holidays: String..., east: Int64 = 0) throws -> BusinessCalendar {
        let days = try holidays.map { try #require(BusinessCalendar.day(of: $0)) }
        return BusinessCalendar(version: "test", minutesEast: east, holidays: Set(days))
    }

    @Test(arguments: [
        // From Friday evening over a weekend; the vector of domain.md 2.10.
        ("2031-03-07 20:00", 48, "2031-03-11 20:00"), ("2031-03-03 09:00", 48, "2031-03-05 09:00"),
        ("2031-03-08 00:00", 48, "2031-03-12 00:00"), ("2031-03-09 23:59", 1, "2031-03-10 01:00"),
        ("2031-03-07 23:00", 1, "2031-03-08 00:00"), ("2031-03-07 00:00", 24, "2031-03-08 00:00"),
        ("2031-03-07 20:00", 0, "2031-03-07 20:00"),
    ])
    func `hours of Saturdays and Sundays do not count`(start: String, hours: Int64, end: String) throws {
        let calendar = try Self.calendar()
        #expect(calendar.adding(businessHours: hours, to: try Self.time(start)) == (try Self.time(end)))
    }

    @Test func `hours of holidays do not count either, wherever they fall`() throws {
        let calendar = try Self.calendar("2031-03-10", "2031-03-12")
        let start = try Self.time("2031-03-07 20:00")
        #expect(calendar.adding(businessHours: 48, to: start) == (try Self.time("2031-03-13 20:00")))
        #expect(calendar.adding(businessDays: 1, to: start) == (try Self.time("2031-03-11 20:00")))
    }

    @Test func `the days are those of the calendar's own place`() throws {
        // Friday evening west of Greenwich is Saturday in UTC.
        let west = try Self.calendar(east: -480)
        #expect(
            west.adding(businessHours: 48, to: try Self.time("2031-03-08 04:00")) == (try Self.time("2031-03-12 04:00"))
        )
        let east = try Self.calendar(east: 600)
        #expect(
            east.adding(businessHours: 1, to: try Self.time("2031-03-07 14:30")) == (try Self.time("2031-03-09 15:00"))
        )
    }

    /// New York: five hours behind in winter, four in summer; the change is on a Sunday, which counts for nothing.
    @Test(arguments: [
        // Friday 20:00, 48 hours without the weekend: Tuesday 20:00 by the clock, which is an hour earlier in UTC.
        ("2031-03-08 01:00", 48, "2031-03-12 00:00"),
        // Before and after the change nothing is different.
        ("2031-03-05 15:00", 24, "2031-03-06 15:00"), ("2031-03-11 14:00", 24, "2031-03-12 14:00"),
        // The other way in autumn: Saturday begins at midnight of summer time, Monday at midnight of winter time.
        ("2031-10-31 23:00", 24, "2031-11-04 00:00"),
    ])
    func `a weekend on which clocks are changed makes no hour more or less`(
        start: String,
        hours: Int64,
        end: String
    ) throws {
        var calendar = try Self.calendar(east: -300)
        calendar.changes = [
            BusinessCalendar.Change(at: try Self.time("2031-03-09 07:00"), minutesEast: -240),
            BusinessCalendar.Change(at: try Self.time("2031-11-02 06:00"), minutesEast: -300),
        ]
        #expect(calendar.adding(businessHours: hours, to: try Self.time(start)) == (try Self.time(end)))
        let kept = try BusinessCalendar(Fields(.object(calendar.record)))
        #expect(kept == calendar)
    }

    @Test func `hours on a business day on which clocks are changed are counted as they pass, also at midnight`() throws
    {
        var calendar = try Self.calendar(east: 120)
        // Put forward at midnight from Wednesday to Thursday, so that there is no 00:30.
        calendar.changes = [BusinessCalendar.Change(at: try Self.time("2031-03-12 22:00"), minutesEast: 180)]
        #expect(
            calendar.adding(businessHours: 48, to: try Self.time("2031-03-12 10:00"))
                == (try Self.time("2031-03-14 10:00"))
        )
        // Put back at midnight: the hour before it comes twice.
        calendar.changes = [BusinessCalendar.Change(at: try Self.time("2031-03-12 22:00"), minutesEast: 60)]
        #expect(
            calendar.adding(businessHours: 48, to: try Self.time("2031-03-12 10:00"))
                == (try Self.time("2031-03-14 10:00"))
        )
    }

    @Test func `clocks are changed by two hours at most, in order, and not from day to day`() throws {
        func change(_ text: String, _ east: Int64) throws -> BusinessCalendar.Change {
            BusinessCalendar.Change(at: try Self.time(text), minutesEast: east)
        }
        let (spring, autumn) = (try change("2031-03-09 07:00", -240), try change("2031-11-02 06:00", -300))
        #expect(
            BusinessCalendar.isPlausible([], from: 0) && BusinessCalendar.isPlausible([spring, autumn], from: -300)
        )
        #expect(!BusinessCalendar.isPlausible([autumn, spring], from: -300))
        #expect(!BusinessCalendar.isPlausible([try change("2031-03-09 07:00", -120)], from: -300))
        #expect(!BusinessCalendar.isPlausible([spring, try change("2031-03-10 07:00", -300)], from: -300))
        let creeping = try (1...9).map { try change("203\($0)-01-01 00:00", -300 + Int64($0) * 60) }
        #expect(!BusinessCalendar.isPlausible(creeping, from: -300))
        // Whatever a peer sends is answered.
        for east in [Int64.min, .min + 1, -781, 841, .max] {
            #expect(!BusinessCalendar.isPlausible([try change("2031-03-09 07:00", east)], from: -300))
            #expect(!BusinessCalendar.isPlausible([spring], from: east))
        }
    }

    /// Who holds people lapses what it is asked by it, and nobody else decides about it.
    @Test func `a new calendar is told to oversight and to whoever holds people, until each takes note`() throws {
        var world = World.birch()
        let calendar = BusinessCalendar(version: "2031-2", minutesEast: -300, holidays: [22_000])
        world.must("admin.ops", .recordCalendar(calendar))
        func tasks(_ name: String) -> [InboxTask] { world.inbox(name).filter { $0.kind == "calendar" } }
        for name in ["auditor.rob", "liaison.lcs"] {
            let task = try #require(tasks(name).first, "\(name)")
            #expect(task.summary.hasPrefix("admin.ops recorded calendar 2031-2: 1 holidays."))
            #expect(task.command == "accord calendar show\naccord inbox ack calendar")
        }
        for name in ["liaison.spo", "lead.hcs"] { #expect(tasks(name).isEmpty, "\(name)") }
        world.must("liaison.lcs", .acknowledgeNotice(nil, "calendar"))
        #expect(tasks("liaison.lcs").isEmpty && tasks("auditor.rob").count == 1)
        #expect(world.act(as: "liaison.spo", .acknowledgeNotice(nil, "calendar")).code == "E-NOT-FOUND")
        let kept = try CaseworkState(decoding: world.state.encode())
        #expect(kept.encode() == world.state.encode())
        #expect(kept.inbox(member("liaison.lcs"), now: world.now).allSatisfy { $0.kind != "calendar" })
        // Whoever is enrolled looks it up.
        #expect(world.act(as: "agent.spo1", .getCalendar).isDone && world.state.calendar == calendar)
    }

    @Test(arguments: [
        ("2031-03-07 20:00", 1, "2031-03-10 20:00"), ("2031-03-07 20:00", 5, "2031-03-14 20:00"),
        ("2031-03-08 10:00", 1, "2031-03-10 10:00"), ("2031-03-03 09:00", 21, "2031-04-01 09:00"),
        ("2031-03-03 09:00", 90, "2031-07-07 09:00"),
    ])
    func `business days are counted from the day after, at the same time of day`(
        start: String,
        days: Int64,
        end: String
    ) throws {
        let calendar = try Self.calendar()
        #expect(calendar.adding(businessDays: days, to: try Self.time(start)) == (try Self.time(end)))
    }

    /// Counted hour by hour, in the plainest way there is.
    private static func byHours(_ calendar: BusinessCalendar, _ hours: Int64, _ start: Int64) -> Int64 {
        var (left, now) = (hours, start)
        while left > 0 {
            let local = now + calendar.minutesEast * 60_000
            if calendar.isBusinessDay(local / 86_400_000) { left -= 1 }
            now += 3_600_000
        }
        return now
    }

    @Test(arguments: [1, 31, 2_031] as [UInt64]) func `it agrees with counting hour by hour`(seed: UInt64) {
        var dice = Dice(seed: seed)
        for _ in 0..<400 {
            let monday: Int64 = 22_340
            let holidays = Set((0..<dice.below(6)).map { _ in monday + Int64(dice.below(30)) })
            let calendar = BusinessCalendar(
                version: "v",
                minutesEast: Int64(dice.below(27) - 12) * 60,
                holidays: holidays
            )
            let start = monday * 86_400_000 + Int64(dice.below(24 * 20)) * 3_600_000
            let hours = Int64(dice.below(130) + 1)
            let end = calendar.adding(businessHours: hours, to: UTCTime(milliseconds: start)).milliseconds
            let counted = Self.byHours(calendar, hours, start)
            // Where the last hour ends with a business day, the moment is the same and the day is another.
            #expect(end == counted, "seed \(seed) from \(start) \(hours) h \(calendar)")
        }
    }

    @Test(arguments: [
        "2031-02-29", "2031-13-01", "2031-00-10", "2031-1-01", "31-01-01", "2031-01-32", "", "2031/01/01",
    ])
    func `what is no date is no holiday`(text: String) { #expect(BusinessCalendar.day(of: text) == nil) }

    @Test func `dates and days are each other's inverse`() {
        for day in stride(from: Int64(0), through: 80_000, by: 7) {
            #expect(BusinessCalendar.day(of: UTCTime(milliseconds: day * 86_400_000).description) == day)
        }
    }

    @Test func `an administrator records it, and it is in force from then on, also after a replay`() throws {
        var world = World()
        let calendar = try Self.calendar("2031-05-26", east: -300)
        #expect(world.act(as: "liaison.mpd", .recordCalendar(calendar)).code == "E-ROLE")
        let event = world.must("admin.ops", .recordCalendar(calendar))
        #expect(world.act(as: "admin.ops", .recordCalendar(calendar)).code == "E-TAKEN")
        let read = try Event(
            kind: event.kind,
            caseID: event.caseID,
            agency: "OPS",
            member: "admin.ops",
            role: "administrator",
            purpose: "ADMIN",
            parts: event.parts()
        )
        #expect(read == event)
        #expect(try CaseworkState(decoding: world.state.encode()).calendar == calendar)
    }

    @Test func `a calendar that cannot be is refused on the wire`() {
        for calendar in [
            ["version": "v", "minutesEast": 900, "holidays": []], ["version": "v", "holidays": ["2031-02-30"]],
            ["version": "", "holidays": []],
        ] as [JSONObject] {
            #expect(throws: Refusal.self) {
                try Act(method: "io.accord.Registry.RecordCalendar", parameters: ["calendar": .object(calendar)])
            }
        }
    }

    @Test func `a calendar has as many holidays as a place has, so that it stretches no custody`() throws {
        #expect(try Self.calendar("2031-05-26", "2031-11-27", "2031-11-28", "2031-12-24", "2031-12-25").isModest)
        // Thursday to Monday, with the weekend: five; Tuesday makes six.
        let christmas = ["2031-12-25", "2031-12-26", "2031-12-29"]
        #expect(try Self.calendar(christmas[0], christmas[1], christmas[2]).isModest)
        #expect(try !Self.calendar(christmas[0], christmas[1], christmas[2], "2031-12-30").isModest)
        // Monday to Thursday after a weekend.
        #expect(try !Self.calendar("2031-12-22", "2031-12-23", "2031-12-24", "2031-12-25").isModest)
        let mondays = Set((0..<25).map { Int64(22_285) + $0 * 14 })
        #expect(!BusinessCalendar(version: "test", minutesEast: 0, holidays: mondays).isModest)
        let fewer = BusinessCalendar(version: "test", minutesEast: 0, holidays: Set(mondays.prefix(23)))
        #expect(fewer.isModest)
        var world = World()
        let asked = Parameters(["calendar": ["version": "2031-2", "holidays": .strings(christmas + ["2031-12-30"])]])
        #expect(throws: Refusal.self) { try asked.calendar() }
        world.must("admin.ops", .recordCalendar(fewer))
    }
}
