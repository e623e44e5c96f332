import Foundation
import TestSupport
import Testing

/// A command about a case, with the case's name left open: what absent and forbidden are compared with.
struct CaseVerb: Sendable, CustomTestStringConvertible {
    let words: [String]

    var testDescription: String { words.prefix(2).joined(separator: " ") }

    init(_ words: String...) { self.words = words }

    /// The command for a case, and for an entry where it is about one.
    func words(case name: String, entry: String = "E-1") -> [String] {
        words.map { $0 == "CASE" ? name : $0 == "ENTRY" ? entry : $0 }
    }

    /// Those that only look.
    static let reading: [CaseVerb] = [
        CaseVerb("case", "show", "CASE"), CaseVerb("entry", "list", "CASE"),
        CaseVerb("entry", "show", "CASE", "ENTRY"), CaseVerb("dissemination", "list", "CASE"),
        CaseVerb("watch", "--case", "CASE", "--once"), CaseVerb("audit", "access", "--case", "CASE"),
        CaseVerb("audit", "export", "--case", "CASE", "--output", "OUTPUT"),
    ]

    /// Those that act on the case.
    static let acting: [CaseVerb] = [
        CaseVerb("case", "propose", "CASE"), CaseVerb("case", "approve", "CASE"),
        CaseVerb("case", "decline", "CASE", "--reason", "r"), CaseVerb("case", "suspend", "CASE", "--reason", "r"),
        CaseVerb("case", "resume", "CASE"), CaseVerb("case", "close", "CASE", "--reason", "r"),
        CaseVerb("case", "reopen", "CASE", "--reason", "r"),
        CaseVerb("case", "invite", "CASE", "TCP-NAR", "--mode", "information"), CaseVerb("case", "join", "CASE"),
        CaseVerb("case", "refuse", "CASE", "--reason", "r"), CaseVerb("case", "withdraw", "CASE", "--reason", "r"),
        CaseVerb("case", "assign", "CASE", "agent.hcs1"),
        CaseVerb("case", "unassign", "CASE", "agent.fib1", "--reason", "r"),
        CaseVerb("entry", "add", "CASE", "Something."),
        CaseVerb("dissemination", "grant", "CASE", "R-1"),
        CaseVerb("dissemination", "refuse", "CASE", "R-1", "--reason", "r"),
    ]

    /// Those that act on an entry.
    static let actingOnEntries: [CaseVerb] = [
        CaseVerb("entry", "correct", "CASE", "ENTRY", "Other.", "--reason", "r"),
        CaseVerb("entry", "withdraw", "CASE", "ENTRY", "--reason", "r"), CaseVerb("entry", "ack", "CASE", "ENTRY"),
        CaseVerb("entry", "handling", "CASE", "ENTRY", "H1", "--reason", "r"),
        CaseVerb("dissemination", "release", "CASE", "ENTRY", "TCP-NAR", "--reason", "r"),
        CaseVerb("dissemination", "request", "CASE", "ENTRY", "TCP-NAR", "--reason", "r"),
    ]

    static let all = reading + acting + actingOnEntries
}

extension ScratchFolder {
    /// A folder into which members write who have user ids of their own.
    convenience init(_ name: String, open: Bool) throws {
        try self.init(name)
        if open { try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path) }
    }
}
