import Foundation
import TestSupport
import Testing

/// `accord watch --screen` at a real terminal: what its user sees, and how the terminal is left.
@Suite(.serialized, .tags(.large), .needsPrograms, .alder)
struct LiveScreenTests {
    private static func open(
        _ member: String,
        on deployment: Deployment,
        environment: [String: String] = [:],
        width: Int = 100,
        height: Int = 24
    ) throws -> PseudoTerminal {
        let person = deployment.as(member)
        let words = try [
            Programs.accord(), "watch", "--screen", "--socket", deployment.socket, "--key",
            deployment.privateKey(of: member),
        ]
        let standard = ["TERM": "xterm", "NO_COLOR": "", "XDG_STATE_HOME": person.by(.key).stateHome]
        return try PseudoTerminal(
            words,
            environment: standard.merging(environment) { $1 },
            width: width,
            height: height
        )
    }

    @Test func `what happens is on the screen, in a few hundred bytes, and q leaves the terminal as it was`() throws {
        let deployment = try Deployment.shared
        let terminal = try Self.open("lead.fib", on: deployment)
        try terminal.wait("the first page") { $0.shows("lead.fib (FIB-MB)  live") && $0.shows("Alder") }
        terminal.takeRest()
        let before = terminal.screen.byteCount
        try deployment.as("agent.mpd1").by(.key).must("entry", "add", "Alder", "Seen at the dock.", "--ack")
        try terminal.wait("the event") { $0.lines.last?.contains("recorded E-") ?? false }
        try terminal.wait("the inbox") { screen in screen.lines.contains { $0.contains("E-") && !$0.hasPrefix("q") } }
        terminal.takeRest()
        let sent = terminal.screen.byteCount - before
        #expect(sent > 0 && sent < 900, "\(sent) bytes")
        #expect(terminal.screen.unknown.isEmpty, "\(terminal.screen.unknown)")
        #expect(terminal.screen.isAlternate && !terminal.screen.isCursorShown)
        terminal.type("q")
        #expect(try terminal.end() == 0)
        #expect(terminal.isRestored && terminal.screen.isCursorShown && !terminal.screen.isAlternate)
    }

    @Test(arguments: [("interrupt", SIGINT, 130), ("terminate", SIGTERM, 143), ("hang up", SIGHUP, 129)])
    func `a signal leaves the terminal as it was`(_ name: String, _ signal: Int32, _ status: Int32) throws {
        let terminal = try Self.open("lead.fib", on: .shared)
        try terminal.wait("the first page") { $0.shows("live") }
        if signal == SIGINT { terminal.type("\u{3}") } else { kill(terminal.process, signal) }
        #expect(try terminal.end() == status)
        #expect(terminal.isRestored && terminal.screen.isCursorShown && !terminal.screen.isAlternate)
    }

    @Test func `it follows the size of its window`() throws {
        let terminal = try Self.open("lead.fib", on: .shared)
        try terminal.wait("the first page") { $0.shows("CASES") }
        terminal.resize(width: 40, height: 9)
        try terminal.wait("the smaller page") { $0.shows("q quits") && $0.lines[0].hasPrefix("Accord") }
        terminal.takeRest()
        #expect(terminal.screen.unknown.isEmpty, "\(terminal.screen.unknown)")
        terminal.type("q")
        #expect(try terminal.end() == 0)
    }

    @Test func `no colour is sent where none is wanted, and nothing but lines where the cursor cannot be placed`()
        throws
    {
        let plain = try Self.open("lead.fib", on: .shared, environment: ["NO_COLOR": "1"])
        try plain.wait("the first page") { $0.shows("live") }
        #expect(!plain.screen.hasStyle)
        plain.type("q")
        #expect(try plain.end() == 0)
        let dumb = try Self.open("lead.fib", on: .shared, environment: ["TERM": "dumb"])
        try dumb.wait("its lines") { $0.shows("live") }
        #expect(!dumb.screen.isAlternate && !dumb.screen.hasStyle && dumb.screen.isCursorShown)
    }

    @Test func `when the daemon dies the page stays and says that it is stale, and goes on when it is back`() throws {
        let deployment = try Deployment(copyOf: try MeridianBay.preparedAlder())
        try deployment.start()
        let terminal = try Self.open("lead.fib", on: deployment)
        try terminal.wait("the first page") { $0.shows("live") }
        try deployment.stop(SIGKILL)
        try terminal.wait("that it is stale") { $0.lines[0].contains("STALE since") && $0.shows("Alder") }
        try deployment.start()
        try terminal.wait("that it lives", deadline: 120) { $0.lines[0].hasSuffix("live") }
        try deployment.as("agent.mpd1").by(.key).must("entry", "add", "Alder", "Seen again.")
        try terminal.wait("the event") { $0.lines.last?.contains("recorded E-") ?? false }
        terminal.type("q")
        #expect(try terminal.end() == 0)
        #expect(terminal.isRestored)
        _ = try deployment.stop()
    }
}
