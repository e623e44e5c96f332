extension InterfaceDefinition {
    /// Reads the text of an interface.
    ///
    /// - Throws: ``InterfaceFault`` with the reason and the line.
    public init(_ text: String) throws(InterfaceFault) {
        var parser = InterfaceParser(text)
        self = try parser.parse()
    }
}

/// Reads an interface text by recursive descent, with a bound on how deep types may lie inside one another.
private struct InterfaceParser {
    private static let maximumDepth = 32

    private let text: String
    private var scanner: InterfaceScanner
    private var types: [TypeDefinition] = []
    private var methods: [MethodDefinition] = []
    private var errors: [ErrorDefinition] = []
    private var memberNames: Set<String> = []
    /// Types that were named, with the line, to be looked up once all are known.
    private var references: [(name: String, line: Int)] = []

    init(_ text: String) {
        self.text = text
        scanner = InterfaceScanner(text)
    }

    mutating func parse() throws(InterfaceFault) -> InterfaceDefinition {
        let documentation = scanner.documentation()
        guard scanner.word() == "interface" else { throw scanner.fault(.syntax) }
        let name = scanner.word(also: ".-")
        guard InterfaceNames.isInterface(name) else { throw scanner.fault(.name, name) }
        while !scanner.isAtEnd { try parseMember() }
        for reference in references where !types.contains(where: { $0.name == reference.name }) {
            throw InterfaceFault(.undefined, line: reference.line, name: reference.name)
        }
        return InterfaceDefinition(
            name: name,
            text: text,
            documentation: documentation,
            types: types,
            methods: methods,
            errors: errors
        )
    }

    private mutating func parseMember() throws(InterfaceFault) {
        let documentation = scanner.documentation()
        switch scanner.word() {
        case "type":
            let name = try memberName()
            let type = try parenthesised(depth: 0)
            types.append(TypeDefinition(name: name, documentation: documentation, type: type))
        case "method":
            let name = try memberName()
            let input = try structure()
            try scanner.expect("->")
            let output = try structure()
            methods.append(
                MethodDefinition(name: name, documentation: documentation, input: input, output: output)
            )
        case "error":
            let name = try memberName()
            let parameters = try structure()
            errors.append(ErrorDefinition(name: name, documentation: documentation, parameters: parameters))
        default: throw scanner.fault(.syntax)
        }
    }

    /// Types, methods and errors share one namespace.
    private mutating func memberName() throws(InterfaceFault) -> String {
        let name = scanner.word()
        guard InterfaceNames.isMember(name) else { throw scanner.fault(.name, name) }
        guard memberNames.insert(name).inserted else { throw scanner.fault(.duplicate, name) }
        return name
    }

    private mutating func structure() throws(InterfaceFault) -> [FieldDefinition] {
        guard case .structure(let fields) = try parenthesised(depth: 0) else { throw scanner.fault(.syntax) }
        return fields
    }

    /// A structure or an enumeration: what follows the first name tells which.
    private mutating func parenthesised(depth: Int) throws(InterfaceFault) -> TypeExpression {
        guard depth < Self.maximumDepth else { throw scanner.fault(.depth) }
        try scanner.expect("(")
        if scanner.take(")") { return .structure([]) }
        var names: Set<String> = []
        var documentation = scanner.documentation()
        var name = try fieldName(&names)
        guard scanner.take(":") else { return try enumeration(from: name, &names) }
        var fields: [FieldDefinition] = []
        while true {
            let type = try type(depth: depth + 1)
            fields.append(FieldDefinition(name: name, documentation: documentation, type: type))
            guard scanner.take(",") else { break }
            documentation = scanner.documentation()
            name = try fieldName(&names)
            try scanner.expect(":")
        }
        try scanner.expect(")")
        return .structure(fields)
    }

    private mutating func enumeration(
        from first: String,
        _ names: inout Set<String>
    ) throws(InterfaceFault) -> TypeExpression {
        var words = [first]
        while scanner.take(",") { words.append(try fieldName(&names)) }
        try scanner.expect(")")
        return .enumeration(words)
    }

    private mutating func fieldName(_ names: inout Set<String>) throws(InterfaceFault) -> String {
        let name = scanner.word()
        guard InterfaceNames.isField(name) else { throw scanner.fault(.name, name) }
        guard names.insert(name).inserted else { throw scanner.fault(.duplicate, name) }
        return name
    }

    private mutating func type(depth: Int, isOptional: Bool = false) throws(InterfaceFault) -> TypeExpression {
        guard depth < Self.maximumDepth else { throw scanner.fault(.depth) }
        if scanner.take("?") {
            guard !isOptional else { throw scanner.fault(.doubleOptional) }
            return .optional(try type(depth: depth + 1, isOptional: true))
        }
        if scanner.take("[") {
            if scanner.take("]") { return .array(try type(depth: depth + 1)) }
            guard scanner.word() == "string" else { throw scanner.fault(.syntax) }
            try scanner.expect("]")
            return .map(try type(depth: depth + 1))
        }
        if let word = simpleWord() { return try simple(word) }
        return try parenthesised(depth: depth)
    }

    private mutating func simpleWord() -> String? {
        let word = scanner.word()
        return word.isEmpty ? nil : word
    }

    private mutating func simple(_ word: String) throws(InterfaceFault) -> TypeExpression {
        switch word {
        case "bool": return .bool
        case "int": return .int
        case "float": return .float
        case "string": return .string
        case "object": return .object
        case "any": return .any
        default:
            guard InterfaceNames.isMember(word) else { throw scanner.fault(.name, word) }
            references.append((word, scanner.line))
            return .named(word)
        }
    }
}
