import FoundationEssentials
import Logging

/// One log message as one line of `key=value`, whatever its parts contain.
///
/// ```
/// at=2031-03-03T09:00:00.123Z level=info label=accordd message="serving" socket=/run/accord/accord.sock
/// ```
enum LogLine {
    /// Longest value; what is longer is cut and ends with "…".
    static let maximumValueCharacters = 1_000

    static func compose(_ entry: LogEntry) -> String {
        var line =
            "at=\(entry.time.formatted(.iso8601WithMilliseconds)) level=\(entry.level) label=\(value(entry.label))"
        line += " message=\(quoted(entry.message))"
        return line + values(entry.metadata) + "\n"
    }

    /// The same for a reader who has time, level and label otherwise: the message, and its values behind it.
    static func sentence(_ entry: LogEntry) -> String {
        quoted(entry.message).dropFirst().dropLast() + values(entry.metadata)
    }

    private static func values(_ metadata: Logger.Metadata) -> String {
        metadata.sorted { $0.key < $1.key }.map { " \(name($0.key))=\(value($0.value.description))" }.joined()
    }

    /// The text in quotes, on one line, with nothing that a terminal or a log reader would obey.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars.prefix(maximumValueCharacters) {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default:
                if isHarmless(scalar) {
                    result.unicodeScalars.append(scalar)
                } else {
                    result += "\\u{\(String(scalar.value, radix: 16))}"
                }
            }
        }
        if text.unicodeScalars.count > maximumValueCharacters { result += "…" }
        return result + "\""
    }

    private static func value(_ text: String) -> String {
        let isBare = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C && $0 != 0x3D }
        return isBare && !text.isEmpty && text.utf8.count <= maximumValueCharacters ? text : quoted(text)
    }

    private static func name(_ key: String) -> String {
        String(key.map { $0.isASCII && ($0.isLetter || $0.isNumber) || "-_.".contains($0) ? $0 : "_" })
    }

    /// Control characters move the cursor, separators end the line, format characters reorder what is read.
    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}

extension FormatStyle where Self == Date.ISO8601FormatStyle {
    fileprivate static var iso8601WithMilliseconds: Date.ISO8601FormatStyle {
        Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    }
}
