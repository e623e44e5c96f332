import Foundation
import StrictJSON
import TestSupport
import Testing

/// The units of `Deploy/systemd`, booted: who gets in, what the daemon may do, and how it comes back (reliability.md 5 and 6.3).
@Suite(
    "The units, on a booted host",
    .tags(.large),
    .needsRoot,
    .needsPrograms,
    .needsTool("systemd-nspawn"),
    .serialized,
    .bootedHost
)
struct UnitTests {
    private let host: BootedHost

    /// So many starts in a row are none of a service's life; a sixth within five minutes would be refused.
    init() throws {
        host = try BootedHost.shared
        try host.must("systemctl", "reset-failed", "accordd.service", "accordd.socket")
    }

    private func daemon() throws -> String { try host.property("MainPID") }

    @Test func `the service is exposed no more than 0.6, and the units are sound`() throws {
        let unit = "/usr/lib/systemd/system/accordd.service"
        try host.must("systemd-analyze", "security", "--offline=true", "--threshold=6", "--no-pager", unit)
        #expect(try host.must("systemd-analyze", "verify", "--man=no", unit) == "")
    }

    @Test func `the socket lets in whoever is in its group, and nobody else`() throws {
        let who = try host.must(as: "admin-ops", "accord", "whoami", "--json")
        #expect(try JSONValue(parsing: Array(who.utf8), limits: .fixture).object?.text("member") == "admin.ops")
        let outsider = try host.run(as: "outsider", "accord", "whoami")
        #expect(outsider.status == 77, "\(outsider.stderr)")
        #expect(outsider.stderr.contains("SOCKET-NOT-PERMITTED"))
        // Root passes every mode, and is no member for it.
        let root = try host.run("accord", "case", "list", "--json")
        #expect(root.status == 77 && root.stdout.contains("\"V02\""), "\(root.stdout)")
    }

    @Test func `the daemon has a user of its own, no capability, a filter, and shows its memory to nobody`() throws {
        let pid = try daemon()
        let status = try host.must("cat", "/proc/\(pid)/status").split(separator: "\n")
            .map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
        func value(_ name: String) -> String? { status.first { $0[0] == "\(name):" }?[1] }
        #expect(value("Uid") == (try host.must("id", "-u", "accord")))
        for name in ["CapEff", "CapPrm", "CapBnd", "CapAmb"] { #expect(value(name) == "0000000000000000", "\(name)") }
        #expect(value("NoNewPrivs") == "1")
        #expect(value("Seccomp") == "2")
        #expect(try host.must("stat", "--format=%U", "/proc/\(pid)/mem") == "root")
        #expect(try host.must("cat", "/proc/\(pid)/limits").contains(/Max core file size +0 +0/))
        #expect(try host.must("stat", "--format=%a %U", "/var/lib/accord") == "700 accord")
    }

    @Test func `whoever connects while no daemon runs starts it, and waits for the answer`() throws {
        try host.must("systemctl", "stop", "accordd.service")
        #expect(try host.property("ActiveState") == "inactive")
        #expect(try host.must(as: "admin-ops", "accord", "status").contains("running"))
        #expect(try host.property("ActiveState") == "active")
    }

    @Test func `members wait in the socket while the daemon restarts`() async throws {
        // Who was being served at the very moment in which it stops is told to try again.
        let once = "accord whoami --json >/dev/null"
        let script = "for i in $(seq 20); do \(once) || { sleep 0.2; \(once); } || exit 1; done"
        let before = try daemon()
        async let restarted: Void = try host.restartTwice()
        #expect(try host.run(as: "admin-ops", "sh", "-c", script).status == 0)
        try await restarted
        #expect(try daemon() != before)
    }

    @Test func `a daemon that was killed is there again, with the record`() throws {
        let before = try daemon()
        try host.must("kill", "-KILL", before)
        // Who connected to the one that is being killed would be cut off.
        try host.wait(until: "the killed one is gone") { try host.run("test", "-e", "/proc/\(before)").status != 0 }
        #expect(try host.must(as: "admin-ops", "accord", "status").contains("running"))
        #expect(try daemon() != before)
        #expect(try host.property("NRestarts") != "0")
        #expect(try host.property("Result") == "success")
    }

    @Test func `a daemon in which nothing moves any more is ended by the watchdog and started anew`() throws {
        #expect(try host.property("WatchdogUSec") == "30s")
        try host.write("/etc/systemd/system/accordd.service.d/watchdog.conf", "[Service]\nWatchdogSec=6\n")
        try host.must("systemctl", "daemon-reload")
        try host.must("systemctl", "restart", "accordd.service")
        let stuck = try daemon()
        try host.must("kill", "-STOP", stuck)
        try host.wait(until: "another daemon") {
            let now = try daemon()
            return now != stuck && now != "0"
        }
        #expect(try host.journal().contains("Watchdog timeout"))
        #expect(try host.must(as: "admin-ops", "accord", "status").contains("running"))
        try host.must("rm", "/etc/systemd/system/accordd.service.d/watchdog.conf")
        try host.must("systemctl", "daemon-reload")
        try host.must("systemctl", "restart", "accordd.service")
    }

    @Test func `the journal keeps each value of a message as a field`() throws {
        try host.must("systemctl", "restart", "accordd.service")
        let entries = try host.journal("-o", "json", "ACCORD_SOCKET=/run/accord/accord.sock")
        let entry = try #require(
            entries.split(separator: "\n").last.flatMap {
                try? JSONValue(parsing: Array($0.utf8), limits: .fixture).object
            }
        )
        #expect(entry.text("MESSAGE").hasPrefix("serving "))
        #expect(entry.text("PRIORITY") == "5")
        #expect(entry.text("SYSLOG_IDENTIFIER") == "accordd")
        #expect(Int(entry.text("ACCORD_LINES")) ?? 0 > 0)
    }

