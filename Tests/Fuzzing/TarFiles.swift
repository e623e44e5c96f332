import TransparencyLog

/// The files of a bundle in memory.
struct TarFiles: BundleFiles {
    private let bytes: [UInt8]
    private var members: [String: Range<Int>] = [:]

    /// - Returns: nil if it is no tar file of ours.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        var reader = TarReader(size: bytes.count)
        do {
            while let member = try reader.next({ Array(bytes[$0.clamped(to: 0..<bytes.count)]) }) {
                precondition(bytes.indices.contains(member.content) || member.content.isEmpty, "a file beyond the end")
                members[member.name] = member.content
            }
        } catch {
            return nil
        }
    }

    func eachName(in folders: [String], _ body: (String) throws -> Void) throws {
        for name in members.keys where folders.contains(where: { name.hasPrefix("\($0)/") }) { try body(name) }
    }

    var count: Int { members.count }

    func size(of name: String) -> Int? { members[name]?.count }

    func read(_ name: String, _ range: Range<Int>) -> [UInt8] {
        guard let content = members[name] else { return [] }
        return Array(bytes[content][(content.lowerBound + range.lowerBound)..<(content.lowerBound + range.upperBound)])
    }
}

extension Range<Int> {
    fileprivate func contains(_ other: Range<Int>) -> Bool {
        lowerBound <= other.lowerBound && other.upperBound <= upperBound
    }
}
