/// How the daemon is, for whoever runs it: no content, no counts of cases.
package struct Condition: Hashable, Sendable {
    package let mode: ServiceMode
    /// What is wrong, one sentence each; empty when all is well.
    package let warnings: [String]

    /// One line for the service manager.
    package var sentence: String {
        guard warnings.isEmpty else { return warnings.joined(separator: " ") }
        switch mode {
        case .starting: return "Starting."
        case .running: return "Serving members."
        case .readOnly: return "Nothing can be recorded, so nothing is shown."
        case .stopping: return "Stopping."
        }
    }
}

extension Sequencer {
    /// What is wrong, one sentence each, in an order that does not change.
    var allWarnings: [String] {
        warnings.sorted { $0.key < $1.key }.map(\.value) + [clockWarning, witnessWarning].compactMap(\.self)
    }

    /// The record's time never goes back: where a clock was ahead when a line was written, rights end by that time.
    private var clockWarning: String? {
        let ahead = composer.lastTime - surroundings.clock()
        guard ahead > Self.clockTolerance else { return nil }
        return
            "The newest line is dated \(ahead / 1_000) seconds ahead of this machine's clock, and rights and deadlines are judged"
            + " by that time. Set the clock, if it is wrong; if it was wrong when the line was written, call oversight."
    }

    /// Milliseconds; less is what clocks are set by in use.
    private static let clockTolerance: Int64 = 60_000

    /// Answers once the writer, too, has taken a turn.
    func pulse(_ completion: @escaping @Sendable (Condition) -> Void) {
        let condition = Condition(mode: mode, warnings: allWarnings)
        // To destroy much may take the writer long, and must not be cut off: the restart would begin it anew.
        guard !isErasing else { return completion(condition) }
        surroundings.afterWriting { completion(condition) }
    }
}
