public import Cryptography

/// Lays a log out as the files of C2SP tlog-tiles, from its lines one after the other.
///
/// Whoever reads that layout can check the log with a program that we did not write: the hashes in `tile/`, the lines in
/// `tile/entries/`, 256 to a file, and beside them the signed `checkpoint`. It keeps the lines of one file and the edge of the
/// tree, however long the log is.
public struct TileLayout: Sendable {
    /// A file of the layout.
    public struct File: Hashable, Sendable {
        /// Its path in the folder of the log.
        public let path: String
        /// All of it.
        public let bytes: [UInt8]

        /// A file.
        public init(path: String, bytes: [UInt8]) {
            self.path = path
            self.bytes = bytes
        }
    }

    /// The file of the signed checkpoint.
    public static let checkpointName = "checkpoint"
    /// The most bytes that an entry can have: its length is written in 16 bits.
    public static let longestEntry = Int(UInt16.max)

    private var frontier = MerkleFrontier()
    /// The entries since the last full file.
    private var entries: [UInt8] = []

    /// The layout of an empty log.
    public init() {}

    /// How many lines were taken.
    public var size: UInt64 { frontier.size }
    /// The root of the tree over them.
    public var root: Digest { frontier.root }

    /// Takes the next line.
    ///
    /// - Returns: The files that it fills, mostly none; nil if the line is longer than an entry can be.
    public mutating func append(_ line: ArraySlice<UInt8>) -> [File]? {
        guard line.count <= Self.longestEntry else { return nil }
        entries.append(UInt8(truncatingIfNeeded: line.count >> 8))
        entries.append(UInt8(truncatingIfNeeded: line.count))
        entries += line
        let tiles = frontier.append(Digest.leaf(line))
        guard size.isMultiple(of: UInt64(TileHashes.width)) else { return [] }
        defer { entries.removeAll(keepingCapacity: true) }
        let index = size / UInt64(TileHashes.width) - 1
        return [File(path: Self.entriesPath(index: index), bytes: entries)] + tiles.map(Self.file)
    }

    /// The files of what is left over: after the last line, those that are not full.
    public var partial: [File] {
        let count = Int(size % UInt64(TileHashes.width))
        guard count > 0 else { return frontier.partialTiles.map(Self.file) }
        let path = Self.entriesPath(index: size / UInt64(TileHashes.width), count: count)
        return [File(path: path, bytes: entries)] + frontier.partialTiles.map(Self.file)
    }

    private static func file(_ tile: TileHashes) -> File {
        File(path: path("tile/\(tile.level)", index: tile.index, count: tile.hashes.count), bytes: tile.bytes)
    }

    /// Where entries lie: those of a full file, or so many of one that is not.
    public static func entriesPath(index: UInt64, count: Int = TileHashes.width) -> String {
        path("tile/entries", index: index, count: count)
    }

    /// `x001/x234/067`: three digits a folder, and `.p/` with the count where there are fewer than 256.
    private static func path(_ kind: String, index: UInt64, count: Int) -> String {
        func digits(_ value: UInt64) -> String { String(String(1_000 + value % 1_000).dropFirst()) }
        var name = digits(index)
        var rest = index / 1_000
        while rest > 0 {
            name = "x\(digits(rest))/\(name)"
            rest /= 1_000
        }
        return "\(kind)/\(name)" + (count < TileHashes.width ? ".p/\(count)" : "")
    }
}

extension TileLayout {
    /// Takes the entries of a file apart; nil unless it holds exactly so many.
    public static func entries(in bytes: [UInt8], count: Int) -> [ArraySlice<UInt8>]? {
        var entries: [ArraySlice<UInt8>] = []
        var place = 0
        while place < bytes.count {
            guard place + 2 <= bytes.count, entries.count < count else { return nil }
            let length = Int(bytes[place]) << 8 | Int(bytes[place + 1])
            place += 2
            guard place + length <= bytes.count else { return nil }
            entries.append(bytes[place..<place + length])
            place += length
        }
        return entries.count == count ? entries : nil
    }
}
