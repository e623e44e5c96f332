import StrictJSON

/// Why a command did not do what it was asked, and what its user can do about it.
struct Failure: Error, Equatable {
    /// A stable word: the rule's code, such as E-H2-ORIGINATOR, or one of those below.
    var code: String
    /// The rule that refused, or empty.
    var rule = ""
    /// Where the rule comes from, or empty.
    var citation = ""
    /// One sentence or more.
    var message: String
    /// Whom to ask, or what to try.
    var ask = ""
    /// The program's exit status.
    var status: Int32

    /// The connection broke after a request went out, so that nobody here knows what became of it.
    var isLost = false

    static let usage = "USAGE"
    static let invalidInput = "INPUT"
    static let notRunning = "DAEMON-NOT-RUNNING"
    static let notPermitted = "SOCKET-NOT-PERMITTED"
    static let lost = "CONNECTION-LOST"
    static let wireProtocol = "PROTOCOL"
    static let unavailable = "UNAVAILABLE"
    static let key = "KEY"
    static let notAsAsked = "NOT-AS-ASKED"
    static let file = "FILE"
    static let history = "HISTORY"

    /// Something handed in that need not be sent to be known as wrong.
    static func input(_ message: String, ask: String = "") -> Failure {
        Failure(code: invalidInput, message: message, ask: ask, status: ExitStatus.data)
    }

    /// For programs: the object that `--json` prints.
    var json: JSONObject {
        [
            "error": [
                "code": .string(code), "rule": .string(rule), "citation": .string(citation),
                "message": .string(message), "ask": .string(ask),
            ]
        ]
    }

    /// For people: what, by which rule and source, whom to ask.
    ///
    /// The terminal wraps it, so that a command in it can be copied whole.
    var lines: [Shown] {
        let by = rule.isEmpty ? "" : "\(rule)\(citation.isEmpty ? "" : ", \(citation)")"
        let kind =
            code == Failure.history
            ? "ALARM" : status == ExitStatus.refused && !rule.isEmpty ? "refused" : "error"
        var lines: [Shown] = ["\(kind, .bad) \(code, .bold)\(by.isEmpty ? "" : "  (\(by))")"]
        for text in [message, ask] where !text.isEmpty {
            lines += VisibleText.lines(text).map { "  \($0)" }
        }
        return lines
    }
}
