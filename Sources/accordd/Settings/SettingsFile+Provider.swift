import Configuration

extension SettingsFile {
    /// The file's values for swift-configuration, read once: a daemon that reloads reads the file anew.
    func provider() throws(SettingsRefused) -> FileValues {
        // The first bytes of a comment alone are no mapping for YAML, but a proper configuration: all defaults.
        guard !lines.isEmpty else { return FileValues(content: nil) }
        do {
            let content = try unsafe YAMLSnapshot(data: bytes.span.bytes, providerName: path, parsingOptions: .default)
            return FileValues(content: content)
        } catch {
            throw SettingsRefused(place: path, "not YAML: \(String(describing: error).prefix(300))")
        }
    }
}

/// One reading of the configuration file.
struct FileValues: ConfigProvider {
    let content: YAMLSnapshot?

    var providerName: String { "file" }

    func value(forKey key: AbsoluteConfigKey, type: ConfigType) throws -> LookupResult {
        guard let content else { return LookupResult(encodedKey: key.description, value: nil) }
        return try content.value(forKey: key, type: type)
    }

    func fetchValue(forKey key: AbsoluteConfigKey, type: ConfigType) async throws -> LookupResult {
        try value(forKey: key, type: type)
    }

    func watchValue<Return: ~Copyable>(
        forKey key: AbsoluteConfigKey,
        type: ConfigType,
        updatesHandler: (ConfigUpdatesAsyncSequence<Result<LookupResult, any Error>, Never>) async throws -> Return
    ) async throws -> Return {
        try await watchValueFromValue(forKey: key, type: type, updatesHandler: updatesHandler)
    }

    func snapshot() -> any ConfigSnapshot {
        content ?? InMemoryProvider(name: "empty", values: [:]).snapshot()
    }

    func watchSnapshot<Return: ~Copyable>(
        updatesHandler: (ConfigUpdatesAsyncSequence<any ConfigSnapshot, Never>) async throws -> Return
    ) async throws -> Return {
        try await watchSnapshotFromSnapshot(updatesHandler: updatesHandler)
    }
}
