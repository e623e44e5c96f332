import CaseViews
import Casework
import Cryptography
import Deconfliction
import Dispatch
import QueueRuntime
import RecordStore
import TransparencyLog

#if canImport(Glibc)
import Glibc
#endif

extension Surroundings {
    /// Milliseconds since the UNIX epoch by the machine's clock.
    package static func wallClock() -> Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// Memory of this process (proc(5), statm).
    private static func residentBytes() -> Int64 {
        // Its length is not known before it is read.
        guard let file = try? SystemCall.open("/proc/self/statm", O_RDONLY) else { return 0 }
        defer { SystemCall.close(file) }
        let bytes = (try? SystemCall.read(file, at: 0, count: 256)) ?? []
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        return words.count > 1 ? (Int64(words[1]) ?? 0) * Int64(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// The real ones: the machine's clock, libcrypto's chance, Dispatch's queues.
    init(
        queues: Daemon.Queues,
        outlet: ReplyOutlet,
        alarm: WallAlarm,
        shelf: Shelf,
        recovery: Recovery,
        signing: CheckpointSigning,
        witnesses: WitnessedNotes,
        pepper: Pepper,
        backups: BackupMaking?,
        startedAt: Int64,
        stateFolder: String
    ) {
        clock = Self.wallClock
        uptime = { Int64(clamping: MonotonicTime.now.nanoseconds / 1_000_000) }
        setAlarm = { alarm.set($0) }
        chance = Chance.libcrypto
        send = { outlet.send($0) }
        close = { outlet.close($0) }
        write = { shelf.record.append($0, after: $1, completion: $2) }
        afterWriting = { shelf.record.betweenAppends($0) }
        on = { queues[$0].async(execute: $1) }
        sign = { head, completion in
            shelf.record.betweenAppends { completion(Result { try signing.sign(upTo: head) }) }
        }
        erase = { purge, completion in
            shelf.record.betweenAppends {
                let parts = Result { try Erasure(purge).run(on: shelf.record) }
                guard let backups else { return completion(parts.map { _ in }) }
                // A backup that was begun before does not count any more, and one that counts already is found here.
                backups.queue.async {
                    completion(Result { try backups.destroyKeys(of: parts.get(), now: Self.wallClock()) })
                }
            }
        }
        reload = { try recovery.recover(shelf, feedsViews: false) }
        logKey = signing.key.signer.verifierKey.text
        signSums = { try SignedSums.note(digest: $0, by: signing.key.signer) }
        facts = DaemonFacts(version: Deployment.buildVersion, pid: getpid(), uid: geteuid(), startedAt: startedAt)
        disk = { DiskRoom.at(stateFolder) }
        hostFigures = {
            HostFigures(disk: DiskRoom.at(stateFolder), wire: outlet.counters, residentBytes: Self.residentBytes())
        }
        if let backups { backUp = { backups.make($0, now: Self.wallClock(), completion: $1) } }
        self.witnesses = witnesses
        self.pepper = pepper
    }
}
