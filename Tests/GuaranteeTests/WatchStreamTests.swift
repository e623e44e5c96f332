import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Testing
import Varlink

/// Watchers of a daemon under load: each is told of each event that he may see, once and in order, and of none after his
/// right was taken.
@Suite(.tags(.large, .g3), .needsPrograms, .needsRoot)
struct WatchStreamTests {
    @Test func `watchers that stall, hang up and are sent away are told of each entry they may see, once and in order`()
        throws
    {
        let watching = try Watching(events: Effort.count(20_000, atDesk: 5_000), watchers: Effort.isLong ? 200 : 20)
        if Effort.isLong { print(watching.page) }
        #expect(watching.faults == [], "\(watching.page)")
    }

    private static let expected = Array(Int64(5)...24)

    /// What is wrong with what a watcher heard; the case was closed to him, for a time or for ever, at these positions.
    private static func faults(of heard: [Int64], while closed: Int64? = nil, lastClosed: Int64? = nil) -> [String] {
        var watcher = Heard(after: 4)
        for position in heard { watcher.take(position, isEntry: true, whileClosedAt: closed) }
        return watcher.faults(expecting: expected, closedAt: lastClosed)
    }

    @Test func `who hears all there is for him is content`() {
        #expect(Self.faults(of: Self.expected) == [])
        #expect(Self.faults(of: Self.expected, while: 25) == [])
        #expect(Self.faults(of: Array(5...19), lastClosed: 20) == [])
        // What was on its way to him when the case was closed need not come.
        #expect(Self.faults(of: Array(5...11), lastClosed: 20) == [])
    }

    @Test(arguments: [
        Wrong("doubled", Array(5...12) + Array(12...24), "not in order"),
        Wrong("missing", Array(5...11) + Array(13...24), "1 missing: [12]"),
        Wrong("missing at the beginning", Array(6...24), "1 missing: [5]"),
        Wrong("missing at the end", Array(5...23), "1 missing: [24]"),
        Wrong("reordered", Array(5...11) + [13, 12] + Array(14...24), "not in order"),
        Wrong("not to be seen", Array(5...25), "1 not to be seen: [25]"),
        Wrong("heard again from the start", Array(5...24) + Array(5...24), "not in order"),
        Wrong("heard while the case was closed", Array(5...24), closed: 20, "20 was told while the case was closed"),
        Wrong(
            "heard after it was closed for ever",
            Array(5...20),
            lastClosed: 20,
            "20 was told, and the case is closed"
        ),
        Wrong("missing before it was closed", Array(5...9) + Array(11...19), lastClosed: 20, "1 missing: [10]"),
    ])
    fileprivate func `control: a stream that is wrong is found`(_ wrong: Wrong) {
        let faults = Self.faults(of: wrong.heard, while: wrong.closed, lastClosed: wrong.lastClosed)
        #expect(faults.contains { $0.contains(wrong.fault) }, "\(faults)")
    }
}

/// A stream that no watcher may have, and what is to be said of it.
private struct Wrong: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let heard: [Int64]
    let closed: Int64?
    let lastClosed: Int64?
    let fault: String

    init(_ name: String, _ heard: [Int64], closed: Int64? = nil, lastClosed: Int64? = nil, _ fault: String) {
        (testDescription, self.heard, self.fault) = (name, heard, fault)
        (self.closed, self.lastClosed) = (closed, lastClosed)
    }
}

/// What one watcher has heard, over all his connections: runs of positions, since of millions most follow one another.
private struct Heard: Sendable {
    private(set) var last: Int64
    private(set) var count = 0
    var connections = 0
    private var runs: [ClosedRange<Int64>] = []
    private var fault: String?

    init(after position: Int64) { last = position }

