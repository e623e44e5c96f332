/// How a run of text looks on a terminal that shows colour (ECMA-48 SGR).
enum Style: Equatable {
    case plain
    case bold
    case dim
    case good
    case warning
    case bad

    /// The text between the sequences that switch the style on and off.
    func applied(to text: String) -> String {
        guard let code, !text.isEmpty else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    private var code: String? {
        switch self {
        case .plain: nil
        case .bold: "1"
        case .dim: "2"
        case .good: "32"
        case .warning: "33"
        case .bad: "31"
        }
    }

    /// The style of a word that says how something stands.
    static func ofState(_ word: String) -> Style {
        switch word {
        case "open", "current", "joined", "active", "live", "passed", "accepted", "running": .good
        case "draft", "proposed", "invited", "suspended", "future", "notice", "skipped", "starting", "readOnly",
            "stopping":
            .warning
        case "declined", "denied", "failed", "disabled", "terminated", "expired": .bad
        case "closed", "withdrawn", "corrected": .dim
        default: .plain
        }
    }
}
