import Casework
import Cryptography
import Policy
import RecordStore
import StrictJSON
import TestSupport
import Testing
import TransparencyLog
import Varlink

@testable import Coordination

/// A member of the bench with an SSH key, proved on one connection.
struct SigningMember {
    let bench: Bench
    let connection: ConnectionID
    let key: Ed25519PrivateKey

    var fingerprint: String { SSHPublicKey(key.publicKey).fingerprint }

    /// Has the key enrolled for somebody by himself, and proves it on a new connection.
    init(_ bench: Bench, _ name: String, seed: UInt8) throws {
        self.bench = bench
        key = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: seed, count: 32)))
        let line = SSHPublicKey(key.publicKey).authorizedKeyText
        if bench.inside({ [fingerprint = SSHPublicKey(key.publicKey).fingerprint] in $0.state.member(by: fingerprint) })
            == nil
        {
            try bench.must(
                bench.connect(name),
                "Registry.AddKey",
                ["member": .string(name), "key": .string(line)]
            )
        }
        connection = bench.connect(name)
        try bench.must(connection, "Session.Prove", proof())
    }

    /// What proves the key on its connection.
    func proof() throws -> JSONObject {
        let challenge = try bench.must(connection, "Session.Challenge").parameters
        let message = Array((challenge["message"]?.string ?? "").utf8)
        return ["signature": .string(try signed(message, challenge["namespace"]?.string ?? ""))]
    }

    func signed(_ bytes: [UInt8], _ namespace: String = "statement@accord.example.org") throws -> String {
        try SSHSignature(signing: bytes, namespace: namespace, with: key).armored
    }

    func parameters(_ text: String, request: String) -> JSONObject { Bench.entry(text, request: request) }

    /// What would be recorded of an entry.
    func prepare(_ parameters: JSONObject, _ method: String = "Entry.Record") throws -> Answer {
        let asked: JSONObject = ["method": .string("io.accord.\(method)"), "parameters": .object(parameters)]
        return try bench.answer(connection, "Session.Prepare", asked)
    }

    /// The entry with a signature in its context.
    func send(_ parameters: JSONObject, signature: String, on other: ConnectionID? = nil) throws -> Answer {
        var parameters = parameters
        var context = parameters["context"]?.object ?? [:]
        context["signature"] = .string(signature)
        parameters["context"] = .object(context)
        return try bench.answer(other ?? connection, "Entry.Record", parameters)
    }

    /// Prepares, signs and sends.
    func record(_ text: String, request: String) throws -> Answer {
        let asked = parameters(text, request: request)
        let shown = try prepare(asked).parameters["statement"]?.string ?? ""
        return try send(asked, signature: signed(Array(shown.utf8)))
    }
}

@Suite("Acts that their authors sign", .tags(.medium))
struct AuthorSigningTests {
    private static func request(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }

    private static func bench() throws -> (Bench, SigningMember) {
        let bench = try Bench()
        try bench.openAlder()
        return (bench, try SigningMember(bench, "agent.mpd1", seed: 5))
    }

    @Test func `a signed act is recorded as it was shown, with the signature in its line`() throws {
        let (bench, agent) = try Self.bench()
        let asked = agent.parameters("Seen at the site.", request: Self.request(1))
        let shown = try agent.prepare(asked).parameters
        let statement = Array((shown["statement"]?.string ?? "").utf8)
        let parts = (shown["parts"]?.array ?? []).compactMap(\.string).map { Array($0.utf8) }
        #expect(parts.contains { String(decoding: $0, as: UTF8.self).contains("Seen at the site.") })
        let before = bench.shelf.record.head.size
        let signature = try agent.signed(statement)
        let answer = try agent.send(asked, signature: signature)
        #expect(answer.error == nil, "\(answer)")
        let stored = try #require(try bench.shelf.record.line(at: before))
        let scan = try LineScan(stored.bytes)
        #expect(Array(stored.bytes[scan.statement]) == statement)
        #expect(scan.parts == parts.map { Part.digest(of: $0) })
        #expect(stored.parts == parts)
        #expect(try scan.authorSignature()?.key.fingerprint == agent.fingerprint)
        #expect(scan.by == agent.fingerprint)
        // Again: the first receipt, and no second line; also where it is only asked how it would be recorded.
        #expect(try agent.send(asked, signature: signature).isDuplicate == true)
        #expect(try agent.prepare(asked).isDuplicate == true)
        #expect(bench.shelf.record.head.size == before + 1)
        #expect(try bench.isAsRecorded())
    }

