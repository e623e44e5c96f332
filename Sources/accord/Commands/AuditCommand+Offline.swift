import Cryptography
import StrictJSON
import TransparencyLog

extension AuditCommand.Verify {
    /// The exit status for a copy that could not be checked at all.
    static let cannotCheck: Int32 = 40

    /// Verifies a copy with what this program holds itself; no daemon is asked.
    func verify(copy path: String, on page: inout Page) throws -> Int64 {
        do {
            let copy = try OfflineCopy.read(path)
            let key = try vkey.map { try Self.logKey($0) }
            let notes = try known.map { try Self.note($0) }
            return try report(on: copy, key: key, known: notes, page: &page)
        } catch var failure as Failure {
            failure.status = Self.cannotCheck
            throw failure
        }
    }

    private func report(on copy: OfflineCopy, key: String?, known: [String], page: inout Page) throws(Failure) -> Int64
    {
        let key = try key.map { text throws(Failure) in try Self.verifierKey(text) }
        var checkpoints: [Checkpoint] = []
        for note in known { checkpoints.append(try Self.checkpoint(note, key: key)) }
        let files = try OfflineFiles(copy)
        let report = files.verify(known: checkpoints, key: key)
        let verdicts = report.verdicts.map(Self.object)
        if common.json {
            page.json(["exitCode": .integer(Int64(report.exitCode)), "verdicts": .array(verdicts.map { .object($0) })])
        } else {
            VerdictTable.show(verdicts, on: &page)
            if key == nil {
                page.line("Trust is not established: give the log's key, obtained elsewhere, with --vkey.")
            }
        }
        return Int64(report.exitCode)
    }

    private static func object(_ verdict: Verdict) -> JSONObject {
        var object: JSONObject = [
            "check": .string(verdict.check), "result": .string(verdict.result.rawValue),
            "count": .integer(Int64(clamping: verdict.count)), "message": .string(verdict.message),
        ]
        if let finding = verdict.finding { object["finding"] = .string(finding) }
        if let first = verdict.first { object["first"] = .integer(Int64(clamping: first)) }
        return object
    }

    private static func verifierKey(_ text: String) throws(Failure) -> VerifierKey {
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
    private static func logKey(_ argument: String) throws(Failure) -> String {
        if argument.contains("+"), argument.split(separator: "+").count >= 3 { return argument }
        guard let text = String(validating: try InputFile.read(argument, atMost: 4096), as: UTF8.self),
            let line = text.split(separator: "\n").first
        else { throw .input("\(argument) holds no vkey.") }
        return String(line)
    }
}

/// The files of a copy, by what they are for.
///
/// A key in the copy is no ground for trust: whoever could forge the copy could forge its key.
private struct OfflineFiles {
    private var lines: [UInt8] = []
    private var checkpoint: [UInt8]?
    private var key: VerifierKey?
    private var parts: [String: [UInt8]] = [:]

    /// Sorts the files of a copy.
    ///
    /// - Throws: ``Failure`` if it is a tar file that is none of ours, or has no lines.
    init(_ copy: OfflineCopy) throws(Failure) {
        var hasLines = false
        switch copy {
        case .lines(let bytes):
            lines = bytes
            hasLines = true
        case .files(let files):
            for (name, bytes) in files where take(name, bytes) { hasLines = true }
        case .tar(let bytes):
            do throws(TarFault) {
                var reader = TarReader(bytes)
                while let member = try reader.next() {
                    if take(member.name, Array(bytes[member.content])) { hasLines = true }
                }
            } catch {
                throw .input("This is not a bundle as it was exported: tar \(error.code.rawValue).")
            }
        }
        guard hasLines else { throw .input("There is no entries.jsonl in this bundle.") }
    }

    /// Keeps a file that is needed; true for the lines.
    private mutating func take(_ name: String, _ bytes: [UInt8]) -> Bool {
        if name == "entries.jsonl" {
            lines = bytes
            return true
        }
        if name == "checkpoint" {
            checkpoint = bytes
        } else if name == "log.vkey" {
            let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            key = try? VerifierKey(parsing: text)
        } else if name.hasPrefix("parts/") {
            parts[String(name.dropFirst(6))] = bytes
        }
        return false
    }

    /// Checks all of it.
    func verify(known: [Checkpoint], key trusted: VerifierKey?) -> VerificationReport {
        let size = checkpoint.flatMap { try? UnverifiedCheckpoint(parsing: $0).claim.size }
        var verifier = RecordVerifier(known: known, sizes: size.map { [$0] } ?? [])
        var unlisted = parts
        var start = lines.startIndex
        while let end = lines[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(lines[start...end])
            start = end + 1
            guard !parts.isEmpty, let listed = try? LineScan(line).parts else {
                verifier.feed(line: line, parts: nil)
                continue
            }
            let files = listed.compactMap { digest in
                let name = digest.hex + ".json"
                unlisted[name] = nil
                return parts[name]
            }
            verifier.feed(line: line, parts: files)
        }
        verifier.feedUnterminated(Array(lines[start...]))
        verifier.feedUnlistedParts(UInt64(unlisted.count))
        return verifier.finish(
            note: checkpoint,
            logKey: trusted ?? key,
            isKeyFromCopy: trusted == nil,
            anchorSize: nil
        )
    }
}
