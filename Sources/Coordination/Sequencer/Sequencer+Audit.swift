import Casework
import Cryptography
import Policy
import RecordStore
import StrictJSON
import TransparencyLog
import Varlink

/// Verification and export: long readings on queues of their own.
extension Sequencer {
    /// Verifies the record as it is stored, with the code that auditors run offline, and with SQLite's own check beside it.
    func verification(_ known: [String]) -> ReadingTask {
        let note = checkpoint.note
        let logKey = surroundings.logKey
        let notes = surroundings.witnesses
        return ReadingTask(.verification) { shelf in
            var checkpoints: [Checkpoint] = []
            let key = try VerifierKey(parsing: logKey)
            for text in known {
                // Only a head that this log's key signed says anything about this log.
                let verified = try? UnverifiedCheckpoint(parsing: Array(text.utf8)).verified(by: key)
                if let verified { checkpoints.append(verified.checkpoint) }
            }
            // Read first: lines that are recorded meanwhile are no fault.
            let anchorSize = shelf.record.head.size
            let witnessed = notes?.witnessed.flatMap { notes?.note(at: $0.checkpoint.size)?.encoded }
            let examination = RecordExamination(
                note: note,
                known: checkpoints,
                witnesses: WitnessEvidence(policy: notes?.policy, note: witnessed)
            )
            let (report, size) = try examination.report(of: shelf.record, logKey: key, anchorSize: anchorSize)
            let lines = JSONValue.integer(Int64(clamping: size))
            var verdicts: [JSONValue] = report.verdicts.map { .object($0.parameters) }
            let unread = known.count - checkpoints.count
            if unread > 0 {
                verdicts.append([
                    "check": "ANCHOR", "result": "failed", "finding": "known-checkpoint-not-of-this-log",
                    "count": .integer(Int64(unread)),
                    "message": "A checkpoint that was handed in is not signed by this log.",
                ])
            }
            for finding in try shelf.record.integrityFindings() {
                verdicts.append([
                    "check": "FORMAT", "result": "failed", "finding": "database-damaged", "count": 1,
                    "message": .string("SQLite: \(finding)"),
                ])
            }
            let isWorse = verdicts.count > report.verdicts.count
            let exit = isWorse && [0, 10].contains(report.exitCode) ? (unread > 0 ? 20 : 30) : Int64(report.exitCode)
            return ReadingStep([
                .final(["done": lines, "total": lines, "verdicts": .array(verdicts), "exitCode": .integer(exit)])
            ])
        }
    }

    /// Decides again what the record says was accepted, some lines a step: who waits for the same queue has his turn between.
    func replay() -> ReadingTask {
        // Read first: lines that are recorded meanwhile are no part of it.
        Self.replay(PolicyReplay(policy: RuleTable.digest), upTo: shelf.record.head.size, told: 0, listed: 0)
    }

    private static func replay(_ replay: PolicyReplay, upTo end: UInt64, told: UInt64, listed: Int) -> ReadingTask {
        ReadingTask(.verification) { shelf in
            let found = try replay.step(on: shelf.record, upTo: end, limit: linesPerReplayStep)
            let done = replay.done
            let progress: JSONObject = [
                "done": .integer(Int64(clamping: done)), "total": .integer(Int64(clamping: end)),
            ]
            var replies: [Reply] = found.prefix(max(0, mostDifferences - listed)).map { found in
                .more(progress.with([("difference", .object(found.parameters))]))
            }
            let isTold = done - told < linesPerProgress
            if done < end {
                if replies.isEmpty, !isTold { replies = [.more(progress)] }
                let told = replies.isEmpty ? told : done
                return ReadingStep(
                    replies,
                    next: Self.replay(replay, upTo: end, told: told, listed: listed + found.count)
                )
            }
            let report = replay.report
            let last = progress.with([
                ("verdicts", .array(report.verdicts.map { .object($0.parameters) })),
                ("exitCode", .integer(Int64(report.exitCode))),
            ])
            return ReadingStep(replies + [.final(last)])
        }
    }

    /// As many as the record reads at once.
    private static let linesPerReplayStep: UInt64 = 1_024
    private static let linesPerProgress: UInt64 = 16_384
    /// So many are listed one by one; all are counted.
    private static let mostDifferences = 1_000

    /// Begins to send a bundle, once a checkpoint covers the line that records the export: the line is the bundle's last,
    /// so that the log states with its signature how many lines the case had.
    func start(_ due: DueExport, for caller: Caller) {
        guard sessions[caller.id.connection] != nil else { return }
        guard due.seq >= checkpoint.size else {
            return composing(for: caller) {
                let key = try ExportKey()
                exports[caller.id] = RunningExport(asked: due.asked, key: key)
                var task = export(due, under: key)
                task.asked = due.asked
                // Judged again: a purge may have been approved since.
                goOn(reading: task, for: caller)
            }
        }
        guard mode == .running else { return refuseService(caller) }
        exportWaiters.append((due, caller))
        beginCheckpoint()
    }

