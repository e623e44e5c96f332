import Cryptography
import Dispatch
import Glibc
import StrictJSON
import TransparencyLog

/// The folder of a witness: its key, the logs that it follows, and of each the checkpoint that it cosigned last.
///
/// What is to be cosigned is stored first and signed then, under a lock (C2SP tlog-witness): no two processes can make the
/// witness sign two histories.
struct WitnessFolder {
    private let path: String
    private let signer: WitnessSigner

    /// What came of a request.
    struct Cosigned {
        /// With the cosignature.
        let checkpoint: VerifiedCheckpoint
        let cosignature: Cosignature
    }

    /// Makes the folder and the key of a witness.
    static func make(_ path: String, name: String) throws(Failure) -> WitnessKey {
        guard let privateKey = try? Ed25519PrivateKey.random(),
            let signer = WitnessSigner(name: name, privateKey: privateKey), let text = try? signer.text()
        else { throw .input("\(name) cannot be the name of a witness: no space, no +.") }
        let absolute = path.hasPrefix("/") ? path : "\(unsafe String(cString: getcwd(nil, 0)))/\(path)"
        try StateHome.makeFolder(absolute)
        guard unsafe access("\(path)/witness.key", F_OK) != 0 else {
            throw Failure(
                code: Failure.file,
                message: "There is a witness in \(path) already.",
                ask: "Name another folder: a key vouches for one witness, and never for two.",
                status: ExitStatus.cannotCreate
            )
        }
        try StateHome.replace("\(path)/witness.key", with: Array("\(text)\n".utf8))
        try StateHome.replace("\(path)/witness.vkey", with: Array("\(signer.key.text)\n".utf8))
        return signer.key
    }

    /// Opens the folder of a witness.
    init(_ path: String) throws(Failure) {
        self.path = path
        guard let bytes = try StateHome.read("\(path)/witness.key") else {
            throw Failure(
                code: Failure.key,
                message: "There is no witness in \(path).",
                ask: "Make one with: accord audit witness keygen",
                status: ExitStatus.noInput
            )
        }
        let text = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        guard let signer = try? WitnessSigner(parsing: text) else {
            throw Failure(code: Failure.key, message: "\(path)/witness.key is damaged.", status: ExitStatus.noInput)
        }
        self.signer = signer
    }

    private func file(_ origin: String, _ kind: String) -> String {
        "\(path)/\(Digest.sha256(Array(origin.utf8)).hex).\(kind)"
    }

    /// Follows a log from now on.
    func follow(_ key: VerifierKey) throws(Failure) {
        guard key.publicKey != signer.key.publicKey else { throw .input("That is the witness's own key.") }
        if let known = try? log(named: key.name) {
            guard known == key else {
                throw .input(
                    "The witness follows \(key.name) with another key.",
                    ask: "If the log's key was changed in the open, make a new folder."
                )
            }
            return
        }
        try StateHome.replace(file(key.name, "log"), with: Array("\(key.text)\n".utf8))
    }

    /// The key of a log that the witness follows, or of the only one.
    func log(named origin: String?) throws(Failure) -> VerifierKey {
        var keys: [VerifierKey] = []
        if let origin {
            keys = [try key(in: file(origin, "log"))].compactMap(\.self)
        } else if let stream = unsafe opendir(path) {
            defer { unsafe closedir(stream) }
            while let entry = unsafe readdir(stream) {
                let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name.hasSuffix(".log"), let key = try key(in: "\(path)/\(name)") { keys.append(key) }
            }
        }
        guard keys.count == 1, let key = keys.first else {
            throw .input(
                keys.isEmpty
                    ? "404: the witness does not follow \(origin ?? "any log")."
                    : "The witness follows several logs: cosign by file, with --request.",
                ask: keys.isEmpty ? "Give the log's key, obtained from elsewhere, with --vkey." : ""
            )
        }
        return key
    }

    private func key(in path: String) throws(Failure) -> VerifierKey? {
        guard let bytes = try StateHome.read(path) else { return nil }
        return try? VerifierKey(parsing: String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self))
    }

    /// What the witness cosigned last of a log; nil if nothing yet.
    func held(_ log: VerifierKey) throws(Failure) -> Pin? {
        let path = file(log.name, "checkpoint")
        guard let bytes = try StateHome.read(path) else { return nil }
        guard let verified = try? UnverifiedCheckpoint(parsing: bytes).verified(by: log) else {
            throw Failure(
                code: Failure.file,
                message: "\(path) is damaged: the witness does not know any more what it cosigned last.",
                ask: "Put its copy back; the daemon serves the newest one, too: accord audit checkpoint --witnessed",
                status: ExitStatus.noInput
            )
        }
        return Pin(verified)
    }
}

extension WitnessFolder {
    /// Answers a request as C2SP tlog-witness says.
    ///
    /// - Throws: A ``Failure`` with the reason; with status 20, after the evidence was kept, if the log equivocates.
    func cosign(request bytes: [UInt8]) throws(Failure) -> Cosigned {
        guard let request = try? WitnessRequest(parsing: bytes),
            let claim = try? Checkpoint(parsing: request.note.text)
        else { throw .input("400: that is no request to a witness.") }
        let log = try log(named: claim.origin)
        return try StateHome.locked(path) { () throws(Failure) in
            let held = try held(log)
            let verified: VerifiedCheckpoint
            do throws(WitnessRefusal) {
                verified = try request.judged(logKey: log, held: held?.checkpoint)
            } catch {
                throw refusal(error, held, request, log)
            }
            return try sign(verified, log)
        }
    }

