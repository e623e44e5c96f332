import Cryptography
import StrictJSON
import TransparencyLog

/// A receipt that somebody kept, to be held against the record later.
struct KeptReceipt: Equatable {
    /// The number of the case; nil for the registry and for deconfliction.
    let caseNumber: String?
    let item: String?
    /// Within the case; nil where its author was told none.
    let position: UInt64?
    let leaf: Digest
    /// Microseconds since the UNIX epoch.
    let recordedAt: Int64
    /// The newest checkpoint when it was given, which need not cover the line.
    let checkpoint: UnverifiedCheckpoint?

    /// What a line has to be called of which a receipt does not tell.
    struct Mismatch: Error, Equatable {
        /// A stable code, such as `another-time`.
        let finding: String
        let message: String
    }

    /// Reads what `--json` printed, the receipt alone or with what was printed around it; nil if it is no receipt.
    ///
    /// What the interface does not name is refused: a receipt with more in it is not the daemon's.
    init?(parsing bytes: [UInt8]) {
        guard let whole = (try? JSONValue(parsing: bytes, limits: .wire))?.object else { return nil }
        let object = whole["receipt"]?.object ?? whole
        guard Set(object.keys).isSubset(of: Self.members), whole["receipt"] == nil || whole["error"] == nil,
            let leaf = object["leaf"]?.string.flatMap({ Digest(hex: $0) }),
            let place = object["position"]?.integer, place >= -1,
            let recordedAt = object["recordedAt"]?.integer, recordedAt >= 0,
            object["duplicate"]?.bool != nil
        else { return nil }
        var checkpoint: UnverifiedCheckpoint?
        if let note = object["checkpoint"]?.string {
            guard let found = try? UnverifiedCheckpoint(parsing: Array(note.utf8)) else { return nil }
            checkpoint = found
        } else if !Self.isAbsent(object["checkpoint"]) {
            return nil
        }
        for name in ["case", "item"] where object[name]?.string == nil {
            guard Self.isAbsent(object[name]) else { return nil }
        }
        caseNumber = object["case"]?.string
        item = object["item"]?.string
        position = UInt64(exactly: place)
        self.leaf = leaf
        self.recordedAt = recordedAt
        self.checkpoint = checkpoint
    }

    private static let members: Set<String> = [
        "case", "item", "position", "leaf", "recordedAt", "duplicate", "checkpoint",
    ]

    private static func isAbsent(_ value: JSONValue?) -> Bool { value == nil || value == .null }

    /// Finds that a line is the one that the receipt is of.
    ///
    /// - Returns: The line.
    /// - Throws: ``Mismatch`` where it is another, or says something else.
    func line(in bytes: [UInt8]) throws(Mismatch) -> LogLine {
        guard Digest.leaf(bytes) == leaf, let line = try? LogLine(parsing: bytes) else {
            throw Mismatch(finding: "another-line", message: "The line in its place is another one.")
        }
        guard position == nil || position == line.caseSeq else {
            throw Mismatch(
                finding: "another-place",
                message: "Its line stands at position \(line.caseSeq) of its case."
            )
        }
        guard recordedAt == line.recordedAt * 1_000 else {
            let time = UTCText.text(microseconds: line.recordedAt * 1_000, .milliseconds)
            throw Mismatch(finding: "another-time", message: "Its line was recorded at \(time).")
        }
        if let item, let letters = Self.letters(of: line.statement.kind),
            !letters.contains(String(item.prefix { $0 != "-" }))
        {
            throw Mismatch(finding: "another-item", message: "Its line is no \(item).")
        }
        return line
    }

    /// What items of a kind of line are called, before their numbers; nil where that is not told here.
    private static func letters(of kind: String) -> Set<String>? {
        if kind.hasPrefix("dissemination.permission_") { return ["R"] }
        return letters[String(kind.prefix { $0 != "." })]
    }

    /// By the first word of the kind.
    private static let letters: [String: Set<String>] = [
        "entry": ["E"], "dissemination": ["D"], "breakglass": ["D"], "legal": ["L"], "court_order": ["C"],
        "purge": ["P"], "rfi": ["Q"], "task": ["T"], "op": ["OP"], "evidence": ["EV"], "custody": ["K"],
        "subject": ["S"], "report": ["A"], "technique": ["TQ"], "decon": ["V", "I", "X", "U"],
    ]

    /// Finds that the first line of the case says that its number is the receipt's.
    ///
    /// - Throws: ``Mismatch`` where it does not.
    func isOfCase(_ number: String) throws(Mismatch) {
        guard number != caseNumber else { return }
        throw Mismatch(finding: "another-case", message: "Its line is of the case \(number).")
    }

    /// Finds that the line's own part names what the receipt says was made.
    ///
    /// - Throws: ``Mismatch`` where it does not.
    func named(by details: Part) throws(Mismatch) {
        guard let item else { return }
        let digits = item.drop { !$0.isNumber }
        let values = details.value.object?.members.map(\.value) ?? []
        guard values.contains(where: { $0.integer.map { "\(abs($0))" } == String(digits) || $0.string == item }) else {
            throw Mismatch(finding: "another-item", message: "Its line made something else than \(item).")
        }
    }

    /// Holds the receipt against what the daemon proves of its place.
    ///
    /// - Parameters:
    ///   - reply: of `Audit.ProveInclusion`.
    ///   - checkpoint: that the reply's note is, verified.
    /// - Returns: Where the line stands in the record.
    /// - Throws: ``Mismatch`` where the receipt, or the proof, is another's.
    func proved(by reply: JSONObject, in checkpoint: Checkpoint) throws(Mismatch) -> UInt64 {
        let bytes = Array(reply.text("line").utf8)
        let line = try line(in: bytes)
        let path = reply.texts("proof").compactMap { Digest(base64: $0) }
        guard line.statement.log == checkpoint.origin, reply["index"]?.integer == Int64(clamping: line.seq),
            path.count == reply.texts("proof").count,
            MerkleTree.verifiesInclusion(
                of: leaf,
                at: line.seq,
                in: checkpoint.size,
                root: checkpoint.root,
                path: path
            )
        else {
            throw Mismatch(
                finding: "not-included",
                message: "The daemon does not prove that its line is on the record."
            )
        }
        guard reply["case"]?.string == caseNumber else {
            throw Mismatch(finding: "another-case", message: "Its line is of another case.")
        }
        guard reply["item"]?.string.map({ $0 == item }) ?? true else {
            throw Mismatch(finding: "another-item", message: "Its line made something else than \(item ?? "nothing").")
        }
        return line.seq
    }
}
