/// Reads what was written with ``Swift/Array/append(bigEndian:)``, one after the other; nil where too little is left.
public struct ByteCursor {
    /// What was not read yet.
    public private(set) var rest: ArraySlice<UInt8>

    /// Reads from the first of the bytes on.
    public init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// Whether all was read.
    public var isAtEnd: Bool { rest.isEmpty }

    /// So many bytes.
    public mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// An integer, its highest byte first.
    public mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        take(Number.bitWidth / 8).map { $0.reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) } }
    }
}

extension [UInt8] {
    /// Appends an integer, its highest byte first.
    ///
    /// Other rooms have it for each kind of integer by itself: a record of the journal took 64 % more instructions without that.
    @inlinable
    public mutating func append<Number: FixedWidthInteger>(bigEndian number: Number) {
        for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
