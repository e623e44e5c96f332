import Dispatch
import QueueRuntime
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite("An alarm on the machine's clock", .tags(.medium))
struct WallAlarmTests {
    private let rings = DispatchSemaphore(value: 0)

    private func alarm() -> WallAlarm {
        let alarm = WallAlarm(on: DispatchQueue(label: "alarm"))
        alarm.onRing { [rings] in rings.signal() }
        return alarm
    }

    private var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    @Test func `it rings at its time and not before, again and again`() {
        let alarm = alarm()
        for _ in 1...3 {
            let time = now + 30
            alarm.set(time)
            #expect(rings.wait(timeout: .now() + 60) == .success)
            #expect(now >= time)
        }
    }

    @Test(arguments: [0, -5, 1] as [Int64]) func `a time that has passed rings at once`(time: Int64) {
        let alarm = alarm()
        alarm.set(time)
        #expect(rings.wait(timeout: .now() + 60) == .success)
    }

    @Test func `the last word counts: an alarm that was put off or taken back does not ring`() {
        let alarm = alarm()
        alarm.set(now + 3_600_000)
        alarm.set(nil)
        // The end of the year 9999.
        alarm.set(253_402_300_799_000)
        alarm.set(now + 20)
        #expect(rings.wait(timeout: .now() + 60) == .success)
        #expect(rings.wait(timeout: .now()) == .timedOut)
    }

    @Test func `one that is let go of rings no more, and harms nothing`() {
        let alarm = alarm()
        alarm.set(now + 3_600_000)
        alarm.cancel()
        alarm.set(1)
        #expect(rings.wait(timeout: .now() + 0.2) == .timedOut)
        _ = self.alarm()
    }
}
