package import Policy
import StrictJSON

/// The clocks that run and those that have run out, with the next one at hand.
package struct Clocks: Hashable, Sendable {
    /// A clock, and what became of it.
    package struct Entry: Hashable, Sendable {
        package let clock: Clock
        /// True from its running out until what it ran for is done.
        package internal(set) var isOverdue = false
        /// Who took note of its running out.
        package internal(set) var seenBy: Set<MemberID> = []
    }

    /// A duty has one clock of a kind.
    private struct Duty: Hashable {
        let kind: ClockKind
        let item: String

        init(_ kind: ClockKind, _ item: String) { (self.kind, self.item) = (kind, item) }

        init(_ clock: Clock) { self.init(clock.kind, clock.item) }
    }

    private var streams: [CaseID: [Duty: Entry]] = [:]
    /// The running ones, and some that do not run any more: those are dropped when they come first, or are most of them.
    private var queue = ClockQueue()
    private var running = 0

    init() {}

    package static func == (left: Clocks, right: Clocks) -> Bool { left.streams == right.streams }

    package func hash(into hasher: inout Hasher) { hasher.combine(streams) }

    private var all: [Entry] { streams.values.flatMap(\.values) }

    /// What is due and not done, the oldest first.
    package var overdue: [Clock] { all.filter(\.isOverdue).map(\.clock).sorted(by: Clock.isEarlier) }

    /// How many duties are overdue; that something ends soon is none.
    package var overdueCount: Int {
        streams.values.reduce(0) { count, duties in
            count + duties.values.count { $0.isOverdue && !$0.clock.kind.row.isWarning }
        }
    }

    /// What is not due yet, the next first.
    package var pending: [Clock] { all.filter { !$0.isOverdue }.map(\.clock).sorted(by: Clock.isEarlier) }

    /// The running clock that is due first; nil if none runs.
    package var next: Clock? { queue.first }

    /// The clock of a duty, running or run out.
    package func clock(_ kind: ClockKind, _ stream: CaseID, _ item: String) -> Clock? {
        streams[stream]?[Duty(kind, item)]?.clock
    }

    /// The clocks of a case, or of the registry, in no order.
    package func entries(in stream: CaseID) -> [Entry] { streams[stream].map { Array($0.values) } ?? [] }

    /// Starts a clock; one of the same duty starts anew.
    mutating func start(_ clock: Clock) {
        stop(clock.kind, clock.stream, clock.item)
        streams[clock.stream, default: [:]][Duty(clock)] = Entry(clock: clock)
        running += 1
        queue.insert(clock)
    }

    /// Stops a clock, whether it ran or had run out: what it ran for is done.
    mutating func stop(_ kind: ClockKind, _ stream: CaseID, _ item: String) {
        guard let entry = streams[stream]?.removeValue(forKey: Duty(kind, item)) else { return }
        if streams[stream]?.isEmpty ?? false { streams[stream] = nil }
        if !entry.isOverdue { tidy() }
    }

    /// Lets a clock run out: it is overdue until it is stopped.
    mutating func cross(_ clock: Clock) {
        guard runs(clock) else { return }
        if clock.kind.isMoment { return stop(clock.kind, clock.stream, clock.item) }
        streams[clock.stream]?[Duty(clock)]?.isOverdue = true
        tidy()
    }

    /// Keeps in mind who took note that something is overdue.
    mutating func note(_ clock: Clock, by member: MemberID) {
        guard streams[clock.stream]?[Duty(clock)]?.isOverdue ?? false else { return }
        streams[clock.stream]?[Duty(clock)]?.seenBy.insert(member)
    }

    private func runs(_ clock: Clock) -> Bool {
        guard let entry = streams[clock.stream]?[Duty(clock)] else { return false }
        return entry.clock == clock && !entry.isOverdue
    }

    /// One clock less runs: the queue is freed of what does not run any more as far as it matters.
    private mutating func tidy() {
        running -= 1
        if queue.clocks.count > 2 * running + 64 { queue = ClockQueue(queue.clocks.filter { runs($0) }) }
        while let first = queue.first, !runs(first) { queue.removeFirst() }
    }
}

/// Clocks by when they are due, the next one first: a binary heap, so that one more costs little however many there are.
private struct ClockQueue: Sendable {
    private var heap: [Clock] = []

    init() {}

    init(_ clocks: [Clock]) {
        heap = clocks
        for place in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(place) }
    }

    var first: Clock? { heap.first }
    var clocks: [Clock] { heap }

    mutating func insert(_ clock: Clock) {
        heap.append(clock)
        var place = heap.count - 1
        while place > 0, Clock.isEarlier(heap[place], heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink(0)
    }

    private mutating func sink(_ start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
                if Clock.isEarlier(heap[child], heap[least]) { least = child }
            }
            guard least != place else { return }
            heap.swapAt(place, least)
            place = least
        }
    }
}

extension Clocks {
    /// What a snapshot of the state says of clocks.
    var record: JSONValue {
        .array(
            all.sorted { Clock.isEarlier($0.clock, $1.clock) }.map { entry in
                .object(
                    entry.clock.record.with([
                        ("stream", .string(entry.clock.stream.hex)), ("overdue", .bool(entry.isOverdue)),
                        ("seen_by", .strings(entry.seenBy.sorted().map(\.text))),
                    ])
                )
            }
        )
    }

    init(_ value: JSONValue?) throws(EventFault) {
        for value in value?.array ?? [] {
            let fields = try Fields(value)
            let clock = try Clock(fields, in: fields.word("stream") { CaseID(hex: $0) })
            start(clock)
            guard try fields.bool("overdue") else { continue }
            cross(clock)
            for member in try fields.words("seen_by", { MemberID($0) }) {
                streams[clock.stream]?[Duty(clock)]?.seenBy.insert(member)
            }
        }
    }
}
