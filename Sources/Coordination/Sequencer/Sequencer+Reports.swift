import Casework
import Cryptography
import Policy
import RecordStore
import Reports
import StrictJSON
import Synchronization
import TransparencyLog
import Varlink

/// Reports: allowed, made on another queue, decided again with their digest, recorded, and then sent.
extension Sequencer {
    /// A report is owed to whoever may have it; nothing is recorded until its digest is known.
    func owe(
        _ order: ReportOrder,
        _ context: RequestContext,
        _ command: Command,
        _ decision: Decision,
        to call: Call
    ) {
        guard let grant = decision.reading else { return }
        let due = DueReport(call: call, order: order, context: context, asked: (command, grant))
        prepared.debts.append(Debt(caller: call.caller, payment: .report(due)))
    }

    /// Begins to make a report: of the lines of the checkpoint that was named, else of one that covers all that is durable now.
    func start(_ due: DueReport) {
        guard sessions[due.call.id.connection] != nil else { return }
        guard mode == .running else { return refuseService(due.call.caller) }
        if due.order.size == nil, durable.size > checkpoint.size {
            reportWaiters.append((due, durable.size))
            return beginCheckpoint()
        }
        let size = due.order.size.map { UInt64(clamping: $0) } ?? checkpoint.size
        let newest = checkpoint.size
        let run = ReportRun(ReportMaking(due.order, due.asked.grant.rights))
        var task = ReadingTask(.audit) { [self] shelf in
            guard let note = try shelf.record.checkpoint(at: size) else {
                let words = "a number of lines at which a checkpoint was signed; the newest is \(newest)"
                let misstated = Misstated(method: due.call.qualifiedMethod, caseName: nil)
                return .asking(.malformed(.malformed(field: "at", words), misstated), by: due.call)
            }
            return make(run, due, try StoredCheckpoint(note))
        }
        task.asked = due.asked
        goOn(reading: task, for: due.call.caller)
    }

    /// Takes some lines a step: who waits for the same queue has his turn between.
    private nonisolated func make(_ run: ReportRun, _ due: DueReport, _ head: StoredCheckpoint) -> ReadingStep {
        ReadingStep(
            [],
            next: ReadingTask(.audit) { [self] shelf in
                guard try run.step(on: shelf.record, upTo: head.size) else { return make(run, due, head) }
                let (bytes, made) = run.finish(at: head, as: due.order.format)
                let act = Act.report(.make(due.order, made))
                let composed = ComposedReport(grant: due.asked.grant.report, made: made, bytes: bytes)
                return .asking(.composed(act, due.context, composed), by: due.call)
            }
        )
    }

    /// Goes on with the reports that waited for a checkpoint; those that it does not cover wait for the next one.
    func startCoveredReports() {
        let waiters = reportWaiters
        reportWaiters = []
        for (due, size) in waiters {
            if mode == .running, size > checkpoint.size {
                reportWaiters.append((due, size))
            } else {
                start(due)
            }
        }
        if !reportWaiters.isEmpty { beginCheckpoint() }
    }

    static let changedMeanwhile = Refusal(
        row: "P05",
        message: "What you may see changed while the report was made.",
        ask: "Ask again."
    )
}

/// A report that may be made.
struct DueReport: Sendable {
    let call: Call
    let order: ReportOrder
    let context: RequestContext
    let asked: (command: Command, grant: ReadingGrant)
}

/// A report that was made, and is not recorded yet.
package struct ComposedReport: Sendable {
    let grant: ReportGrant?
    let made: ReportMade
    let bytes: [UInt8]

    /// At most 192 KiB of it a step, and at the end what was recorded of it.
    func pieces(as item: String, from offset: Int = 0) -> ReadingTask {
        ReadingTask { _ in
            guard offset < bytes.count else {
                return ReadingStep([
                    .final([
                        "item": .string(item), "digest": .string(made.digest), "size": .integer(made.size),
                        "rows": .integer(made.rows),
                    ])
                ])
            }
            let piece = bytes[offset..<min(offset + (192 << 10), bytes.count)]
            return ReadingStep(
                [.more(["data": .string(Base64.encode(Array(piece)))])],
                next: pieces(as: item, from: piece.endIndex)
            )
        }
    }
}

/// A report under way.
///
/// It holds what it has counted, and nothing of the lines.
final class ReportRun: Sendable {
    private struct State {
        var making: ReportMaking
        var done: UInt64 = 0
    }

    private struct EndOfStep: Error {}

    private static let linesPerStep: UInt64 = 1_024
    private let state: Mutex<State>

    init(_ making: ReportMaking) { state = Mutex(State(making: making)) }

    /// Takes the next lines.
    ///
    /// - Returns: True once all before `end` were taken.
    /// - Throws: What reading throws; a line that cannot be understood is not skipped.
    func step(on record: some EventLog, upTo end: UInt64) throws -> Bool {
        try state.withLock { state in
            let stop = min(end, state.done + Self.linesPerStep)
            do {
                try record.replay(from: state.done) { stored in
                    guard stored.seq < stop else { throw EndOfStep() }
                    let line = try RecordedEvent(parsing: stored)
                    state.making.take(
                        ReportedLine(
                            event: line.event,
                            at: line.place.recordedAt,
                            isRefused: line.outcome == .denied,
                            rule: line.rule
                        )
                    )
                    state.done = stored.seq + 1
                }
            } catch is EndOfStep {}
            return state.done >= end
        }
    }

    func finish(at head: StoredCheckpoint, as format: ReportFormat) -> (bytes: [UInt8], made: ReportMade) {
        let report = state.withLock { state in
            state.making.report(
                at: ReportHead(size: Int64(clamping: head.size), root: head.root.hex, note: head.note)
            )
        }
        let bytes = report.rendered(as: format)
        let made = ReportMade(
            size: report.head.size,
            root: report.head.root,
            digest: Digest.sha256(bytes).hex,
            rows: report.rows
        )
        return (bytes, made)
    }
}

extension ReadingGrant {
    /// What of a report may be said.
    fileprivate var rights: ReportingRights {
        ReportingRights(grant: report ?? ReportGrant(), caseID: caseID, lines: parts)
    }
}

extension StoredCheckpoint {
    /// From the note that was stored.
    ///
    /// - Throws: `NoteFault` if it is none.
    fileprivate init(_ note: String) throws {
        let claim = try UnverifiedCheckpoint(parsing: Array(note.utf8)).claim
        self.init(size: claim.size, root: claim.root, note: note)
    }
}
