/// The error with which every interface refuses an act by a rule.
package enum Refused {
    /// The name of the error without the interface in front.
    package static let name = "Refused"
    /// The parameters, all texts, in the order in which people read them.
    package static let parameters = ["code", "rule", "citation", "message", "ask"]

    /// Whether the full name of an error, such as `io.accord.Entry.Refused`, is a refusal of any of our interfaces.
    package static func isNamed(by error: String) -> Bool { Interfaces.names.contains { error == "\($0).\(name)" } }
}

/// The error with which every interface says that nothing was recorded and nothing disclosed.
package enum Unavailable {
    /// The name of the error without the interface in front.
    package static let name = "Unavailable"
    /// The reasons there are.
    package static let reasons = ["starting", "diskFull", "failed", "stopping", "overloaded"]

    /// Whether the full name of an error is this one of any of our interfaces.
    package static func isNamed(by error: String) -> Bool { Interfaces.names.contains { error == "\($0).\(name)" } }
}
