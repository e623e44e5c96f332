import Foundation
import StrictJSON
import TestSupport
import Testing

/// G1: the journal knows how long the record was, and has what the database may have lost.
///
/// SQLite drops its write-ahead log from the first damaged bit, and a shorter record is a perfect record (reliability.md
/// F4).
@Suite(.tags(.large, .g1), .needsPrograms)
struct G1DurableAnchorTests {
    @Test(arguments: ["record.db-wal", "journal", "acknowledged"])
    func `a flipped bit is never served as a shorter record in silence`(_ name: String) throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        try deployment.start()
        let writers = try Writers(["agent.fib1", "agent.mpd1"], on: deployment)
        writers.wait(for: 150)
        try deployment.stop(SIGKILL)
        writers.join()
        let file = "record/\(name)"
        let bytes = try [UInt8](Data(contentsOf: URL(filePath: "\(deployment.state)/\(file)")))
        // The journal is as long as it was made: what is behind its last word was never written.
        let length = try #require(bytes.lastIndex { $0 != 0 }) + 1

        var generator = SplitMix64(seed: Seeds.fresh)
        var refused = 0
        let flips = Effort.count(12)
        for number in 1...flips {
            let copy = try Deployment(copyOf: deployment)
            var damaged = bytes
            // Some of them at the end, which belongs to the last batch.
            let place = number <= 4 ? length - 1 - generator.below(min(4_096, length)) : generator.below(length)
            damaged[place] ^= 1 << UInt8(generator.below(8))
            try Data(damaged).write(to: URL(filePath: "\(copy.state)/\(file)"))
            do {
                try copy.start()
            } catch {
                refused += 1
                let process = try #require(copy.process)
                #expect(process.status == 78, "flip at \(place): \(error)")
                #expect(
                    process.errors.contains("were acknowledged") || process.errors.contains("The record"),
                    "\(error)"
                )
                continue
            }
            // Whatever was damaged, what is served is whole.
            var leaves = RecordLeaves()
            try leaves.read(copy)
            let missing = leaves.missing(writers.acknowledged).map(\.position)
            #expect(missing.isEmpty, "flip at \(place) of \(length)")
            try copy.stop(SIGKILL)
        }
        print("G1: \(refused) of \(flips) flips in \(name) refused at the start")
    }

    @Test func `without the database's own log a record is served whole or not at all`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        try deployment.start()
        let writers = try Writers(["agent.fib1", "agent.mpd1"], on: deployment)
        writers.wait(for: 150)
        try deployment.stop(SIGKILL)
        writers.join()
        // Nothing of the database's own log, so that all of it rests on the journal.
        for name in ["record.db-wal", "record.db-shm"] {
            try? FileManager.default.removeItem(atPath: "\(deployment.state)/record/\(name)")
        }
        do {
            try deployment.start()
            var leaves = RecordLeaves()
            try leaves.read(deployment)
            #expect(leaves.missing(writers.acknowledged).isEmpty)
        } catch {
            #expect(try #require(deployment.process).errors.contains("were acknowledged"), "\(error)")
        }
    }

    /// How many lines lie in the database, looked at in a copy.
    private func linesInDatabase(of deployment: Deployment) throws -> String {
        let script = """
            import sqlite3, sys
            print(sqlite3.connect(sys.argv[1]).execute("select count(*) from line").fetchone()[0])
            """
        let copy = try Deployment(copyOf: deployment)
        let counted = try DaemonProcess.run(["python3", "-c", script, "\(copy.state)/record/record.db"])
        #expect(counted.status == 0, "\(counted)")
        return counted.stdout
    }

    /// Whoever opens the record takes in what only the journal holds.
    @Test(arguments: [["check"], ["rebuild-views"], ["rotate-key"], []])
    func `what only the journal held when the daemon was killed is there for every command`(_ words: [String]) throws {
        // Nothing is signed meanwhile, for the database is brought up to what is signed.
        let deployment = try Deployment(
            copyOf: MeridianBay.preparedAlder(),
            settings: "record:\n  checkpoint-milliseconds: 3600000"
        )
        let before = try linesInDatabase(of: deployment)
        try deployment.start()
        let session = try deployment.as("agent.mpd1").session()
        let receipts = try (1...20).map { number in
            let reply = try session.call("io.accord.Entry.Record", Writers.entry("entry \(number)"))
            return try #require(reply.at("parameters.receipt")?.object)
        }
        try deployment.stop(SIGKILL)
        #expect(try linesInDatabase(of: deployment) == before)
        if !words.isEmpty {
            let done = try DaemonProcess.run(
                [try Programs.path("accordd")] + words + ["--config", deployment.folder.path("accord.yaml")],
                deadline: 120
            )
            #expect(done.status == 0, "\(done)")
        }
        try deployment.start()
        var record = RecordLeaves()
        try record.read(deployment)
        #expect(receipts.allSatisfy { record.counts[$0.text("leaf")] == 1 })
        let listed = try deployment.as("agent.mpd1").must("entry", "list", "Alder").objects
        #expect(listed.count >= receipts.count)
        #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
        #expect(try deployment.stop() == 0)
    }

    @Test func `without its journal, its signed head or its key a record is not served`() throws {
        for name in ["record/journal", "record/acknowledged", "record/signed-head", "log.key"] {
            let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
            try FileManager.default.removeItem(atPath: "\(deployment.state)/\(name)")
            let process = try deployment.launch()
            let status = try process.wait()
            #expect([74, 77, 78].contains(status), "\(name): \(status)")
            #expect(process.errors.contains("accordd:"), "\(name): \(process.errors)")
        }
    }

    @Test func `an older database beside a newer journal is not served`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let old = try Data(contentsOf: URL(filePath: "\(deployment.state)/record/record.db"))
        try deployment.start()
        try deployment.as("agent.mpd1").must("entry", "add", "Alder", "This must not be forgotten.")
        try deployment.stop()
        for name in ["record.db-wal", "record.db-shm"] {
            try? FileManager.default.removeItem(atPath: "\(deployment.state)/record/\(name)")
        }
        try old.write(to: URL(filePath: "\(deployment.state)/record/record.db"))
        let process = try deployment.launch()
        #expect(try process.wait() == 78)
        #expect(process.errors.contains("were acknowledged"), "\(process.errors)")
    }
}
