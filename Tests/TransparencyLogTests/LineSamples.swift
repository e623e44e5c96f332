import Cryptography
import TestSupport
import TransparencyLog

/// Lines of all shapes that there are.
enum LineSamples {
    private static let alphabet = (0x20...0x7E).map { UInt8($0) }.filter { $0 != 0x22 && $0 != 0x5C }

    struct Unmade: Error {}

    static func line(_ random: inout SplitMix64) throws -> LogLine {
        let outcome = try pick(LineOutcome.allCases, &random)
        let attestation: Attestation =
            switch random.below(3) {
            case 0: .signature(random.bytes(1 + random.below(200)))
            case 1: .peer(uid: UInt32(truncatingIfNeeded: random.next()))
            default: .system
            }
        return LogLine(
            seq: number(&random),
            prev: digest(&random),
            caseSeq: number(&random),
            casePrev: digest(&random),
            recordedAt: Int64(number(&random)),
            outcome: outcome,
            rule: outcome == .accepted ? nil : "P\(random.below(100))",
            policy: digest(&random),
            statement: try statement(&random),
            attestation: attestation
        )
    }

    private static func statement(_ random: inout SplitMix64) throws -> Statement {
        let fingerprint = "SHA256:" + Base64.encode(random.bytes(32)).prefix(43)
        let parts = (0..<random.below(4)).map { _ in digest(&random) }
        let references = (0..<random.below(4)).map { _ in
            Statement.Reference(seq: number(&random), part: random.oneIn(2) ? digest(&random) : nil)
        }
        guard let caseKey = CaseKey(bytes: random.bytes(16)), let nonce = Nonce(bytes: random.bytes(16)) else {
            throw Unmade()
        }
        return Statement(
            agency: text(&random),
            at: number(&random),
            by: try pick(["system", "uid:0", "uid:4294967295", fingerprint], &random),
            caseKey: random.oneIn(4) ? .system : caseKey,
            kind: try pick(["a", "entry.recorded", "x_1", String(repeating: "k", count: 48)], &random),
            log: text(&random),
            member: text(&random),
            nonce: nonce,
            parts: parts,
            purpose: text(&random),
            references: references,
            role: text(&random),
            sawRoot: digest(&random),
            sawSize: number(&random)
        )
    }

    private static func pick<Choice>(_ choices: [Choice], _ random: inout SplitMix64) throws -> Choice {
        guard let choice = choices.randomElement(using: &random) else { throw Unmade() }
        return choice
    }

    private static func number(_ random: inout SplitMix64) -> UInt64 {
        switch random.below(4) {
        case 0: 0
        case 1: LogLine.maximumInteger
        default: random.next() & LogLine.maximumInteger
        }
    }

    private static func digest(_ random: inout SplitMix64) -> Digest { Digest.sha256(random.bytes(8)) }

    private static func text(_ random: inout SplitMix64) -> String {
        String(decoding: (0..<random.below(20)).map { _ in alphabet[random.below(alphabet.count)] }, as: UTF8.self)
    }
}
