/// Why an SSH key or signature was refused.
///
/// It holds none of the text that was read.
public struct SSHFault: Error, Hashable, Sendable {
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

/// Reasons about form.
extension SSHFault.Code {
    /// The lines around a signature are not as OpenSSH writes them.
    public static let armour = Self(rawValue: "armour")
    /// Base64 that is not in its one spelling.
    public static let base64 = Self(rawValue: "base64")
    /// A public key line that is not `type base64 [comment]`.
    public static let line = Self(rawValue: "line")
    /// The binary form ends too early.
    public static let truncated = Self(rawValue: "truncated")
    /// Bytes follow the binary form.
    public static let trailing = Self(rawValue: "trailing")
    /// The binary form does not begin with `SSHSIG`.
    public static let magic = Self(rawValue: "magic")
    /// A version other than 1.
    public static let version = Self(rawValue: "version")
    /// The reserved field is not empty.
    public static let reserved = Self(rawValue: "reserved")
    /// A hash other than sha256 and sha512.
    public static let hashAlgorithm = Self(rawValue: "hashAlgorithm")
    /// A kind of key or signature that is not supported, such as certificates, DSA and WebAuthn.
    public static let unsupportedType = Self(rawValue: "unsupportedType")
    /// A key whose numbers do not have the form of its type.
    public static let malformedKey = Self(rawValue: "malformedKey")
    /// A signature that does not have the form of its type.
    public static let malformedSignature = Self(rawValue: "malformedSignature")
}

/// Reasons about trust.
extension SSHFault.Code {
    /// A key with which anyone could sign, or its owner deny everything.
    public static let lowOrderKey = Self(rawValue: "lowOrderKey")
    /// An RSA key below 2048 bits, or with an exponent that is of no use.
    public static let weakKey = Self(rawValue: "weakKey")
    /// A security key made for something other than SSH, such as a web site.
    public static let application = Self(rawValue: "application")
    /// A signature of a kind that does not belong to the key, SHA-1 with RSA among them.
    public static let signatureType = Self(rawValue: "signatureType")
    /// A signature for another purpose, or for none.
    public static let namespace = Self(rawValue: "namespace")
    /// A security key signed without being touched.
    public static let userPresence = Self(rawValue: "userPresence")
    /// The key did not sign this message.
    public static let badSignature = Self(rawValue: "badSignature")
}

extension SSHFault: CustomStringConvertible {
    /// The reason, for a log.
    public var description: String { "SSH: \(code.rawValue)" }
}
