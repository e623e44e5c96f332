/// Why a text defines no interface, and where.
public struct InterfaceFault: Error, Hashable, Sendable {
    /// The reason.
    public var code: Code
    /// The line, counted from 1.
    public var line: Int
    /// The name concerned, if there is one.
    public var name: String?

    /// A reason and its place.
    public init(_ code: Code, line: Int, name: String? = nil) {
        self.code = code
        self.line = line
        self.name = name
    }

    /// A reason as a word, open to new ones.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The word.
        public let rawValue: String

        /// A reason by its word.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }
    }
}

extension InterfaceFault.Code {
    /// Something else was due here.
    public static let syntax = Self(rawValue: "syntax")
    /// Not the name of an interface, of a type or of a field, whichever was due.
    public static let name = Self(rawValue: "name")
    /// A name that the interface, the structure or the enumeration has already.
    public static let duplicate = Self(rawValue: "duplicate")
    /// A type that is not defined.
    public static let undefined = Self(rawValue: "undefined")
    /// An optional of an optional.
    public static let doubleOptional = Self(rawValue: "doubleOptional")
    /// Types nested too deeply.
    public static let depth = Self(rawValue: "depth")
}

extension InterfaceFault: CustomStringConvertible {
    /// One line for a log or a terminal.
    public var description: String {
        "line \(line): \(code.rawValue)" + (name.map { " \"\($0)\"" } ?? "")
    }
}
