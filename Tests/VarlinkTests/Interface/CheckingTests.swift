import StrictJSON
import TestSupport
import Testing

@testable import Varlink

@Suite(.tags(.small)) struct CheckingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let path: String?

        var testDescription: String { name }

        init(_ name: String, _ text: String, _ path: String? = nil) {
            self.name = name
            self.text = text
            self.path = path
        }
    }

    private static let text = """
        interface org.example.test
        type Position (case: string, after: int)
        type Tree (value: int, children: []Tree)
        method M(
          bool: ?bool, int: ?int, float: ?float, string: ?string, object: ?object, any: ?any,
          positions: ?[]Position, map: ?[string]Position, kind: ?(one, two), tree: ?Tree, set: ?[string](),
          maybe: ?[]?int, inner: ?(a: (b: int))
        ) -> ()
        method N(needed: string, also: int) -> ()
        """

    static let cases = [
        Case("nothing", "{}"),
        Case("null is absent", #"{"bool":null,"positions":null,"tree":null}"#),
        Case("each element", #"{"bool":true,"int":1,"float":1.5,"string":"","object":{"x":[1]},"any":[null]}"#),
        Case("an integer is a float", #"{"float":1}"#),
        Case("a fraction is no integer", #"{"int":1.0}"#, "int"),
        Case("an exponent is no integer", #"{"int":1e3}"#, "int"),
        Case("text is no integer", #"{"int":"1"}"#, "int"),
        Case("an integer is no text", #"{"string":1}"#, "string"),
        Case("a number is no truth value", #"{"bool":1}"#, "bool"),
        Case("an array is no object", #"{"object":[]}"#, "object"),
        Case("undeclared", #"{"surprise":1}"#, "surprise"),
        Case("undeclared, null", #"{"surprise":null}"#, "surprise"),
        Case("array", #"{"positions":[{"case":"a","after":1},{"case":"b","after":-1}]}"#),
        Case(
            "field in an array",
            #"{"positions":[{"case":"a","after":1},{"case":7,"after":-1}]}"#,
            "positions[1].case"
        ),
        Case("missing in an array", #"{"positions":[{"case":"a"}]}"#, "positions[0].after"),
        Case("undeclared in an array", #"{"positions":[{"case":"a","after":1,"x":2}]}"#, "positions[0].x"),
        Case("null in an array", #"{"positions":[null]}"#, "positions[0]"),
        Case("null where it may be", #"{"maybe":[1,null,2]}"#),
        Case("text where null may be", #"{"maybe":[1,null,"2"]}"#, "maybe[2]"),
        Case("object for an array", #"{"positions":{}}"#, "positions"),
        Case("map", #"{"map":{"x":{"case":"a","after":1},"":{"case":"b","after":2}}}"#),
        Case("field in a map", #"{"map":{"x":{"case":"a","after":"1"}}}"#, "map.x.after"),
        Case("array for a map", #"{"map":[]}"#, "map"),
        Case("word", #"{"kind":"two"}"#),
        Case("unknown word", #"{"kind":"three"}"#, "kind"),
        Case("word in other letters", #"{"kind":"Two"}"#, "kind"),
        Case("set", #"{"set":{"a":{},"b":{}}}"#),
        Case("set with contents", #"{"set":{"a":{"x":1}}}"#, "set.a.x"),
        Case("tree", #"{"tree":{"value":1,"children":[{"value":2,"children":[]}]}}"#),
        Case(
            "deep in a tree",
            #"{"tree":{"value":1,"children":[{"value":2,"children":[{"value":3}]}]}}"#,
            "tree.children[0].children[0].children"
        ),
        Case("inline", #"{"inner":{"a":{"b":1}}}"#),
        Case("deep inline", #"{"inner":{"a":{"b":true}}}"#, "inner.a.b"),
    ]

    @Test(arguments: cases) func `the first field that does not agree is named`(_ example: Case) throws {
        let interface = try InterfaceDefinition(Self.text)
        let object = try #require(JSONValue(parsing: Array(example.text.utf8), limits: .wire).object)
        let fields = try #require(interface.method("M")).input
        #expect(interface.firstMismatch(of: object, with: fields) == example.path)
    }

    @Test func `what is missing is named in the order of the interface`() throws {
        let interface = try InterfaceDefinition(Self.text)
        let fields = try #require(interface.method("N")).input
        #expect(interface.firstMismatch(of: [:], with: fields) == "needed")
        #expect(interface.firstMismatch(of: ["needed": "x"], with: fields) == "also")
        #expect(interface.firstMismatch(of: ["needed": nil, "also": 1], with: fields) == "needed")
        #expect(interface.firstMismatch(of: ["also": 1, "needed": "x"], with: fields) == nil)
    }

    @Test func `a name of a peer's own making is cut`() throws {
        let interface = try InterfaceDefinition(Self.text)
        let fields = try #require(interface.method("N")).input
        let path = interface.firstMismatch(of: JSONObject([(String(repeating: "x", count: 10_000), 1)]), with: fields)
        #expect(path?.utf8.count == 128)
    }

    @Test func `names that only look the same are told apart`() throws {
        let interface = try InterfaceDefinition("interface a.b\nmethod M(K: int) -> ()")
        let fields = try #require(interface.method("M")).input
        // U+212A KELVIN SIGN is canonically equivalent to K.
        #expect(interface.firstMismatch(of: ["\u{212A}": 1], with: fields) == "\u{212A}")
    }
}
