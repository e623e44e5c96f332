import Varlink

/// Calls that wait for room in a batch, in the order in which they came.
struct Waiting: Sendable {
    private var calls: [(Call, Question)] = []
    private var taken = 0

    var isEmpty: Bool { taken == calls.count }
    var count: Int { calls.count - taken }

    mutating func append(_ call: Call, _ question: Question) { calls.append((call, question)) }

    mutating func next() -> (Call, Question)? {
        guard taken < calls.count else { return nil }
        let first = calls[taken]
        taken += 1
        if taken == calls.count {
            calls.removeAll(keepingCapacity: true)
            taken = 0
        }
        return first
    }

    /// The first ones, still waiting.
    func first(_ count: Int) -> ArraySlice<(Call, Question)> { calls[taken...].prefix(max(0, count)) }

    mutating func takeAll() -> [(Call, Question)] {
        defer {
            calls = []
            taken = 0
        }
        return Array(calls[taken...])
    }
}
