import Coordination
import Glibc
import Logging

extension Setting {
    /// Every key there is; an unknown one is refused.
    static let table: [Setting] = [
        .path("state-folder", maximumBytes: 4_000, \.stateFolder),
        .path("socket.path", maximumBytes: 107, \.socketPath),
        socketMode,
        socketGroup,
        .number("limits.connections", 1...65_536, \.maximumConnections),
        .number("limits.connections-per-user", 1...65_536, \.maximumConnectionsPerUser),
        .number("limits.new-connections-per-second", 10...100_000, \.newConnectionsPerSecond),
        // CJIS Security Policy AC-11: a session locks after at most 30 minutes.
        .number("limits.session-idle-seconds", 1...1_800, \.sessionIdleSeconds),
        .number("record.checkpoint-milliseconds", 10...3_600_000, \.checkpointMilliseconds),
        .number("record.batch-limit", 1...65_536, \.batchLimit),
        deploymentKey,
        .optionalPath("witness.policy", none: "none", \.witnessPolicy),
        .optionalPath("witness.folder", none: "state", \.witnessFolder),
        .optionalPath("backup.folder", none: "none", \.backupFolder),
        .optionalPath("backup.keys-folder", none: "none", \.backupKeysFolder),
        .optionalPath("oversight.routing", none: "none", \.oversightRouting),
        .optionalPath("hooks.folder", none: "none", \.hookFolder),
        .number("hooks.seconds", 1...600, \.hookSeconds),
        .number("hooks.at-once", 1...32, \.hooksAtOnce),
        .number("hooks.tries", 1...20, \.hookTries),
        logLevel,
    ]

    static func named(_ key: String) -> Setting? {
        table.first { $0.key == key }
    }

    private static let socketMode = Setting(
        key: "socket.mode",
        expected: "permission bits in octal, from 0600 to 0666, such as 0660",
        text: { "0" + String($0.socketMode, radix: 8) },
        take: { text, settings in
            guard (3...4).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x37).contains($0) }),
                let mode = UInt32(text, radix: 8), mode & ~0o666 == 0, mode & 0o600 == 0o600
            else { return false }
            settings.socketMode = mode
            return true
        }
    )

    private static let socketGroup = Setting(
        key: "socket.group",
        expected: "a group of this host, by name or number, or 'own' for the daemon's own",
        text: { $0.socketGroup.map(String.init) ?? "own" },
        take: { text, settings in
            guard text != "own" else {
                settings.socketGroup = nil
                return true
            }
            guard let group = UInt32(text) ?? number(ofGroup: text) else { return false }
            settings.socketGroup = group
            return true
        }
    )

    private static let deploymentKey = Setting(
        key: "record.deployment-key",
        expected: "'own' for a file in the state folder, 'credential', or an absolute path of at most 4000 bytes",
        text: { $0.deploymentKey },
        take: { text, settings in
            guard ["own", "credential"].contains(text) || isPath(text, maximumBytes: 4_000) else { return false }
            settings.deploymentKey = text
            return true
        }
    )

    private static let logLevel = Setting(
        key: "log.level",
        expected: Logger.Level.allCases.map(\.rawValue).joined(separator: ", "),
        text: { $0.logLevel },
        take: { text, settings in
            guard Logger.Level(rawValue: text) != nil else { return false }
            settings.logLevel = text
            return true
        }
    )

    private static func number(ofGroup name: String) -> UInt32? {
        guard !name.utf8.contains(0), let entry = unsafe getgrnam(name) else { return nil }
        return unsafe entry.pointee.gr_gid
    }
}
