import Cryptography
import GRDB
import TransparencyLog

#if canImport(Glibc)
import Glibc
#endif

extension SQLiteRecord {
    private static let keysPerStep = 4_096
    private static let stepsPerCheckpoint = 64

    /// Makes a record out of the two files of a backup, in a folder that does not exist yet, and opens it.
    ///
    /// The journal and the signed head say from then on what the backup holds, for those of the lost record are gone with it:
    /// that lines are missing is for whoever kept a checkpoint to tell.
    ///
    /// - Parameters:
    ///   - files: of the backup; they are left as they are.
    ///   - folder: of the new record.
    ///   - sealing: with the deployment's key that the key file was wrapped with.
    /// - Returns: The record, open.
    /// - Throws: ``RecordFault``; what lies in the folder then is nothing.
    package static func restore(
        _ files: BackupFiles,
        in folder: String,
        sealing: Sealing
    ) throws(RecordFault) -> SQLiteRecord {
        guard unsafe mkdir(folder, 0o700) == 0 else {
            if errno == EEXIST {
                throw RecordFault(.exists, "\(folder) is there already: nothing is restored over it.")
            }
            throw StateStorage.fault("made", folder)
        }
        let made = RecordFiles(folder)
        try BlockFile.copy(files.record, to: made.database)
        let head: SignedHead
        do {
            let keys = try BackupDatabase.reading(files.keys)
            let pool = try DatabaseSettings.open(made.database)
            try pool.write { db in
                try RecordTables.check(db)
                try RecordTables.noteJournal(db)
                try RecordTables.createKeys(db)
            }
            try copyKeys(keys, into: pool)
            try pool.write { try RecordTables.createTriggers($0) }
            _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            head = try pool.read { db in
                let size = try RecordTree.size(db)
                return SignedHead(size: size, root: try RecordTree(db: db).root(of: size))
            }
            try pool.close()
            try keys.close()
        } catch {
            throw RecordFault(copying: error)
        }
        try Journal.create(made, on: RecordHead(size: head.size, root: head.root, last: .empty, time: 0))
        try SignedHead.create(at: made.signedHead)
        try head.write(to: made.signedHead)
        try StateStorage.syncFolder(StateStorage.folder(of: folder))
        return try open(in: folder, sealing: sealing)
    }

    /// Removes what a restore or a rehearsal made and nobody serves; that there is nothing is no fault.
    ///
    /// - Throws: ``RecordFault``, also if something else lies in the folder.
    package static func remove(_ folder: String) throws(RecordFault) {
        for name in RecordFiles.names where unsafe unlink("\(folder)/\(name)") != 0 && errno != ENOENT {
            throw StateStorage.fault("removed", "\(folder)/\(name)")
        }
        if unsafe rmdir(folder) != 0, errno != ENOENT { throw StateStorage.fault("removed", folder) }
    }

    private static func copyKeys(_ keys: DatabaseQueue, into pool: DatabasePool) throws {
        let wrapping = "first_seq, deployment_key, wrapped"
        try keys.read { source in
            try BackupDatabase.copy(
                source,
                "SELECT \(wrapping) FROM wrapping_key",
                [],
                pool,
                "wrapping_key (\(wrapping)) VALUES (?, ?, ?)"
            )
            let end = try pool.read { PartPlace(seq: try RecordTree.size($0), index: 0).row }
            var place: Int64 = -1
            var steps = 0
            while try BackupDatabase.copy(
                source,
                "SELECT place, wrapped FROM part_key WHERE place > ? AND place < ? ORDER BY place LIMIT \(keysPerStep)",
                [place, end],
                pool,
                "part_key (place, wrapped) VALUES (?, ?)",
                keeping: { row in
                    place = row[0]
                    return true
                }
            ) > 0 {
                steps += 1
                if steps.isMultiple(of: stepsPerCheckpoint) {
                    _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
                }
            }
        }
    }
}

extension BlockFile {
    /// Copies a file into a new one, closed to others and synced.
    fileprivate static func copy(_ path: String, to new: String) throws(RecordFault) {
        let source = try BlockFile(path: path, readOnly: true)
        try create(at: new)
        let target = try BlockFile(path: new)
        var offset = 0
        while true {
            let bytes = try source.read(length: 1 << 20, at: offset)
            guard !bytes.isEmpty else { break }
            try target.write(bytes, at: offset)
            offset += bytes.count
        }
        try target.sync()
    }
}
