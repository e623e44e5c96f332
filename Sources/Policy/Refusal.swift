/// Why an act does not happen: one face for who asked, one for the record.
///
/// They differ where the asker may not know the reason.
package struct Refusal: Error, Hashable, Sendable {
    /// What the asker is told.
    package struct Face: Hashable, Sendable {
        package let code: String
        package let rule: String
        package let citation: String
        package let message: String
        package let ask: String
    }

    package let outward: Face
    package let recordedCode: String
    package let recordedRule: String
    /// True if oversight must look, such as at an administrator who asks for content (P09).
    package var isAlert: Bool { RuleTable.row(recordedRule).alertsOversight }

    /// - Parameters:
    ///   - row: The rule that is named to the asker.
    ///   - message: Instead of the row's own, where the act gives more to say.
    ///   - citation: The same for where it comes from.
    ///   - ask: The same for whom to ask.
    ///   - recorded: The rule that the record names, if it is another one.
    package init(
        row: String,
        message: String? = nil,
        citation: String? = nil,
        ask: String? = nil,
        recorded: String? = nil
    ) {
        let rule = RuleTable.row(row)
        outward = Face(
            code: rule.code,
            rule: rule.id,
            citation: citation ?? rule.citation,
            message: message ?? rule.message,
            ask: ask ?? rule.ask
        )
        let inward = recorded.map(RuleTable.row) ?? rule
        recordedCode = inward.code
        recordedRule = inward.id
    }

    /// A field that says something that cannot be (rule V01).
    package static func malformed(field: String, _ expected: String) -> Refusal {
        Refusal(row: "V01", message: "“\(field)” must be \(expected).")
    }
}
