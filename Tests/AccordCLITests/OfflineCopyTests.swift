import ArgumentParser
import Glibc
import Testing
import TransparencyLog

@testable import accord

struct OfflineCopyTests {
    /// A fresh folder, removed with the value.
    private final class Folder {
        let path = "/tmp/accord-copy-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"

        init() { unsafe mkdir(path, 0o700) }

        func write(_ name: String, _ bytes: [UInt8]) {
            let descriptor = unsafe open("\(path)/\(name)", O_WRONLY | O_CREAT, 0o600)
            _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            close(descriptor)
        }

        deinit {
            for name in ["proofs/0", "checkpoint", "link", "lines"] { unsafe unlink("\(path)/\(name)") }
            unsafe rmdir("\(path)/proofs")
            unsafe rmdir(path)
        }
    }

    @Test func `a folder is read with its folders`() throws {
        let folder = Folder()
        unsafe mkdir("\(folder.path)/proofs", 0o700)
        folder.write("checkpoint", [1])
        folder.write("proofs/0", [2, 3])
        let copy = try OfflineCopy(folder.path)
        var names: [String] = []
        try copy.eachName(in: ["proofs", "parts"]) { names.append($0) }
        #expect(names == ["proofs/0"])
        #expect(try copy.size(of: "proofs/0") == 2)
        #expect(try copy.read("proofs/0", 1..<9) == [3])
        #expect(try copy.size(of: "log.vkey") == nil)
    }

    @Test func `a database is no copy that was changed: what can be verified is said`() throws {
        let folder = Folder()
        folder.write("lines", Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0, count: 4_080))
        let failure = #expect(throws: Failure.self) { try OfflineCopy("\(folder.path)/lines") }
        #expect(failure?.message.contains("is a database") == true)
        #expect(failure?.ask.contains("accord audit export") == true && failure?.ask.contains("accordd check") == true)
    }

    @Test func `what lies where a new file is to be made stays there`() throws {
        let folder = Folder()
        folder.write("lines", Array("kept".utf8))
        let failure = #expect(throws: Failure.self) { _ = try NewFile("\(folder.path)/lines") }
        #expect(failure?.status == ExitStatus.cannotCreate)
        #expect(try OfflineCopy("\(folder.path)/lines").read("entries.jsonl", 0..<9) == Array("kept".utf8))
    }

    @Test func `a link in a folder is not followed`() throws {
        let folder = Folder()
        unsafe symlink("/etc/hostname", "\(folder.path)/link")
        let copy = try OfflineCopy(folder.path)
        #expect(throws: Failure.self) { try copy.size(of: "link") }
        #expect(throws: Failure.self) { try copy.read("link", 0..<1) }
    }

    @Test func `a file is a bundle by its magic and lines otherwise`() throws {
        let folder = Folder()
        folder.write("lines", Array("{}\n".utf8))
        let copy = try OfflineCopy("\(folder.path)/lines")
        #expect(try copy.read("entries.jsonl", 0..<9) == Array("{}\n".utf8))
        #expect(try copy.size(of: "checkpoint") == nil)
        var header = [UInt8](repeating: 0, count: 512)
        header.replaceSubrange(257..<262, with: Array("ustar".utf8))
        #expect(OfflineCopy.isTar(header))
        #expect(!OfflineCopy.isTar(Array(header.dropLast())))
    }

    @Test func `files of a bundle are found by their names, in any order and of any length`() throws {
        let folder = Folder()
        let sizes = (0..<400).map { $0 * $0 % 3_001 }
        var tar: [UInt8] = []
        for (number, size) in sizes.enumerated() {
            let content = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size)
            tar += try TarWriter.header(name: "parts/\(number)", size: UInt64(size)) + content
            tar += TarWriter.padding(size: UInt64(size))
        }
        folder.write("lines", tar + TarWriter.end)
        let copy = try OfflineCopy("\(folder.path)/lines")
        var names: [String] = []
        try copy.eachName(in: ["parts"]) { names.append($0) }
        #expect(names == sizes.indices.map { "parts/\($0)" })
        try copy.eachName(in: ["proofs"]) { _ in Issue.record("there are none") }
        for number in Array(sizes.indices) + sizes.indices.map({ $0 * 37 % sizes.count }) {
            let name = "parts/\(number)"
            #expect(try copy.size(of: name) == sizes[number])
            let bytes = try copy.read(name, 0..<sizes[number])
            #expect(bytes == [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: sizes[number]), "\(number)")
        }
        #expect(try copy.read("parts/5", 20..<9_999).count == 5)
        #expect(try copy.size(of: "parts/400") == nil)
        #expect(try copy.read("parts/400", 0..<9) == [])
    }

    @Test func `what cannot be read cannot be checked`() throws {
        let command = try #require(
            try Accord.parseAsRoot(["audit", "verify", "--offline", "/nowhere"]) as? AuditCommand.Verify
        )
        var page = Page(Terminal(width: 80, isColoured: false))
        let failure = #expect(throws: Failure.self) { try command.perform(on: &page) }
        #expect(failure?.status == 40)
    }
}
