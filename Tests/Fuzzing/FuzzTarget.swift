import Cryptography
import Foundation
import Policy
import StrictJSON
import TransparencyLog

@testable import Varlink

/// What reads bytes from outside, each with what must hold whatever the bytes are.
///
/// Beside that nothing crashes, hangs or takes much memory, which libFuzzer watches: what was read is written again, and is
/// the same; and where there is one spelling only, no other is read.
enum FuzzTarget: String, CaseIterable {
    /// JSON of a connection, of the record, and its canonical form (RFC 8785).
    case json
    /// A stream of Varlink messages, fed in pieces.
    case wire
    /// An interface in Varlink's language.
    case idl
    /// A line of the record, by both readers of it, and a part.
    case line
    /// A bundle as a tar file, verified.
    case bundle
    /// An SSHSIG in its armour, a public key, a file of allowed signers.
    case sshsig
    /// A signed note, a checkpoint, a witness's policy and request, a head anchor.
    case note
    /// An agency's policy as the daemon is sent it.
    case policy
    /// The control: a fault that only a fuzzer with eyes finds.
    case control

    func read(_ bytes: [UInt8]) {
        switch self {
        case .json: Self.readJSON(bytes)
        case .wire: Self.readWire(bytes)
        case .idl: Self.readInterface(bytes)
        case .line: Self.readLine(bytes)
        case .bundle: Self.readBundle(bytes)
        case .sshsig: Self.readSignature(bytes)
        case .note: Self.readNote(bytes)
        case .policy: Self.readPolicy(bytes)
        case .control: Self.readControl(bytes)
        }
    }

    private static func readJSON(_ bytes: [UInt8]) {
        if let value = try? JSONValue(parsing: bytes, limits: .wire) {
            let written = value.encoded
            guard let again = try? JSONValue(parsing: written, limits: .wire) else {
                fatalError("what was written is not read")
            }
            precondition(again.encoded == written, "what is read is written as another text")
        }
        guard let value = try? JSONValue(parsing: bytes, limits: .record) else { return }
        guard let canonical = try? value.canonical() else { fatalError("what the record reads has a canonical form") }
        guard let again = try? JSONValue(parsing: canonical, limits: .record), let twice = try? again.canonical() else {
            fatalError("the canonical form is not read")
        }
        precondition(twice == canonical, "the canonical form has another one")
        precondition(again == value, "the canonical form is another value")
    }

    /// The first byte says in pieces of which length the rest comes.
    private static func readWire(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let (whole, pieces) = (Int(first) + 1, [1, Int(first % 16) + 1])
        let said =
            pieces.map { told(Array(bytes.dropFirst()), inPiecesOf: $0) } + [
                told(Array(bytes.dropFirst()), inPiecesOf: whole)
            ]
        precondition(said.allSatisfy { $0 == said[0] }, "what a peer said follows from how it was cut")
    }

    /// What a server takes from a peer that sends these bytes, each call being answered.
    private static func told(_ bytes: [UInt8], inPiecesOf length: Int) -> [String] {
        var machine = ConnectionMachine(limits: ServerLimits())
        var told: [String] = []
        for start in stride(from: 0, to: bytes.count, by: length) {
            let piece = start..<min(start + length, bytes.count)
            unsafe bytes.withUnsafeBytes { unsafe machine.input.append(UnsafeRawBufferPointer(rebasing: $0[piece])) }
            reading: while true {
                switch machine.next() {
                case .call(let call, let number):
                    told.append("\(call.method) \(String(decoding: call.parameters.encoded, as: UTF8.self))")
                    _ = machine.answer(number, .final(call.parameters))
                    machine.output.removeAll()
                case .violation(let violation):
                    return told + ["\(violation)"]
                case .wait, .finished:
                    break reading
                }
            }
        }
        return told
    }

    private static func readInterface(_ bytes: [UInt8]) {
        guard let definition = try? InterfaceDefinition(String(decoding: bytes, as: UTF8.self)) else { return }
        for method in definition.methods { _ = definition.firstMismatch(of: [:], with: method.input) }
    }

    private static func readLine(_ bytes: [UInt8]) {
        let (seq, line) = (try? LineScan(bytes).seq, try? LogLine(parsing: bytes))
        precondition(seq == line?.seq, "one reader reads what the other refuses")
        if let line {
            precondition((try? line.encoded()) == bytes, "a line has two spellings")
        }
        if let part = try? Part(parsing: bytes) {
            precondition((try? part.encoded()) == bytes, "a part has two spellings")
        }
    }

    private static func readBundle(_ bytes: [UInt8]) {
        guard let files = TarFiles(bytes) else { return }
        for isStrict in [false, true] {
            let verification = BundleVerification(key: nil, known: [], isStrict: isStrict)
            _ = try? verification.report(on: files)
        }
    }

    private static func readSignature(_ bytes: [UInt8]) {
        if let signature = try? SSHSignature(armored: bytes) {
            precondition(
                (try? SSHSignature(armored: signature.armored))?.blob == signature.blob,
                "an armour changes a signature"
            )
            try? signature.verify(message: bytes, namespace: signature.namespace)
        }
        if let signature = try? SSHSignature(blob: bytes) {
            precondition(signature.blob == bytes, "a signature has two spellings")
        }
        if let key = try? SSHPublicKey(authorizedKey: String(decoding: bytes, as: UTF8.self)) {
            precondition(
                (try? SSHPublicKey(authorizedKey: key.authorizedKeyText)) == key,
                "a key is written as another one"
            )
            try? key.checkEnrolment()
        }
        if let signers = AllowedSigners(parsing: bytes) {
            precondition(AllowedSigners(parsing: signers.encoded) != nil, "a list of signers is not read again")
        }
    }

    private static func readNote(_ bytes: [UInt8]) {
        if let note = try? SignedNote(parsing: bytes) {
            precondition(note.encoded == bytes, "a note has two spellings")
            if let checkpoint = try? Checkpoint(parsing: note.text) {
                precondition(checkpoint.text == note.text, "a checkpoint has two spellings")
            }
        }
        if let request = try? WitnessRequest(parsing: bytes) {
            precondition(request.encoded == bytes, "a request has two spellings")
        }
        if let policy = try? WitnessPolicy(parsing: bytes) {
            precondition(!policy.isMet(by: []) || policy.quorum == nil)
        }
        _ = HeadAnchor.read(bytes)
        _ = WithheldLines(parsing: bytes)
        _ = InclusionProof(parsing: bytes)
    }

    private static func readPolicy(_ bytes: [UInt8]) {
        guard let object = (try? JSONValue(parsing: bytes, limits: .wire))?.object, let agency = AgencyID("MPD-VT")
        else { return }
        guard let bundle = try? JurisdictionForm.bundle(object, of: agency) else { return }
        guard let again = try? JurisdictionForm.bundle(bundle.json, of: agency) else {
            fatalError("a policy is not read again")
        }
        precondition(again.json == bundle.json, "a policy is read as another one")
    }

    private static func readControl(_ bytes: [UInt8]) {
        for (byte, wanted) in zip(bytes, "bug!".utf8) where byte != wanted { return }
        precondition(bytes.count < 4, "the fault of the control was found")
    }
}
