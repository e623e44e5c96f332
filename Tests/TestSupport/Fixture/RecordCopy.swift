import Cryptography
import Foundation

/// An exported bundle, unpacked: what an agency takes home, and what somebody might change there.
package final class RecordCopy: Sendable {
    /// The file of lines in a bundle.
    package static let linesName = "entries.jsonl"

    private let scratch: ScratchFolder
    /// The folder of the bundle.
    package let path: String

    /// Unpacks a bundle.
    package init(bundle: String) throws {
        scratch = try ScratchFolder("bundle")
        path = scratch.path("bundle")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let unpacked = try DaemonProcess.run(["tar", "-xf", bundle, "-C", path])
        guard unpacked.status == 0 else { throw Deployment.Failed(description: unpacked.stderr) }
    }

    /// Has a member export the whole record, or a case, and unpacks what came.
    package convenience init(exportedBy person: Person, case name: String? = nil) throws {
        let folder = try ScratchFolder("export")
        let file = folder.path("bundle.tar")
        try person.by(.key).must(["audit", "export", "--output", file] + (name.map { ["--case", $0] } ?? []))
        try self.init(bundle: file)
    }

    /// A copy of a copy.
    package init(_ other: RecordCopy) throws {
        scratch = try ScratchFolder("bundle")
        path = scratch.path("bundle")
        let copied = try DaemonProcess.run(["cp", "-a", other.path, path])
        guard copied.status == 0 else { throw Deployment.Failed(description: copied.stderr) }
    }

    /// The bytes of a file of the bundle.
    package func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
    }

    /// Replaces a file of the bundle.
    package func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
    }

    /// The names of the files, with folders.
    package func names() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).filter { name in
            var isFolder: ObjCBool = false
            return unsafe FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        .sorted()
    }

    /// The lines, without their LF.
    package func lines() throws -> [String] {
        String(decoding: try read(Self.linesName), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Replaces the lines, each with an LF.
    package func write(lines: [String]) throws {
        try write(Self.linesName, Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    /// The signed checkpoint.
    package var checkpoint: String {
        get throws { String(decoding: try read("checkpoint"), as: UTF8.self) }
    }

    /// Makes the list of digests anew and signs it with the log's key, as somebody would who owns the host and changed a file.
    package func renewSums(by host: Deployment) throws {
        let script = """
            sha256sum $(find * -type f ! -name 'SHA256SUMS*' | LC_ALL=C sort) > SHA256SUMS.new &&
                mv SHA256SUMS.new SHA256SUMS
            """
        let done = try DaemonProcess.run(["sh", "-c", "cd '\(path)' && \(script)"])
        guard done.status == 0 else { throw Deployment.Failed(description: done.stderr) }
        // PRIVATE+KEY+name+identifier+base64 of a type and the seed, as Go's sumdb/note writes it.
        let text = String(decoding: try Data(contentsOf: URL(filePath: "\(host.state)/log.key")), as: UTF8.self)
        let words = text.prefix { $0 != "\n" }.split(separator: "+", maxSplits: 4).map(String.init)
        guard words.count == 5, let secret = Data(base64Encoded: words[4]),
            let identifier = Hex.decode(words[3]),
            let key = Ed25519PrivateKey(seed: Array(secret.dropFirst()))
        else { throw Deployment.Failed(description: "This is no key of a log.") }
        let said = "accord bundle\nlog \(words[2])\nsha256 \(Digest.sha256(try read("SHA256SUMS")).hex)\n"
        let signature = Data(identifier + (try key.sign(Array(said.utf8)))).base64EncodedString()
        try write("SHA256SUMS.note", Array("\(said)\n\u{2014} \(words[2]) \(signature)\n".utf8))
    }

    /// The leaf hash of a line (RFC 9162 2.1.1), in hexadecimal digits.
    package static func leaf(_ line: String) -> String {
        Digest.sha256([0] + Array(line.utf8) + [0x0A]).hex
    }

    /// Lines changed so that all links fit again: the work of somebody who owns the record.
    package static func relinked(_ lines: [String], original: [String]) -> [String] {
        var renamed: [String: String] = [:]
        return zip(lines, original).map { line, old in
            var result = line
            for name in ["prev", "cprev"] {
                guard let start = result.range(of: "\"\(name)\":\"")?.upperBound else { continue }
                let end = result.index(start, offsetBy: 64, limitedBy: result.endIndex) ?? result.endIndex
                if let new = renamed[String(result[start..<end])] { result.replaceSubrange(start..<end, with: new) }
            }
            renamed[leaf(old)] = leaf(result)
            return result
        }
    }
}
