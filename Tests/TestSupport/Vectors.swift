package import Foundation
package import Testing

/// Test vectors that others made, read from beside the project and never copied into it.
package enum Vectors {
    /// The vectors are missing although a test asked for them.
    package struct Missing: Error {
        package let path: String
    }

    /// Where the vectors lie: `ACCORD_VECTORS`, else `../shared/vectors` from the package's root; nil if there are none.
    package static let folder: URL? = {
        let candidate =
            ProcessInfo.processInfo.environment["ACCORD_VECTORS"].map { URL(filePath: $0, directoryHint: .isDirectory) }
            ?? root.deletingLastPathComponent().appending(path: "shared/vectors", directoryHint: .isDirectory)
        return FileManager.default.fileExists(atPath: candidate.path) ? candidate : nil
    }()

    /// The package's root, seen from this file, also if the file is reached through a symbolic link.
    package static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Whether tests should try: always in CI, where missing vectors are a failure and not a skip.
    package static var areExpected: Bool {
        folder != nil || ProcessInfo.processInfo.environment["CI"] == "true"
    }

    /// The bytes of a vector file, by its path inside the folder.
    package static func bytes(_ path: String) throws -> [UInt8] {
        guard let folder else { throw Missing(path: path) }
        return [UInt8](try Data(contentsOf: folder.appending(path: path)))
    }

    /// The text of a vector file.
    package static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// The paths of all files below a folder of the vectors, sorted.
    package static func files(below path: String, withExtension fileExtension: String) throws -> [String] {
        guard let folder else { throw Missing(path: path) }
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.appending(path: path).path)
        return names.filter { $0.hasSuffix(".\(fileExtension)") }.sorted().map { "\(path)/\($0)" }
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs where the vectors are, and always in CI; skipped with a reason elsewhere.
    package static var needsVectors: Self {
        .enabled(if: Vectors.areExpected, "test vectors are not beside the project; set ACCORD_VECTORS")
    }
}