    @Test func `what others recorded meanwhile makes a signed act stale, and it is prepared again`() throws {
        let (bench, agent) = try Self.bench()
        let asked = agent.parameters("First.", request: Self.request(1))
        let shown = try agent.prepare(asked).parameters["statement"]?.string ?? ""
        try bench.must(bench.connect("agent.fib1"), "Entry.Record", Bench.entry("Faster."))
        let stale = try agent.send(asked, signature: agent.signed(Array(shown.utf8)))
        #expect(stale.code == "E-RESIGN")
        #expect(try bench.lines().last?.rule == "V10")
        #expect(try agent.record("First.", request: Self.request(1)).isDuplicate == false)
    }

    /// Signatures that are none for the act, with the rule that refuses them.
    enum Attack: String, CaseIterable {
        case nothingShown, anotherAct, anotherRequest, anotherKey, anotherPurpose, anotherDeployment, anotherConnection
        case usedTwice, noSignature
    }

    @Test(arguments: Attack.allCases)
    func `V09: a signature that is not the speaker's over this very act is refused and recorded`(attack: Attack) throws
    {
        let (bench, agent) = try Self.bench()
        let asked = agent.parameters("Mine.", request: Self.request(1))
        var shown = Array("nothing".utf8)
        if attack != .nothingShown {
            shown = Array((try agent.prepare(asked).parameters["statement"]?.string ?? "").utf8)
        }
        let good = try agent.signed(shown)
        let before = bench.shelf.record.head.size
        let answer: Answer
        switch attack {
        case .nothingShown: answer = try agent.send(asked, signature: good)
        case .anotherAct:
            answer = try agent.send(agent.parameters("Not mine.", request: Self.request(1)), signature: good)
        case .anotherRequest:
            answer = try agent.send(agent.parameters("Mine.", request: Self.request(2)), signature: good)
        case .anotherKey:
            let other = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 6, count: 32)))
            let theirs = try SSHSignature(signing: shown, namespace: "statement@accord.example.org", with: other)
            answer = try agent.send(asked, signature: theirs.armored)
        case .anotherPurpose:
            answer = try agent.send(asked, signature: agent.signed(shown, "session@accord.example.org"))
        case .anotherDeployment:
            answer = try agent.send(asked, signature: agent.signed(shown, "statement@elsewhere.example.org"))
        case .anotherConnection:
            let second = try SigningMember(bench, "agent.mpd1", seed: 5)
            answer = try second.send(asked, signature: good)
        case .usedTwice:
            _ = try agent.send(asked, signature: agent.signed([1]))
            answer = try agent.send(asked, signature: good)
        case .noSignature: answer = try agent.send(asked, signature: "")
        }
        #expect(answer.code == "E-SIGNATURE", "\(answer)")
        let lines = try bench.lines()
        #expect(lines.last?.rule == "V09" && lines.last?.event.kind == "access.denied")
        #expect(!lines.dropFirst(Int(before)).contains { $0.event.kind == "entry.recorded" })
    }

    @Test func `who has proved no key is shown nothing to sign, and what a rule refuses is refused before`() throws {
        let (bench, agent) = try Self.bench()
        let asked: JSONObject = [
            "method": "io.accord.Entry.Record", "parameters": .object(agent.parameters("x", request: Self.request(1))),
        ]
        #expect(try bench.answer(bench.connect("agent.mpd1"), "Session.Prepare", asked).code == "E-SIGNATURE")
        var other = agent.parameters("x", request: Self.request(2))
        other["case"] = "Birch"
        #expect(try agent.prepare(other).code == "E-NOT-MEMBER")
        #expect(try bench.lines().last?.rule == "P01")
        #expect(try agent.prepare(["case": "Alder"], "Case.Get").code == "E-INVALID")
        #expect(try agent.prepare(Bench.entry()).code == "E-INVALID")
    }

    @Test func `a key that was revoked signs nothing any more, and what it signed stays good`() throws {
        let (bench, agent) = try Self.bench()
        #expect(try agent.record("Before.", request: Self.request(1)).error == nil)
        let asked = agent.parameters("After.", request: Self.request(2))
        let shown = try agent.prepare(asked).parameters["statement"]?.string ?? ""
        try bench.must(
            bench.connect("liaison.mpd"),
            "Registry.RevokeKey",
            ["member": "agent.mpd1", "fingerprint": .string(agent.fingerprint), "reason": "lost"]
        )
        // The daemon closes the connection; whoever was faster is not enrolled any more.
        #expect(bench.closed.contains(agent.connection))
        #expect(try agent.send(asked, signature: agent.signed(Array(shown.utf8))).code == "E-NOT-ENROLLED")
        let first = try #require(try bench.lines().first { $0.by == agent.fingerprint && $0.event.item == "E-1" })
        let stored = try #require(try bench.shelf.record.line(at: first.seq))
        #expect(try LineScan(stored.bytes).authorSignature() != nil)
    }

    @Test func `V08: where a signature is asked for, the daemon says so, takes the signed act and no other`() throws {
        let (bench, agent) = try Self.bench()
        let liaison = try SigningMember(bench, "liaison.mpd", seed: 9)
        let rule: JSONObject = [
            "rule": ["agency": "MPD-VT", "act": "entry.record"], "required": true, "reason": "order",
            "context": ["request": .string(Self.request(90))],
        ]
        let shown = try liaison.prepare(rule, "Policy.RequireSignature").parameters
        #expect(shown["required"]?.bool == true)
        var signed = rule
        signed["context"] = [
            "request": .string(Self.request(90)),
            "signature": .string(try liaison.signed(Array((shown["statement"]?.string ?? "").utf8))),
        ]
        try bench.must(liaison.connection, "Policy.RequireSignature", signed)

        let refused = try bench.answer(agent.connection, "Entry.Record", Bench.entry("Unsigned."))
        #expect(refused.code == "E-SIGN")
        #expect(refused.parameters["ask"]?.string?.contains("--sign") ?? false)
        #expect(try bench.lines().last?.rule == "V08")
        let asked = agent.parameters("Signed.", request: Self.request(1))
        #expect(try agent.prepare(asked).parameters["required"]?.bool == true)
        #expect(try agent.record("Signed.", request: Self.request(1)).error == nil)
        let list = bench.call(agent.connection, "Policy.ListSignatureRules", more: true)
        let listed = bench.answers(to: list).compactMap { $0.parameters["rule"]?.object }
        #expect(listed == [["agency": "MPD-VT", "act": "entry.record"]])
        #expect(try bench.isAsRecorded())
    }

    @Test(arguments: [nil, "Alder"] as [String?])
    func `a bundle shows whose signatures stand in it, also of keys that were revoked since`(name: String?) throws {
        let (bench, agent) = try Self.bench()
        for number in 1...2 { _ = try agent.record("Entry \(number).", request: Self.request(number)) }
        try bench.must(
            bench.connect("liaison.mpd"),
            "Registry.RevokeKey",
            ["member": "agent.mpd1", "fingerprint": .string(agent.fingerprint), "reason": "lost"]
        )
        bench.post(.tick)
        let reader = bench.connect(name == nil ? "auditor.rob" : "lead.fib")
        let export = bench.call(reader, "Audit.Export", name.map { ["case": .string($0)] } ?? [:], more: true)
        try bench.writeAll()
        bench.post(.tick)
        for _ in 1...3 { bench.drain(export) }
        let bytes = bench.answers(to: export).compactMap { $0.parameters["data"]?.string }
            .flatMap { Base64.decode($0) ?? [] }
        let files = try UnpackedBundle(bytes)
        let report = try BundleVerification(key: nil, known: []).report(on: files)
        #expect(report.exitCode == 0, "\(report.verdicts)")
        let signatures = report.verdicts.filter { $0.check == "SIGNATURES" }
        #expect(signatures.contains { $0.result == .passed && $0.count == 2 }, "\(signatures)")
        #expect(signatures.contains { $0.finding == "signing-rules-elsewhere" } == (name != nil))
        #expect(signatures.contains { $0.finding == "vouched-by-daemon" })
        #expect(signatures.contains { $0.finding == "signers-from-copy" } == (name != nil))
        let signers = try #require(AllowedSigners(parsing: files.files["allowed_signers"] ?? []))
        #expect(signers.terms.map(\.member) == ["agent.mpd1"])
        #expect(signers.terms.first?.until != nil)
        #expect(files.files.keys.contains { $0.hasPrefix("st/") } == (name != nil))

        let live = try bench.must(bench.connect("auditor.rob"), "Audit.Verify").parameters["verdicts"]?.array ?? []
        let found = live.compactMap(\.object).filter { $0["check"] == "SIGNATURES" }.map { $0["result"]?.string }
        #expect(found == ["passed", "notice"])
    }
}

/// The files of a bundle in memory.
struct UnpackedBundle: BundleFiles {
    var files: [String: [UInt8]] = [:]
    var order: [String] = []

    init(_ bytes: [UInt8]) throws {
        var reader = TarReader(size: bytes.count)
        while let member = try reader.next({ Array(bytes[$0]) }) {
            files[member.name] = Array(bytes[member.content])
            order.append(member.name)
        }
    }

    func eachName(in folders: [String], _ body: (String) throws -> Void) throws {
        for name in files.keys where folders.contains(where: { name.hasPrefix("\($0)/") }) { try body(name) }
    }
    var count: Int { files.count }
    func size(of name: String) -> Int? { files[name]?.count }
    func read(_ name: String, _ range: Range<Int>) -> [UInt8] { Array((files[name] ?? [])[range]) }
}
