import Foundation
import StrictJSON
import TestSupport
import Testing

/// Agencies' own policies through the command line, with the example policies of Config/policies.
@Suite(.serialized, .tags(.large, .g5), .needsPrograms, .alder)
struct AgencyPolicyTests {
    static let play = ScriptPlay()

    /// A copy of an example policy that every member may read.
    private static func example(_ name: String) -> String {
        let policies = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Config/policies")
        return written(name, (try? String(contentsOf: policies.appending(path: "\(name).yaml"), encoding: .utf8)) ?? "")
    }

    private static func written(_ name: String, _ text: String) -> String {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "accord-\(ProcessInfo.processInfo.processIdentifier)-\(name).yaml")
        try? Data(text.utf8).write(to: path)
        return path.path(percentEncoded: false)
    }

    /// A policy with one rule.
    private static func file(_ name: String, _ effect: String, _ object: String, message: String = "No.") -> String {
        written(
            name,
            """
            id: \(name)
            version: 1
            title: A policy of one rule
            citations: [City Code 7]
            effective: 2020-01-01
            rules:
              - id: the-rule
                effect: \(effect)
                object: \(object)
                citation: City Code 7-2
                message: \(message)
            """
        )
    }

    static let rows = ScriptRow.table(
        """
        # A liaison proposes, for the own agency; nothing is in force by it.
        1  | agent.mpd1  | policy propose \(file("city", "deny", "data")) | E-ROLE | access.denied P05 |
        1b | liaison.mpd | policy propose \(file("city", "deny", "data")) | ok | jurisdiction_policy.proposed | receipt.item=city/1
        1c | agent.spo1  | entry add Alder "Seen." | ok | entry.recorded | receipt.item=E-4
        1d | counsel.dao | policy show MPD-VT | ok | access.read |

        # Counsel puts it in force: never who proposed it, and of an agency without counsel a prosecutor's.
        2  | liaison.mpd | policy activate MPD-VT city/1 | E-ROLE | access.denied P05 |
        2b | agent.tcp1  | policy activate MPD-VT city/1 | E-INVALID | access.denied V01 |
        2c | agent.mpd1  | entry add Alder "Ours." | ok | entry.recorded | receipt.item=E-5
        2d | lead.fib    | entry show Alder E-5 | ok | access.read | entry.text=Ours.
        2e | counsel.dao | policy activate MPD-VT city/1 | ok | jurisdiction_policy.activated | receipt.item=city/1
        2f | counsel.dao | policy activate MPD-VT city/1 | E-STATE | access.denied L01 |

        # It binds the agency's data: others are told the rule, its own people read on.
        3  | lead.fib    | entry show Alder E-5 | E-PURPOSE | access.denied P03J | error.citation=City Code 7-2 (city/1, the-rule); error.message=MPD-VT: No.
        3b | agent.mpd1  | entry show Alder E-5 | ok | access.read | entry.text=Ours.
        3c | liaison.mpd | dissemination release Alder E-5 TCP-NAR --reason "r" --purpose OFFICER_SAFETY | E-PURPOSE | access.denied P03J |
        3d | agent.tcp1  | policy explain --object data --of MPD-VT --purpose CRIM_INVEST --counterpart FIB-MB | ok | access.read | allowed=false
        3e | lead.fib    | policy explain entry.read --case Alder --entry E-5 | ok | access.read | allowed=false

        # Taken out of force, it binds no more.
        4  | liaison.mpd | policy retire MPD-VT city/1 --reason "r" | ok | jurisdiction_policy.retirement_proposed |
        4b | counsel.dao | policy retire MPD-VT city/1 --reason "enjoined" | ok | jurisdiction_policy.retired |
        4c | lead.fib    | entry show Alder E-5 | ok | access.read | entry.text=Ours.

        # No policy is about immigration status, and none suppresses a safety notice; a text takes counsel's note.
        5  | liaison.mpd | policy propose \(file("status", "deny", "immigration-status")) | E-1373-CARVE-OUT | policy.bundle_rejected P31 |
        5b | liaison.mpd | policy propose \(file("notice", "deny", "decon-notice")) | E-SAFETY-NOTICE | policy.bundle_rejected P32 |
        5c | liaison.mpd | policy propose \(file("text", "deny", "report", message: "Not on citizenship.")) | ok | jurisdiction_policy.proposed |
        5d | counsel.dao | policy activate MPD-VT text/1 | E-1373-CARVE-OUT | policy.bundle_rejected P31 |
        5e | counsel.dao | policy activate MPD-VT text/1 --note "A savings clause." | ok | jurisdiction_policy.activated |

        # The examples that are shipped are taken as they are, with their own day.
        6  | liaison.spo | policy propose \(example("state-limits-A")) | ok | jurisdiction_policy.proposed | receipt.item=state-limits-A/1
        6b | liaison.mpd | policy propose \(example("city-limits")) | ok | jurisdiction_policy.proposed | receipt.item=city-limits/1
        """
    )

    @Test(arguments: rows)
    func `an agency's own policy is put in force by two persons, and binds its data`(_ row: ScriptRow) throws {
        try Self.play.play(row, on: .shared)
    }
}
