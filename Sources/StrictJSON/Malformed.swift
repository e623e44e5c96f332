/// Why a text was refused, and where.
///
/// It never holds any of the text, so that it can be logged and answered.
public struct Malformed: Error, Hashable, Sendable {
    /// The reason.
    public var code: Code
    /// The place in bytes from the start, where the reader stopped; zero for a value that cannot be written.
    public var offset: Int

    /// A reason and its place.
    public init(_ code: Code, at offset: Int = 0) {
        self.code = code
        self.offset = offset
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

extension Malformed.Code {
    /// Not JSON (RFC 8259).
    public static let syntax = Self(rawValue: "syntax")
    /// Ends in the middle of a value.
    public static let truncated = Self(rawValue: "truncated")
    /// Something follows the value.
    public static let trailing = Self(rawValue: "trailing")
    /// Nested deeper than the limits allow.
    public static let depth = Self(rawValue: "depth")
    /// Longer than the limits allow.
    public static let size = Self(rawValue: "size")
    /// A key occurs twice in an object.
    public static let duplicateKey = Self(rawValue: "duplicateKey")
    /// An integer that cannot be kept or written exactly.
    public static let integerRange = Self(rawValue: "integerRange")
    /// A number too large for a double, or written with far too many digits.
    public static let numberRange = Self(rawValue: "numberRange")
    /// A fraction or an exponent where only integers are due.
    public static let fraction = Self(rawValue: "fraction")
    /// `-0` where every number has one spelling.
    public static let negativeZero = Self(rawValue: "negativeZero")
    /// Not UTF-8, a byte order mark, or half a surrogate pair.
    public static let encoding = Self(rawValue: "encoding")
    /// U+0000, which ends strings elsewhere and messages on the wire.
    public static let nulCharacter = Self(rawValue: "nulCharacter")
    /// An unescaped control character in a string.
    public static let controlCharacter = Self(rawValue: "controlCharacter")
}

extension Malformed: CustomStringConvertible {
    /// The reason and the place, for a log.
    public var description: String { "\(code.rawValue) at byte \(offset)" }
}
