/// Reads what ``TarWriter`` writes, file by file, and refuses everything else: links, folders, extensions, odd names.
///
/// A bundle comes from outside. Only the one spelling of a header is read, so there is nothing to be lenient about.
public struct TarReader: Sendable {
    /// A file in a tar file.
    public struct Member: Hashable, Sendable {
        /// Its name, with folders.
        public let name: String
        /// The places of its bytes.
        public let content: Range<Int>
    }

    /// The most files that are read.
    public static let maximumMembers = 5_000_000

    private let bytes: [UInt8]
    private var offset = 0
    private var names: Set<String> = []
    private var isAtEnd = false

    /// A reader of a whole tar file.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next file; nil at the end.
    ///
    /// - Throws: ``TarFault``.
    public mutating func next() throws(TarFault) -> Member? {
        guard !isAtEnd else { return nil }
        let blockSize = TarWriter.blockSize
        guard bytes.count - offset >= blockSize else { throw TarFault(.truncated) }
        let block = bytes[offset..<offset + blockSize]
        if block.allSatisfy({ $0 == 0 }) {
            guard bytes.count - offset >= TarWriter.end.count else { throw TarFault(.truncated) }
            guard bytes[offset...].allSatisfy({ $0 == 0 }) else { throw TarFault(.trailing) }
            isAtEnd = true
            return nil
        }
        let name = Array(block.prefix(100).prefix { $0 != 0 })
        guard TarFault.isName(name) else { throw TarFault(.name) }
        let size = try size(of: block)
        let text = String(decoding: name, as: UTF8.self)
        guard try TarWriter.header(name: text, size: size) == Array(block) else { throw TarFault(.header) }
        let start = offset + blockSize
        guard size <= UInt64(bytes.count - start) else { throw TarFault(.truncated) }
        let end = start + Int(size)
        let next = end + TarWriter.padding(size: size).count
        guard next <= bytes.count else { throw TarFault(.truncated) }
        guard bytes[end..<next].allSatisfy({ $0 == 0 }) else { throw TarFault(.trailing) }
        guard names.count < Self.maximumMembers else { throw TarFault(.count) }
        guard names.insert(text).inserted else { throw TarFault(.name) }
        offset = next
        return Member(name: text, content: start..<end)
    }

    private func size(of block: ArraySlice<UInt8>) throws(TarFault) -> UInt64 {
        var size: UInt64 = 0
        for byte in block.dropFirst(124).prefix(11) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) else { throw TarFault(.header) }
            size = size << 3 | UInt64(byte - UInt8(ascii: "0"))
        }
        return size
    }
}
