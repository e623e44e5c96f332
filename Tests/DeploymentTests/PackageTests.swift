import TestSupport
import Testing

/// The Debian package from the first installation to the end, on a host that runs meanwhile.
@Suite(
    "The Debian package",
    .tags(.large),
    .needsRoot,
    .needsPrograms,
    .needsTool("systemd-nspawn"),
    .serialized,
    .bootedHost
)
struct PackageTests {
    private let host: BootedHost

    init() throws { host = try BootedHost.shared }

    @Test func `an upgrade keeps the record, what the operator set, and the members' connections`() throws {
        let before = try host.property("MainPID")
        let checkpoint = try host.must(as: "admin-ops", "accord", "audit", "checkpoint")
        try host.write("/home/admin-ops/old", checkpoint + "\n")
        try host.must("sh", "-c", "echo '# kept' >>/etc/accord/accord.yaml")
        let folder = try ScratchFolder("package")
        try host.install(DebianPackage.second(in: folder))
        #expect(try host.must("dpkg-query", "--show", "--showformat=${Version}", "accord").hasSuffix("-2"))
        #expect(try host.property("MainPID") != before)
        #expect(try host.must("tail", "-n", "1", "/etc/accord/accord.yaml") == "# kept")
        // The command compares with what it saw before the upgrade.
        #expect(try host.must(as: "admin-ops", "accord", "status").contains("running"))
        // Nothing was changed since but the configuration.
        #expect(try host.run("dpkg", "--verify", "accord").stdout.contains("accord.yaml"))
        #expect(try host.run("dpkg", "--verify", "accord").stdout.split(separator: "\n").count == 1)
    }

    @Test func `a removal that is called off leaves the daemon in service`() throws {
        try host.must("systemctl", "enable", "--now", "accordd.service")
        try host.must("/var/lib/dpkg/info/accord.prerm", "remove")
        #expect(try host.run("systemctl", "is-active", "accordd.service").status != 0)
        try host.must("/var/lib/dpkg/info/accord.postinst", "abort-remove")
        #expect(try host.run("systemctl", "is-active", "accordd.service").status == 0)
        #expect(try host.run("systemctl", "is-enabled", "accordd.socket").status == 0)
        #expect(try host.run("test", "-e", "/run/accord-removal").status != 0)
        #expect(try host.must(as: "admin-ops", "accord", "status").contains("running"))
    }

    @Test func `a purge keeps the record, unless it was told otherwise`() throws {
        try host.must("dpkg", "--no-triggers", "--remove", "accord")
        #expect(try host.run("test", "-e", "/run/accord/accord.sock").status != 0)
        #expect(try host.run("systemctl", "is-enabled", "accordd.socket").status != 0)
        #expect(try host.run("test", "-e", "/etc/accord/accord.yaml").status == 0)

        let said = try host.must("dpkg", "--no-triggers", "--purge", "accord")
        #expect(said.contains("The record and its keys stay in /var/lib/accord"))
        #expect(try host.run("test", "-e", "/etc/accord").status != 0)
        #expect(try host.must("ls", "/var/lib/accord").contains("log.key"))

        try host.install(DebianPackage.first.get())
        try host.must("systemctl", "start", "accordd.service")
        #expect(try host.must(as: "admin-ops", "accord", "status").contains("running"))

        try host.must("touch", "/etc/accord/remove-record")
        try host.must("dpkg", "--no-triggers", "--purge", "accord")
        #expect(try host.run("test", "-e", "/var/lib/accord").status != 0)
        #expect(try host.run("test", "-e", "/etc/accord").status != 0)
        // The user stays: its number on another's files would look like the daemon's.
        try host.must("id", "accord")
    }
}
