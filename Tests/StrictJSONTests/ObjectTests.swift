import StrictJSON
import TestSupport
import Testing

@Suite("Objects", .tags(.small))
struct ObjectTests {
    @Test func `order does not matter for equality and hash, but stays`() {
        let one: JSONObject = ["a": 1, "b": [true], "c": "x"]
        let other: JSONObject = ["c": "x", "a": 1, "b": [true]]
        #expect(one == other)
        #expect(Set([one, other]).count == 1)
        #expect(one.keys == ["a", "b", "c"])
        #expect(other.keys == ["c", "a", "b"])
        #expect(one != ["a": 1, "b": [true], "c": "y"])
        #expect(one != ["a": 1, "b": [true]])
        #expect(one != ["a": 1, "b": [true], "d": "x"])
    }

    @Test func `keys and strings that only look the same are different`() {
        let composed: JSONObject = ["\u{E9}": 1]
        #expect(composed["e\u{301}"] == nil)
        #expect(composed["\u{E9}"] == 1)
        #expect(composed != ["e\u{301}": 1])
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
        #expect(Set<JSONValue>(["\u{E9}", "e\u{301}"]).count == 2)
        // The same number of bytes, canonically equivalent: two marks in either order.
        #expect(JSONValue.string("a\u{323}\u{307}") != .string("a\u{307}\u{323}"))
        #expect(JSONObject([("\u{E9}", 1), ("e\u{301}", 2)]).count == 2)
    }

    @Test func `setting appends, replaces in place, and removes`() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["c"] = 3
        object["a"] = "one"
        object["b"] = nil
        object["z"] = nil
        #expect(object.keys == ["a", "c"])
        #expect(object["a"]?.string == "one")
        object["n"] = .some(.null)
        #expect(object["n"] == .some(.null))
        #expect(object.count == 3 && !object.isEmpty)
    }

    @Test(arguments: [3, 200])
    func `of members with the same key the last value stays`(count: Int) {
        let members = (0..<count).map { ("k\($0)", JSONValue.integer(Int64($0))) }
        let object = JSONObject(members + [("k1", "last")])
        #expect(object.count == count)
        #expect(object.members[1].key == "k1")
        #expect(object["k1"] == "last")
    }

    @Test func `large objects compare like small ones`() {
        let members = (0..<100).map { ("k\($0)", JSONValue.integer(Int64($0))) }
        let object = JSONObject(members)
        #expect(object == JSONObject(members.shuffled()))
        #expect(object.hashValue == JSONObject(members.reversed()).hashValue)
        var other = object
        other["k50"] = 51
        #expect(object != other)
        other = object
        other["k50"] = nil
        other["l50"] = 50
        #expect(object != other)
    }

    @Test func `accessors answer only for their own kind`() {
        let value: JSONValue = "x"
        #expect(value.string == "x")
        #expect(value.integer == nil && value.bool == nil && value.array == nil && value.object == nil)
        #expect(!value.isNull)
        #expect(JSONValue.integer(3).number == 3)
        #expect(JSONValue.number(3).integer == nil)
        #expect(JSONValue.integer(1) != .number(1))
        #expect(JSONValue.integer(1) != .bool(true))
    }
}
