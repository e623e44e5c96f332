import CaseViews
import Casework
import Cryptography
import Policy
import QueueRuntime
import RecordStore
import TransparencyLog

/// A state folder as a whole: made once, and its views made anew.
package enum Deployment {
    /// The version that `status` and the record's `sys.started` name.
    package static let buildVersion = "0.1.0"

    /// Makes the folder, the log key, the deployment key, the record and its first lines.
    ///
    /// The only way in which a record comes to be.
    ///
    /// - Returns: The log's public key as a C2SP vkey: what everybody who verifies must have from outside.
    /// - Throws: ``DaemonFault`` if anything is there already, or cannot be made.
    package static func initialise(_ settings: DaemonSettings, genesis: Genesis) throws(DaemonFault) -> String {
        let folder = StateFolder(settings.stateFolder)
        let founding = try founding(genesis)
        let key = try LogKey.make(origin: genesis.origin)
        try folder.make()
        try folder.check()
        let lock = try folder.takeLock()
        defer { withExtendedLifetime(lock) {} }
        guard !folder.holdsAnything else {
            throw DaemonFault(
                .alreadyInitialised,
                "There is a record in \(folder.path) already.",
                advice: "A record is made once. Start it with `accordd run`, or name another folder."
            )
        }
        try key.keep(at: folder.logKey)
        do {
            let sealing = Sealing(log: genesis.origin, key: try deploymentKey(settings, folder).key)
            let record = try SQLiteRecord.create(in: folder.record, sealing: sealing)
            let now = Surroundings.wallClock()
            var composer = LineComposer(origin: genesis.origin, policy: RuleTable.digest, head: record.head, cases: [:])
            var lines: [RecordLine] = []
            for decision in founding { lines.append(try composer.composeOwn(decision, at: now)) }
            _ = try record.append(lines, after: record.head)
            try record.confirm()
            _ = try CheckpointSigning(key: key, record: record).sign(upTo: record.head)
            try record.close()
        } catch let fault as DaemonFault {
            throw fault
        } catch {
            throw DaemonFault(
                .storage,
                "The record could not be made: \(error).",
                advice: "Empty the folder and try again."
            )
        }
        return key.signer.verifierKey.text
    }

    /// Where the deployment's key is.
    package static func deploymentKeyPath(_ settings: DaemonSettings) throws(DaemonFault) -> String {
        try DeploymentKey.path(settings.deploymentKey, StateFolder(settings.stateFolder))
    }

    /// A new key where the settings say; of the service manager the one that it hands over.
    private static func deploymentKey(
        _ settings: DaemonSettings,
        _ folder: StateFolder
    ) throws(DaemonFault) -> DeploymentKey {
        let path = try DeploymentKey.path(settings.deploymentKey, folder)
        return settings.deploymentKey == "credential"
            ? try DeploymentKey.read(at: path) : try DeploymentKey.make(at: path)
    }

    /// The first lines: the name of the log, the administrator's agency, the administrator and his role.
    private static func founding(_ genesis: Genesis) throws(DaemonFault) -> [Decision] {
        func refused(_ what: String) -> DaemonFault {
            DaemonFault(.configuration, what, advice: "See `accordd init --help`.")
        }
        guard let agency = AgencyID(genesis.agency) else {
            throw refused("“\(genesis.agency)” is no agency's identifier.")
        }
        guard let id = MemberID(genesis.administrator) else {
            throw refused("“\(genesis.administrator)” is no role handle.")
        }
        guard !genesis.uids.isEmpty || !genesis.keys.isEmpty else {
            throw refused("The first administrator needs a uid or an SSH key.")
        }
        guard genesis.uids.allSatisfy({ $0 != 0 && $0 != 65_534 && $0 != .max }) else {
            throw refused("0 is root, who is not a role, and 65534 is nobody: neither may be enrolled.")
        }
        var fingerprints: [String] = []
        for line in genesis.keys {
            do throws(SSHFault) {
                let key = try SSHPublicKey(authorizedKey: line)
                try key.checkEnrolment()
                fingerprints.append(key.fingerprint)
            } catch {
                throw refused("The administrator's key cannot be enrolled: \(error).")
            }
        }
        func event(_ kind: String, _ body: EventBody) -> Decision {
            Decision(event: Event(ofDaemon: kind, purpose: .administration, body))
        }
        let grant = Grant(
            number: 1,
            role: .administrator,
            scope: .system,
            expiresAt: UTCTime(milliseconds: genesis.expiresAt)
        )
        return [
            SystemEvent.genesis(origin: genesis.origin).decision,
            event(
                "agency.registered",
                .agency(
                    Agency(
                        id: agency,
                        name: genesis.agencyName,
                        level: .service,
                        missions: [.administration],
                        contact: "operations desk",
                        keyRequired: false
                    )
                )
            ),
            event(
                "user.enrolled",
                .memberEnrolled(Member(id: id, agency: agency, uids: genesis.uids, keys: fingerprints))
            ),
            event("user.role_granted", .roleGranted(id, grant)),
        ]
    }

    /// Makes the views anew from the record.
    ///
    /// - Returns: How many lines were applied.
    package static func rebuildViews(_ settings: DaemonSettings) throws(DaemonFault) -> Int {
        let folder = StateFolder(settings.stateFolder)
        try folder.check()
        let lock = try folder.takeLock()
        defer { withExtendedLifetime(lock) {} }
        let key = try LogKey.read(at: folder.logKey)
        let record = try folder.openRecord(origin: key.origin, deploymentKey: settings.deploymentKey)
        do {
            // Also what is damaged: nothing of it is needed.
            try CaseViews.remove(folder.views)
            let views = try CaseViews(path: folder.views, marking: RowMarking(record))
            let shelf = Shelf(record: record, views: views)
            let recovered = try Recovery(origin: key.origin).recover(shelf)
            try shelf.keep(recovered.state, at: recovered.head.size)
            return Int(clamping: recovered.head.size)
        } catch {
            throw DaemonFault(
                .recordRefused,
                "The views could not be made from the record: \(error).",
                advice: "Do not change it. Look at it with `accordd check`, and tell oversight."
            )
        }
    }
}
