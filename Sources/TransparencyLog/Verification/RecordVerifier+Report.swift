extension RecordVerifier {
    /// Ends the verification.
    ///
    /// - Parameters:
    ///   - note: the signed checkpoint that came with the copy, as it came.
    ///   - logKey: the log's key.
    ///   - isKeyFromCopy: whether the key came with the copy. It shows then that the copy agrees with itself, but not
    ///     who made it: only a key from elsewhere does.
    ///   - anchorSize: how many lines were once stored durably, from the head anchor; nil where there is none.
    /// - Returns: What each check found.
    public mutating func finish(
        note: [UInt8]?,
        logKey: VerifierKey?,
        isKeyFromCopy: Bool = false,
        anchorSize: UInt64?
    ) -> VerificationReport {
        guard size > 0 || note != nil || !known.isEmpty || !findings.of(.truncatedLastLine).isEmpty else {
            let nothing = Verdict(check: "FORMAT", result: .skipped, finding: "no-lines", message: "There is no line.")
            return VerificationReport(verdicts: [nothing], exitCode: 40)
        }
        var verdicts = judge("FORMAT", findings.of(.malformedLine, .truncatedLastLine), count: size)
        verdicts += judge("LINKS", findings.of(.lineAltered, .linkBroken), count: linked)
        verdicts += judge("SEQUENCE", sequenceFindings + findings.of(.timeRunsBack), count: size)
        verdicts += anchor(note, logKey, isTrusted: !isKeyFromCopy)
        var contradictions: [Verdict] = []
        for kept in known {
            if let verdict = contradiction(to: kept) { contradictions.append(verdict) }
        }
        verdicts += contradictions
        verdicts += tail(anchorSize, covered: note.flatMap { try? UnverifiedCheckpoint(parsing: $0).claim.size })
        verdicts += payloads()
        for check in ["SIGNATURES", "POLICY REPLAY", "COVERAGE"] {
            verdicts.append(Verdict(check: check, result: .skipped, message: "Not checked in this version."))
        }

        let failed = verdicts.count { $0.result == .failed }
        let exitCode: Int32 =
            if failed > contradictions.count {
                30
            } else if !contradictions.isEmpty {
                20
            } else if verdicts.contains(where: { $0.finding == Self.notFollowed }) {
                40
            } else {
                0
            }
        return VerificationReport(verdicts: verdicts, exitCode: exitCode)
    }

    private static var notFollowed: String { "size-not-followed" }

    /// One verdict for each finding, or one that all was well.
    private func judge(_ check: String, _ found: [Finding], count: UInt64) -> [Verdict] {
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

    /// The copy's own checkpoint: who signed it, and whether the lines give its root.
    private func anchor(_ note: [UInt8]?, _ logKey: VerifierKey?, isTrusted: Bool) -> [Verdict] {
        guard let note else {
            return [Verdict(check: "ANCHOR", result: .skipped, message: "The copy has no checkpoint.")]
        }
        let checkpoint: UnverifiedCheckpoint
        do throws(NoteFault) {
            checkpoint = try UnverifiedCheckpoint(parsing: note)
        } catch {
            return [failure("checkpoint-malformed")]
        }
        var verdicts: [Verdict] = []
        if let logKey {
            do throws(NoteFault) {
                _ = try checkpoint.verified(by: logKey)
            } catch {
                let isForged = error.code == .badSignature
                verdicts.append(failure(isForged ? "bad-signature" : "unknown-key"))
            }
        }
        if logKey == nil || !isTrusted {
            let message = "Internally consistent at best, trust not established: no key from elsewhere was given."
            verdicts.append(
                Verdict(check: "ANCHOR", result: .notice, finding: "trust-not-established", message: message)
            )
        }
        let claim = checkpoint.claim
        if claim.size > size {
            verdicts.append(failure("checkpoint-beyond-log", first: size))
        } else if let root = claim.size == size ? root : roots[claim.size] {
            if root != claim.root {
                verdicts.append(failure("root-mismatch"))
            } else {
                let message = "The lines give the root of the checkpoint at \(claim.size)."
                verdicts.append(Verdict(check: "ANCHOR", result: .passed, count: claim.size, message: message))
            }
        } else {
            let message = "The root at the size of this checkpoint was not followed."
            verdicts.append(
                Verdict(check: "ANCHOR", result: .skipped, finding: Self.notFollowed, message: message)
            )
        }
        return verdicts
    }

    private func contradiction(to kept: Checkpoint) -> Verdict? {
        if kept.size > size { return failure("known-checkpoint-beyond-log", first: size) }
        return roots[kept.size] == kept.root ? nil : failure("known-checkpoint-contradicted")
    }

    private func failure(_ word: String, first: UInt64? = nil) -> Verdict {
        Verdict(
            check: "ANCHOR",
            result: .failed,
            finding: word,
            count: 1,
            first: first,
            message: Self.explanation(of: word)
        )
    }

    private func tail(_ anchorSize: UInt64?, covered: UInt64?) -> [Verdict] {
        if let anchorSize, anchorSize > size {
            let word = "tail-shorter-than-anchor"
            let message = Self.explanation(of: word)
            let count = anchorSize - size
            return [
                Verdict(check: "TAIL", result: .failed, finding: word, count: count, first: size, message: message)
            ]
        }
        if let covered, covered < size {
            let message = "No checkpoint covers the last lines; that more followed them cannot be seen here."
            return [
                Verdict(
                    check: "TAIL",
                    result: .notice,
                    finding: "tail-not-covered",
                    count: size - covered,
                    first: covered,
                    message: message
                )
            ]
        }
        guard anchorSize != nil else {
            let message = "No head anchor was given: that more lines followed cannot be seen here."
            return [Verdict(check: "TAIL", result: .skipped, message: message)]
        }
        return [Verdict(check: "TAIL", result: .passed, count: size, message: "All lines of the anchor are there.")]
    }

    private func payloads() -> [Verdict] {
        guard lookedAtParts else {
            return [Verdict(check: "PAYLOADS", result: .skipped, message: "No parts were given.")]
        }
        var altered = findings.of(.partAltered)
        if unlistedParts > 0 { altered.append(Finding(word: "part-unlisted", count: unlistedParts, first: nil)) }
        guard altered.isEmpty else { return judge("PAYLOADS", altered, count: 0) }
        var verdicts = [
            Verdict(check: "PAYLOADS", result: .passed, count: partsGiven, message: "These parts are as listed.")
        ]
        if partsAbsent > 0 {
            let message = "Parts that are not here: withheld from this reader, or destroyed."
            verdicts.append(
                Verdict(
                    check: "PAYLOADS",
                    result: .notice,
                    finding: "parts-absent",
                    count: partsAbsent,
                    message: message
                )
            )
        }
        return verdicts
    }

    private static func explanation(of word: String) -> String {
        switch word {
        case "malformed-line": "A line is not in the one form that lines have."
        case "truncated-last-line": "The last line is cut short, as by a crash."
        case "line-altered": "A line is not the one that the next line was appended to."
        case "link-broken": "A line does not follow the one before it in its case's stream."
        case "record-missing": "Lines are missing."
        case "records-out-of-order": "Lines are not in their order."
        case "record-duplicated": "A line stands there twice."
        case "duplicate-sequence-fork": "Two different lines have the same number: a fork."
        case "time-runs-back": "A line is dated before the one that it follows."
        case "part-altered": "A part is not the one that its line lists."
        case "part-unlisted": "There is a part that no line lists."
        case "checkpoint-malformed": "The checkpoint is not a signed note of a log."
        case "unknown-key": "The checkpoint is not signed by the key that was given."
        case "bad-signature": "The signature of the checkpoint is wrong."
        case "checkpoint-beyond-log": "The copy ends before its checkpoint: lines were cut off."
        case "root-mismatch": "The lines do not give the root of the checkpoint: something was rewritten."
        case "known-checkpoint-beyond-log": "The copy ends before a checkpoint that you hold."
        case "known-checkpoint-contradicted": "The copy is another history than a checkpoint that you hold."
        case "tail-shorter-than-anchor": "Lines that were stored durably are missing at the end."
        default: ""
        }
    }
}