    /// - Parameters:
    ///   - position: of what he is told.
    ///   - isEntry: whether it is an entry.
    ///   - closed: where the case was closed to him, if it is at this moment.
    mutating func take(_ position: Int64, isEntry: Bool, whileClosedAt closed: Int64? = nil) {
        if position <= last { fault = fault ?? "not in order: \(position) after \(last)" }
        if let closed, position >= closed {
            fault = fault ?? "\(position) was told while the case was closed at \(closed)"
        }
        last = max(last, position)
        guard isEntry else { return }
        count += 1
        if let run = runs.last, run.upperBound + 1 == position {
            runs[runs.count - 1] = run.lowerBound...position
        } else {
            runs.append(position...position)
        }
    }

    /// Judges all of it.
    ///
    /// - Parameters:
    ///   - positions: of the entries that he may see, in order.
    ///   - closed: where the case was closed to him for ever; he may have been told less than what came before.
    /// - Returns: What is wrong, as sentences.
    func faults(expecting positions: [Int64], closedAt closed: Int64?) -> [String] {
        if let fault { return [fault] }
        if let closed, last >= closed { return ["\(last) was told, and the case is closed since \(closed)"] }
        var expected = Heard(after: -1)
        for position in positions where closed == nil || position <= last { expected.take(position, isEntry: true) }
        if runs == expected.runs { return [] }
        let (told, known) = (Set(runs.lazy.flatMap(\.self)), Set(expected.runs.lazy.flatMap(\.self)))
        return [("missing", known.subtracting(told)), ("not to be seen", told.subtracting(known))].compactMap {
            $1.isEmpty ? nil : "\($1.count) \($0): \($1.sorted().prefix(5))"
        }
    }
}

/// Watchers of Alder and what is recorded there, while the case is closed to one member and opened again.
private struct Watching {
    private static let members = ["lead.fib", "agent.fib1", "analyst.fib", "agent.spo1", "inspector.lsd", sentAway]
    private static let sentAway = "agent.mpd1"
    /// Who does not see what another agency records in the compartment of operations.
    private static let outside = ["analyst.fib", "inspector.lsd"]
    private static let writers = ["agent.fib1", operative]
    private static let operative = "agent.spo1"
    /// Calls of a writer that are under way at once.
    private static let depth = 16
    /// So far ahead of one who reads steadily are the writers, so that what is taken from watchers has not been told long ago,
    /// nor lies far before them.
    private static let ahead = 2_000

    private(set) var faults: [String]
    private(set) var page = ""

    init(events: Int, watchers: Int) throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        try deployment.start()
        var lead = try deployment.client("lead.fib")
        let start = try lead.record("From here on.") ?? -1
        let began = ContinuousClock.now

        let crew = Crew()
        let right = Right()
        let acknowledged = Acknowledged()
        let outcome = Mutex<[(member: String, heard: Heard)]>([])
        for number in 0..<watchers {
            let member = Self.members[number % Self.members.count]
            crew.start("watcher \(number), \(member)") {
                // Nobody waits for one who is gone.
                defer { if number == 0 { acknowledged.hear(2 * events) } }
                let watcher = Watcher(
                    deployment,
                    member,
                    number,
                    member == Self.sentAway ? right : Right(),
                    number == 0 ? acknowledged : nil
                )
                let heard = try watcher.watch(after: start)
                outcome.withLock { $0.append((member, heard)) }
            }
        }
        let recording = Crew()
        for writer in Self.writers {
            recording.start(writer) {
                try Self.record(events / Self.writers.count, as: writer, deployment, acknowledged)
            }
        }
        var liaison = try deployment.client("liaison.mpd")
        let rounds = Effort.isLong ? 20 : 3
        for round in 1...rounds {
            while acknowledged.count < events * round / (rounds + 1), recording.faults.isEmpty { usleep(5_000) }
            try right.take(by: &liaison, Self.sentAway, forEver: round == rounds)
            // So that there is something that he could be told.
            let then = min(acknowledged.count + 200, events)
            while acknowledged.count < then, recording.faults.isEmpty { usleep(5_000) }
            if round < rounds { try right.give(by: &liaison, Self.sentAway) }
        }
        recording.join()
        let recorded = ContinuousClock.now - began
        // The last that all of them hear. A session that was idle for half an hour is locked.
        lead = try deployment.client("lead.fib")
        _ = try lead.call("io.accord.Case.Suspend", ["case": "Alder", "reason": "The end."])
        crew.join()
        let all = ContinuousClock.now - began

