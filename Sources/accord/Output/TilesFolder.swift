import Cryptography
import Glibc
import TransparencyLog

/// A folder in the layout of C2SP tlog-tiles, which did not exist.
///
/// The checkpoint is written last: a folder without one is not whole.
struct TilesFolder: ~Copyable {
    private let path: String
    private var folders: Set<String> = []
    private var isFinished = false

    /// Makes an empty folder.
    ///
    /// - Throws: A ``Failure`` if there is something of that name, or if none can be made there.
    init(_ path: String) throws(Failure) {
        self.path = path
        guard unsafe mkdir(path, 0o700) == 0 else { throw NewFile.failure(path) }
    }

    /// Nothing of an export that did not come stays.
    deinit { if !isFinished { unsafe rmdir(path) } }

    /// Lays out the lines of a bundle of the whole record.
    ///
    /// - Returns: How many lines, and the root over them, which the checkpoint states.
    /// - Throws: A ``Failure`` if the lines do not give the root of the bundle's checkpoint.
    mutating func write(_ bundle: OfflineCopy) throws -> (size: UInt64, root: Digest) {
        let note = try bundle.small(TileLayout.checkpointName, atMost: SignedNote.maximumBytes) ?? []
        guard let claim = try? UnverifiedCheckpoint(parsing: note).claim else {
            throw AuditCommand.Export.broken("it has no checkpoint")
        }
        var layout = TileLayout()
        try bundle.eachLine { line in
            guard let files = layout.append(line) else {
                throw Failure.input("A line is longer than an entry of tlog-tiles can be.")
            }
            for file in files { try write(file) }
        }
        for file in layout.partial { try write(file) }
        guard layout.size == claim.size, layout.root == claim.root else {
            throw Failure.input(
                "The lines that arrived do not give the root of the checkpoint that came with them.",
                ask: "Keep \(path), which has no checkpoint, and call oversight."
            )
        }
        try write(TileLayout.File(path: TileLayout.checkpointName, bytes: note))
        // Thousands of small files are brought to the disk together.
        sync()
        isFinished = true
        return (layout.size, layout.root)
    }

    private mutating func write(_ file: TileLayout.File) throws(Failure) {
        var folder = path
        for segment in file.path.split(separator: "/").dropLast() {
            folder += "/\(segment)"
            guard folders.insert(folder).inserted else { continue }
            guard unsafe mkdir(folder, 0o700) == 0 else { throw NewFile.failure(folder) }
        }
        var new = try NewFile("\(path)/\(file.path)")
        try new.append(file.bytes)
        try new.keep(isDurable: false)
    }
}
