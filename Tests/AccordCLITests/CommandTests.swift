import AccordInterface
import ArgumentParser
import StrictJSON
import Testing

@testable import accord

struct CommandTests {
    /// A command line and the parameters that it stands for.
    struct Line: CustomTestStringConvertible, Sendable {
        var words: [String]
        var method: String
        var parameters: JSONObject
        var testDescription: String { words.joined(separator: " ") }
    }

    static let lines = [
        Line(
            words: [
                "case", "draft", "--title", "ALDER", "--offence", "18 USC 1589", "--offence", "18 USC 1591",
                "--primary-purpose", "trafficking-criminal", "--agreement", "MOU-31-01", "--predicate", "Basis.",
            ],
            method: "io.accord.Case.Draft",
            parameters: [
                "title": "ALDER", "offences": ["18 USC 1589", "18 USC 1591"],
                "primaryPurpose": "trafficking-criminal", "predicate": "Basis.", "agreement": "MOU-31-01",
            ]
        ),
        Line(words: ["case", "propose", "ALDER"], method: "io.accord.Case.Propose", parameters: ["case": "ALDER"]),
        Line(
            words: ["case", "reopen", "ALDER", "--reason", "new lead"],
            method: "io.accord.Case.ProposeReopening",
            parameters: ["case": "ALDER", "reason": "new lead"]
        ),
        Line(
            words: ["case", "invite", "ALDER", "MPD-VT", "--mode", "participation"],
            method: "io.accord.Case.Invite",
            parameters: ["case": "ALDER", "agency": "MPD-VT", "mode": "participation"]
        ),
        Line(
            words: ["case", "join", "ALDER", "--conditions", "No CIV_IMM use."],
            method: "io.accord.Case.Join",
            parameters: ["case": "ALDER", "conditions": "No CIV_IMM use."]
        ),
        Line(
            words: ["case", "unassign", "ALDER", "agent.mpd1", "--reason", "left"],
            method: "io.accord.Case.Unassign",
            parameters: ["case": "ALDER", "member": "agent.mpd1", "reason": "left"]
        ),
        Line(
            words: ["entry", "handling", "ALDER", "E-1", "H2", "--reason", "source"],
            method: "io.accord.Entry.ChangeHandling",
            parameters: ["case": "ALDER", "entry": "E-1", "handling": "H2", "reason": "source"]
        ),
        Line(
            words: ["entry", "ack", "ALDER", "1"],
            method: "io.accord.Entry.Acknowledge",
            parameters: ["case": "ALDER", "entry": "1"]
        ),
        Line(
            words: ["dissemination", "release", "ALDER", "E-1", "TCP-NAR", "--reason", "x"],
            method: "io.accord.Dissemination.Release",
            parameters: ["case": "ALDER", "entry": "E-1", "agency": "TCP-NAR", "reason": "x"]
        ),
        Line(
            words: [
                "decon", "event", "submit", "--type", "surveillance", "--at", "-0.1,0.1", "--at", "0.1,-179.999",
                "--from",
                "2031-03-07T12:00Z", "--until", "2031-03-07T16:00Z", "--operation", "OP-1", "--hide-agency",
            ],
            method: "io.accord.Deconfliction.SubmitEvent",
            parameters: [
                "points": ["-0.1,0.1", "0.1,-179.999"], "start": 1_930_651_200_000_000, "end": 1_930_665_600_000_000,
                "type": "surveillance", "operation": "OP-1", "nameAgency": false,
            ]
        ),
        Line(
            words: [
                "decon", "target", "submit", "plate", "VT 1234", "--qualifier", "US-VT", "--case", "ALDER", "--level",
                "SILENT", "--activity", "trafficking", "--basis", "seen", "--subject", "E-3",
            ],
            method: "io.accord.Deconfliction.SubmitTarget",
            parameters: [
                "kind": "plate", "values": ["VT 1234"], "case": "ALDER", "qualifier": "US-VT", "level": "SILENT",
                "activity": "trafficking", "subject": "E-3", "basis": "seen",
            ]
        ),
        Line(
            words: ["retention", "review", "ALDER", "E-1", "2", "--decision", "purge", "--reason", "x"],
            method: "io.accord.Removal.Review",
            parameters: ["case": "ALDER", "entries": ["E-1", "2"], "decision": "purge", "explanation": "x"]
        ),
        Line(
            words: ["hold", "place", "ALDER", "--reason", "trial"],
            method: "io.accord.Removal.PlaceHold",
            parameters: ["case": "ALDER", "entries": [], "reason": "trial"]
        ),
        Line(
            words: ["hold", "lift", "ALDER", "L-1", "--reason", "over"],
            method: "io.accord.Removal.LiftHold",
            parameters: ["case": "ALDER", "hold": "L-1", "reason": "over"]
        ),
        Line(
            words: [
                "order", "record", "ALDER", "E-1", "--kind", "expunge", "--court", "C", "--docket", "D", "--effective",
                "2031-04-01", "--appeal-until", "2031-05-01",
            ],
            method: "io.accord.Removal.RecordOrder",
            parameters: [
                "case": "ALDER", "entries": ["E-1"], "kind": "expunge", "court": "C", "docket": "D",
                "effectiveAt": 1_932_768_000_000_000, "appealUntil": 1_935_446_399_000_000,
            ]
        ),
        Line(
            words: ["purge", "propose", "ALDER", "E-1", "--order", "C-1"],
            method: "io.accord.Removal.ProposePurge",
            parameters: [
                "case": "ALDER", "entries": ["E-1"], "reason": "Under the court order C-1.", "order": "C-1",
            ]
        ),
        Line(
            words: ["purge", "approve", "ALDER", "P-1"],
            method: "io.accord.Removal.ApprovePurge",
            parameters: ["case": "ALDER", "purge": "P-1"]
        ),
        Line(
            words: ["purge", "decline", "ALDER", "P-1", "--reason", "no"],
            method: "io.accord.Removal.DeclinePurge",
            parameters: ["case": "ALDER", "purge": "P-1", "reason": "no"]
        ),
        Line(
            words: ["purge", "certify", "ALDER", "P-1"],
            method: "io.accord.Removal.CertifyPurge",
            parameters: ["case": "ALDER", "purge": "P-1"]
        ),
        Line(
            words: ["entry", "seal", "ALDER", "E-1", "--order", "C-1"],
            method: "io.accord.Removal.Seal",
            parameters: ["case": "ALDER", "entries": ["E-1"], "order": "C-1"]
        ),
        Line(
            words: ["entry", "unseal", "ALDER", "E-1", "--order", "C-2"],
            method: "io.accord.Removal.Unseal",
            parameters: ["case": "ALDER", "entries": ["E-1"], "order": "C-2"]
        ),
        Line(
            words: ["dissemination", "refuse", "ALDER", "R-1", "--reason", "x"],
            method: "io.accord.Dissemination.RefusePermission",
            parameters: ["case": "ALDER", "permission": "R-1", "reason": "x"]
        ),
        Line(
            words: [
                "agency", "register", "MPD-VT", "--name", "Metro", "--level", "municipal", "--mission", "criminal",
                "--contact", "desk", "--key-required",
            ],
            method: "io.accord.Registry.RegisterAgency",
            parameters: [
                "agency": [
                    "id": "MPD-VT", "name": "Metro", "level": "municipal", "missions": ["criminal"], "contact": "desk",
                    "keyRequired": true,
                ]
            ]
        ),
        Line(
            words: [
                "agreement", "record", "MOU-31-01", "--party", "FIB-TT", "--party", "MPD-VT", "--allow", "CRIM_INVEST",
                "--from", "1970-01-02", "--until", "1970-01-02", "--document", String(repeating: "0a", count: 32),
            ],
            method: "io.accord.Registry.RecordAgreement",
            parameters: [
                "agreement": [
                    "id": "MOU-31-01", "parties": ["FIB-TT", "MPD-VT"], "purposes": ["CRIM_INVEST"],
                    "handlingCap": "H2", "startsAt": 86_400_000_000, "endsAt": 172_799_000_000,
                    "document": .string(String(repeating: "0a", count: 32)),
                ]
            ]
        ),
        Line(
            words: ["member", "enrol", "agent.mpd1", "--agency", "MPD-VT", "--uid", "2001"],
            method: "io.accord.Registry.EnrolMember",
            parameters: ["id": "agent.mpd1", "agency": "MPD-VT", "uids": [2001], "keys": []]
        ),
        Line(
            words: ["member", "grant", "agent.mpd1", "contributor", "--until", "1970-01-01"],
            method: "io.accord.Registry.GrantRole",
            parameters: [
                "member": "agent.mpd1", "role": "contributor", "scope": "agency", "expiresAt": 86_399_000_000,
            ]
        ),
        Line(
            words: ["member", "revoke", "agent.mpd1", "G-4", "--reason", "left"],
            method: "io.accord.Registry.RevokeRole",
            parameters: ["member": "agent.mpd1", "grant": "G-4", "reason": "left"]
        ),
    ]

