import ArgumentParser
import Coordination
import Testing

@testable import accordd

struct EffectiveSettingsTests {
    private static func load(
        _ text: String = "",
        environment: [String: String] = [:],
        flags: [String: String] = [:]
    ) throws(SettingsRefused) -> EffectiveSettings {
        let file = try SettingsFile(path: "a.yaml", bytes: Array(text.utf8))
        return try EffectiveSettings(file: file, environment: environment, flags: flags)
    }

    private static func origin(_ key: String, in effective: EffectiveSettings) -> String? {
        zip(Setting.table, effective.origins).first { $0.0.key == key }?.1.description
    }

    @Test func `flags stand above the environment and the environment above the file`() throws {
        let text =
            "limits:\n  connections: 10\n  session-idle-seconds: 20\n  connections-per-user: 3\nlog:\n  level: error\n"
        let effective = try Self.load(
            text,
            environment: ["ACCORD_LIMITS_SESSION_IDLE_SECONDS": "30", "ACCORD_LOG_LEVEL": "debug"],
            flags: ["log.level": "trace"]
        )
        #expect(effective.settings.maximumConnections == 10)
        #expect(effective.settings.sessionIdleSeconds == 30)
        #expect(effective.settings.logLevel == "trace")
        #expect(Self.origin("limits.connections", in: effective) == "a.yaml:2")
        #expect(
            Self.origin("limits.session-idle-seconds", in: effective)
                == "environment ACCORD_LIMITS_SESSION_IDLE_SECONDS"
        )
        #expect(Self.origin("log.level", in: effective) == "flag --log-level")
        #expect(Self.origin("record.batch-limit", in: effective) == "default")
    }

    @Test func `every setting is taken from each layer`() throws {
        for setting in Setting.table {
            let text = setting.text(DaemonSettings())
            let dot = setting.key.split(separator: ".")
            let file = dot.count == 1 ? "\(setting.key): \(text)" : "\(dot[0]):\n  \(dot[1]): \(text)"
            #expect(Self.origin(setting.key, in: try Self.load(file)) == "a.yaml:\(dot.count)")
            let environment = [setting.environmentName: text]
            #expect(
                Self.origin(setting.key, in: try Self.load(environment: environment))
                    == "environment \(setting.environmentName)"
            )
            #expect(Self.origin(setting.key, in: try Self.load(flags: [setting.key: text])) == "flag \(setting.flag)")
        }
    }

    @Test func `every setting has a flag of its name`() throws {
        for setting in Setting.table {
            let options = try SettingOptions.parse([setting.flag, "x"])
            #expect(options.flags == [setting.key: "x"])
        }
    }

    @Test(arguments: [
        ("state-folder", "a/b"), ("state-folder", "/a\u{1}"), ("socket.path", "/" + String(repeating: "s", count: 107)),
        ("socket.mode", "777"), ("socket.mode", "0060"), ("socket.mode", "rw"), ("socket.group", "no such group"),
        ("limits.connections", "0"), ("limits.connections", "+5"), ("limits.connections", "99999999999999999999"),
        ("limits.session-idle-seconds", "1801"), ("record.batch-limit", "1.5"), ("log.level", "loud"),
    ])
    func `a bad value is refused with its key and its place`(key: String, value: String) throws {
        let refused = #expect(throws: SettingsRefused.self) { try Self.load(flags: [key: value]) }
        let fault = try #require(refused?.faults.first)
        #expect(fault.place == "flag \(try #require(Setting.named(key)).flag)")
        #expect(fault.sentence.contains("'\(key)'"))
    }

    @Test func `all faults are told at once`() {
        let refused = #expect(throws: SettingsRefused.self) {
            try Self.load("state-folder: x\nlog:\n  level: y\n", environment: ["ACCORD_RECORD_BATCH_LIMIT": "z"])
        }
        #expect(refused?.faults.map(\.place) == ["a.yaml:1", "environment ACCORD_RECORD_BATCH_LIMIT", "a.yaml:3"])
    }

    @Test func `a variable that is nearly ours is noticed`() throws {
        let effective = try Self.load(environment: ["ACCORD_LOGLEVEL": "info", "ACCORD_SOCKET": "/x", "PATH": "/bin"])
        #expect(effective.notices.count == 1)
        #expect(effective.notices.first?.contains("ACCORD_LOGLEVEL") == true)
    }

    @Test func `who lowers the limit of all lowers that of one user`() throws {
        #expect(try Self.load(flags: ["limits.connections": "10"]).settings.maximumConnectionsPerUser == 10)
        #expect(throws: SettingsRefused.self) {
            try Self.load(flags: ["limits.connections": "10", "limits.connections-per-user": "11"])
        }
    }
}
