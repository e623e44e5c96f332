import Casework
import Cryptography
import Policy
import RecordStore
import StrictJSON
import Synchronization
import TransparencyLog

/// The verdict POLICY REPLAY: what the record says was accepted is decided again, from the first line on.
///
/// It goes on in steps, so that others have their turn between them. It holds the state of the cases, as the daemon does, and
/// nothing of the lines.
final class PolicyReplay: Sendable {
    /// A line that the rules do not give.
    struct Found: Sendable {
        let line: RecordedEvent
        let difference: Judgement.Difference
    }

    private struct State {
        var replay = DecisionReplay()
        /// How many lines were taken.
        var done: UInt64 = 0
        var agreed: UInt64 = 0
        var refusals: UInt64 = 0
        /// Lines under rules of another version, and the place of the first.
        var otherRules: (count: UInt64, first: UInt64?) = (0, nil)
        /// Kinds of events of which no act is known, with the place of the first.
        var unknown: [String: (count: UInt64, first: UInt64)] = [:]
        var differences: [Judgement.Difference.Finding: (count: UInt64, first: UInt64)] = [:]
        var last: (policy: Digest, kind: String)?
    }

    /// The digest of the rules that decide again.
    private let policy: Digest
    private let state = Mutex(State())

    init(policy: Digest) { self.policy = policy }

    private struct EndOfStep: Error {}

    /// How many lines were taken.
    var done: UInt64 { state.withLock { $0.done } }

    /// Takes the next lines, as many as `limit` says and none from `end` on.
    ///
    /// - Returns: Those that the rules do not give.
    /// - Throws: What reading throws; a line that cannot be understood is not skipped, for a state made from part of a record
    ///   is no state of it.
    func step(on record: some EventLog, upTo end: UInt64, limit: UInt64 = .max) throws -> [Found] {
        try state.withLock { state in
            let stop = min(end, limit > end - state.done ? end : state.done + limit)
            var found: [Found] = []
            do {
                try record.replay(from: state.done) { stored in
                    guard stored.seq < stop else { throw EndOfStep() }
                    let line = try RecordedEvent(parsing: stored)
                    let judgement = try judge(stored, line, &state, record)
                    state.done = stored.seq + 1
                    if case .differs(let difference) = judgement {
                        found.append(Found(line: line, difference: difference))
                    }
                    count(judgement, of: line, &state)
                }
            } catch is EndOfStep {}
            if stop == end, let missing = state.replay.missing {
                state.differences[missing.finding, default: (0, end)].count += 1
            }
            return found
        }
    }

    private func judge(
        _ stored: StoredLine,
        _ line: RecordedEvent,
        _ state: inout State,
        _ record: some EventLog
    ) throws -> Judgement {
        let said = try LogLine(parsing: stored.bytes)
        var isSigned = false
        if case .signature = said.attestation { isSigned = true }
        let judgement = state.replay.take(
            ReplayedLine(
                seq: line.seq,
                place: line.place,
                event: line.event,
                by: line.by,
                isAccepted: line.outcome != .denied,
                isSigned: isSigned,
                isOfTheseRules: policy == RuleTable.digest && said.policy == state.replay.rules,
                overridden: line.outcome == .overridden ? line.rule : nil
            )
        )
        defer { state.last = (said.policy, line.event.kind) }
        // Other rules begin with a start of the daemon, or are put in force by an act.
        if let last = state.last, last.policy != said.policy, !last.kind.hasPrefix("policy."),
            !last.kind.hasPrefix("jurisdiction_policy."),
            !(line.by == "system" && line.event.kind.hasPrefix("sys."))
        {
            let message = "It names other rules than the line before it, and nothing tells why."
            return .differs(Judgement.Difference(.rulesChanged, message))
        }
        guard case .agreed(let references) = judgement else { return judgement }
        let expected = try references.flatMap { reference -> [Statement.Reference] in
            guard let named = try record.lines(of: said.statement.caseKey, after: reference.line - 1, limit: 1).first
            else { return [] }
            return try reference.resolved(in: LogLine(parsing: named.bytes))
        }
        guard expected == said.statement.references else {
            let message = "It names other lines than those that it has to rest on."
            return .differs(Judgement.Difference(.referencesDiffer, message))
        }
        if let scope = state.replay.exported, let stated = line.event.holds.flatMap({ BundleContents(.object($0)) }) {
            let counted = try ExportCount.recount(scope, of: said.statement.caseKey, before: line, in: record)
            guard stated.mayBe(counted) else {
                let message =
                    "It states another number of lines left out, or other parts, than its author's rights made."
                return .differs(Judgement.Difference(.exportMisstated, message))
            }
        }
        return judgement
    }

