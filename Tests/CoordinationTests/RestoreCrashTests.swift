import Casework
import Cryptography
import Dispatch
import Foundation
import RecordStore
import StrictJSON
import TestSupport
import Testing
import TransparencyLog

@testable import Coordination

/// A restore that is ended at each of its steps: there is no record then, and it is done again; or there is the whole of it.
@Suite("Restores that are ended", .tags(.medium, .g2))
struct RestoreCrashTests {
    /// A backup, and a state folder that has nothing but the keys, and a checkpoint that a witness cosigned beyond the backup.
    fileprivate struct Scene {
        let scratch: ScratchFolder
        let settings: DaemonSettings
        let order: Coordination.Deployment.RestoreOrder
        let bare: StorageImage
        let key: LogKey
        /// How many lines a restored record has: those of the backup, and one that says so.
        let lines: UInt64

        init() async throws {
            let scratch = try ScratchFolder("restore")
            self.scratch = scratch
            let places = try ["records", "keys"].map { name in
                let path = scratch.path(name)
                try FileManager.default.createDirectory(
                    atPath: path,
                    withIntermediateDirectories: false,
                    attributes: [.posixPermissions: 0o700]
                )
                return path
            }
            let made = DaemonSettings(stateFolder: scratch.path("state"))
            _ = try Coordination.Deployment.initialise(
                made,
                genesis: Genesis(
                    origin: "log.example.net/1",
                    agency: "OPS",
                    agencyName: "Operations",
                    administrator: "admin.ops",
                    uids: [1_000],
                    keys: [],
                    expiresAt: Surroundings.wallClock() + 300 * 86_400_000
                )
            )
            let folder = StateFolder(made.stateFolder)
            key = try LogKey.read(at: folder.logKey)
            let record = try folder.openRecord(origin: key.origin, deploymentKey: made.deploymentKey)
            let checkpoint = try CheckpointSigning(key: key, record: record).sign(upTo: record.head)
            let making = BackupMaking(
                places: try #require(BackupPlaces(records: places[0], keys: places[1])),
                record: record,
                signer: key.signer,
                queue: DispatchQueue(label: "backup")
            )
            _ = try await withCheckedThrowingContinuation { waiting in
                making.make(checkpoint, now: Surroundings.wallClock()) { waiting.resume(with: $0) }
            }
            let size = record.head.size
            try record.close()
            try FileManager.default.removeItem(atPath: folder.record)
            try? FileManager.default.removeItem(atPath: folder.views)
            // Two lines more were cosigned, and are lost.
            try FileManager.default.createDirectory(
                atPath: folder.witnessed,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
            let lost = try #require(Checkpoint(origin: key.origin, size: size + 2, root: .sha256([1])))
            let note = try #require(try lost.signed(by: key.signer)).encoded
            try Data(note).write(to: URL(filePath: "\(folder.witnessed)/\(size + 2).checkpoint"))
            bare = try StorageImage(of: made.stateFolder)
            settings = made
            lines = size + 1
            order = Coordination.Deployment.RestoreOrder(
                record: places[0],
                keys: places[1],
                by: "admin.ops",
                reason: "drill",
                known: [],
                loss: 2
            )
        }

        /// Another such folder, whose calls are seen.
        func folder(_ name: String) throws -> (StateFolder, CrashStorage, DaemonSettings) {
            var settings = settings
            settings.stateFolder = scratch.path(name)
            let storage = try CrashStorage(settings.stateFolder, holding: bare, seed: 1)
            for path in try FileManager.default.subpathsOfDirectory(atPath: settings.stateFolder) {
                var isFolder: ObjCBool = false
                let full = "\(settings.stateFolder)/\(path)"
                _ = unsafe FileManager.default.fileExists(atPath: full, isDirectory: &isFolder)
                try FileManager.default.setAttributes(
                    [.posixPermissions: isFolder.boolValue ? 0o700 : 0o600],
                    ofItemAtPath: full
                )
            }
            return (StateFolder(settings.stateFolder), storage, settings)
        }

        /// The record as a start finds it: whole, with the line that says that it was restored.
        func expectWhole(_ folder: StateFolder, _ settings: DaemonSettings, _ step: String) throws {
            let record = try folder.openRecord(origin: key.origin, deploymentKey: settings.deploymentKey)
            #expect(record.head.size == lines, "\(step)")
            let last = try #require(try record.line(at: lines - 1))
            #expect(try RecordedEvent(parsing: last).event.kind == "sys.restored", "\(step)")
            try record.close()
            #expect(try Coordination.Deployment.check(settings).sentences == [], "\(step)")
        }
    }

    @Test func `what is left of a restore is no record, or the whole of it, wherever it is ended`() async throws {
        let scene = try await Scene()
        let (folder, storage, settings) = try scene.folder("whole")
        _ = try Coordination.Deployment.restore(settings, scene.order)
        let calls = storage.calls
        storage.detach()
        try scene.expectWhole(folder, settings, "nothing ended it")
        #expect(calls > 20)

        var (none, whole) = (0, 0)
        // The first and the last calls, each, and of those between some.
        let between = stride(from: 12, to: calls, by: max(1, calls / 24))
        let steps = Set(0..<12).union(calls - 24..<calls).union(between)
        for step in steps.sorted() {
            let (folder, storage, settings) = try scene.folder("at-\(step)")
            storage.set(CrashStorage.Fault(.stop, after: step))
            #expect(throws: DaemonFault.self, "step \(step)") {
                try Coordination.Deployment.restore(settings, scene.order)
            }
            #expect(storage.hasStopped, "step \(step)")
            storage.detach()
            if FileManager.default.fileExists(atPath: folder.record) {
                whole += 1
                try scene.expectWhole(folder, settings, "step \(step) of \(calls)")
                // Nothing is restored over it, and what is cosigned beyond it has it refused until that is put aside.
                #expect { try Coordination.Deployment.restore(settings, scene.order) } throws: {
                    ($0 as? DaemonFault)?.code == .alreadyInitialised
                }
                try FileManager.default.moveItem(atPath: folder.record, toPath: scene.scratch.path("aside-\(step)"))
            } else {
                none += 1
                // A start says that there is no record, and makes none.
                #expect(throws: DaemonFault.self, "step \(step)") {
                    try folder.openRecord(origin: scene.key.origin, deploymentKey: settings.deploymentKey)
                }
            }
            let again = try Coordination.Deployment.restore(settings, scene.order(in: folder))
            #expect(again.lines == scene.lines, "step \(step)")
            try scene.expectWhole(folder, settings, "step \(step), done again")
            try FileManager.default.removeItem(atPath: settings.stateFolder)
        }
        #expect(none > 0 && whole > 0, "\(none) without a record, \(whole) with it, of \(calls) calls")
    }
}

extension RestoreCrashTests.Scene {
    /// The same order, where the checkpoint beyond the backup may be put aside already.
    fileprivate func order(in folder: StateFolder) -> Coordination.Deployment.RestoreOrder {
        var order = order
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.witnessed)) ?? []
        if !names.contains(where: { $0.hasSuffix(".checkpoint") }) { order.loss = nil }
        return order
    }
}
