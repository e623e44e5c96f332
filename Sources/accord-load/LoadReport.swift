/// A load in print.
struct LoadReport {
    private let load: LoadRun

    init(_ load: LoadRun) { self.load = load }

    func show() {
        let latencies = load.latencies
        Page.row("acknowledged updates", "\(load.acknowledged) in \(Page.time(load.elapsed))")
        Page.row("durable updates/s", Page.grouped(load.updatesPerSecond))
        Page.row("processor time of the load", Page.time(load.processorTime))
        for (name, share) in [("p10", 0.1), ("median", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)] {
            Page.row("latency \(name)", Page.time(latencies.quantile(share)))
        }
        Page.row("latency max", Page.time(latencies.maximum))
        print("\nlatency histogram, rows that double")
        var seen: UInt64 = 0
        for row in latencies.rows {
            seen += row.count
            let share = Double(row.count) / Double(max(1, latencies.count))
            print(
                Page.right("\(Page.time(row.from))", 12) + " to" + Page.right("\(Page.time(row.until))", 12)
                    + Page.right("\(row.count)", 10)
                    + Page.right("\(Page.ratio(Double(seen) * 100 / Double(max(1, latencies.count))))%", 10) + "  "
                    + String(repeating: "#", count: Int((share * 50).rounded()))
            )
        }
    }
}