    @Test(arguments: lines)
    func `a command line becomes the parameters of its method`(line: Line) throws {
        let command = try #require(try Accord.parseAsRoot(line.words) as? any WriteVerb)
        #expect(type(of: command).method.name == line.method)
        #expect(try command.parameters() == line.parameters)
    }

    @Test func `an option that is not given is not sent`() throws {
        let command = try #require(try Accord.parseAsRoot(["policy", "explain"]) as? PolicyCommand.Explain)
        #expect(try command.parameters() == [:])
        let list = try #require(try Accord.parseAsRoot(["entry", "list", "A", "--after", "3"]) as? EntryCommand.List)
        #expect(try list.parameters() == ["case": "A", "after": 3])
    }

    @Test func `an entry needs no more than a case and a text`() throws {
        let command = try #require(try Accord.parseAsRoot(["entry", "add", "ALDER", "text"]) as? EntryCommand.Add)
        #expect(command.kind == "report")
        var delivered = ""
        try command.text.delivering { delivered = $0 }
        #expect(delivered == "text")
    }

    @Test(arguments: [
        ["watch", "--once"], ["watch", "--case", "A", "--from", "-1"], ["audit", "verify", "--vkey", "x"],
        ["entry", "add", "A", "text", "--file", "f"], ["case", "propose", "A", "--request", "1"],
        ["member", "grant", "a.b", "lead", "--until", "soon"],
        ["status", "--socket", "/s", "--host", "ssh://a@h"],
    ])
    func `a command line that contradicts itself is refused before anything is sent`(words: [String]) {
        #expect(throws: (any Error).self) { try Accord.parseAsRoot(words) }
    }

    @Test func `every command has a name of its own and a help text, and takes --json`() throws {
        var waiting: [any ParsableCommand.Type] = [Accord.self]
        var count = 0
        while let type = waiting.popLast() {
            let subcommands =
                type.configuration.subcommands + type.configuration.groupedSubcommands.flatMap(\.subcommands)
            #expect(!type.configuration.abstract.isEmpty, "\(type)")
            // A name that has to be made from that of the type costs each command of all a search through the program.
            #expect(type.configuration.commandName != nil, "\(type)")
            waiting += subcommands
            guard subcommands.isEmpty else { continue }
            count += 1
            // The bridge carries other programs' bytes, and prints nothing of its own.
            guard type != BridgeCommand.self else { continue }
            #expect(type.helpMessage(columns: 80).contains("--json"), "\(type)")
        }
        #expect(count > 40)
    }
}
