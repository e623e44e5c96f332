/// One thing that is wrong with the configuration.
struct SettingsFault: Hashable, Sendable, CustomStringConvertible {
    /// Where it stands: `/etc/accord/accord.yaml:12`, `environment ACCORD_LOG_LEVEL` or `flag --log-level`.
    let place: String
    /// A sentence that names the key.
    let sentence: String

    var description: String { "\(place): \(sentence)" }
}

/// The configuration is not taken, all of it: every fault that was found, in the order of the file.
struct SettingsRefused: Error, Hashable, Sendable {
    let faults: [SettingsFault]

    init(_ faults: [SettingsFault]) {
        self.faults = faults
    }

    init(place: String, _ sentence: String) {
        self.faults = [SettingsFault(place: place, sentence: sentence)]
    }
}
