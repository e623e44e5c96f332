import AccordInterface
import Cryptography
import StrictJSON
import Testing
import TransparencyLog

@testable import accord

/// What the client refuses to have signed.
struct ShownStatementTests {
    private static let fingerprint = "SHA256:" + String(repeating: "A", count: 43)
    private static let request = String(repeating: "0a", count: 16)
    private static let asked: JSONObject = [
        "case": "ALDER", "kind": "report", "text": "Two vans.", "handling": "H1",
        "context": ["request": .string(request), "at": 7_000_000],
    ]

    private static func part(_ name: String, _ value: JSONValue) -> [UInt8] {
        (try? Part(name: name, salt: [UInt8](repeating: 1, count: 32), value: value)?.encoded()) ?? []
    }

    private static let details: JSONObject = [
        "entry": 3, "kind": "report", "handling": "H1", "compartment": "CASE", "acknowledge": false,
    ]

    /// An honest daemon's answer, changed.
    private static func shown(
        details: JSONObject = details,
        texts: [(String, String)] = [("text", "Two vans.")],
        hides: Bool = false,
        _ change: (inout JSONObject) -> Void = { _ in }
    ) -> JSONObject {
        let files = [part("details", .object(details))] + texts.map { part($0.0, .string($0.1)) }
        var statement: JSONObject = [
            "agency": "MPD-VT", "at": 7, "by": .string(fingerprint), "case": .string(String(repeating: "1", count: 32)),
            "kind": "entry.recorded", "log": "accord.example.org/log1", "member": "agent.mpd1", "n": .string(request),
            "parts": .array(files.map { .string(Part.digest(of: $0).hex) }), "purpose": "CRIM_INVEST", "ref": [],
            "role": "contributor", "saw_root": .string(Digest.empty.hex), "saw_size": 0,
        ]
        change(&statement)
        let canonical = (try? JSONValue.object(statement).canonical()) ?? []
        let given = files.dropLast(hides ? 1 : 0)
        return [
            "statement": .string(String(decoding: canonical, as: UTF8.self)),
            "parts": .array(given.map { .string(String(decoding: $0, as: UTF8.self)) }),
        ]
    }

    private static func check(
        _ shown: JSONObject,
        _ method: Method = .Entry.record,
        _ asked: JSONObject = asked
    ) throws -> String {
        try ShownStatement.checked(shown, for: method, asked, fingerprint: fingerprint, domain: "accord.example.org")
            .namespace
    }

    @Test func `what was asked for is signed for this deployment alone`() throws {
        #expect(try Self.check(Self.shown()) == "statement@accord.example.org")
    }

    static let lies: [(String, JSONObject)] = [
        ("another text", shown(texts: [("text", "Three vans.")])),
        ("a text more", shown(texts: [("text", "Two vans."), ("reason", "because")])),
        ("no text", shown(texts: [])),
        ("a part that is not shown", shown(hides: true)),
        ("another handling", shown(details: ["entry": 3, "kind": "report", "handling": "H0", "compartment": "CASE"])),
        ("another act", shown { $0["kind"] = "entry.withdrawn" }),
        ("another request", shown { $0["n"] = .string(String(repeating: "0b", count: 16)) }),
        ("another author", shown { $0["by"] = .string("SHA256:" + String(repeating: "B", count: 43)) }),
        ("another time", shown { $0["at"] = 8 }),
        ("another history", shown { $0["saw_size"] = 9 }),
        ("a reference", shown { $0["ref"] = ["5"] }),
        ("another deployment", shown { $0["log"] = "elsewhere.example.org/log1" }),
        ("other parts", shown { $0["parts"] = [] }),
        ("no statement", ["statement": "{}", "parts": []]),
        ("nothing", [:]),
    ]

    @Test(arguments: lies) func `another statement than what was asked for is not signed`(name: String, lie: JSONObject)
    {
        let failure = #expect(throws: Failure.self) { try Self.check(lie) }
        #expect(failure?.code == "NOT-AS-ASKED")
    }

    @Test func `an order, a hold or a purge is signed over what its author named, and over nothing more`() {
        let asked: JSONObject = [
            "case": "ALDER", "entries": ["E-6", "s1"], "reason": "trial", "context": Self.asked["context"] ?? [:],
        ]
        for (entries, items, isGood) in [
            ([6], ["S-1"], true), ([6, 5], ["S-1"], false), ([6], ["S-1", "S-2"], false),
        ] as [([Int64], [String], Bool)] {
            let details: JSONObject = [
                "hold": 2, "entries": .array(entries.map(JSONValue.integer)),
                "items": .array(items.map(JSONValue.string)),
            ]
            let shown = Self.shown(details: details, texts: [("reason", "trial")]) {
                $0["kind"] = "legal.hold_placed"
            }
            let namespace = try? Self.check(shown, .Removal.placeHold, asked)
            #expect((namespace != nil) == isGood, "\(entries) \(items)")
        }
    }

