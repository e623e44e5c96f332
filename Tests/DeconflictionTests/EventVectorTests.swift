import Deconfliction
import Testing

/// The published vectors (domain.md 4.5): degrees, radii of 800 m, on a sphere of 6 371 008.8 m.
@Suite("Planned events: the published vectors")
struct EventVectorTests {
    fileprivate static let noon: Int64 = 1_930_000_000_000
    private static let hour: Int64 = 3_600_000

    private func event(
        _ id: UInt64,
        at place: (Double, Double) = (0.1, 0.1),
        from start: Int64 = Self.noon,
        until end: Int64 = Self.noon + Self.hour,
        buffer: Int64 = 0,
        caseMark: PlannedEvent.CaseMark? = nil
    ) throws -> PlannedEvent {
        func units(_ degrees: Double) -> Int32 { Int32((degrees * 10_000_000).rounded()) }
        let point = try #require(Point(latitude: units(place.0), longitude: units(place.1)))
        return PlannedEvent(
            id: id,
            caseMark: caseMark,
            points: [point],
            radius: 800,
            window: .init(start: start, end: end),
            buffer: buffer
        )
    }

    struct Distances: Sendable {
        var there: (Double, Double)
        var here = (0.1, 0.1)
        var metres: Double
        var tolerance = 0.0
        var meets: Bool
    }

    @Test(arguments: [
        Distances(there: (0.1045, 0.1), metres: 500.38, meets: true),
        Distances(there: (0.15, 0.1), metres: 5_559.75, meets: false),
        Distances(there: (0.1, 0.1144), metres: 1_601.21, meets: false),
        Distances(there: (0.1, 0.1143893), metres: 1_600.02, meets: false),
        Distances(there: (0.1, 0.1143893), metres: 1_600.02, tolerance: 25, meets: true),
        Distances(there: (0.05, -179.999), here: (0.05, 179.999), metres: 222.39, meets: true),
    ])
    func `places`(_ row: Distances) throws {
        let (here, there) = (try event(1, at: row.here), try event(2, at: row.there))
        #expect(abs(here.distance(to: there) - row.metres) < 0.005)
        #expect((here.meets(there, tolerance: row.tolerance) != nil) == row.meets)
        var index = EventIndex()
        index.insert(here)
        #expect(index.encounters(of: there, tolerance: row.tolerance).map(\.other) == (row.meets ? [1] : []))
    }

    @Test func `one that ends when the other begins is no conflict`() throws {
        let first = try event(1)
        let second = try event(2, from: first.window.end, until: first.window.end + Self.hour)
        #expect(first.meets(second, tolerance: 0) == nil)
        #expect(second.meets(first, tolerance: 0) == nil)
        #expect(first.meets(try event(3, from: first.window.end - 1, until: first.window.end), tolerance: 0) != nil)
    }

    @Test func `with an hour before and after each, an hour and a half between them is a conflict`() throws {
        let first = try event(1, buffer: Self.hour)
        let later = try event(2, from: first.window.end + Self.hour * 3 / 2, until: .max, buffer: Self.hour)
        #expect(first.meets(later, tolerance: 0)?.kind == .conflict)
        let muchLater = try event(3, from: first.window.end + Self.hour * 2, until: .max, buffer: Self.hour)
        #expect(first.meets(muchLater, tolerance: 0) == nil)
    }

    @Test func `two agencies in one case get a link, events of no case a conflict`() throws {
        let mark = PlannedEvent.CaseMark(high: 1, low: 2)
        let other = PlannedEvent.CaseMark(high: 2, low: 1)
        #expect(try event(1, caseMark: mark).meets(event(2, caseMark: mark), tolerance: 0)?.kind == .sameCase)
        #expect(try event(1, caseMark: mark).meets(event(2, caseMark: other), tolerance: 0)?.kind == .conflict)
        #expect(try event(1, caseMark: mark).meets(event(2), tolerance: 0)?.kind == .conflict)
        #expect(try event(1).meets(event(2), tolerance: 0)?.kind == .conflict)
    }

    @Test func `a cancelled event meets nobody any more`() throws {
        var index = EventIndex()
        index.insert(try event(1))
        #expect(index.remove(1)?.id == 1)
        #expect(index.encounters(of: try event(2), tolerance: 0).isEmpty)
        #expect(index.remove(1) == nil && index.count == 0)
    }

    @Test func `how close it is comes in two words`() throws {
        #expect(try event(1).meets(event(2, at: (0.1045, 0.1)), tolerance: 0)?.severity == .samePlace)
        #expect(try event(1).meets(event(2, at: (0.11, 0.1)), tolerance: 0)?.severity == .near)
    }

    struct Wrong: Sendable {
        var fault: PlannedEvent.Fault
        var start = Self.noon + 1
        var end = Self.noon + 2
        var radius = 800.0
        var buffer: Int64 = 0

        static let noon = EventVectorTests.noon
        static let day: Int64 = 86_400_000

        static let all = [
            Wrong(fault: .order, start: noon, end: noon), Wrong(fault: .order, start: noon + 5, end: noon + 4),
            Wrong(fault: .tooLong, start: noon, end: noon + 14 * day + 1),
            Wrong(fault: .tooLong, start: .min, end: .max),
            Wrong(fault: .tooFarAhead, start: noon + 90 * day + 1, end: noon + 90 * day + 2),
            Wrong(fault: .past, start: noon - 10, end: noon), Wrong(fault: .radius, radius: 0),
            Wrong(fault: .radius, radius: .infinity), Wrong(fault: .radius, radius: .nan),
            Wrong(fault: .buffer, buffer: -1), Wrong(fault: .buffer, buffer: .max),
        ]
    }

    @Test(arguments: Wrong.all) func `what cannot be is refused`(_ wrong: Wrong) throws {
        let point = try #require(Point(latitude: 0, longitude: 0))
        func event(_ points: [Point]) -> PlannedEvent {
            PlannedEvent(
                id: 1,
                caseMark: nil,
                points: points,
                radius: wrong.radius,
                window: .init(start: wrong.start, end: wrong.end),
                buffer: wrong.buffer
            )
        }
        #expect(throws: wrong.fault) { try event([point]).check(now: Self.noon) }
        for count in [0, 17] {
            let points = Array(repeating: point, count: count)
            #expect(throws: PlannedEvent.Fault.points) { try event(points).check(now: Self.noon) }
        }
    }

    @Test func `a place beyond the poles is none, and both names of the date line are one`() {
        #expect(Point(latitude: 900_000_001, longitude: 0) == nil)
        #expect(Point(latitude: 0, longitude: 1_800_000_001) == nil)
        #expect(Point(latitude: .min, longitude: .max) == nil)
        #expect(Point(latitude: 5, longitude: 1_800_000_000) == Point(latitude: 5, longitude: -1_800_000_000))
    }
}
