package import Cryptography
import Synchronization
package import TransparencyLog

/// The record in memory: the smallest engine that keeps all duties of ``EventLog`` but the survival of its process,
/// with places at which it fails on demand.
package final class MemoryRecord: EventLog {
    private struct Content: Sendable {
        var head = RecordHead.empty
        var frontier = MerkleFrontier()
        var lines: [RecordLine] = []
        var streams: [CaseKey: [Int]] = [:]
        var order: [CaseKey] = []
        var requests: [RequestKey: UInt64] = [:]
        var checkpoints: [UInt64: String] = [:]
        var fault: RecordFault?
        var failure: Failure?
    }

    private struct Failure: Sendable {
        var appendsUntil: Int
        var isAfter: Bool
        var code: RecordFault.Code
    }

    private let content: Mutex<Content>

    /// An empty record.
    package init() { content = Mutex(Content()) }

    private init(_ content: Content) { self.content = Mutex(content) }

    /// Lets the append after `count` others fail with nothing written: `full` passes, any other code latches.
    package func failBefore(_ count: Int, _ code: RecordFault.Code = .failed) {
        content.withLock { $0.failure = Failure(appendsUntil: count, isAfter: false, code: code) }
    }

    /// Lets the append after `count` others fail although everything was written: the outcome is unknown, as after a
    /// sync that did not answer.
    package func failAfter(_ count: Int) {
        content.withLock { $0.failure = Failure(appendsUntil: count, isAfter: true, code: .failed) }
    }

    /// The same lines after a restart: what was written is there, and nothing is latched.
    package func reopened() -> MemoryRecord {
        MemoryRecord(
            content.withLock { content in
                var again = content
                (again.fault, again.failure) = (nil, nil)
                if let last = again.lines.last {
                    let time = (try? LineScan(last.bytes).recordedAt) ?? 0
                    again.head = RecordHead(
                        size: again.frontier.size,
                        root: again.frontier.root,
                        last: last.leaf,
                        time: time
                    )
                }
                return again
            }
        )
    }

    package var head: RecordHead { content.withLock { $0.head } }

    package var latched: RecordFault? { content.withLock { $0.fault } }

    package func append(
        _ batch: [RecordLine],
        after head: RecordHead,
        completion: @escaping @Sendable (Result<RecordHead, RecordFault>) -> Void
    ) {
        do throws(RecordFault) {
            completion(.success(try append(batch, after: head)))
        } catch {
            completion(.failure(error))
        }
    }

    package func append(_ batch: [RecordLine], after head: RecordHead) throws(RecordFault) -> RecordHead {
        try content.withLock { content throws(RecordFault) in try Self.append(batch, after: head, to: &content) }
    }

    private static func append(
        _ batch: [RecordLine],
        after head: RecordHead,
        to content: inout Content
    ) throws(RecordFault) -> RecordHead {
        if let fault = content.fault { throw RecordFault(.latched, "An earlier write failed: \(fault.message)") }
        guard content.head == head else {
            throw RecordFault(.conflict, "The record ends at \(content.head.size), not at \(head.size).")
        }
        let plan = try AppendPlan(batch, after: head, frontier: content.frontier)
        var failure: Failure?
        if let next = content.failure {
            failure = next.appendsUntil == 0 ? next : nil
            content.failure?.appendsUntil -= 1
            if failure != nil { content.failure = nil }
        }
        if let failure, !failure.isAfter {
            let fault = RecordFault(failure.code, "The append failed, as it was told to.")
            if !fault.isRecoverable { content.fault = fault }
            throw fault
        }
        var grown = content
        for line in batch {
            guard line.streamSeq == UInt64(grown.streams[line.stream]?.count ?? 0) else {
                throw RecordFault(.conflict, "Line \(line.seq) does not come next in its stream.")
            }
            if let request = line.request, grown.requests.updateValue(line.seq, forKey: request) != nil {
                throw RecordFault(.conflict, "The request of line \(line.seq) was recorded before.")
            }
            if line.streamSeq == 0 { grown.order.append(line.stream) }
            grown.streams[line.stream, default: []].append(grown.lines.count)
            grown.lines.append(line)
        }
        (grown.head, grown.frontier) = (plan.head, plan.frontier)
        content = grown
        if let failure {
            content.fault = RecordFault(failure.code, "The append did not answer, as it was told to.")
            content.head = head
            throw RecordFault(failure.code, "The append did not answer, as it was told to.")
        }
        return plan.head
    }
}

