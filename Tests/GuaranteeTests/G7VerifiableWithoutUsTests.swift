import Foundation
import StrictJSON
import TestSupport
import Testing

/// G7: a bundle is checked by `sha256sum`, a script of Python's standard library, and `openssl`; none of it is ours.
@Suite(.serialized, .tags(.large, .g7), .needsPrograms, .needsTool("python3"), .alder)
struct G7VerifiableWithoutUsTests {
    private func bundle(_ member: String, case name: String? = nil) throws -> RecordCopy {
        try RecordCopy(exportedBy: Deployment.shared.as(member), case: name)
    }

    /// A shell in the bundle with nothing of ours in reach.
    private func shell(_ script: String, in copy: RecordCopy) throws -> Completed {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try DaemonProcess.run(["env", "-i", "PATH=\(path)", "bash", "-c", "cd '\(copy.path)' && \(script)"])
    }

    @Test(arguments: [("auditor.rob", nil), ("lead.fib", "Alder")] as [(String, String?)])
    func `sha256sum and the script agree with an untouched bundle`(member: String, name: String?) throws {
        let copy = try bundle(member, case: name)
        let sums = try shell("sha256sum -c SHA256SUMS", in: copy)
        #expect(sums.status == 0, "\(sums.stdout)\(sums.stderr)")
        let listed = try shell("cut -c67- SHA256SUMS | sort", in: copy).stdout.split(separator: "\n").map(String.init)
        #expect(try listed == copy.names().filter { !$0.hasPrefix("SHA256SUMS") }.sorted())
        let script = try shell("python3 -I verify.py", in: copy)
        #expect([0, 10].contains(script.status), "\(script.stdout)\(script.stderr)")
        let short = try shell("python3 -I check.py", in: copy)
        #expect(short.status == 0, "\(short.stdout)\(short.stderr)")
    }

    @Test(arguments: [("auditor.rob", nil), ("lead.fib", "Alder")] as [(String, String?)])
    func `the line that the README tells an oversight officer to type checks a bundle`(
        member: String,
        name: String?
    ) throws {
        let readme = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md")
        let text = String(decoding: try Data(contentsOf: readme), as: UTF8.self)
        let lines = text.split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("mkdir record && tar -xf record.tar") })
        let folder = try ScratchFolder("readme")
        let words = ["audit", "export", "--output", folder.path("record.tar")] + (name.map { ["--case", $0] } ?? [])
        try Deployment.shared.as(member).by(.key).must(words)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let done = try DaemonProcess.run(["env", "-i", "PATH=\(path)", "bash", "-c", "cd '\(folder.path)' && \(line)"])
        #expect(done.status == 0, "\(done.stdout)\(done.stderr)")
        #expect(done.stdout.contains(name == nil ? "a whole record" : "one case"), "\(done.stdout)")
        #expect(done.stdout.contains("trust not established"), "\(done.stdout)")
    }

    @Test func `the links are the leaf hashes that coreutils compute`() throws {
        let copy = try bundle("auditor.rob")
        let count = try copy.lines().count
        for number in [1, 2, count / 2, count - 1] {
            let hash = try shell("{ printf '\\0'; sed -n \(number)p \(RecordCopy.linesName); } | sha256sum", in: copy)
            let next = try #require(RecordedLine(try copy.lines()[number]))
            #expect(String(hash.stdout.prefix(64)) == next.object.text("prev"))
        }
    }

    @Test func `a part is a file whose digest its line lists`() throws {
        let copy = try bundle("lead.fib", case: "Alder")
        let parts = try copy.names().filter { $0.hasPrefix("parts/") }
        #expect(!parts.isEmpty)
        let lines = try copy.lines().joined(separator: "\n")
        for part in parts {
            let digest = try shell("sha256sum '\(part)'", in: copy).stdout.prefix(64)
            #expect(part == "parts/\(digest).json")
            #expect(lines.contains("\"\(digest)\""))
        }
        // What its reader may see is there to be read.
        let texts = try parts.map { String(decoding: try copy.read($0), as: UTF8.self) }.joined()
        #expect(texts.contains("nightjar"))
    }

    @Test(.needsTool("openssl")) func `openssl verifies the checkpoint with the log's key`() throws {
        let copy = try bundle("auditor.rob")
        let vkey = try Deployment.shared.as("auditor.rob").must("audit", "checkpoint").first.text("logKey")
        let key = try #require(
            vkey.split(separator: "+", maxSplits: 2).last.flatMap { Data(base64Encoded: String($0)) }
        )
        // SubjectPublicKeyInfo of Ed25519 (RFC 8410), from the key without its first byte, which names the kind.
        let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
        try copy.write("key.der", prefix + key.dropFirst())
        let note = try copy.checkpoint
        let end = try #require(note.range(of: "\n\n"))
        try copy.write("text", Array((note[..<end.lowerBound] + "\n").utf8))
        let line = try #require(note[end.upperBound...].split(separator: " ").last)
        let signature = try #require(Data(base64Encoded: line.trimmingCharacters(in: .newlines)))
        try copy.write("sig", [UInt8](signature.suffix(64)))
        let verify = "openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile sig"
        let good = try shell(verify, in: copy)
        #expect(good.status == 0, "\(good.stdout)\(good.stderr)")
        let bad = try shell("echo >> text; \(verify)", in: copy)
        #expect(bad.status != 0)
    }

    @Test func `the bundle of the whole record holds no content`() throws {
        let copy = try bundle("auditor.rob")
        for name in try copy.names() {
            let text = String(decoding: try copy.read(name), as: UTF8.self)
            for word in Alder.secrets { #expect(!text.contains(word), "\(word) in \(name)") }
        }
    }

    @Test func `the same record gives the same files, and what the bundle says of itself is short`() throws {
        let copy = try bundle("lead.fib", case: "Alder")
        let readme = String(decoding: try copy.read("README.txt"), as: UTF8.self)
        #expect(readme.contains("verify.py") && readme.contains("sha256sum"))
        let script = String(decoding: try copy.read("check.py"), as: UTF8.self)
        #expect(script.split(separator: "\n", omittingEmptySubsequences: false).count <= 61)
        let imports = try shell("grep -hE '^(import|from) ' verify.py check.py", in: copy).stdout
        #expect(!imports.isEmpty)
    }
}
