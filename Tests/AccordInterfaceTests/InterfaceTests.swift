import AccordInterface
import Testing
import Varlink

struct InterfaceTests {
    /// The acts of a method that only reads or only proves who is asking.
    private static let withoutContext: Set<String> = [
        "io.accord.Audit.GetCheckpoint", "io.accord.Policy.ListRules", "io.accord.Registry.ListAgencies",
        "io.accord.Registry.ListAgreements", "io.accord.Registry.ListMembers", "io.accord.Service.GetStatus",
        "io.accord.Audit.ProveConsistency", "io.accord.Audit.ProveInclusion", "io.accord.Audit.ProveRestorations",
        "io.accord.Audit.AddCosignature", "io.accord.Audit.OfferCheckpoint", "io.accord.Service.GetMetrics",
        "io.accord.Session.WhoAmI", "io.accord.Session.Challenge", "io.accord.Session.Prove",
        "io.accord.Session.Prepare", "io.accord.Policy.ListSignatureRules",
    ]

    private static func definitions() throws -> [InterfaceDefinition] {
        try Interfaces.texts.map { try InterfaceDefinition($0) }
    }

    @Test func `the texts are those of the names in order`() {
        #expect(Interfaces.texts.count == Interfaces.names.count)
        for (text, name) in zip(Interfaces.texts, Interfaces.names) {
            #expect(text.contains("\ninterface \(name)\n"))
        }
        #expect(Interfaces.names == Interfaces.names.sorted())
    }

    @Test func `every method has a constant and every constant is a method`() throws {
        let written = try Self.definitions().flatMap { definition in
            definition.methods.map { "\(definition.name).\($0.name)" }
        }
        #expect(written.count > 50)
        #expect(Set(written) == Set(Method.all.map(\.name)))
        #expect(written.count == Method.all.count)
    }

    @Test func `every method that changes something takes a context and answers with a receipt`() throws {
        for definition in try Self.definitions() {
            for method in definition.methods {
                let full = "\(definition.name).\(method.name)"
                let takesContext = method.input.contains {
                    $0.name == "context" && $0.type == .optional(.named("Context"))
                }
                #expect(takesContext != Self.withoutContext.contains(full), "\(full)")
                let isAct = method.output.first?.type == .named("Receipt")
                #expect(!isAct || takesContext, "\(full)")
            }
        }
    }

    @Test func `types and errors that stand in several interfaces are the same text`() {
        for start in ["type Context (", "type Receipt (", "error Refused (", "error Unavailable ("] {
            let bodies = Interfaces.texts.compactMap { text -> Substring? in
                guard let begin = text.firstRange(of: "\n\(start)\n") else { return nil }
                let rest = text[begin.upperBound...]
                return rest.firstRange(of: "\n)").map { rest[..<$0.lowerBound] }
            }
            #expect(bodies.count >= 7, "\(start)")
            #expect(Set(bodies).count == 1, "\(start)")
        }
    }

    @Test func `only what all known parsers take is used`() throws {
        for definition in try Self.definitions() {
            let fields =
                definition.methods.flatMap { $0.input + $0.output } + definition.errors.flatMap(\.parameters)
            for type in definition.types.map(\.type) + fields.map(\.type) {
                #expect(Self.isTakenByAll(type, in: definition), "\(definition.name): \(type)")
            }
            #expect(definition.text.utf8.allSatisfy { $0 < 0x80 }, "\(definition.name)")
        }
    }

    /// What varlinkctl 257 and 262, the python, Go and Rust packages all parse, found by trying them.
    private static func isTakenByAll(_ type: TypeExpression, in definition: InterfaceDefinition) -> Bool {
        switch type {
        case .bool, .int, .float, .string, .object: true
        case .any: false
        case .named(let name): definition.type(name) != nil
        case .structure(let fields): !fields.isEmpty && fields.allSatisfy { isTakenByAll($0.type, in: definition) }
        case .enumeration(let words): words.count > 1
        case .optional(let inner): !isOptional(inner) && isTakenByAll(inner, in: definition)
        case .array(let inner), .map(let inner): isElement(inner) && isTakenByAll(inner, in: definition)
        }
    }

    private static func isOptional(_ type: TypeExpression) -> Bool {
        if case .optional = type { true } else { false }
    }

    private static func isElement(_ type: TypeExpression) -> Bool {
        switch type {
        case .optional, .array, .map: false
        default: true
        }
    }

    @Test func `lists say that they need more`() throws {
        let others: Set = ["Watch", "Inbox", "ReadLines", "Replay", "Export"]
        for definition in try Self.definitions() {
            for method in definition.methods where method.name.hasPrefix("List") || others.contains(method.name) {
                let says = method.documentation.contains("[Requires 'more' flag]")
                #expect(says, "\(definition.name).\(method.name)")
            }
        }
    }

    @Test func `the socket is chosen by option, then environment, then the standard place`() {
        #expect(SocketPath.chosen(option: "/a", environment: "/b") == "/a")
        #expect(SocketPath.chosen(option: nil, environment: "/b") == "/b")
        #expect(SocketPath.chosen(option: "", environment: "") == SocketPath.standard)
        #expect(SocketPath.chosen(option: nil, environment: nil) == "/run/accord/accord.sock")
    }

    @Test func `only the two errors of our own interfaces are known`() {
        #expect(Refused.isNamed(by: "io.accord.Entry.Refused"))
        #expect(!Refused.isNamed(by: "io.accord.Entry.RefusedX"))
        #expect(!Refused.isNamed(by: "Refused"))
        #expect(Unavailable.isNamed(by: "io.accord.Service.Unavailable"))
        for text in Interfaces.texts {
            for name in Refused.parameters { #expect(text.contains("  \(name): string")) }
            for reason in Unavailable.reasons { #expect(text.contains(reason)) }
        }
    }
}
