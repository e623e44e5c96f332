import Foundation
import StrictJSON
import TestSupport
import Testing

/// G1: what was acknowledged survives the end of the process at any moment.
@Suite(.tags(.large, .g1), .needsPrograms)
struct G1DurableKillTests {
    @Test func `what was acknowledged before kill -9 is on the record exactly once`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        var generator = SplitMix64(seed: Seeds.fresh)
        var leaves = RecordLeaves()
        var acknowledged: [Writers.Acknowledged] = []
        var resent = 0
        try deployment.start()
        try leaves.read(deployment)
        let entriesBefore = leaves.entries
        for cycle in 1...Effort.count(200) {
            let writers = try Writers(["agent.fib1", "agent.mpd1", "agent.spo1", "inspector.lsd"], on: deployment)
            writers.wait(for: 10 + generator.below(120))
            #expect(try deployment.stop(SIGKILL) == -SIGKILL)
            writers.join()
            #expect(writers.refusals.isEmpty)
            acknowledged += writers.acknowledged

            try deployment.start()
            try leaves.read(deployment)
            #expect(leaves.missing(acknowledged).isEmpty, "cycle \(cycle)")
            // What was not answered is there whole or not at all: sent again it is there once.
            for entry in writers.unanswered {
                let session = try deployment.as(entry.member).session()
                let reply = try session.call("io.accord.Entry.Record", Writers.entry(entry.text, entry.request))
                #expect(reply.at("parameters.receipt.leaf")?.string != nil, "\(reply.members)")
                resent += 1
            }
        }
        try leaves.read(deployment)
        #expect(leaves.missing(acknowledged).isEmpty)
        #expect(leaves.entries - entriesBefore == acknowledged.count + resent)
        for entry in acknowledged.shuffled(using: &generator).prefix(20) {
            let shown = try deployment.as("lead.fib").accord("entry", "show", "Alder", entry.item)
            #expect(shown.first.text("entry.text") == entry.text)
        }
        let verdict = try deployment.as("auditor.rob").accord("audit", "verify")
        #expect(verdict.status == 0, "\(verdict)")
        #expect(try deployment.stop() == 0)
    }

    @Test func `after TERM everything that was asked is answered or undone, and the daemon ends with 0`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        try deployment.start()
        let writers = try Writers(["agent.fib1", "agent.mpd1", "agent.spo1"], on: deployment)
        writers.wait(for: 60)
        #expect(try deployment.stop(SIGTERM) == 0)
        writers.join()
        try deployment.start()
        var leaves = RecordLeaves()
        try leaves.read(deployment)
        #expect(leaves.missing(writers.acknowledged).isEmpty)
        #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
        #expect(try deployment.stop() == 0)
    }
}
