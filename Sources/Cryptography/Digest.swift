/// A SHA-256 digest: 32 bytes kept inline, compared and hashed as four words.
///
/// Digests are public here. `==` may take a different time for different bytes: use ``isSameInConstantTime(as:)`` for an
/// authentication code.
public struct Digest: Hashable, Sendable {
    /// The bytes as four big-endian words, so that the order of digests is that of their bytes and of their hex form.
    let words: (UInt64, UInt64, UInt64, UInt64)

    /// The number of bytes.
    public static let byteCount = 32

    /// All bytes zero.
    public static let zero = Digest(words: (0, 0, 0, 0))

    init(words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    /// 32 bytes.
    init(trusted raw: UnsafeRawBufferPointer) {
        words = unsafe (
            UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
            UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
        )
    }

    /// A digest from its bytes; nil unless there are 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self = unsafe bytes.withUnsafeBytes { unsafe Digest(trusted: $0) }
    }

    /// A digest from a part of a buffer; nil unless there are 32 bytes.
    public init?(bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self = unsafe bytes.withUnsafeBytes { unsafe Digest(trusted: $0) }
    }

    /// A digest from bytes of any kind; nil unless there are 32.
    public init?(bytes: some Collection<UInt8>) {
        self.init(bytes: [UInt8](bytes))
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        unsafe withBytes { unsafe [UInt8]($0) }
    }

    /// The first 16 bytes as a number, the first of them in the highest place.
    public var half: UInt128 { UInt128(words.0) << 64 | UInt128(words.1) }

    /// The text form of the record: 64 lower-case hexadecimal digits.
    public var hex: String {
        unsafe withBytes { bytes in
            unsafe String(unsafeUninitializedCapacity: 2 * Self.byteCount) { output in
                unsafe Hex.write(bytes, to: output)
                return 2 * Self.byteCount
            }
        }
    }

    /// The digest that 64 lower-case hexadecimal digits stand for; nil for anything else.
    public init?(hex: String) {
        self.init(hex: Array(hex.utf8).span)
    }

    /// The same of digits that lie anywhere.
    public init?(hex digits: Span<UInt8>) {
        guard digits.count == 2 * Self.byteCount, let first = Hex.word(digits.extracting(0..<16)),
            let second = Hex.word(digits.extracting(16..<32)), let third = Hex.word(digits.extracting(32..<48)),
            let fourth = Hex.word(digits.extracting(48..<64))
        else { return nil }
        words = (first, second, third, fourth)
    }

    /// The form of checkpoints and proofs: base64 with padding.
    public var base64: String {
        Base64.encode(bytes)
    }

    /// The digest that 44 characters of base64 stand for; nil for anything else.
    public init?(base64: String) {
        self.init(base64: Array(base64.utf8)[...])
    }

    /// The same of ASCII bytes, without an allocation: a proof of a case has some twenty for each line.
    public init?(base64 text: ArraySlice<UInt8>) {
        guard text.count == 44, text.last == UInt8(ascii: "=") else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var word: UInt64 = 0
        var bits = 0
        var count = 0
        for character in text.dropLast() {
            guard let value = Base64.value(of: character) else { return nil }
            guard bits + 6 >= 64 else {
                word = word << 6 | UInt64(value)
                bits += 6
                continue
            }
            let left = bits + 6 - 64
            word = word << UInt64(6 - left) | UInt64(value) >> UInt64(left)
            switch count {
            case 0: words.0 = word
            case 1: words.1 = word
            case 2: words.2 = word
            default: words.3 = word
            }
            count += 1
            word = UInt64(value) & (1 << UInt64(left) - 1)
            bits = left
        }
        // Of 43 characters two bits are to spare.
        guard count == 4, word == 0 else { return nil }
        self.init(words: words)
    }

    /// Appends the 64 hexadecimal digits.
    public func writeHex(into output: inout [UInt8]) {
        Hex.append(words.0, to: &output)
        Hex.append(words.1, to: &output)
        Hex.append(words.2, to: &output)
        Hex.append(words.3, to: &output)
    }

    /// Appends the 32 bytes.
    public func write(into output: inout [UInt8]) {
        unsafe withBytes { unsafe output.append(contentsOf: $0) }
    }

    /// Lends the 32 bytes.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let bigEndian = (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
        return unsafe withUnsafeBytes(of: bigEndian, body)
    }
}

extension Digest {
    /// Whether all bytes are the same.
    public static func == (left: Digest, right: Digest) -> Bool {
        left.words == right.words
    }

    /// Hashes half of the bytes: a digest is evenly spread already, and `Hasher` is seeded anew in each process.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}

extension Digest {
    /// Whether all bytes are the same, in a time that does not tell where the first difference lies.
    public func isSameInConstantTime(as other: Digest) -> Bool {
        let difference =
            (words.0 ^ other.words.0) | (words.1 ^ other.words.1) | (words.2 ^ other.words.2)
            | (words.3 ^ other.words.3)
        return difference == 0
    }
}

extension Digest: Comparable {
    /// Orders by bytes.
    public static func < (left: Digest, right: Digest) -> Bool {
        left.words < right.words
    }
}

extension Digest: CustomStringConvertible {
    /// The hexadecimal form.
    public var description: String { hex }
}
