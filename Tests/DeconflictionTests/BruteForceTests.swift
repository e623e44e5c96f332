import Deconfliction
import TestSupport
import Testing

/// The index against a comparison of all pairs.
@Suite("Planned events: the index", .tags(.medium))
struct BruteForceTests {
    private static let day: Int64 = 86_400_000

    /// Where events are: crowded in a city, along the date line, around the poles, anywhere.
    private func point(_ generator: inout SplitMix64) throws -> Point {
        func unit(_ range: ClosedRange<Int>) -> Int32 { Int32(Int.random(in: range, using: &generator)) }
        let point =
            switch generator.below(4) {
            case 0: Point(latitude: unit(1_000_000...4_000_000), longitude: unit(1_000_000...4_000_000))
            case 1:
                Point(
                    latitude: unit(-3_000_000...3_000_000),
                    longitude: unit(1_798_000_000...1_802_000_000).wrapped
                )
            case 2: Point(latitude: unit(899_000_000...900_000_000), longitude: unit(-1_800_000_000...1_799_999_999))
            default:
                Point(latitude: unit(-900_000_000...900_000_000), longitude: unit(-1_800_000_000...1_799_999_999))
            }
        return try #require(point)
    }

    private func event(_ id: UInt64, _ generator: inout SplitMix64) throws -> PlannedEvent {
        let start = Int64(generator.below(Int(3 * Self.day)))
        return PlannedEvent(
            id: id,
            caseMark: generator.oneIn(3) ? .init(high: 0, low: UInt64(generator.below(5))) : nil,
            points: try (0...generator.below(3)).map { _ in try point(&generator) },
            radius: generator.oneIn(50) ? 20_000 : Double(1 + generator.below(2_000)),
            window: .init(start: start, end: start + 1 + Int64(generator.below(Int(Self.day / 4)))),
            buffer: Int64(generator.below(3)) * 3_600_000
        )
    }

    @Test(arguments: Seeds.range(of: 1))
    func `the index finds what comparing all pairs finds`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var index = EventIndex()
        var events: [PlannedEvent] = []
        for id in 1...UInt64(Effort.events) {
            let event = try event(id, &generator)
            index.insert(event)
            events.append(event)
        }
        // Some are cancelled, some amended.
        for number in 0..<events.count / 10 {
            let place = generator.below(events.count)
            if number.isMultiple(of: 2) {
                index.remove(events.remove(at: place).id)
            } else {
                events[place] = try event(events[place].id, &generator)
                index.insert(events[place])
            }
        }
        #expect(index.count == events.count)
        var met = 0
        for _ in 0..<Effort.submissions {
            let asked = generator.oneIn(2) ? events[generator.below(events.count)] : try event(0, &generator)
            let tolerance = Double(generator.below(3)) * 25
            let found = index.encounters(of: asked, tolerance: tolerance)
            let expected = events.compactMap { asked.meets($0, tolerance: tolerance) }.sorted { $0.other < $1.other }
            #expect(found == expected, "seed \(seed), event \(asked)")
            met += found.count
        }
        // A test without encounters would show nothing.
        #expect(met > Effort.submissions)
    }

    /// So many pairs are compared one by one.
    private enum Effort {
        static let events = 100_000
        static let submissions = 100
    }
}

extension Int32 {
    /// East of the date line comes the west.
    fileprivate var wrapped: Int32 { self > 1_799_999_999 ? Int32(Int64(self) - 3_600_000_000) : self }
}
