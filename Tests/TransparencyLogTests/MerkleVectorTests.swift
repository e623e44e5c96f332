import Cryptography
import Foundation
import TestSupport
import Testing
import TransparencyLog

/// The proofs of transparency-dev/merkle, good and bad, which nobody here wrote (RFC 9162 section 2.1).
///
/// Sizes there go up to 2^64 - 1, which the JSON of the record has no place for: Foundation reads these files.
@Suite(.tags(.small, .g2), .needsVectors)
struct MerkleVectorTests {
    private struct Inclusion: Decodable {
        let leafIdx: UInt64
        let treeSize: UInt64
        let root: Data?
        let leafHash: Data?
        let proof: [Data]?
        let wantErr: Bool
    }

    private struct Consistency: Decodable {
        let size1: UInt64
        let size2: UInt64
        let root1: Data?
        let root2: Data?
        let proof: [Data]?
        let wantErr: Bool
    }

    /// The cases of a folder; all 98 of them.
    private func cases<Case: Decodable>(_ kind: Case.Type, in folder: String) throws -> [(String, Case)] {
        let files = try Vectors.files(below: "merkle/\(folder)", withExtension: "json")
        #expect(files.count == 98)
        return try files.map { ($0, try JSONDecoder().decode(kind, from: Data(Vectors.bytes($0)))) }
    }

    /// Nil if a hash has other than 32 bytes: such a proof cannot even be asked about here.
    private func path(_ proof: [Data]?) -> [Digest]? {
        let hashes = proof ?? []
        let path = hashes.compactMap { Digest(bytes: [UInt8]($0)) }
        return path.count == hashes.count ? path : nil
    }

    /// A root.
    ///
    /// Some files write `don't care 1` where only equality counts: the digest of it is as good.
    private func root(_ bytes: Data?) -> Digest {
        let bytes = [UInt8](bytes ?? Data())
        return Digest(bytes: bytes) ?? .sha256(bytes)
    }

    @Test func `every inclusion proof is judged as its file says`() throws {
        for (name, vector) in try cases(Inclusion.self, in: "inclusion") {
            var isGood = false
            if let hashes = path([vector.leafHash ?? Data(), vector.root ?? Data()]), let path = path(vector.proof) {
                isGood = MerkleTree.verifiesInclusion(
                    of: hashes[0],
                    at: vector.leafIdx,
                    in: vector.treeSize,
                    root: hashes[1],
                    path: path
                )
            }
            #expect(isGood != vector.wantErr, "\(name)")
        }
    }

    @Test func `every consistency proof is judged as its file says`() throws {
        for (name, vector) in try cases(Consistency.self, in: "consistency") {
            var isGood = false
            if let path = path(vector.proof) {
                isGood = MerkleTree.verifiesConsistency(
                    from: vector.size1,
                    oldRoot: root(vector.root1),
                    to: vector.size2,
                    newRoot: root(vector.root2),
                    path: path
                )
            }
            #expect(isGood != vector.wantErr, "\(name)")
        }
    }
}
