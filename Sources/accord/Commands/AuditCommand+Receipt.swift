import AccordInterface
import ArgumentParser
import Cryptography
import Dispatch
import StrictJSON
import TransparencyLog

extension AuditCommand {
    struct ReceiptCommand: Verb {
        static let configuration = CommandConfiguration(
            commandName: "receipt",
            abstract: "Check that what a receipt tells of is on the record still, as it was.",
            discussion: """
                A receipt is what an act printed with --json. The daemon has to prove that its line is there, unchanged, in the \
                record that you saw; with --offline a bundle or tlog-tiles are verified instead, and no daemon is asked. The bundle has \
                to hold the line. A receipt shows that its line was there if it carries a signed checkpoint that covers it.
                Exit status: 0 it is there; 20 the receipt's checkpoint is of another history; 30 the receipt was altered, or \
                its line is not there; 40 cannot be checked; else as of 'accord audit verify'.
                Example: accord entry add Alder "Two vans." --json > mine.receipt; accord audit receipt mine.receipt
                """
        )
        @Argument(help: ArgumentHelp("The receipt; - reads it from the standard input.", valueName: "file"))
        var file: String

        @Option(help: ArgumentHelp("A copy to look in, instead of the daemon's.", valueName: "file or folder"))
        var offline: String?

        @Option(
            help: ArgumentHelp("With --offline: the log's public key, obtained elsewhere.", valueName: "file or vkey"),
            completion: .file()
        )
        var vkey: String?

        @OptionGroup var common: CommonOptions

        func validate() throws {
            if vkey != nil, offline == nil { throw ValidationError("--vkey is for --offline.") }
        }

        func perform(on page: inout Page) throws {
            let bytes = try file == "-" ? Self.standardInput() : InputFile.read(file, atMost: Self.longest)
            guard let receipt = KeptReceipt(parsing: bytes) else {
                throw Failure.input("That is no receipt: it is one object, as an act prints it with --json.")
            }
            let report = try offline.map { try verify(receipt, in: $0) } ?? proved(receipt)
            let verdicts = report.verdicts.map(Verify.object)
            if common.json {
                page.json([
                    "exitCode": .integer(Int64(report.exitCode)), "verdicts": .array(verdicts.map { .object($0) }),
                ])
            } else {
                VerdictTable.show(verdicts, on: &page)
            }
            page.flush()
            if report.exitCode != 0 { throw ExitCode(report.exitCode) }
        }

        private static let longest = 1 << 16

        private static func standardInput() throws(Failure) -> [UInt8] {
            guard let bytes = InputFile.readAll(0, atMost: longest) else { throw .input("That is no receipt.") }
            return bytes
        }

        // MARK: With the daemon

        /// What the daemon proves, under the key and the checkpoint that this user pinned.
        private func proved(_ receipt: KeptReceipt) throws -> VerificationReport {
            guard let caseNumber = receipt.caseNumber, let position = receipt.position else {
                throw Failure.input(
                    "That receipt is of no case that you may look into: an export that holds its line shows it, with --offline."
                )
            }
            var connection = try Connection.open(common)
            // Makes a checkpoint that covers the line.
            _ = try connection.call(.Audit.getCheckpoint, [:])
            let place: JSONObject = ["case": .string(caseNumber), "position": .integer(Int64(clamping: position))]
            let reply = try connection.call(.Audit.proveInclusion, place)
            guard let key = try connection.logKey(common),
                let newest = try? UnverifiedCheckpoint(parsing: Array(reply.text("note").utf8)).verified(by: key)
            else {
                return .receipt(.failed, "unknown-key", "The daemon's checkpoint is not signed by the log's key.", 30)
            }
            do throws(KeptReceipt.Mismatch) {
                let index = try receipt.proved(by: reply, in: newest.checkpoint)
                guard let old = receipt.checkpoint else { return .found(at: index) }
                guard let held = try? old.verified(by: key) else {
                    return .unsigned
                }
                let growth: JSONObject = [
                    "from": .integer(Int64(clamping: held.checkpoint.size)),
                    "to": .integer(Int64(clamping: newest.checkpoint.size)),
                ]
                guard let path = (try? connection.call(.Audit.proveConsistency, growth)).flatMap(History.proof),
                    MerkleTree.verifiesGrowth(
                        from: held.checkpoint.size,
                        oldRoot: held.checkpoint.root,
                        to: newest.checkpoint.size,
                        newRoot: newest.checkpoint.root,
                        path: path
                    )
                else {
                    let message =
                        "The record did not grow out of the receipt's checkpoint. Keep it, and call oversight."
                    return .receipt(.failed, "known-checkpoint-contradicted", message, 20)
                }
                return .found(at: index)
            } catch {
                return .altered(error)
            }
        }

