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
    /// The reason in words, for a log or a terminal, which end without a full stop.
    public var description: String { code.reason }
}

extension SSHFault.Code {
    fileprivate var reason: String {
        switch self {
        case .armour: "the lines around the signature are not as OpenSSH writes them"
        case .base64: "the base64 is not in its one spelling"
        case .line: "a public key line is “type base64 comment”"
        case .truncated: "it ends too early"
        case .trailing: "something follows after its end"
        case .magic: "it is no SSH signature"
        case .version: "its version is not 1"
        case .reserved: "its reserved field is not empty"
        case .hashAlgorithm: "its hash is neither sha256 nor sha512"
        case .unsupportedType: "its kind is not taken: use ed25519, ecdsa, rsa or a security key"
        case .malformedKey: "the key does not have the form of its kind"
        case .malformedSignature: "the signature does not have the form of its kind"
        case .lowOrderKey: "anybody could sign with this key"
        case .weakKey: "an RSA key needs 2048 bits or more and a usual exponent"
        case .application: "this security key was made for something other than SSH"
        case .signatureType: "the kind of the signature is not one of this key"
        case .namespace: "the signature was made for another purpose"
        case .userPresence: "the security key was not touched"
        case .badSignature: "this key did not make the signature"
        default: rawValue
        }
    }
}
