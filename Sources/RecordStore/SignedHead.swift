package import Cryptography
import GRDB
import TransparencyLog

/// Size and root of the newest signed checkpoint, in a file of its own that no restore touches: a log never signs two heads that
/// do not join (C2SP tlog-checkpoint), not even after somebody put an old database back.
package struct SignedHead: Hashable, Sendable {
    package let size: UInt64
    package let root: Digest

    private static let fileLength = 4_096

    private static func path(_ folder: String) -> String { folder + "/signed-head" }

    static func create(in folder: String) throws(RecordFault) {
        try BlockFile.create(at: path(folder), length: fileLength)
        try SignedHead(size: 0, root: .empty).write(in: folder)
    }

    static func read(in folder: String) throws(RecordFault) -> SignedHead {
        let file = try BlockFile(path: path(folder))
        defer { file.close() }
        let text = String(decoding: try file.read(length: fileLength).prefix { $0 != 0 }, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[3].isEmpty, let size = UInt64(lines[0]), let root = Digest(hex: String(lines[1])),
            lines[2] == checksum(size, root)
        else { throw RecordFault(.damaged, "The file of the last signed head, \(path(folder)), is damaged.") }
        return SignedHead(size: size, root: root)
    }

    /// Overwrites in place: one sector, so that it is the old or the new one.
    func write(in folder: String) throws(RecordFault) {
        let file = try BlockFile(path: Self.path(folder))
        defer { file.close() }
        let text = Array("\(size)\n\(root.hex)\n\(Self.checksum(size, root))\n".utf8)
        try file.write(text + [UInt8](repeating: 0, count: 512 - text.count), at: 0)
        try file.sync()
    }

    private static func checksum(_ size: UInt64, _ root: Digest) -> String {
        Digest.sha256(Array("accord signed head\n\(size)\n\(root.hex)\n".utf8)).hex
    }
}

extension SQLiteRecord {
    /// The newest signed head.
    package func signedHead() throws(RecordFault) -> SignedHead { try .read(in: folder) }

    /// Moves the signed head on, before the signature leaves the process.
    ///
    /// - Throws: ``RecordFault`` if the head is not `from` any more, or `to` is behind it.
    package func advanceSignedHead(from: SignedHead, to: SignedHead) throws(RecordFault) {
        let current = try signedHead()
        guard current == from, to.size >= current.size, to.size > current.size || to.root == current.root else {
            throw RecordFault(
                .contradictsSignedHead,
                "A head over \(current.size) was signed; none may be signed over \(to.size)."
            )
        }
        try to.write(in: folder)
    }

    /// Reads back the lines that came after a head, rehashes them, and proves that they grow from it to the present root: a
    /// flipped bit must be found before a signature stands on it (Yeti 2022).
    ///
    /// - Returns: Size and root of what was read.
    package func verifyCommitted(after from: SignedHead, upTo head: RecordHead) throws(RecordFault) -> SignedHead {
        var frontier: MerkleFrontier
        do {
            frontier = try pool.read { try RecordTables.frontier($0, size: from.size) }
        } catch {
            throw RecordFault(reading: error)
        }
        guard frontier.root == from.root else {
            throw RecordFault(.contradictsSignedHead, "The record is not the one that was signed at \(from.size).")
        }
        var hasher = TreeHasher()
        var previous: Digest?
        var next = from.size
        while next < head.size {
            let page = try lines(from: next, limit: 1_024)
            guard !page.isEmpty else { throw RecordFault(.damaged, "Line \(next) is missing.") }
            for line in page where line.seq < head.size {
                guard line.seq == next, let scan = try? LineScan(line.bytes), scan.seq == next,
                    previous == nil || scan.prev == previous
                else { throw RecordFault(.damaged, "Line \(next) is not the one that was written.") }
                let leaf = hasher.leaf(line.bytes)
                frontier.append(leaf, using: &hasher)
                previous = leaf
                next += 1
            }
        }
        guard frontier.root == head.root else {
            throw RecordFault(.damaged, "The lines read back do not make the root that was written.")
        }
        return SignedHead(size: head.size, root: head.root)
    }
}
