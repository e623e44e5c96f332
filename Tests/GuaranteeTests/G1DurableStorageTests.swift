import Foundation
import StrictJSON
import TestSupport
import Testing

/// G1: what happens when the disk is full, read-only, or files may not grow.
@Suite(.tags(.large, .g1), .needsPrograms, .needsRoot)
struct G1DurableStorageTests {
    /// Records long entries until one is not acknowledged.
    ///
    /// - Returns: The acknowledged leaves, and the answer that ended it.
    private func fill(_ deployment: Deployment) throws -> (leaves: [String], last: JSONObject) {
        let session = try deployment.as("agent.mpd1").session()
        var leaves: [String] = []
        while leaves.count < 2_000 {
            let text = String(repeating: "x", count: 60_000)
            let reply = try session.call("io.accord.Entry.Record", Writers.entry(text))
            guard let leaf = reply.at("parameters.receipt.leaf")?.string else { return (leaves, reply) }
            leaves.append(leaf)
        }
        return (leaves, [:])
    }

    private func expectAll(_ leaves: [String], in deployment: Deployment) throws {
        var record = RecordLeaves()
        try record.read(deployment)
        #expect(leaves.allSatisfy { record.counts[$0] == 1 })
        #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
    }

    @Test func `a full disk refuses acts and readings, loses nothing, and ends by itself when there is room`() throws {
        let disk = try Disk(tmpfs: 14_336)
        let ballast = "\(disk.path)/ballast"
        try Data(count: 2 << 20).write(to: URL(filePath: ballast))
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), state: "\(disk.path)/state")
        try deployment.start()
        let (leaves, refusal) = try fill(deployment)
        #expect(!leaves.isEmpty)
        #expect(refusal.text("error") == "io.accord.Entry.Unavailable", "\(refusal.members)")
        #expect(refusal.text("parameters.reason") == "diskFull")

        // A disclosure that cannot be recorded does not happen; health is still told.
        let reading = try deployment.as("lead.fib").accord("entry", "show", "Alder", "E-1")
        #expect(reading.code == "UNAVAILABLE")
        #expect(!String(decoding: reading.output, as: UTF8.self).contains("quicksilver"))
        let status = try #require(deployment.status)
        #expect(status.text("mode") == "readOnly")
        #expect(status["warnings"]?.array?.isEmpty == false)

        try FileManager.default.removeItem(atPath: ballast)
        try deployment.wait(forMode: "running")
        try deployment.as("agent.mpd1").must("entry", "add", "Alder", "There is room again.")
        let again = try deployment.as("lead.fib").must("entry", "show", "Alder", "E-1")
        #expect(again.first.text("entry.text") == Alder.wages)
        try expectAll(leaves, in: deployment)
        #expect(try deployment.stop() == 0)
    }

    /// A full disk may strike at any write: of the record, of its index, of a signed head, of the views.
    ///
    /// None of them is an error of the disk.
    @Test func `however little room is left, an act is recorded or refused, and service goes on`() throws {
        let disk = try Disk(tmpfs: 24_576)
        let deployment = try Deployment(
            copyOf: MeridianBay.preparedAlder(),
            state: "\(disk.path)/state",
            settings: "record:\n  checkpoint-milliseconds: 20"
        )
        try deployment.start()
        let agent = try deployment.as("agent.mpd1").session()
        var leaves: [String] = []
        var items: Set<String> = []
        func record(_ text: String) throws -> JSONObject {
            let reply = try agent.call("io.accord.Entry.Record", Writers.entry(text))
            if let receipt = reply.at("parameters.receipt")?.object {
                leaves.append(receipt.text("leaf"))
                items.insert(receipt.text("item"))
            }
            return reply
        }
        for pages in 0...30 {
            let filling = try disk.fill(sparing: pages)
            var reply: JSONObject = [:]
            // The journal has room for more acts than wait at most for the database, which needs new room.
            for number in 1...5_000 where reply["error"] == nil { reply = try record("Page \(pages), act \(number).") }
            #expect(reply.text("error") == "io.accord.Entry.Unavailable", "\(pages) pages: \(reply.members)")
            #expect(reply.text("parameters.reason") == "diskFull", "\(pages) pages: \(reply.members)")
            try FileManager.default.removeItem(atPath: filling)
            try deployment.wait(forMode: "running")
            let after = try record("There is room again.")
            #expect(after["error"] == nil, "\(pages) pages: \(after.members)")
        }
        // Lists are made by the views, which met the full disk, too.
        let listed = try deployment.as("agent.mpd1").must("entry", "list", "Alder").objects.map { $0.text("entry.id") }
        #expect(items.isSubset(of: listed), "\(items.subtracting(listed).sorted())")
        #expect(Set(listed).count == listed.count)
        try expectAll(leaves, in: deployment)
        #expect(try deployment.stop() == 0)
        try deployment.start()
        try expectAll(leaves, in: deployment)
        #expect(try deployment.stop() == 0)
    }

    @Test func `a limit on the size of files ends acknowledgements and not the daemon`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let sizes = try ["record.db", "record.db-wal"].map { name in
            try FileManager.default.attributesOfItem(atPath: "\(deployment.state)/record/\(name)")[.size] as? Int ?? 0
        }
        let limit = (sizes.max() ?? 0) + 600_000
        try deployment.start(under: ["prlimit", "--fsize=\(limit)"])
        let (leaves, refusal) = try fill(deployment)
        #expect(refusal.text("error") == "io.accord.Entry.Unavailable", "\(refusal.members)")
        #expect(["diskFull", "failed"].contains(refusal.text("parameters.reason")))
        #expect(deployment.status != nil)
        #expect(try deployment.stop() == 0)
        try deployment.start()
        try expectAll(leaves, in: deployment)
        #expect(try deployment.stop() == 0)
    }

    @Test func `a read-only folder is refused at the start with a message, and nothing is changed`() throws {
        let disk = try Disk(tmpfs: 16_384)
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), state: "\(disk.path)/state")
        try disk.remount(readOnly: true)
        let process = try deployment.launch()
        #expect(try process.wait() == 74, "\(process.errors)")
        #expect(process.errors.contains("accordd:"))
        try disk.remount(readOnly: false)
        try deployment.start()
        #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
        #expect(try deployment.stop() == 0)
    }
}
