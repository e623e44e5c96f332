/// Writes a tar file that depends on nothing but names and bytes (POSIX.1-1988 ustar).
///
/// No time, owner or folder gets in, so that the same record always gives the same file. The caller sorts.
public struct TarWriter: Sendable {
    /// The length of a block.
    public static let blockSize = 512
    /// The largest size of a file: eleven octal digits.
    public static let maximumSize: UInt64 = 0o77_777_777_777

    /// The two empty blocks at the end.
    public static let end = [UInt8](repeating: 0, count: 2 * blockSize)

    /// What was written so far, without the end.
    public private(set) var bytes: [UInt8] = []

    /// An empty tar file.
    public init() {}

    /// The header block of a regular file.
    ///
    /// - Throws: ``TarFault`` if the name has no place in 100 bytes of printable ASCII or would lead out of the folder,
    ///   or the size none in the header.
    public static func header(name: String, size: UInt64) throws(TarFault) -> [UInt8] {
        let name = Array(name.utf8)
        guard TarFault.isName(name[...]) else { throw TarFault(.name) }
        guard size <= maximumSize else { throw TarFault(.size) }
        var block = [UInt8](repeating: 0, count: blockSize)
        func put(_ text: some Collection<UInt8>, at place: Int) {
            block.replaceSubrange(place..<place + text.count, with: text)
        }
        func octal(_ value: UInt64, digits: Int) -> [UInt8] {
            (0..<digits).reversed().map { UInt8(ascii: "0") + UInt8(value >> UInt64(3 * $0) & 7) }
        }
        put(name, at: 0)
        put("0000644".utf8, at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(size, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put("        ".utf8, at: 148)
        block[156] = UInt8(ascii: "0")
        put("ustar".utf8, at: 257)
        put("00".utf8, at: 263)
        let sum = block.reduce(UInt64(0)) { $0 + UInt64($1) }
        put(octal(sum, digits: 6) + [0, 0x20], at: 148)
        return block
    }

    /// The zeros after a file of a size, up to a whole block.
    public static func padding(size: UInt64) -> [UInt8] {
        [UInt8](repeating: 0, count: paddingCount(size: size))
    }

    static func paddingCount(size: UInt64) -> Int { Int((512 - size % 512) % 512) }

    /// Adds a file.
    ///
    /// - Throws: ``TarFault``, see ``header(name:size:)``.
    public mutating func add(_ name: String, _ content: [UInt8]) throws(TarFault) {
        bytes += try Self.header(name: name, size: UInt64(content.count))
        bytes += content
        bytes += Self.padding(size: UInt64(content.count))
    }
}

/// Why something is no tar file of ours.
public struct TarFault: Error, Hashable, Sendable {
    /// The reason.
    public var code: Code

    /// A fault.
    public init(_ code: Code) { self.code = code }

    /// The reason for a ``TarFault``.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The word.
        public let rawValue: String

        /// A reason.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A name that is empty, too long, not plain, not relative, or there twice.
        public static let name = Self(rawValue: "name")
        /// A size that is beyond what can be.
        public static let size = Self(rawValue: "size")
        /// The file ends in the middle.
        public static let truncated = Self(rawValue: "truncated")
        /// A header that ``TarWriter`` would not write.
        public static let header = Self(rawValue: "header")
        /// More after the end, or in the padding.
        public static let trailing = Self(rawValue: "trailing")
        /// More files than allowed.
        public static let count = Self(rawValue: "count")
    }

    /// Relative, of plain segments that are neither empty nor dots.
    static func isName(_ name: ArraySlice<UInt8>) -> Bool {
        guard (1...100).contains(name.count) else { return false }
        var length = 0
        var dots = 0
        for byte in name {
            if byte == UInt8(ascii: "/") {
                guard length > 0, length != dots || dots > 2 else { return false }
                (length, dots) = (0, 0)
                continue
            }
            guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") else { return false }
            length += 1
            if byte == UInt8(ascii: ".") { dots += 1 }
        }
        return length > 0 && (length != dots || dots > 2)
    }
}
