import Foundation
import StrictJSON
import TestSupport
import Testing

@Suite("Laws", .tags(.small))
struct PropertyTests {
    @Test func `reading what was written gives the same value`() throws {
        for seed in Seeds.all {
            var generator = JSONGenerator(seed: seed, hasFractions: true)
            for trial in 0..<2000 {
                let value = generator.value()
                let bytes = value.encoded
                let read = try JSONValue(parsing: bytes, limits: .wire)
                #expect(read == value, "seed \(seed) trial \(trial)")
                #expect(read.hashValue == value.hashValue, "seed \(seed) trial \(trial)")
                #expect(read.encoded == bytes, "seed \(seed) trial \(trial)")
            }
        }
    }

    @Test func `the canonical form is a fixed point, and one for all orders of members`() throws {
        for seed in Seeds.all {
            var generator = JSONGenerator(seed: seed, isExact: true)
            for trial in 0..<2000 {
                let value = generator.value()
                let canonical = try value.canonical()
                let read = try JSONValue(parsing: canonical, limits: .record)
                #expect(read == value, "seed \(seed) trial \(trial)")
                #expect(try read.canonical() == canonical, "seed \(seed) trial \(trial)")
                #expect(read.encoded == canonical, "seed \(seed) trial \(trial)")
                #expect(try Self.reversed(value).canonical() == canonical, "seed \(seed) trial \(trial)")
                #expect(Self.reversed(value).inCanonicalOrder.encoded == canonical, "seed \(seed) trial \(trial)")
            }
        }
    }

    @Test func `a text with any bytes changed is read or refused, and what is read can be written`() throws {
        var accepted = 0
        for seed in Seeds.all {
            var generator = JSONGenerator(seed: seed, hasFractions: true)
            for trial in 0..<5000 {
                var bytes = generator.value(depth: 3).encoded
                Self.mutate(&bytes, with: &generator.random)
                guard let value = try? JSONValue(parsing: bytes, limits: .wire) else { continue }
                accepted += 1
                #expect(try JSONValue(parsing: value.encoded, limits: .wire) == value, "seed \(seed) trial \(trial)")
                if let strict = try? JSONValue(parsing: bytes, limits: .record) {
                    #expect(throws: Never.self, "seed \(seed) trial \(trial)") { try strict.canonical() }
                }
            }
        }
        #expect(accepted > 100)
    }

    @Test(.tags(.medium), .enabled(if: program("python3") != nil, "python3 is not installed"))
    func `what is accepted here a strict parser in Python accepts too, with the same value`() {
        let (accepted, errors) = tryAll(Seeds.all) { seed in
            var texts: [[UInt8]] = ParserTests.refused.map(\.bytes).filter { $0.count < 5000 }
            var generator = JSONGenerator(seed: seed)
            for _ in 0..<Self.documentsOfSeed {
                var bytes = generator.value(depth: 3).encoded
                if !generator.random.oneIn(4) { Self.mutate(&bytes, with: &generator.random) }
                texts.append(bytes)
            }
            return try Self.comparedWithPython(texts)
        }
        for error in errors { Issue.record("\(error)") }
        #expect(accepted.allSatisfy { $0 > 250 })
        let documents = accepted.count * Self.documentsOfSeed
        print("\(documents) documents, \(accepted.reduce(0, +)) accepted, all of them by Python too")
    }

    /// A text that is accepted here, and refused or read otherwise in Python.
    private struct Disagreement: Error {
        let text: [UInt8]
        let theirs: Substring
    }

    /// Holds what is read here against what Python reads.
    ///
    /// - Returns: How many texts both accepted.
    private static func comparedWithPython(_ texts: [[UInt8]]) throws -> Int {
        let lines = texts.map { $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }.joined(
            separator: "\n"
        )
        let answer = try run("python3", ["-c", oracle], input: [UInt8](lines.utf8), deadline: 3_600)
        try #require(answer.status == 0, "\(answer.stderr)")
        let answers = answer.stdout.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        try #require(answers.count == texts.count)
        var accepted = 0
        for (text, theirs) in zip(texts, answers) {
            guard let value = try? JSONValue(parsing: text, limits: .record) else { continue }
            accepted += 1
            guard String(decoding: try value.canonical(), as: UTF8.self) == theirs else {
                throw Disagreement(text: text, theirs: theirs)
            }
        }
        return accepted
    }

    private static let documentsOfSeed = Effort.isContinuousIntegration || Seeds.given != nil ? 25_000 : 1_500

    /// Refuses duplicate keys, fractions and constants; prints each value with keys in UTF-16 order, or `refused`.
    private static let oracle = """
        import json, sys
        sys.stdout.reconfigure(encoding="utf-8", newline="\\n")
        def refuse(text): raise ValueError(text)
        def pairs(members):
            if len({k for k, _ in members}) != len(members): raise ValueError("duplicate")
            return dict(sorted(members, key=lambda m: m[0].encode("utf-16-be")))
        for line in sys.stdin.read().split("\\n"):
            try:
                text = bytes.fromhex(line).decode("utf-8")
                value = json.loads(text, object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse)
                shown = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
                shown.encode("utf-8")
                print(shown)
            except (ValueError, UnicodeError):
                print("refused")
        """

    private static func reversed(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map(reversed))
        case .object(let object):
            .object(JSONObject(object.members.reversed().map { ($0.key, reversed($0.value)) }))
        default: value
        }
    }

    private static func mutate(_ bytes: inout [UInt8], with random: inout SplitMix64) {
        let marks = [UInt8]("{}[]\",:\\u0-19.eE\0\u{1}".utf8)
        for _ in 0..<(1 + random.below(3)) where !bytes.isEmpty {
            let place = random.below(bytes.count)
            switch random.below(5) {
            case 0: bytes[place] ^= 1 << UInt8(random.below(8))
            case 1: bytes[place] = marks[random.below(marks.count)]
            case 2: bytes.insert(marks[random.below(marks.count)], at: place)
            case 3: bytes.remove(at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + random.below(4)))
            }
        }
    }
}
