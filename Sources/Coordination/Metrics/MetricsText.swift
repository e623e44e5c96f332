/// Figures as text in the form of OpenMetrics (openmetrics.io), which node-exporter's textfile collector reads, too.
package struct MetricsText {
    private var text = ""

    package init() {}

    /// The text, with its end.
    package var finished: String { text + "# EOF\n" }

    /// What there is at present.
    package mutating func gauge(_ name: String, _ help: String, _ value: Int64) {
        head(name, "gauge", help)
        text += "accord_\(name) \(value)\n"
    }

    /// What only grows while the daemon runs.
    package mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
        head(name, "counter", help)
        text += "accord_\(name)_total \(value)\n"
    }

    /// The same, apart for each value of a label.
    package mutating func counter(_ name: String, _ help: String, by label: String, _ values: [(String, UInt64)]) {
        head(name, "counter", help)
        for (of, value) in values { text += "accord_\(name)_total{\(label)=\"\(of)\"} \(value)\n" }
    }

    /// A distribution; its values are thousandths where it is of seconds.
    package mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram, isThousandths: Bool = false)
    {
        func number(_ value: Int64) -> String { isThousandths ? Self.thousandths(value) : "\(value)" }
        head(name, "histogram", help)
        var soFar: UInt64 = 0
        for (bound, count) in zip(histogram.bounds, histogram.counts) {
            soFar += count
            text += "accord_\(name)_bucket{le=\"\(number(bound))\"} \(soFar)\n"
        }
        text += "accord_\(name)_bucket{le=\"+Inf\"} \(histogram.count)\n"
        text += "accord_\(name)_sum \(number(histogram.sum))\naccord_\(name)_count \(histogram.count)\n"
    }

    private mutating func head(_ name: String, _ type: String, _ help: String) {
        text += "# TYPE accord_\(name) \(type)\n# HELP accord_\(name) \(help)\n"
    }

    /// Thousandths as a decimal number, such as 0.025.
    private static func thousandths(_ value: Int64) -> String {
        let fraction = String(value.magnitude % 1_000)
        let padded = String(repeating: "0", count: 3 - fraction.count) + fraction
        return "\(value < 0 ? "-" : "")\(value.magnitude / 1_000).\(padded)"
    }
}
