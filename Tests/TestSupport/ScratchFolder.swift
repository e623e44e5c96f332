package import Foundation

/// A folder of one's own that goes away with its last owner.
package final class ScratchFolder: Sendable {
    /// Where it is.
    package let url: URL

    /// Makes an empty folder that only this user can enter.
    package init(_ name: String = "accord") throws {
        url = FileManager.default.temporaryDirectory.appending(
            path: "\(name)-\(UUID().uuidString)",
            directoryHint: .isDirectory
        )
        try FileManager.default.createDirectory(
            at: url,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o1777]
        )
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    /// Its path without a slash at the end.
    package var path: String {
        url.path(percentEncoded: false).hasSuffix("/")
            ? String(url.path(percentEncoded: false).dropLast()) : url.path(percentEncoded: false)
    }

    /// The path of a file or folder in it, whether it exists or not.
    package func path(_ name: String) -> String {
        "\(path)/\(name)"
    }

    /// Writes a file and gives its path.
    @discardableResult
    package func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(filePath: path(name)))
        return path(name)
    }

    /// Writes a text file and gives its path.
    @discardableResult
    package func write(_ name: String, _ text: String) throws -> String {
        try write(name, [UInt8](text.utf8))
    }

    /// The bytes of a file.
    package func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path(name))))
    }

    /// The names in it, sorted, without folders' contents.
    package func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}
