/// Why a message is none: after it, the connection cannot be used any more (UAPI.20).
///
/// It never holds any of the message, so that it can be logged.
public struct ProtocolViolation: Error, Hashable, Sendable {
    /// The reason.
    public var code: Code

    /// A violation for a reason.
    public init(_ code: Code) {
        self.code = code
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

extension ProtocolViolation.Code {
    /// Longer than the limits allow.
    public static let size = Self(rawValue: "size")
    /// Not JSON as we read it: syntax, encoding, depth, duplicate keys, U+0000.
    public static let json = Self(rawValue: "json")
    /// Not an object.
    public static let notObject = Self(rawValue: "notObject")
    /// A call without a method, or with one that is not a string.
    public static let method = Self(rawValue: "method")
    /// Parameters that are neither an object nor null.
    public static let parameters = Self(rawValue: "parameters")
    /// A flag that is not a boolean, or two flags that exclude one another.
    public static let flags = Self(rawValue: "flags")
    /// A member that the protocol does not have.
    public static let member = Self(rawValue: "member")
    /// An error whose name is not a string with a dot.
    public static let error = Self(rawValue: "error")
    /// A reply that nobody asked for, or one of several where one was due.
    public static let unexpected = Self(rawValue: "unexpected")
}
