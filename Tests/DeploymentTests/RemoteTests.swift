import Foundation
import StrictJSON
import TestSupport
import Testing

/// Members of agencies elsewhere come in through a real sshd, and have nothing on the host but the members' socket.
@Suite(
    "Members from elsewhere, through sshd",
    .tags(.large),
    .needsRoot,
    .needsPrograms,
    .needsTool("systemd-nspawn"),
    .needsTool("sshd"),
    .serialized,
    .bootedHostWithAlder
)
struct RemoteTests {
    private let host: BootedHost

    init() throws { host = try BootedHost.shared }

    @Test func `who comes in is the member whose account it is`() throws {
        let who = try host.remotely("whoami")
        #expect(who.status == 0, "\(who)")
        #expect(who.first.text("member") == "agent.mpd1")
        #expect(who.first.text("by") == "uid:\(try MeridianBay.preparedAlder().uid(of: "agent.mpd1"))")
        let added = try host.remotely("entry", "add", "Alder", "Seen from afar.")
        #expect(added.status == 0, "\(added)")
        let shown = try host.remotely("entry", "show", "Alder", added.item ?? "")
        #expect(shown.first.at("entry.author")?.string == "agent.mpd1", "\(shown)")
        // The record was compared with what this member saw before, here as anywhere.
        #expect(!shown.errors.contains("not compared"))
    }

    @Test func `another host is not taken for an option, and a login that fails says so`() throws {
        for url in ["ssh://-oProxyCommand=x", "ssh://a@-b", "ssh://", "http://h", "ssh://h/path", "ssh://h x"] {
            #expect(try host.run("accord", "whoami", "--host=\(url)").status == 65, "\(url)")
        }
        let failed = try host.run(
            "runuser",
            "-u",
            BootedHost.home,
            "--",
            "accord",
            "whoami",
            "--host",
            "ssh://outsider@127.0.0.1"
        )
        #expect(failed.status == 75, "\(failed.stderr)")
        #expect(failed.stderr.contains("Permission denied"), "what ssh says is seen")
    }

    @Test(arguments: ["", "id", "'sh -c id'", "'accord bridge --socket /etc/passwd'"])
    func `whatever is asked for, the bridge is what runs`(command: String) throws {
        let call = "{\"method\":\"org.varlink.service.GetInfo\"}"
        let answer = try ssh("printf '%s\\0' '\(call)' | ssh -T \(Self.account) \(command)")
        let reply = try JSONValue(parsing: answer.output.filter { $0 != 0 }, limits: .fixture).object
        #expect(reply?.at("parameters.product")?.string == "accordd", "\(answer.stderr)")
    }

    @Test func `there is no terminal, no copying of files, no forwarding, and no shell on the host either`() throws {
        #expect(try ssh("ssh -tt \(Self.account) </dev/null").stderr.contains("PTY allocation request failed"))
        #expect(try ssh("ssh -W 127.0.0.1:22 \(Self.account) </dev/null").stderr.contains("prohibited"))
        let forwarding = "-o ExitOnForwardFailure=yes -R 2222:127.0.0.1:22"
        #expect(try ssh("ssh \(forwarding) \(Self.account) </dev/null").stderr.contains("forwarding failed"))
        #expect(try ssh("scp /etc/hostname \(Self.account):/tmp/copied").status != 0)
        #expect(try host.run("test", "-e", "/tmp/copied").status != 0)
        #expect(try host.run("su", BootedHost.account, "-c", "id").stdout == "")
    }

    private static let account = "\(BootedHost.account)@127.0.0.1"

    /// Runs a line of a shell at the member's home.
    private func ssh(_ line: String) throws -> Completed {
        try host.run("runuser", "-u", BootedHost.home, "--", "sh", "-c", line)
    }

    @Test func `a watch whose line dropped goes on without gap and without repetition`() throws {
        let watch = try host.start(
            as: BootedHost.home,
            "accord",
            "watch",
            "--case",
            "Alder",
            "--json",
            "--host",
            BootedHost.url,
            name: "watch"
        )
        defer { watch.send(SIGTERM) }
        func positions() -> [Int64] {
            watch.output.split(separator: "\n").compactMap {
                (try? JSONValue(parsing: Array($0.utf8), limits: .fixture))?.object?.at("event.position")?.integer
            }
        }
        func lives() -> Int { watch.output.split(separator: "\n").count { $0.contains("\"live\"") } }
        try host.wait(until: "the watch is live") { lives() == 1 }
        let before = positions().count
        try host.addLocally("Before the line dropped.")
        try host.wait(until: "an entry while the line holds") { positions().count == before + 1 }

        for pid in try host.must("pgrep", "-u", BootedHost.account).split(separator: "\n") {
            _ = try host.run("kill", "-KILL", String(pid))
        }
        try host.addLocally("While there is no line.")
        try host.addLocally("And another.")
        try host.wait(until: "both entries") { positions().count >= before + 3 }
        try host.addLocally("When there is a line again.")
        try host.wait(until: "what is new") { positions().count >= before + 4 }
        #expect(lives() == 2)
        let all = try host.remotely("watch", "--case", "Alder", "--once").objects.compactMap {
            $0.at("event.position")?.integer
        }
        #expect(positions() == all)
    }
}
