import Cryptography
import StrictJSON
import TransparencyLog

/// Two statements of one log that cannot both be true, with what was offered to join them: whoever has the log's key can
/// check it without us.
struct ForkEvidence {
    /// What happened, as far as the two tell.
    enum Kind: String {
        case rolledBack = "rolled-back"
        case forked = "forked"
        case rewritten = "rewritten"
        case replaced = "log-replaced"
        case unsigned = "signature-wrong"

        var sentence: String {
            switch self {
            case .rolledBack: "The record was rolled back: it is shorter than what was signed before."
            case .forked: "The record is forked: of one size there are two different histories."
            case .rewritten: "The record was rewritten or forked: it did not grow out of what was signed before."
            case .replaced: "Another log answers here than before: its name or its key is another."
            case .unsigned: "The checkpoint that is shown is not signed by the log's key."
            }
        }
    }

    let kind: Kind
    let kept: Pin
    /// The note that is shown now, as it came.
    let shown: String
    let shownKey: String
    let proof: [Digest]?

    /// Judges what a log shows to somebody who holds a checkpoint.
    ///
    /// - Returns: The new pin, or what is wrong.
    static func judge(
        kept: Pin,
        shown note: String,
        key: String,
        proof: [Digest]?
    ) -> Result<Pin, ForkEvidence.Alarm> {
        func alarm(_ kind: Kind) -> Result<Pin, Alarm> {
            .failure(Alarm(evidence: ForkEvidence(kind: kind, kept: kept, shown: note, shownKey: key, proof: proof)))
        }
        let bytes = Array(note.utf8)
        guard key == kept.keyText else { return alarm(.replaced) }
        if bytes == kept.note.encoded { return .success(kept) }
        guard let key = kept.key, let unverified = try? UnverifiedCheckpoint(parsing: bytes),
            let verified = try? unverified.verified(by: key)
        else { return alarm(.unsigned) }
        let (old, new) = (kept.checkpoint, verified.checkpoint)
        guard new.size >= old.size else { return alarm(.rolledBack) }
        guard new.size > old.size || new.root == old.root else { return alarm(.forked) }
        let isGrown = MerkleTree.verifiesGrowth(
            from: old.size,
            oldRoot: old.root,
            to: new.size,
            newRoot: new.root,
            path: new.size == old.size ? [] : proof ?? []
        )
        return isGrown ? .success(Pin(verified)) : alarm(.rewritten)
    }

    /// An alarm that is not kept in a file yet.
    struct Alarm: Error {
        let evidence: ForkEvidence
    }

    /// Both notes, the key, and the proof that failed.
    var json: JSONObject {
        var object: JSONObject = [
            "finding": .string(kind.rawValue), "kept": .string(String(decoding: kept.note.encoded, as: UTF8.self)),
            "keptKey": .string(kept.keyText), "shown": .string(shown), "shownKey": .string(shownKey),
            "seenAt": .integer(Clock.microseconds),
        ]
        if let proof { object["proof"] = .array(proof.map { .string($0.base64) }) }
        return object
    }

    /// Writes it into a folder, under a name that tells when and what.
    ///
    /// - Returns: The path.
    func write(into folder: String) throws(Failure) -> String {
        let path =
            "\(folder)/\(Clock.microseconds / 1_000_000)-\(kind.rawValue)-\(Digest.sha256(json.encoded).hex.prefix(8)).json"
        try StateHome.replace(path, with: json.encoded + [0x0A])
        return path
    }

    /// The alarm that a person or a program is told, with both checkpoints and where the evidence lies.
    ///
    /// A restore from a backup that the record tells of is named: it explains the alarm to whoever believes it, and ends it only
    /// when he says so.
    func failure(keptIn path: String?, _ restorations: [RestoredHistory] = []) -> Failure {
        let claim = (try? UnverifiedCheckpoint(parsing: Array(shown.utf8)))?.claim
        let now =
            claim.map { "\($0.size) lines, root \($0.root.base64), of \($0.origin)" }
            ?? (shown.isEmpty ? "nothing, before a key is proved" : "something that is no checkpoint")
        var message = """
            \(kind.sentence)
            You hold:  \(kept.text), of \(kept.checkpoint.origin)
            Shown now: \(now)
            """
        var ask = """
            Nothing that is shown now is to be believed. \(path.map { "The evidence is in \($0): keep it." } ?? "")
            Tell the oversight officer, and compare with others: accord audit pin show
            """
        if kind == .replaced {
            message += "\nKey then: \(kept.keyText)\nKey now:  \(shownKey)"
            ask += """

                Once oversight has confirmed the new key: accord audit pin import THEIR-PIN --replace; or --beside if that is a \
                second log of the name
                """
        }
        for restored in restorations {
            message += "\n" + restored.sentence(to: kept.checkpoint)
            ask += "\nOnce oversight has confirmed that restore: accord audit pin accept \(restored.index)"
        }
        return Failure(
            code: Failure.history,
            message: message,
            ask: ask,
            status: ExitStatus.history
        )
    }
}