    /// Cosigns the checkpoint of a whole record, after all of its lines were verified: what an auditor witness states.
    ///
    /// What it holds is never lowered: the lines have to join the checkpoint that it cosigned last with the new one, which covers as
    /// many or more.
    func cosign(replaying bundle: String) throws -> Cosigned {
        let copy = try OfflineCopy(bundle)
        guard let size = try copy.size(of: "checkpoint"), size <= SignedNote.maximumBytes,
            let unverified = try? UnverifiedCheckpoint(parsing: copy.read("checkpoint", 0..<size))
        else { throw Failure.input("\(bundle) is no export with a checkpoint.") }
        let log = try log(named: unverified.claim.origin)
        guard let verified = try? unverified.verified(by: log) else {
            throw Failure.input("403: the checkpoint is not signed by the log's key \(log.text).")
        }
        let (new, held) = (verified.checkpoint, try held(log))
        func alarm(_ kind: ForkEvidence.Kind, _ held: Pin) -> Failure {
            self.alarm(kind, held, String(decoding: unverified.note.encoded, as: UTF8.self), log, nil)
        }
        if let held {
            if new.size < held.checkpoint.size { throw alarm(.rolledBack, held) }
            if new.size == held.checkpoint.size, new.root != held.checkpoint.root { throw alarm(.forked, held) }
        }
        // Of the lines and not of a second reading of the file it is told that they lead to what is cosigned.
        let known = [held?.checkpoint, new].compactMap(\.self)
        let report = try BundleVerification(key: log, known: known).report(on: copy) {
            DispatchQueue.concurrentPerform(iterations: $0, execute: $1)
        }
        guard report.exitCode == 0, report.verdicts.contains(where: { $0.finding == "whole-record" }) else {
            let faults = report.verdicts.filter { $0.result == .failed }.map { "\($0.check): \($0.finding ?? "")" }
            if report.exitCode == 20, let held { throw alarm(.rewritten, held) }
            throw Failure.input(
                "The export does not verify as a whole record: \(faults.joined(separator: ", ")).",
                ask: "See what was found: accord audit verify --offline \(bundle)"
            )
        }
        return try StateHome.locked(path) { () throws(Failure) in
            guard try self.held(log) == held else { throw .input("409: the witness cosigned meanwhile. Try again.") }
            return try sign(verified, log)
        }
    }

    /// Stores, then signs; under the lock.
    private func sign(_ checkpoint: VerifiedCheckpoint, _ log: VerifierKey) throws(Failure) -> Cosigned {
        let file = file(log.name, "checkpoint")
        try StateHome.replace(file, with: checkpoint.note.encoded)
        // After a power cut, too, the witness knows of what left it.
        try StateHome.settle(path)
        let seconds = UInt64(max(0, Clock.microseconds)) / 1_000_000
        guard let cosignature = try? signer.cosign(checkpoint, at: seconds),
            let note = checkpoint.note.adding([cosignature.line]),
            let signed = try? UnverifiedCheckpoint(note).verified(by: log)
        else { throw Failure(code: Failure.key, message: "The witness could not sign.", status: ExitStatus.software) }
        try StateHome.replace(file, with: note.encoded)
        return Cosigned(checkpoint: signed, cosignature: cosignature)
    }

    private func refusal(
        _ refusal: WitnessRefusal,
        _ held: Pin?,
        _ request: WitnessRequest,
        _ log: VerifierKey
    ) -> Failure {
        let shown = String(decoding: request.note.encoded, as: UTF8.self)
        let claim = try? Checkpoint(parsing: request.note.text)
        switch refusal {
        case .unknownLog, .malformed: return .input("\(refusal.status): that is no request of a log that it follows.")
        case .notSigned: return .input("403: the checkpoint is not signed by the log's key \(log.text).")
        case .stale(let size):
            if let held, let claim, (try? UnverifiedCheckpoint(request.note).verified(by: log)) != nil {
                if claim.size == size, claim.root != held.checkpoint.root {
                    return alarm(.forked, held, shown, log, request.path)
                }
                if claim.size < size { return alarm(.rolledBack, held, shown, log, request.path) }
            }
            return .input(
                "409: the request is for a witness that holds \(request.old) lines; this one holds \(size).",
                ask: "Ask for another: accord audit witness request --from \(size) --output FILE"
            )
        case .inconsistent:
            guard let held else { return .input("422: the checkpoint is not one from which a witness can begin.") }
            let isFork = claim?.size == held.checkpoint.size
            return alarm(isFork ? .forked : .rewritten, held, shown, log, request.path)
        }
    }

    /// The alarm for a daemon whose record is shorter than what the witness holds.
    func rolledBack(_ log: VerifierKey, shown note: String) throws(Failure) -> Failure {
        guard let held = try held(log) else { return .input("The daemon gave no proof.") }
        return alarm(.rolledBack, held, note, log, nil)
    }

    private func alarm(
        _ kind: ForkEvidence.Kind,
        _ held: Pin,
        _ shown: String,
        _ log: VerifierKey,
        _ proof: [Digest]?
    ) -> Failure {
        let evidence = ForkEvidence(kind: kind, kept: held, shown: shown, shownKey: log.text, proof: proof)
        let folder = "\(path)/evidence"
        if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST { return evidence.failure(keptIn: nil) }
        return evidence.failure(keptIn: try? evidence.write(into: folder))
    }
}