    @Test func `a reload is taken while members are served`() throws {
        let before = try daemon()
        try host.must("systemctl", "reload", "accordd.service")
        #expect(try host.property("ActiveState") == "active")
        #expect(try daemon() == before)
        #expect(try host.property("StatusText") == "Serving members.")
        let result = try host.journal("ACCORD_RESULT=Nothing has changed.")
        #expect(result.contains("reload"))
    }

    @Test func `what another start does not mend is not tried again, and the journal says what to do`() throws {
        try host.must(
            "sed",
            "-i",
            "s|path: /run/accord/accord.sock|path: /run/accord/other.sock|",
            "/etc/accord/accord.yaml"
        )
        #expect(try host.run("systemctl", "restart", "accordd.service").status != 0)
        #expect(try host.property("ExecMainStatus") == "78")
        #expect(try host.property("NRestarts") == "0")
        let said = try host.journal("-p", "err", "SYSLOG_IDENTIFIER=accordd")
        #expect(said.contains("Set ListenStream= and socket.path to the same path."))
        try host.must(
            "sed",
            "-i",
            "s|path: /run/accord/other.sock|path: /run/accord/accord.sock|",
            "/etc/accord/accord.yaml"
        )
        try host.must("systemctl", "reset-failed", "accordd.service", "accordd.socket")
        try host.must("systemctl", "start", "accordd.service")
    }

    @Test func `the deployment's key may be a credential, and then lies nowhere in the state folder`() throws {
        let key = "/var/lib/accord/deployment.key"
        try host.must("mkdir", "-p", "-m", "0700", "/etc/credstore.encrypted")
        try host.must(
            "systemd-creds",
            "encrypt",
            "--name=accord.deployment-key",
            key,
            "/etc/credstore.encrypted/accord.deployment-key"
        )
        try host.must(
            "install",
            "-D",
            "-m",
            "644",
            "/usr/share/doc/accord/examples/credential.conf",
            "/etc/systemd/system/accordd.service.d/credential.conf"
        )
        try host.must("mv", key, "/root/escrowed.key")
        try host.must("sed", "-i", "s|deployment-key: own|deployment-key: credential|", "/etc/accord/accord.yaml")
        try host.must("systemctl", "daemon-reload")
        try host.must("systemctl", "restart", "accordd.service")
        #expect(try host.must(as: "admin-ops", "accord", "status").contains("running"))
        #expect(try host.run("test", "-e", key).status != 0)
    }
}

extension BootedHost {
    fileprivate func restartTwice() async throws {
        for _ in 1...2 { try must("systemctl", "restart", "accordd.service") }
    }
}
