import Cryptography
import Foundation
import TestSupport
import Testing
import TransparencyLog

/// The files of C2SP tlog-tiles, read by a reader that knows the specification and none of our code.
@Suite(.tags(.small))
struct TileLayoutTests {
    /// Lays so many lines out, with a checkpoint of the root.
    private func layOut(_ count: Int, in folder: ScratchFolder) throws -> TileLayout {
        var layout = TileLayout()
        func write(_ files: [TileLayout.File]) throws {
            for file in files {
                let url = folder.url.appending(path: file.path)
                let isThere = FileManager.default.fileExists(atPath: url.path)
                #expect(!isThere, "\(file.path) was written twice")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data(file.bytes).write(to: url)
            }
        }
        for index in 0..<count {
            let files = layout.append(Array("line \(index)\n".utf8)[...])
            try write(#require(files))
        }
        try write(layout.partial)
        let checkpoint = try #require(Checkpoint(origin: "log", size: layout.size, root: layout.root))
        let note = try #require(try checkpoint.signed(by: NoteSamples.signer("log")))
        try folder.write(TileLayout.checkpointName, note.encoded)
        return layout
    }

    @Test(arguments: [0, 1, 255, 256, 257, 65_536, 65_537 + 256])
    func `a reader written from the specification finds every file of a log, and its root`(count: Int) throws {
        guard program("python3") != nil else { return }
        let folder = try ScratchFolder("tiles")
        let layout = try layOut(count, in: folder)
        let read = try run("python3", ["-I", "-c", TilesReader.script, folder.path])
        #expect(read.stdout == "\(count) \(layout.root.base64)\n", "\(read.stderr)")
        guard count == 257 else { return }
        // The reader is not blind.
        for name in ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/1"] {
            let bytes = try folder.read(name)
            try folder.write(name, bytes.dropLast() + [bytes[bytes.count - 1] ^ 1])
            #expect(try run("python3", ["-I", "-c", TilesReader.script, folder.path]).status == 1, "\(name)")
            try folder.write(name, bytes)
        }
    }

    @Test func `a path has three digits a folder`() {
        #expect(TileLayout.entriesPath(index: 0) == "tile/entries/000")
        #expect(TileLayout.entriesPath(index: 1_234_067) == "tile/entries/x001/x234/067")
        #expect(TileLayout.entriesPath(index: 1_000, count: 7) == "tile/entries/x001/000.p/7")
    }

    @Test func `entries are taken apart as they were put together, and nothing else is taken for entries`() throws {
        var layout = TileLayout()
        let longest = layout.append(Array(repeating: 1, count: TileLayout.longestEntry)[...])
        let empty = layout.append([])
        #expect(longest == [] && empty == [])
        let bytes = try #require(layout.partial.first).bytes
        let entries = try #require(TileLayout.entries(in: bytes, count: 2))
        #expect(entries.map(\.count) == [TileLayout.longestEntry, 0])
        #expect(TileLayout.entries(in: bytes, count: 1) == nil && TileLayout.entries(in: bytes, count: 3) == nil)
        #expect(TileLayout.entries(in: bytes.dropLast(), count: 2) == nil)
        let tooLong = layout.append(Array(repeating: 1, count: TileLayout.longestEntry + 1)[...])
        #expect(tooLong == nil)
    }
}
