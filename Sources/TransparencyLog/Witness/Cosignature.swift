import Cryptography

/// A witness's statement that at a time a checkpoint was the largest consistent tree it had seen of that log (C2SP
/// tlog-cosignature v1).
///
/// Made by ``WitnessSigner`` or found by ``SignedNote/cosignatures(by:)``: one that exists is right.
public struct Cosignature: Hashable, Sendable {
    /// Whose it is.
    public let key: WitnessKey
    /// Seconds since the UNIX epoch, by the clock of the witness.
    public let time: UInt64
    private let signature: [UInt8]

    init(key: WitnessKey, time: UInt64, signature: [UInt8]) {
        self.key = key
        self.time = time
        self.signature = signature
    }

    /// Its line of the note: 8 bytes of time, big-endian, and the Ed25519 signature.
    public var line: NoteSignature {
        var seconds: [UInt8] = []
        seconds.append(bigEndian: time)
        return NoteSignature(name: key.name, keyID: key.keyID, signature: seconds + signature)
    }

    /// What is signed: a title, the time, and the whole text of the checkpoint.
    static func message(of text: [UInt8], at time: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n".utf8) + text
    }

    /// Reads a line of a note.
    ///
    /// - Throws: ``NoteFault`` with `badSignature` if the witness did not make it over this text.
    init(_ line: NoteSignature, over text: [UInt8], by key: WitnessKey) throws(NoteFault) {
        guard line.signature.count == 72 else { throw NoteFault(.badSignature) }
        let time = line.signature.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let signature = Array(line.signature.dropFirst(8))
        guard time <= MerkleTree.maximumSize,
            key.publicKey.verifies(signature: signature, message: Self.message(of: text, at: time))
        else { throw NoteFault(.badSignature) }
        self.init(key: key, time: time, signature: signature)
    }
}

extension SignedNote {
    /// The cosignatures that the note has by given witnesses.
    ///
    /// Lines of other keys are passed over, and one bad line of a given key spoils the note.
    ///
    /// - Throws: ``NoteFault`` with `badSignature`.
    public func cosignatures(by keys: [WitnessKey]) throws(NoteFault) -> [Cosignature] {
        var found: [Cosignature] = []
        for line in signatures {
            guard let key = keys.first(where: { line.isMade(by: $0) }) else { continue }
            found.append(try Cosignature(line, over: text, by: key))
        }
        return found
    }

    /// The note with more signature lines; a line of a key that it has already takes the place of the old one.
    ///
    /// - Returns: Nil if they are more than a note may have.
    public func adding(_ lines: [NoteSignature]) -> SignedNote? {
        var all = signatures
        for line in lines {
            if let place = all.firstIndex(where: { $0.isSameKey(as: line) }) {
                all[place] = line
            } else {
                all.append(line)
            }
        }
        return try? SignedNote(parsing: text + [0x0A] + NoteSignature.encoded(all))
    }

    /// Whether it has signature lines of others than these.
    public func hasLines(beside name: String) -> Bool {
        signatures.contains { !$0.name.utf8.elementsEqual(name.utf8) }
    }
}

extension NoteSignature {
    /// Lines as a witness answers with them (C2SP tlog-witness): nothing else, each with its LF.
    public static func encoded(_ lines: [NoteSignature]) -> [UInt8] { lines.flatMap(\.line) }

    /// Reads ``encoded(_:)``.
    ///
    /// - Throws: ``NoteFault`` with `signatureLine` unless it is 1 to 100 signature lines.
    public static func lines(parsing bytes: [UInt8]) throws(NoteFault) -> [NoteSignature] {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard bytes.count <= SignedNote.maximumBytes, bytes.last == 0x0A, lines.count > 1,
            lines.count <= SignedNote.maximumSignatures + 1, String(validating: bytes, as: UTF8.self) != nil
        else { throw NoteFault(.signatureLine) }
        var signatures: [NoteSignature] = []
        for line in lines.dropLast() { signatures.append(try NoteSignature(parsing: line)) }
        return signatures
    }

    /// Whether it states that a witness made it.
    func isMade(by key: WitnessKey) -> Bool {
        keyID == key.keyID && name.utf8.elementsEqual(key.name.utf8)
    }
}
