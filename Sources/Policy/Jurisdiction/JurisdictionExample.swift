package import StrictJSON

/// An example in the file of a bundle: a question, and what the policy is to answer.
package struct JurisdictionExample: Hashable, Sendable {
    package var question: JurisdictionQuestion
    package var expected: JurisdictionAnswer.Verdict
    /// A rule that is to be among those that decide; nil: any, or none.
    package var rule: String?
    /// When it is asked; nil: on the day from which the bundle holds.
    package var askedAt: UTCTime?

    package static let keys = ["ask", "at", "expect", "requires", "rule"]

    /// What is wrong with the bundle's answer; nil if it is as expected.
    package func failure(under bundle: JurisdictionBundle) -> String? {
        let answer = question.ruling(under: [bundle], now: askedAt ?? bundle.effectiveAt)
        let rules = answer.fired.map(\.rule.id)
        let by = rules.isEmpty ? "no rule of it" : rules.joined(separator: ", ")
        guard answer.verdict == expected else { return "expected \(expected), and it says \(answer.verdict), by \(by)" }
        guard let rule, !rules.contains(rule) else { return nil }
        return "expected to be decided by \(rule), and it is decided by \(by)"
    }
}

extension JurisdictionAnswer.Verdict: CustomStringConvertible {
    package var description: String {
        switch self {
        case .allow: "allow"
        case .deny: "deny"
        case .require(let conditions):
            "require " + JurisdictionCondition.inOrder(conditions).map(\.rawValue).joined(separator: ", ")
        }
    }
}

extension JurisdictionForm {
    /// Reads the examples of a file; those in which something is wrong are left out, and ``faults`` tells what.
    ///
    /// - Parameters:
    ///   - value: what the file has under `examples`.
    ///   - agency: whose policy the examples ask.
    /// - Returns: each example with its place in the list.
    package mutating func examples(
        _ value: JSONValue?,
        of agency: AgencyID
    ) -> [(index: Int, example: JurisdictionExample)] {
        guard let value, !value.isNull else { return [] }
        guard let list = value.array else {
            fault([.key("examples")], "write a list of examples, each with ask and expect")
            return []
        }
        return list.enumerated().compactMap { index, value in
            example(value, [.key("examples"), .index(index)], of: agency).map { (index, $0) }
        }
    }

    private mutating func example(
        _ value: JSONValue,
        _ path: [JurisdictionFault.Step],
        of agency: AgencyID
    ) -> JurisdictionExample? {
        guard let object = value.object, let asked = object["ask"]?.object else {
            fault(path, "write an example with ask and expect, such as ask: {object: data, purpose: CIV_IMM}")
            return nil
        }
        let before = faults.count
        keys(of: object, path, JurisdictionExample.keys)
        let question = question(asked, path + [.key("ask")], of: agency)
        let effect = word(object, path, "expect", JurisdictionEffect.self)
        let conditions: [JurisdictionCondition] = words(object, path, "requires")
        if effect == .require, conditions.isEmpty {
            fault(path + [.key("requires")], "missing: write what it requires")
        }
        if effect != .require, !conditions.isEmpty {
            fault(path + [.key("requires")], "leave it out, or expect: require")
        }
        let askedAt = time(object, path, "at")
        let rule = object["rule"]?.string
        guard faults.count == before, let question, let effect else { return nil }
        let expected: JurisdictionAnswer.Verdict =
            switch effect {
            case .allow: .allow
            case .deny: .deny
            case .require: .require(Set(conditions))
            }
        return JurisdictionExample(question: question, expected: expected, rule: rule, askedAt: askedAt)
    }
}
