/// Why bytes are not a line of the record, or why values cannot be written as one.
///
/// It never holds any of the text, so that it can be logged and answered.
public struct LineFault: Error, Hashable, Sendable {
    /// The reason.
    public var code: Code
    /// The place in bytes from the start of the line; zero when values cannot be written.
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

extension LineFault.Code {
    /// Not the fixed order of keys, or something other than a key's kind of value.
    public static let syntax = Self(rawValue: "syntax")
    /// Ends before its LF.
    public static let truncated = Self(rawValue: "truncated")
    /// Something follows the LF.
    public static let trailing = Self(rawValue: "trailing")
    /// Longer than ``LogLine/maximumBytes``.
    public static let size = Self(rawValue: "size")
    /// Not a decimal without leading zeros from 0 to 2^53 - 1.
    public static let number = Self(rawValue: "number")
    /// Text with anything but printable ASCII, or with `"` or `\`, or empty where it may not be.
    public static let text = Self(rawValue: "text")
    /// Not the lower-case hexadecimal digits that are due.
    public static let hex = Self(rawValue: "hex")
    /// A word that is not one of the fixed ones.
    public static let word = Self(rawValue: "word")
    /// More than ``Statement/maximumParts`` parts.
    public static let parts = Self(rawValue: "parts")
    /// A rule with an accepted outcome, or none with another.
    public static let rule = Self(rawValue: "rule")
    /// Neither a signature nor a voucher, or both, or a signature that is not base64.
    public static let attestation = Self(rawValue: "attestation")
}

extension LineFault: CustomStringConvertible {
    /// The reason and the place, for a log.
    public var description: String { "\(code.rawValue) at byte \(offset)" }
}
