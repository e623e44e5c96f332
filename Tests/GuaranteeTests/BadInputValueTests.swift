import Foundation
import StrictJSON
import TestSupport
import Testing

/// Values that have the right type and must not be recorded: refused with a code, the refusal on the record, nothing else.
@Suite(.serialized, .tags(.large), .needsPrograms, .alder)
struct BadInputValueTests {
    /// A call with one text of it left open.
    struct Field: Sendable, CustomTestStringConvertible {
        let member: String
        let method: String
        let name: String
        let parameters: @Sendable (JSONValue) -> JSONObject
        var testDescription: String { "\(method) \(name)" }

        init(
            _ member: String,
            _ method: String,
            _ name: String,
            _ parameters: @escaping @Sendable (JSONValue) -> JSONObject
        ) {
            self.member = member
            self.method = "io.accord.\(method)"
            self.name = name
            self.parameters = parameters
        }
    }

    private static func draft(
        title: JSONValue = "Cedar",
        predicate: JSONValue = "A basis.",
        offence: JSONValue = "18 USC 1591"
    ) -> JSONObject {
        [
            "title": title, "offences": [offence], "primaryPurpose": "trafficking-criminal", "predicate": predicate,
            "agreement": "MOU-31-01",
        ]
    }

    private static func agency(name: JSONValue = "A name", contact: JSONValue = "A desk") -> JSONObject {
        [
            "agency": [
                "id": "NEW-AG", "name": name, "level": "state", "missions": ["criminal"], "contact": contact,
                "keyRequired": false,
            ]
        ]
    }

    private static let noKey = "SHA256:" + String(repeating: "A", count: 43)

    /// Every text that people write.
    static let texts: [Field] = [
        Field("lead.fib", "Case.Draft", "title") { draft(title: $0) },
        Field("lead.fib", "Case.Draft", "predicate") { draft(predicate: $0) },
        Field("lead.fib", "Case.Draft", "offence") { draft(offence: $0) },
        Field("liaison.spo", "Case.Decline", "reason") { ["case": "Alder", "reason": $0] },
        Field("lead.fib", "Case.ProposeReopening", "reason") { ["case": "Alder", "reason": $0] },
        Field("liaison.mpd", "Case.Join", "conditions") { ["case": "Alder", "conditions": $0] },
        Field("liaison.mpd", "Case.DeclineInvitation", "reason") { ["case": "Alder", "reason": $0] },
        Field("lead.fib", "Case.Suspend", "reason") { ["case": "Alder", "reason": $0] },
        Field("lead.fib", "Case.Close", "reason") { ["case": "Alder", "reason": $0] },
        Field("lead.fib", "Case.Unassign", "reason") { ["case": "Alder", "member": "agent.fib1", "reason": $0] },
        Field("liaison.mpd", "Case.Withdraw", "reason") { ["case": "Alder", "reason": $0] },
        Field("agent.mpd1", "Entry.Record", "text") { ["case": "Alder", "kind": "report", "text": $0] },
        Field("agent.mpd1", "Entry.Correct", "text") { ["case": "Alder", "entry": "E-3", "text": $0, "reason": "r"] },
        Field("agent.mpd1", "Entry.Correct", "reason") {
            ["case": "Alder", "entry": "E-3", "text": "t", "reason": $0]
        },
        Field("agent.mpd1", "Entry.Withdraw", "reason") { ["case": "Alder", "entry": "E-3", "reason": $0] },
        Field("agent.mpd1", "Entry.ChangeHandling", "reason") {
            ["case": "Alder", "entry": "E-3", "handling": "H1", "reason": $0]
        },
        Field("agent.mpd1", "Dissemination.Release", "reason") {
            ["case": "Alder", "entry": "E-3", "agency": "TCP-NAR", "reason": $0]
        },
        Field("agent.mpd1", "Dissemination.RequestPermission", "reason") {
            ["case": "Alder", "entry": "E-1", "agency": "TCP-NAR", "reason": $0]
        },
        Field("inspector.lsd", "Dissemination.RefusePermission", "reason") {
            ["case": "Alder", "permission": "R-1", "reason": $0]
        },
        Field("admin.ops", "Registry.UpdateAgency", "name") { agency(name: $0) },
        Field("admin.ops", "Registry.UpdateAgency", "contact") { agency(contact: $0) },
        Field("liaison.mpd", "Registry.RevokeKey", "reason") {
            ["member": "agent.mpd1", "fingerprint": .string(noKey), "reason": $0]
        },
        Field("liaison.mpd", "Registry.RevokeRole", "reason") {
            ["member": "agent.mpd1", "grant": "G-1", "reason": $0]
        },
        Field("admin.ops", "Registry.RegisterAgency", "name") { agency(name: $0) },
        Field("admin.ops", "Registry.RegisterAgency", "contact") { agency(contact: $0) },
        Field("admin.ops", "Registry.TerminateAgreement", "reason") { ["id": "MOU-31-02", "reason": $0] },
        Field("liaison.mpd", "Registry.DisableMember", "reason") { ["member": "agent.mpd1", "reason": $0] },
    ]