    private func count(_ judgement: Judgement, of line: RecordedEvent, _ state: inout State) {
        switch judgement {
        case .agreed: state.agreed += 1
        case .refusal: state.refusals += 1
        case .otherRules:
            state.otherRules.count += 1
            state.otherRules.first = state.otherRules.first ?? line.seq
        case .unknown: state.unknown[line.event.kind, default: (0, line.seq)].count += 1
        case .differs(let difference): state.differences[difference.finding, default: (0, line.seq)].count += 1
        }
    }

    /// What was found, and the exit status: 30 if the rules do not give a line, 40 if no line was under these rules, else 0.
    var report: VerificationReport {
        let state = state.withLock { $0 }
        func verdict(
            _ result: Verdict.Result,
            _ finding: String?,
            _ count: UInt64,
            _ first: UInt64?,
            _ message: String
        ) -> Verdict {
            Verdict(
                check: "POLICY REPLAY",
                result: result,
                finding: finding,
                count: count,
                first: first,
                message: message
            )
        }
        var verdicts: [Verdict] = []
        for finding in Judgement.Difference.Finding.allCases {
            guard let found = state.differences[finding] else { continue }
            verdicts.append(verdict(.failed, finding.rawValue, found.count, found.first, finding.sentence))
        }
        let isFailed = !verdicts.isEmpty
        if !isFailed, state.agreed > 0 {
            verdicts.append(verdict(.passed, nil, state.agreed, nil, "The rules give these lines again."))
        }
        if state.otherRules.count > 0 {
            let message =
                "Lines under rules of another version: not replayed. The program of that version replays them."
            verdicts.append(
                verdict(
                    state.agreed > 0 || isFailed ? .notice : .skipped,
                    "rules-of-another-version",
                    state.otherRules.count,
                    state.otherRules.first,
                    message
                )
            )
        }
        if !state.unknown.isEmpty {
            let kinds = state.unknown.keys.sorted().joined(separator: ", ")
            let count = state.unknown.values.reduce(0) { $0 + $1.count }
            let first = state.unknown.values.map(\.first).min()
            let message = "Kinds of events that are not replayed yet: \(kinds)."
            verdicts.append(verdict(.notice, "kinds-not-replayed", count, first, message))
        }
        if state.refusals > 0 {
            let message = "Refusals: what was asked is not on the record, so that nothing can be decided again."
            verdicts.append(verdict(.notice, "refusals-not-replayed", state.refusals, nil, message))
        }
        let isOpen = state.agreed == 0 && state.otherRules.count > 0
        return VerificationReport(verdicts: verdicts, exitCode: isFailed ? 30 : isOpen ? 40 : 0)
    }
}

extension Judgement.Difference.Finding {
    /// One sentence for people.
    fileprivate var sentence: String {
        switch self {
        case .notAllowed: "The rules refuse what these lines say was accepted."
        case .decidedOtherwise: "The rules record something else than these lines say."
        case .notAnAct: "Lines stand in the daemon's name, or as refusals, that neither would make."
        case .noticeMissing:
            "What is recorded with an act is missing, such as a notice of a purge, or what a side of a conflict is told."
        case .referencesDiffer: "Lines name others than those that they have to rest on."
        case .exportMisstated: "Exports state something else of their bundles than their authors' rights made of them."
        case .rulesChanged:
            "Other rules are named from one line to the next, and nothing says that they were put in force."
        }
    }
}

extension LineReference {
    /// What is named of a line: the line, or its separately removable parts; the first part says what the line did, and stays.
    func resolved(in line: LogLine) -> [Statement.Reference] {
        guard isOfTexts else { return [Statement.Reference(seq: line.seq)] }
        return line.statement.parts.dropFirst().map { Statement.Reference(seq: line.seq, part: $0) }
    }
}
