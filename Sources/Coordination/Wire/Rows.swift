import CaseViews
import Casework
import Policy
import StrictJSON

extension EntryScope {
    func visibility(of row: EntryRow) -> Visibility {
        guard let compartment = Compartment(row.compartment) else { return .none }
        return visibility(of: row.number, origin: AgencyID(row.origin), compartment: compartment)
    }

    /// An entry without its text, and what became of it by order.
    func parameters(of row: EntryRow, caseNumber: String, _ successors: [AgencyID: AgencyID]) -> JSONObject {
        var object = row.parameters(caseNumber: caseNumber, successors)
        if let removal = removal(of: row.number) { object["state"] = .string(removal) }
        if let words = purged[row.number] { object["removedUnder"] = .string(words) }
        leaveOutSealed(of: row, &object)
        return object
    }

    /// What is sealed is not named by what corrects it.
    func leaveOutSealed(of row: EntryRow, _ object: inout JSONObject) {
        if forgets(row.supersedes) { object["supersedes"] = nil }
        if forgets(row.supersededBy) { object["supersededBy"] = nil }
    }
}

extension EntryRow {
    /// `type Entry`, without its text; `successors`: which agencies stand where others stood, whose word about it counts now.
    func parameters(caseNumber: String, _ successors: [AgencyID: AgencyID]) -> JSONObject {
        let successor = AgencyID(origin).flatMap { successors[$0] }
        var object: JSONObject = [
            "id": .string(Reference.entryName(number)), "case": .string(caseNumber), "position": .integer(position),
            "kind": .string(kind),
            "handling": .string(handling), "compartment": .string(compartment), "originAgency": .string(origin),
            "author": .string(author), "recordedAt": .integer(recordedAt * 1_000), "state": .string(state),
        ]
        if let successor { object["originSuccessor"] = .string(successor.text) }
        if let supersedes { object["supersedes"] = .string("E-\(supersedes)") }
        if let supersededBy { object["supersededBy"] = .string("E-\(supersededBy)") }
        object["acknowledgementRequested"] = .bool(asksAcknowledgement)
        let controls = successor.map { "\($0) (formerly \(origin))" } ?? origin
        object["banner"] = .string("//LES//ORIG:\(controls)//\(handling)//\(compartment)")
        return object
    }
}

extension DisseminationRow {
    /// `type Dissemination`.
    func parameters(caseNumber: String, reason: String, showsRecipient: Bool) -> JSONObject {
        var object: JSONObject = [
            "id": .string("D-\(number)"), "case": .string(caseNumber), "entry": .string("E-\(entry)"),
            "fromAgency": .string(fromAgency),
        ]
        if showsRecipient { object["toAgency"] = .string(toAgency) }
        object["by"] = .string(author)
        object["reason"] = .string(reason)
        object["purpose"] = .string(purpose)
        object["handling"] = .string(handling)
        if let permission { object["permission"] = .string("R-\(permission)") }
        object["means"] = .string(means)
        object["recordedAt"] = .integer(recordedAt * 1_000)
        return object
    }
}

/// By which names readings and refusals are told: of the cases that their reader may know of, and of agencies that another followed.
struct AccessNames: Sendable {
    var cases: [CaseID: String]
    var successors: [AgencyID: AgencyID]
}

extension AccessRow {
    /// The same without what it is about.
    var withoutItem: AccessRow {
        var copy = self
        copy.item = nil
        return copy
    }

    /// `type Access`.
    ///
    /// Oversight sees the rule of the record; others are told the rule that they were told when they were refused.
    func parameters(_ names: AccessNames, isOversight: Bool) -> JSONObject {
        let caseNumber = names.cases[caseID]
        var object: JSONObject = [:]
        if let caseNumber { object["case"] = .string(caseNumber) }
        object["position"] = .integer(caseNumber == nil ? -1 : position)
        object["recordedAt"] = .integer(recordedAt * 1_000)
        object["agency"] = .string(agency)
        if let successor = AgencyID(agency).flatMap({ names.successors[$0] }) {
            object["successor"] = .string(successor.text)
        }
        object["member"] = .string(member)
        object["by"] = .string(by)
        object["act"] = .string(act)
        if let item { object["item"] = .string(item) }
        if let release { object["release"] = .string("D-\(release)") }
        object["purpose"] = .string(purpose)
        object["outcome"] = .string(outcome)
        if let rule { object["rule"] = .string(isOversight ? rule : RuleTable.outward(rule)) }
        return object
    }
}
