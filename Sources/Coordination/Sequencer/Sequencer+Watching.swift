import Casework
import Logging
import Policy
import RecordStore
import StrictJSON
import TransparencyLog
import Varlink

/// A page that a watch read from the record.
package struct WatchPage: Sendable {
    let caseID: CaseID
    /// The last position of the page, visible or not.
    let last: Int64
    let events: [RecordedEvent]
    let failure: String?
    /// False if there was more that is not durable.
    var isWhole = true

    /// Without what is not durable yet: the writer may have put lines there of which it has not said so, and never will if the disk
    /// fails.
    func upTo(_ size: UInt64) -> WatchPage {
        let events = events.filter { $0.seq < size }
        guard events.count < self.events.count else { return self }
        let last = events.last.map { Int64($0.caseSeq) } ?? -1
        return WatchPage(caseID: caseID, last: last, events: events, failure: nil, isWhole: false)
    }
}

/// Subscribers are fed from the batch that just became durable, or from the record when they are behind.
extension Sequencer {
    /// How many lines a page reads.
    private static let pageSize = 256
    /// So many watches at once have the next page read while their peers still take the last one: those who never take any cost no
    /// memory beyond that.
    private static let mostAhead = 4

    /// Whether something may be open by what is decided alone: a watch rests on what is durable, for the disk may still refuse it.
    var mayRestOnUnwritten: Bool { prepared.mayOpen || (inFlight?.mayOpen ?? false) }

    /// Each case's events are looked at for those alone who watch it: others cost next to nothing.
    ///
    /// While something is opened that is not durable yet, all of them wait.
    func feedWatches(_ committed: [RecordedEvent]) {
        guard !watches.isEmpty else { return unfed.removeAll() }
        unfed += committed
        guard !mayRestOnUnwritten else {
            holdsWatches = true
            return
        }
        let events = unfed
        unfed.removeAll()
        defer { releaseWatches() }
        let byCase = Dictionary(grouping: events) { $0.event.caseID }
        let concerned = watches.compactMap { call, watch in
            watch.followsAll || !watch.cases(among: byCase).isEmpty ? call : nil
        }
        for call in Self.inOrder(concerned) {
            discover(byCase, for: call)
            if let watch = watches[call], watch.followsAll, events.contains(where: { isNews($0, to: watch.member) }) {
                watches[call]?.hasNews = true
            }
            guard let watch = watches[call] else { continue }
            let mine = watch.select(from: byCase)
            if watch.hasNews || !mine.isEmpty { goOn(watching: call, live: mine) }
        }
    }

    /// The same order in each run: the oldest connection is told first.
    private static func inOrder(_ calls: some Sequence<CallID>) -> [CallID] {
        calls.sorted { ($0.connection.number, $0.number) < ($1.connection.number, $1.number) }
    }

    /// Whether a line of no case brought something into a member's inbox: a conflict of what his agency submitted.
    private func isNews(_ event: RecordedEvent, to id: MemberID) -> Bool {
        guard let agency = state.members[id]?.agency, event.event.caseID == .deconfliction(of: agency),
            event.outcome != .denied
        else { return false }
        let notice = state.notice(of: event.event, at: event.place.recordedAt, to: .member(id), now: present)
        if case .task = notice { return true }
        return false
    }

    /// Lets those go on that had something else to be sent while all waited.
    private func releaseWatches() {
        guard holdsWatches else { return }
        holdsWatches = false
        for call in Self.inOrder(watches.keys) { goOn(watching: call) }
    }

    /// A watch of everything takes in cases that the member has come to see.
    private func discover(_ events: [CaseID: [RecordedEvent]], for call: CallID) {
        guard let watch = watches[call], watch.followsAll else { return }
        for (caseID, events) in events where watch.cursors[caseID] == nil && caseID != .system {
            guard let first = events.first, state.mayKnow(caseID, watch.member, now: present) else { continue }
            watches[call]?.cursors[caseID] = Int64(first.caseSeq) - 1
        }
    }

