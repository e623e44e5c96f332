import Configuration
import Coordination
import Synchronization

/// The settings in force, and where each came from.
struct EffectiveSettings: Sendable {
    private(set) var settings = DaemonSettings()
    /// One for each row of the table, in its order.
    private(set) var origins: [Origin] = []
    /// What looks like a mistake but is none for certain, one sentence each.
    private(set) var notices: [String] = []

    /// Puts the layers together: the file, above it the environment, above it the flags.
    ///
    /// One bad value, and nothing is taken.
    init(file: SettingsFile?, environment: [String: String], flags: [String: String]) throws(SettingsRefused) {
        var given: [AbsoluteConfigKey: ConfigValue] = [:]
        for (key, text) in flags {
            given[AbsoluteConfigKey(ConfigKey(key))] = ConfigValue(.string(text), isSecret: false)
        }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: given),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "accord"),
        ]
        if let file { providers.append(try file.provider()) }
        let layers = SettingLayers(providers: providers)

        var faults: [SettingsFault] = []
        for setting in Setting.table {
            let (text, layer) = layers.text(setting.key)
            let origin = Origin(setting: setting, layer: layer, file: file)
            origins.append(origin)
            guard layer != nil else { continue }
            if let text, setting.take(text, &settings) { continue }
            let sentence = "'\(setting.key)' is \(LogLine.quoted(text ?? "")), but should be \(setting.expected)"
            faults.append(SettingsFault(place: origin.description, sentence: sentence))
        }
        if let fault = joinLimits() { faults.append(fault) }
        guard faults.isEmpty else { throw SettingsRefused(faults) }
        notices = Self.strangers(environment)
    }

    /// Keeps the limit of one user within the limit of all.
    private mutating func joinLimits() -> SettingsFault? {
        guard settings.maximumConnectionsPerUser > settings.maximumConnections else { return nil }
        let key = "limits.connections-per-user"
        let sentence = "'\(key)' is \(settings.maximumConnectionsPerUser), more than limits.connections"
        // Who lowers the one and says nothing of the other means both.
        settings.maximumConnectionsPerUser = settings.maximumConnections
        guard let origin = origins[named: key], origin != .standard else { return nil }
        return SettingsFault(place: origin.description, sentence: sentence)
    }

    /// Variables that look like ours and are not: most likely misspelt.
    private static func strangers(_ environment: [String: String]) -> [String] {
        let known = Set(Setting.table.map(\.environmentName)).union(foreignVariables)
        return environment.keys.filter { $0.hasPrefix("ACCORD_") && !known.contains($0) }.sorted()
            .map { "environment variable \($0) is not a setting of accordd and has no effect" }
    }

    /// Variables of `accord`, the demonstration and the tests.
    private static let foreignVariables: Set<String> = [
        "ACCORD_SOCKET", "ACCORD_HOST", "ACCORD_MANUAL", "ACCORD_KEY", "ACCORD_SIGN", "ACCORD_HOME", "ACCORD_BIN",
        "ACCORD_VENV", "ACCORD_VECTORS", "ACCORD_CLOCK",
        "ACCORD_RECORD", "ACCORD_SEED", "ACCORD_SEEDS", "ACCORD_COUNT",
    ]
}

extension EffectiveSettings {
    /// Where a setting came from.
    enum Origin: Hashable, Sendable, CustomStringConvertible {
        case standard
        case file(path: String, line: Int)
        case environment(String)
        case flag(String)

        /// The layer is 0 for the flags, 1 for the environment, 2 for the file; nil where none had the key.
        init(setting: Setting, layer: Int?, file: SettingsFile?) {
            switch layer {
            case 0: self = .flag(setting.flag)
            case 1: self = .environment(setting.environmentName)
            case 2: self = .file(path: file?.path ?? "", line: file?.lines[setting.key] ?? 0)
            default: self = .standard
            }
        }

        var description: String {
            switch self {
            case .standard: "default"
            case .file(let path, let line): "\(path):\(line)"
            case .environment(let name): "environment \(name)"
            case .flag(let name): "flag \(name)"
            }
        }
    }
}

extension [EffectiveSettings.Origin] {
    /// The origin that stands where the key stands in the table.
    fileprivate subscript(named key: String) -> EffectiveSettings.Origin? {
        zip(Setting.table, self).first { $0.0.key == key }?.1
    }
}

/// The layers as one reader that remembers which of them answered last.
private struct SettingLayers {
    private let reader: ConfigReader
    private let witness = LayerWitness()

    init(providers: [any ConfigProvider]) {
        reader = ConfigReader(providers: providers, accessReporter: witness)
    }

    /// The text for a key and the number of the layer that holds it.
    func text(_ key: String) -> (text: String?, layer: Int?) {
        let text = reader.string(forKey: ConfigKey(key))
        return (text, witness.layer())
    }
}

/// swift-configuration asks the layers in order until one answers, and reports whom it asked.
private final class LayerWitness: AccessReporter {
    private let answered = Mutex<Int?>(nil)

    func report(_ event: AccessEvent) {
        let layer: Int? =
            switch event.providerResults.last?.result {
            case .success(let lookup): lookup.value == nil ? nil : event.providerResults.count - 1
            case .failure: event.providerResults.count - 1
            case nil: nil
            }
        answered.withLock { $0 = layer }
    }

    func layer() -> Int? {
        answered.withLock { $0 }
    }
}
