/// What libcrypto could not do.
///
/// It says nothing about keys or messages.
public struct CryptoFailure: Error, Hashable, Sendable {
    /// The kind of failure.
    public var code: Code

    /// A failure of a kind.
    public init(_ code: Code) {
        self.code = code
    }

    /// A kind of failure as a word, open to new ones.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The word.
        public let rawValue: String

        /// A kind by its word.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The random generator has no entropy or could not be set up.
        public static let random = Self(rawValue: "random")
        /// A key could not be made or used.
        public static let key = Self(rawValue: "key")
        /// A signature could not be made.
        public static let signing = Self(rawValue: "signing")
        /// Bytes could not be sealed.
        public static let sealing = Self(rawValue: "sealing")
    }
}

extension CryptoFailure: CustomStringConvertible {
    /// The kind, for a log.
    public var description: String { "libcrypto failed: \(code.rawValue)" }
}
