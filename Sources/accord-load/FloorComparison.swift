import RecordStore

/// A load between two measurements of the floor: a ratio is worth as much as they agree.
struct FloorComparison {
    /// Beyond this the machine was busy with something else, and ratios mean little.
    private static let tolerance = 1.25

    let before: DiskFloor
    let after: DiskFloor
    let load: LoadRun
    /// The load average before anything was measured.
    let busyBefore: Double

    func show() {
        print("\nraw SQLite, WAL, synchronous=FULL, rows of the same size, before and after the load")
        show(before.single, after.single)
        if before.batch != before.single { show(before.batch, after.batch) }
        let median = load.latencies.quantile(0.5) / .microseconds(1)
        print("\nratios to the floor before and after")
        row("median latency / raw one", median / before.single.median, median / after.single.median)
        row("median latency / raw batch", median / before.batch.median, median / after.batch.median)
        let rate = load.updatesPerSecond
        row("updates/s / raw batch", rate / before.batch.linesPerSecond, rate / after.batch.linesPerSecond)
        // On a busy machine whoever waits for a disk then waits for a processor, mostly until the next tick of the
        // kernel's clock; the fastest tenth waited least.
        let fastest = load.latencies.quantile(0.1) / .microseconds(1)
        row("fastest tenth / raw batch's", fastest / before.batch.p10, fastest / after.batch.p10)
        for doubt in doubts(median) { print("These ratios prove nothing: \(doubt)") }
    }

    private func doubts(_ median: Double) -> [String] {
        var doubts: [String] = []
        if Surroundings.isBusy(busyBefore) { doubts.append("other programs kept the machine busy before the load.") }
        if !isSteady { doubts.append("the floors before and after differ by more than a quarter.") }
        if median < min(before.single.median, after.single.median) {
            doubts.append("an update took less than one raw commit, which it contains.")
        }
        return doubts
    }

    /// Whether both floors agree.
    private var isSteady: Bool {
        [(before.single, after.single), (before.batch, after.batch)].allSatisfy { first, second in
            max(first.median, second.median) <= Self.tolerance * min(first.median, second.median)
        }
    }

    private func show(_ first: RawCommitFloor.Row, _ second: RawCommitFloor.Row) {
        for (name, row) in [("before", first), ("after", second)] {
            Page.row(
                "batches of \(row.batchSize), \(name)",
                "\(Page.grouped(row.linesPerSecond)) lines/s, p10 \(Page.microseconds(row.p10)), "
                    + "median \(Page.microseconds(row.median)), p99 \(Page.microseconds(row.p99))"
            )
        }
    }

    private func row(_ label: String, _ first: Double, _ second: Double) {
        Page.row(label, "\(Page.ratio(first)), \(Page.ratio(second))")
    }
}