extension MemoryRecord {
    package func lines(from seq: UInt64, limit: Int, byteLimit: Int) throws(RecordFault) -> [StoredLine] {
        content.withLock { content in
            let lines = content.lines.dropFirst(Int(clamping: seq)).prefix(max(0, limit))
            return Self.page(lines.map { StoredLine(seq: $0.seq, bytes: $0.bytes) }, byteLimit)
        }
    }

    package func lines(
        of stream: CaseKey,
        after streamSeq: Int64,
        limit: Int,
        byteLimit: Int
    ) throws(RecordFault) -> [StoredLine] {
        content.withLock { content in
            let first = Int(clamping: max(streamSeq, -1)).advanced(by: streamSeq == .max ? 0 : 1)
            let places = (content.streams[stream] ?? []).dropFirst(first).prefix(max(0, limit))
            return Self.page(places.map { StoredLine(content.lines[$0]) }, byteLimit)
        }
    }

    package func line(at seq: UInt64) throws(RecordFault) -> StoredLine? {
        content.withLock { content in
            guard let index = Int(exactly: seq), content.lines.indices.contains(index) else { return nil }
            return StoredLine(content.lines[index])
        }
    }

    package func erase(_ parts: [PartPlace]) throws(RecordFault) {
        content.withLock { content in
            for part in parts {
                guard let line = Int(exactly: part.seq), content.lines.indices.contains(line),
                    content.lines[line].parts.indices.contains(part.index)
                else { continue }
                content.lines[line].parts[part.index] = []
            }
        }
    }

    package func replay(from seq: UInt64, each: (StoredLine) throws -> Void) throws {
        var next = seq
        while let line = try line(at: next) {
            try each(line)
            next += 1
        }
    }

    package func find(requests: [RequestKey]) throws(RecordFault) -> [RequestKey: UInt64] {
        content.withLock { content in content.requests.filter { requests.contains($0.key) } }
    }

    package func streams() throws(RecordFault) -> [StreamHead] {
        content.withLock { content in
            content.order.map { key in
                let places = content.streams[key] ?? []
                let last = places.last.map { content.lines[$0].leaf } ?? .empty
                return StreamHead(key: key, count: UInt64(places.count), last: last)
            }
        }
    }

    package func inclusionProof(of seq: UInt64, in size: UInt64) throws(RecordFault) -> [Digest]? {
        let leaves = content.withLock { $0.lines.map(\.leaf) }
        guard size <= UInt64(leaves.count) else { return nil }
        return MerkleTree.inclusionProof(of: seq, in: size) { Self.hash(of: $0, leaves) }
    }

    package func consistencyProof(from old: UInt64, to new: UInt64) throws(RecordFault) -> [Digest]? {
        let leaves = content.withLock { $0.lines.map(\.leaf) }
        guard new <= UInt64(leaves.count) else { return nil }
        return MerkleTree.consistencyProof(from: old, to: new) { Self.hash(of: $0, leaves) }
    }

    package func store(checkpoint note: String, size: UInt64) throws(RecordFault) {
        content.withLock { $0.checkpoints[size] = $0.checkpoints[size] ?? note }
    }

    package func newestCheckpoint() throws(RecordFault) -> String? {
        content.withLock { content in content.checkpoints.max { $0.key < $1.key }?.value }
    }

    package func checkpoint(at size: UInt64) throws(RecordFault) -> String? {
        content.withLock { $0.checkpoints[size] }
    }

    private static func page(_ lines: [StoredLine], _ byteLimit: Int) -> [StoredLine] {
        var room = byteLimit
        var page: [StoredLine] = []
        for line in lines {
            guard page.isEmpty || line.byteCount <= room else { break }
            room -= min(room, line.byteCount)
            page.append(line)
        }
        return page
    }

    private static func hash(of node: NodeAddress, _ leaves: [Digest]) -> Digest {
        MerkleTree.root(of: Array(leaves[Int(node.index) << node.height..<(Int(node.index) + 1) << node.height]))
    }
}

extension StoredLine {
    fileprivate init(_ line: RecordLine) { self.init(seq: line.seq, bytes: line.bytes, parts: line.parts) }
}
