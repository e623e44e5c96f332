package import Policy
import StrictJSON

/// A clock that runs for somebody's duty (domain.md 6.11): derived from events, and never a table that anybody could change.
package struct Clock: Hashable, Sendable {
    package let kind: ClockKind
    /// The case, or whatever stream the duty is recorded in.
    package let stream: CaseID
    /// What it runs for, as people call it, such as `Q-3`; empty where it is the whole stream.
    package let item: String
    package let startedAt: UTCTime
    package let dueAt: UTCTime

    package init(_ kind: ClockKind, _ stream: CaseID, _ item: String, startedAt: UTCTime, dueAt: UTCTime) {
        self.kind = kind
        self.stream = stream
        self.item = item
        self.startedAt = startedAt
        self.dueAt = dueAt
    }

    var record: JSONObject {
        [
            "clock": .string(kind.rawValue), "item": .string(item), "started_at": .integer(startedAt.milliseconds),
            "due_at": .integer(dueAt.milliseconds),
        ]
    }

    init(_ fields: Fields, in stream: CaseID) throws(EventFault) {
        self.init(
            try fields.word("clock") { ClockKind(rawValue: $0) },
            stream,
            try fields.string("item"),
            startedAt: try fields.time("started_at"),
            dueAt: try fields.time("due_at")
        )
    }
}

/// The clocks that run and those that have run out, with the next one at hand.
package struct Clocks: Hashable, Sendable {
    /// A duty has one clock of a kind.
    private struct Key: Hashable {
        let kind: ClockKind
        let stream: CaseID
        let item: String
    }

    private var running: [Key: Clock] = [:]
    private var crossed: [Key: Clock] = [:]
    /// The running ones by the minute in which they are due, so that starting one costs the same however many there are.
    private var byMinute: [Int64: Set<Key>] = [:]
    private var minutes: [Int64] = []

    init() {}

    /// What is due and not done, the oldest first.
    package var overdue: [Clock] { crossed.values.sorted { $0.order < $1.order } }

    /// What is not due yet, the next first.
    package var pending: [Clock] { running.values.sorted { $0.order < $1.order } }

    /// The running clock that is due first; nil if none runs.
    package var next: Clock? {
        guard let minute = minutes.first, let keys = byMinute[minute] else { return nil }
        return keys.compactMap { running[$0] }.min { $0.order < $1.order }
    }

    /// The clock of a duty, running or run out.
    package func clock(_ kind: ClockKind, _ stream: CaseID, _ item: String) -> Clock? {
        let key = Key(kind: kind, stream: stream, item: item)
        return running[key] ?? crossed[key]
    }

    /// Starts a clock; one of the same duty starts anew.
    mutating func start(_ clock: Clock) {
        stop(clock.kind, clock.stream, clock.item)
        let key = Key(kind: clock.kind, stream: clock.stream, item: clock.item)
        running[key] = clock
        let minute = clock.dueAt.milliseconds / 60_000
        if byMinute[minute, default: []].insert(key).inserted, byMinute[minute]?.count == 1 {
            minutes.insert(minute, at: place(of: minute))
        }
    }

    /// Stops a clock, whether it ran or had run out: what it ran for is done.
    mutating func stop(_ kind: ClockKind, _ stream: CaseID, _ item: String) {
        let key = Key(kind: kind, stream: stream, item: item)
        crossed[key] = nil
        remove(key)
    }

    /// Lets a clock run out: it is overdue until it is stopped.
    mutating func cross(_ clock: Clock) {
        let key = Key(kind: clock.kind, stream: clock.stream, item: clock.item)
        guard let running = remove(key) else { return }
        if !clock.kind.isMoment { crossed[key] = running }
    }

    @discardableResult
    private mutating func remove(_ key: Key) -> Clock? {
        guard let clock = running.removeValue(forKey: key) else { return nil }
        let minute = clock.dueAt.milliseconds / 60_000
        byMinute[minute]?.remove(key)
        if byMinute[minute]?.isEmpty ?? false {
            byMinute[minute] = nil
            minutes.remove(at: place(of: minute))
        }
        return clock
    }

    /// Where a minute stands, or would stand.
    private func place(of minute: Int64) -> Int {
        var low = 0
        var high = minutes.count
        while low < high {
            let middle = (low + high) / 2
            if minutes[middle] < minute { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Clock {
    /// By time; the rest makes the order one and the same everywhere.
    fileprivate var order: (Int64, CaseID, String, String) { (dueAt.milliseconds, stream, kind.rawValue, item) }
}

extension Clocks {
    /// What a snapshot of the state says of clocks.
    var record: JSONValue {
        .array(
            (pending.map { ($0, false) } + overdue.map { ($0, true) }).map { clock, isOverdue in
                .object(
                    clock.record.with([("stream", .string(clock.stream.hex)), ("overdue", .bool(isOverdue))])
                )
            }
        )
    }

    init(_ value: JSONValue?) throws(EventFault) {
        for value in value?.array ?? [] {
            let fields = try Fields(value)
            let clock = try Clock(fields, in: fields.word("stream") { CaseID(hex: $0) })
            start(clock)
            if try fields.bool("overdue") { cross(clock) }
        }
    }
}

extension CaseworkState {
    /// The clock that has run out by now; the one that is due first.
    package func dueClock(at now: UTCTime) -> Clock? { clocks.next.flatMap { $0.dueAt <= now ? $0 : nil } }

    /// What the record says when a clock runs out: once, by the daemon itself.
    package func crossing(of clock: Clock) -> Decision {
        Decision(
            event: Event(
                kind: clock.kind.row.event,
                caseID: clock.stream,
                agency: nil,
                member: nil,
                role: nil,
                purpose: nil,
                body: .clock(clock)
            )
        )
    }
}
