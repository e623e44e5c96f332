import RecordStore
import TestSupport
import Testing

@Suite(.tags(.medium))
struct EventLogTests {
    @Test(arguments: EventLogKit.cases)
    func `the record on SQLite keeps the duties of an event log`(_ duty: EventLogKit) throws {
        let scratch = try ScratchFolder("record")
        let record = try SQLiteRecord.create(in: scratch.path("record"))
        try duty.run(record)
        try record.close()
    }

    @Test(arguments: EventLogKit.cases)
    func `the record in memory keeps the duties of an event log`(_ duty: EventLogKit) throws {
        try duty.run(MemoryRecord())
    }
}
