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
        try whole.renewSums()
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
}
