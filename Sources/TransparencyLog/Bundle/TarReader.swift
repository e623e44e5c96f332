/// Reads what ``TarWriter`` writes, file by file, and refuses everything else: links, folders, extensions, odd names.
///
/// A bundle comes from outside. Only the one spelling of a header is read, so there is nothing to be lenient about. The
/// contents are not looked at, so that a large file costs no memory.
public struct TarReader: Sendable {
    /// A file in a tar file.
    public struct Member: Hashable, Sendable {
        /// Its name, with folders.
        public let name: String
        /// The places of its bytes.
        public let content: Range<Int>

        /// A file.
        public init(name: String, content: Range<Int>) {
            self.name = name
            self.content = content
        }
    }

    /// The most files that are read.
    public static let maximumMembers = 5_000_000

    private let size: Int
    private let refusesRepeats: Bool
    private var count = 0
    private var offset = 0
    /// What was read already, as 64 bits a name under the key of this process: whoever makes a file cannot foresee which names
    /// would be taken for the same one, and what would be is refused.
    private var names: Set<Int> = []
    private var isAtEnd = false

    /// A reader of a tar file of a size in bytes.
    ///
    /// - Parameters:
    ///   - size: the size.
    ///   - refusesRepeats: whether it looks for names that are there twice, at twenty bytes a file; who keeps them sees that himself.
    public init(size: Int, refusesRepeats: Bool = true) {
        self.size = size
        self.refusesRepeats = refusesRepeats
    }

    /// The next file; nil at the end.
    ///
    /// - Parameter read: gives the bytes at places of the tar file, all of them.
    /// - Returns: What the file is called and where it lies.
    /// - Throws: ``TarFault``, and what `read` throws.
    public mutating func next(_ read: (Range<Int>) throws -> [UInt8]) throws -> Member? {
        guard !isAtEnd else { return nil }
        let blockSize = TarWriter.blockSize
        let block = try bytes(offset..<offset + blockSize, read)
        if block.allSatisfy({ $0 == 0 }) {
            let end = offset + TarWriter.end.count
            guard try bytes(offset..<end, read).allSatisfy({ $0 == 0 }), size == end else { throw TarFault(.trailing) }
            isAtEnd = true
            return nil
        }
        let (name, length) = try Self.member(block)
        let start = offset + blockSize
        guard length <= UInt64(size - start) else { throw TarFault(.truncated) }
        let end = start + Int(length)
        let next = end + TarWriter.paddingCount(size: length)
        guard try bytes(end..<next, read).allSatisfy({ $0 == 0 }) else { throw TarFault(.trailing) }
        guard count < Self.maximumMembers else { throw TarFault(.count) }
        if refusesRepeats { guard names.insert(name.hashValue).inserted else { throw TarFault(.name) } }
        count += 1
        offset = next
        return Member(name: name, content: start..<end)
    }

    /// What a header says: the file's name and its length in bytes.
    ///
    /// - Throws: ``TarFault`` if it is none as ``TarWriter`` writes it.
    public static func member(_ header: [UInt8]) throws(TarFault) -> (name: String, length: UInt64) {
        let name = header.prefix(100).prefix { $0 != 0 }
        guard TarFault.isName(name) else { throw TarFault(.name) }
        let length = try length(in: header)
        guard header.count == TarWriter.blockSize, isWritten(header, nameEnd: name.endIndex) else {
            throw TarFault(.header)
        }
        return (String(decoding: name, as: UTF8.self), length)
    }

    /// Whether a header with a name and a length is as ``TarWriter`` writes it, its sum included.
    private static func isWritten(_ header: [UInt8], nameEnd: Int) -> Bool {
        let blank = blank
        var sum = 0
        for place in 0..<nameEnd { sum += Int(header[place]) }
        for place in nameEnd..<TarWriter.blockSize {
            switch place {
            case 124..<135: sum += Int(header[place])
            case 148..<156: sum += 0x20
            default:
                guard header[place] == blank[place] else { return false }
                sum += Int(header[place])
            }
        }
        for digit in 0..<6 {
            guard header[148 + digit] == UInt8(ascii: "0") + UInt8(sum >> (3 * (5 - digit)) & 7) else { return false }
        }
        return header[154] == 0 && header[155] == 0x20
    }

    /// The header of an empty file, with a name that leaves no trace in what is compared.
    private static let blank: [UInt8] = {
        var header = (try? TarWriter.header(name: "x", size: 0)) ?? []
        if !header.isEmpty { header[0] = 0 }
        return header
    }()

    private func bytes(_ range: Range<Int>, _ read: (Range<Int>) throws -> [UInt8]) throws -> [UInt8] {
        guard range.upperBound <= size else { throw TarFault(.truncated) }
        let bytes = try read(range)
        guard bytes.count == range.count else { throw TarFault(.truncated) }
        return bytes
    }

    private static func length(in block: [UInt8]) throws(TarFault) -> UInt64 {
        var length: UInt64 = 0
        for byte in block.dropFirst(124).prefix(11) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) else { throw TarFault(.header) }
            length = length << 3 | UInt64(byte - UInt8(ascii: "0"))
        }
        return length
    }
}
