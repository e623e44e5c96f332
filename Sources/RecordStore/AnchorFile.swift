import TransparencyLog

/// The head anchor of a record that was made before there was a journal: two slots, each on a block of its own.
enum AnchorFile {
    private static let blockLength = 4_096

    /// What it says.
    ///
    /// - Throws: ``RecordFault`` if both slots are damaged.
    static func read(_ path: String) throws(RecordFault) -> HeadAnchor {
        let blocks = try BlockFile(path: path, readOnly: true).read(length: 2 * blockLength)
        let slots = (0...1).flatMap { blocks.dropFirst($0 * blockLength).prefix(HeadAnchor.slotLength) }
        guard let newest = HeadAnchor.read(slots).newest else {
            throw RecordFault(.damaged, "Both slots of the head anchor \(path) are damaged.")
        }
        return newest
    }
}
