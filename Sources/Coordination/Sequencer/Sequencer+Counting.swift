import Casework
import Policy
import RecordStore
import StrictJSON
import Synchronization
import TransparencyLog
import Varlink

/// The line of a case's export states what its bundle holds. So that is counted before the line is made: what is on the disk on
/// another queue, and the few lines that came since between two looks into the mailbox.
extension Sequencer {
    /// Counts, and has the export decided again.
    func count(_ act: Act, _ context: RequestContext, _ count: ExportCount, of caseID: CaseID, for call: Call) {
        let task = step(of: count, caseID.key, act, context, call)
        prepared.debts.append(Debt(caller: call.caller, payment: .reading(task)))
    }

    private nonisolated func step(
        of count: ExportCount,
        _ key: CaseKey,
        _ act: Act,
        _ context: RequestContext,
        _ call: Call
    ) -> ReadingTask {
        ReadingTask(.audit) { [self] shelf in
            if try count.takePage(of: key, in: shelf.record) {
                return ReadingStep([], next: step(of: count, key, act, context, call))
            }
            return .asking(.counted(act, context, count), by: call)
        }
    }

    /// What the bundle holds, now that no line can come before the export's.
    func stated(_ count: ExportCount, of caseID: CaseID) throws -> JSONObject {
        let key = caseID.key
        while try count.takePage(of: key, in: shelf.record) {}
        for batch in [inFlight, prepared].compactMap(\.self) {
            for (line, recorded) in zip(batch.lines, batch.committed) where line.stream == key {
                try count.take(recorded, line.bytes, line.parts)
            }
        }
        let contents = count.finish()
        if contents.lost > 0 { noteLost(of: caseID) }
        return contents.json
    }

    /// It is begun anew where what the asker may see has changed meanwhile.
    static let mostCounts = 4

    static let changedWhileCounted = Refusal(
        row: "P05",
        message: "What you may see changed while the lines were counted.",
        ask: "Ask again."
    )
}

/// What a case's bundle will hold, as far as its lines were counted.
package final class ExportCount: Sendable {
    private struct State: ~Copyable {
        var scope: PartsScope
        var next: UInt64 = 0
        var contents = BundleContentsCount()

        init(_ scope: PartsScope) { self.scope = scope }

        mutating func take(_ line: RecordedEvent, _ bytes: [UInt8], _ parts: [[UInt8]]) throws {
            guard line.caseSeq >= next else { return }
            next = line.caseSeq + 1
            if line.isPurge { try contents.take(purge: bytes) }
            switch scope.visibility(of: line.event) {
            case .none: contents.withheld.append(line.caseSeq)
            case .header: break
            case .content: try contents.take(parts, of: bytes)
            }
        }
    }

    private static let linesPerPage = 512
    private let scope: PartsScope
    private let state: Mutex<State>
    /// How often it was begun anew.
    let attempt: Int

    init(_ scope: PartsScope, attempt: Int) {
        self.scope = scope
        self.attempt = attempt
        state = Mutex(State(scope))
    }

    /// Whether what the asker may see is what it was when it was begun.
    func isOf(_ other: PartsScope) -> Bool { scope == other }

    /// Takes the next lines that are durable; false once there are none.
    func takePage(of key: CaseKey, in record: SQLiteRecord) throws -> Bool {
        let after = state.withLock { Int64(clamping: $0.next) - 1 }
        let page = try record.lines(of: key, after: after, limit: Self.linesPerPage)
        let lines = try page.map { (try RecordedEvent(parsing: $0), $0) }
        try state.withLock { state in
            for (line, stored) in lines { try state.take(line, stored.bytes, stored.parts) }
        }
        return page.count == Self.linesPerPage
    }

    /// Counts anew what a bundle had to hold that was exported with a line: what was destroyed or taken away since is counted, too,
    /// by what the lines list.
    static func recount(
        _ scope: PartsScope,
        of key: CaseKey,
        before export: RecordedEvent,
        in record: some EventLog
    ) throws -> BundleContents {
        var scope = scope
        var contents = BundleContentsCount()
        var listed: [Statement.Reference] = []
        var purged: Set<Statement.Reference> = []
        var next: UInt64 = 0
        while next < export.caseSeq {
            let page = try record.lines(of: key, after: Int64(clamping: next) - 1, limit: linesPerPage)
            guard !page.isEmpty else { break }
            for stored in page {
                let line = try RecordedEvent(parsing: stored)
                guard line.caseSeq < export.caseSeq else { break }
                switch scope.visibility(of: line.event) {
                case .none: contents.withheld.append(line.caseSeq)
                case .header: break
                case .content:
                    listed += try LogLine(parsing: stored.bytes).statement.parts.map {
                        Statement.Reference(seq: line.seq, part: $0)
                    }
                }
                if line.isPurge { purged.formUnion(try LogLine(parsing: stored.bytes).statement.references) }
            }
            next += UInt64(page.count)
        }
        for reference in listed where !purged.contains(reference) {
            if let part = reference.part { contents.take(part: part) }
        }
        return contents.finish()
    }

    /// Takes a line that follows.
    func take(_ line: RecordedEvent, _ bytes: [UInt8], _ parts: [[UInt8]]) throws {
        try state.withLock { try $0.take(line, bytes, parts) }
    }

    /// What was counted; once.
    func finish() -> BundleContents { state.withLock { $0.contents.finish() } }
}
