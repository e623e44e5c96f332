import Cryptography
import QueueRuntime
import RecordStore

#if canImport(Glibc)
import Glibc
#endif

/// The key that all content is sealed with in the end: one line in a file that only the daemon can read, or in a credential
/// that the service manager hands over.
///
/// Without it nothing of the record's content can be read by anybody: it belongs escrowed, apart from every backup.
struct DeploymentKey: Sendable {
    let key: SecretKey
    let path: String

    var id: String { Sealing.id(of: key) }

    private static let title = "accord-deployment-key:"

    /// Makes a key and its file, which must not be there.
    static func make(at path: String) throws(DaemonFault) -> DeploymentKey {
        guard unsafe access(path, F_OK) != 0 else {
            throw DaemonFault(
                .alreadyInitialised,
                "There is a file \(path) already.",
                advice: "A deployment key is never written over: name another file, or move that one away."
            )
        }
        return try replace(path)
    }

    /// Makes a key and lets its file take the place of whatever is there.
    static func replace(_ path: String) throws(DaemonFault) -> DeploymentKey {
        do {
            let key = try SecretKey()
            var text = key.withBytes { Array((title + Base64.encode($0) + "\n").utf8) }
            defer { text.wipe() }
            try DurableFile.replace(path, with: text, mode: 0o600)
            return DeploymentKey(key: key, path: path)
        } catch {
            throw DaemonFault(
                .storage,
                "The deployment key \(path) could not be made: \(error).",
                advice: "See that its folder exists and the disk has room."
            )
        }
    }

    /// Reads a key, after looking at who else could.
    static func read(at path: String) throws(DaemonFault) -> DeploymentKey {
        let advice = "Put it back from where it is escrowed: without it no content of the record can be read."
        var content = try KeyFile(
            path: path,
            name: "The deployment key",
            limit: 256,
            isCredential: credential.map { $0 == path } ?? false,
            ifMissing: advice,
            ifExposed: "change it with `accordd rotate-key`, and tell oversight"
        ).contents()
        defer { content.wipe() }
        var text = content[...]
        if text.last == 0x0A { text.removeLast() }
        guard text.starts(with: title.utf8),
            var bytes = Base64.decode(String(decoding: text.dropFirst(title.utf8.count), as: UTF8.self)),
            let key = SecretKey(bytes: bytes)
        else {
            throw DaemonFault(.keyPermissions, "The file \(path) is no deployment key.", advice: advice)
        }
        bytes.wipe()
        return DeploymentKey(key: key, path: path)
    }

    /// Where the service manager puts the key.
    private static var credential: String? {
        unsafe getenv("CREDENTIALS_DIRECTORY").map { unsafe String(cString: $0) + "/accord.deployment-key" }
    }

    /// The path that a setting means.
    static func path(_ setting: String, _ folder: StateFolder) throws(DaemonFault) -> String {
        switch setting {
        case "own": return folder.deploymentKey
        case "credential":
            if let credential { return credential }
            throw DaemonFault(
                .keyPermissions,
                "The deployment key is to be a credential, and no credentials were handed over.",
                advice: "Add LoadCredentialEncrypted=accord.deployment-key to the unit, or set record.deployment-key."
            )
        default: return setting
        }
    }

    /// Where a key waits that is to take the place of the one at a path.
    static func next(_ path: String) -> String { path + ".next" }

    /// Lets the key that waited take the place of the old one.
    func settle(at path: String) throws(DaemonFault) {
        do {
            try DurableFile.move(self.path, to: path)
        } catch {
            throw DaemonFault(
                .storage,
                "The new deployment key \(self.path) could not be moved to \(path): \(error).",
                advice: "Move it there: the record is sealed with it already."
            )
        }
    }
}
