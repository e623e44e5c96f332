import Foundation
import StrictJSON
import TestSupport
import Testing
import TransparencyLog

/// What is tried on a witness's own machine, with files that the owner of the host brings.
extension G2AttackTests {
    private static func witness(_ words: String...) throws -> Completed {
        try DaemonProcess.run([Programs.accord(), "audit", "witness"] + words)
    }

    /// What a witness holds of the one log that it follows.
    private static func held(_ folder: String) throws -> Checkpoint {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".checkpoint") }
        let path = "\(folder)/\(try #require(names.first))"
        return try UnverifiedCheckpoint(parsing: [UInt8](Data(contentsOf: URL(filePath: path)))).claim
    }

    @Test func `an auditor witness is not brought back by an older checkpoint over all its lines`() throws {
        let scene = try Scene()
        try scene.see()
        let older = try RecordCopy(exportedBy: scene.auditor)
        try scene.see()
        let newer = try RecordCopy(exportedBy: scene.auditor)
        try scene.see()
        let folder = scene.outside.path("witness")
        let held = try Self.held(folder)
        // The whole record as it is, under a checkpoint that was the newest once.
        let whole = try RecordCopy(exportedBy: scene.auditor)
        try whole.write("checkpoint", older.read("checkpoint"))
        try whole.renewSums(by: scene.deployment)
        let answer = scene.outside.path("answer")
        for copy in [whole, newer] {
            let refused = try Self.witness("cosign", "--folder", folder, "--replay", copy.path, "--output", answer)
            #expect(refused.status == 20, "\(refused.stdout)\(refused.stderr)")
            #expect(refused.stderr.contains("You hold:  \(held.size) lines"), "\(refused.stderr)")
            #expect(try Self.held(folder) == held)
            #expect(!FileManager.default.fileExists(atPath: answer))
        }
        let kept = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/evidence")
        #expect(kept.contains { $0.contains("rolled-back") }, "\(kept)")
        // It goes on with what grew out of that.
        let grown = try RecordCopy(exportedBy: scene.auditor)
        let cosigned = try Self.witness("cosign", "--folder", folder, "--replay", grown.path, "--output", answer)
        #expect(cosigned.status == 0, "\(cosigned.stderr)")
        #expect(try Self.held(folder).size > held.size)
        try scene.deployment.stop()
    }

    @Test func `the answer of an auditor witness is taken with the export that it verified`() throws {
        let scene = try Scene()
        try scene.see()
        let bundle = scene.outside.path("record.tar")
        try scene.auditor.must("audit", "export", "--output", bundle)
        let (folder, answer) = (scene.outside.path("witness"), scene.outside.path("answer"))
        let cosigned = try Self.witness("cosign", "--folder", folder, "--replay", bundle, "--output", answer)
        #expect(cosigned.status == 0, "\(cosigned.stderr)")
        let submitted = try scene.auditor.accord("audit", "witness", "submit", "--replay", bundle, answer)
        #expect(submitted.status == 0, "\(submitted)")
        #expect(submitted.first["added"]?.integer == 1, "\(submitted)")
        let status = try scene.member.must("status").first
        let standing = status["witnesses"]?.array?.first?.object
        #expect(standing?["size"]?.integer == Int64(try Self.held(folder).size), "\(status.members)")
        try scene.deployment.stop()
    }

    @Test func `another key under a known name is an alarm on any socket, before a key is proved to it`() throws {
        let (one, other) = try (Deployment(), Deployment())
        try one.start()
        try other.start()
        let seen = try ScratchFolder("seen")
        func accord(_ home: String, _ deployment: Deployment, _ words: String...) throws -> Answer {
            let options = ["--json", "--socket", deployment.socket, "--key", deployment.privateKey(of: "admin.ops")]
            let ended = try DaemonProcess.run(
                [Programs.accord()] + words + options,
                environment: ["XDG_STATE_HOME": seen.path(home)]
            )
            return Answer(command: words.joined(separator: " "), ended)
        }
        for home in ["a", "b"] { #expect(try accord(home, one, "agency", "list").status == 0) }
        let alarm = try accord("a", other, "agency", "list")
        #expect(alarm.status == 20, "\(alarm)")
        let message = alarm.error?.text("message") ?? ""
        for words in ["You hold: ", "Shown now: nothing, before a key is proved", "Key then: accord.example.org/log1+"]
        {
            #expect(message.contains(words), "\(message)")
        }
        let kept = try FileManager.default.contentsOfDirectory(atPath: seen.path("a/accord/evidence"))
        #expect(kept.contains { $0.contains("log-replaced") }, "\(kept)")
        // Whoever believes it has a pin from there, and says so.
        #expect(try accord("c", other, "agency", "list").status == 0)
        let pin = try accord("c", other, "audit", "pin", "export").first["pin"]?.object ?? [:]
        let file = try seen.write("pin", "\(pin.text("logKey"))\n\(pin.text("note"))")
        #expect(try accord("a", other, "audit", "pin", "import", file).status == 20)
        #expect(try accord("a", other, "audit", "pin", "import", file, "--beside").status == 0)
        #expect(try accord("b", other, "audit", "pin", "import", file, "--replace").status == 0)
        for home in ["a", "b"] { #expect(try accord(home, other, "agency", "list").status == 0) }
        #expect(try accord("a", one, "agency", "list").status == 0)
        #expect(try accord("b", one, "agency", "list").status == 20)
        try one.stop()
        try other.stop()
    }

    /// A deployment that asks for the word of two agencies, and the folders of their witnesses.
    private struct Two {
        let scene: Scene
        let folders: [String]
        var policy: String { scene.outside.path("two") }
        let key: String

        init() throws {
            scene = try Scene()
            try scene.deployment.stop()
            folders = ["a", "b"].map { [scene] in scene.outside.path($0) }
            var text = ""
            for (name, folder) in zip(["a", "b"], folders) {
                let made = try G2AttackTests.witness("keygen", "--folder", folder, "--name", "\(name).example.org")
                text += "witness \(name) \(made.stdout.split(separator: "\n").first ?? "")\n"
            }
            text += "group ROB any a\ngroup MPD any b\ngroup TRUST all ROB MPD\nquorum TRUST\n"
            try scene.outside.write("two", text)
            let files = "policy: \(scene.outside.path("two"))\n  folder: \(scene.outside.path("witnessed"))"
            try scene.deployment.writeConfiguration("witness:\n  \(files)")
            try scene.deployment.start()
            key = try scene.member.must("audit", "checkpoint").first.text("logKey")
        }

        /// One witness by the socket; the member who types it leaves lines of his own.
        ///
        /// - Returns: Whether enough have cosigned one checkpoint.
        func cosign(_ folder: String) throws -> Bool? {
            try scene.auditor.must("entry", "list", "Alder")
            return try scene.auditor.must("audit", "witness", "cosign", "--folder", folder, "--vkey", key)
                .first["isWitnessed"]?.bool
        }

        /// Status 0: the copy is intact, and enough cosigned what it begins with.
        func expectTrusted() throws {
            let copy = try RecordCopy(exportedBy: scene.auditor)
            for command in [
                [try Programs.accord(), "audit", "verify", "--offline", copy.path],
                ["python3", "-I", "verify.py"],
            ] {
                let ended = try DaemonProcess.run(command + ["--vkey", key, "--policy", policy], in: copy.path)
                #expect(ended.status == 0, "\(ended.stdout)\(ended.stderr)")
            }
            #expect(try scene.member.must("status").first["isWitnessed"]?.bool == true)
        }
    }

    @Test func `two witnesses by the socket come together on one checkpoint, however the record grows`() throws {
        let two = try Two()
        for round in 0..<3 {
            #expect(try two.cosign(two.folders[round % 2]) == (round > 0))
            #expect(try two.cosign(two.folders[(round + 1) % 2]) == true, "round \(round)")
        }
        // Whoever has cosigned waits for the other, and is offered nothing newer meanwhile.
        _ = try two.cosign(two.folders[0])
        let held = try Self.held(two.folders[0])
        _ = try two.cosign(two.folders[0])
        #expect(try Self.held(two.folders[0]) == held)
        #expect(try two.cosign(two.folders[1]) == true)
        #expect(try Self.held(two.folders[1]) == held)
        try two.expectTrusted()
        try two.scene.deployment.stop()
    }

    @Test func `two witnesses by file are asked for the same checkpoint, also over a restart`() throws {
        let two = try Two()
        let (scene, member) = (two.scene, two.scene.auditor)
        for _ in 0..<2 {
            for folder in two.folders {
                let isNew = !FileManager.default.fileExists(atPath: "\(folder).answer")
                let from = try isNew ? 0 : Self.held(folder).size
                try member.must("audit", "witness", "request", "--from", "\(from)", "--output", "\(folder).request")
                try scene.deployment.stop()
                try scene.deployment.start()
                try member.must("entry", "list", "Alder")
            }
            var enough: Bool?
            for folder in two.folders {
                let (request, answer) = ("\(folder).request", "\(folder).answer")
                let files = ["--request", request, "--output", answer, "--vkey", two.key]
                let cosigned = try DaemonProcess.run(
                    [try Programs.accord(), "audit", "witness", "cosign", "--folder", folder] + files
                )
                #expect(cosigned.status == 0, "\(cosigned.stderr)")
                enough = try member.must("audit", "witness", "submit", "--request", request, answer)
                    .first["isWitnessed"]?.bool
            }
            #expect(enough == true)
        }
        try two.expectTrusted()
        try scene.deployment.stop()
    }
}
