import Cryptography
import Foundation
import StrictJSON
import TestSupport
import Testing
import TransparencyLog

/// G2: what the owner of the host does to the record is seen by the pin of one ordinary member, and by one witness.
///
/// Each attack here has the signing key and leaves no trace on the host itself: what finds it lies elsewhere.
@Suite(.tags(.large, .g2), .needsPrograms, .needsTool("python3"))
struct G2AttackTests {
    /// A deployment with a witness of oversight, whose cosignatures lie outside the state folder.
    struct Scene {
        let deployment: Deployment
        let host: OwnedHost
        let outside: ScratchFolder
        var member: Person { deployment.as("agent.mpd1") }
        var auditor: Person { deployment.as("auditor.rob").by(.key) }

        init() throws {
            outside = try ScratchFolder("outside")
            deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), settings: "")
            host = OwnedHost(deployment: deployment)
            let made = try DaemonProcess.run([
                try Programs.accord(), "audit", "witness", "keygen", "--folder", outside.path("witness"), "--name",
                "witness.rob.example.org/1",
            ])
            guard made.status == 0 else { throw OwnedHost.Failed(description: made.stderr) }
            let key = made.stdout.split(separator: "\n")[0]
            try outside.write("policy", "witness rob \(key)\ngroup ROB any rob\nquorum ROB\n")
            try deployment.writeConfiguration(
                "witness:\n  policy: \(outside.path("policy"))\n  folder: \(outside.path("witnessed"))"
            )
            try deployment.start()
        }

        /// The member works, and sees the record up to a checkpoint; the witness cosigns it.
        ///
        /// - Returns: How many lines the member has seen.
        @discardableResult
        func see(cosign: Bool = true) throws -> Int64 {
            try member.must("entry", "add", "Alder", "A word for the record.")
            try member.must("audit", "checkpoint")
            let listed = try member.accord("case", "list")
            guard listed.status == 0 else { throw OwnedHost.Failed(description: "\(listed)") }
            if cosign {
                let key = try member.must("audit", "checkpoint").first.text("logKey")
                try auditor.must("audit", "witness", "cosign", "--folder", outside.path("witness"), "--vkey", key)
            }
            return try member.must("audit", "pin", "show").first["pin"]?.object?["size"]?.integer ?? 0
        }

        /// The start is refused by what the witness handed in, with both sizes or the word, and by the witness's own file.
        func expectRefusedStart(_ word: String) throws {
            for folder in ["witnessed", "elsewhere"] {
                try deployment.writeConfiguration("witness:\n  folder: \(outside.path(folder))")
                let held = try FileManager.default.contentsOfDirectory(atPath: outside.path("witness"))
                    .filter { $0.hasSuffix(".checkpoint") }
                var command = try deployment.command
                if folder == "elsewhere" { command += held.flatMap { ["--witnessed", outside.path("witness/\($0)")] } }
                let refused = try DaemonProcess.run(command)
                #expect(refused.status == 78, "\(refused.stderr)")
                #expect(refused.stderr.contains(word), "\(refused.stderr)")
                #expect(refused.stderr.contains("witness.rob.example.org/1"), "\(refused.stderr)")
            }
        }

        /// Nothing on the host knows of a witness any more, and it serves.
        func serveWithoutWitness() throws {
            try deployment.writeConfiguration("")
            try deployment.start()
        }

        /// The member's next command ends with an alarm that names both checkpoints, and keeps them.
        func expectAlarm(_ kind: String, seen: Int64, _ person: Person? = nil) throws {
            let person = person ?? member
            let answer = try person.accord("case", "list")
            #expect(answer.status == 20, "\(answer)")
            #expect(answer.code == "HISTORY", "\(answer)")
            #expect(answer.error?.text("message").contains("You hold:  \(seen) lines") == true, "\(answer)")
            let folder = "\(person.stateHome)/accord/evidence"
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.contains { $0.contains(kind) }, "\(files)")
        }

        /// The witness does not cosign, and keeps the evidence.
        func expectWitnessRefuses() throws {
            let answer = try deployment.as("counsel.dao").by(.key)
                .accord("audit", "witness", "cosign", "--folder", outside.path("witness"))
            #expect(answer.status == 20, "\(answer)")
            let files = try FileManager.default.contentsOfDirectory(atPath: outside.path("witness/evidence"))
            #expect(!files.isEmpty)
        }
    }

    @Test func `an untouched record raises no alarm, also over restarts`() throws {
        let scene = try Scene()
        let seen = try scene.see()
        try scene.deployment.stop()
        try scene.deployment.start()
        let more = try scene.see()
        #expect(more > seen)
        #expect(try scene.member.must("status").first["isWitnessed"]?.bool == true)
        // Two members who compare are of one mind.
        let pin = try scene.outside.write("pin", Self.pin(of: scene.member))
        try scene.deployment.as("lead.fib").must("case", "list")
        let compared = try scene.deployment.as("lead.fib").by(.key).accord("audit", "pin", "import", pin)
        #expect(compared.status == 0, "\(compared)")
        try scene.deployment.stop()
    }

    /// What `accord audit pin export` prints.
    private static func pin(of person: Person) throws -> String {
        let pin = try person.must("audit", "pin", "export").first["pin"]?.object ?? [:]
        return "\(pin.text("logKey"))\n\(pin.text("note"))"
    }

    @Test func `all rewritten with new hashes and a fresh signature by the real key`() throws {
        let scene = try Scene()
        let seen = try scene.see()
        try scene.deployment.stop()
        let original = try scene.host.lines()
        var lines = original
        lines[1] = lines[1].replacingOccurrences(of: #""at":"#, with: #""at":1"#)
        try scene.host.replace(with: RecordCopy.relinked(lines, original: original))
        try scene.expectRefusedStart("rewritten")
        try scene.serveWithoutWitness()
        try scene.expectAlarm("rewritten", seen: seen)
        try scene.expectWitnessRefuses()
        try scene.deployment.stop()
    }

    @Test func `rollback to yesterday's backup, with all that lies in the state folder`() throws {
        let scene = try Scene()
        try scene.see()
        try scene.deployment.stop()
        let yesterday = try scene.host.backup()
        try scene.deployment.start()
        for _ in 0..<6 { try scene.see() }
        let seen = try scene.see()
        try scene.deployment.stop()
        try scene.host.restore(yesterday)
        try scene.expectRefusedStart("rolled back")
        try scene.serveWithoutWitness()
        try scene.expectAlarm("rolled-back", seen: seen)
        try scene.expectWitnessRefuses()
        try scene.deployment.stop()
    }

    @Test func `the tail cut before the last checkpoint, and everything on the host made to agree`() throws {
        let scene = try Scene()
        let seen = try scene.see()
        try scene.deployment.stop()
        let lines = try scene.host.lines()
        try scene.host.replace(with: Array(lines.prefix(Int(seen) - 12)))
        try scene.expectRefusedStart("rolled back")
        try scene.serveWithoutWitness()
        try scene.expectAlarm("rolled-back", seen: seen)
        try scene.deployment.stop()
    }

    @Test func `the tail cut after the last checkpoint is told by the anchor, and without it by a receipt`() throws {
        let scene = try Scene()
        try scene.see()
        let receipt = try scene.member.must("entry", "add", "Alder", "The last word.").first["receipt"]?.object ?? [:]
        let leaf = receipt.text("leaf")
        try scene.deployment.stop(SIGKILL)
        let lines = try scene.host.lines()
        // The journal may be the only place that has it.
        let place = lines.firstIndex { RecordCopy.leaf($0) == leaf } ?? lines.count
        try scene.host.replace(with: Array(lines.prefix(place)))
        try scene.serveWithoutWitness()
        // Its place is another line's, or nobody's: the receipt is the proof that there was one.
        let kept = try scene.outside.write("receipt", JSONValue.object(["receipt": .object(receipt)]).encoded)
        let checked = try scene.member.accord("audit", "receipt", kept, "--no-pin")
        #expect(checked.status != 0, "\(checked)")
        try scene.member.must("audit", "checkpoint", "--no-pin")
        let session = try scene.member.session()
        let there = try session.call(
            "io.accord.Audit.ProveInclusion",
            ["case": "Alder", "position": receipt["position"] ?? .null]
        )
        #expect(there["error"] != nil || there.text("parameters.leaf") != leaf, "\(there.members)")
        try scene.deployment.stop()
    }

    @Test func `a fork shown to two members`() throws {
        let one = try Scene()
        try one.see(cosign: false)
        try one.deployment.as("lead.fib").by(.key).must("case", "list")
        try one.deployment.stop()
        let other = try Deployment(copyOf: one.deployment)
        try one.deployment.start()
        try other.start()
        // Each is shown a record of its own, which grew out of what both saw.
        let shownOne = try one.see()
        try other.as("lead.fib").must("entry", "add", "Alder", "Another word.")
        try other.as("lead.fib").must("entry", "add", "Alder", "And another.")
        try other.as("lead.fib").must("audit", "checkpoint")
        try other.as("lead.fib").must("case", "list")
        let theirs = try one.outside.write("theirs", Self.pin(of: other.as("lead.fib")))
        let compared = try one.member.accord("audit", "pin", "import", theirs)
        #expect(compared.status == 20, "\(compared)")
        #expect(compared.code == "HISTORY")
        #expect(shownOne > 0)
        // The witness that cosigned one cosigns no other, whatever file is brought.
        let request = one.outside.path("request")
        try other.as("lead.fib").by(.key).must(
            "audit",
            "witness",
            "request",
            "--from",
            "\(try Self.heldSize(one.outside))",
            "--output",
            request,
            "--no-pin"
        )
        let refused = try DaemonProcess.run([
            try Programs.accord(), "audit", "witness", "cosign", "--folder", one.outside.path("witness"), "--request",
            request, "--output", one.outside.path("answer"),
        ])
        #expect(refused.status == 20, "\(refused.stderr)")
        #expect(refused.stderr.contains("ALARM"))
        #expect(!FileManager.default.fileExists(atPath: one.outside.path("answer")))
        try other.stop()
        try one.deployment.stop()
    }

    private static func heldSize(_ outside: ScratchFolder) throws -> UInt64 {
        let names = try FileManager.default.contentsOfDirectory(atPath: outside.path("witness"))
        let name = try #require(names.first { $0.hasSuffix(".checkpoint") })
        return try UnverifiedCheckpoint(parsing: outside.read("witness/\(name)")).claim.size
    }

    @Test func `a key of the host as a witness, and one key as two, count for nothing`() throws {
        let scene = try Scene()
        try scene.see()
        let key = try #require(
            WitnessKey(name: "witness.example.org", publicKey: scene.host.signer.verifierKey.publicKey)
        )
        try scene.deployment.stop()
        let lines = String(decoding: try scene.outside.read("policy"), as: UTF8.self).split(separator: "\n")
        let twice = "\(lines[0])\n\(lines[0].replacing("witness rob", with: "witness b"))\nquorum b\n"
        for (text, word) in [
            ("witness host \(key.text)\nquorum host\n", "no log is its own witness"), (twice, "one key vouches once"),
        ] {
            let policy = try scene.outside.write("bad", text)
            try scene.deployment.writeConfiguration("witness:\n  policy: \(policy)")
            let refused = try DaemonProcess.run(scene.deployment.command)
            #expect(refused.status == 78, "\(refused.stderr)")
            #expect(refused.stderr.contains(word), "\(refused.stderr)")
        }
    }

    @Test func `verdicts say which lines are witnessed, and the status that too few are`() throws {
        let scene = try Scene()
        try scene.see()
        try scene.deployment.as("agent.mpd1").must("entry", "add", "Alder", "After the witness.")
        let key = try scene.member.must("audit", "checkpoint").first.text("logKey")
        let other = try scene.outside.write(
            "other",
            "witness x \(Self.strangerKey)\nquorum x\n"
        )
        for (member, name) in [("auditor.rob", nil), ("lead.fib", "Alder")] as [(String, String?)] {
            let copy = try RecordCopy(exportedBy: scene.deployment.as(member), case: name)
            #expect(try copy.names().contains("policy"))
            for (policy, status) in [(scene.outside.path("policy"), 0), (other, 10)] as [(String, Int32)] {
                let program = try DaemonProcess.run([
                    try Programs.accord(), "audit", "verify", "--offline", copy.path, "--vkey", key, "--policy", policy,
                ])
                #expect(program.status == status, "\(program.stdout)\(program.stderr)")
                let script = try DaemonProcess.run(
                    ["python3", "-I", "verify.py", "--vkey", key, "--policy", policy],
                    in: copy.path
                )
                #expect(script.status == status, "\(script.stdout)\(script.stderr)")
                guard status == 0 else { continue }
                #expect(program.stdout.contains("were cosigned by rob (ROB) at"), "\(program.stdout)")
                #expect(program.stdout.contains("tail-not-witnessed"), "\(program.stdout)")
            }
        }
        // The daemon says the same of its own copy, under the policy that it was given.
        let online = try scene.auditor.must("audit", "verify")
        let verdicts = online.objects.last?["verdicts"]?.array?.compactMap(\.object) ?? []
        #expect(verdicts.contains { $0.text("message").contains("were cosigned by rob (ROB) at") }, "\(online)")
        #expect(verdicts.contains { $0.text("finding") == "tail-not-witnessed" }, "\(online)")
        // An auditor witness verifies all lines of an export before it cosigns.
        let folder = try ScratchFolder("audit")
        try scene.auditor.must("audit", "export", "--output", folder.path("record.tar"))
        let cosigned = try DaemonProcess.run([
            try Programs.accord(), "audit", "witness", "cosign", "--folder", scene.outside.path("witness"), "--replay",
            folder.path("record.tar"), "--output", folder.path("answer"),
        ])
        #expect(cosigned.status == 0, "\(cosigned.stderr)")
        try scene.deployment.stop()
    }

    private static var strangerKey: String {
        get throws {
            let key = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 9, count: 32)))
            return try #require(WitnessKey(name: "stranger.example.org", publicKey: key.publicKey)).text
        }
    }
}
