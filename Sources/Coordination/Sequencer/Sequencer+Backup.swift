import Casework
import Cryptography
import Logging
import Policy
import RecordStore
import StrictJSON
import Varlink

/// Backups: recorded when they are asked for, made of what a checkpoint covers that covers that line too, and recorded again when
/// they count.
extension Sequencer {
    /// Begins a backup once a checkpoint covers its line.
    func startBackup(after seq: UInt64, for caller: Caller) {
        guard let backUp = surroundings.backUp else {
            return failBackup(
                "No backup can be made here: backup.folder and backup.keys-folder of the configuration name no folders.",
                caller
            )
        }
        guard mode == .running else { return refuseService(caller) }
        guard seq < checkpoint.size else {
            backupWaiters.append((seq, caller))
            return beginCheckpoint()
        }
        backUp(checkpoint) { [self] in post(.backedUp(caller, $0)) }
    }

    /// Goes on with the backups that waited for a checkpoint.
    func startCoveredBackups() {
        let waiters = backupWaiters
        backupWaiters = []
        for (seq, caller) in waiters { startBackup(after: seq, for: caller) }
    }

    /// The answer leaves when the line is durable which says that the backup counts.
    func finishBackup(_ caller: Caller, _ result: Result<BackupMaking.Made, any Error>) {
        switch result {
        case .success(let made):
            logger.notice("backup made", metadata: ["lines": "\(made.record.lines)", "bytes": "\(made.record.bytes)"])
            warnings["backup"] = nil
            guard mode == .running else { return refuseService(caller) }
            composing(for: caller) {
                try append(SystemEvent.backedUp(made).decision, asker: .system)
                prepared.debts.append(Debt(caller: caller, payment: .replies([.final(["backup": .object(made.json)])])))
            }
        case .failure(let error):
            logger.error("no backup was made", metadata: ["error": "\(error)"])
            warnings["backup"] = "The last backup was not made: the daemon's log says why."
            failBackup((error as? DaemonFault)?.description ?? "\(error).", caller)
        }
    }

    private func failBackup(_ message: String, _ caller: Caller) {
        send(caller.id, .failure(caller.interface + ".Unavailable", ["reason": "failed", "message": .string(message)]))
    }
}

extension BackupMaking.Made {
    /// `type Backup`.
    var json: JSONObject {
        [
            "lines": .integer(Int64(clamping: record.lines)), "root": .string(record.root.hex),
            "madeAt": .integer(record.madeAt * 1_000_000), "record": .string(names.record), "keys": .string(names.keys),
            "recordBytes": .integer(Int64(clamping: record.bytes)), "keysBytes": .integer(Int64(clamping: keys.bytes)),
            "recordDigest": .string(record.digest.hex), "keysDigest": .string(keys.digest.hex),
        ]
    }
}
