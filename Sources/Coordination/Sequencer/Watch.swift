import Casework
import Policy
import Varlink

/// A subscriber: cursors, no queue.
///
/// What it has not taken yet is read from the record when it can take more, so that a slow one costs a bounded buffer
/// and resuming is the same as reading on (ipc.md 0.8).
struct Watch: Sendable {
    let caller: Caller
    let member: MemberID
    /// True if it follows whatever the member may see, from now on.
    let followsAll: Bool
    /// False ends it after what exists already.
    let follows: Bool
    let idleMilliseconds: Int64
    /// The last position sent, or passed over as not visible, by case.
    var cursors: [CaseID: Int64]
    /// True once the live reply was sent.
    var isLive = false
    /// True while a page is being read from the record.
    var isReading = false
    /// What was read while the peer still took what was sent: judged when it is sent, as everything is.
    var ahead: WatchPage?
    /// True while something new waits in the inbox of which it was not told yet; what, the inbox says.
    var hasNews = false
    /// True from sending until the peer has taken it.
    var isFull = false
    /// In milliseconds on the clock that nobody sets.
    var lastSent: Int64

    /// The case that has something new for it, and where it stands there.
    func behind(_ heads: [CaseID: Int64]) -> (caseID: CaseID, after: Int64)? {
        cursors.first { heads[$0.key, default: -1] > $0.value }.map { ($0.key, $0.value) }
    }

    /// Goes on to the end of a page, visible or not.
    mutating func pass(_ page: WatchPage) {
        if let cursor = cursors[page.caseID], page.last > cursor { cursors[page.caseID] = page.last }
    }

    /// Those of the cases that it follows.
    func cases<Events>(among all: [CaseID: Events]) -> [CaseID] {
        cursors.count < all.count ? cursors.keys.filter { all[$0] != nil } : all.keys.filter { cursors[$0] != nil }
    }

    /// The events of its cases, in the order of the record.
    func select(from events: [CaseID: [RecordedEvent]]) -> [RecordedEvent] {
        let cases = cases(among: events)
        if cases.count == 1 { return events[cases[0]] ?? [] }
        return cases.flatMap { events[$0] ?? [] }.sorted { $0.seq < $1.seq }
    }
}
