import COpenSSL

/// The arithmetic of edwards25519 (RFC 8032 section 5.1) that libcrypto leaves out when it takes a public key.
extension Ed25519PublicKey {
    /// A coordinate y as four little-endian words.
    private typealias Coordinate = (UInt64, UInt64, UInt64, UInt64)

    /// Whether eight times the point is the neutral element.
    ///
    /// There are eight such points. Their y is 0, 1, -1, or one of the two roots of d y⁴ + 2 y² = 1; 0 and 1 have a
    /// second spelling, p and p + 1. With either sign bit that makes the 14 encodings that libcrypto takes.
    public var isLowOrder: Bool {
        let y = y
        return Self.lowOrder.contains { $0 == y }
    }

    /// Whether y is written in its one spelling, below p = 2²⁵⁵ - 19, and x = 0 without a sign.
    public var isCanonical: Bool {
        let y = y
        let isBelowP =
            y.3 < 0x7FFF_FFFF_FFFF_FFFF || y.2 < .max || y.1 < .max || y.0 < 0xFFFF_FFFF_FFFF_FFED
        let isSigned = bytes[31] & 0x80 != 0
        let hasZeroX = y == (1, 0, 0, 0) || y == Self.minusOne
        return isBelowP && !(isSigned && hasZeroX)
    }

    /// Whether some x belongs to y: x² = (y² - 1) / (d y² + 1) must be zero or a square modulo p.
    public var isOnCurve: Bool {
        // A quotient is a square exactly if the product is. The curve's equation has no y with d y² + 1 = 0.
        guard let context = unsafe BN_CTX_new() else { return false }
        defer { unsafe BN_CTX_free(context) }
        unsafe BN_CTX_start(context)
        defer { unsafe BN_CTX_end(context) }
        let p = unsafe Self.number(Self.prime, context)
        let d = unsafe Self.number(Self.d, context)
        let y = unsafe Self.number([bytes[31] & 0x7F] + bytes.dropLast().reversed(), context)
        let square = unsafe BN_CTX_get(context)
        let numerator = unsafe BN_CTX_get(context)
        // The last of several calls fails if an earlier one did (BN_CTX_get(3)).
        guard let denominator = unsafe BN_CTX_get(context) else { return false }
        let done =
            unsafe BN_mod_sqr(square, y, p, context) == 1
            && BN_mod_sub(numerator, square, BN_value_one(), p, context) == 1
            && BN_mod_mul(denominator, d, square, p, context) == 1
            && BN_mod_add(denominator, denominator, BN_value_one(), p, context) == 1
            && BN_mod_mul(numerator, numerator, denominator, p, context) == 1
        guard done else {
            ERR_clear_error()
            return false
        }
        let symbol = unsafe BN_kronecker(numerator, p, context)
        return symbol == 0 || symbol == 1
    }

    private var y: Coordinate {
        unsafe bytes.withUnsafeBytes { raw in
            guard raw.count == 32 else { return (0, 0, 0, 0) }
            return unsafe (
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self)) & (.max >> 1)
            )
        }
    }

    private static func number(_ bigEndian: [UInt8], _ context: OpaquePointer) -> OpaquePointer? {
        guard let number = unsafe BN_CTX_get(context) else { return nil }
        return unsafe BN_bin2bn(bigEndian, Int32(clamping: bigEndian.count), number)
    }

    private static let minusOne: Coordinate = (0xFFFF_FFFF_FFFF_FFEC, .max, .max, .max >> 1)

    private static let lowOrder: [Coordinate] = [
        (0, 0, 0, 0),
        (1, 0, 0, 0),
        (0xB027_B2C2_8F95_E826, 0xF098_EFF2_89F4_C345, 0x3933_C6D3_05AC_DFD5, 0x05FC_536D_8802_38B1),
        (0x4FD8_4D3D_706A_17C7, 0x0F67_100D_760B_3CBA, 0xC6CC_392C_FA53_202A, 0x7A03_AC92_77FD_C74E),
        minusOne,
        (0xFFFF_FFFF_FFFF_FFED, .max, .max, .max >> 1),
        (0xFFFF_FFFF_FFFF_FFEE, .max, .max, .max >> 1),
    ]

    /// The prime 2²⁵⁵ - 19, big-endian.
    private static let prime: [UInt8] = [0x7F] + [UInt8](repeating: 0xFF, count: 30) + [0xED]

    /// The curve's constant -121665/121666, big-endian (RFC 8032 section 5.1).
    private static let d: [UInt8] = [
        0x52, 0x03, 0x6C, 0xEE, 0x2B, 0x6F, 0xFE, 0x73, 0x8C, 0xC7, 0x40, 0x79, 0x77, 0x79, 0xE8, 0x98,
        0x00, 0x70, 0x0A, 0x4D, 0x41, 0x41, 0xD8, 0xAB, 0x75, 0xEB, 0x4D, 0xCA, 0x13, 0x59, 0x78, 0xA3,
    ]
}
