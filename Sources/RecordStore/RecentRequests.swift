/// Which requests were answered lately, so that hardly any has to be looked for in the database.
///
/// A client's number begins with its time. Whatever comes after all that were answered before those that are kept here, and
/// is not among these, was not answered.
struct RecentRequests: Sendable {
    /// So many are kept: some tenths of a second of a busy record, which is more than clients' clocks and ways differ.
    private static let capacity = 4_096

    private var seqs: [RequestKey: UInt64] = [:]
    /// Those that are kept, in the order in which they were answered: a ring once it is full.
    private var order: [RequestKey] = []
    private var oldest = 0
    /// The last in the order of keys of all that are kept no more.
    private var bound: RequestKey?

    /// Whether a request was answered.
    enum Answer: Hashable, Sendable {
        /// In the line with this position.
        case recorded(UInt64)
        case absent
        /// Only the database knows.
        case unknown
    }

    /// - Parameter newest: the last in the order of keys of all that were answered before.
    init(after newest: RequestKey?) { bound = newest }

    func answer(_ key: RequestKey) -> Answer {
        if let seq = seqs[key] { return .recorded(seq) }
        guard let bound, key <= bound else { return .absent }
        return .unknown
    }

    mutating func add(_ key: RequestKey, at seq: UInt64) {
        seqs[key] = seq
        guard order.count == Self.capacity else { return order.append(key) }
        let dropped = order[oldest]
        seqs[dropped] = nil
        bound = bound.map { max($0, dropped) } ?? dropped
        order[oldest] = key
        oldest = (oldest + 1) % Self.capacity
    }
}
