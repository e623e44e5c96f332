import Foundation
import StrictJSON
import TestSupport
import Testing

/// Acts that people sign with `ssh-keygen`, and that `ssh-keygen` confirms from a bundle without any program of ours.
@Suite(.serialized, .tags(.large), .needsPrograms, .needsTool("python3"), .alder)
struct AuthorSignatureInteropTests {
    private static let kinds = [["ed25519"], ["ecdsa", "-b", "256"], ["rsa", "-b", "3072"]]

    /// A shell in the bundle with nothing of ours in reach.
    private func shell(_ script: String, in copy: RecordCopy) throws -> Completed {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try DaemonProcess.run(["env", "-i", "PATH=\(path)", "bash", "-c", "cd '\(copy.path)' && \(script)"])
    }

    /// The lines of a copy that carry a signature.
    private func signed(_ copy: RecordCopy) throws -> [RecordedLine] {
        try copy.lines().compactMap { RecordedLine($0) }.filter { $0.object["sig"]?.string != nil }
    }

    @Test(arguments: kinds) func `an act signed with a key is confirmed by ssh-keygen from the bundle of its case`(
        kind: [String]
    ) throws {
        let deployment = try Deployment.shared
        let scratch = try ScratchFolder("key")
        let key = scratch.path("key")
        let made = try run("ssh-keygen", ["-q", "-N", "", "-f", key, "-t"] + kind)
        try #require(made.status == 0, "\(made.stderr)")
        let agent = deployment.as("agent.mpd1")
        try agent.must("member", "add-key", "agent.mpd1", "\(key).pub")
        let program = try Programs.accord()
        let added = try run(
            program,
            [
                "entry", "add", "Alder", "Signed with \(kind[0]).", "--sign", "--key", key, "--json", "--no-pin",
                "--socket",
                deployment.socket,
            ]
        )
        try #require(added.status == 0, "\(added.stdout)\(added.stderr)")

        let copy = try RecordCopy(exportedBy: deployment.as("lead.fib"), case: "Alder")
        let line = try #require(try signed(copy).last)
        let statement = line.object["st"]?.object ?? [:]
        let number = String(format: "%06d", Int(line.object["cseq"]?.integer ?? -1))
        let seconds = (line.object["t"]?.integer ?? 0) / 1_000
        let domain = statement.text("log").split(separator: "/")[0]
        func verify(_ number: String, namespace: String, member: String = "agent.mpd1") throws -> Int32 {
            try shell(
                """
                ssh-keygen -Y verify -f allowed_signers -I \(member) -n \(namespace) \
                -O verify-time=$(date -u -d @\(seconds) +%Y%m%d%H%M%SZ) -s st/\(number).sig < st/\(number).json
                """,
                in: copy
            ).status
        }
        #expect(try verify(number, namespace: "statement@\(domain)") == 0)
        #expect(try verify(number, namespace: "session@\(domain)") != 0)
        #expect(try verify(number, namespace: "statement@\(domain)", member: "lead.fib") != 0)
        let script = try shell("sha256sum --quiet -c SHA256SUMS && python3 -I verify.py", in: copy)
        #expect(script.status == 0, "\(script.stdout)\(script.stderr)")
        #expect(script.stdout.contains("SIGNATURES passed"), "\(script.stdout)")

        // Without ssh-keygen nothing is said of signatures, and that is said.
        let blind = try shell(
            "env -i PATH=/nowhere $(python3 -c 'import sys; print(sys.executable)') -I verify.py",
            in: copy
        )
        #expect(blind.status == 40, "\(blind.stdout)\(blind.stderr)")
        #expect(blind.stdout.contains("were not checked"))

        try agent.must("member", "revoke-key", "agent.mpd1", fingerprint(key), "--reason", "test ends")
        // What it signed stays good, in a case and in a whole record, which tells itself whose the key was.
        for (member, name) in [("lead.fib", "Alder"), ("auditor.rob", nil)] as [(String, String?)] {
            let later = try RecordCopy(exportedBy: deployment.as(member), case: name)
            let script = try shell("python3 -I verify.py", in: later)
            #expect(script.status == 0, "\(script.stdout)\(script.stderr)")
            #expect(script.stdout.contains("SIGNATURES passed"), "\(script.stdout)")
            let ours = try run(program, ["audit", "verify", "--offline", later.path, "--json"])
            #expect(ours.status == 0, "\(ours.stdout)")
            #expect(ours.stdout.contains(#""check":"SIGNATURES","result":"passed""#), "\(ours.stdout)")
        }
    }

