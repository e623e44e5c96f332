import Foundation
package import Testing

/// The built programs and other people's tools, as a user would find them.
package enum Programs {
    /// A program that a test needs is not there.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// In continuous integration what is missing is a failure, elsewhere a skip with its reason.
    package static let isContinuousIntegration = environment["CI"] == "true"

    /// Whether this process may mount, limit and take other user ids.
    package static let isRoot = geteuid() == 0

    /// The folder with `accordd` and `accord`: `ACCORD_BIN`, else the package's release or debug build; nil if none.
    package static let folder: String? = {
        let build = Vectors.root.appending(path: ".build").path
        let candidates = environment["ACCORD_BIN"].map { [$0] } ?? ["\(build)/release", "\(build)/debug", ownFolder]
        return candidates.first { isExecutable("\($0)/accordd") && isExecutable("\($0)/accord") }
    }()

    /// The path of one of our programs.
    ///
    /// - Throws: ``Missing`` if it was not built.
    package static func path(_ name: String) throws -> String {
        let build = Vectors.root.appending(path: ".build").path
        let candidates = [folder, ownFolder, "\(build)/debug", "\(build)/release"].compactMap { $0 }
        guard let found = candidates.map({ "\($0)/\(name)" }).first(where: isExecutable) else {
            throw Missing(description: "\(name) was not built; name its folder in ACCORD_BIN")
        }
        return found
    }

    /// A copy of `accord` that users without any right in the build folder can run.
    package static func accord() throws -> String { try openCopy.get() }

    private static let openCopy: Result<String, any Error> = Result {
        let folder =
            "\(FileManager.default.temporaryDirectory.path)/accord-bin-\(getpid())-\(UUID().uuidString.prefix(8))"
        LeftOvers.remove(atExit: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: path("accord"), toPath: "\(folder)/accord")
        for path in [folder, "\(folder)/accord"] {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        return "\(folder)/accord"
    }

    /// Python with the packages that `Deploy/test.sh` installs, from `ACCORD_VENV`; nil if there is none.
    package static let python: String? = environment["ACCORD_VENV"].map { "\($0)/bin/python" }.flatMap {
        isExecutable($0) ? $0 : nil
    }

    /// Whether that Python can import a module.
    package static func pythonHas(_ module: String) -> Bool {
        guard let python else { return false }
        return (try? run(python, ["-c", "import \(module)"]))?.status == 0
    }

    /// A library to be loaded before a program's own, such as `libfaketimeMT.so.1`; nil where it is not installed.
    package static func library(_ name: String) -> String? {
        let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"]
        return folders.flatMap { ["\($0)/\(name)", "\($0)/faketime/\(name)"] }.first {
            FileManager.default.fileExists(atPath: $0)
        }
    }

    /// What gives a program another clock: libfaketime, or what ACCORD_CLOCK names where that cannot be; nil without either.
    package static var clock: String? { environment["ACCORD_CLOCK"] ?? library("libfaketimeMT.so.1") }

    private static let environment = ProcessInfo.processInfo.environment

    /// The folder of the test program, where SwiftPM puts its siblings.
    private static let ownFolder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    private static func isExecutable(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }
}

extension Trait where Self == ConditionTrait {
    /// Runs where `accordd` and `accord` were built, and always in CI.
    package static var needsPrograms: Self {
        .enabled(
            if: Programs.folder != nil || Programs.isContinuousIntegration,
            "accordd and accord were not built; set ACCORD_BIN"
        )
    }

    /// Runs as root, which can mount, and take other user ids.
    package static var needsRoot: Self { .enabled(if: Programs.isRoot, "only root can do this") }

    /// Runs where a program is installed, and always in CI.
    package static func needsTool(_ name: String) -> Self {
        .enabled(if: program(name) != nil || Programs.isContinuousIntegration, "\(name) is not installed")
    }

    /// Runs where programs can be given a clock of their own, and always in CI.
    package static var needsFakeTime: Self {
        .enabled(
            if: Programs.isContinuousIntegration || Programs.clock != nil,
            "libfaketime is not installed"
        )
    }

    /// Runs where the folder of `ACCORD_VENV` has a Python module, and always in CI.
    package static func needsPython(_ module: String) -> Self {
        .enabled(
            if: Programs.isContinuousIntegration || Programs.pythonHas(module),
            "Python's \(module) is not there; set ACCORD_VENV"
        )
    }
}
