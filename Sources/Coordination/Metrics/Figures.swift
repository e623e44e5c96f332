import TransparencyLog
package import Varlink

/// What the sequencer counts: totals of the whole deployment alone, never of a case, a member or an agency.
struct Figures: Sendable {
    /// Lines that one sync carried.
    var batchLines = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
    /// From handing a batch over to its being durable, in milliseconds.
    var commits = Histogram(bounds: [1, 2, 5, 10, 25, 50, 100, 250, 1_000, 5_000])
    var outcomes: [LineOutcome: UInt64] = [:]
    var failures: UInt64 = 0
    /// When the batch in flight was handed over, in milliseconds of uptime.
    var submittedAt: Int64 = 0

    mutating func noteCommit(of batch: Batch, at uptime: Int64) {
        commits.observe(uptime - submittedAt)
        batchLines.observe(Int64(batch.lines.count))
        for event in batch.committed { outcomes[event.outcome, default: 0] += 1 }
    }
}

/// What is outside of the sequencer and concerns its operator.
package struct HostFigures: Sendable {
    /// Of the file system of the state folder, in bytes; nil if it cannot be told.
    package var disk: (left: Int64, size: Int64)?
    package var wire: ServerStatistics
    /// Bytes of the process that are in memory.
    package var residentBytes: Int64

    package init(disk: (left: Int64, size: Int64)?, wire: ServerStatistics, residentBytes: Int64) {
        self.disk = disk
        self.wire = wire
        self.residentBytes = residentBytes
    }
}
