import Foundation
import StrictJSON
import TestSupport
import Testing

/// G8: administrators see no content, oversight writes nothing in cases, nobody approves their own act.
@Suite(.serialized, .tags(.large, .g8), .needsPrograms, .alder)
struct G8SeparatedDutiesTests {
    @Test(arguments: CaseVerb.all)
    func `an administrator neither reads nor acts in a case`(_ verb: CaseVerb) throws {
        let scratch = try ScratchFolder("bundle", open: true)
        let deployment = try Deployment.shared
        let before = try deployment.end()
        let words = verb.words(case: "Alder").map { $0 == "OUTPUT" ? scratch.path("b.tar") : $0 }
        let answer = try deployment.as("admin.ops").accord(words)
        #expect(answer.code == "E-ROLE", "\(answer)")
        let text = String(decoding: answer.output, as: UTF8.self) + answer.errors
        for word in Alder.secrets { #expect(!text.contains(word), "\(answer)") }
        #expect(try scratch.names().isEmpty)
        let lines = try deployment.record(after: before).filter { $0.member == "admin.ops" }
        #expect(lines.map(\.kind) == ["access.denied"], "\(lines)")
    }

    @Test(arguments: CaseVerb.acting + CaseVerb.actingOnEntries)
    func `oversight writes nothing in a case`(_ verb: CaseVerb) throws {
        let deployment = try Deployment.shared
        let position = try deployment.as("lead.fib").must("case", "show", "Alder").first.at("case.position")
        let answer = try deployment.as("auditor.rob").accord(verb.words(case: "Alder"))
        #expect(answer.status == 77, "\(answer)")
        #expect(try deployment.as("lead.fib").must("case", "show", "Alder").first.at("case.position") == position)
    }

    @Test(arguments: CaseVerb.reading)
    func `oversight sees that there is something and not what`(_ verb: CaseVerb) throws {
        let scratch = try ScratchFolder("bundle", open: true)
        let words = verb.words(case: "Alder").map { $0 == "OUTPUT" ? scratch.path("b.tar") : $0 }
        let answer = try Deployment.shared.as("auditor.rob").accord(words)
        var text = String(decoding: answer.output, as: UTF8.self)
        if let bundle = try? scratch.read("b.tar") { text += String(decoding: bundle, as: UTF8.self) }
        for word in Alder.secrets { #expect(!text.contains(word), "\(word) in \(answer)") }
    }

    @Test(
        arguments: [
            // Nobody gives himself a role, and administration excludes every other.
            ("admin.ops", ["member", "grant", "admin.ops", "lead", "--until", "30d"], "E-SOD"),
            ("admin.ops", ["member", "grant", "admin.ops", "administrator", "--until", "30d"], "E-SOD"),
            ("liaison.mpd", ["member", "grant", "liaison.mpd", "contributor", "--until", "30d"], "E-SOD"),
            ("admin.ops", ["member", "grant", "auditor.rob", "contributor", "--until", "30d"], "E-SOD"),
            ("admin.ops", ["member", "grant", "agent.mpd1", "oversight", "--until", "30d"], "E-SOD"),
            ("admin.ops", ["member", "grant", "agent.mpd1", "administrator", "--until", "30d"], "E-SOD"),
            // A role ends, and not too late.
            ("liaison.mpd", ["member", "grant", "agent.mpd1", "analyst"], "E-EXPIRY"),
            ("liaison.mpd", ["member", "grant", "agent.mpd1", "analyst", "--until", "401d"], "E-EXPIRY"),
            // A liaison is one for his own agency, and the registry is the administrator's.
            ("liaison.mpd", ["member", "grant", "agent.spo1", "analyst", "--until", "30d"], "E-INVALID"),
            ("liaison.mpd", ["member", "grant", "agent.mpd1", "oversight", "--until", "30d"], "E-ROLE"),
            ("liaison.mpd", ["member", "grant", "liaison.mpd", "liaison", "--until", "30d"], "E-SOD"),
            ("admin.ops", ["member", "grant", "agent.mpd1", "liaison", "--until", "30d"], "E-SOD"),
            ("lead.fib", ["agreement", "terminate", "MOU-31-01", "--reason", "r"], "E-ROLE"),
            ("lead.fib", ["member", "disable", "agent.fib1", "--reason", "r"], "E-ROLE"),
            ("agent.mpd1", ["audit", "verify"], "E-ROLE"), ("lead.fib", ["audit", "lines"], "E-ROLE"),
            ("admin.ops", ["audit", "lines"], "E-ROLE"),
            ("admin.ops", ["member", "disable", "admin.ops", "--reason", "r"], "E-SOD"),
        ]
    )
    func `duties that exclude each other stay apart`(member: String, words: [String], code: String) throws {
        let answer = try Deployment.shared.as(member).accord(words)
        #expect(answer.code == code, "\(answer)")
    }

    @Test(arguments: ["lead.fib", "agent.mpd1", "liaison.mpd", "counsel.dao", "auditor.rob"])
    func `an administrator adds no key of his own to another, and reads nothing with it`(name: String) throws {
        let deployment = try Deployment.shared
        let owner = "key-for-\(name)"
        try deployment.makeKeys([owner])
        let before = try deployment.end()
        let answer = try deployment.as("admin.ops").accord("member", "add-key", name, deployment.publicKey(of: owner))
        #expect(answer.code == "E-SOD", "\(answer)")
        #expect(answer.rule == "P08A", "\(answer)")
        let lines = try deployment.record(after: before).filter { $0.member == "admin.ops" }
        #expect(lines.map(\.kind) == ["access.denied"], "\(lines)")
        let reading = try deployment.as(owner).by(.key).accord("entry", "show", "Alder", "E-1")
        #expect(reading.status != 0, "\(reading)")
        for word in Alder.secrets { #expect(!String(decoding: reading.output, as: UTF8.self).contains(word)) }
    }

    @Test func `an administrator names no invented liaison beside the one there is`() throws {
        let deployment = try Deployment.shared
        let invented = "invented.mpd"
        try deployment.makeKeys([invented])
        let admin = deployment.as("admin.ops")
        let key = deployment.publicKey(of: invented)
        try admin.must("member", "enrol", invented, "--agency", "MPD-VT", "--public-key", key)
        let grant = ["member", "grant", invented, "liaison", "--until", "30d"]
        #expect(try admin.accord(grant).rule == "P08A")
        #expect(try deployment.as(invented).by(.key).accord("case", "show", "Alder").code == "E-NOT-MEMBER")
        #expect(try deployment.as(invented).by(.key).accord("case", "assign", "Alder", invented).code == "E-NOT-MEMBER")
    }

    @Test func `nobody approves what they proposed, asked for or requested themselves`() throws {
        let deployment = try Deployment.shared
        let lead = deployment.as("lead.fib")
        try lead.propose("Cedar")
        #expect(try lead.accord("case", "approve", "Cedar").code == "E-SOD")
        // The inspector is contributor and liaison of the originating agency: he may not answer his own request.
        let inspector = deployment.as("inspector.lsd")
        let request = try inspector.must(
            "dissemination",
            "request",
            "Alder",
            "E-1",
            "TCP-NAR",
            "--reason",
            "r",
            "--purpose",
            "OFFICER_SAFETY"
        )
        let item = try #require(request.item)
        #expect(try inspector.accord("dissemination", "grant", "Alder", item).code == "E-SOD")
    }
}