    /// Whether a watch is to go on after a position that its case has not come to: its client saw another record.
    func goesOnBeyond(_ act: Act, by: String) -> Bool {
        guard case .watch(let request) = act, let positions = request.positions, let member = state.member(by: by)
        else {
            return false
        }
        return positions.contains { name, after in
            guard let caseID = state.caseID(named: name, for: member.id, now: present) else { return false }
            return after > durableHeads[caseID] ?? -1
        }
    }

    static let positionBeyond =
        "The position lies after the newest one of its case: either it is mistyped, or this is not the record that your client saw before."

    /// Sends what can be sent now.
    func goOn(watching call: CallID, live events: [RecordedEvent] = []) {
        guard let watch = watches[call], !watch.isReading, !watch.isFull else { return }
        guard !mayRestOnUnwritten else {
            holdsWatches = true
            return
        }
        if watch.isLive, watch.hasNews {
            watches[call]?.hasNews = false
            watches[call]?.isFull = true
            watches[call]?.lastSent = surroundings.uptime()
            // What else there is, is read from the record once this was taken.
            return send(call, .more(["kind": "inbox"]))
        }
        if watch.isLive, isContinued(by: events, watch) {
            send(events, to: call)
            return
        }
        guard let (caseID, after) = watch.behind(durableHeads) else {
            if !watch.isLive { announce(call, "live") }
            return
        }
        read(caseID, after: after, for: call)
    }

    /// Reads the page that comes after one, while that is composed, and taken by the peer.
    private func readAhead(beyond page: WatchPage, for call: CallID) {
        guard var watch = watches[call], !watch.isReading, watch.ahead == nil,
            watches.values.count(where: { $0.isFull && ($0.isReading || $0.ahead != nil) }) < Self.mostAhead
        else { return }
        watch.pass(page)
        guard let (caseID, after) = watch.behind(durableHeads) else { return }
        read(caseID, after: after, for: call)
    }

    private func read(_ caseID: CaseID, after: Int64, for call: CallID) {
        watches[call]?.isReading = true
        surroundings.on(.pages) { [self, shelf] in
            do {
                let events = try shelf.record.events(of: caseID, after: after, limit: Self.pageSize)
                let last = events.last.map { Int64($0.caseSeq) } ?? after
                post(.page(call, WatchPage(caseID: caseID, last: last, events: events, failure: nil)))
            } catch {
                post(.page(call, WatchPage(caseID: caseID, last: after, events: [], failure: "\(error)")))
            }
        }
    }

    /// True if these events begin exactly where the watch stands, in each of its cases.
    private func isContinued(by events: [RecordedEvent], _ watch: Watch) -> Bool {
        var cursors = watch.cursors
        for event in events {
            guard let cursor = cursors[event.event.caseID] else { continue }
            guard Int64(event.caseSeq) <= cursor + 1 else { return false }
            cursors[event.event.caseID] = max(cursor, Int64(event.caseSeq))
        }
        return cursors.allSatisfy { durableHeads[$0.key, default: -1] <= $0.value }
    }

    func deliver(_ page: WatchPage, to call: CallID) {
        guard let watch = watches[call] else { return }
        watches[call]?.isReading = false
        if let failure = page.failure {
            logger.error("watch: record not readable", metadata: ["error": "\(failure)"])
            watches[call] = nil
            return refuseService(watch.caller)
        }
        let known = page.upTo(durable.size)
        guard watch.isFull else { return show(known, to: call) }
        // What is being destroyed is not kept for a peer who may never take it.
        if erasures.isEmpty { watches[call]?.ahead = known }
    }

