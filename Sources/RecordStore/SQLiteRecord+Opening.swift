import GRDB

#if canImport(Glibc)
import Glibc
#endif

extension SQLiteRecord {
    /// Makes an empty record in a folder that does not exist yet: the only way in which a record comes to be.
    ///
    /// The folder is made with 0700, its files with 0600; its parent must exist.
    package static func create(in folder: String, sealing: Sealing) throws(RecordFault) -> SQLiteRecord {
        guard unsafe mkdir(folder, 0o700) == 0 else {
            if errno == EEXIST { throw RecordFault(.exists, "\(folder) is there already: a record is made once.") }
            throw StateStorage.fault("made", folder)
        }
        try StateStorage.syncFolder(StateStorage.folder(of: folder))
        let files = RecordFiles(folder)
        // Made by us, so that it is never open to others, not even before the mode is set.
        try BlockFile.create(at: files.database)
        do {
            let pool = try DatabaseSettings.open(files.database)
            try pool.write { db in
                try RecordTables.create(db)
                try Vault.create(db, sealing)
            }
            // The tables lie in the file: what a damaged write-ahead log can lose is lines.
            _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            try pool.close()
        } catch {
            throw RecordFault(writing: error)
        }
        try Journal.create(files, on: .empty)
        try SignedHead.create(at: files.signedHead)
        return try open(in: folder, sealing: sealing)
    }

    /// Opens an existing record, after looking at everything that can be looked at in a moment.
    ///
    /// Nothing is changed before all is found right: what is left of a damaged record is evidence, and SQLite would
    /// throw a damaged write-ahead log away when the last connection that can write closes.
    ///
    /// - Throws: ``RecordFault``: missing, damaged, sealed with another key, shorter than what was acknowledged, not
    ///   what was anchored or signed, or on an engine that is not set to be durable.
    package static func open(in folder: String, sealing: Sealing) throws(RecordFault) -> SQLiteRecord {
        let files = RecordFiles(folder)
        guard StateStorage.exists(files.database) else {
            guard ![files.journal, files.anchor, files.signedHead].contains(where: StateStorage.exists) else {
                throw RecordFault(
                    .damaged,
                    "The database of the record in \(folder) is gone; what was anchored and signed of it is there."
                )
            }
            throw RecordFault(.missing, "There is no record in \(folder); opening never makes one.")
        }
        // What a killed process wrote may be in memory only; whoever reads it from here on must not lose it again.
        if StateStorage.exists(files.writeAheadLog) { try BlockFile(path: files.writeAheadLog).renew() }
        let signed = try SignedHead(path: files.signedHead)
        do {
            let inspection = try DatabaseSettings.inspection(files.database)
            let isOlder = try inspection.read { try RecordTables.check($0) }
            let reading = try isOlder ? JournalReading(AnchorFile.read(files.anchor)) : JournalReading(files)
            let finding = try inspection.read { try OpenFinding($0, journal: reading, signed: signed) }
            let vault = try inspection.read { try Vault($0, sealing) }
            let pool = try DatabaseSettings.open(files.database)
            try inspection.close()
            try DatabaseSettings.check(pool)
            guard try pool.read({ try RecordTree.size($0) }) == finding.tail.base ?? finding.head.size else {
                throw RecordFault(.damaged, "The record changed while it was opened: something else writes to it.")
            }
            let writeAheadLog = try BlockFile(path: files.writeAheadLog)
            if isOlder {
                try Journal.create(files, on: finding.head)
                try pool.write { try RecordTables.noteJournal($0) }
                try writeAheadLog.sync()
            }
            // From here on all of it is shown to others, so that it counts as acknowledged.
            let journal = try Journal(
                files,
                isOlder ? JournalReading(files) : reading,
                holding: finding.records,
                head: finding.head
            )
            if StateStorage.exists(files.anchor) { try StateStorage.remove(files.anchor) }
            let record = SQLiteRecord(
                pool: pool,
                writeAheadLog: writeAheadLog,
                folder: folder,
                vault: vault,
                finding: finding,
                journal: journal
            )
            if !finding.records.isEmpty { try record.takeIn() }
            return record
        } catch {
            throw RecordFault(reading: error)
        }
    }

    /// Brings what only the journal held into the database.
    ///
    /// On a full disk it is read from the journal, and the first append tries again.
    private func takeIn() throws(RecordFault) {
        do throws(RecordFault) {
            try settleTail()
        } catch {
            guard error.code == .full else { throw error }
        }
    }
}
