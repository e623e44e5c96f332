import StrictJSON
import TestSupport
import Testing

@Suite("Limits", .tags(.small), .timeLimit(.minutes(1)))
struct LimitTests {
    private func nested(_ depth: Int, _ open: String = "[", _ close: String = "]") -> [UInt8] {
        [UInt8]((String(repeating: open, count: depth) + String(repeating: close, count: depth)).utf8)
    }

    @Test func `64 levels are read and 65 are not`() throws {
        _ = try JSONValue(parsing: nested(64), limits: .wire)
        #expect(throws: Malformed(.depth, at: 64)) { try JSONValue(parsing: nested(65), limits: .wire) }
    }

    @Test(arguments: [10_000, 100_000, 1_000_000])
    func `deep nesting is refused and harms nobody`(depth: Int) {
        #expect(throws: Malformed(.depth, at: 64)) { try JSONValue(parsing: nested(depth), limits: .wire) }
        let objects = nested(depth, #"{"a":"#, "}")
        #expect(throws: Malformed(.depth, at: 64 * 5)) { try JSONValue(parsing: objects, limits: .wire) }
        let opened = [UInt8](repeating: UInt8(ascii: "["), count: depth)
        #expect(throws: Malformed(.depth, at: 64)) { try JSONValue(parsing: opened, limits: .wire) }
    }

    @Test func `no limits reach deeper than the stack bears`() throws {
        var limits = JSONLimits(maximumDepth: .max)
        #expect(limits.maximumDepth == JSONLimits.deepest)
        limits.maximumDepth = 100_000
        #expect(limits.maximumDepth == JSONLimits.deepest)
        #expect(throws: Malformed(.depth, at: 512)) { try JSONValue(parsing: nested(100_000), limits: limits) }
        let value = try JSONValue(parsing: nested(512), limits: limits)
        #expect(value.encoded == nested(512))
        #expect(value.hashValue == value.hashValue)
    }

    @Test func `a depth of zero leaves only single values`() throws {
        let limits = JSONLimits(maximumDepth: 0)
        #expect(try JSONValue(parsing: [UInt8]("7".utf8), limits: limits) == 7)
        #expect(throws: Malformed(.depth)) { try JSONValue(parsing: [UInt8]("[]".utf8), limits: limits) }
    }

    @Test func `one byte too many is refused before anything is read`() throws {
        let limits = JSONLimits(maximumBytes: 4)
        #expect(try JSONValue(parsing: [UInt8]("1234".utf8), limits: limits) == 1234)
        #expect(throws: Malformed(.size, at: 4)) { try JSONValue(parsing: [UInt8]("xxxxx".utf8), limits: limits) }
    }

    @Test func `an object with 300,000 keys costs no more than its bytes`() throws {
        let members = (0..<300_000).map { "\"key\($0)\":\($0)" }.joined(separator: ",")
        let object = try #require(try JSONValue(parsing: [UInt8]("{\(members)}".utf8), limits: .wire).object)
        #expect(object.count == 300_000)
        #expect(JSONValue.object(object) == .object(JSONObject(object.members.reversed().map { ($0.key, $0.value) })))
        #expect(throws: Malformed.self) {
            try JSONValue(parsing: [UInt8]("{\(members),\"key7\":0}".utf8), limits: .wire)
        }
    }

    @Test func `five million digits and as many escapes are read in one pass`() throws {
        let digits = [UInt8](repeating: UInt8(ascii: "7"), count: 5_000_000)
        #expect(throws: Malformed(.integerRange)) { try JSONValue(parsing: digits, limits: .wire) }
        let escapes = [UInt8](("\"" + String(repeating: "\\n", count: 2_500_000) + "\"").utf8)
        #expect(try JSONValue(parsing: escapes, limits: .wire).string?.utf8.count == 2_500_000)
    }
}
