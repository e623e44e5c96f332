import Logging

/// Keeps what was logged.
struct RecordingLogHandler: LogHandler {
    let lines: Reports<String>
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    init(lines: Reports<String>) {
        self.lines = lines
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let parts = (event.metadata ?? [:]).map { "\($0)=\($1)" }.sorted()
        lines.add("\(event.message) \(parts.joined(separator: " "))")
    }
}