        faults = recording.faults + crew.faults
        let watched = outcome.withLock { $0 }
        if watched.count != watchers { faults.append("\(watched.count) of \(watchers) came to the end") }
        let (everything, ordinary) = (acknowledged.positions(), acknowledged.positions(withOperations: false))
        for (member, heard) in watched {
            let expected = Self.outside.contains(member) ? ordinary : everything
            let closed = member == Self.sentAway ? right.closed.at : nil
            faults += heard.faults(expecting: expected, closedAt: closed).map { "\(member): \($0)" }
        }
        if acknowledged.count < events { faults.append("\(acknowledged.count) of \(events) were recorded") }
        let told = watched.reduce(0) { $0 + $1.heard.count }
        page = """
            \(acknowledged.count) entries in \(recorded), \(told) told to \(watchers) watchers in \(all), on \
            \(watched.reduce(0) { $0 + $1.heard.connections }) connections; \(rounds) times closed
            """
        if try deployment.stop() != 0 { faults.append("the daemon did not end well: \(deployment.errors)") }
    }

    /// Records entries, many at a time; some where only those who take part in operations see them.
    private static func record(
        _ count: Int,
        as member: String,
        _ deployment: Deployment,
        _ acknowledged: Acknowledged
    ) throws {
        var client = try deployment.client(member)
        var dice = SplitMix64(seed: Seeds.fresh &+ UInt64(deployment.uid(of: member)))
        var isOperational: [Bool] = []
        for number in 0..<count {
            var entry = Writers.entry("\(number)")
            isOperational.append(member == operative && dice.oneIn(5))
            if isOperational[number] { entry["compartment"] = "OPS" }
            client.enqueue("io.accord.Entry.Record", encodedParameters: entry.encoded)
            guard number % depth == depth - 1 || number == count - 1 else { continue }
            while acknowledged.count > acknowledged.heard + ahead { usleep(1_000) }
            try client.flush()
            for place in (number - number % depth)...number {
                let receipt = try client.nextReply().parameters["receipt"]?.object
                guard let position = receipt?["position"]?.integer else {
                    throw Crew.Fault(description: "\(member) was refused")
                }
                acknowledged.add(position, isOperational: isOperational[place])
            }
        }
    }
}

/// Positions of entries that are on the record, and how many of them a watcher who sees all has heard.
private final class Acknowledged: Sendable {
    private let positions = Mutex<[(position: Int64, isOperational: Bool)]>([])
    private let reached = Mutex(0)

    var heard: Int { reached.withLock { $0 } }

    func hear(_ count: Int) { reached.withLock { $0 = count } }

    var count: Int { positions.withLock { $0.count } }

    func add(_ position: Int64, isOperational: Bool) { positions.withLock { $0.append((position, isOperational)) } }

    func positions(withOperations: Bool = true) -> [Int64] {
        positions.withLock { $0.filter { withOperations || !$0.isOperational }.map(\.position).sorted() }
    }
}

/// Whether the case is open to a member.
private final class Right: Sendable {
    /// Where it was closed to him, if it is.
    struct Closed: Sendable {
        var at: Int64?
        var isForEver = false
    }

    private let state = Mutex(Closed())
    /// Held while that changes, and while a watch begins, so that each begins before or after.
    private let turn = Mutex(())

    var closed: Closed { state.withLock { $0 } }

    func take(by liaison: inout VarlinkClient, _ member: String, forEver: Bool) throws {
        try turn.withLock { _ in
            let answer = try liaison.call(
                "io.accord.Case.Unassign",
                ["case": "Alder", "member": .string(member), "reason": "Elsewhere."]
            )
            let position = answer["receipt"]?.object?["position"]?.integer
            state.withLock { $0 = Closed(at: position, isForEver: forEver) }
        }
    }

