import TransparencyLog

/// A bundle as it was exported, in which files are found by their names: eight bytes a file, for there may be millions.
///
/// Where a file lies is known by 32 bits of its name, and its header tells whether it is that one.
final class TarCopy {
    private let file: InputPieces
    /// 32 bits of each name and the number of the block where its content begins, in order.
    private var places: [UInt64] = []
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
            guard file.size / TarWriter.blockSize < 1 << 32 else { throw TarFault(.size) }
            places.reserveCapacity(min(file.size / (2 * TarWriter.blockSize) + 1, TarReader.maximumMembers))
            try eachMember { member in
                places.append(Self.hash(member.name) | UInt64(member.content.lowerBound / TarWriter.blockSize))
            }
            places.sort()
            try refuseRepeats()
        } catch let fault as TarFault {
            throw .input("\(path) is not a bundle as it was exported: tar \(fault.code.rawValue).")
        } catch {
            throw error as? Failure ?? .input("\(path) cannot be read.")
        }
    }

    /// The upper half of a place.
    private static func hash(_ name: String) -> UInt64 { UInt64(UInt(bitPattern: name.hashValue)) & ~0xFFFF_FFFF }

    private func refuseRepeats() throws {
        for place in places.indices {
            var other = place + 1
            while other < places.count, places[other] >> 32 == places[place] >> 32 {
                if try member(at: places[place])?.name == member(at: places[other])?.name { throw TarFault(.name) }
                other += 1
            }
        }
    }

    private func member(at place: UInt64) throws -> TarReader.Member? {
        let start = Int(place & 0xFFFF_FFFF) * TarWriter.blockSize
        let header = try readAhead(start - TarWriter.blockSize..<start)
        return (try? TarReader.member(header)).map { name, length in
            TarReader.Member(name: name, content: start..<start + Int(clamping: length))
        }
    }

    private func eachMember(_ body: (TarReader.Member) throws -> Void) throws {
        var reader = TarReader(size: file.size, refusesRepeats: false)
        while let member = try reader.next(readAhead) { try body(member) }
    }

    /// How many files.
    var count: Int { places.count }

    /// Gives all names in the order of the file.
    func eachName(_ body: (String) throws -> Void) throws { try eachMember { try body($0.name) } }

    /// Where a file lies; nil if there is none of that name.
    func content(of name: String) throws -> Range<Int>? {
        if let last, last.name == name { return last.content }
        let hash = Self.hash(name)
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < hash { low = middle + 1 } else { high = middle }
        }
        while low < places.count, places[low] >> 32 == hash >> 32 {
            if let member = try member(at: places[low]), member.name == name {
                last = (name, member.content)
                return member.content
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
