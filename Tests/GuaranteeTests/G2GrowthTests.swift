import Foundation
import StrictJSON
import TestSupport
import Testing

/// G2: whoever kept a checkpoint compares a case's bundle with it, whichever is older.
@Suite(.tags(.large, .g2), .needsPrograms)
struct G2GrowthTests {
    @Test func `a case's bundle is compared with what somebody kept before and after it`() throws {
        let outside = try ScratchFolder("growth")
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), settings: "")
        try deployment.start()
        let lead = deployment.as("lead.fib")
        let key = try lead.must("audit", "checkpoint").first.text("logKey")
        func keep(_ name: String) throws -> String {
            try outside.write(name, lead.must("audit", "checkpoint").first.text("note"))
        }
        let older = try keep("older")
        try deployment.as("agent.mpd1").must("entry", "add", "Alder", "Between the two.")
        let bundle = outside.path("alder.tar")
        try lead.must("audit", "export", "--case", "Alder", "--output", bundle)
        try deployment.as("agent.mpd1").must("entry", "add", "Alder", "After both.")
        let newer = try keep("newer")
        let folder = outside.path("alder")
        try run("mkdir", [folder], in: outside.path)
        try run("tar", ["-xf", bundle, "-C", folder], in: outside.path)
        func verify(_ known: String, _ growth: [String]) throws -> [Int32] {
            let words = ["--vkey", key, "--known", known] + growth.flatMap { ["--growth", $0] }
            let verify = [try Programs.accord(), "audit", "verify", "--offline", bundle]
            let program = try DaemonProcess.run(verify + words)
            let quoted = words.map { "'\($0)'" }.joined(separator: " ")
            let script = try DaemonProcess.run(["sh", "-c", "cd '\(folder)' && python3 -I verify.py \(quoted)"])
            return [program.status, script.status]
        }
        var proofs: [String] = []
        for kept in [older, newer] {
            #expect(try verify(kept, []) == [40, 40])
            let growth = kept + ".growth"
            try lead.must("audit", "growth", "--known", kept, "--bundle", bundle, "--output", growth)
            #expect(try verify(kept, [growth]) == [0, 0])
            proofs.append(growth)
        }
        #expect(try verify(older, [proofs[1]]) == [40, 40], "the proof of another checkpoint says nothing of this one")
        #expect(try verify(older, proofs) == [0, 0])

        // A proof in which one hash is another is none.
        var lines = String(decoding: try outside.read("older.growth"), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines[1] = Data(repeating: 7, count: 32).base64EncodedString()
        let wrong = try outside.write("wrong", Array(lines.joined(separator: "\n").utf8))
        #expect(try verify(older, [wrong]) == [20, 20])
        let noProof = try outside.write("none", Array("old 1\n".utf8))
        #expect(try verify(older, [noProof]) == [40, 40])
        try deployment.stop()
    }
}
