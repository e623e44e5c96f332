import TestSupport
import Testing

@testable import Varlink

@Suite(.tags(.small)) struct ParsingTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let code: InterfaceFault.Code
        let line: Int

        var testDescription: String { name }

        init(_ name: String, _ text: String, _ code: InterfaceFault.Code, line: Int = 1) {
            self.name = name
            self.text = text
            self.code = code
            self.line = line
        }
    }

    struct Good: Sendable, CustomTestStringConvertible {
        let name: String
        let members: String

        var testDescription: String { name }

        init(_ name: String, _ members: String) {
            self.name = name
            self.members = members
        }
    }

    static let good = [
        Good("nothing", ""),
        Good("all elements", "type A (a: bool, b: int, c: float, d: string, e: object, f: any)"),
        Good("containers", "type A (a: []int, b: [string]int, c: ?int, d: ?[]int, e: ?[string]int, f: []?int)"),
        Good("nested containers", "type A (a: [][]int, b: [string][]?[string](x, y), c: [string]())"),
        Good("inline structures", "type A (a: (b: (c: int)), d: [](e: int))"),
        Good("enumerations", "type A (one)\ntype B (one, two)\nerror C (why: (one, two))"),
        Good("empty structures", "type A ()\nmethod B() -> ()\nerror C ()"),
        Good("a type that holds itself", "type A (next: ?A, others: []A)"),
        Good("types used before they are defined", "method M(a: A) -> (b: B)\ntype A (x: B)\ntype B (y)"),
        Good("words of the language as names", "type Method (type: int, method: int, error: int, interface: string)"),
        Good("no line breaks", "type A(a:int)method B(a:A)->(b:[]A)error C(a:?int)"),
        Good("comments anywhere", "# a\ntype # b\nA # c\n( # d\na # e\n: # f\nint # g\n, b: int # h\n) # i"),
        Good("carriage returns", "# a\r\ntype A (\r\n  a: int\r\n)\r\n"),
        Good("other alphabets in comments", "# größer als 世界\ntype A (a: int)"),
        Good("underscores and digits", "type A9 (a_b: int, c1_d2: int)"),
    ]

    static let bad = [
        Bad("empty", "", .syntax),
        Bad("no interface", "type A (a: int)", .syntax),
        Bad("one part", "interface a", .name),
        Bad("empty part", "interface a..b", .name),
        Bad("first part begins with a digit", "interface 1a.b", .name),
        Bad("hyphen at an end", "interface a-.b", .name),
        Bad("underscore", "interface a_b.c", .name),
        Bad("unknown member", "interface a.b\nstruct A ()", .syntax, line: 2),
        Bad("lower-case type", "interface a.b\n\ntype a (x: int)", .name, line: 3),
        Bad("underscore in a type", "interface a.b\ntype A_B (x: int)", .name, line: 2),
        Bad("field ends with an underscore", "interface a.b\ntype A (x_: int)", .name, line: 2),
        Bad("two underscores", "interface a.b\ntype A (x__y: int)", .name, line: 2),
        Bad("field begins with a digit", "interface a.b\ntype A (1x: int)", .name, line: 2),
        Bad("trailing comma", "interface a.b\ntype A (x: int,)", .name, line: 2),
        Bad("no colon", "interface a.b\ntype A (x: int, y)", .syntax, line: 2),
        Bad("colon in an enumeration", "interface a.b\ntype A (x, y: int)", .syntax, line: 2),
        Bad("not closed", "interface a.b\ntype A (x: int", .syntax, line: 2),
        Bad("no type", "interface a.b\ntype A (x: )", .syntax, line: 2),
        Bad("unknown element", "interface a.b\ntype A (x: integer)", .name, line: 2),
        Bad("undefined type", "interface a.b\ntype A (\n  x: B\n)", .undefined, line: 3),
        Bad("an error is no type", "interface a.b\nerror E ()\ntype A (x: E)", .undefined, line: 3),
        Bad("double optional", "interface a.b\ntype A (x: ??int)", .doubleOptional, line: 2),
        Bad("map with another key", "interface a.b\ntype A (x: [int]int)", .syntax, line: 2),
        Bad("array with a length", "interface a.b\ntype A (x: [3]int)", .syntax, line: 2),
        Bad("field twice", "interface a.b\ntype A (x: int, x: int)", .duplicate, line: 2),
        Bad("word twice", "interface a.b\ntype A (x, x)", .duplicate, line: 2),
        Bad("name twice", "interface a.b\ntype A (x: int)\nmethod A() -> ()", .duplicate, line: 3),
        Bad("method without a result", "interface a.b\nmethod M()", .syntax, line: 2),
        Bad("method with an enumeration", "interface a.b\nmethod M(a, b) -> ()", .syntax, line: 2),
        Bad("error without parentheses", "interface a.b\nerror E", .syntax, line: 2),
        Bad("text at the end", "interface a.b\ntype A (x: int)\n!", .syntax, line: 3),
        Bad("two interfaces", "interface a.b\ninterface a.c", .syntax, line: 2),
        Bad("too deep", "interface a.b\ntype A (x: \(String(repeating: "[]", count: 100_000))int)", .depth, line: 2),
        Bad(
            "structures too deep",
            "interface a.b\ntype A \(String(repeating: "(x: ", count: 100_000))int",
            .depth,
            line: 2
        ),
    ]

    @Test(arguments: good) func `what the grammar allows is taken`(_ example: Good) throws {
        #expect(try InterfaceDefinition("interface org.example.a-b9\n" + example.members).name == "org.example.a-b9")
    }

    @Test(arguments: bad) func `what the grammar does not allow is refused, with the line`(_ example: Bad) {
        let fault = #expect(throws: InterfaceFault.self) { try InterfaceDefinition(example.text) }
        #expect(fault?.code == example.code)
        #expect(fault?.line == example.line)
    }

    @Test(arguments: ["a.b", "A.b.c", "org.example.x", "a-b.c--d.e", "a.9"])
    func `names that interfaces may have`(name: String) {
        #expect(throws: Never.self) { try InterfaceDefinition("interface \(name)") }
    }

    @Test func `a definition says all that the text says`() throws {
        let interface = try InterfaceDefinition(
            """
            # The interface,
            # in two lines.
            interface org.example.test

            # Not documentation: an empty line follows.

            # A type.
            type T (
              # A field.
              a: ?[]int, # not of b
              b: (one, two)
            )

            method M(t: T) -> (x: [string]T)
            # An error.
            error E ()
            """
        )
        #expect(interface.documentation == "The interface,\nin two lines.")
        let fields = [
            FieldDefinition(name: "a", documentation: "A field.", type: .optional(.array(.int))),
            FieldDefinition(name: "b", documentation: "", type: .enumeration(["one", "two"])),
        ]
        #expect(interface.types == [TypeDefinition(name: "T", documentation: "A type.", type: .structure(fields))])
        let method = interface.method("M")
        #expect(method?.input == [FieldDefinition(name: "t", documentation: "", type: .named("T"))])
        #expect(method?.output == [FieldDefinition(name: "x", documentation: "", type: .map(.named("T")))])
        #expect(interface.error("E")?.documentation == "An error.")
        #expect(interface.error("M") == nil)
    }

    @Test func `no text traps the parser`() {
        let alphabet = Array("interface a.b\ntype method error (){}[]?:,->#\r\t _Az09é".unicodeScalars)
        for seed in Seeds.all {
            var generator = SplitMix64(seed: seed)
            for _ in 0..<5_000 {
                var text = "interface a.b\n"
                for _ in 0..<generator.below(60) {
                    text.unicodeScalars.append(alphabet[generator.below(alphabet.count)])
                }
                _ = try? InterfaceDefinition(text)
            }
        }
    }
}
