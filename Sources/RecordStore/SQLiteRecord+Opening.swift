import Cryptography
import GRDB
import TransparencyLog

#if canImport(Glibc)
import Glibc
#endif

extension SQLiteRecord {
    private static func database(_ folder: String) -> String { folder + "/record.db" }
    private static func anchor(_ folder: String) -> String { folder + "/anchor" }

    /// Makes an empty record in a folder that does not exist yet: the only way in which a record comes to be.
    package static func create(in folder: String) throws(RecordFault) -> SQLiteRecord {
        guard unsafe mkdir(folder, 0o700) == 0 else {
            let code = errno
            throw RecordFault(
                code == EEXIST ? .exists : .failed,
                "\(folder) could not be made: \(unsafe String(cString: strerror(code)))."
            )
        }
        try AnchorFile.create(at: anchor(folder))
        try SignedHead.create(in: folder)
        do {
            let pool = try openPool(folder)
            try pool.write { try RecordTables.create($0) }
            try pool.close()
        } catch {
            throw RecordFault(writing: error)
        }
        _ = unsafe chmod(database(folder), 0o600)
        return try open(in: folder)
    }

    /// Opens an existing record and looks at everything that can be looked at in a moment: the engine's settings, the tree from
    /// its tiles, the anchor, the last signed head, and the links of the newest lines.
    package static func open(in folder: String) throws(RecordFault) -> SQLiteRecord {
        guard unsafe access(database(folder), F_OK) == 0 else {
            throw RecordFault(.missing, "There is no record in \(folder); opening never makes one.")
        }
        let anchorFile = try AnchorFile(path: anchor(folder))
        do {
            let pool = try openPool(folder)
            try assertDurable(pool)
            let (head, frontier) = try pool.read { try RecordTables.head($0) }
            let anchored = anchorFile.newest
            guard head.size >= anchored.confirmed else {
                throw RecordFault(
                    .shorterThanAnchor,
                    "The record has \(head.size) lines, and \(anchored.confirmed) were acknowledged: some are missing at its end."
                )
            }
            if head.size >= anchored.size {
                let root = try pool.read { try RecordTables.frontier($0, size: anchored.size) }.root
                guard root == anchored.root else {
                    throw RecordFault(
                        .contradictsAnchor,
                        "The record is not the one that was anchored at \(anchored.size)."
                    )
                }
            }
            let signed = try SignedHead.read(in: folder)
            guard signed.size <= head.size else {
                throw RecordFault(
                    .contradictsSignedHead,
                    "The record has \(head.size) lines, and a head over \(signed.size) was signed."
                )
            }
            guard try pool.read({ try RecordTables.frontier($0, size: signed.size) }).root == signed.root else {
                throw RecordFault(
                    .contradictsSignedHead,
                    "The record is not the one that was signed at \(signed.size)."
                )
            }
            let ledger = Ledger(
                head: head,
                frontier: frontier,
                anchor: anchorFile,
                fault: nil,
                acknowledged: head.size
            )
            let lost = anchored.size > head.size ? anchored.size - head.size : 0
            let record = SQLiteRecord(
                pool: pool,
                folder: folder,
                ledger: ledger,
                report: OpenReport(unconfirmedLost: lost)
            )
            try record.checkNewestLinks()
            return record
        } catch {
            throw RecordFault(reading: error)
        }
    }

    private static func openPool(_ folder: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "record"
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA mmap_size = 0;
                    PRAGMA wal_autocheckpoint = 4000;
                    """
            )
        }
        let pool = try DatabasePool(path: database(folder), configuration: configuration)
        // GRDB sets NORMAL on the writer after the configuration (reliability.md F1).
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return pool
    }

    private static func assertDurable(_ pool: DatabasePool) throws {
        let (synchronous, journal) = try pool.writeWithoutTransaction { db in
            (
                try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? 0,
                try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? ""
            )
        }
        guard synchronous == 2, journal == "wal" else {
            throw RecordFault(.unsafe, "SQLite is set to synchronous \(synchronous), journal \(journal): not durable.")
        }
    }

    private func checkNewestLinks() throws(RecordFault) {
        let head = self.head
        let first = head.size > 256 ? head.size - 256 : 0
        var previous: Digest?
        for line in try lines(from: first, limit: 256) {
            guard let scan = try? LineScan(line.bytes), scan.seq == line.seq else {
                throw RecordFault(.damaged, "Line \(line.seq) is not in the record's form.")
            }
            if let previous, scan.prev != previous {
                throw RecordFault(.damaged, "Line \(line.seq) does not follow from the line before it.")
            }
            previous = .leaf(line.bytes)
        }
    }
}