    /// Sends what was read, as far as its reader may see it now.
    private func show(_ page: WatchPage, to call: CallID) {
        // It is read again.
        guard !mayRestOnUnwritten else {
            holdsWatches = true
            return
        }
        if page.isWhole { readAhead(beyond: page, for: call) }
        send(page.events, to: call)
        watches[call]?.pass(page)
        // What lies beyond that is told when it is durable; after a write that failed it never is.
        if page.isWhole { goOn(watching: call) }
    }

    private func send(_ events: [RecordedEvent], to call: CallID) {
        guard let watch = watches[call] else { return }
        var replies: [(CallID, Reply)] = []
        // Nothing changes the state before this is left, so that what somebody is in a case is asked once.
        let now = present
        var readers: [CaseID: FeedReader?] = [:]
        var cursors = watch.cursors
        for event in events {
            let caseID = event.event.caseID
            guard let cursor = cursors[caseID], Int64(event.caseSeq) > cursor else { continue }
            let reader = readers[caseID] ?? state.feedReader(of: caseID, for: watch.member, now: now)
            readers[caseID] = .some(reader)
            guard let reader, !reader.isDisabled else {
                if watch.followsAll {
                    // Forgotten, so that no idle reply tells how it goes on there; found again if it is opened again.
                    cursors[caseID] = nil
                    continue
                }
                watches[call] = nil
                surroundings.send(replies + [(call, .refused(Refusal(row: "P01"), interface: watch.caller.interface))])
                return
            }
            cursors[caseID] = Int64(event.caseSeq)
            guard event.outcome != .denied, let summary = state.feedSummary(event.event, for: reader) else { continue }
            let shown = FeedEvent(event, caseNumber: reader.caseNumber, summary: summary)
            replies.append((call, .encodedMore(shown.encoded)))
        }
        watches[call]?.cursors = cursors
        guard !replies.isEmpty else { return }
        watches[call]?.isFull = true
        watches[call]?.lastSent = surroundings.uptime()
        surroundings.send(replies)
    }

    private func announce(_ call: CallID, _ kind: String) {
        guard var watch = watches[call] else { return }
        let closed = watch.cursors.keys.filter { !state.mayKnow($0, watch.member, now: present) }
        guard closed.isEmpty || watch.followsAll else {
            watches[call] = nil
            return send(call, .refused(Refusal(row: "P01"), interface: watch.caller.interface))
        }
        for caseID in closed { watch.cursors[caseID] = nil }
        watches[call]?.cursors = watch.cursors
        let positions: [JSONValue] = watch.cursors.sorted { $0.key.hex < $1.key.hex }.map { caseID, after in
            ["case": .string(state.number(of: caseID) ?? ""), "after": .integer(after)]
        }
        let parameters: JSONObject = ["kind": .string(kind), "positions": .array(positions)]
        watches[call]?.isLive = true
        watches[call]?.lastSent = surroundings.uptime()
        if watch.follows {
            send(call, .more(parameters))
        } else {
            watches[call] = nil
            send(call, .final(parameters))
        }
    }

    /// The peer has taken what was sent.
    func goOn(_ call: CallID) {
        if watches[call] != nil {
            watches[call]?.isFull = false
            if let page = watches[call]?.ahead {
                watches[call]?.ahead = nil
                show(page, to: call)
            }
            goOn(watching: call)
        } else if let (task, caller) = streams.removeValue(forKey: call) {
            goOn(reading: task, for: caller)
        }
    }

    func beatIdleWatches() {
        guard !mayRestOnUnwritten else { return }
        let now = surroundings.uptime()
        for call in Self.inOrder(watches.keys) {
            guard let watch = watches[call], watch.isLive, !watch.isFull else { continue }
            if now - watch.lastSent >= watch.idleMilliseconds { announce(call, "idle") }
        }
    }

    /// An event as the interface shows it (`type Event`); without a sentence where nobody may say one.
    func feedEvent(_ event: RecordedEvent, _ summary: String?) -> FeedEvent {
        FeedEvent(event, caseNumber: state.number(of: event.event.caseID) ?? "", summary: summary)
    }
}
