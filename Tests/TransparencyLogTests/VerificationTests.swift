import Cryptography
import Foundation
import TestSupport
import Testing
import TransparencyLog

/// T1 to T11 of the specification (domain.md 4.4), each with a finding of its own.
struct VerificationTests {
    @Test func `an intact record passes every check that is made`() throws {
        let record = try VerificationRecord()
        let report = record.verify(known: [try record.head], anchor: 12)
        #expect(report.exitCode == 0)
        #expect(report.failures.isEmpty)
        let passed = report.verdicts.filter { $0.result == .passed }.map(\.check)
        #expect(passed == ["FORMAT", "LINKS", "SEQUENCE", "ANCHOR", "ANCHOR", "TAIL", "PAYLOADS"])
        let skipped = report.verdicts.filter { $0.result == .skipped }.map(\.check)
        #expect(skipped == ["SIGNATURES", "POLICY REPLAY", "COVERAGE"])
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let name: String
        let finding: String
        let apply: @Sendable (inout VerificationRecord) throws -> Void
        var testDescription: String { name }
        init(_ name: String, _ finding: String, _ apply: @escaping @Sendable (inout VerificationRecord) throws -> Void)
        {
            self.name = name
            self.finding = finding
            self.apply = apply
        }
    }

    static let changes = [
        Change("T1 a part", "PAYLOADS: part-altered") { $0.parts[3][0][20] ^= 1 },
        Change("T2 a line", "LINKS: line-altered") { record in
            record.values[5].recordedAt -= 1
            record.lines[5] = try record.values[5].encoded()
        },
        Change("T3 deleted", "SEQUENCE: record-missing") { record in
            record.lines.remove(at: 5)
            record.parts.remove(at: 5)
        },
        Change("T4 swapped", "SEQUENCE: records-out-of-order") { record in
            record.lines.swapAt(4, 5)
            record.parts.swapAt(4, 5)
        },
        Change("T6 tail cut", "ANCHOR: checkpoint-beyond-log") { $0.lines.removeLast(2) },
        Change("T7 rewritten", "ANCHOR: root-mismatch") { record in
            record.values[5].rule = "P01"
            record.values[5].outcome = .denied
            try record.relink()
        },
        Change("T8 fork", "SEQUENCE: duplicate-sequence-fork") { record in
            record.values[5].recordedAt += 1
            record.lines.insert(try record.values[5].encoded(), at: 6)
            record.parts.insert([], at: 6)
        },
        Change("T9 twice", "SEQUENCE: record-duplicated") { record in
            record.lines.insert(record.lines[5], at: 6)
            record.parts.insert([], at: 6)
        },
        Change("T11 another key", "ANCHOR: unknown-key") { record in
            let other = Ed25519PrivateKey(seed: [UInt8](repeating: 8, count: 32))
            let signer = other.flatMap { NoteSigner(name: VerificationRecord.origin, privateKey: $0) }
            record.note = try record.checkpoint(by: signer).encoded
        },
    ]

    @Test(arguments: changes)
    func `a changed record fails with the finding of its change`(change: Change) throws {
        var record = try VerificationRecord()
        try change.apply(&record)
        let report = record.verify()
        #expect(report.exitCode == 30)
        #expect(report.failures.contains(change.finding), "\(report.failures)")
        // The other findings that a change may have are of its consequences, never of another change.
        let others = Self.changes.map(\.finding).filter { $0 != change.finding && !$0.hasPrefix("ANCHOR") }
        #expect(!report.failures.contains { others.contains($0) }, "\(report.failures)")
    }

    @Test func `T5 a tail cut after the checkpoint is found by the head anchor alone`() throws {
        let record = try VerificationRecord()
        #expect(record.verify(anchor: 14).failures == ["TAIL: tail-shorter-than-anchor"])
        #expect(record.verify(anchor: 12).failures.isEmpty)
    }

    @Test func `T10 a last line cut short is found`() throws {
        var record = try VerificationRecord()
        let last = record.lines.removeLast()
        let report = record.verify(rest: last.dropLast(40))
        #expect(report.failures.contains("FORMAT: truncated-last-line"))
        #expect(report.exitCode == 30)
    }

    @Test func `a rewritten record that its log signed contradicts a kept checkpoint`() throws {
        var record = try VerificationRecord()
        let kept = try record.head
        record.values[5].statement.purpose = "other"
        try record.relink()
        record.note = try record.checkpoint().encoded
        #expect(record.verify().exitCode == 0)
        #expect(record.verify(known: [kept]).failures == ["ANCHOR: known-checkpoint-contradicted"])
        #expect(record.verify(known: [kept]).exitCode == 20)
    }

    @Test func `without a key from elsewhere trust is not established, and without lines nothing is checked`() throws {
        let record = try VerificationRecord()
        let report = record.verify(hasKey: false)
        #expect(report.exitCode == 0)
        #expect(report.verdicts.contains { $0.finding == "trust-not-established" && $0.result == .notice })
        var empty = RecordVerifier(note: nil, known: [])
        #expect(empty.finish(logKey: nil).exitCode == 40)
    }

    @Test func `a key that came with the copy is checked and gives no trust; an unlisted part is found`() throws {
        let record = try VerificationRecord()
        var verifier = RecordVerifier(note: record.note, known: [])
        verifier.feed(zip(record.lines, record.parts).map { LineEvidence(line: $0, parts: $1) })
        verifier.feedUnlisted(parts: 1, proofs: 0)
        let key = record.signer.verifierKey
        let report = verifier.finish(logKey: key, isKeyFromCopy: true)
        #expect(report.failures == ["PAYLOADS: part-unlisted"])
        #expect(report.verdicts.contains { $0.finding == "trust-not-established" })
    }

    @Test func `every single bit of lines, parts and checkpoint counts`() throws {
        let record = try VerificationRecord()
        #expect(record.verify().exitCode == 0)
        // All bits of the lines take minutes without the optimiser; otherwise it is one of each byte of a line.
        func misses(
            _ length: Int,
            step: Int = 1,
            _ flip: (inout VerificationRecord, Int, UInt8) -> Void
        ) -> [Int] {
            stride(from: 0, to: length * 8, by: step).filter { bit in
                var changed = record
                flip(&changed, bit / 8, 1 << UInt8(bit % 8))
                return changed.verify().exitCode != 30
            }
        }
        #expect(misses(record.note.count) { $0.note[$1] ^= $2 }.isEmpty)
        for index in record.lines.indices {
            #expect(
                misses(record.lines[index].count, step: Effort.isLong ? 1 : 9) { $0.lines[index][$1] ^= $2 }.isEmpty,
                "line \(index)"
            )
            for (place, part) in record.parts[index].enumerated() {
                #expect(misses(part.count) { $0.parts[index][place][$1] ^= $2 }.isEmpty, "part of \(index)")
            }
        }
    }
}
