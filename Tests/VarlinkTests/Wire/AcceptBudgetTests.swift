import TestSupport
import Testing

@testable import Varlink

@Suite(.tags(.small)) struct AcceptBudgetTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func `a burst is taken at once, what follows is spread, too much is refused`() {
        var budget = AcceptBudget(perSecond: 10, burst: 5)
        let waits = (0..<20).map { _ in budget.take(at: 100 * Self.second) }
        #expect(waits[..<5].allSatisfy { $0 == 0 })
        #expect(waits[5..<15] == ArraySlice((1...10).map { $0 * Self.second / 10 }))
        #expect(waits[15...].allSatisfy { $0 == nil })
    }

    @Test func `refused connections cost nothing`() {
        var budget = AcceptBudget(perSecond: 10, burst: 1)
        for _ in 0..<1_000 { _ = budget.take(at: Self.second) }
        #expect(budget.take(at: 3 * Self.second) == 0)
    }

    @Test func `over a long time no more are taken than the rate allows`() {
        var budget = AcceptBudget(perSecond: 200, burst: 64)
        let taken = (0..<100_000).count { budget.take(at: Self.second + UInt64($0) * 100_000) != nil }
        #expect((2_000...2_300).contains(taken))
        #expect(!budget.isFull(at: 10 * Self.second))
        #expect(budget.isFull(at: 13 * Self.second))
    }

    @Test(arguments: [(0, 0), (-5, -5), (Int.max, Int.max)]) func `odd settings do not trap`(rate: Int, burst: Int) {
        var budget = AcceptBudget(perSecond: rate, burst: burst)
        #expect(budget.take(at: 0) == 0)
    }
}
