import AccordInterface
import ArgumentParser
import Dispatch
import Foundation
import StrictJSON
import Synchronization
import Varlink

/// How long after its acknowledgement an update is with those who watch its case, while many watch and many are made.
struct WatchersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watchers",
        abstract: "Measure the way from an update's acknowledgement to the watchers of its case.",
        discussion: """
            Watchers and updates are spread evenly over the cases. What a watcher has before the author has his receipt \
            counts as no time at all. Exit status 1 if a watcher misses an update, or sees one twice.
            """
    )

    @Option(help: "The daemon's socket.", completion: .file())
    var socket: String

    @Option(name: .customLong("case"), parsing: .upToNextOption, help: "Cases, by their numbers.")
    var cases: [String]

    @Option(help: "Watchers, each with a connection and a thread of its own.")
    var watchers = 1_000

    @Option(help: "Updates each second.")
    var rate = 10_000

    @Option(help: "Seconds.")
    var seconds = 10

    @Option(help: "Bytes of each update's text.")
    var bytes = 200

    private static let senders = 8

    func validate() throws {
        guard !cases.isEmpty, (1...4_000).contains(watchers), (Self.senders...1_000_000).contains(rate),
            (1...600).contains(seconds), (1...Limits.textBytes).contains(bytes)
        else {
            throw ValidationError("Watchers are 1 to 4,000, updates \(Self.senders) to 1,000,000 a second.")
        }
    }

    func run() throws {
        Page.row("cases, watchers, seconds", "\(cases.count), \(watchers), \(seconds)")
        Page.row("machine", Surroundings.description(Surroundings.loadAverage))
        let seen = Seen()
        let ready = DispatchGroup()
        let ended = DispatchGroup()
        for number in 0..<watchers {
            ready.enter()
            ended.enter()
            let thread = Thread { [self] in
                watch(cases[number % cases.count], seen, ready)
                ended.leave()
            }
            thread.stackSize = 256 << 10
            thread.start()
            // All are one user here, and one user's connections are taken at a rate.
            usleep(6_000)
        }
        ready.wait()
        let sent = DispatchGroup()
        let start = ContinuousClock.now
        for number in 0..<Self.senders {
            sent.enter()
            Thread { [self] in
                send(number, seen, from: start)
                sent.leave()
            }.start()
        }
        sent.wait()
        let elapsed = ContinuousClock.now - start
        // Whoever has all that was acknowledged in his case hangs up.
        seen.close()
        ended.wait()
        let outcome = seen.outcome(watchers: watchers, cases: cases)
        Page.row("acknowledged updates/s", Page.grouped(Double(outcome.updates) / max(elapsed / .seconds(1), 1e-9)))
        Page.row("events received", "\(outcome.received)")
        for (name, share) in [("median", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
            Page.row("to a watcher, \(name)", Page.time(outcome.latencies.quantile(share)))
        }
        Page.row("to a watcher, max", Page.time(outcome.latencies.maximum))
        for fault in outcome.faults { Page.warn(fault) }
        guard outcome.faults.isEmpty else { throw ExitCode.failure }
    }

    private func watch(_ name: String, _ seen: Seen, _ ready: DispatchGroup) {
        var isReady = false
        var events: [(position: Int64, at: ContinuousClock.Instant)] = []
        do {
            var client = try VarlinkClient(path: socket, timeout: .seconds(120))
            let place: JSONObject = ["case": .string(name), "after": .integer(-1)]
            let asked: JSONObject = ["positions": .array([.object(place)]), "idleSeconds": 5]
            try client.stream(Method.Feed.watch.name, asked, timeout: .seconds(120)) { reply in
                let now = ContinuousClock.now
                if !isReady, reply["kind"]?.string == "live" {
                    isReady = true
                    ready.leave()
                }
                guard let event = reply["event"]?.object else { return !seen.isComplete(name, after: events.last?.0) }
                // What was there before is not what is measured.
                guard isReady, let position = event["position"]?.integer else { return true }
                events.append((position, now))
                return !seen.isComplete(name, after: position)
            }
        } catch {
            seen.fail("A watcher of \(name): \(error)")
        }
        if !isReady { ready.leave() }
        seen.add(events, of: name)
    }

    private func send(_ number: Int, _ seen: Seen, from start: ContinuousClock.Instant) {
        let share = cases.indices.filter { $0 % Self.senders == number }.map { cases[$0] }
        guard !share.isEmpty else { return }
        let active = min(Self.senders, cases.count)
        let plan = LoadPlan(
            socket: socket,
            cases: share,
            connections: 1,
            depth: 1,
            updates: 1,
            bytes: bytes,
            author: nil
        )
        var sent = 0
        var chance = LoadRequest.Chance()
        do {
            var client = try VarlinkClient(path: socket, timeout: .seconds(120))
            while true {
                let elapsed = (ContinuousClock.now - start) / .seconds(1)
                let due = Int(min(elapsed, Double(seconds)) * Double(rate) / Double(active)) - sent
                if due <= 0 {
                    if elapsed >= Double(seconds) { return }
                    usleep(500)
                    continue
                }
                let batch = (0..<min(due, 256)).map { (sent + $0) % share.count }
                for index in batch {
                    let parameters = plan.parameters(.new(using: &chance), of: index)
                    client.enqueue(Method.Entry.record.name, encodedParameters: parameters)
                }
                try client.flush()
                for index in batch {
                    let reply = try client.nextReply()
                    guard let position = reply.parameters["receipt"]?.object?["position"]?.integer else {
                        return seen.fail("An update failed: \(reply.error ?? "no receipt")")
                    }
                    seen.acknowledge(share[index], position)
                }
                sent += batch.count
            }
        } catch {
            seen.fail("A sender: \(error)")
        }
    }
}

