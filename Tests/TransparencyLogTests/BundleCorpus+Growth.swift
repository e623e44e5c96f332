import Cryptography
import TransparencyLog

/// A case's bundle and a checkpoint of another size that its reader holds: a proof tells whether they are of one history.
extension BundleCorpusTests {
    private static func head(_ lines: [[UInt8]]) throws -> Checkpoint {
        let root = MerkleTree.root(of: lines.map { Digest.leaf($0) })
        guard let head = Checkpoint(origin: VerificationRecord.origin, size: UInt64(lines.count), root: root) else {
            throw VerificationRecord.Unmade()
        }
        return head
    }

    private static func note(_ lines: [[UInt8]], _ record: VerificationRecord) throws -> SignedNote {
        guard let note = try head(lines).signed(by: record.signer) else { throw VerificationRecord.Unmade() }
        return note
    }

    /// The record as it went on.
    private static func longer(_ record: VerificationRecord) -> [[UInt8]] { record.lines + [[1], [2], [3]] }

    private static func growth(from old: Int, to lines: [[UInt8]], _ record: VerificationRecord) throws -> [UInt8] {
        let leaves = lines.map { Digest.leaf($0) }
        let path = MerkleTree.consistencyProof(from: UInt64(old), to: UInt64(lines.count)) { node in
            MerkleTree.root(of: Array(leaves[Int(node.index) << node.height..<(Int(node.index) + 1) << node.height]))
        }
        guard let path else { throw VerificationRecord.Unmade() }
        return WitnessRequest(old: UInt64(old), path: path, note: try note(lines, record)).encoded
    }

    /// The first lines as they were before one of them was rewritten.
    private static func other(_ count: Int, _ record: VerificationRecord) -> [[UInt8]] {
        [[0]] + record.lines[1..<count]
    }

    private static let contradicted = "ANCHOR: known-checkpoint-contradicted"

    /// What its reader holds: a checkpoint, and a proof or none.
    private typealias Holding = (
        name: String, exit: Int32, finding: String?,
        known: @Sendable (VerificationRecord) throws -> SignedNote?,
        growth: @Sendable (VerificationRecord) throws -> [UInt8]?
    )

    @Sendable private static func older(_ record: VerificationRecord) throws -> SignedNote? {
        try note(Array(record.lines.prefix(30)), record)
    }

    @Sendable private static func newer(_ record: VerificationRecord) throws -> SignedNote? {
        try note(longer(record), record)
    }

    @Sendable private static func proof(_ record: VerificationRecord) throws -> [UInt8]? {
        try growth(from: 30, to: record.lines, record)
    }

    private static let holdings: [Holding] = [
        ("an older checkpoint, and the proof", 0, nil, older, proof),
        ("a newer checkpoint, and the proof", 0, nil, newer, { try growth(from: 40, to: longer($0), $0) }),
        ("a newer checkpoint alone", 40, nil, newer, { _ in nil }),
        (
            "an older checkpoint, and the proof of another", 40, nil, older,
            { try growth(from: 29, to: $0.lines, $0) }
        ),
        (
            "an older checkpoint, and the proof to another", 40, nil, older,
            { try growth(from: 30, to: longer($0), $0) }
        ),
        ("an older checkpoint of another history", 20, contradicted, { try note(other(30, $0), $0) }, proof),
        (
            "a newer checkpoint of another history", 20, contradicted, { try note(other(40, $0) + [[1]], $0) },
            { try growth(from: 40, to: other(40, $0) + [[1]], $0) }
        ),
        (
            "an older checkpoint, and a proof cut short", 20, contradicted, older,
            { record in
                var lines = try growth(from: 30, to: record.lines, record)
                    .split(separator: 0x0A, omittingEmptySubsequences: false)
                lines.remove(at: 1)
                return Array(lines.joined(separator: [0x0A]))
            }
        ),
        ("an older checkpoint, and what is no proof", 40, nil, older, { _ in Array("old 30\n".utf8) }),
        (
            "an older checkpoint, and a proof whose number is spelt in another way", 40, nil, older,
            { try Array("old 0".utf8) + growth(from: 30, to: $0.lines, $0).dropFirst(4) }
        ),
    ]

    static let growths: [Sample] = holdings.map { holding in
        Sample(
            name: "whose reader holds \(holding.name)",
            isCase: true,
            exit: holding.exit,
            finding: holding.finding,
            options: Options(isKeyGiven: true, known: holding.known, growth: holding.growth)
        ) { _, _ in }
    }
}