    @Test func `a signature moved to another entry is found by each verifier`() throws {
        let deployment = try Deployment.shared
        for text in ["One.", "Two."] {
            try deployment.as("agent.mpd1").by(.key).must("entry", "add", "Alder", text, "--sign")
        }
        let copy = try RecordCopy(exportedBy: deployment.as("lead.fib"), case: "Alder")
        let lines = try copy.lines()
        let signed = lines.indices.filter { RecordedLine(lines[$0])?.object["sig"]?.string != nil }
        try #require(signed.count >= 2)
        func signature(_ place: Int) -> String { RecordedLine(lines[place])?.object["sig"]?.string ?? "" }
        let (one, two) = (signed[signed.count - 2], signed[signed.count - 1])
        var changed = lines
        changed[two] = changed[two].replacingOccurrences(of: signature(two), with: signature(one))
        try copy.write(RecordCopy.linesName, changed.flatMap { Array("\($0)\n".utf8) })
        let script = try shell("python3 -I verify.py", in: copy)
        #expect(script.status == 30 && script.stdout.contains("signature-wrong"), "\(script.stdout)")
        let ours = try run(try Programs.accord(), ["audit", "verify", "--offline", copy.path, "--json"])
        #expect(ours.status == 30 && ours.stdout.contains("signature-wrong"), "\(ours.stdout)")
    }

    @Test(.needsTool("ssh-agent")) func `a key that only an agent holds signs, and policy may ask for it`() throws {
        let deployment = try Deployment.shared
        let liaison = deployment.as("liaison.mpd").by(.key)
        try liaison.must(
            "policy",
            "require-signature",
            "--agency",
            "MPD-VT",
            "--act",
            "entry.record",
            "--reason",
            "order"
        )
        defer {
            _ = try? liaison.accord(
                "policy",
                "require-signature",
                "--agency",
                "MPD-VT",
                "--act",
                "entry.record",
                "--lift",
                "--reason",
                "over"
            )
        }
        let refused = try deployment.as("agent.mpd1").by(.uid).accord("entry", "add", "Alder", "Unsigned.")
        #expect(refused.status == 77 && "\(refused)".contains("E-SIGN"), "\(refused)")
        let scratch = try ScratchFolder("agent")
        for name in ["key", "key.pub"] {
            let original = deployment.privateKey(of: "agent.mpd1") + (name == "key.pub" ? ".pub" : "")
            try FileManager.default.copyItem(atPath: original, toPath: scratch.path(name))
        }
        // Nothing is said of signing: policy asks for it, and the key is at hand.
        let added = try run(
            "ssh-agent",
            ["sh", "-c", "ssh-add -q key && rm key && exec \"$@\"", "sh", Programs.accord(), "entry", "add", "Alder"]
                + ["Signed by the agent.", "--json", "--socket", deployment.socket, "--key", scratch.path("key.pub")],
            environment: ["XDG_STATE_HOME": scratch.path],
            in: scratch.path
        )
        #expect(added.status == 0, "\(added.stdout)\(added.stderr)")
        let copy = try RecordCopy(exportedBy: deployment.as("lead.fib"), case: "Alder")
        let last = try #require(
            try copy.lines().compactMap { RecordedLine($0) }.last {
                $0.object["st"]?.object?.text("kind") == "entry.recorded"
            }
        )
        #expect(last.object["sig"]?.string != nil && last.object["vouch"] == nil)
    }

    private func fingerprint(_ key: String) throws -> String {
        let listed = try run("ssh-keygen", ["-l", "-f", "\(key).pub"]).stdout
        return listed.split(separator: " ").dropFirst().first.map(String.init) ?? ""
    }
}
