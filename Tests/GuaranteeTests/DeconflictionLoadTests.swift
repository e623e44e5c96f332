import TestSupport
import Testing

/// The measurements of deconfliction in a short form: what is found and what is answered, and no time (`Tests/Benchmarks/table.py`
/// measures that).
@Suite(.tags(.medium))
struct DeconflictionLoadTests {
    private func verdict(_ words: String...) throws -> String {
        let result = try run(Programs.path("accord-load"), words, deadline: 300)
        #expect(result.status == 0, "\(result.stderr)")
        return result.stdout
    }

    @Test func `a target that nobody knows and one whose owner is silent leave the same lines and bytes, 200 times`()
        throws
    {
        let page = try verdict("absence", "--pairs", "200", "--untimed")
        #expect(page.contains("no difference in lines and bytes"))
    }

    @Test func `among 2,000 active events a submission meets those that comparing with each finds`() throws {
        let page = try verdict("deconflict", "--events", "2000", "--submissions", "100", "--region", "20", "--untimed")
        #expect(page.contains("whole decision"))
    }
}
