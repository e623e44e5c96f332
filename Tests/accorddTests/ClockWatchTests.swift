import Testing

@testable import Coordination

struct ClockWatchTests {
    @Test func `each step back is told once, and no other`() {
        var watch = ClockWatch()
        let clock: [(now: Int64, step: Int64?)] = [
            (1_000, nil), (2_000, nil), (1_995, nil), (1_000, 995), (1_000, nil), (1_500, nil), (-5, 1_505),
        ]
        // The clock that nobody sets runs on with it, so that it is never forward.
        var uptime: Int64 = 0
        for (now, step) in clock {
            uptime += 1_000
            #expect(watch.step(at: now, uptime: uptime, recorded: 0) == step.map { .back($0) })
        }
    }

    @Test func `what the clock gained on the one that nobody sets is told once, if it is a second or more`() {
        var watch = ClockWatch()
        let hour: Int64 = 3_600_000
        let clock: [(now: Int64, uptime: Int64, step: ClockWatch.Step?)] = [
            (hour, 0, nil), (hour + 5_000, 5_000, nil), (hour + 6_900, 6_000, nil),
            (10 * hour, 7_000, .forward(9 * hour - 7_900)),
            (10 * hour + 60_000, 67_000, nil), (hour, 68_000, .back(9 * hour + 60_000)), (hour + 1_000, 69_000, nil),
        ]
        for (now, uptime, step) in clock { #expect(watch.step(at: now, uptime: uptime, recorded: 0) == step) }
    }

    @Test func `no time makes it stop`() {
        var watch = ClockWatch()
        for now in [0, Int64.max, .min, .max, 0] { _ = watch.step(at: now, uptime: 0, recorded: 0) }
        #expect(watch.step(at: 0, uptime: 0, recorded: 0) == nil)
    }

    @Test func `at the start the clock is compared with the record, and only back`() {
        var watch = ClockWatch()
        let steps = [1_000, 1_001].map { watch.step(at: $0, uptime: 0, recorded: 61_000) }
        #expect(steps == [.back(60_000), nil])
        var other = ClockWatch()
        let none = other.step(at: 9_061_005, uptime: 5, recorded: 61_000)
        #expect(none == nil)
    }
}