    @Test func `a release names the line of what it gives, and no part of it`() {
        let asked: JSONObject = [
            "case": "ALDER", "entry": "E-3", "agency": "TCP-NAR", "reason": "same van",
            "context": Self.asked["context"] ?? [:],
        ]
        let part = JSONValue.string("5:" + String(repeating: "0", count: 64))
        for (references, isGood) in [(["5"], true), ([], false), (["5", "6"], false), ([part], false)]
            as [([JSONValue], Bool)]
        {
            let shown = Self.shown(
                details: ["number": 1, "entry": 3, "to": "TCP-NAR"],
                texts: [("reason", "same van")]
            ) {
                $0["kind"] = "dissemination.recorded"
                $0["ref"] = .array(references)
            }
            #expect(((try? Self.check(shown, .Dissemination.release, asked)) != nil) == isGood, "\(references)")
        }
    }

    /// Place and time are a part of their own, so that they can be removed; what is not in it was not signed.
    @Test func `a place is signed as it was written, and no other`() throws {
        let asked: JSONObject = [
            "type": "surveillance", "points": ["0.1,0.1"], "start": 1_930_651_200_000_000,
            "end": 1_930_665_600_000_000, "context": Self.asked["context"] ?? [:],
        ]
        for (point, isGood) in [("0.1,0.1", true), ("0.1,0.2", false)] {
            let details: JSONObject = ["event": 48_291_374, "type": "surveillance", "contact": "desk", "radius": 800]
            let place: JSONObject = [
                "points": [.string(point)], "start": 1_930_651_200_000, "end": 1_930_665_600_000,
            ]
            let files = [Self.part("details", .object(details)), Self.part("place", .object(place))]
            var shown = Self.shown(details: details, texts: []) { statement in
                statement["kind"] = "decon.event_submitted"
                statement["parts"] = .array(files.map { .string(Part.digest(of: $0).hex) })
            }
            shown["parts"] = .array(files.map { .string(String(decoding: $0, as: UTF8.self)) })
            let namespace = try? Self.check(shown, .Deconfliction.submitEvent, asked)
            #expect((namespace != nil) == isGood)
        }
    }

    @Test func `names with numbers, times and keys are found as the record has them`() throws {
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
        let print = try SSHPublicKey(authorizedKey: key).fingerprint
        let enrolled: JSONObject = ["id": "agent.mpd2", "agency": "MPD-VT", "uids": [2_001], "keys": [.string(key)]]
        var asked = enrolled
        asked["context"] = Self.asked["context"]
        let member: JSONObject = [
            "id": "agent.mpd2", "agency": "MPD-VT", "uids": [2_001], "keys": [.string(print)], "grants": [],
        ]
        func shown(_ kind: String, _ details: JSONObject) -> JSONObject {
            Self.shown(details: details, texts: []) { $0["kind"] = .string(kind) }
        }
        #expect(throws: Never.self) { try Self.check(shown("user.enrolled", member), .Registry.enrolMember, asked) }
        let ends: JSONObject = [
            "id": "MOU-31-01", "endsAt": 1_930_298_400_000_000, "context": Self.asked["context"] ?? [:],
        ]
        let renewed: JSONObject = ["id": "MOU-31-01", "ends_at": 1_930_298_400_000]
        #expect(throws: Never.self) {
            try Self.check(shown("agreement.renewed", renewed), .Registry.renewAgreement, ends)
        }
        let later: JSONObject = ["id": "MOU-31-01", "ends_at": 1_930_298_400_001]
        #expect(throws: Failure.self) {
            try Self.check(shown("agreement.renewed", later), .Registry.renewAgreement, ends)
        }
        let grant: JSONObject = ["case": "ALDER", "permission": "R-2", "context": Self.asked["context"] ?? [:]]
        let granted = "dissemination.permission_granted"
        for (number, isGood) in [(2, true), (3, false)] as [(Int64, Bool)] {
            let shown = shown(granted, ["permission": .integer(number), "granted": true])
            let namespace = try? Self.check(shown, .Dissemination.grantPermission, grant)
            #expect((namespace != nil) == isGood)
        }
    }

    @Test func `every method that makes a receipt is known by what it makes`() {
        let readings: Set<Method> = Set(
            Method.Audit.all + Method.Hooks.all + Method.Service.all + Method.Session.all + Method.Work.all
                + Method.Docket.all + [
                    .Feed.watch, .Feed.inbox, .Feed.due, .Deconfliction.get, .Case.list, .Case.get, .Entry.list,
                    .Entry.get,
                    .Dissemination.list, .Policy.listRules, .Policy.explain,
                    .Policy.listSignatureRules, .Policy.listBundles, .Removal.list, .Registry.listAgencies,
                    .Registry.listAgreements,
                    .Registry.listMembers, .Registry.getCalendar, .Report.make, .Report.list,
                ]
        )
        #expect(Set(ShownStatement.kinds.keys) == Set(Method.all).subtracting(readings))
    }
}
