import Dispatch
import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Varlink

/// Peers of a daemon that work beside each other, each on a thread of its own, until they are told that it is over.
final class Crew: Sendable {
    /// What a peer did not get.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private struct State {
        var isOver = false
        var faults: [String] = []
    }

    private let state = Mutex(State())
    private let ended = DispatchGroup()

    /// Starts one; what it throws is a fault.
    func start(_ name: String, _ body: @escaping @Sendable () throws -> Void) {
        ended.enter()
        let thread = Thread { [self] in
            do { try body() } catch { fault("\(name): \(error)") }
            ended.leave()
        }
        thread.stackSize = 512 << 10
        thread.start()
    }

    /// Whether the work is over.
    var isOver: Bool { state.withLock { $0.isOver } }

    func fault(_ text: String) { state.withLock { $0.faults.append(text) } }

    /// What went wrong; the first of it, where it is much.
    var faults: [String] { state.withLock { Array($0.faults.prefix(5)) } }

    /// Waits until all have come to an end by themselves.
    func join() { ended.wait() }

    /// Says that it is over, and waits for the end of all.
    func end() {
        state.withLock { $0.isOver = true }
        join()
    }
}

extension Deployment {
    /// A connection that is a member's, because the kernel says so.
    func client(_ member: String) throws -> VarlinkClient {
        try OtherUser.run(as: uid(of: member)) { try VarlinkClient(path: socket, timeout: .seconds(60)) }
    }
}

extension VarlinkClient {
    private static let position = ByteText(#""position":"#)

    /// Records an entry in Alder.
    ///
    /// - Returns: Its position; nil if it was refused.
    mutating func record(_ text: String) throws -> Int64? {
        enqueue("io.accord.Entry.Record", encodedParameters: Writers.entry(text).encoded)
        try flush()
        return try unsafe nextReplyBytes { bytes in unsafe Self.position.number(in: bytes) }.value
    }
}

/// How long answers took.
struct Latencies: Sendable {
    private var milliseconds: [Double] = []

    mutating func add(_ duration: Duration) { milliseconds.append(duration / .milliseconds(1)) }

    var count: Int { milliseconds.count }

    /// The time in milliseconds within which this share of the answers came.
    func quantile(_ share: Double) -> Double {
        let sorted = milliseconds.sorted()
        return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    /// Such as `median 0.5 ms, p99 2.1 ms`.
    var page: String {
        let times = [("median", 0.5), ("p99", 0.99), ("p99.9", 0.999)].map { name, share in
            "\(name) \((quantile(share) * 100).rounded() / 100) ms"
        }
        return times.joined(separator: ", ")
    }
}
