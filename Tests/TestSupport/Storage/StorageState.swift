import Foundation

/// What a disk holds durably, and what is on its way there.
///
/// What was written and not synced may be there after a power cut or not, in any order and torn at 512 bytes; names of files
/// come and go in their order (the journals of ext4 and XFS keep it), and last once their folder was synced.
package struct StorageState: Sendable {
    static let sector = 512

    enum Change: Sendable {
        case write(offset: Int, bytes: [UInt8])
        case truncate(length: Int)
    }

    struct File: Sendable {
        var durable = StoredBytes()
        /// As it is read by those who still run.
        var current = StoredBytes()
        /// What was not synced yet, and whether it lies in the device's cache.
        var pending: [(change: Change, isOnDevice: Bool)] = []

        mutating func take(_ change: Change) {
            Self.apply(change, to: &current)
            pending.append((change, false))
        }

        static func apply(_ change: Change, to bytes: inout StoredBytes) {
            switch change {
            case .write(let offset, let new): bytes.write(new[...], at: offset)
            case .truncate(let length): bytes.truncate(to: length)
            }
        }

        mutating func settle(where isDurable: ((change: Change, isOnDevice: Bool)) -> Bool) {
            var left: [(change: Change, isOnDevice: Bool)] = []
            for one in pending {
                if isDurable(one) { Self.apply(one.change, to: &durable) } else { left.append(one) }
            }
            pending = left
        }
    }

    enum NameChange: Sendable {
        case appears(String, file: Int)
        case goes(String)
        case moves(String, to: String)
    }

    var files: [Int: File] = [:]
    /// By their paths in the folder.
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    var pendingNames: [NameChange] = []
    private var lastFile = 0

    init() {}

    /// A disk on which the files of an image lie, all of them durable.
    init(_ image: StorageImage) {
        for (path, bytes) in image.files.sorted(by: { $0.key < $1.key }) {
            let file = file(path)
            files[file]?.current = bytes
            files[file]?.durable = bytes
        }
        settleAll()
    }

    /// The files as those read them who still run, by their paths in the folder.
    var readable: [String: StoredBytes] { names.compactMapValues { files[$0]?.current } }

    /// The file of a path, made if it is not there.
    mutating func file(_ path: String) -> Int {
        if let id = names[path] { return id }
        lastFile += 1
        files[lastFile] = File()
        change(.appears(path, file: lastFile))
        return lastFile
    }

    mutating func change(_ change: NameChange) {
        Self.apply(change, to: &names)
        pendingNames.append(change)
    }

    private static func apply(_ change: NameChange, to names: inout [String: Int]) {
        switch change {
        case .appears(let path, let file): names[path] = file
        case .goes(let path): names[path] = nil
        case .moves(let path, let other): names[other] = names.removeValue(forKey: path)
        }
    }

    mutating func syncNames() {
        for change in pendingNames { Self.apply(change, to: &durableNames) }
        pendingNames = []
    }

    /// All that is there is durable.
    mutating func settleAll() {
        for id in files.keys { files[id]?.settle { _ in true } }
        syncNames()
    }

    /// A sync that ends with a flush takes along what lies in the device's cache already.
    mutating func flush() { for id in files.keys { files[id]?.settle { $0.isOnDevice } } }

    /// After a sync that failed, what was to be synced is on the disk or lost for ever.
    ///
    /// No later sync brings it back (Rebello et al., USENIX ATC 2020).
    mutating func lose(_ id: Int, _ dice: inout SplitMix64) {
        guard var file = files[id] else { return }
        for (change, _) in file.pending where dice.oneIn(2) { File.apply(change, to: &file.durable) }
        file.pending = []
        files[id] = file
    }
}

// MARK: - Stopping

extension StorageState {
    /// What becomes of what was not synced.
    package enum Survival: CaseIterable, Sendable {
        /// The process was killed: all that it wrote is there.
        case everything
        case nothing
        /// The power failed: any changes are there, whole.
        case changes
        /// The power failed: any sectors are there.
        case sectors
        /// The power failed in the middle of a change, after all before it.
        case beginning
    }

    /// What is found after the machine or the process has stopped.
    package func found(_ survival: Survival, _ dice: inout SplitMix64) -> StorageImage {
        var image = StorageImage()
        var names = durableNames
        let count =
            switch survival {
            case .everything: pendingNames.count
            case .nothing: 0
            default: dice.below(pendingNames.count + 1)
            }
        for change in pendingNames.prefix(count) { Self.apply(change, to: &names) }
        for (path, id) in names.sorted(by: { $0.key < $1.key }) {
            guard let file = files[id] else { continue }
            image.files[path] = survival == .everything ? file.current : Self.found(file, survival, &dice)
        }
        return image
    }

    private static func found(_ file: File, _ survival: Survival, _ dice: inout SplitMix64) -> StoredBytes {
        var bytes = file.durable
        let whole = survival == .beginning ? dice.below(file.pending.count + 1) : file.pending.count
        for (index, (change, _)) in file.pending.enumerated() {
            switch survival {
            case .everything: File.apply(change, to: &bytes)
            case .nothing: return bytes
            case .changes: if dice.oneIn(2) { File.apply(change, to: &bytes) }
            case .sectors: tear(change, &bytes, &dice)
            case .beginning:
                guard index < whole else {
                    tear(change, &bytes, &dice)
                    return bytes
                }
                File.apply(change, to: &bytes)
            }
        }
        return bytes
    }

    private static func tear(_ change: Change, _ bytes: inout StoredBytes, _ dice: inout SplitMix64) {
        guard case .write(let offset, let new) = change else {
            if dice.oneIn(2) { File.apply(change, to: &bytes) }
            return
        }
        var begin = 0
        while begin < new.count {
            let end = min(new.count, begin + sector - (offset + begin) % sector)
            if dice.oneIn(2) { bytes.write(new[begin..<end], at: offset + begin) }
            begin = end
        }
    }
}

/// The files of a folder, as they are found after a stop.
package struct StorageImage: Sendable {
    /// By their paths in the folder.
    var files: [String: StoredBytes] = [:]

    init() {}

    /// What lies in a folder at present, but for the index of a write-ahead log.
    package init(of folder: String) throws {
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where !path.hasSuffix("-shm") {
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: folder + "/" + path, isDirectory: &isFolder),
                !isFolder.boolValue
            else { continue }
            files[path] = StoredBytes([UInt8](try Data(contentsOf: URL(filePath: folder + "/" + path))))
        }
    }
}
