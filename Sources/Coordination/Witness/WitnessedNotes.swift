import Cryptography
import QueueRuntime
package import RecordStore
import Synchronization
package import TransparencyLog

#if canImport(Glibc)
import Glibc
#endif

/// The cosigned checkpoints of this log, in a folder beside the record: one note a file, named by its size.
///
/// Beside them lie those that witnesses were offered and not enough of them cosigned yet, so that all are offered the same one: a
/// checkpoint counts only if enough cosigned that one (C2SP tlog-policy), and the record grows while they take their turns.
///
/// The folder may be on another disk. What lies in it was signed by the log's key, so that a record that is shorter, or
/// another one, was put back or rewritten: see ``check(_:)``.
package final class WitnessedNotes: Sendable {
    /// The longest file that is read: a note with its cosignatures.
    private static let longest = 65_536
    private static let suffix = ".checkpoint"

    package let policy: WitnessPolicy?
    private let folder: String
    private let logKey: VerifierKey
    private let kept: Mutex<Kept>

    /// The notes by size, and what follows from them: judged once, for the sequencer asks often.
    private struct Kept {
        var notes: [UInt64: VerifiedCheckpoint]
        /// When the newest cosignature of each came, in seconds by this machine's clock.
        var arrivals: [UInt64: UInt64]
        var standings: [Standing] = []
        var witnessed: Witnessing?

        /// The size that enough witnesses cosigned; 0 if there is none.
        var met: UInt64 { witnessed.flatMap { $0.isMet ? $0.checkpoint.size : nil } ?? 0 }

        /// Whether a note waits for more witnesses, and has some already.
        func isOpen(_ size: UInt64, cosigned: Bool, beside log: String) -> Bool {
            size > met && notes[size]?.note.hasLines(beside: log) == cosigned
        }

        init(_ notes: [UInt64: VerifiedCheckpoint], _ arrivals: [UInt64: UInt64], _ policy: WitnessPolicy?) {
            self.notes = notes
            self.arrivals = arrivals
            guard let policy else { return }
            standings = WitnessedNotes.standings(notes, policy)
            witnessed = WitnessedNotes.witnessed(notes, policy)
        }
    }

    /// What came of a note that was handed in.
    package enum Addition: Hashable, Sendable {
        /// So many cosignatures were new.
        case added(Int)
        /// It is no signed checkpoint of this log.
        case notOfThisLog
        /// No witness of the policy cosigned it.
        case unknownWitness
        /// A line that bears a witness's name is not that witness's.
        case badCosignature
    }

    /// Where a witness stands.
    package struct Standing: Hashable, Sendable {
        package let name: String
        /// The groups that it is a member of: its agency.
        package let groups: [String]
        /// The newest that it cosigned; nil if it cosigned nothing yet.
        package let size: UInt64?
        /// When, in seconds, by its own clock.
        package let time: UInt64?
    }

    /// Reads the folder; none is no fault.
    ///
    /// - Throws: ``DaemonFault`` if it cannot be read, or if a file in it is not a checkpoint of this log.
    package init(folder: String, logKey: VerifierKey, policy: WitnessPolicy?) throws(DaemonFault) {
        self.folder = folder
        self.logKey = logKey
        self.policy = policy
        var found: [UInt64: VerifiedCheckpoint] = [:]
        var arrivals: [UInt64: UInt64] = [:]
        for name in try Self.names(in: folder) where name.hasSuffix(Self.suffix) {
            let checkpoint = try Self.read("\(folder)/\(name)", logKey)
            found[checkpoint.checkpoint.size] = checkpoint
            var status = stat()
            guard unsafe stat("\(folder)/\(name)", &status) == 0 else { continue }
            arrivals[checkpoint.checkpoint.size] = UInt64(clamping: status.st_mtim.tv_sec)
        }
        kept = Mutex(Kept(found, arrivals, policy))
    }

    /// Reads a file with a checkpoint of this log.
    ///
    /// - Throws: ``DaemonFault``.
    package static func read(_ path: String, _ logKey: VerifierKey) throws(DaemonFault) -> VerifiedCheckpoint {
        do {
            let bytes = try DurableFile.contents(of: path, limit: longest)
            return try UnverifiedCheckpoint(parsing: bytes).verified(by: logKey)
        } catch let fault as NoteFault {
            throw DaemonFault(
                .recordRefused,
                "\(path) is no checkpoint that this log's key signed (\(fault)).",
                advice:
                    "Nothing was changed. Either the file was damaged, or this is another log: compare the log's key."
            )
        } catch {
            throw DaemonFault(.storage, "\(path) cannot be read: \(error).", advice: "See who may read it.")
        }
    }

    private static func names(in folder: String) throws(DaemonFault) -> [String] {
        do {
            return try SystemCall.names(in: folder)
        } catch {
            if error.number == ENOENT { return [] }
            let reason = unsafe String(cString: strerror(error.number))
            throw DaemonFault(
                .storage,
                "The folder of witnessed checkpoints, \(folder), cannot be read: \(reason).",
                advice: "See who may read it; it is named with `witness.folder`."
            )
        }
    }
}