        // MARK: Without it

        /// What a copy holds, all of which is verified.
        private func verify(_ receipt: KeptReceipt, in path: String) throws -> VerificationReport {
            let key = try vkey.map { try Verify.logKey($0) }.map { try Verify.verifierKey($0) }
            if let key, let checkpoint = receipt.checkpoint, (try? checkpoint.verified(by: key)) == nil {
                return .unsigned
            }
            return try look(for: receipt, in: path, key, (receipt.checkpoint?.claim).map { [$0] } ?? [])
        }

        private func look(
            for receipt: KeptReceipt,
            in path: String,
            _ key: VerifierKey?,
            _ kept: [TransparencyLog.Checkpoint]
        ) throws -> VerificationReport {
            let copy = try OfflineCopy(path)
            // A case's bundle leads to the checkpoint at which it was made; one of another size cannot be compared with it.
            var isCase = false
            try copy.eachName(in: ["proofs"]) { _ in isCase = true }
            let report = try BundleVerification(key: key, known: isCase ? [] : kept).report(on: copy) {
                DispatchQueue.concurrentPerform(iterations: $0, execute: $1)
            }
            var found: [UInt8]?
            var first: [UInt8]?
            try copy.eachLine { line in
                if isCase, first == nil { first = Array(line) }
                if found == nil, Digest.leaf(Array(line)) == receipt.leaf { found = Array(line) }
            }
            func details(_ line: LogLine) -> Part? {
                line.statement.parts.lazy.compactMap { digest in
                    (try? copy.small("parts/\(digest.hex).json", atMost: Self.longest)) ?? nil
                }
                .compactMap { try? Part(parsing: $0) }.first { $0.name == "details" }
            }
            do throws(KeptReceipt.Mismatch) {
                guard let found else {
                    throw KeptReceipt.Mismatch(
                        finding: "no-such-line",
                        message: "No line of the copy is the receipt's."
                    )
                }
                let line = try receipt.line(in: found)
                let part = details(line)
                if let part { try receipt.named(by: part) }
                // A case begins with the line that gives it its number.
                let draft = first.flatMap { try? LogLine(parsing: $0) }.flatMap { $0.caseSeq == 0 ? details($0) : nil }
                let number = draft?.value.object?["number"]?.string
                if let number { try receipt.isOfCase(number) }
                let own = VerificationReport.found(at: line.seq)
                let isOpen = (receipt.caseNumber != nil && number == nil) || (receipt.item != nil && part == nil)
                return VerificationReport(
                    verdicts: own.verdicts + (isOpen ? [.namesNotCompared] : []) + report.verdicts,
                    exitCode: isOpen && report.exitCode == 0 ? 40 : report.exitCode
                )
            } catch {
                let own = VerificationReport.altered(error)
                return VerificationReport(verdicts: own.verdicts + report.verdicts, exitCode: own.exitCode)
            }
        }
    }
}

extension Verdict {
    /// What a line is called is content.
    fileprivate static let namesNotCompared = Verdict(
        check: "RECEIPT",
        result: .skipped,
        finding: "names-not-compared",
        message: """
            The number of the case, or of the item, stands in parts that this copy does not have: they were not compared. Hand in a \
            bundle of the case by somebody who is in it.
            """
    )
}

extension VerificationReport {
    fileprivate static func receipt(
        _ result: Verdict.Result,
        _ finding: String?,
        _ message: String,
        first: UInt64? = nil,
        _ exitCode: Int32
    ) -> VerificationReport {
        let verdict = Verdict(check: "RECEIPT", result: result, finding: finding, first: first, message: message)
        return VerificationReport(verdicts: [verdict], exitCode: exitCode)
    }

    fileprivate static func found(at index: UInt64) -> VerificationReport {
        receipt(.passed, nil, "Its line is on the record, as it was: line \(index).", first: index, 0)
    }

    fileprivate static var unsigned: VerificationReport {
        receipt(.failed, "bad-signature", "The receipt's checkpoint is not signed by the log's key.", 30)
    }

    fileprivate static func altered(_ error: KeptReceipt.Mismatch) -> VerificationReport {
        let message = "\(error.message) The receipt was altered, or the record is not the one that it was given for."
        return receipt(.failed, error.finding, message, 30)
    }
}

extension Connection {
    /// The key of the log: the pinned one, and where nothing is kept the one that the daemon names.
    fileprivate mutating func logKey(_ options: CommonOptions) throws(Failure) -> VerifierKey? {
        if let key = (try? PinStore(place: options.place).pin())??.key { return key }
        return try? VerifierKey(parsing: try call(.Audit.proveConsistency, History.question(nil)).text("logKey"))
    }
}
