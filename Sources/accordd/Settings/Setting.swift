import Coordination

/// One thing that an operator may set: its key, what a proper value looks like, and how its text becomes a value.
///
/// The same row serves the file (`socket.path`), the environment (`ACCORD_SOCKET_PATH`) and the flags (`--socket-path`).
struct Setting: Sendable {
    /// Key in the file; a dot stands for one level of nesting.
    let key: String
    /// What a proper value is, to follow "should be".
    let expected: String
    /// The present value, as it would be written in the file.
    let text: @Sendable (DaemonSettings) -> String
    /// Takes a text over; false if it is not proper, and then nothing changed.
    let take: @Sendable (String, inout DaemonSettings) -> Bool

    /// Name of the environment variable.
    var environmentName: String {
        "ACCORD_" + key.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
    }

    /// Name of the flag.
    var flag: String { "--" + key.map { $0 == "." ? "-" : String($0) }.joined() }
}

extension Setting {
    /// A whole number within bounds.
    static func number(
        _ key: String,
        _ bounds: ClosedRange<Int>,
        _ path: any WritableKeyPath<DaemonSettings, Int> & Sendable
    ) -> Setting {
        Setting(
            key: key,
            expected: "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)",
            text: { String($0[keyPath: path]) },
            take: { text, settings in
                // Digits alone: Int would also take "+5" and "-0".
                guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text) else { return false }
                guard bounds.contains(value) else { return false }
                settings[keyPath: path] = value
                return true
            }
        )
    }

    /// A path from the root, or a word for none.
    static func optionalPath(
        _ key: String,
        none: String,
        _ path: any WritableKeyPath<DaemonSettings, String?> & Sendable
    ) -> Setting {
        Setting(
            key: key,
            expected: "an absolute path of at most 4000 bytes, or '\(none)'",
            text: { $0[keyPath: path] ?? none },
            take: { text, settings in
                guard text == none || isPath(text, maximumBytes: 4_000) else { return false }
                settings[keyPath: path] = text == none ? nil : text
                return true
            }
        )
    }

    /// A path from the root, without control characters.
    static func path(
        _ key: String,
        maximumBytes: Int,
        _ path: any WritableKeyPath<DaemonSettings, String> & Sendable
    ) -> Setting {
        Setting(
            key: key,
            expected: "an absolute path of at most \(maximumBytes) bytes",
            text: { $0[keyPath: path] },
            take: { text, settings in
                guard isPath(text, maximumBytes: maximumBytes) else { return false }
                settings[keyPath: path] = text
                return true
            }
        )
    }

    /// Whether a text is a path from the root, without control characters.
    static func isPath(_ text: String, maximumBytes: Int) -> Bool {
        text.utf8.first == UInt8(ascii: "/") && text.utf8.count <= maximumBytes
            && !text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
    }
}
