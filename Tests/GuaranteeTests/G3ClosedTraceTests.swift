import Foundation
import StrictJSON
import TestSupport
import Testing

/// G3 once more, where the answer is a trace of an earlier one: the list of one's own refusals, and an export.
@Suite(.serialized, .tags(.large, .g3), .needsPrograms, .alder)
struct G3ClosedTraceTests {
    @Test func `the list of one's own refusals does not tell a hidden entry from one that does not exist`() throws {
        let person = try Deployment.shared.as("inspector.lsd")
        _ = try person.accord("entry", "show", "Alder", "E-2")
        _ = try person.accord("entry", "show", "Alder", "E-99")
        let rows = try person.accord("audit", "access").objects.compactMap { $0["access"]?.object }
        func rule(_ item: String) -> String? {
            rows.last { $0["outcome"]?.string == "denied" && $0["item"]?.string == item }?["rule"]?.string
        }
        let denied = rows.filter { $0["outcome"]?.string == "denied" && $0["act"]?.string == "entry.read" }
        #expect(denied.count >= 2)
        #expect(Set(denied.compactMap { $0["rule"]?.string }) == ["P04"], "\(denied)")
        let seen = try Deployment.shared.as("auditor.rob").accord("audit", "access").objects
        #expect(seen.contains { $0["access"]?.object?["rule"]?.string == "P04C" })
    }

    @Test func `an export holds no question, reading or refusal of others`() throws {
        let deployment = try Deployment.shared
        let reason = "code word marigold"
        try deployment.as("agent.mpd1").must("dissemination", "request", "Alder", "E-2", "TCP-NAR", "--reason", reason)
        let scratch = try ScratchFolder("bundle", open: true)
        try deployment.as("lead.fib").must("audit", "export", "--case", "Alder", "--output", scratch.path("b.tar"))
        let bundle = String(decoding: try scratch.read("b.tar"), as: UTF8.self)
        #expect(bundle.contains("nightjar"))
        #expect(!bundle.contains("marigold"))
    }
}
