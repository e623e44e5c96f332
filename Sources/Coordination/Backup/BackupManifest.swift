package import Cryptography
import QueueRuntime
import RecordStore
package import TransparencyLog

/// What a file of a backup is, as the log's key signed it when the file was whole and verified: a C2SP signed note beside it.
///
/// A file without one is a draft, and counts for nothing.
package struct BackupManifest: Hashable, Sendable {
    /// Which of the two files.
    package enum Content: String, Hashable, Sendable {
        /// Lines and sealed parts.
        case record
        /// What opens the parts.
        case keys
    }

    package var content: Content
    /// Name of the log.
    package var origin: String
    /// How many lines of the record the file covers.
    package var lines: UInt64
    /// The root of the tree over them.
    package var root: Digest
    /// Of the file.
    package var digest: Digest
    package var bytes: UInt64
    /// By what the deployment's key is known that the keys are wrapped with.
    package var deploymentKey: String
    /// When, in seconds since the UNIX epoch.
    package var madeAt: Int64
    /// The version of the program.
    package var version: String

    private static let title = "accord backup"
    private static let longest = 4_096

    /// A first line that no checkpoint has, so that none can be taken for the other.
    private var text: String {
        """
        \(Self.title)
        content \(content.rawValue)
        log \(origin)
        lines \(lines)
        root \(root.base64)
        sha256 \(digest.hex)
        bytes \(bytes)
        deployment-key \(deploymentKey)
        made \(madeAt)
        version \(version)

        """
    }

    private init?(text: String) {
        var fields = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
        func next(_ name: String) -> String? {
            guard let line = fields.popFirst(), line.hasPrefix(name + " ") else { return nil }
            return String(line.dropFirst(name.utf8.count + 1))
        }
        guard let content = next("content").flatMap({ Content(rawValue: $0) }), let origin = next("log"),
            let lines = next("lines").flatMap({ UInt64($0) }), let root = next("root").flatMap({ Digest(base64: $0) }),
            let digest = next("sha256").flatMap({ Digest(hex: $0) }), let bytes = next("bytes").flatMap({ UInt64($0) }),
            let deploymentKey = next("deployment-key"), let madeAt = next("made").flatMap({ Int64($0) }),
            let version = next("version")
        else { return nil }
        self.init(
            content: content,
            origin: origin,
            lines: lines,
            root: root,
            digest: digest,
            bytes: bytes,
            deploymentKey: deploymentKey,
            madeAt: madeAt,
            version: version
        )
        guard self.text == text else { return nil }
    }

    package init(
        content: Content,
        origin: String,
        lines: UInt64,
        root: Digest,
        digest: Digest,
        bytes: UInt64,
        deploymentKey: String,
        madeAt: Int64,
        version: String
    ) {
        self.content = content
        self.origin = origin
        self.lines = lines
        self.root = root
        self.digest = digest
        self.bytes = bytes
        self.deploymentKey = deploymentKey
        self.madeAt = madeAt
        self.version = version
    }

    /// Where the manifest of a file is.
    static func path(of file: String) -> String { file + ".manifest" }

    /// Signs it and puts it beside its file, which counts from then on.
    func write(beside file: String, signer: NoteSigner) throws {
        guard let note = try SignedNote(signing: Array(text.utf8), with: [signer]) else {
            throw RecordFault(.failed, "The manifest of \(file) cannot be signed.")
        }
        try DurableFile.replace(Self.path(of: file), with: note.encoded, mode: 0o600)
    }

    /// Reads the manifest of a file, and compares the file with it.
    ///
    /// - Parameters:
    ///   - file: of the backup.
    ///   - content: what it is to be.
    ///   - key: of the log.
    /// - Throws: ``DaemonFault`` unless the log's key signed the manifest, and the file is the one that it is of.
    package init(of file: String, _ content: Content, key: VerifierKey) throws(DaemonFault) {
        func refused(_ what: String) -> DaemonFault {
            DaemonFault(
                .recordRefused,
                what,
                advice: "Nothing was changed. Take another copy of the backup, or another backup."
            )
        }
        let note: SignedNote
        do {
            note = try SignedNote(parsing: DurableFile.contents(of: Self.path(of: file), limit: Self.longest))
            try note.verify(with: [key])
        } catch let fault as NoteFault {
            throw refused("The manifest of \(file) is not one that the key of \(key.name) signed (\(fault)).")
        } catch {
            throw refused("The manifest of \(file) cannot be read (\(error)): without it the file is a draft.")
        }
        guard let manifest = BackupManifest(text: String(decoding: note.text, as: UTF8.self)),
            manifest.origin == key.name,
            manifest.content == content
        else { throw refused("The manifest of \(file) is not one of \(content.rawValue) of \(key.name).") }
        let found: (digest: Digest, bytes: UInt64)
        do {
            found = try Self.measure(file)
        } catch {
            throw refused("\(file) cannot be read: \(error).")
        }
        guard found.digest == manifest.digest, found.bytes == manifest.bytes else {
            throw refused("\(file) is not what its manifest says: it was altered, or the copy is damaged.")
        }
        self = manifest
    }

    /// Digest and length of a file, a mebibyte at a time.
    static func measure(_ file: String) throws -> (digest: Digest, bytes: UInt64) {
        let descriptor = try SystemCall.openForReading(file)
        defer { SystemCall.close(descriptor) }
        var hash = SHA256()
        var offset: Int64 = 0
        while true {
            let piece = try SystemCall.read(descriptor, at: offset, count: 1 << 20, path: file)
            guard !piece.isEmpty else { return (hash.finalize(), UInt64(offset)) }
            hash.update(piece)
            offset += Int64(piece.count)
        }
    }
}