// MARK: - Starting

extension WitnessedNotes {
    /// Refuses a record that is not what was cosigned: one that was rolled back or rewritten.
    ///
    /// - Throws: ``DaemonFault`` with the sizes and the witness.
    package func check(_ record: SQLiteRecord, and others: [VerifiedCheckpoint] = []) throws(DaemonFault) {
        let all = kept.withLock { Array($0.notes.values) } + others
        for held in all.sorted(by: { $0.checkpoint.size > $1.checkpoint.size }) {
            let (size, root) = (held.checkpoint.size, held.checkpoint.root)
            let found: Digest?
            do throws(RecordFault) {
                found = try record.root(of: size)
            } catch {
                throw DaemonFault(.recordRefused, error.message, advice: Self.advice)
            }
            guard let found else {
                throw DaemonFault(
                    .recordRefused,
                    "The record has \(record.head.size) lines, and \(holder(of: held)) holds a signed checkpoint over "
                        + "\(size): it was rolled back, and \(size - record.head.size) lines are missing.",
                    advice: Self.advice
                )
            }
            guard found == root else {
                throw DaemonFault(
                    .recordRefused,
                    "The record is not the one of which \(holder(of: held)) holds a signed checkpoint over \(size) lines: "
                        + "it was rewritten.",
                    advice: Self.advice
                )
            }
        }
    }

    private static let advice =
        "Nothing was changed. Keep the folder as it is, put back the newest copy of the record, and tell oversight and "
        + "the agencies."

    /// Whose word a checkpoint is, beside the log's.
    private func holder(of held: VerifiedCheckpoint) -> String {
        let names = held.note.signatures.map(\.name).filter { $0 != logKey.name }
        return names.isEmpty ? "a file of this log" : "witness \(names.joined(separator: ", "))"
    }
}

// MARK: - Restoring

extension WitnessedNotes {
    /// All of them.
    var all: [VerifiedCheckpoint] { kept.withLock { Array($0.notes.values) } }

    /// Puts the checkpoints over more lines aside under another name: the record's next line names them as lost.
    ///
    /// - Returns: The files.
    func putAside(beyond size: UInt64) throws(SystemFault) -> [String] {
        var files: [String] = []
        for lost in kept.withLock({ $0.notes.keys.filter { $0 > size }.sorted() }) {
            let file = path(of: lost) + ".lost"
            try DurableFile.move(path(of: lost), to: file)
            files.append(file)
        }
        return files
    }
}

// MARK: - Serving

extension WitnessedNotes {
    /// Takes the cosignatures of a note, if it is one that this log signed.
    ///
    /// - Parameters:
    ///   - bytes: the note.
    ///   - record: what it has to be of.
    ///   - now: seconds since the UNIX epoch.
    /// - Returns: What came of it.
    /// - Throws: `SystemFault` if they cannot be stored.
    package func add(_ bytes: [UInt8], to record: SQLiteRecord, at now: UInt64) throws -> Addition {
        guard let policy else { return .unknownWitness }
        guard let verified = try? UnverifiedCheckpoint(parsing: bytes).verified(by: logKey),
            try record.root(of: verified.checkpoint.size) == verified.checkpoint.root
        else { return .notOfThisLog }
        let witnessing: Witnessing
        do throws(NoteFault) {
            witnessing = try Witnessing(verified, by: policy)
        } catch {
            return .badCosignature
        }
        guard !witnessing.cosignatures.isEmpty else { return .unknownWitness }
        return try kept.withLock { kept in
            let size = verified.checkpoint.size
            let held = try Self.only(verified.note.signatures.filter { $0.name == logKey.name }, of: verified, logKey)
            let before = kept.notes[size] ?? held
            let known = try before.note.cosignatures(by: policy.witnesses.map(\.key))
            let new = witnessing.cosignatures.filter { mine in !known.contains { $0.key == mine.key } }
            guard !new.isEmpty, let note = before.note.adding(new.map(\.line)) else { return .added(0) }
            let after = try UnverifiedCheckpoint(note).verified(by: logKey)
            try makeFolder()
            try DurableFile.replace(path(of: size), with: note.encoded, mode: 0o600)
            var notes = kept.notes
            notes[size] = after
            var arrivals = kept.arrivals
            arrivals[size] = now
            kept = Kept(notes, arrivals, policy)
            prune(&kept)
            return .added(new.count)
        }
    }

    /// So many seconds a witness that cosigned a checkpoint waits for the others before it is offered a newer one.
    private static let patience: UInt64 = 3_600

