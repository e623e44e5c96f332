import Foundation
import StrictJSON
import TestSupport
import Testing

/// G1: whatever call of the way to the disk fails, once or from then on, nothing is acknowledged that does not last
/// (reliability.md 2.1 C and D).
@Suite(.tags(.large, .g1), .needsPrograms, .needsTool("strace"))
struct G1DurableFaultTests {
    /// A call that fails for a file of the record.
    struct Failing: CustomTestStringConvertible, Sendable {
        let file: String
        let call: String
        let error: String
        let isForEver: Bool
        /// What is recorded: the database's file is written to only after some 16 MB.
        var entries = 30
        var textBytes = 20

        var testDescription: String { "\(call) of \(file): \(error) \(isForEver ? "from then on" : "once")" }

        /// Words that let the call fail the so-manieth time that a thread makes it.
        func wrapper(_ number: Int, in record: String) -> [String] {
            [
                "strace", "-f", "-qq", "-o", "/dev/null", "-P", "\(record)/\(file)", "-e", "trace=\(call)", "-e",
                "inject=\(call):error=\(error):when=\(number)\(isForEver ? "+" : "")",
            ]
        }
    }

    /// One of each kind: that it holds for every call is tried on the record alone, which is quicker (RecordStoreTests).
    static let failings = [
        Failing(file: "journal", call: "pwrite64", error: "EIO", isForEver: false),
        Failing(file: "journal", call: "pwrite64", error: "ENOSPC", isForEver: true),
        Failing(file: "acknowledged", call: "pwrite64", error: "EIO", isForEver: false),
        Failing(file: "record.db-wal", call: "pwrite64", error: "ENOSPC", isForEver: false),
        Failing(file: "record.db-wal", call: "fdatasync", error: "EIO", isForEver: false),
        Failing(file: "record.db", call: "pwrite64", error: "EIO", isForEver: true, entries: 400, textBytes: 60_000),
    ]

    @Test(arguments: failings)
    func `an error of the disk is an error to the caller, and what was acknowledged lasts`(_ failing: Failing) throws {
        var met = 0
        let calls = Effort.count(2)
        for number in 1...calls {
            let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
            let wrapper = failing.wrapper(number, in: "\(deployment.state)/record")
            guard (try? deployment.start(under: wrapper)) != nil else {
                // Refused at the start, or serving without writing: nothing was acknowledged.
                met += 1
                try end(deployment)
                try expect([], in: deployment)
                continue
            }
            // Nobody is let in where that cannot be recorded.
            let session = try? deployment.as("agent.mpd1").session()
            let (leaves, refusal) = try session.map { try write(failing, over: $0) } ?? ([], nil)
            if session == nil { met += 1 }
            if let session, let refusal {
                met += 1
                #expect(refusal.text("error") == "io.accord.Entry.Unavailable", "\(refusal.members)")
                // What fails for good stays so until somebody has looked; a disk that was full for once goes on.
                if failing.error == "EIO" {
                    #expect(deployment.status?.text("mode") == "readOnly")
                    #expect(try write(failing, over: session).leaves.isEmpty)
                }
            }
            try end(deployment)
            try expect(leaves, in: deployment)
        }
        #expect(met > 0)
        print("G1: \(failing.testDescription): met in \(met) of \(calls) places")
    }

    /// Records entries until one is refused.
    private func write(
        _ failing: Failing,
        over session: RawConnection
    ) throws -> (leaves: [String], refusal: JSONObject?) {
        var leaves: [String] = []
        let text = String(repeating: "x", count: failing.textBytes)
        for _ in 1...failing.entries {
            let reply = try session.call("io.accord.Entry.Record", Writers.entry(text))
            guard let leaf = reply.at("parameters.receipt.leaf")?.string else { return (leaves, reply) }
            leaves.append(leaf)
        }
        return (leaves, nil)
    }

    /// Kills the daemon itself, and with it who traces it.
    private func end(_ deployment: Deployment) throws {
        guard let process = deployment.process, process.status == nil else { return }
        if let pid = deployment.status?["pid"]?.integer { kill(Int32(clamping: pid), SIGKILL) }
        try process.wait()
    }

    private func expect(_ leaves: [String], in deployment: Deployment) throws {
        try deployment.start()
        var record = RecordLeaves()
        try record.read(deployment)
        #expect(leaves.allSatisfy { record.counts[$0] == 1 })
        #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
        #expect(try deployment.stop() == 0)
    }
}
