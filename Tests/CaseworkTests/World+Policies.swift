import Policy
import StrictJSON

@testable import Casework

/// Policies of agencies, as their liaisons and counsel put them in force.
extension World {
    /// A rule on one line: `deny data CRIM_INVEST OFFICER_SAFETY`.
    static func rule(_ line: String, for agencies: [String] = [], needs conditions: [String] = []) -> JSONValue {
        let words = line.split(separator: " ").map { JSONValue.string(String($0)) }
        var rule: JSONObject = [
            "id": .string(line.replacing(" ", with: "-").replacing("_", with: "-")), "effect": words[0],
            "object": words[1],
            "citation": "City Code 7-2", "message": .string("The city says: \(line)."),
        ]
        if words.count > 2 { rule["purposes"] = .array(Array(words[2...])) }
        if !agencies.isEmpty { rule["counterpart"] = ["agencies": .array(agencies.map { .string($0) })] }
        if !conditions.isEmpty { rule["conditions"] = .array(conditions.map { .string($0) }) }
        return .object(rule)
    }

    static func bundle(
        _ rules: [JSONValue],
        version: Int64 = 1,
        from effective: String = "2031-01-01",
        id: String = "city-limits"
    ) -> JSONObject {
        [
            "id": .string(id), "version": .integer(version), "title": "Limits of the city",
            "citations": ["City Code 7"], "effective": .string(effective), "rules": .array(rules),
        ]
    }

    /// Proposed by the liaison, put in force by counsel.
    mutating func adopt(_ agency: AgencyID, _ liaison: String, _ bundle: JSONObject, counsel: String = "counsel.dao") {
        let event = must(liaison, .jurisdiction(.propose(bundle)))
        must(counsel, .jurisdiction(.activate(agency, version(event), note: nil)))
    }

    /// Proposed by the liaison, done by counsel.
    mutating func retire(_ agency: AgencyID, _ liaison: String, _ version: BundleReference) {
        must(liaison, .jurisdiction(.retire(agency, version, reason: "r")))
        must("counsel.dao", .jurisdiction(.retire(agency, version, reason: "r")))
    }

    func version(_ event: Event) -> BundleReference {
        guard let reference = event.item.flatMap({ BundleReference($0) }) else { fatalError("\(event.kind)") }
        return reference
    }
}
