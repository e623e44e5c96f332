import Cryptography
import Deconfliction
import QueueRuntime

#if canImport(Glibc)
import Glibc
#endif

/// The file of the pepper: one line that only the daemon can read, beside the deployment's key.
///
/// Whoever has it can try out all phone numbers on the index, so it leaves the machine with no backup that others read. Without
/// it the daemon makes another: then no target matches until its owner submits it again.
enum PepperFile {
    private static let title = "accord-pepper:"

    /// The pepper of the deployment, made if there is none, or if the one that is there is older than what the record says.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - epoch: of the record.
    ///   - isUsed: Whether the record holds digests that were made with it.
    /// - Returns: The pepper, in its file.
    /// - Throws: ``DaemonFault`` if others could read it, or it cannot be made.
    static func open(_ path: String, epoch: Int64, isUsed: Bool) throws(DaemonFault) -> Pepper {
        guard unsafe access(path, F_OK) == 0 else { return try make(path, epoch: isUsed ? epoch + 1 : epoch) }
        let pepper = try read(path)
        return Int64(pepper.epoch) < epoch ? try make(path, epoch: epoch) : pepper
    }

    /// Looks at the file, if there is one.
    ///
    /// - Throws: ``DaemonFault`` if it is not as it was written.
    static func check(_ path: String) throws(DaemonFault) {
        if unsafe access(path, F_OK) == 0 { _ = try read(path) }
    }

    /// Makes a pepper; its file takes the place of whatever is there.
    static func make(_ path: String, epoch: Int64) throws(DaemonFault) -> Pepper {
        do {
            var key = try SecureRandom.bytes(32)
            var text = Array("\(title)\(epoch):\(Base64.encode(key))".utf8)
            text += ":\(sum(of: text))\n".utf8
            defer {
                key.wipe()
                text.wipe()
            }
            guard let epoch = UInt32(exactly: epoch), let pepper = Pepper(epoch: epoch, key: key) else {
                throw DaemonFault(.storage, "No pepper has the number \(epoch).", advice: "Tell who maintains it.")
            }
            try DurableFile.replace(path, with: text, mode: 0o600)
            return pepper
        } catch let fault as DaemonFault {
            throw fault
        } catch {
            throw DaemonFault(
                .storage,
                "The pepper \(path) could not be made: \(error).",
                advice: "See that its folder exists and the disk has room."
            )
        }
    }

    /// With a flipped bit the digests would be others, and nobody would be told of any match: so the line carries its sum.
    private static func sum(of line: some Sequence<UInt8>) -> String {
        String(Digest.sha256(Array(line)).hex.prefix(16))
    }

    /// Reads a pepper, after looking at who else could.
    static func read(_ path: String) throws(DaemonFault) -> Pepper {
        var content = try KeyFile(
            path: path,
            name: "The pepper",
            limit: 256,
            ifMissing: "Try again.",
            ifExposed: "change it with `accordd rotate-pepper`, and tell oversight"
        ).contents()
        defer { content.wipe() }
        let fields = content.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard fields.count == 4, fields[0].elementsEqual(title.utf8.dropLast()),
            fields[3].elementsEqual("\(sum(of: content.prefix(content.count - fields[3].count - 1)))\n".utf8),
            let epoch = UInt32(String(decoding: fields[1], as: UTF8.self)), epoch > 0,
            var key = Base64.decode(String(decoding: fields[2], as: UTF8.self)),
            let pepper = Pepper(epoch: epoch, key: key)
        else {
            throw DaemonFault(
                .keyPermissions,
                "The file \(path) is no pepper.",
                advice: "Move it away: the daemon makes another, and owners submit their targets again."
            )
        }
        key.wipe()
        return pepper
    }
}

extension Deployment {
    /// Makes a new pepper, so that no digest of a target that was made with the one before matches any more; the daemon records
    /// that when it starts next, and owners submit their targets again.
    ///
    /// - Parameter settings: of the deployment, which must not run.
    /// - Returns: The number of the new pepper, and where it is.
    /// - Throws: ``DaemonFault``; the pepper before stays then.
    package static func rotatePepper(_ settings: DaemonSettings) throws(DaemonFault) -> (epoch: UInt32, path: String) {
        let folder = StateFolder(settings.stateFolder)
        try folder.check()
        let lock = try folder.takeLock()
        defer { withExtendedLifetime(lock) {} }
        let before = unsafe access(folder.pepper, F_OK) == 0 ? try PepperFile.read(folder.pepper).epoch : 1
        let pepper = try PepperFile.make(folder.pepper, epoch: Int64(before) + 1)
        return (pepper.epoch, folder.pepper)
    }
}
