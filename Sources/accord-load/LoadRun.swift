import Dispatch
import Foundation
import Synchronization
import Varlink

/// Plays a plan: every connection on a thread of its own, all begun at the same moment.
struct LoadRun: Sendable {
    let plan: LoadPlan
    /// One for each connection.
    let results: [LoadConnection.Result]
    /// From the first update sent to the last answer.
    let elapsed: Duration
    /// What the load itself took of the processors meanwhile.
    let processorTime: Duration

    init(_ plan: LoadPlan) {
        let collected = Collected()
        let connected = DispatchGroup()
        let done = DispatchGroup()
        let gate = DispatchGroup()
        gate.enter()
        for number in 0..<plan.connections {
            connected.enter()
            done.enter()
            Thread {
                defer { done.leave() }
                do {
                    let connection = try LoadConnection(plan, number: number)
                    connected.leave()
                    gate.wait()
                    collected.add(connection.run(), of: number)
                } catch {
                    connected.leave()
                    var result = LoadConnection.Result()
                    result.failures = 1
                    result.firstFailure = "\(error)"
                    collected.add(result, of: number)
                }
            }.start()
        }
        connected.wait()
        let (start, spent) = (ContinuousClock.now, Surroundings.processorTime)
        gate.leave()
        done.wait()
        processorTime = Surroundings.processorTime - spent
        self.plan = plan
        results = collected.inOrder
        elapsed = (results.compactMap(\.end).max() ?? start) - start
    }

    /// All answers together.
    var latencies: LatencyHistogram {
        results.reduce(into: LatencyHistogram()) { $0.add($1.latencies) }
    }

    /// Acknowledged updates.
    var acknowledged: Int { results.reduce(0) { $0 + $1.positions.count } }

    /// Acknowledged, and so durable, updates each second.
    var updatesPerSecond: Double {
        elapsed > .zero ? Double(acknowledged) / (elapsed / .seconds(1)) : 0
    }

    /// What is wrong with the answers, as sentences: each update is acknowledged once, no two share a position, and on
    /// each connection positions grow in the order of the calls.
    var faults: [String] {
        var faults: [String] = []
        let failures = results.reduce(0) { $0 + $1.failures }
        if failures > 0 {
            let first = results.lazy.compactMap(\.firstFailure).first ?? ""
            faults.append("\(failures) failed; the first: \(first)")
        }
        if acknowledged != plan.updates {
            faults.append("\(acknowledged) of \(plan.updates) updates were acknowledged.")
        }
        let duplicates = results.reduce(0) { $0 + $1.duplicates }
        if duplicates > 0 { faults.append("\(duplicates) receipts say that nothing was added.") }
        // Positions count within a case.
        let distinct = Dictionary(grouping: results.indices, by: plan.place(of:)).values.reduce(0) { sum, connections in
            sum + Set(connections.lazy.flatMap { results[$0].positions }).count
        }
        if distinct != acknowledged { faults.append("\(acknowledged - distinct) receipts repeat a position.") }
        let disordered = results.count { zip($0.positions, $0.positions.dropFirst()).contains { $0 >= $1 } }
        if disordered > 0 { faults.append("On \(disordered) connections positions do not grow.") }
        return faults
    }
}

/// What the threads hand in.
private final class Collected: Sendable {
    private let outcomes = Mutex<[Int: LoadConnection.Result]>([:])

    func add(_ result: LoadConnection.Result, of number: Int) {
        outcomes.withLock { $0[number] = result }
    }

    var inOrder: [LoadConnection.Result] {
        outcomes.withLock { outcomes in outcomes.sorted { $0.key < $1.key }.map(\.value) }
    }
}
