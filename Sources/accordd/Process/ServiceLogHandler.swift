import FoundationEssentials
import Logging

/// Hands log messages to the journal or to standard error.
///
/// Nothing that a member wrote is ever a message or metadata: codes, counts, ids and positions only. The lines are built
/// so that even a value from outside could not begin a second one.
struct ServiceLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    /// Set for one logger alone; otherwise the shared level holds.
    private var ownLevel: Logger.Level?
    private let label: String
    private let threshold: LogThreshold
    private let output: any LogOutlet

    init(label: String, threshold: LogThreshold, output: any LogOutlet) {
        self.label = label
        self.threshold = threshold
        self.output = output
    }

    var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        if let error = event.error { all["error"] = .string(String(describing: error)) }
        output.write(
            LogEntry(time: .now, level: event.level, label: label, message: event.message.description, metadata: all)
        )
    }
}
