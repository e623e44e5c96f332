import Testing

@testable import Coordination

struct ClockWatchTests {
    @Test func `each step back is told once, and no other`() {
        var watch = ClockWatch()
        let clock: [(now: Int64, step: Int64?)] = [
            (1_000, nil), (2_000, nil), (1_995, nil), (1_000, 995), (1_000, nil), (1_500, nil), (-5, 1_505),
            (9_000, nil), (.max, nil), (.min, nil), (0, nil),
        ]
        let steps = clock.map { watch.stepBack(at: $0.now, recorded: 0) }
        #expect(steps == clock.map(\.step))
    }

    @Test func `at the start the clock is compared with the record`() {
        var watch = ClockWatch()
        let steps = [1_000, 1_001].map { watch.stepBack(at: $0, recorded: 61_000) }
        #expect(steps == [60_000, nil])
        var other = ClockWatch()
        let none = other.stepBack(at: 61_005, recorded: 61_000)
        #expect(none == nil)
    }
}
