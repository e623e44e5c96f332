import Cryptography
import TransparencyLog

/// The newest checkpoint of a log that this user's program verified, and the key that signed it.
///
/// Every command reads one, and most find that nothing is new: only what is new is worth the start of libcrypto, which
/// takes some milliseconds.
struct Pin: Equatable {
    /// The key as a C2SP vkey.
    let keyText: String
    let note: SignedNote
    let checkpoint: Checkpoint

    /// What the log's key signed.
    init(_ verified: VerifiedCheckpoint) {
        (keyText, note, checkpoint) = (verified.logKey.text, verified.note, verified.checkpoint)
    }

    /// Reads a pin that this program kept, and verified then; nil if it is none.
    init?(kept bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: 0x0A), let note = try? SignedNote(parsing: Array(bytes[(end + 1)...])),
            let checkpoint = try? Checkpoint(parsing: note.text)
        else { return nil }
        keyText = String(decoding: bytes[..<end], as: UTF8.self)
        (self.note, self.checkpoint) = (note, checkpoint)
    }

    /// The log's key; nil if the file was damaged there.
    var key: VerifierKey? { try? VerifierKey(parsing: keyText) }

    /// Reads a pin that somebody hands in.
    ///
    /// - Throws: A ``Failure`` unless the key in its first line signed the checkpoint that follows.
    init(parsing bytes: [UInt8]) throws(Failure) {
        guard let end = bytes.firstIndex(of: 0x0A) else {
            throw .input("That is no pin: a log's key and a checkpoint.")
        }
        do throws(NoteFault) {
            let key = try VerifierKey(parsing: String(decoding: bytes[..<end], as: UTF8.self))
            self.init(try UnverifiedCheckpoint(parsing: Array(bytes[(end + 1)...])).verified(by: key))
        } catch {
            throw .input("That is no pin: a log's key, and a checkpoint that it signed (\(error)).")
        }
    }

    /// The file: the key as a C2SP vkey on the first line, and the signed note.
    var encoded: [UInt8] { Array("\(keyText)\n".utf8) + note.encoded }

    /// The checkpoint in words.
    var text: String { "\(checkpoint.size) lines, root \(checkpoint.root.base64)" }
}
