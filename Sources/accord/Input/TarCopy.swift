import TransparencyLog

/// A bundle as it was exported, in which files are found by their names: sixteen bytes a file, for there may be millions.
///
/// Where a file lies is known by 64 bits of its name, and its header tells whether it is that one.
final class TarCopy {
    private struct Place {
        let hash: Int
        let header: Int
    }

    private let file: InputPieces
    /// In the order of their hashes.
    private var places: [Place] = []
    /// What was asked for last: its size is asked for before its bytes are.
    private var last: (name: String, content: Range<Int>)?
    /// A piece of the file around what was read last, and how often in a row it went on from there.
    private var ahead: (start: Int, bytes: [UInt8]) = (0, [])
    private var end = 0
    private var streak = 0
    private static let aheadBytes = 1 << 18

    /// Reads where the files lie.
    ///
    /// - Throws: ``Failure`` if it is not as it was exported.
    init(_ file: InputPieces) throws(Failure) {
        self.file = file
        let path = file.path
        do {
            try eachMember { places.append(Place(hash: $0.name.hashValue, header: $0.content.lowerBound)) }
        } catch let fault as TarFault {
            throw .input("\(path) is not a bundle as it was exported: tar \(fault.code.rawValue).")
        } catch {
            throw error as? Failure ?? .input("\(path) cannot be read.")
        }
        places.sort { $0.hash < $1.hash }
    }

    private func eachMember(_ body: (TarReader.Member) throws -> Void) throws {
        var reader = TarReader(size: file.size)
        while let member = try reader.next(readAhead) { try body(member) }
    }

    /// Gives all names in the order of the file.
    func eachName(_ body: (String) throws -> Void) throws { try eachMember { try body($0.name) } }

    /// Where a file lies; nil if there is none of that name.
    func content(of name: String) throws -> Range<Int>? {
        if let last, last.name == name { return last.content }
        let hash = name.hashValue
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle].hash < hash { low = middle + 1 } else { high = middle }
        }
        while low < places.count, places[low].hash == hash {
            let start = places[low].header
            let header = try readAhead(start - TarWriter.blockSize..<start)
            if let member = try? TarReader.member(header), member.name == name {
                let content = start..<start + Int(clamping: member.length)
                last = (name, content)
                return content
            }
            low += 1
        }
        return nil
    }

    /// Some bytes of a file, fewer at its end.
    func read(_ name: String, _ range: Range<Int>) throws -> [UInt8] {
        guard let place = try content(of: name) else { return [] }
        let start = min(place.lowerBound + range.lowerBound, place.upperBound)
        return try readAhead(start..<min(place.lowerBound + range.upperBound, place.upperBound))
    }

    /// Reads small pieces out of larger ones, as long as they lie one after the other.
    private func readAhead(_ range: Range<Int>) throws(Failure) -> [UInt8] {
        guard range.count <= Self.aheadBytes / 4 else { return try file.read(range) }
        streak = (end..<end + Self.aheadBytes / 4).contains(range.lowerBound) ? streak + 1 : 0
        end = range.upperBound
        if range.lowerBound < ahead.start || range.upperBound > ahead.start + ahead.bytes.count {
            let count = streak < 16 ? range.count : Self.aheadBytes
            let start = range.lowerBound
            ahead = (start, try file.read(start..<max(range.upperBound, min(start + count, file.size))))
        }
        let first = range.lowerBound - ahead.start
        let last = min(range.upperBound - ahead.start, ahead.bytes.count)
        return first < last ? Array(ahead.bytes[first..<last]) : []
    }
}
