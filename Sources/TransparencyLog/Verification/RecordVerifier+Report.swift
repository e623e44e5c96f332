extension RecordVerifier {
    /// What is said of parts that are listed and not there.
    public enum AbsentParts: Hashable, Sendable {
        /// A copy for somebody else: its reader may not see them.
        case withheld
        /// The record itself: nobody may have taken them away.
        case lost
    }

    /// Ends the verification.
    ///
    /// - Parameters:
    ///   - logKey: the log's key.
    ///   - isKeyFromCopy: whether the key came with the copy. It shows then that the copy agrees with itself, but not
    ///     who made it: only a key or a checkpoint from elsewhere does.
    ///   - isKeyMalformed: whether the copy has a file for the key that holds none.
    ///   - anchorSize: how many lines were once stored durably, from the head anchor; nil where there is none.
    ///   - absentParts: what parts are that are listed and not there.
    ///   - isStrict: whether lines and parts that are withheld or destroyed give an exit status of their own.
    /// - Returns: What each check found.
    public mutating func finish(
        logKey: VerifierKey?,
        isKeyFromCopy: Bool = false,
        isKeyMalformed: Bool = false,
        anchorSize: UInt64? = nil,
        absentParts: AbsentParts = .withheld,
        isStrict: Bool = false
    ) -> VerificationReport {
        guard size > 0 || note != nil || !known.isEmpty || !findings.of(.truncatedLastLine).isEmpty else {
            let nothing = Verdict(check: "FORMAT", result: .skipped, finding: "no-lines", message: "There is no line.")
            return VerificationReport(verdicts: [nothing], exitCode: 40)
        }
        var verdicts = [about]
        let form = findings.of(.malformedLine, .truncatedLastLine)
        let files = findings.of(
            .sumsMissing,
            .sumsMalformed,
            .sumsUnsigned,
            .sumsSignatureWrong,
            .fileAltered,
            .fileMissing,
            .fileUnlisted
        )
        verdicts += judge("FORMAT", form + files, count: size)
        verdicts += judge("LINKS", findings.of(.lineAltered, .linkBroken, .lineOfAnotherCase), count: linked)
        let made = contents.finish()
        let stated = (closingExport?.statement ?? .unstated).findings(made)
        let order =
            sequenceFindings + findings.of(.timeRunsBack, .positionRunsBack, .withheldMalformed) + stated.lines
        verdicts += judge("SEQUENCE", order, count: size - (findings.of(.malformedLine).first?.count ?? 0))
        if withheld.count > 0 {
            let message = "Lines of the case are left out of this copy, as it says: its reader may not know of them."
            verdicts.append(
                Verdict(
                    check: "SEQUENCE",
                    result: .notice,
                    finding: "lines-withheld",
                    count: withheld.count,
                    first: withheld.runs.first?.lowerBound,
                    message: message
                )
            )
        }
        let comparisons = known.map { comparison(with: $0) }
        if isKeyMalformed { verdicts.append(failure("key-malformed")) }
        let vouched = witnessVerdicts(logKey)
        verdicts += anchor(logKey, isKeyFromCopy: isKeyFromCopy) + comparisons + vouched.anchor
        verdicts += scope == .record ? tail(anchorSize) : caseTail()
        verdicts += vouched.tail
        let removal = removals.result
        verdicts += payloads(absentParts, removal, stated.parts)
        verdicts += authorVerdicts
        verdicts.append(Verdict(check: "POLICY REPLAY", result: .skipped, message: Self.notReplayed))
        verdicts += coverageVerdicts(removal)

        let contradictions = comparisons.count { $0.result == .failed }
        let failed = verdicts.count { $0.result == .failed }
        let exitCode: Int32 =
            if failed > contradictions {
                30
            } else if contradictions > 0 {
                20
            } else if verdicts.contains(where: { $0.finding.map(Self.leavesOpen.contains) ?? false }) {
                40
            } else if vouched.isShort {
                10
            } else if isStrict, withheld.count > 0 || (partsAbsent > 0 && (lookedAtParts || scope == .oneCase)) {
                11
            } else {
                0
            }
        return VerificationReport(verdicts: verdicts, exitCode: exitCode)
    }

    private static let notReplayed =
        "Not checked: what was decided rests on content. The daemon decides it again: accord audit replay."

    /// Findings that are no fault, and without which nothing can be said to have been verified.
    private static var leavesOpen: Set<String> {
        ["no-checkpoint", "known-not-comparable", "signers-unknown", "signers-older", "key-events-missing"]
    }

    /// What was looked at, so that a part of a record is never taken for the whole of it, nor the other way round.
    private var about: Verdict {
        let log = claim.map { " of \($0.origin)" } ?? ""
        switch scope {
        case .record:
            let message = "A whole record\(log), from its first line; places are those in the record."
            return Verdict(check: "SCOPE", result: .notice, finding: "whole-record", count: size, message: message)
        case .oneCase:
            let name = caseKey?.hex ?? "that no line names"
            let message =
                "One case\(log), stream \(name); places are those in the case. Of other cases it says nothing."
            return Verdict(check: "SCOPE", result: .notice, finding: "one-case", count: size, message: message)
        }
    }

    /// One verdict for each finding, or one that all was well.
    func judge(_ check: String, _ found: [Finding], count: UInt64) -> [Verdict] {
        guard !found.isEmpty else {
            return [Verdict(check: check, result: .passed, count: count, message: "\(count) lines looked at.")]
        }
        return found.map { finding in
            Verdict(
                check: check,
                result: .failed,
                finding: finding.word,
                count: finding.count,
                first: finding.first,
                message: Self.explanation(of: finding.word)
            )
        }
    }

    /// The copy's own checkpoint: who signed it, and whether the lines lead to its root.
    private func anchor(_ logKey: VerifierKey?, isKeyFromCopy: Bool) -> [Verdict] {
        guard let note else {
            let isOpen = known.isEmpty || scope == .oneCase
            let message =
                isOpen
                ? "There is no checkpoint: the lines agree with one another, which whoever rewrites them can see to."
                : "The copy has no checkpoint of its own."
            return [
                Verdict(check: "ANCHOR", result: .skipped, finding: isOpen ? "no-checkpoint" : nil, message: message)
            ]
        }
        guard let claim, let checkpoint = try? UnverifiedCheckpoint(parsing: note) else {
            return [failure("checkpoint-malformed")]
        }
        var verdicts: [Verdict] = []
        if let logKey {
            do throws(NoteFault) {
                _ = try checkpoint.verified(by: logKey)
            } catch {
                verdicts.append(failure(error.code == .badSignature ? "bad-signature" : "unknown-key"))
            }
        }
        let foreign = findings.of(.lineOfAnotherLog)
        if !foreign.isEmpty { verdicts += judge("ANCHOR", foreign, count: size) }
        verdicts += scope == .record ? rootVerdict(claim) : proofVerdicts(claim)
        if logKey == nil || isKeyFromCopy { verdicts += trust(in: claim) }
        return verdicts
    }

    /// Without a key from elsewhere, only a checkpoint from elsewhere says whose record this is.
    private func trust(in claim: Checkpoint) -> [Verdict] {
        let size =
            known.filter { roots[$0.size] == $0.root || $0 == claim || (scope == .oneCase && isJoined(to: $0) == true) }
            .map(\.size).max() ?? 0
        guard size < claim.size else { return [] }
        let what =
            size == 0
            ? "Internally consistent at best, trust not established: whoever made this copy could have made its key."
            : "Trust is established for \(size) lines by a checkpoint from elsewhere, and not for those that follow."
        let message = "\(what) Give the log's key, obtained elsewhere."
        return [Verdict(check: "ANCHOR", result: .notice, finding: "trust-not-established", message: message)]
    }

    private func rootVerdict(_ claim: Checkpoint) -> [Verdict] {
        if claim.size > size { return [failure("checkpoint-beyond-log", first: size)] }
        if roots[claim.size] != claim.root { return [failure("root-mismatch")] }
        let message = "The lines give the root of the checkpoint at \(claim.size)."
        return [Verdict(check: "ANCHOR", result: .passed, count: claim.size, message: message)]
    }

    private func proofVerdicts(_ claim: Checkpoint) -> [Verdict] {
        var found = findings.of(
            .lineBeyondCheckpoint,
            .proofMissing,
            .proofMalformed,
            .proofWrong,
            .proofOfAnotherCheckpoint
        )
        if unlistedProofs > 0 { found.append(Finding(word: "proof-unlisted", count: unlistedProofs, first: nil)) }
        guard found.isEmpty else { return judge("ANCHOR", found, count: 0) }
        let message = "The proof of each line leads to the root of the checkpoint at \(claim.size)."
        return [Verdict(check: "ANCHOR", result: .passed, count: size, message: message)]
    }

    /// A checkpoint that the reader holds.
    private func comparison(with kept: Checkpoint) -> Verdict {
        if let claim, claim.origin != kept.origin { return failure("known-of-another-log") }
        if scope == .oneCase {
            guard let isJoined = isJoined(to: kept) else {
                let message =
                    "A case is compared with a checkpoint of another size by a proof: get it (accord audit growth), or export the whole record."
                return Verdict(check: "ANCHOR", result: .skipped, finding: "known-not-comparable", message: message)
            }
            guard isJoined else { return failure("known-checkpoint-contradicted") }
        } else if kept.size > size {
            return failure("known-checkpoint-beyond-log", first: size)
        } else if roots[kept.size] != kept.root {
            return failure("known-checkpoint-contradicted")
        }
        let message = "It is the history of the checkpoint that you hold, at \(kept.size)."
        return Verdict(check: "ANCHOR", result: .passed, finding: nil, count: kept.size, message: message)
    }

    func failure(
        _ word: String,
        check: String = "ANCHOR",
        count: UInt64 = 1,
        first: UInt64? = nil
    ) -> Verdict {
        Verdict(
            check: check,
            result: .failed,
            finding: word,
            count: count,
            first: first,
            message: Self.explanation(of: word)
        )
    }

    private func tail(_ anchorSize: UInt64?) -> [Verdict] {
        if let anchorSize, anchorSize > size {
            return [failure("tail-shorter-than-anchor", check: "TAIL", count: anchorSize - size, first: size)]
        }
        if let claim, claim.size < size {
            let message = "No checkpoint covers the last lines; that more followed them cannot be seen here."
            return [
                Verdict(
                    check: "TAIL",
                    result: .notice,
                    finding: "tail-not-covered",
                    count: size - claim.size,
                    first: claim.size,
                    message: message
                )
            ]
        }
        guard anchorSize != nil else {
            let message = "That lines followed those of the checkpoint cannot be seen in a copy."
            return [Verdict(check: "TAIL", result: .skipped, message: message)]
        }
        return [Verdict(check: "TAIL", result: .passed, count: size, message: "All lines of the anchor are there.")]
    }

    /// An export is recorded as a line of the case, which its bundle ends with: what is cut off takes that line along.
    private func caseTail() -> [Verdict] {
        guard let closingExport else { return [failure("tail-cut", check: "TAIL")] }
        let left = withheld.count > 0 ? ", \(withheld.count) of them left out here" : ""
        let message = """
            The last line is an export of this case: at line \(closingExport.seq) of the record the case had exactly \
            \(closingExport.caseSeq + 1) lines\(left). That lines followed cannot be seen in a case's bundle.
            """
        let passed = Verdict(check: "TAIL", result: .passed, count: closingExport.caseSeq + 1, message: message)
        switch closingExport.statement {
        case .stated: return [passed]
        case .unread: return [failure("export-unread", check: "TAIL", first: closingExport.caseSeq)]
        case .unstated:
            let message =
                "The export does not state what was left out of it: that no more is than was then, this copy cannot show."
            return [passed, Verdict(check: "TAIL", result: .notice, finding: "export-unstated", message: message)]
        }
    }

    private func payloads(
        _ absentParts: AbsentParts,
        _ removal: RemovalCheck.Result,
        _ stated: [Finding]
    ) -> [Verdict] {
        let isLookedAt = lookedAtParts || scope == .oneCase || absentParts == .lost
        guard isLookedAt || !removal.unauthorised.isEmpty else {
            let message = "No parts are here: a whole record is copied with its commitments, not with its content."
            return [Verdict(check: "PAYLOADS", result: .skipped, message: message)]
        }
        var found = findings.of(.partAltered)
        if unlistedParts > 0 { found.append(Finding(word: "part-unlisted", count: unlistedParts, first: nil)) }
        found += stated
        let (faults, notices) = removed(found, absentParts, removal)
        guard faults.isEmpty else { return judge("PAYLOADS", faults, count: 0) + notices }
        let passed = Verdict(
            check: "PAYLOADS",
            result: .passed,
            count: partsGiven,
            message: "These parts are as listed."
        )
        return [passed] + notices
    }

    private var authorVerdicts: [Verdict] {
        let found =
            findings.of(
                .signatureWrong,
                .signatureByAnotherKey,
                .signatureForAnotherLog,
                .signatureReplayed,
                .signerNotEnrolled,
                .keyEventMalformed,
                .signerSawAnotherHistory,
                .signatureMissing
            ) + signatures.others
        return (found.isEmpty ? [] : judge("SIGNATURES", found, count: 0)) + signatures.verdicts(isSound: found.isEmpty)
    }

    private static func explanation(of word: String) -> String {
        switch word {
        case "malformed-line": "A line is not in the one form that lines have."
        case "truncated-last-line": "The last line is cut short, as by a crash."
        case "sums-missing": "The list of the bundle's digests is missing."
        case "sums-malformed": "The list of the bundle's digests is not in the one form that it has."
        case "sums-unsigned": "The log's signature over the list of digests is missing."
        case "sums-signature-wrong": "The list of digests is not one that the log signed: it was made anew."
        case "file-altered": "A file is not the one that the list of digests names."
        case "file-missing": "A file is missing that the list of digests names."
        case "file-unlisted": "A file is there that the list of digests does not name: it is not of this export."
        case "line-altered": "A line is not the one that the next line was appended to."
        case "link-broken": "A line does not follow the one before it in its case's stream."
        case "record-missing": "Lines are missing."
        case "line-said-withheld": "A line is here that is said to be left out."
        case "withheld-beyond-end": "Lines are said to be left out after the last line."
        case "withheld-malformed": "What says which lines are left out is not in the one form that it has."
        case "records-out-of-order": "Lines are not in their order."
        case "record-duplicated": "A line stands there twice."
        case "duplicate-sequence-fork": "Two different lines have the same number: a fork."
        case "time-runs-back": "A line is dated before the one that it follows."
        case "part-altered": "A part is not the one that its line lists."
        case "part-unlisted": "There is a part that no line lists."
        case "checkpoint-malformed": "The checkpoint is not a signed note of a log."
        case "key-malformed": "The key in the copy is not the public key of a log."
        case "unknown-key": "The checkpoint is not signed by the key that was given."
        case "bad-signature": "The signature of the checkpoint is wrong."
        case "checkpoint-beyond-log": "The copy ends before its checkpoint: lines were cut off."
        case "root-mismatch": "The lines do not give the root of the checkpoint: something was rewritten."
        case "known-checkpoint-beyond-log": "The copy ends before a checkpoint that you hold."
        case "known-checkpoint-contradicted": "The copy is another history than a checkpoint that you hold."
        case "line-of-another-log": "A line says that it is of another log than the checkpoint."
        case "line-of-another-case": "A line is of another case than the first one."
        case "position-runs-back": "A line lies in the record before the one that it follows in the case."
        case "line-beyond-checkpoint": "A line lies beyond the checkpoint, so that nobody has signed for it."
        case "proof-missing": "A line has no proof that it lies in the tree of the checkpoint."
        case "proof-malformed": "The proof of a line is not in the one form that proofs have."
        case "proof-wrong": "A line is not the one at its place in the tree of the checkpoint: something was rewritten."
        case "proof-of-another-checkpoint": "The proof of a line carries another checkpoint than the bundle."
        case "proof-unlisted": "There is a proof of a line that is not here."
        case "withheld-not-as-exported":
            "The lines that are left out are not those that the export left out: lines were taken out of this copy."
        case "parts-not-as-exported":
            "The parts that are here are not those that were exported: parts were taken out of this copy."
        case "parts-lost-at-export":
            "Parts that belong in this copy were missing from the record when it was exported, and no order says so."
        case "export-unread": "What the export states of this copy is not here, or is not in the one form that it has."
        case "tail-cut": "The last line is not the export that a case's bundle ends with: lines were cut off."
        case "part-lost": "A part that a line lists is gone, and no line says by whose order."
        case "purge-without-authority":
            "A purge was approved without an order or a review, or not by a second person with another duty."
        case "purge-notice-missing":
            "An agency that was given what was purged has not been told: its notice is not on the record."
        case "ground-missing":
            "A line rests on one that is not on the record: a reading on a release that was open, a release on what was given, a seal on its order, what follows a purge on the purge."
        case "deadline-missing": "A time ran out, and no line says so, nor that what was due was done."
        case "signature-wrong": "A line carries a signature that was made over something else."
        case "signature-by-another-key": "A line is signed by another key than its statement names."
        case "signature-for-another-log": "A line is signed for another deployment, or for another purpose."
        case "signature-replayed": "A signed statement stands in the record twice."
        case "signer-not-enrolled": "A line is signed by a key that was not its author's at the time."
        case "signer-saw-another-history":
            "The author of a line signed to have seen another history than this one: the record was rewritten since."
        case "signature-missing": "A line is not signed by its author, where a rule of policy asked for that."
        case "key-event-malformed": "An event that says who holds a key does not say it in the one form that it has."
        case "signers-malformed": "The file of allowed signers is not in the one form that it has."
        case "signers-differ": "The file of allowed signers is not what the record tells of keys."
        case "signers-contradicted": "The copy names keys, or times of keys, that the file which you hold does not."
        case "signature-file-altered": "A file that belongs to a signature is not what its line says."
        case "signature-file-missing": "The signed bytes of a line, or the signature, are not among the copy's files."
        case "signature-file-unlisted": "There is a file of a signature that no line has."
        case "known-of-another-log": "A checkpoint that you hold is of another log."
        case "witnessed-malformed": "The cosigned checkpoint that came along is not one of this log."
        case "witnessed-beyond-log": "The copy ends before a checkpoint that witnesses cosigned."
        case "witnessed-contradicted": "The copy is another history than a checkpoint that witnesses cosigned."
        case "bad-cosignature": "A line that bears the name of a witness is not that witness's."
        case "log-not-in-policy": "The policy that was given is for other logs."
        case "tail-shorter-than-anchor": "Lines that were stored durably are missing at the end."
        default: ""
        }
    }
}
