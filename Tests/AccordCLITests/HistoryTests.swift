import Cryptography
import Glibc
import StrictJSON
import Testing
import TransparencyLog

@testable import accord

/// What a user saw last, and what is compared with it.
struct HistoryTests {
    private static let leaves = (0..<40).map { Digest.leaf(Array("line \($0)".utf8)) }

    private static func root(_ size: Int, _ other: Int? = nil) -> Digest {
        var leaves = Array(leaves.prefix(size))
        if let other { leaves[other] = .zero }
        return MerkleTree.root(of: leaves)
    }

    private static func signer(_ number: UInt8 = 1, _ origin: String = "log.example.net/1") throws -> NoteSigner {
        let key = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: number, count: 32)))
        return try #require(NoteSigner(name: origin, privateKey: key))
    }

    private static func pin(_ size: Int, _ other: Int? = nil, by signer: NoteSigner? = nil) throws -> Pin {
        let signer = try signer ?? Self.signer()
        let checkpoint = Checkpoint(origin: signer.verifierKey.name, size: UInt64(size), root: root(size, other))
        let note = try #require(try checkpoint?.signed(by: signer))
        return Pin(try UnverifiedCheckpoint(note).verified(by: signer.verifierKey))
    }

    private static func proof(_ old: Int, _ new: Int) -> [Digest]? {
        MerkleTree.consistencyProof(from: UInt64(old), to: UInt64(new)) { node in
            let width = 1 << node.height
            return MerkleTree.root(of: Array(leaves[Int(node.index) * width..<(Int(node.index) + 1) * width]))
        }
    }

    private static func note(_ pin: Pin) -> String { String(decoding: pin.note.encoded, as: UTF8.self) }

    /// The finding; nil if all is well.
    private static func finding(_ kept: Pin, _ shown: Pin, key: String? = nil, proof: [Digest]?) -> String? {
        switch ForkEvidence.judge(kept: kept, shown: note(shown), key: key ?? shown.keyText, proof: proof) {
        case .success: nil
        case .failure(let alarm): alarm.evidence.kind.rawValue
        }
    }

    @Test func `a record that grew is taken with its proof, and not without`() throws {
        let (old, new) = try (Self.pin(7), Self.pin(30))
        #expect(Self.finding(old, new, proof: Self.proof(7, 30)) == nil)
        #expect(Self.finding(old, old, proof: nil) == nil)
        #expect(Self.finding(old, new, proof: nil) == "rewritten")
        #expect(Self.finding(old, new, proof: Self.proof(8, 30)) == "rewritten")
    }

    @Test func `each way to show another past has its own word`() throws {
        let kept = try Self.pin(30)
        #expect(Self.finding(kept, try Self.pin(29), proof: nil) == "rolled-back")
        #expect(Self.finding(kept, try Self.pin(30, 4), proof: []) == "forked")
        #expect(Self.finding(kept, try Self.pin(31, 4), proof: Self.proof(30, 31)) == "rewritten")
        #expect(Self.finding(kept, try Self.pin(31, by: Self.signer(2)), proof: Self.proof(30, 31)) == "log-replaced")
        let renamed = try Self.signer(1, "log.example.net/2")
        #expect(Self.finding(kept, try Self.pin(31, by: renamed), proof: Self.proof(30, 31)) == "log-replaced")
        let forged = try Self.pin(31, by: Self.signer(2))
        #expect(Self.finding(kept, forged, key: kept.keyText, proof: Self.proof(30, 31)) == "signature-wrong")
    }

    @Test func `an alarm names both checkpoints and keeps both notes with the proof`() throws {
        let (kept, shown) = try (Self.pin(30), Self.pin(31, 4))
        let proof = Self.proof(30, 31)
        guard
            case .failure(let alarm) = ForkEvidence.judge(
                kept: kept,
                shown: Self.note(shown),
                key: kept.keyText,
                proof: proof
            )
        else { throw Unexpected() }
        let folder = "/tmp/accord-evidence-\(getpid())"
        try StateHome.makeFolder(folder)
        let path = try alarm.evidence.write(into: folder)
        let object = try JSONValue(parsing: try InputFile.read(path, atMost: 65_536), limits: .wire).object
        #expect(object?["kept"]?.string == Self.note(kept))
        #expect(object?["shown"]?.string == Self.note(shown))
        #expect(object?["proof"]?.array?.count == proof?.count)
        let failure = alarm.evidence.failure(keptIn: path)
        #expect(failure.status == 20)
        for word in ["30 lines", "31 lines", kept.checkpoint.root.base64, shown.checkpoint.root.base64] {
            #expect(failure.message.contains(word), "\(word)")
        }
        #expect(failure.ask.contains(path))
        #expect(failure.lines.first.map { "\($0)".contains("ALARM") } == true)
    }

    private struct Unexpected: Error {}

    @Test func `a pin is kept for this user alone, and only in place of the one that it grew out of`() throws {
        let folder = "/tmp/accord-pins-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        let store = PinStore(folder: folder, socket: "/run/a.sock")
        #expect(try store.pin() == nil)
        let (first, second, third) = try (Self.pin(7), Self.pin(20), Self.pin(30))
        try store.keep(first, after: nil)
        #expect(try store.pin() == first)
        try store.keep(third, after: first)
        // Another process, which proved its pin against the first one, was slower.
        try store.keep(second, after: first)
        #expect(try store.pin() == third)
        #expect(try store.origin() == "log.example.net/1")
        #expect(try PinStore(folder: folder, socket: "/run/b.sock").pin() == nil)
        #expect(try PinStore(folder: folder, socket: "/run/b.sock").origin() == nil)
        #expect(try store.all() == [third])
        var status = stat()
        let file = "\(folder)/pins/\(Digest.sha256(Array(third.keyText.utf8)).hex)"
        #expect(unsafe stat(file, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        // A damaged one is said to be so, and not taken for a first contact.
        try StateHome.replace(file, with: Array("nothing".utf8))
        let failure = #expect(throws: Failure.self) { try store.pin() }
        #expect(failure?.message.contains("damaged") == true)
        // Nor is a key proved to whoever answers then.
        #expect(throws: Failure.self) { try store.origin() }
    }

    @Test func `a log of a known name with another key took its place, whatever host and socket are`() throws {
        let folder = "/tmp/accord-pins-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        let (store, elsewhere) = (PinStore(folder: folder, socket: "/a"), PinStore(folder: folder, socket: "/b"))
        let pin = try Self.pin(7)
        try store.keep(pin, after: nil)
        let (other, stranger) = try (
            Self.pin(9, by: Self.signer(2)), Self.pin(9, by: Self.signer(2, "log.example.net/2"))
        )
        #expect(try store.contradicted(by: pin.keyText) == nil)
        #expect(try elsewhere.contradicted(by: pin.keyText) == nil)
        #expect(try elsewhere.contradicted(by: other.keyText) == pin)
        #expect(try elsewhere.contradicted(by: "log.example.net/1") == pin)
        #expect(try elsewhere.contradicted(by: stranger.keyText) == nil)
        #expect(try store.contradicted(by: stranger.keyText) == pin)
        // Kept beside it, both are known; in place of it, the old one is what contradicts.
        try elsewhere.keep(other, after: nil)
        #expect(try elsewhere.contradicted(by: other.keyText) == nil)
        #expect(try store.contradicted(by: pin.keyText) == nil)
        try store.forget(pin)
        #expect(try store.pin() == nil)
        #expect(try store.contradicted(by: pin.keyText) == other)
    }

    @Test func `a name stands for the case that it stood for when something was signed for it before`() throws {
        let folder = "/tmp/accord-cases-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        let store = PinStore(folder: folder, socket: "/run/accord.sock")
        #expect(try store.keeps(case: "Alder", as: "01", in: "log.example.net/1"))
        #expect(try store.keeps(case: "Alder", as: "01", in: "log.example.net/1"))
        #expect(try !store.keeps(case: "Alder", as: "02", in: "log.example.net/1"))
        #expect(try store.keeps(case: "Cedar", as: "02", in: "log.example.net/1"))
        #expect(try store.keeps(case: "Alder", as: "02", in: "log.example.net/2"))
    }

    @Test func `a pin that somebody hands in has to be signed by the key in its first line`() throws {
        let pin = try Self.pin(7)
        #expect(try Pin(parsing: pin.encoded) == pin)
        let other = try Self.signer(2).verifierKey.text
        #expect(throws: Failure.self) { try Pin(parsing: Array("\(other)\n".utf8) + pin.note.encoded) }
        #expect(throws: Failure.self) { try Pin(parsing: pin.note.encoded) }
    }

    @Test(arguments: [
        ("session@accord.example.org", "accord.example.org/log1", true), ("session@accord.example.org", nil, true),
        ("session@other.example.org", "accord.example.org/log1", false),
        ("session@accord.example.org.evil", "accord.example.org/log1", false),
        ("statement@accord.example.org", "accord.example.org/log1", false),
        ("statement@accord.example.org", nil, false), ("", nil, false),
    ])
    func `a key is proved for the deployment that answered here before, and for sessions alone`(
        _ namespace: String,
        _ origin: String?,
        _ isProof: Bool
    ) {
        #expect(History.isProof(for: namespace, pinned: origin) == isProof)
    }
}
