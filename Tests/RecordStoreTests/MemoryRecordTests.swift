import RecordStore
import TestSupport
import Testing

@Suite(.tags(.small))
struct MemoryRecordTests {
    /// Appends ten batches, each after what the log says, until one is not acknowledged.
    private func appendTen(_ log: MemoryRecord) throws -> (acknowledged: [RecordLine], fault: RecordFault?) {
        var maker = LineMaker(seed: 11)
        var acknowledged: [RecordLine] = []
        for _ in 0..<10 {
            let batch = try maker.batch(3)
            do {
                _ = try log.append(batch, after: log.head)
                acknowledged += batch
            } catch {
                return (acknowledged, error)
            }
        }
        return (acknowledged, nil)
    }

    @Test func `wherever an append fails, what was acknowledged is there after a restart, and nothing before`() throws {
        for isAfter in [false, true] {
            for point in 0...10 {
                let log = MemoryRecord()
                if isAfter { log.failAfter(point) } else { log.failBefore(point) }
                let (acknowledged, fault) = try appendTen(log)
                #expect((fault == nil) == (point == 10), "\(isAfter) \(point)")
                #expect(acknowledged.count == 3 * point)
                if fault != nil {
                    let latched = #expect(throws: RecordFault.self) { try log.append([], after: log.head) }
                    #expect(latched?.code == .latched)
                }
                let again = log.reopened()
                var lines: [StoredLine] = []
                try again.replay(from: 0) { lines.append($0) }
                #expect(lines.starts(with: acknowledged.map(\.stored)))
                #expect(lines.count == acknowledged.count + (isAfter && fault != nil ? 3 : 0))
                #expect(again.head.size == UInt64(lines.count))
                #expect(again.latched == nil)
            }
        }
    }

    @Test func `a trouble that passes does not latch`() throws {
        let log = MemoryRecord()
        log.failBefore(0, .full)
        var maker = LineMaker(seed: 12)
        let batch = try maker.batch(2)
        let fault = #expect(throws: RecordFault.self) { try log.append(batch, after: log.head) }
        #expect(fault?.code == .full)
        #expect(try log.append(batch, after: log.head) == maker.head)
    }
}
