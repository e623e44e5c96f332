/// Everything that an operator may set, as plain values: where it came from (file, environment, flags) is `accordd`'s matter.
package struct DaemonSettings: Hashable, Sendable {
    /// Folder of the record, its keys and the views; owned by the daemon alone, mode 0700.
    package var stateFolder: String
    /// Path of the members' socket; at most 107 bytes.
    package var socketPath: String
    /// Permission bits of the socket, such as `0o660`.
    package var socketMode: UInt32
    /// Numeric group that owns the socket; nil leaves the daemon's own.
    package var socketGroup: UInt32?
    /// Connections in all, and of one user.
    package var maximumConnections: Int
    package var maximumConnectionsPerUser: Int
    /// New connections of one user in a second; more wait, for a second at most.
    package var newConnectionsPerSecond = 200
    /// A connection that is idle for so many seconds is locked (rule P24; CJIS AC-11 allows at most 1,800).
    package var sessionIdleSeconds: Int
    /// How often a checkpoint is signed while the record grows, in milliseconds.
    package var checkpointMilliseconds: Int
    /// How many lines one durable sync may carry.
    package var batchLimit: Int
    /// Where the deployment's key is: `own` for a file in the state folder, `credential` for the service manager's credential
    /// `accord.deployment-key`, or a path.
    package var deploymentKey: String
    /// The file that says whose cosignatures make a checkpoint trusted (C2SP tlog-policy); nil asks for none.
    package var witnessPolicy: String?
    /// Folder of cosigned checkpoints, best on another disk, which no restore of the state folder touches; nil is a
    /// folder in it.
    package var witnessFolder: String?
    /// Checkpoints that witnesses hold: a record that is behind one of them is not served.
    package var witnessed: [String] = []
    /// Folder of backups, and that of what opens them, kept apart; nil where no backup is made.
    package var backupFolder: String?
    package var backupKeysFolder: String?
    /// The file that says which bodies deal with complaints and incidents; nil leaves that to whoever routes them.
    package var oversightRouting: String?
    /// Folder of executables that are told of events; nil runs none.
    package var hookFolder: String?
    /// How many seconds one of them may take for an event, how many run at once, and how often an event is tried.
    package var hookSeconds = 10
    package var hooksAtOnce = 4
    package var hookTries = 5
    /// trace, debug, info, notice, warning, error or critical.
    package var logLevel: String

    package init(
        stateFolder: String = "/var/lib/accord",
        socketPath: String = "/run/accord/accord.sock",
        socketMode: UInt32 = 0o660,
        socketGroup: UInt32? = nil,
        maximumConnections: Int = 1_024,
        maximumConnectionsPerUser: Int = 128,
        sessionIdleSeconds: Int = 1_800,
        checkpointMilliseconds: Int = 1_000,
        batchLimit: Int = 512,
        deploymentKey: String = "own",
        witnessPolicy: String? = nil,
        witnessFolder: String? = nil,
        backupFolder: String? = nil,
        backupKeysFolder: String? = nil,
        logLevel: String = "info"
    ) {
        self.stateFolder = stateFolder
        self.socketPath = socketPath
        self.socketMode = socketMode
        self.socketGroup = socketGroup
        self.maximumConnections = maximumConnections
        self.maximumConnectionsPerUser = maximumConnectionsPerUser
        self.sessionIdleSeconds = sessionIdleSeconds
        self.checkpointMilliseconds = checkpointMilliseconds
        self.batchLimit = batchLimit
        self.deploymentKey = deploymentKey
        self.witnessPolicy = witnessPolicy
        self.witnessFolder = witnessFolder
        self.backupFolder = backupFolder
        self.backupKeysFolder = backupKeysFolder
        self.logLevel = logLevel
    }
}
