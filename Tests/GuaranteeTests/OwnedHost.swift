import Cryptography
import Foundation
import TestSupport
import TransparencyLog

/// What somebody can do who owns the host, the files and the signing key of a deployment that does not run.
struct OwnedHost {
    /// A step of the preparation did not do what it should.
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    let deployment: Deployment

    private var record: String { "\(deployment.state)/record" }

    /// The log's own key.
    var signer: NoteSigner {
        get throws {
            let text = String(
                decoding: try Data(contentsOf: URL(filePath: "\(deployment.state)/log.key")),
                as: UTF8.self
            )
            return try NoteSigner(parsing: String(text.prefix { $0 != "\n" }))
        }
    }

    /// The lines as they lie in the database, without LF.
    func lines() throws -> [String] {
        let script = """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            for (line,) in db.execute("select bytes from line order by seq"):
                sys.stdout.write(line.decode())
            """
        let read = try DaemonProcess.run(["python3", "-c", script, "\(record)/record.db"])
        guard read.status == 0 else { throw OwnedHost.Failed(description: read.stderr) }
        return read.stdout.split(separator: "\n").map(String.init)
    }

    /// Puts other lines in place of all, with head anchor, signed head and a fresh checkpoint by the real key: whatever
    /// this host can say of itself agrees.
    func replace(with lines: [String]) throws {
        guard lines.count < 256 else { throw OwnedHost.Failed(description: "a full tile would be needed") }
        let root = MerkleTree.root(of: lines.compactMap { Digest(hex: RecordCopy.leaf($0)) })
        let size = UInt64(lines.count)
        let signer = try signer
        let checkpoint = Checkpoint(origin: signer.verifierKey.name, size: size, root: root)
        guard let note = try checkpoint?.signed(by: signer) else { throw OwnedHost.Failed(description: "no note") }
        let folder = try ScratchFolder("owned")
        let new = try folder.write("lines", lines.map { $0 + "\n" }.joined())
        let signed = try folder.write("note", note.encoded)
        let script = """
            import sqlite3, sys
            path, lines, note, size = sys.argv[1:]
            db = sqlite3.connect(path)
            for (name,) in db.execute("select name from sqlite_master where type = 'trigger'").fetchall():
                db.execute(f"drop trigger {name}")
            lines = open(lines, "rb").read().splitlines(keepends=True)
            for seq, line in enumerate(lines):
                db.execute("update line set bytes = ? where seq = ?", (line, seq))
            db.execute("delete from line where seq >= ?", (len(lines),))
            for table in ["part", "part_key"]:
                db.execute(f"delete from {table} where place >= ?", (64 * len(lines),))
            db.execute("delete from request where seq >= ?", (len(lines),))
            db.execute("delete from checkpoint")
            db.execute("insert into checkpoint values (?, ?)", (int(size), open(note).read()))
            # As a record has it that was made before there was a journal: whoever owns the host may say that it is one.
            db.execute("pragma user_version = 2")
            db.commit()
            """
        let done = try DaemonProcess.run(["python3", "-c", script, "\(record)/record.db", new, signed, "\(size)"])
        guard done.status == 0 else { throw OwnedHost.Failed(description: done.stderr) }
        try writeAnchor(size, root)
        let head = "\(size)\n\(root.hex)\n"
        let sum = Digest.sha256("accord signed head\n" + head).hex
        try Data((head + sum + "\n").utf8).write(to: URL(filePath: "\(record)/signed-head"))
        // Views and the kept state are of the other past.
        for name in ["views.db", "views.db-wal", "views.db-shm"] {
            try? FileManager.default.removeItem(atPath: "\(deployment.state)/\(name)")
        }
    }

    private func writeAnchor(_ size: UInt64, _ root: Digest) throws {
        var anchor = HeadAnchor()
        var blocks = [UInt8](repeating: 0, count: 8_192)
        for _ in 0...1 {
            guard let next = anchor.next(size: size, root: root, confirmed: size) else { return }
            anchor = next
            blocks.replaceSubrange(next.slot * 4_096..<next.slot * 4_096 + HeadAnchor.slotLength, with: next.encoded)
        }
        try? FileManager.default.removeItem(atPath: "\(record)/journal")
        try Data(blocks).write(to: URL(filePath: "\(record)/anchor"))
    }

    /// Yesterday's backup of the whole state folder, and putting it back.
    func backup() throws -> ScratchFolder {
        let folder = try ScratchFolder("backup")
        try copy("\(deployment.state)/.", folder.path("state"))
        return folder
    }

    func restore(_ backup: ScratchFolder) throws {
        try FileManager.default.removeItem(atPath: deployment.state)
        try copy("\(backup.path("state"))/.", deployment.state)
    }

    private func copy(_ from: String, _ to: String) throws {
        let done = try DaemonProcess.run(["cp", "-a", "-T", from, to])
        guard done.status == 0 else { throw OwnedHost.Failed(description: done.stderr) }
    }
}
