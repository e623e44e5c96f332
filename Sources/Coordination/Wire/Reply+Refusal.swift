import Policy
import StrictJSON
import Varlink

extension Reply {
    /// A refusal as the asker may see it.
    static func refused(_ refusal: Refusal, interface: String) -> Reply {
        let face = refusal.outward
        return .failure(
            interface + ".Refused",
            [
                "code": .string(face.code), "rule": .string(face.rule), "citation": .string(face.citation),
                "message": .string(face.message), "ask": .string(face.ask),
            ]
        )
    }

    /// A reading that was allowed and recorded, and could not be carried out.
    static func readingFailed(interface: String) -> Reply {
        .failure(
            interface + ".Unavailable",
            [
                "reason": "failed",
                "message": "It could not be read. The attempt is on the record; `accord status` tells more.",
            ]
        )
    }

    /// How that is told, wherever a text would have stood.
    static let howItIsLost =
        "and no order says so: somebody took it away. Tell oversight; `accord audit verify` names the line."

    /// What the record lists, the asker may read and no order destroyed is gone.
    static func lost(interface: String) -> Reply {
        .failure(
            interface + ".Unavailable",
            [
                "reason": "failed",
                "message": .string("Its text is missing from the record, \(howItIsLost)"),
            ]
        )
    }

    /// Nothing can be recorded, so nothing is disclosed (rule P25).
    static func unavailable(_ mode: ServiceMode, reason: String? = nil, message: String?, interface: String) -> Reply {
        let word =
            switch mode {
            case .starting: "starting"
            case .stopping: "stopping"
            case .readOnly, .running: reason ?? "failed"
            }
        return .failure(
            interface + ".Unavailable",
            [
                "reason": .string(word),
                "message": .string(message ?? "Nothing was recorded and nothing is shown. Try again in a moment."),
            ]
        )
    }
}
