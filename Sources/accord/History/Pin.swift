import Cryptography
import TransparencyLog

/// The newest checkpoint of a log that this user's program verified, and the key that signed it.
struct Pin: Equatable {
    let key: VerifierKey
    let note: SignedNote
    let checkpoint: Checkpoint

    /// What the log's key signed.
    init(_ verified: VerifiedCheckpoint) {
        (key, note, checkpoint) = (verified.logKey, verified.note, verified.checkpoint)
    }

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
    var encoded: [UInt8] { Array("\(key.text)\n".utf8) + note.encoded }

    /// The checkpoint in words.
    var text: String { "\(checkpoint.size) lines, root \(checkpoint.root.base64)" }
}
