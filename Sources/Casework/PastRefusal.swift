package import Policy
import StrictJSON

/// What the record says of somebody's last refusal: which act, under which rule, and when.
///
/// What was asked is not on the record, so that after a start nothing is judged anew; the rule is named all the same.
package struct PastRefusal: Hashable, Sendable {
    package let act: String
    let rule: String
    package let at: UTCTime

    /// The rule as who was refused was told it, and its words; what he may not know of is not explained away either.
    package var step: Step {
        let row = RuleTable.row(rule == "P04C" ? "P04" : rule)
        return Step(
            rule: row.id,
            code: row.code,
            fired: true,
            because:
                "\(row.message) The record says so since \(at), and not what was asked: ask for it again to have it judged anew."
        )
    }
}

extension CaseworkState {
    mutating func noteRefusal(_ event: Event, at place: StreamPosition) {
        guard case .access(let act, _, _?) = event.body, let member = event.member, let rule = place.rule else {
            return
        }
        pastRefusals[member] = PastRefusal(act: act, rule: rule, at: place.recordedAt)
    }

    static func record(_ refusals: [MemberID: PastRefusal]) -> JSONValue {
        .array(
            refusals.sorted { $0.key < $1.key }.map { member, past in
                [
                    "member": .string(member.text), "act": .string(past.act), "rule": .string(past.rule),
                    "at": .integer(past.at.milliseconds),
                ]
            }
        )
    }

    /// Nil is a state that was kept by an earlier version.
    static func pastRefusals(_ value: JSONValue?) throws(EventFault) -> [MemberID: PastRefusal] {
        var found: [MemberID: PastRefusal] = [:]
        for value in value?.array ?? [] {
            let fields = try Fields(value)
            found[try fields.word("member") { MemberID($0) }] = PastRefusal(
                act: try fields.string("act"),
                rule: try fields.word("rule") { name in RuleTable.rules.contains { $0.id == name } ? name : nil },
                at: try fields.time("at")
            )
        }
        return found
    }
}
