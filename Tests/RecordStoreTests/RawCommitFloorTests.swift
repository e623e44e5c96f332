import RecordStore
import TestSupport
import Testing

@Suite(.tags(.medium))
struct RawCommitFloorTests {
    @Test func `the floor is measured for each batch size, and its files are removed`() throws {
        let scratch = try ScratchFolder("floor")
        let floor = RawCommitFloor(lineBytes: 850, parts: 2, partBytes: 400)
        let rows = try floor.measure(in: scratch.path, batchSizes: [1, 8], transactions: 5)
        #expect(rows.map(\.batchSize) == [1, 8])
        #expect(rows.allSatisfy { $0.transactions == 5 && $0.linesPerSecond > 0 && $0.median <= $0.p99 })
        #expect(try scratch.names().isEmpty)
    }
}
