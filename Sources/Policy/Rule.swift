/// One row of the policy: what it tests, what it answers, where it comes from, whom to ask.
package struct Rule: Hashable, Sendable {
    /// Such as `P06`.
    package let id: String
    /// Such as `E-H2-ORIGINATOR`.
    package let code: String
    /// What must hold, in words.
    package let test: String
    package let citation: String
    package let message: String
    package let ask: String
    /// Whether oversight is told of each refusal under it, and the agency of who was refused.
    package let alertsOversight: Bool

    package init(
        _ id: String,
        _ code: String,
        test: String,
        citation: String,
        message: String,
        ask: String,
        alertsOversight: Bool = false
    ) {
        self.id = id
        self.code = code
        self.test = test
        self.citation = citation
        self.message = message
        self.ask = ask
        self.alertsOversight = alertsOversight
    }
}

/// A rule as it was applied to one act.
package struct Step: Hashable, Sendable {
    package let rule: String
    package let code: String
    package let fired: Bool
    package let because: String

    package init(rule: String, code: String, fired: Bool, because: String) {
        self.rule = rule
        self.code = code
        self.fired = fired
        self.because = because
    }
}