    func give(by liaison: inout VarlinkClient, _ member: String) throws {
        try turn.withLock { _ in
            state.withLock { $0 = Closed() }
            _ = try liaison.call("io.accord.Case.Assign", ["case": "Alder", "member": .string(member)])
        }
    }

    /// Begins a watch: the body says whether it was let in.
    ///
    /// - Returns: The same.
    /// - Throws: What the body throws, or if it was let in although the case is closed, or the other way round.
    func begin(_ body: () throws -> Bool) throws -> Bool {
        try turn.withLock { _ in
            let (isLetIn, isOpen) = (try body(), closed.at == nil)
            guard isLetIn == isOpen else { throw Crew.Fault(description: "let in: \(isLetIn), open: \(isOpen)") }
            return isLetIn
        }
    }
}

/// One who watches Alder on one connection after the other.
private struct Watcher {
    private static let position = ByteText(#""position":"#)
    private static let entry = ByteText(#""kind":"entry.recorded""#)
    private static let end = ByteText(#""kind":"case.suspended""#)
    private static let refusal = ByteText(#""code":"E-NOT-MEMBER""#)

    private enum Told: Sendable {
        case event(Int64, isEntry: Bool)
        case end
        case refusal
        case nothing
    }

    private let deployment: Deployment
    private let member: String
    private let right: Right
    private let followed: Acknowledged?
    private let stalls: Bool
    private let hangsUp: Bool
    private let seed: UInt64

    init(_ deployment: Deployment, _ member: String, _ number: Int, _ right: Right, _ followed: Acknowledged?) {
        (self.deployment, self.member, self.right, self.followed) = (deployment, member, right, followed)
        stalls = number % 4 == 1 || number % 4 == 2
        hangsUp = number % 4 >= 2
        seed = Seeds.fresh &+ UInt64(number)
    }

    /// What he hears up to the end.
    func watch(after position: Int64) throws -> Heard {
        var heard = Heard(after: position)
        var dice = SplitMix64(seed: seed)
        while true {
            var client = try deployment.client(member)
            let place: JSONObject = ["case": "Alder", "after": .integer(heard.last)]
            let asked: JSONObject = ["positions": .array([.object(place)]), "idleSeconds": 5]
            var told = Told.nothing
            let isLetIn = try right.begin {
                client.enqueue("io.accord.Feed.Watch", encodedParameters: asked.encoded, more: true)
                try client.flush()
                told = try Self.next(&client)
                if case .refusal = told { return false }
                return true
            }
            heard.connections += 1
            guard isLetIn else {
                if right.closed.isForEver { return heard }
                usleep(20_000)
                continue
            }
            if try follow(&client, from: told, &heard, &dice) { return heard }
        }
    }

    /// Reads on until the end, which is true, or until the connection has ended.
    private func follow(
        _ client: inout VarlinkClient,
        from first: Told,
        _ heard: inout Heard,
        _ dice: inout SplitMix64
    ) throws -> Bool {
        var told = first
        while true {
            switch told {
            case .event(let position, let isEntry):
                heard.take(position, isEntry: isEntry, whileClosedAt: right.closed.at)
                followed?.hear(heard.count)
            case .end: return true
            case .refusal: return false
            case .nothing: break
            }
            if stalls, dice.oneIn(2_000) {
                // Longer than the daemon waits for a reader, now and then.
                sleep(milliseconds: Effort.isLong && dice.oneIn(20) ? 35_000 : dice.below(500))
            }
            if hangsUp, dice.oneIn(1_000) { return false }
            do { told = try Self.next(&client) } catch let fault as ClientFault where fault.code == .closed {
                return false
            }
        }
    }

    private func sleep(milliseconds: Int) { usleep(UInt32(milliseconds) * 1_000) }

    private static func next(_ client: inout VarlinkClient) throws -> Told {
        try unsafe client.nextReplyBytes { bytes in
            if unsafe end.isIn(bytes) { return .end }
            if unsafe refusal.isIn(bytes) { return .refusal }
            guard let position = unsafe position.number(in: bytes) else { return .nothing }
            return .event(position, isEntry: unsafe entry.isIn(bytes))
        }.value
    }
}
