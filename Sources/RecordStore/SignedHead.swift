package import Cryptography
import TransparencyLog

/// Size and root of the newest signed checkpoint, in a file of its own that no restore touches: a log never signs two
/// heads that do not join (C2SP tlog-checkpoint), not even after somebody put an old database back.
package struct SignedHead: Hashable, Sendable {
    package let size: UInt64
    package let root: Digest

    package init(size: UInt64, root: Digest) {
        self.size = size
        self.root = root
    }

    /// What stands before anything was signed.
    package static let none = SignedHead(size: 0, root: .empty)
}

extension SignedHead {
    private static let longest = 256

    /// Three lines: size, root, and SHA-256 over a title and both.
    private var text: String {
        let content = "\(size)\n\(root.hex)\n"
        return content + Digest.sha256("accord signed head\n" + content).hex + "\n"
    }

    static func create(at path: String) throws(RecordFault) {
        guard !StateStorage.exists(path) else { throw RecordFault(.exists, "\(path) is there already.") }
        try SignedHead.none.write(to: path)
    }

    init(path: String) throws(RecordFault) {
        let bytes = try BlockFile(path: path, readOnly: true).read(length: Self.longest)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, let size = UInt64(lines[0]), let root = Digest(hex: String(lines[1])) else {
            throw RecordFault(.damaged, "The file of the last signed head, \(path), is damaged.")
        }
        self.init(size: size, root: root)
        guard Array(text.utf8) == bytes else {
            throw RecordFault(.damaged, "The file of the last signed head, \(path), is damaged.")
        }
    }

    func write(to path: String) throws(RecordFault) {
        try BlockFile.replace(path, with: Array(text.utf8))
    }
}
