import Testing

@testable import Coordination

struct RefusalMeterTests {
    private let limit = Int(RefusalMeter.recordedOneByOne)

    @Test func `as many as a person causes are recorded one by one, those beyond are counted`() {
        var meter = RefusalMeter()
        let recorded = (1...limit + 140).map { _ in meter.records("uid:1", at: 5) }
        #expect(recorded == (1...limit + 140).map { $0 <= limit })
        let isOtherRecorded = meter.records("uid:2", at: 7)
        #expect(isOtherRecorded)
        let counted = meter.end()
        #expect(counted.map(\.speaker) == ["uid:1"])
        #expect(counted.map(\.count) == [140])
        let (again, isRecorded) = (meter.end(), meter.records("uid:1", at: 8))
        #expect(again.isEmpty && isRecorded)
    }

    @Test func `a window begins with its first refusal and ends after a minute, or when the clock goes back`() {
        var meter = RefusalMeter()
        #expect(!meter.isOver(at: 1 << 40))
        _ = meter.records("uid:1", at: 1_000)
        _ = meter.records("uid:1", at: 50_000)
        #expect(!meter.isOver(at: 60_999))
        #expect(meter.isOver(at: 61_000))
        #expect(meter.isOver(at: 999))
        _ = meter.end()
        #expect(!meter.isOver(at: 61_000))
    }

    @Test func `however many speak, memory is bounded and nobody is forgotten`() {
        var meter = RefusalMeter()
        let known = (0..<RefusalMeter.maximumSpeakers).count { meter.records("uid:\($0)", at: 0) }
        let beyond = (0..<1_000).count { meter.records("key \($0)", at: 0) }
        #expect(known == RefusalMeter.maximumSpeakers && beyond == limit)
        for _ in 1...limit { _ = meter.records("uid:7", at: 0) }
        let counted = meter.end()
        #expect(counted.map(\.speaker) == [RefusalMeter.others, "uid:7"])
        #expect(counted.map(\.count) == [Int64(1_000 - limit), 1])
    }
}
