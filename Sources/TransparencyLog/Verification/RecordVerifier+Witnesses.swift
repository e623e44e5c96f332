import Cryptography

/// Which lines witnesses vouch for, by whose policy (domain.md 6.10: ANCHOR and TAIL).
extension RecordVerifier {
    /// What is said of witnesses.
    struct WitnessVerdicts {
        var anchor: [Verdict] = []
        var tail: [Verdict] = []
        /// Whether a policy was given, and enough of its witnesses cosigned.
        var isShort = false
    }

    func witnessVerdicts(_ logKey: VerifierKey?) -> WitnessVerdicts {
        var verdicts = WitnessVerdicts()
        let wrong = faultOfWitnessed(logKey)
        if let wrong { verdicts.anchor.append(failure(wrong)) }
        guard let policy = witnesses.policy else {
            let notes = [note, witnesses.note].compactMap { $0.flatMap { try? UnverifiedCheckpoint(parsing: $0) } }
            guard notes.contains(where: { $0.note.hasLines(beside: $0.claim.origin) }) else { return verdicts }
            let message =
                "Witnesses signed beside the log. Give a policy, obtained elsewhere, that says whose word counts."
            verdicts.anchor.append(
                Verdict(check: "ANCHOR", result: .notice, finding: "witnesses-not-judged", message: message)
            )
            return verdicts
        }
        if let logKey, !policy.logs.isEmpty, !policy.logs.contains(logKey) {
            verdicts.anchor.append(failure("log-not-in-policy"))
        }
        let dependent = logKey.map { policy.dependent(on: $0).count } ?? 0
        if dependent > 0 {
            let message = "The key of a witness is the log's own: its word counts for nothing."
            verdicts.anchor.append(
                Verdict(
                    check: "ANCHOR",
                    result: .notice,
                    finding: "witness-not-independent",
                    count: UInt64(dependent),
                    message: message
                )
            )
        }
        var judged: [Witnessing] = []
        // The copy's own checkpoint covers more than an older one; what contradicts the copy vouches for nothing.
        for bytes in [note, wrong == nil ? witnesses.note : nil].compactMap(\.self) {
            guard let logKey, let verified = try? UnverifiedCheckpoint(parsing: bytes).verified(by: logKey) else {
                continue
            }
            do throws(NoteFault) {
                judged.append(try Witnessing(verified, by: policy))
            } catch {
                verdicts.anchor.append(failure("bad-cosignature"))
            }
        }
        let best = judged.first(where: \.isMet) ?? judged.max { $0.cosignatures.count < $1.cosignatures.count }
        let isMet = best?.isMet ?? (policy.quorum == nil)
        verdicts.isShort = !isMet
        let names = best?.cosignatures.map { cosignature in
            let witness = policy.witnesses.first { $0.key == cosignature.key }
            let groups = witness.map { policy.groups(of: $0) } ?? []
            let agency = groups.isEmpty ? "" : " (\(groups.joined(separator: ", ")))"
            return "\(witness?.name ?? cosignature.key.name)\(agency) at \(UTCSeconds.text(cosignature.time))"
        }
        let who = (names ?? []).isEmpty ? "no witness of the policy" : (names ?? []).joined(separator: ", ")
        let size = isMet ? best?.checkpoint.size ?? 0 : 0
        let covered = best.map { "The first \($0.checkpoint.size) lines of the record were cosigned by \(who)" }
        let message =
            isMet
            ? "\(covered ?? "The policy asks for no witness"): that is enough under the policy that was given."
            : "\(covered ?? "Nothing here was cosigned under the policy"): not enough under the policy that was given."
        verdicts.anchor.append(
            Verdict(
                check: "ANCHOR",
                result: isMet ? .passed : .notice,
                finding: isMet ? nil : "quorum-not-met",
                count: isMet ? size : UInt64(best?.cosignatures.count ?? 0),
                message: message
            )
        )
        if policy.quorum != nil { verdicts.tail += unwitnessedTail(after: size) }
        return verdicts
    }

    /// The lines that no witness vouches for.
    private func unwitnessedTail(after witnessed: UInt64) -> [Verdict] {
        var (count, first): (UInt64, UInt64?) = (size > witnessed ? size - witnessed : 0, witnessed)
        if scope == .oneCase, witnessed > 0 {
            (count, first) = witnessed == witnesses.claim?.size ? (beyondWitnessed, firstBeyondWitnessed) : (0, nil)
        }
        guard count > 0 else {
            let message = "Every line here is witnessed."
            return [Verdict(check: "TAIL", result: .passed, count: size, message: message)]
        }
        let message = "Lines that not enough witnesses cosigned yet: only the log's own word stands for them."
        return [
            Verdict(
                check: "TAIL",
                result: .notice,
                finding: "tail-not-witnessed",
                count: count,
                first: first,
                message: message
            )
        ]
    }

    /// What is wrong with the cosigned checkpoint that came along, whatever the policy.
    private func faultOfWitnessed(_ logKey: VerifierKey?) -> String? {
        guard let bytes = witnesses.note else { return nil }
        guard let unverified = try? UnverifiedCheckpoint(parsing: bytes) else { return "witnessed-malformed" }
        if let logKey, (try? unverified.verified(by: logKey)) == nil { return "witnessed-malformed" }
        let held = unverified.claim
        guard scope == .record else {
            guard let claim, let note, witnesses.joins(claim, note: note) else { return "witnessed-contradicted" }
            return nil
        }
        if held.size > size { return "witnessed-beyond-log" }
        return roots[held.size] == held.root ? nil : "witnessed-contradicted"
    }
}

/// A time in seconds as people write it: this room has no clock and no calendar but this one.
enum UTCSeconds {
    /// Such as `2031-03-03T10:00:00Z` (proleptic Gregorian); a bare number beyond the year 9999.
    static func text(_ seconds: UInt64) -> String {
        guard seconds < 253_402_300_800 else { return "\(seconds)" }
        let days = Int(seconds / 86_400)
        // Days are counted from 1 March of the year 0, so that the leap day is the last of its year.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let monthOfYear = month < 10 ? month + 3 : month - 9
        let year = yearOfEra + era * 400 + (monthOfYear <= 2 ? 1 : 0)
        let clock = Int(seconds % 86_400)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return
            "\(year)-\(two(monthOfYear))-\(two(day))T\(two(clock / 3_600)):\(two(clock / 60 % 60)):\(two(clock % 60))Z"
    }
}
