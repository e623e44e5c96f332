import CaseViews
import Cryptography
import QueueRuntime
import RecordStore
import TransparencyLog

extension Deployment {
    /// What a change of the deployment's key came to.
    package struct KeyRotation: Hashable, Sendable {
        /// By what the key before is known.
        package let from: String
        /// By what the key from now on is known.
        package let to: String
        /// Where the new key is.
        package let path: String
    }

    /// Seals the record with a new key of the deployment, and records that; no part is touched.
    ///
    /// The new key is durable before the record is wrapped with it, and takes the old one's place after that. Whatever is cut
    /// off between is brought to its end, or has changed nothing, when the record is opened next.
    ///
    /// - Parameters:
    ///   - settings: of the deployment, which must not run.
    ///   - file: Where the new key is written if the present one is a credential, which only the operator can replace.
    /// - Returns: Which key took whose place.
    /// - Throws: ``DaemonFault``; the record is then sealed with one of the two keys, and both are there.
    package static func rotateKey(_ settings: DaemonSettings, to file: String?) throws(DaemonFault) -> KeyRotation {
        let folder = StateFolder(settings.stateFolder)
        try folder.check()
        let lock = try folder.takeLock()
        defer { withExtendedLifetime(lock) {} }
        let isCredential = settings.deploymentKey == "credential"
        guard isCredential == (file != nil) else {
            throw DaemonFault(
                .configuration,
                isCredential ? "A credential cannot be written by the daemon." : "The key's file takes its own place.",
                advice: isCredential ? "Name the new key's file with --to." : "Leave --to out."
            )
        }
        let key = try LogKey.read(at: folder.logKey)
        let record = try folder.openRecord(origin: key.origin, deploymentKey: settings.deploymentKey)
        let shelf = Shelf(record: record, views: try folder.openViews(of: record))
        let path = try DeploymentKey.path(settings.deploymentKey, folder)
        let old = try DeploymentKey.read(at: path)
        let new: DeploymentKey
        if let file {
            new = try DeploymentKey.make(at: file)
        } else {
            new = try DeploymentKey.replace(DeploymentKey.next(path))
        }
        do {
            let recovered = try Recovery(origin: key.origin).recover(shelf)
            var composer = recovered.composer
            let rotated = SystemEvent.deploymentKeyRotated(from: old.id, to: new.id).decision
            let line = try composer.composeOwn(rotated, at: Surroundings.wallClock())
            let head = try record.rotate(to: new.key, recording: line)
            try record.confirm()
            _ = try CheckpointSigning(key: key, record: record).sign(upTo: head)
            try record.close()
        } catch {
            throw DaemonFault(
                .storage,
                "The key could not be changed: \(error).",
                advice: "Keep \(old.path) and \(new.path): the record is sealed with one of them. Start, or try again."
            )
        }
        if file == nil { try new.settle(at: path) }
        return KeyRotation(from: old.id, to: new.id, path: file ?? path)
    }
}