/// What was acknowledged, and what each watcher had of it.
private final class Seen: Sendable {
    struct Outcome {
        var updates = 0
        var received = 0
        var latencies = LatencyHistogram()
        var faults: [String] = []
    }

    private struct State {
        var acknowledged: [String: [Int64: ContinuousClock.Instant]] = [:]
        var last: [String: Int64] = [:]
        var received: [(name: String, events: [(position: Int64, at: ContinuousClock.Instant)])] = []
        var faults: [String] = []
        var isClosed = false
    }

    private let state = Mutex(State())

    func acknowledge(_ name: String, _ position: Int64) {
        let now = ContinuousClock.now
        state.withLock { state in
            state.acknowledged[name, default: [:]][position] = now
            state.last[name] = max(state.last[name] ?? -1, position)
        }
    }

    func close() { state.withLock { $0.isClosed = true } }

    /// Nothing more is acknowledged, and this was the last.
    func isComplete(_ name: String, after position: Int64?) -> Bool {
        state.withLock { $0.isClosed && ($0.last[name] ?? -1) <= (position ?? -1) }
    }

    func add(_ events: [(position: Int64, at: ContinuousClock.Instant)], of name: String) {
        state.withLock { $0.received.append((name, events)) }
    }

    func fail(_ fault: String) { state.withLock { $0.faults.append(fault) } }

    func outcome(watchers: Int, cases: [String]) -> Outcome {
        state.withLock { state in
            var outcome = Outcome(faults: Array(state.faults.prefix(3)))
            outcome.updates = state.acknowledged.values.reduce(0) { $0 + $1.count }
            for (name, events) in state.received {
                let acknowledged = state.acknowledged[name] ?? [:]
                outcome.received += events.count
                if events.count != acknowledged.count {
                    outcome.faults.append("A watcher of \(name) had \(events.count) of \(acknowledged.count) updates.")
                }
                if zip(events, events.dropFirst()).contains(where: { $0.position >= $1.position }) {
                    outcome.faults.append("A watcher of \(name) had them out of order.")
                }
                for (position, at) in events {
                    guard let began = acknowledged[position] else { continue }
                    outcome.latencies.add(max(.zero, at - began))
                }
            }
            return outcome
        }
    }
}
