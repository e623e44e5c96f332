extension SSHPublicKey {
    /// The numbers inside a key.
    enum Material: Sendable {
        /// Ed25519; with an application if it lives on a security key.
        case ed25519(Ed25519PublicKey, application: [UInt8]?)
        /// An uncompressed point on a NIST curve; with an application if it lives on a security key.
        case ecdsa(NISTCurve, point: [UInt8], application: [UInt8]?)
        /// Modulus and exponent, unsigned and big-endian.
        case rsa(modulus: [UInt8], exponent: [UInt8])

        /// The longest RSA modulus in bytes, as in OpenSSH: 16384 bits.
        private static let longestModulus = 2048

        init(_ algorithm: Algorithm, from reader: inout SSHReader) throws(SSHFault) {
            switch algorithm {
            case .ed25519, .ed25519SecurityKey:
                guard let key = Ed25519PublicKey(bytes: try reader.string()) else { throw SSHFault(.malformedKey) }
                let application = algorithm == .ed25519SecurityKey ? try reader.string() : nil
                self = .ed25519(key, application: application)
            case .rsa:
                let exponent = try reader.positive(atMost: 8, else: .malformedKey)
                let modulus = try reader.positive(atMost: Self.longestModulus, else: .malformedKey)
                self = .rsa(modulus: modulus, exponent: exponent)
            default:
                guard let curve = NISTCurve(algorithm) else { throw SSHFault(.unsupportedType) }
                guard curve.sshName.utf8.elementsEqual(try reader.string()) else { throw SSHFault(.malformedKey) }
                let point = try reader.string()
                // 4 marks the uncompressed form (SEC 1 section 2.3.3); RFC 5656 allows others, OpenSSH does not.
                guard point.count == 1 + 2 * curve.byteCount, point[0] == 4 else { throw SSHFault(.malformedKey) }
                let application = algorithm == .ecdsaP256SecurityKey ? try reader.string() : nil
                self = .ecdsa(curve, point: point, application: application)
            }
        }

        /// The application of a security key, whose digest it signs with every message.
        var application: [UInt8]? {
            switch self {
            case .ed25519(_, let application), .ecdsa(_, _, let application): application
            case .rsa: nil
            }
        }

        func checkEnrolment() throws(SSHFault) {
            if let application, !application.starts(with: "ssh:".utf8) { throw SSHFault(.application) }
            switch self {
            case .ed25519(let key, _):
                guard !key.isLowOrder else { throw SSHFault(.lowOrderKey) }
                guard key.isEnrollable else { throw SSHFault(.malformedKey) }
            case .ecdsa(let curve, let point, _):
                guard KeyHandle(group: curve.group, point: point) != nil else { throw SSHFault(.malformedKey) }
            case .rsa(let modulus, let exponent):
                try Self.checkRSA(modulus: modulus, exponent: exponent)
                guard KeyHandle(modulus: modulus, exponent: exponent) != nil else { throw SSHFault(.malformedKey) }
            }
        }

        /// At least 2048 bits (NIST SP 800-131A), both numbers odd, an exponent of at least 3: with 1 the signature
        /// would be the message.
        static func checkRSA(modulus: [UInt8], exponent: [UInt8]) throws(SSHFault) {
            let unsigned = modulus.drop { $0 == 0 }
            let bits = unsigned.count * 8 - (unsigned.first?.leadingZeroBitCount ?? 0)
            guard bits >= 2048, let last = modulus.last, last & 1 == 1 else { throw SSHFault(.weakKey) }
            guard let low = exponent.last, low & 1 == 1, exponent != [1] else { throw SSHFault(.weakKey) }
        }
    }

    /// A curve of FIPS 186-5 with the names that SSH (RFC 5656) and libcrypto have for it.
    struct NISTCurve: Sendable {
        let sshName: String
        let group: String
        /// The hash that RFC 5656 section 6.2.1 ties to the curve.
        let hash: String
        /// The length of a coordinate.
        let byteCount: Int

        init?(_ algorithm: Algorithm) {
            switch algorithm {
            case .ecdsaP256, .ecdsaP256SecurityKey:
                (sshName, group, hash, byteCount) = ("nistp256", "prime256v1", "SHA256", 32)
            case .ecdsaP384: (sshName, group, hash, byteCount) = ("nistp384", "secp384r1", "SHA384", 48)
            case .ecdsaP521: (sshName, group, hash, byteCount) = ("nistp521", "secp521r1", "SHA512", 66)
            default: return nil
            }
        }
    }
}