    /// The checkpoint that a witness is to cosign next: the newest that others cosigned or were offered, as long as they are too few.
    ///
    /// - Parameters:
    ///   - old: the size that the witness cosigned last; it cosigns nothing smaller.
    ///   - newest: of the log.
    ///   - now: seconds since the UNIX epoch.
    /// - Returns: Its note, with the cosignatures that it has.
    /// - Throws: If it cannot be kept for the witnesses that come next.
    package func offer(from old: UInt64, _ newest: StoredCheckpoint, at now: UInt64) throws -> [UInt8] {
        guard policy?.quorum != nil else { return note(at: newest.size)?.encoded ?? Array(newest.note.utf8) }
        return try kept.withLock { kept in
            for isCosigned in [true, false] {
                let open = kept.notes.keys.filter {
                    $0 > old && kept.isOpen($0, cosigned: isCosigned, beside: logKey.name)
                }
                if let size = open.max(), let offered = kept.notes[size] { return offered.note.encoded }
            }
            if kept.isOpen(old, cosigned: true, beside: logKey.name), let offered = kept.notes[old],
                now < (kept.arrivals[old] ?? 0) + Self.patience
            {
                return offered.note.encoded
            }
            if let offered = kept.notes[newest.size] { return offered.note.encoded }
            let verified = try UnverifiedCheckpoint(parsing: Array(newest.note.utf8)).verified(by: logKey)
            try makeFolder()
            try DurableFile.replace(path(of: newest.size), with: verified.note.encoded, mode: 0o600)
            kept.notes[newest.size] = verified
            kept.arrivals[newest.size] = now
            prune(&kept)
            return verified.note.encoded
        }
    }

    /// The checkpoint with some of its signature lines.
    private static func only(
        _ lines: [NoteSignature],
        of checkpoint: VerifiedCheckpoint,
        _ logKey: VerifierKey
    ) throws -> VerifiedCheckpoint {
        let bytes = checkpoint.note.text + [0x0A] + NoteSignature.encoded(lines)
        return try UnverifiedCheckpoint(parsing: bytes).verified(by: logKey)
    }

    /// So many that wait for more witnesses are kept, newest first, of those that have some and of those that have none.
    private static let mostOpen = 64

    /// Keeps the newest note of each witness, the newest that enough of them cosigned, and newer ones that wait for more.
    private func prune(_ kept: inout Kept) {
        var sizes = Set(kept.standings.compactMap(\.size))
        if let size = kept.witnessed?.checkpoint.size { sizes.insert(size) }
        for isCosigned in [true, false] {
            let open = kept.notes.keys.filter { kept.isOpen($0, cosigned: isCosigned, beside: logKey.name) }
            sizes.formUnion(open.sorted(by: >).prefix(Self.mostOpen))
        }
        for size in kept.notes.keys where !sizes.contains(size) {
            kept.notes[size] = nil
            kept.arrivals[size] = nil
            // One that stays is read again at the next start, and says nothing wrong.
            _ = unsafe unlink(path(of: size))
        }
    }

    private func path(of size: UInt64) -> String { "\(folder)/\(size)\(Self.suffix)" }

    private func makeFolder() throws(SystemFault) {
        guard unsafe mkdir(folder, 0o700) != 0, errno != EEXIST else { return }
        throw SystemFault("mkdir", number: errno, path: folder)
    }

    /// Where each witness of the policy stands.
    package var standings: [Standing] { kept.withLock { $0.standings } }

    private static func standings(_ notes: [UInt64: VerifiedCheckpoint], _ policy: WitnessPolicy) -> [Standing] {
        policy.witnesses.map { witness in
            let newest = notes.sorted { $0.key > $1.key }.lazy
                .compactMap { (size, note) in
                    ((try? note.note.cosignatures(by: [witness.key])) ?? []).first.map { (size, $0.time) }
                }
                .first
            return Standing(
                name: witness.name,
                groups: policy.groups(of: witness),
                size: newest?.0,
                time: newest?.1
            )
        }
    }

    /// The newest checkpoint that enough witnesses cosigned; if there is none, the newest that any did.
    package var witnessed: Witnessing? { kept.withLock { $0.witnessed } }

    /// When ``witnessed`` was cosigned last, in seconds since the UNIX epoch; nil if it never was.
    ///
    /// Not later than its cosignature came: a witness's clock may run ahead.
    package var witnessedAt: UInt64? {
        kept.withLock { kept in
            kept.witnessed.flatMap { witnessed in
                witnessed.cosignatures.map(\.time).max().map { min($0, kept.arrivals[witnessed.checkpoint.size] ?? $0) }
            }
        }
    }

    private static func witnessed(_ notes: [UInt64: VerifiedCheckpoint], _ policy: WitnessPolicy) -> Witnessing? {
        let judged = notes.values.compactMap { try? Witnessing($0, by: policy) }.filter { !$0.cosignatures.isEmpty }
            .sorted { $0.checkpoint.size > $1.checkpoint.size }
        return judged.first(where: \.isMet) ?? judged.first
    }

    /// The note over so many lines with the cosignatures that it has; nil if it has none.
    package func note(at size: UInt64) -> SignedNote? { kept.withLock { $0.notes[size]?.note } }
}
