import Foundation
import StrictJSON
import TestSupport
import Testing

/// G3: nobody reads or writes what membership, agreement, role, purpose, handling and compartment do not all allow.
@Suite(.serialized, .tags(.large, .g3), .needsPrograms, .alder)
struct G3ClosedTests {
    /// Agencies that have no part in the case: another federal one, a civil one, one not party to its agreement.
    static let strangers = ["lead.hcs", "officer.fro", "counsel.fpo"]

    @Test(arguments: CaseVerb.all)
    func `a case that is not open to somebody answers like one that does not exist`(_ verb: CaseVerb) throws {
        let deployment = try Deployment.shared
        let number = try deployment.numberOfAlder()
        let scratch = try ScratchFolder("bundle", open: true)
        for stranger in Self.strangers {
            let person = deployment.as(stranger)
            func answer(_ name: String) throws -> Answer {
                try person.accord(verb.words(case: name).map { $0 == "OUTPUT" ? scratch.path("b.tar") : $0 })
            }
            let absent = try answer("TF-2031-000000")
            #expect(absent.code == "E-NOT-MEMBER", "\(absent)")
            #expect(absent.rule == "P01")
            for name in ["Alder", number, "Nowhere"] {
                let other = try answer(name)
                #expect(other.status == absent.status, "\(other)")
                #expect(other.output == absent.output, "\(other)")
            }
        }
    }

    @Test(arguments: CaseVerb.actingOnEntries + [CaseVerb("entry", "show", "CASE", "ENTRY")])
    func `an entry in a compartment that is not held answers like one that does not exist`(_ verb: CaseVerb) throws {
        let person = try Deployment.shared.as("inspector.lsd")
        let absent = try person.accord(verb.words(case: "Alder", entry: "E-99"))
        let hidden = try person.accord(verb.words(case: "Alder", entry: "E-2"))
        #expect(absent.code == "E-NOT-FOUND", "\(absent)")
        #expect(hidden.output == absent.output, "\(hidden)")
        #expect(hidden.status == absent.status)
    }

    @Test(arguments: strangers)
    func `lists, inbox, members and access show a stranger nothing of the case`(_ stranger: String) throws {
        let deployment = try Deployment.shared
        let person = deployment.as(stranger)
        let number = try deployment.numberOfAlder()
        let lists = [
            ["case", "list"], ["inbox"], ["member", "list"], ["agency", "list"], ["agreement", "list"],
            ["audit", "access"], ["whoami"], ["status"],
        ]
        for words in lists {
            let answer = try person.accord(words)
            #expect(answer.status == 0, "\(answer)")
            for word in Alder.secrets + ["Alder", number] {
                #expect(!String(decoding: answer.output, as: UTF8.self).contains(word), "\(word) in \(answer)")
            }
        }
        #expect(try person.accord("case", "list").objects.allSatisfy { ($0["case"] ?? .null) == .null })
        #expect(try person.accord("inbox").objects.allSatisfy { ($0["task"] ?? .null) == .null })
        let agency = try #require(MeridianBay.members.first { $0.name == stranger }?.agency)
        let members = try person.accord("member", "list").objects.compactMap { $0["member"]?.object }
        #expect(!members.isEmpty && members.allSatisfy { $0.text("agency") == agency })
        let access = try person.accord("audit", "access").objects.compactMap { $0["access"]?.object }
        #expect(access.allSatisfy { $0.text("member") == stranger })
    }

    @Test func `a watch of all cases brings a stranger nothing and a member the event`() throws {
        let deployment = try Deployment.shared
        let stranger = try deployment.as("officer.fro").session()
        let member = try deployment.as("agent.fib1").session()
        for session in [stranger, member] {
            session.send(RawConnection.message("io.accord.Feed.Watch", ["idleSeconds": 5], more: true))
            let live = try session.receiveObject()
            #expect(live?.text("parameters.kind") == "live")
        }
        try deployment.as("agent.mpd1").must("entry", "add", "Alder", "Watched.")
        let event = try #require(try member.receiveObject())
        #expect(event.text("parameters.event.kind") == "entry.recorded")
        #expect(event.text("parameters.event.agency") == "MPD-VT")
        #expect(!String(decoding: JSONValue.object(event).encoded, as: UTF8.self).contains("Watched."))
        // The next thing that a stranger hears is that there is nothing.
        let idle = try #require(try stranger.receiveObject())
        #expect(idle.text("parameters.kind") == "idle")
        #expect(idle.at("parameters.positions")?.array?.isEmpty ?? true)
    }

