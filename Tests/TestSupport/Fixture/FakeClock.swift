import Foundation

/// The clock of one process, which a test sets while it runs (libfaketime).
package final class FakeClock: Sendable {
    private let path: String
    private let library: String

    /// - Parameters:
    ///   - path: of the file that holds what was set.
    ///   - setting: how far from the machine's clock, such as `+20d` or `-2m`, or a moment at which it stands still.
    /// - Throws: `Programs.Missing` without libfaketime.
    package init(_ path: String, _ setting: String) throws {
        guard let library = Programs.clock else {
            throw Programs.Missing(description: "libfaketime is not installed")
        }
        (self.path, self.library) = (path, library)
        try set(setting)
    }

    /// Sets the clock.
    package func set(_ setting: String) throws {
        // In one step: whoever looks at the clock meanwhile sees the old or the new one.
        try Data("\(setting)\n".utf8).write(to: URL(filePath: path), options: .atomic)
    }

    /// A moment, so many seconds from now, at which the clock stands still until it is set again.
    package static func still(after seconds: Double = 0) -> String {
        let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space).year().month().day()
        return Date.now.addingTimeInterval(seconds).formatted(style.time(includingFractionalSeconds: false))
    }

    /// What the process is started with, behind another program such as `env`.
    ///
    /// (Loaded straight into a Swift program the library hides its arguments.)
    package var environment: [String: String] {
        [
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": path, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC",
        ]
    }
}
