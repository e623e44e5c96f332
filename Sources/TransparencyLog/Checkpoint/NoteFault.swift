/// Why a signed note, a key text or a checkpoint was refused.
public struct NoteFault: Error, Hashable, Sendable {
    /// The reason.
    public var code: Code

    /// A reason.
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

extension NoteFault.Code {
    /// Not a signed note: no separator, a control character, not UTF-8, too long.
    public static let malformed = Self(rawValue: "malformed")
    /// A line below the separator is not a signature line.
    public static let signatureLine = Self(rawValue: "signatureLine")
    /// Two signature lines for one key.
    public static let duplicateSignature = Self(rawValue: "duplicateSignature")
    /// No signature by any key that was given.
    public static let unknownKey = Self(rawValue: "unknownKey")
    /// A signature by a given key that this key did not make.
    public static let badSignature = Self(rawValue: "badSignature")
    /// Not a verifier or signer key text, or of a type that is not Ed25519.
    public static let key = Self(rawValue: "key")
    /// The text is not a checkpoint of exactly three lines.
    public static let checkpoint = Self(rawValue: "checkpoint")
    /// The checkpoint is of another log than the key.
    public static let origin = Self(rawValue: "origin")
}

extension NoteFault: CustomStringConvertible {
    /// The reason, for a log.
    public var description: String { code.rawValue }
}
