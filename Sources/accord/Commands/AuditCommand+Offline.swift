import Dispatch
import StrictJSON
import TransparencyLog

extension AuditCommand.Verify {
    /// The exit status for a copy that could not be checked at all.
    static let cannotCheck: Int32 = 40

    /// Verifies a copy with what this program holds itself; no daemon is asked.
    func verify(copy path: String, on page: inout Page) throws -> Int64 {
        do {
            let key = try vkey.map { try Self.logKey($0) }.map { try Self.verifierKey($0) }
            let checkpoints = try known.map { try Self.checkpoint(Self.note($0), key: key) }
            let witnesses = try policy.map { try Self.witnessPolicy($0) }
            let verification = BundleVerification(
                key: key,
                known: checkpoints,
                isStrict: strict,
                policy: witnesses,
                signers: try signers.map { try Self.allowedSigners($0) },
                growth: try growth.map { try Self.growth($0) }
            )
            // All processors share what can be told of a line alone.
            let copy = try OfflineCopy(path)
            var report = try verification.report(on: copy) {
                DispatchQueue.concurrentPerform(iterations: $0, execute: $1)
            }
            if case .tiles(let tiles) = copy { report = try Self.report(report, with: tiles.differences()) }
            show(report, isKeyGiven: key != nil, on: &page)
            return Int64(report.exitCode)
        } catch is BundleVerification.NoLines {
            var failure = Failure.input("There is no \(BundleVerification.linesName) in \(path).", ask: Failure.copies)
            failure.status = Self.cannotCheck
            throw failure
        } catch var failure as Failure {
            failure.status = Self.cannotCheck
            throw failure
        }
    }

    /// Tiles hold each line once more, as hashes: these have to be the ones that the lines give.
    private static func report(
        _ report: VerificationReport,
        with differences: (count: UInt64, first: String?)
    ) -> VerificationReport {
        guard let first = differences.first else { return report }
        let verdict = Verdict(
            check: "FORMAT",
            result: .failed,
            finding: "tile-altered",
            count: differences.count,
            message: "Files of tlog-tiles are not the ones that the lines give; the first is \(first)."
        )
        return VerificationReport(verdicts: report.verdicts + [verdict], exitCode: 30)
    }

    private func show(_ report: VerificationReport, isKeyGiven: Bool, on page: inout Page) {
        let verdicts = report.verdicts.map(Self.object)
        guard !common.json else {
            return page.json([
                "exitCode": .integer(Int64(report.exitCode)), "verdicts": .array(verdicts.map { .object($0) }),
            ])
        }
        VerdictTable.show(verdicts, on: &page)
        page.line("\(Self.conclusion(of: report))")
    }

    /// One sentence that claims no more than was checked.
    static func conclusion(of report: VerificationReport) -> String {
        let isTrusted = !report.verdicts.contains { $0.finding == "trust-not-established" }
        return switch report.exitCode {
        case 0 where isTrusted, 11 where isTrusted:
            "Nothing was changed since the log signed this checkpoint. That everything was recorded is not shown."
        case 0, 11:
            "Internally consistent, trust not established: give the log's key, obtained elsewhere, with --vkey."
        case 10:
            "Nothing that was checked is wrong, and not enough of the policy's witnesses cosigned: the log's word alone."
        case 20: "This is another history than the one you hold a checkpoint of. Keep both, and call oversight."
        case 40: "It could not be checked whether this is what the log signed. Nothing that was checked is wrong."
        default: "INVALID: it was changed, or the record itself breaks its rules. The checks that failed say which."
        }
    }

    static func object(_ verdict: Verdict) -> JSONObject {
        var object: JSONObject = [
            "check": .string(verdict.check), "result": .string(verdict.result.rawValue),
            "count": .integer(Int64(clamping: verdict.count)), "message": .string(verdict.message),
        ]
        if let finding = verdict.finding { object["finding"] = .string(finding) }
        if let first = verdict.first { object["first"] = .integer(Int64(clamping: first)) }
        return object
    }

    /// A policy of witnesses that the user holds.
    private static func witnessPolicy(_ path: String) throws(Failure) -> WitnessPolicy {
        let bytes = try InputFile.read(path, atMost: WitnessPolicy.maximumBytes)
        do throws(WitnessPolicy.Fault) {
            return try WitnessPolicy(parsing: bytes)
        } catch {
            throw .input("\(path) is not a policy of witnesses: \(error)")
        }
    }

    /// A file of allowed signers that the user holds.
    private static func allowedSigners(_ path: String) throws(Failure) -> AllowedSigners {
        guard let signers = AllowedSigners(parsing: try InputFile.read(path, atMost: 1 << 20)) else {
            throw .input("\(path) is not a file of allowed signers as a bundle has it.")
        }
        return signers
    }

    /// A proof that one of two checkpoints grew out of the other.
    private static func growth(_ path: String) throws(Failure) -> WitnessRequest {
        let bytes = try InputFile.read(path, atMost: SignedNote.maximumBytes)
        do throws(NoteFault) {
            return try WitnessRequest(parsing: bytes)
        } catch {
            throw .input("\(path) is not a proof as 'accord audit growth' writes it: \(error).")
        }
    }

    static func verifierKey(_ text: String) throws(Failure) -> VerifierKey {
        do throws(NoteFault) {
            return try VerifierKey(parsing: text)
        } catch {
            throw .input("That is not a log's key: \(error).")
        }
    }

    /// A checkpoint that the user holds; with a key, it has to be signed by it.
    private static func checkpoint(_ note: String, key: VerifierKey?) throws(Failure) -> Checkpoint {
        do throws(NoteFault) {
            let checkpoint = try UnverifiedCheckpoint(parsing: Array(note.utf8))
            return try key.map { key throws(NoteFault) in try checkpoint.verified(by: key).checkpoint }
                ?? checkpoint.claim
        } catch {
            throw .input("A checkpoint given with --known cannot be used: \(error).")
        }
    }

    /// The text of a vkey: given itself, or in a file.
    static func logKey(_ argument: String) throws(Failure) -> String {
        if argument.contains("+"), argument.split(separator: "+").count >= 3 { return argument }
        guard let text = String(validating: try InputFile.read(argument, atMost: 4096), as: UTF8.self),
            let line = text.split(separator: "\n").first
        else { throw .input("\(argument) holds no vkey.") }
        return String(line)
    }
}
