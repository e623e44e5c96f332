import Foundation
import TestSupport

extension BootedHost {
    /// The account on the host of agent.mpd1, whose agency has no machine there.
    static let account = "agent-mpd1"
    /// The account of the same person at home; where that is does not matter to sshd.
    static let home = "officer"
    /// What the member types behind `--host`.
    static let url = "ssh://\(account)@127.0.0.1"

    /// A host with the case Alder, an sshd as `examples/sshd.conf` sets it up, and an account for agent.mpd1.
    static func withAlder() throws -> BootedHost {
        let host = try withPackage()
        let alder = try MeridianBay.preparedAlder()
        let copied = try TestSupport.run("cp", ["-a", "\(alder.state)/.", "\(host.root)/var/lib/accord/"])
        guard copied.status == 0 else { throw Failed(description: copied.stderr) }
        try host.must("chown", "-R", "accord:accord", "/var/lib/accord")
        try host.must("systemctl", "enable", "--now", "accordd.service")

        try host.must("groupadd", "--system", "accord-remote")
        try host.must(
            "useradd",
            "--uid",
            "\(alder.uid(of: "agent.mpd1"))",
            "--shell",
            "/usr/lib/accord/bridge",
            "--groups",
            "accord-clients,accord-remote",
            "--home-dir",
            "/",
            account
        )
        try host.must("useradd", "--create-home", home)
        try host.must(as: home, "mkdir", "-m", "700", "/home/\(home)/.ssh")
        try host.must(as: home, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/home/\(home)/.ssh/id_ed25519")
        try host.write("/etc/ssh/ssh_config.d/rehearsal.conf", "StrictHostKeyChecking accept-new\n")
        let key = try host.must("cat", "/home/\(home)/.ssh/id_ed25519.pub")
        try host.write("/etc/accord/remote/\(account)", "restrict \(key)\n")
        try host.must("cp", "/usr/share/doc/accord/examples/sshd.conf", "/etc/ssh/sshd_config.d/accord.conf")
        try host.must("systemctl", "unmask", "ssh.service")
        try host.must("systemctl", "start", "ssh.service")
        return host
    }

    /// Runs `accord` at home, through ssh.
    func remotely(_ words: String...) throws -> Answer {
        let done = try run(["runuser", "-u", Self.home, "--", "accord"] + words + ["--json", "--host", Self.url])
        return Answer(command: "accord \(words.joined(separator: " "))", done)
    }

    /// Records an entry on the host itself, as another member.
    func addLocally(_ text: String) throws {
        let uid = try MeridianBay.preparedAlder().uid(of: "agent.fib1")
        try must(
            "setpriv",
            "--reuid",
            "\(uid)",
            "--regid",
            "accord-clients",
            "--clear-groups",
            "accord",
            "entry",
            "add",
            "Alder",
            text,
            "--no-pin"
        )
    }
}
