/// How many refusals each speaker had of late, and so which are recorded one by one and which as a count.
///
/// Who is refused as fast as a socket carries his calls would otherwise fill the record with nothing but his refusals
/// (design.md section 4). What is only counted is answered like all others.
struct RefusalMeter: Sendable {
    /// Refusals of one speaker in a window that are recorded one by one.
    ///
    /// One a second is more than a person causes by mistake, and every one of them is kept with its rule; a program that
    /// tries adds at most 90,000 lines a day.
    static let recordedOneByOne: Int64 = 60
    /// Length of a window in milliseconds.
    static let window: Int64 = 60_000
    /// Speakers that are counted each for himself; those beyond share one count, so that memory is bounded.
    static let maximumSpeakers = 4_096
    /// The name of those beyond.
    static let others = "others"

    /// Milliseconds since the UNIX epoch.
    private var began: Int64?
    private var counts: [String: Int64] = [:]

    /// Notes a refusal.
    ///
    /// - Returns: Whether it is to be recorded by itself.
    mutating func records(_ speaker: String, at now: Int64) -> Bool {
        if began == nil { began = now }
        let isKnown = counts[speaker] != nil || counts.count < Self.maximumSpeakers
        let name = isKnown ? speaker : Self.others
        let count = counts[name, default: 0] + 1
        counts[name] = count
        return count <= Self.recordedOneByOne
    }

    /// Whether the window is over; a clock that was set back ends it, too.
    func isOver(at now: Int64) -> Bool {
        guard let began else { return false }
        return now < began || now - began >= Self.window
    }

    /// Ends the window.
    ///
    /// - Returns: Who had refusals that were not recorded by themselves, and how many.
    mutating func end() -> [(speaker: String, count: Int64)] {
        defer { self = RefusalMeter() }
        return counts.filter { $0.value > Self.recordedOneByOne }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value - Self.recordedOneByOne) }
    }
}
