/// Reads the binary form of SSH (RFC 4251 section 5) from untrusted bytes.
struct SSHReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var left: Int { bytes.count - position }

    mutating func take(_ count: Int) throws(SSHFault) -> [UInt8] {
        guard count <= left else { throw SSHFault(.truncated) }
        defer { position += count }
        return [UInt8](bytes[position..<position + count])
    }

    mutating func byte() throws(SSHFault) -> UInt8 {
        try take(1)[0]
    }

    mutating func word() throws(SSHFault) -> UInt32 {
        try take(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// A `string`: its length in four bytes, then so many bytes.
    mutating func string() throws(SSHFault) -> [UInt8] {
        let length = try word()
        // Compared before it becomes an Int, so that no length can overflow on any platform.
        guard length <= UInt32(clamping: left) else { throw SSHFault(.truncated) }
        return try take(Int(length))
    }

    /// An `mpint` that is positive and as short as possible, as unsigned big-endian bytes with the sign byte if any.
    mutating func positive(atMost maximum: Int, else code: SSHFault.Code) throws(SSHFault) -> [UInt8] {
        let bytes = try string()
        guard let first = bytes.first, first & 0x80 == 0, bytes.count <= maximum + (first == 0 ? 1 : 0) else {
            throw SSHFault(code)
        }
        if first == 0 {
            guard bytes.count > 1, bytes[1] & 0x80 != 0 else { throw SSHFault(code) }
        }
        return bytes
    }

    func end() throws(SSHFault) {
        guard left == 0 else { throw SSHFault(.trailing) }
    }
}

/// Writes the binary form of SSH.
struct SSHWriter {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ piece: [UInt8]) {
        bytes.append(contentsOf: piece)
    }

    mutating func byte(_ value: UInt8) {
        bytes.append(value)
    }

    mutating func word(_ value: UInt32) {
        bytes.append(bigEndian: value)
    }

    mutating func string(_ piece: [UInt8]) {
        precondition(piece.count <= Int32.max, "a piece of an SSH message is shorter than 2 GiB")
        word(UInt32(piece.count))
        raw(piece)
    }

    mutating func string(_ text: String) {
        string([UInt8](text.utf8))
    }
}
