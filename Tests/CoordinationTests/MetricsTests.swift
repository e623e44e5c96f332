import StrictJSON
import TestSupport
import Testing

@testable import Coordination

@Suite("Figures for monitoring", .tags(.medium, .g3))
struct MetricsTests {
    private static func text(_ bench: Bench, _ member: String) throws -> String? {
        let session = try bench.openAlder()[member]
        return try bench.answer(session, "Service.GetMetrics").parameters["text"]?.string
    }

    @Test func `whoever runs or oversees the service is told totals`() throws {
        for member in ["admin.ops", "auditor.rob"] {
            let text = try #require(try Self.text(Bench(), member))
            let values = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
                .reduce(into: [Substring: Substring]()) { values, line in
                    let words = line.split(separator: " ")
                    values[words[0]] = words[1]
                }
            #expect(values["accord_serving"] == "1")
            #expect(Int(values["accord_lines"] ?? "") ?? 0 > 20)
            #expect(values["accord_commit_seconds_count"] == values["accord_batch_lines_count"])
            #expect(values["accord_deadlines_overdue"] == "0")
            #expect(text.hasSuffix("# EOF\n"))
        }
    }

    @Test func `nobody else is, and no case, member or agency is named`() throws {
        #expect(try Self.text(Bench(), "agent.mpd1") == nil)
        let text = try #require(try Self.text(Bench(), "admin.ops"))
        for name in ["TF-", "Alder", "MPD", "FIB", "agent", "lead.", "case"] {
            #expect(!text.contains(name), "\(name)")
        }
    }

    @Test func `a disk on which little is left is warned of, and no more once there is room`() throws {
        let bench = try Bench()
        func warnings() -> [String] { bench.inside { $0.allWarnings } }
        bench.setDisk(left: 9, size: 100)
        bench.post(.tick)
        #expect(warnings() == ["Less than a tenth of the disk of the state folder is left."])
        bench.setDisk(left: 10, size: 100)
        bench.pass(10_000)
        bench.post(.tick)
        #expect(warnings().isEmpty)
    }

    @Test func `a histogram counts up to each bound, and writes thousandths as seconds`() {
        var histogram = Histogram(bounds: [1, 10, 1_000])
        for value: Int64 in [0, 1, 2, 10, 999, 1_000, 1_001] { histogram.observe(value) }
        var text = MetricsText()
        text.histogram("x_seconds", "A span.", histogram, isThousandths: true)
        #expect(
            text.finished == """
                # TYPE accord_x_seconds histogram
                # HELP accord_x_seconds A span.
                accord_x_seconds_bucket{le="0.001"} 2
                accord_x_seconds_bucket{le="0.010"} 4
                accord_x_seconds_bucket{le="1.000"} 6
                accord_x_seconds_bucket{le="+Inf"} 7
                accord_x_seconds_sum 3.013
                accord_x_seconds_count 7
                # EOF

                """
        )
    }
}
