import Foundation
import RecordStore
import TestSupport
import Testing

/// A file system that is full or takes nothing.
@Suite(.tags(.medium, .g1), .needsRoot)
struct StorageTests {
    @Test func `a full disk refuses a batch, loses nothing, and the next one succeeds when there is room`() throws {
        // The disk ends at another place of the engine's work each time.
        for step in 0..<12 {
            let disk = try Disk(tmpfs: 24_576)
            let folder = disk.path + "/record"
            let ballast = disk.path + "/ballast"
            // As much as comes back must take all that a whole journal may hold for the database by then.
            try Data(count: (13 << 20) + step * 5_120).write(to: URL(filePath: ballast))
            var record = try SQLiteRecord.create(in: folder)
            var maker = LineMaker(seed: UInt64(step))
            var refused: [RecordLine] = []
            var fault: RecordFault?
            while fault == nil {
                refused = try maker.batch(4, parts: 2, partBytes: 9_000)
                do {
                    _ = try record.append(refused, after: record.head)
                } catch {
                    fault = error
                }
            }
            #expect(fault?.code == .full, "\(step): \(String(describing: fault))")
            #expect(record.latched == nil)
            #expect(!record.isWritable)
            let kept = maker.made.count - refused.count
            #expect(record.head.size == UInt64(kept))
            var lines: [StoredLine] = []
            try record.replay(from: 0) { lines.append($0) }
            #expect(lines == maker.made.prefix(kept).map(\.stored))

            try FileManager.default.removeItem(atPath: ballast)
            #expect(record.isWritable)
            #expect(try record.append(refused, after: record.head) == maker.head, "\(step)")
            try record.close()
            record = try SQLiteRecord.open(in: folder)
            #expect(record.head == maker.head)
            #expect(record.report == .init(unconfirmedLost: 0))
            try record.close()
        }
    }

    @Test func `a record on a full disk is opened and read`() throws {
        let disk = try Disk(tmpfs: 20_480)
        let folder = disk.path + "/record"
        var record = try SQLiteRecord.create(in: folder)
        var maker = LineMaker(seed: 61)
        _ = try record.append(try maker.batch(20), after: record.head)
        try record.confirm()
        // As a killed process leaves it, with a disk that somebody else has filled.
        let copy = disk.path + "/copy"
        try FileManager.default.copyItem(atPath: folder, toPath: copy)
        try record.close()
        let ballast = disk.path + "/ballast"
        #expect(FileManager.default.createFile(atPath: ballast, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: ballast))
        while (try? handle.write(contentsOf: Data(count: 4_096))) != nil {}
        try handle.close()
        record = try SQLiteRecord.open(in: copy)
        #expect(record.head == maker.head)
        let next = try maker.batch(1, parts: 4, partBytes: 9_000)
        let fault = #expect(throws: RecordFault.self) { try record.append(next, after: record.head) }
        #expect(fault?.code == .full)
        try FileManager.default.removeItem(atPath: ballast)
        #expect(try record.append(next, after: record.head) == maker.head)
        try record.close()
    }

    @Test func `a read-only folder is refused and stays as it is`() throws {
        let disk = try Disk(tmpfs: 12_288)
        let folder = disk.path + "/record"
        var record = try SQLiteRecord.create(in: folder)
        var maker = LineMaker(seed: 62)
        _ = try record.append(try maker.batch(3), after: record.head)
        try record.close()
        try disk.remount(readOnly: true)
        let fault = #expect(throws: RecordFault.self) { try SQLiteRecord.open(in: folder) }
        #expect(fault?.code == .failed)
        let made = #expect(throws: RecordFault.self) { try SQLiteRecord.create(in: disk.path + "/other") }
        #expect(made?.code == .failed)
        try disk.remount(readOnly: false)
        record = try SQLiteRecord.open(in: folder)
        #expect(record.head == maker.head)
        try record.close()
    }
}
