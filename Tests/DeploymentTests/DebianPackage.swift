import Foundation
import TestSupport

/// The Debian package as `Deploy/debian.sh` makes it of the programs that are built.
enum DebianPackage {
    /// Makes the package.
    ///
    /// - Returns: Its path.
    private static func build(in folder: ScratchFolder) throws -> String {
        let programs = URL(filePath: try Programs.path("accordd")).deletingLastPathComponent().path
        let made = try run(
            "Deploy/debian.sh",
            ["--output", folder.path],
            environment: ["ACCORD_BIN": programs, "ACCORD_MANUAL": try Programs.path("generate-manual")],
            in: Vectors.root.path,
            deadline: 120
        )
        guard made.status == 0, let name = try folder.names().first else {
            throw BootedHost.Failed(description: "Deploy/debian.sh -> \(made.status)\n\(made.stdout)\(made.stderr)")
        }
        return folder.path(name)
    }

    /// The first revision, made once for all tests.
    static let first: Result<String, any Error> = Result { try build(in: folder.get()) }

    private static let folder = Result {
        let folder = try ScratchFolder("package")
        LeftOvers.remove(atExit: folder.path)
        return folder
    }

    /// The same as a second revision.
    static func second(in folder: ScratchFolder) throws -> String {
        let script =
            "dpkg-deb -R $1 $2 && sed -i '/^Version/s/-1$/-2/' $2/DEBIAN/control && dpkg-deb -Zzstd -z1 -b $2 $2.deb"
        let made = try run("sh", ["-c", script, "sh", first.get(), folder.path("accord-2")])
        guard made.status == 0 else { throw BootedHost.Failed(description: "no second revision: \(made.stderr)") }
        return folder.path("accord-2.deb")
    }
}

extension BootedHost {
    /// A host on which the package was installed as an operator would do it, with a record and two accounts: admin-ops, a
    /// member, and outsider, whom nobody put into the group.
    static func installed() throws -> BootedHost {
        let host = try withPackage()
        try host.must("useradd", "--create-home", "--groups", "accord-clients", "admin-ops")
        try host.must("useradd", "--create-home", "outsider")
        let uid = try host.must("id", "-u", "admin-ops")
        try host.must(
            as: "accord",
            "accordd",
            "init",
            "--origin",
            "accord.example.org/log1",
            "--agency",
            "OPS",
            "--agency-name",
            "Accord operations desk",
            "--administrator",
            "admin.ops",
            "--uid",
            uid,
            "--expires",
            "365d"
        )
        try host.must("systemctl", "enable", "--now", "accordd.service")
        return host
    }

    /// A host on which the package was installed, and no more.
    static func withPackage() throws -> BootedHost {
        let host = try BootedHost()
        try host.install(DebianPackage.first.get())
        try host.allowBuildFolders()
        return host
    }

    /// Installs a package file as `dpkg` does.
    @discardableResult
    func install(_ package: String) throws -> String {
        let name = "/root/\(URL(filePath: package).lastPathComponent)"
        try? FileManager.default.removeItem(atPath: root + name)
        try FileManager.default.copyItem(atPath: package, toPath: root + name)
        // Not the manual's index, which takes longer than all else here.
        return try must("dpkg", "--no-triggers", "--install", name)
    }

    /// Programs that were not built to be installed find their libraries where they were built, which the unit forbids.
    private func allowBuildFolders() throws {
        let libraries = try must("ldd", "/usr/sbin/accordd").split(separator: "\n")
        guard libraries.contains(where: { $0.contains("libswiftCore") }) else { return }
        try write("/etc/systemd/system/accordd.service.d/built.conf", "[Service]\nExecPaths=/opt /usr/local /work\n")
        try must("systemctl", "daemon-reload")
    }
}
