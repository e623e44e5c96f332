import FoundationEssentials
import Logging

/// One log message, before it is written anywhere.
struct LogEntry: Sendable {
    let time: Date
    let level: Logger.Level
    let label: String
    let message: String
    let metadata: Logger.Metadata

    /// What an outlet says that could not write for a while.
    static func dropped(_ count: Int) -> LogEntry {
        LogEntry(
            time: .now,
            level: .warning,
            label: "accordd",
            message: "log lines were dropped",
            metadata: ["count": "\(count)"]
        )
    }
}

/// Where log messages go; writing neither waits nor fails.
protocol LogOutlet: Sendable {
    func write(_ entry: LogEntry)
}
