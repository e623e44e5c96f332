import Foundation
import StorageTap
import Synchronization

/// A folder on a disk of the test's own: it remembers what was synced, fails when it is told to, and may stop at any call.
///
/// It sees the system calls of this process that change files in the folder (``StorageTap``), whoever makes them: the record,
/// SQLite, and whatever engine comes. The machine's own disk is never waited for: a sync is a note in the model. What tells of
/// nothing that must last, the index of a write-ahead log, is left alone.
package final class CrashStorage: Sendable {
    /// A wrong disk, or a program that forgets to sync: what a test of durability has to find.
    package enum Mistake: Sendable {
        /// No sync makes anything durable.
        case syncsAreSkipped
        /// A sync makes durable what was there at the one before it.
        case syncsComeLate
        /// No sync of SQLite's write-ahead log makes anything durable.
        case logSyncsAreSkipped
    }

    /// What goes wrong at a call.
    package struct Fault: Sendable {
        package enum Kind: Sendable {
            case error(Int32)
            /// A write takes half of its bytes; no error, but for calls that have no bytes.
            case short
            /// The machine stops: nothing that is called from then on reaches the disk.
            case stop
        }

        package var kind: Kind
        /// How many calls go well before.
        package var after: Int
        /// How many calls go wrong; a stop is for ever.
        package var count: Int

        package init(_ kind: Kind, after: Int, count: Int = 1) {
            self.kind = kind
            self.after = after
            self.count = count
        }
    }

    /// A moment: what the disk had, and what the test knew then.
    package struct Moment: Sendable {
        package let call: Int
        package let state: StorageState
        package let mark: [UInt64]

        package init(call: Int, state: StorageState, mark: [UInt64]) {
            (self.call, self.state, self.mark) = (call, state, mark)
        }
    }

    private struct Content: Sendable {
        var state = StorageState()
        var calls = 0
        var fault: Fault?
        var hasStopped = false
        var mistake: Mistake?
        /// What a late sync makes durable next: so many changes of each file.
        var late: [Int: Int] = [:]
        var dice: SplitMix64
        var wanted: Set<Int> = []
        var moments: [Moment] = []
        var mark: [UInt64] = []
    }

    private let folder: String
    private let content: Mutex<Content>

    /// Makes the files of an image in a folder, all of them durable, and sees from now on what becomes of them.
    ///
    /// - Parameters:
    ///   - folder: is made if it is not there.
    ///   - image: what lies in it.
    ///   - seed: decides what a failed sync has lost.
    ///   - mistake: what the disk does wrong.
    /// - Throws: ``StorageUnusable``, or why the files could not be made.
    package convenience init(
        _ folder: String,
        holding image: StorageImage,
        seed: UInt64,
        mistake: Mistake? = nil
    ) throws {
        try self.init(folder, goingOnFrom: StorageState(image), seed: seed, mistake: mistake)
    }

    /// Goes on with a disk as somebody left it, who was killed: what he wrote is read, and what of it is durable stays so.
    ///
    /// - Parameters:
    ///   - folder: is made if it is not there.
    ///   - state: of the disk.
    ///   - seed: decides what a failed sync has lost.
    ///   - mistake: what the disk does wrong.
    /// - Throws: ``StorageUnusable``, or why the files could not be made.
    package init(_ folder: String, goingOnFrom state: StorageState, seed: UInt64, mistake: Mistake? = nil) throws {
        var first = Content(state: state, dice: SplitMix64(seed: seed))
        first.mistake = mistake
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let resolved = URL(filePath: folder).resolvingSymlinksInPath().path(percentEncoded: false)
        self.folder = resolved.hasSuffix("/") ? String(resolved.dropLast()) : resolved
        for (path, bytes) in state.readable.sorted(by: { $0.key < $1.key }) {
            let target = self.folder + "/" + path
            try FileManager.default.createDirectory(
                atPath: (target as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            try bytes.lay(at: target)
        }
        content = Mutex(first)
        Taps.add(self, self.folder)
    }

    /// Sees no more: what is called from now on goes to the machine's own disk.
    package func detach() { Taps.remove(folder) }

    /// How many calls there were that change files.
    package var calls: Int { content.withLock { $0.calls } }

    package var hasStopped: Bool { content.withLock { $0.hasStopped } }

    /// Has a coming call go wrong; nil: none any more.
    package func set(_ fault: Fault?) { content.withLock { $0.fault = fault } }

    /// What the test knows at present, kept with each moment.
    package func note(_ mark: [UInt64]) { content.withLock { $0.mark = mark } }

    /// Keeps the moments just before some of the calls to come, counted from the next one.
    package func keepMoments(before calls: Set<Int>) {
        content.withLock { content in content.wanted = Set(calls.map { $0 + content.calls }) }
    }

    /// The moments that were kept.
    package func takeMoments() -> [Moment] {
        content.withLock { content in
            defer { content.moments = [] }
            return content.moments
        }
    }

    /// What the disk has now, or had when it stopped.
    package var state: StorageState { content.withLock { $0.state } }
}

// MARK: - Calls

extension CrashStorage {
    /// What is called, with paths in the folder.
    fileprivate enum StorageCall {
        case write(String, offset: Int, bytes: [UInt8], isDurable: Bool)
        case truncate(String, length: Int)
        case sync(String)
        case writeOut(String, offset: Int, count: Int)
        case open(String, isEmptied: Bool)
        case rename(String, String)
        case unlink(String)
    }

    /// The call is not made, and succeeds.
    private static let skip = Int64.min

    fileprivate func judge(_ call: StorageCall) -> Int64 {
        content.withLock { content in
            if content.hasStopped { return -Int64(EIO) }
            if content.wanted.contains(content.calls) {
                let state = Self.midway(call, content.state)
                content.moments.append(Moment(call: content.calls, state: state, mark: content.mark))
            }
            content.calls += 1
            if let verdict = Self.fail(call, &content) { return verdict }
            return Self.take(call, &content)
        }
    }

    /// In the middle of a write that is durable at its end, some of it may be there.
    private static func midway(_ call: StorageCall, _ state: StorageState) -> StorageState {
        guard case .write(let path, let offset, let bytes, true) = call else { return state }
        var state = state
        let file = state.file(path)
        state.files[file]?.take(.write(offset: offset, bytes: bytes))
        return state
    }

    private static func fail(_ call: StorageCall, _ content: inout Content) -> Int64? {
        guard let fault = content.fault else { return nil }
        guard fault.after <= 0 else {
            content.fault?.after -= 1
            return nil
        }
        content.fault?.count -= 1
        if fault.count <= 1 { content.fault = nil }
        switch fault.kind {
        case .stop:
            content.hasStopped = true
            content.state = midway(call, content.state)
            return -Int64(EIO)
        case .short:
            guard case .write(let path, let offset, let bytes, let isDurable) = call, bytes.count > 1 else {
                return nil
            }
            let half = bytes.count / 2
            _ = take(.write(path, offset: offset, bytes: Array(bytes[..<half]), isDurable: isDurable), &content)
            return Int64(half)
        case .error(let number):
            if case .sync(let path) = call, let file = content.state.names[path] {
                content.state.lose(file, &content.dice)
            }
            // Nobody knows what of a write that failed on its way to the disk stands there.
            if content.dice.oneIn(2) { content.state = midway(call, content.state) }
            return -Int64(number)
        }
    }

    private static func take(_ call: StorageCall, _ content: inout Content) -> Int64 {
        switch call {
        case .write(let path, let offset, let bytes, let isDurable):
            let file = content.state.file(path)
            content.state.files[file]?.take(.write(offset: offset, bytes: bytes))
            if isDurable { sync(path, &content) }
        case .truncate(let path, let length):
            let file = content.state.file(path)
            content.state.files[file]?.take(.truncate(length: length))
        case .open(let path, let isEmptied):
            let isNew = content.state.names[path] == nil
            let file = content.state.file(path)
            if isEmptied, !isNew { content.state.files[file]?.take(.truncate(length: 0)) }
        case .rename(let path, let other): content.state.change(.moves(path, to: other))
        case .unlink(let path): if content.state.names[path] != nil { content.state.change(.goes(path)) }
        case .writeOut(let path, let offset, let count):
            let file = content.state.file(path)
            let pending = content.state.files[file]?.pending ?? []
            for (index, (change, _)) in pending.enumerated() {
                guard case .write(let begin, let bytes) = change, begin < offset + count, offset < begin + bytes.count
                else { continue }
                content.state.files[file]?.pending[index].isOnDevice = true
            }
            return skip
        case .sync(let path):
            sync(path, &content)
            return skip
        }
        return 0
    }

    private static func sync(_ path: String, _ content: inout Content) {
        guard let file = content.state.names[path] else { return content.state.syncNames() }
        switch content.mistake {
        case .syncsAreSkipped: return
        case .logSyncsAreSkipped where path.hasSuffix("-wal"): return
        case .syncsComeLate:
            let count = content.late[file] ?? 0
            content.late[file] = (content.state.files[file]?.pending.count ?? 0) - count
            var seen = 0
            content.state.files[file]?.settle { _ in
                seen += 1
                return seen <= count
            }
        case .logSyncsAreSkipped, nil:
            content.state.files[file]?.settle { _ in true }
            content.state.flush()
        }
    }
}

/// The folders that are seen at present: the C library knows one tap.
private enum Taps {
    private static let storages = Mutex<[String: Reference]>([:])

    private struct Reference: Sendable { weak var storage: CrashStorage? }

    static func add(_ storage: CrashStorage, _ folder: String) {
        storages.withLock { storages in
            storages = storages.filter { $0.value.storage != nil }
            storages[folder] = Reference(storage: storage)
        }
        unsafe storage_tap_set { call in unsafe Taps.judge(call) }
    }

    static func remove(_ folder: String) {
        storages.withLock { storages in
            storages[folder] = nil
            if storages.isEmpty { storage_tap_set(nil) }
        }
    }

    private static func judge(_ call: UnsafePointer<storage_tap_call>?) -> Int64 {
        guard let call = unsafe call?.pointee, let path = unsafe call.path.map({ unsafe String(cString: $0) }),
            let (storage, name) = find(path), !name.hasSuffix("-shm")
        else { return 0 }
        switch unsafe Int(call.kind) {
        case STORAGE_TAP_WRITE:
            let bytes = unsafe Array(UnsafeRawBufferPointer(start: call.bytes, count: Int(call.count)))
            return unsafe storage.judge(
                .write(name, offset: Int(call.offset), bytes: bytes, isDurable: call.durable != 0)
            )
        case STORAGE_TAP_TRUNCATE: return unsafe storage.judge(.truncate(name, length: Int(call.offset)))
        case STORAGE_TAP_SYNC: return storage.judge(.sync(name))
        case STORAGE_TAP_WRITE_OUT:
            return unsafe storage.judge(.writeOut(name, offset: Int(call.offset), count: Int(call.count)))
        case STORAGE_TAP_OPEN:
            return unsafe storage.judge(.open(name, isEmptied: Int32(truncatingIfNeeded: call.count) & O_TRUNC != 0))
        case STORAGE_TAP_RENAME:
            guard let other = unsafe call.other.map({ unsafe String(cString: $0) }), let (_, target) = find(other)
            else { return 0 }
            return storage.judge(.rename(name, target))
        default: return storage.judge(.unlink(name))
        }
    }

    /// The storage of a path, and the path in its folder; empty for the folder itself.
    private static func find(_ path: String) -> (CrashStorage, String)? {
        storages.withLock { storages in
            for (folder, reference) in storages {
                guard path.utf8.starts(with: folder.utf8), let storage = reference.storage else { continue }
                if path == folder { return (storage, "") }
                guard path.utf8.dropFirst(folder.utf8.count).first == UInt8(ascii: "/") else { continue }
                return (storage, String(path.dropFirst(folder.count + 1)))
            }
            return nil
        }
    }
}