    /// Goes on with the exports that waited for a checkpoint; the others wait for the next one, if there will be one.
    func startCoveredExports() {
        let waiters = exportWaiters
        exportWaiters = []
        for (due, caller) in waiters where sessions[caller.id.connection] != nil { start(due, for: caller) }
    }

    /// The record, or the lines of a case, as a tar file in pieces.
    ///
    /// The whole record carries no content. Of a case there are the lines that the asker may know of, with the parts of what he
    /// may read.
    private func export(_ due: DueExport, under key: ExportKey) -> ReadingTask {
        let bundle = ExportPlan(
            note: surroundings.witnesses?.note(at: checkpoint.size).map { String(decoding: $0.encoded, as: UTF8.self) }
                ?? checkpoint.note,
            witnessed: WitnessedPart(surroundings.witnesses, before: checkpoint.size),
            checkpointSize: checkpoint.size,
            logKey: surroundings.logKey,
            sign: surroundings.signSums,
            stream: due.asked.grant.caseID?.key,
            lastLine: due.seq,
            scope: due.asked.grant.parts,
            holds: due.holds
        )
        return ReadingTask(.exports) { shelf in
            let file = try bundle.write(shelf.record, under: key)
            return try Self.piece(of: file, from: 0, lost: bundle.holds?["lost"])
        }
    }

    /// Ends the exports of a case, before something of it is purged: what lies of them on the disk can be read by nobody from
    /// here on.
    ///
    /// What watches of it had read ahead goes, too, and is read again.
    func endExports(of caseID: CaseID) {
        for (call, watch) in watches where watch.ahead?.caseID == caseID { watches[call]?.ahead = nil }
        for (call, export) in exports where export.asked.grant.caseID == caseID {
            export.key.end()
            // One whose reader was to be sent more is refused now; one that is being read, when that comes back.
            if let (task, caller) = streams.removeValue(forKey: call) { goOn(reading: task, for: caller) }
        }
    }

    /// Lets go of an export that has ended, and of its key.
    func endExport(_ call: CallID) { exports.removeValue(forKey: call)?.key.end() }

    /// At most 192 KiB of file a step.
    private static func piece(of file: ExportFile, from offset: Int, lost: JSONValue?) throws -> ReadingStep {
        let bytes = try file.read(from: offset, count: 192 << 10)
        guard !bytes.isEmpty else {
            return ReadingStep([.final(.present([("digest", .string(try file.digest().hex)), ("lost", lost)]))])
        }
        let reply = Reply.more(["data": .string(Base64.encode(bytes))])
        return ReadingStep(
            [reply],
            next: ReadingTask(.audit) { _ in try piece(of: file, from: offset + bytes.count, lost: lost) }
        )
    }
}

/// An export that was decided: what may be seen, and the line that records it.
struct DueExport: Sendable {
    /// What was asked and allowed: each further piece is judged anew.
    let asked: (command: Command, grant: ReadingGrant)
    let seq: UInt64
    /// What that line states of the bundle; nil for the whole record.
    let holds: JSONObject?
}

/// An export under way.
struct RunningExport: Sendable {
    let asked: (command: Command, grant: ReadingGrant)
    /// What opens the files that it is made in.
    let key: ExportKey
}

extension PolicyReplay.Found {
    /// `type Difference`.
    var parameters: JSONObject {
        .present([
            ("position", .integer(Int64(clamping: line.seq))), ("recordedAt", .integer(line.recordedAt * 1_000)),
            ("kind", .string(line.event.kind)), ("by", .string(line.by)),
            ("member", line.event.member.map { .string($0.text) }),
            ("finding", .string(difference.finding.rawValue)), ("rule", difference.rule.map { .string($0) }),
            ("message", .string(difference.message)),
        ])
    }
}

extension JSONObject {
    /// With what is nil left out.
    fileprivate static func present(_ members: [(String, JSONValue?)]) -> JSONObject {
        JSONObject(members.compactMap { key, value in value.map { (key, $0) } })
    }

    /// With further members.
    fileprivate func with(_ members: [(String, JSONValue)]) -> JSONObject {
        var object = self
        for (key, value) in members { object[key] = value }
        return object
    }
}

extension Verdict {
    /// `type Verdict`.
    var parameters: JSONObject {
        var object: JSONObject = ["check": .string(check), "result": .string(result.rawValue)]
        if let finding { object["finding"] = .string(finding) }
        object["count"] = .integer(Int64(clamping: count))
        if let first { object["first"] = .integer(Int64(clamping: first)) }
        object["message"] = .string(message)
        return object
    }
}
