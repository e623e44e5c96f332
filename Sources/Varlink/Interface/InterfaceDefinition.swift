/// An interface as its text defines it (UAPI.20, "Interface Definition").
public struct InterfaceDefinition: Sendable {
    /// Such as `org.example.ping`.
    public let name: String
    /// The text, as `GetInterfaceDescription` gives it.
    public let text: String
    /// The comment above the interface.
    public let documentation: String
    /// Named types in the order of the text.
    public let types: [TypeDefinition]
    /// Methods in the order of the text.
    public let methods: [MethodDefinition]
    /// Errors in the order of the text.
    public let errors: [ErrorDefinition]

    private let typesByName: [String: TypeExpression]

    init(
        name: String,
        text: String,
        documentation: String,
        types: [TypeDefinition],
        methods: [MethodDefinition],
        errors: [ErrorDefinition]
    ) {
        self.name = name
        self.text = text
        self.documentation = documentation
        self.types = types
        self.methods = methods
        self.errors = errors
        typesByName = types.reduce(into: [:]) { $0[$1.name] = $1.type }
    }

    /// The method of a name without the interface in front.
    public func method(_ name: String) -> MethodDefinition? {
        methods.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    /// The error of a name without the interface in front.
    public func error(_ name: String) -> ErrorDefinition? {
        errors.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    /// The type of a name.
    public func type(_ name: String) -> TypeExpression? {
        typesByName[name]
    }
}

/// A type with a name.
public struct TypeDefinition: Hashable, Sendable {
    /// The name.
    public let name: String
    /// The comment above it.
    public let documentation: String
    /// A structure or an enumeration.
    public let type: TypeExpression
}

/// A method.
public struct MethodDefinition: Hashable, Sendable {
    /// The name without the interface.
    public let name: String
    /// The comment above it.
    public let documentation: String
    /// The parameters.
    public let input: [FieldDefinition]
    /// The fields of a reply; of a method with several replies, those of all of them.
    public let output: [FieldDefinition]
}

/// An error.
public struct ErrorDefinition: Hashable, Sendable {
    /// The name without the interface.
    public let name: String
    /// The comment above it.
    public let documentation: String
    /// The parameters.
    public let parameters: [FieldDefinition]
}

/// A field of a structure.
public struct FieldDefinition: Hashable, Sendable {
    /// The name.
    public let name: String
    /// The comment above it.
    public let documentation: String
    /// What it holds.
    public let type: TypeExpression
}

/// What a field may hold.
public indirect enum TypeExpression: Hashable, Sendable {
    /// True or false.
    case bool
    /// A number without fraction and exponent, of 64 bits.
    case int
    /// A number.
    case float
    /// Text.
    case string
    /// Any JSON object.
    case object
    /// Any JSON value.
    case any
    /// A type by its name.
    case named(String)
    /// An object with these fields and no others.
    case structure([FieldDefinition])
    /// One of these words.
    case enumeration([String])
    /// Values of one type in order.
    case array(TypeExpression)
    /// An object with any keys and values of one type.
    case map(TypeExpression)
    /// Null, or absent, or a value.
    case optional(TypeExpression)
}