    /// Sends a call with each value and expects that one of the rules refuses it, and that it does nothing.
    ///
    /// No rules mean any, the interface's own check included.
    private func expectRefused(
        _ field: Field,
        _ values: [JSONValue],
        by rules: Set<String>? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let deployment = try Deployment.shared
        let session = try deployment.as(field.member).session()
        let before = try deployment.end()
        for value in values {
            let reply = try session.call(field.method, field.parameters(value))
            let error = reply.text("error")
            let isRefusal =
                rules.map { error.hasSuffix(".Refused") && $0.contains(reply.text("parameters.rule")) }
                ?? (error.hasSuffix(".Refused") || error == "org.varlink.service.InvalidParameter")
            #expect(
                isRefusal,
                "\(field.testDescription) \(String(decoding: value.encoded.prefix(60), as: UTF8.self)) \(reply.members)",
                sourceLocation: sourceLocation
            )
        }
        let lines = try deployment.record(after: before).filter { $0.member == field.member }
        #expect(lines.allSatisfy { $0.outcome == "denied" }, "\(lines)", sourceLocation: sourceLocation)
    }

    @Test(arguments: texts)
    func `control characters, emptiness and too much are refused in every text`(_ field: Field) throws {
        let session = try Deployment.shared.as(field.member).session()
        // A NUL never gets past the parser: the connection ends.
        session.send(RawConnection.message(field.method, field.parameters("mark\u{1}er")))
        let control = try #require(try session.receiveObject())
        #expect(!control.text("error").isEmpty, "\(field.testDescription) took U+0001")
        let quoted = JSONValue.object([
            "method": .string(field.method), "parameters": .object(field.parameters("m@rk")),
        ])
        let nul = String(decoding: quoted.encoded, as: UTF8.self).split(separator: "m@rk").joined(separator: #"\u0000"#)
        session.send(message: nul)
        #expect(try session.receive() == nil)

        let misleading = ["\u{7}", "\u{1B}[31m", "\u{7F}", "\u{85}", "\u{202E}", "\u{2066}"].map { "mark\($0)er" }
        let texts = misleading + ["", " ", "\n\t ", String(repeating: "x", count: 65_537)]
        // By the rules of form, and no other that happens to stand in the way.
        try expectRefused(field, texts.map(JSONValue.string), by: ["V01", "V07"])
    }

    @Test func `a text of exactly 64 KiB is taken, in any script`() throws {
        let agent = try Deployment.shared.as("agent.mpd1").session()
        for text in [String(repeating: "x", count: 65_536), String(repeating: "é", count: 32_768), "a\tb\nc"] {
            let reply = try agent.call("io.accord.Entry.Record", Writers.entry(text))
            let item = reply.text("parameters.receipt.item")
            #expect(!item.isEmpty, "\(reply.text("error")) \(reply.text("parameters.message"))")
            let shown = try agent.call("io.accord.Entry.Get", ["case": "Alder", "entry": .string(item)])
            #expect(Array(shown.text("parameters.entry.text").utf8) == Array(text.utf8))
        }
    }

    /// Words that are on no closed list.
    static let words: [Field] = [
        Field("lead.fib", "Case.Draft", "primaryPurpose") {
            var parameters = draft()
            parameters["primaryPurpose"] = $0
            return parameters
        },
        Field("lead.fib", "Case.Invite", "mode") { ["case": "Alder", "agency": "SPS", "mode": $0] },
        Field("agent.mpd1", "Entry.Record", "kind") { ["case": "Alder", "kind": $0, "text": "x"] },
        Field("agent.mpd1", "Entry.Record", "handling") {
            ["case": "Alder", "kind": "report", "text": "x", "handling": $0]
        },
        Field("agent.mpd1", "Entry.Record", "compartment") {
            ["case": "Alder", "kind": "report", "text": "x", "compartment": $0]
        },
        Field("agent.mpd1", "Entry.Record", "purpose") {
            ["case": "Alder", "kind": "report", "text": "x", "context": ["purpose": $0]]
        },
        Field("agent.mpd1", "Entry.Record", "request") {
            ["case": "Alder", "kind": "report", "text": "x", "context": ["request": $0]]
        },
        Field("liaison.mpd", "Registry.GrantRole", "role") {
            ["member": "agent.mpd1", "role": $0, "scope": "agency", "expiresAt": .integer(soon)]
        },
        Field("liaison.mpd", "Registry.GrantRole", "scope") {
            ["member": "agent.mpd1", "role": "analyst", "scope": $0, "expiresAt": .integer(soon)]
        },
        Field("admin.ops", "Registry.RegisterAgency", "level") {
            [
                "agency": [
                    "id": "NEW-AG", "name": "n", "level": $0, "missions": ["criminal"], "contact": "c",
                    "keyRequired": false,
                ]
            ]
        },
        Field("admin.ops", "Registry.RegisterAgency", "mission") {
            [
                "agency": [
                    "id": "NEW-AG", "name": "n", "level": "state", "missions": [$0], "contact": "c",
                    "keyRequired": false,
                ]
            ]
        },
        Field("admin.ops", "Registry.RegisterAgency", "id") {
            [
                "agency": [
                    "id": $0, "name": "n", "level": "state", "missions": ["criminal"], "contact": "c",
                    "keyRequired": false,
                ]
            ]
        },
    ]

    @Test(arguments: words)
    func `a word that is not on its list is refused`(_ field: Field) throws {
        let words = ["", "nonsense", "h7", "crim_invest", "a\u{301}", "'; DROP TABLE line; --", "../../etc"]
        try expectRefused(field, words.map(JSONValue.string))
    }

    private static let soon = Int64(Date.now.timeIntervalSince1970 + 30 * 86_400) * 1_000_000

    @Test(arguments: [Int64.min, -1, 253_402_300_800_000_000, Int64.max])
    func `a date before 1970 or after 9999 is refused`(_ date: Int64) throws {
        @Sendable func agreement(_ starts: Int64, _ ends: Int64) -> JSONObject {
            [
                "agreement": [
                    "id": "MOU-99-01", "parties": ["FIB-MB", "MPD-VT"], "purposes": ["CRIM_INVEST"],
                    "handlingCap": "H1",
                    "startsAt": .integer(starts), "endsAt": .integer(ends),
                ]
            ]
        }
        let dates: [Field] = [
            Field("admin.ops", "Registry.RecordAgreement", "startsAt") { agreement($0.integer ?? 0, Self.soon) },
            Field("admin.ops", "Registry.RecordAgreement", "endsAt") { agreement(0, $0.integer ?? 0) },
            Field("admin.ops", "Registry.RenewAgreement", "endsAt") { ["id": "MOU-31-02", "endsAt": $0] },
            Field("liaison.mpd", "Registry.GrantRole", "expiresAt") {
                ["member": "agent.mpd1", "role": "analyst", "scope": "agency", "expiresAt": $0]
            },
        ]
        for field in dates { try expectRefused(field, [.integer(date)]) }
    }

    @Test(arguments: [Int64.min, -2, -1, 0, 1 << 40, Int64.max])
    func `a position or a limit of any size is answered and traps nothing`(_ number: Int64) throws {
        let deployment = try Deployment.shared
        let calls: [(String, String, JSONObject)] = [
            ("agent.mpd1", "Entry.List", ["case": "Alder", "after": .integer(number), "limit": .integer(number)]),
            ("auditor.rob", "Audit.ReadLines", ["after": .integer(number), "limit": 1]),
            ("auditor.rob", "Audit.ListAccess", ["limit": .integer(number)]),
            (
                "agent.mpd1", "Feed.Watch",
                ["positions": [["case": "Alder", "after": .integer(number)]], "follow": false]
            ),
            ("agent.mpd1", "Feed.Watch", ["follow": false, "idleSeconds": .integer(number)]),
            ("agent.mpd1", "Entry.List", ["case": "Alder", "context": ["at": .integer(number)]]),
            ("agent.mpd1", "Entry.List", ["case": "Alder", "context": ["sawSize": .integer(number), "sawRoot": "x"]]),
        ]
        for (member, method, parameters) in calls {
            let session = try deployment.as(member).session()
            session.send(RawConnection.message("io.accord.\(method)", parameters, more: true))
            session.finishSending()
            var replies = 0
            while try session.receive() != nil { replies += 1 }
            #expect(replies > 0, "\(method) \(number)")
        }
        #expect(deployment.status?.text("mode") == "running")
    }

    @Test func `a name of another case is no name here`() throws {
        let deployment = try Deployment.shared
        let lead = deployment.as("lead.fib")
        try lead.propose("Rowan")
        try deployment.as("liaison.spo").must("case", "approve", "Rowan")
        #expect(try lead.accord("entry", "show", "Rowan", "E-1").code == "E-NOT-FOUND")
        #expect(try lead.accord("entry", "withdraw", "Rowan", "E-3", "--reason", "r").code == "E-NOT-FOUND")

        // A request id names one act: the same act again is answered with its receipt, another act is refused.
        let request = Writers.newRequest()
        let first = try lead.must("entry", "add", "Rowan", "Once.", "--request", request)
        let second = try lead.must("entry", "add", "Rowan", "Once.", "--request", request)
        #expect(first.first.text("receipt.leaf") == second.first.text("receipt.leaf"))
        #expect(second.first.at("receipt.duplicate") == true)
        let entries = try lead.must("entry", "list", "Rowan").objects.filter { ($0["entry"] ?? .null) != .null }
        #expect(entries.count == 1)
        let other = try lead.accord("entry", "add", "Alder", "Twice.", "--request", request)
        #expect(other.first.text("receipt.case") != (try deployment.numberOfAlder()), "\(other)")
    }
}
