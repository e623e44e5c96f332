import Foundation
import StrictJSON
import TestSupport
import Testing

/// G4: a disclosure that could not be recorded does not happen, and a refusal is recorded with its rule.
@Suite(.serialized, .tags(.large, .g4), .needsPrograms, .alder)
struct G4NoSilentReadingTests {
    static let readings: [(words: [String], act: String)] = [
        (["case", "list"], "case.list"), (["case", "show", "Alder"], "case.read"),
        (["entry", "list", "Alder"], "entry.list"), (["entry", "show", "Alder", "E-1"], "entry.read"),
        (["dissemination", "list", "Alder"], "dissemination.list"), (["inbox"], "inbox"),
        (["watch", "--case", "Alder", "--once"], "watch"), (["audit", "access", "--case", "Alder"], "audit.access"),
        (["policy", "explain", "entry.read", "--case", "Alder", "--entry", "E-1"], "policy.explain"),
        (["audit", "export", "--case", "Alder", "--output", "OUTPUT"], "audit.export"),
    ]

    @Test(arguments: readings)
    func `every reading leaves its line, with who and why`(words: [String], act: String) throws {
        let deployment = try Deployment.shared
        let scratch = try ScratchFolder("bundle", open: true)
        let before = try deployment.end()
        try deployment.as("lead.fib").must(words.map { $0 == "OUTPUT" ? scratch.path("b.tar") : $0 })
        let lines = try deployment.record(after: before).filter { $0.member == "lead.fib" }
        #expect(!lines.isEmpty, "\(words) left nothing in the record")
        #expect(lines.allSatisfy { $0.kind == "access.read" || $0.kind == "access.exported" }, "\(lines)")
        #expect(lines.allSatisfy { $0.outcome == "accepted" && $0.agency == "FIB-MB" && !$0.purpose.isEmpty })
    }

    @Test func `the line of a reading is durable before the answer leaves`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        try deployment.start()
        let reader = try deployment.as("agent.mpd1").session()
        let other = try deployment.as("agent.hcs1").session()
        let shown = try reader.call("io.accord.Entry.Get", ["case": "Alder", "entry": "E-1"])
        let denied = try other.call("io.accord.Entry.Get", ["case": "Alder", "entry": "E-1"])
        try deployment.stop(SIGKILL)
        #expect(shown.text("parameters.entry.text") == Alder.wages)
        #expect(denied.text("error") == "io.accord.Entry.Refused")
        try deployment.start()
        let lines = try deployment.record()
        #expect(lines.contains { $0.kind == "access.read" && $0.member == "agent.mpd1" })
        #expect(lines.contains { $0.kind == "access.denied" && $0.member == "agent.hcs1" && $0.rule == "P01" })
        try deployment.stop()
    }

    @Test func `a refusal stands in the stream of the case, and oversight sees who was refused what`() throws {
        let deployment = try Deployment.shared
        let before = try deployment.end()
        #expect(try deployment.as("officer.fro").accord("case", "show", "Alder").code == "E-NOT-MEMBER")
        #expect(try deployment.as("officer.fro").accord("case", "show", "Nowhere").code == "E-NOT-MEMBER")
        let lines = try deployment.record(after: before).filter { $0.member == "officer.fro" }
        try #require(lines.count == 2)
        #expect(lines.allSatisfy { $0.outcome == "denied" && $0.rule == "P01" })
        let registry = String(repeating: "0", count: 32)
        #expect(lines[0].caseKey != registry && lines[1].caseKey == registry)
        let access = try deployment.as("auditor.rob").accord("audit", "access", "--case", "Alder")
        let seen = access.objects.compactMap { $0["access"]?.object }
        #expect(seen.contains { $0.text("member") == "officer.fro" && $0.text("outcome") == "denied" })
    }

    @Test func `an agency's liaison sees its own agency's readings and no other's`() throws {
        let deployment = try Deployment.shared
        try deployment.as("agent.mpd1").must("entry", "show", "Alder", "E-3")
        try deployment.as("agent.spo1").must("entry", "show", "Alder", "E-3")
        let access = try deployment.as("liaison.mpd").accord("audit", "access").objects.compactMap {
            $0["access"]?.object
        }
        #expect(access.contains { $0.text("member") == "agent.mpd1" })
        #expect(access.allSatisfy { $0.text("agency") == "MPD-VT" })
        let own = try deployment.as("agent.mpd1").accord("audit", "access").objects.compactMap { $0["access"]?.object }
        #expect(own.allSatisfy { $0.text("member") == "agent.mpd1" })
    }

    @Test(.needsRoot) func `when nothing can be recorded nothing is shown`() throws {
        let disk = try Disk(tmpfs: 11_264)
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), state: "\(disk.path)/state")
        try deployment.start()
        let filler = try deployment.as("agent.mpd1").session()
        let reader = try deployment.as("agent.spo1").session()
        let text = String(repeating: "x", count: 60_000)
        var reply: JSONObject = [:]
        repeat {
            reply = try filler.call("io.accord.Entry.Record", Writers.entry(text))
        } while reply["error"] == nil
        // Readings are small: the last room goes to them, and then there is none.
        var last: JSONObject = [:]
        for _ in 1...5_000 {
            last = try reader.call("io.accord.Entry.Get", ["case": "Alder", "entry": "E-1"])
            if last["error"] != nil { break }
        }
        #expect(last.text("error") == "io.accord.Entry.Unavailable", "\(last.members)")
        for method in ["io.accord.Case.Get", "io.accord.Entry.List", "io.accord.Case.List"] {
            reader.send(
                RawConnection.message(method, method == "io.accord.Case.List" ? [:] : ["case": "Alder"], more: true)
            )
            let answer = try #require(try reader.receiveObject())
            #expect(answer.text("error").hasSuffix("Unavailable"), "\(method) \(answer.members)")
        }
        #expect(deployment.status?.text("mode") == "readOnly")
        try deployment.stop()
    }
}