    @Test func `somebody who is not enrolled is told so, and only that`() throws {
        let deployment = try Deployment.shared
        let nobody = deployment.as("nobody.here")
        try deployment.makeKeys(["nobody.here"])
        for words in [
            ["case", "list"], ["case", "show", "Alder"], ["agency", "list"], ["inbox"], ["audit", "verify"],
        ] {
            for person in [nobody, nobody.by(.uid)] where Programs.isRoot || person.proof == .key {
                let answer = try person.accord(words)
                #expect(answer.code == "E-NOT-ENROLLED", "\(answer)")
            }
        }
        let stranger = try nobody.by(Programs.isRoot ? .uid : .key).accord("whoami")
        #expect(stranger.first["member"] == nil || stranger.first["member"] == .null)
    }

    @Test func `a revoked role, a revoked key and a disabled member end at the next command`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        try deployment.start()
        let agent = deployment.as("agent.mpd1")
        let session = try agent.session()
        try agent.must("entry", "show", "Alder", "E-1")

        let grant = try agent.must("whoami").first.at("grants")?.array?.first?.object?.text("id") ?? ""
        try deployment.as("liaison.mpd").must("member", "revoke", "agent.mpd1", grant, "--reason", "left the unit")
        #expect(try agent.accord("entry", "show", "Alder", "E-1").status == 77)
        // A live connection ends, or is refused: nothing more comes of it.
        let refused = try? session.call("io.accord.Entry.Get", ["case": "Alder", "entry": "E-1"])
        #expect(refused?.at("parameters.entry") == nil)

        let other = deployment.as("agent.spo1")
        let live = try other.session()
        try deployment.as("liaison.spo").must("member", "disable", "agent.spo1", "--reason", "left the service")
        let reply = try? live.call("io.accord.Entry.Get", ["case": "Alder", "entry": "E-3"])
        #expect(reply?.at("parameters.entry") == nil)
        #expect(try other.accord("entry", "show", "Alder", "E-3").status == 77)
        try deployment.stop()
    }

    @Test(
        arguments: [
            ("agent.hcs1", ["entry", "add", "Alder", "x", "--purpose", "CIV_IMM"], "E-NOT-MEMBER"),
            ("agent.mpd1", ["entry", "add", "Alder", "x", "--purpose", "CIV_IMM"], "E-PURPOSE"),
            ("agent.mpd1", ["entry", "show", "Alder", "E-1", "--purpose", "CIV_IMM"], "E-PURPOSE"),
            ("agent.mpd1", ["entry", "show", "Alder", "E-1", "--purpose", "CUSTODY_COORD"], "E-PURPOSE"),
            ("analyst.fib", ["entry", "add", "Alder", "x"], "E-ROLE"),
            ("agent.fib1", ["case", "close", "Alder", "--reason", "x"], "E-ROLE"),
            ("agent.fib1", ["case", "invite", "Alder", "SPS", "--mode", "information"], "E-ROLE"),
            ("liaison.mpd", ["entry", "show", "Alder", "E-1"], "E-NOT-FOUND"),
            ("inspector.lsd", ["entry", "add", "Alder", "x", "--compartment", "OPS"], "E-ROLE"),
            ("agent.mpd1", ["entry", "add", "Alder", "x", "--expect", "0"], "E-STALE"),
            ("agent.mpd1", ["entry", "add", "Alder", "(S//NF) Something.", "--kind", "report"], "E-CLASSIFIED"),
        ]
    )
    func `purpose, role, compartment and history must all allow`(
        member: String,
        words: [String],
        code: String
    ) throws {
        let answer = try Deployment.shared.as(member).accord(words)
        #expect(answer.code == code, "\(answer)")
    }
}
