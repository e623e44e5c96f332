import Foundation
import StrictJSON
import TestSupport
import Testing

/// G2: a member checks by himself, later, that what his receipt tells of is on the record still.
@Suite(.tags(.large, .g2), .needsPrograms)
struct G2ReceiptTests {
    @Test func `a receipt holds with the daemon and against a bundle, and an altered one with neither`() throws {
        let outside = try ScratchFolder("receipts")
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), settings: "")
        try deployment.start()
        let member = deployment.as("agent.mpd1")
        let receipt = try member.must("entry", "add", "Alder", "A word for the record.").first
        let kept = try outside.write("receipt", JSONValue.object(receipt).encoded)
        try member.must("entry", "add", "Alder", "And another.")
        let held = try member.accord("audit", "receipt", kept)
        #expect(held.status == 0, "\(held)")
        let key = try member.must("audit", "checkpoint").first.text("logKey")
        let bundle = outside.path("alder.tar")
        try deployment.as("lead.fib").must("audit", "export", "--case", "Alder", "--output", bundle)
        // Whoever has the bundle reads it; it is the lead's own file.
        func offline(_ file: String) throws -> Completed {
            try DaemonProcess.run([
                try Programs.accord(), "audit", "receipt", file, "--offline", bundle, "--vkey", key,
            ])
        }
        let found = try offline(kept)
        #expect(found.status == 0, "\(found)")
        let words = receipt["receipt"]?.object ?? [:]
        let altered: [(String, JSONValue)] = [
            ("recordedAt", .integer((words["recordedAt"]?.integer ?? 0) + 1_000)), ("item", "E-99"),
            ("item", .string((words["item"]?.string ?? "").replacing("E-", with: "P-"))), ("case", "TF-2026-000000"),
            ("position", .integer((words["position"]?.integer ?? 0) + 1)),
            ("leaf", .string(String(repeating: "0", count: 64))),
        ]
        for (name, value) in altered {
            var other = words
            other[name] = value
            let file = try outside.write("altered", JSONValue.object(other).encoded)
            let online = try member.accord("audit", "receipt", file)
            // What may not be known of another case is no more than a refusal.
            #expect(online.status == (name == "case" ? 77 : 30), "\(name): \(online)")
            let copy = try offline(file)
            #expect(copy.status == 30, "\(name): \(copy)")
        }
        try deployment.stop()
    }
}
