import Glibc
import TransparencyLog

/// A whole record in the layout of C2SP tlog-tiles, read as the lines that its entries are.
final class TilesCopy {
    private let path: String
    private let note: [UInt8]
    /// Where the lines of each file of entries begin among all lines, and after the last one where they end.
    private var starts: [Int] = [0]
    /// How many lines.
    private let size: UInt64
    private var lastRead: (index: Int, lines: [UInt8])?

    /// Opens the folder, and finds by its checkpoint which files there have to be.
    init(_ path: String) throws(Failure) {
        self.path = path
        let file = try InputPieces("\(path)/\(TileLayout.checkpointName)")
        note = try file.read(0..<min(file.size, SignedNote.maximumBytes + 1))
        do {
            size = try UnverifiedCheckpoint(parsing: note).claim.size
        } catch {
            throw .input("The checkpoint of \(path) is none: \(error).")
        }
        let width = UInt64(TileHashes.width)
        for index in 0..<(size + width - 1) / width {
            let count = Int(min(width, size - index * width))
            let file = try InputPieces("\(path)/\(TileLayout.entriesPath(index: index, count: count))")
            starts.append(starts[starts.count - 1] + max(0, file.size - 2 * count))
        }
    }

    func size(of name: String) throws -> Int? {
        switch name {
        case TileLayout.checkpointName: note.count
        case BundleVerification.linesName: starts.last
        default: nil
        }
    }

    func read(_ name: String, _ range: Range<Int>) throws -> [UInt8] {
        guard name == BundleVerification.linesName else { return Array(note[range.clamped(to: note.indices)]) }
        let range = range.clamped(to: 0..<(starts.last ?? 0))
        var bytes: [UInt8] = []
        var index = max(0, (starts.firstIndex { $0 > range.lowerBound } ?? starts.count) - 1)
        while bytes.count < range.count {
            let lines = try lines(of: index)
            let start = range.lowerBound + bytes.count - starts[index]
            bytes += lines[start..<min(lines.count, range.upperBound - starts[index])]
            index += 1
        }
        return bytes
    }

    private func lines(of index: Int) throws -> [UInt8] {
        if let lastRead, lastRead.index == index { return lastRead.lines }
        let count = min(UInt64(TileHashes.width), size - UInt64(index) * UInt64(TileHashes.width))
        let name = TileLayout.entriesPath(index: UInt64(index), count: Int(count))
        let file = try InputPieces("\(path)/\(name)")
        let lines = TileLayout.entries(in: try file.read(0..<file.size), count: Int(count)).map { Array($0.joined()) }
        guard let lines, lines.count == starts[index + 1] - starts[index] else {
            throw Failure.input("\(name) is not a file of \(count) entries.")
        }
        lastRead = (index, lines)
        return lines
    }

    /// Whether the files of hashes and of entries are those that the lines give.
    ///
    /// - Returns: How many are missing or other ones, and the first of them.
    func differences() throws -> (count: UInt64, first: String?) {
        var layout = TileLayout()
        var found: (count: UInt64, first: String?) = (0, nil)
        func compare(_ files: [TileLayout.File]) {
            for file in files {
                let there = try? InputPieces("\(path)/\(file.path)")
                let isSame =
                    there.map { $0.size == file.bytes.count && (try? $0.read(0..<$0.size)) == file.bytes } ?? false
                if !isSame { found = (found.count + 1, found.first ?? file.path) }
            }
        }
        try OfflineCopy.tiles(self).eachLine { compare(layout.append($0) ?? []) }
        compare(layout.partial)
        return found
    }
}
