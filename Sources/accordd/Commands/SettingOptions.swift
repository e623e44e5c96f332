import ArgumentParser
import FoundationEssentials

/// The configuration file and one flag for every setting.
struct SettingOptions: ParsableArguments {
    @Option(help: "The configuration file. (default: \(SettingsFile.standardPath), if there is one)")
    var config: String?

    @Option(help: ArgumentHelp("Folder of the record, its keys and the views.", valueName: "folder"))
    var stateFolder: String?

    @Option(help: ArgumentHelp("The members' socket.", valueName: "path"))
    var socketPath: String?

    @Option(help: ArgumentHelp("Permission bits of the socket, such as 0660.", valueName: "mode"))
    var socketMode: String?

    @Option(help: ArgumentHelp("Group of the socket, by name or number, or 'own'.", valueName: "group"))
    var socketGroup: String?

    @Option(help: ArgumentHelp("Connections in all.", valueName: "number"))
    var limitsConnections: String?

    @Option(help: ArgumentHelp("Connections of one user.", valueName: "number"))
    var limitsConnectionsPerUser: String?

    @Option(help: ArgumentHelp("New connections of one user in a second.", valueName: "number"))
    var limitsNewConnectionsPerSecond: String?

    @Option(help: ArgumentHelp("A session idle for so long is locked.", valueName: "seconds"))
    var limitsSessionIdleSeconds: String?

    @Option(help: ArgumentHelp("How often a checkpoint is signed while the record grows.", valueName: "milliseconds"))
    var recordCheckpointMilliseconds: String?

    @Option(help: ArgumentHelp("How many lines one durable sync may carry.", valueName: "number"))
    var recordBatchLimit: String?

    @Option(help: ArgumentHelp("The deployment's key: 'own', 'credential' or a file.", valueName: "place"))
    var recordDeploymentKey: String?

    @Option(help: ArgumentHelp("Whose cosignatures are taken: a C2SP tlog-policy, or 'none'.", valueName: "file"))
    var witnessPolicy: String?

    @Option(help: ArgumentHelp("Folder of cosigned checkpoints, best on another disk.", valueName: "folder"))
    var witnessFolder: String?

    @Option(help: ArgumentHelp("Folder of backups, or 'none'.", valueName: "folder"))
    var backupFolder: String?

    @Option(help: ArgumentHelp("Folder of what opens backups, kept apart from them, or 'none'.", valueName: "folder"))
    var backupKeysFolder: String?

    @Option(help: ArgumentHelp("Which bodies deal with complaints and incidents, or 'none'.", valueName: "file"))
    var oversightRouting: String?

    @Option(help: ArgumentHelp("Folder of programs that are told of events, or 'none'.", valueName: "folder"))
    var hooksFolder: String?

    @Option(help: ArgumentHelp("How long one of them may take for an event.", valueName: "seconds"))
    var hooksSeconds: String?

    @Option(help: ArgumentHelp("How many of them run at once.", valueName: "number"))
    var hooksAtOnce: String?

    @Option(help: ArgumentHelp("How often an event is tried.", valueName: "number"))
    var hooksTries: String?

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?

    /// Reads file and environment anew and puts the flags above them.
    func load() throws(SettingsRefused) -> EffectiveSettings {
        try EffectiveSettings(
            file: SettingsFile.read(config),
            environment: ProcessInfo.processInfo.environment,
            flags: flags
        )
    }

    /// The flags that were given, by key.
    var flags: [String: String] {
        let all: [String: String?] = [
            "state-folder": stateFolder, "socket.path": socketPath, "socket.mode": socketMode,
            "socket.group": socketGroup, "limits.connections": limitsConnections,
            "limits.connections-per-user": limitsConnectionsPerUser,
            "limits.new-connections-per-second": limitsNewConnectionsPerSecond,
            "limits.session-idle-seconds": limitsSessionIdleSeconds,
            "record.checkpoint-milliseconds": recordCheckpointMilliseconds, "record.batch-limit": recordBatchLimit,
            "record.deployment-key": recordDeploymentKey,
            "witness.policy": witnessPolicy, "witness.folder": witnessFolder, "backup.folder": backupFolder,
            "backup.keys-folder": backupKeysFolder, "oversight.routing": oversightRouting,
            "hooks.folder": hooksFolder, "hooks.seconds": hooksSeconds,
            "hooks.at-once": hooksAtOnce, "hooks.tries": hooksTries, "log.level": logLevel,
        ]
        return all.compactMapValues { $0 }
    }
}
