import Casework
import Cryptography
import Foundation
import Policy
import StrictJSON
import TestSupport
import Testing
import Varlink

@testable import Coordination

/// What an export leaves on the disk: nothing that anybody can read, and nothing at all once something of it is purged.
@Suite("Exports at rest", .tags(.medium))
struct ExportTests {
    private static let marker = "MARKER OF WHAT NOBODY READS ON THE DISK"
    private static let parameters: JSONObject = ["case": "Alder"]

    /// Alder with so much text that an export of it does not stay in memory; MPD-VT contributed it.
    private static func alder() throws -> (Bench, Cast) {
        let bench = try Bench()
        let cast = try bench.openAlder()
        let text = String(repeating: marker + ". ", count: 400)
        for _ in 0..<50 { try bench.must(cast["agent.mpd1"], "Entry.Record", Bench.entry(text)) }
        return (bench, cast)
    }

    /// The bytes of the nameless files beside the record.
    private static func atRest(_ bench: Bench) throws -> [Data] {
        let folder = bench.folder.path("record") + "/"
        return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { number in
            let path = "/proc/self/fd/\(number)"
            guard let name = try? FileManager.default.destinationOfSymbolicLink(atPath: path),
                name.hasPrefix(folder), name.hasSuffix("(deleted)")
            else { return nil }
            return FileHandle(forReadingAtPath: path)?.readDataToEndOfFile()
        }
    }

    private static func begin(_ bench: Bench, _ cast: Cast) throws -> CallID {
        let call = bench.call(cast["lead.fib"], "Audit.Export", parameters, more: true)
        try bench.writeAll()
        return call
    }

    private static let approval: JSONObject = ["case": "Alder", "purge": "P-1"]

    @Test func `while an export is sent nothing of it can be read in its files, and its reader has all of it`() throws {
        let (bench, cast) = try Self.alder()
        let call = try Self.begin(bench, cast)
        let files = try Self.atRest(bench)
        #expect(files.reduce(0) { $0 + $1.count } > 1 << 20)
        for file in files {
            for word in [Self.marker, "ustar", "\"salt\""] {
                #expect(file.range(of: Data(word.utf8)) == nil, "\(word)")
            }
        }
        bench.drainAll(call)
        let answers = bench.answers(to: call)
        let sent = answers.flatMap { $0.parameters["data"]?.string.flatMap { Base64.decode($0) } ?? [] }
        #expect(Data(sent).range(of: Data(Self.marker.utf8)) != nil)
        #expect(answers.last?.parameters["digest"]?.string == Digest.sha256(sent).hex)
        #expect(try Self.atRest(bench).isEmpty)
        #expect(bench.inside { $0.exports.isEmpty })
    }

    @Test func `a purge ends the exports of its case before it destroys anything, and no others`() throws {
        let (bench, cast) = try Self.alder()
        try bench.proposePurge(cast)
        let call = try Self.begin(bench, cast)
        let whole = bench.call(cast["auditor.rob"], "Audit.Export", [:], more: true)
        try bench.writeAll()
        let before = bench.answers(to: call).count
        #expect(bench.answers(to: call).last?.isLast == false)
        try bench.must(cast["liaison.mpd"], "Removal.ApprovePurge", Self.approval)
        try bench.writeAll()
        // Its reader took nothing meanwhile, and is told without asking.
        let answers = bench.answers(to: call)
        #expect(answers.count == before + 1)
        #expect(answers.last?.code == "E-ROLE")
        let denied = try bench.lines().filter { $0.event.kind == "access.denied" }
        #expect(denied.map(\.event.member?.text) == ["lead.fib"])
        #expect(
            bench.inside { Array($0.exports.keys) } == [whole].filter { bench.answers(to: $0).last?.isLast == false }
        )
        for file in try Self.atRest(bench) { #expect(file.range(of: Data(Self.marker.utf8)) == nil) }
        bench.drain(call)
        #expect(bench.answers(to: call).count == before + 1)
    }

    @Test func `an export that was recorded before a purge was approved, and not begun, is refused`() throws {
        let (bench, cast) = try Self.alder()
        try bench.proposePurge(cast)
        let call = bench.call(cast["lead.fib"], "Audit.Export", Self.parameters, more: true)
        bench.call(cast["liaison.mpd"], "Removal.ApprovePurge", Self.approval)
        try bench.writeAll()
        #expect(bench.answers(to: call).map(\.code) == ["E-ROLE"])
        #expect(bench.inside { $0.exports.isEmpty })
    }

    @Test func `the key of an export goes with its reader's connection`() throws {
        let (bench, cast) = try Self.alder()
        _ = try Self.begin(bench, cast)
        let key = try #require(bench.inside { $0.exports.values.first?.key })
        #expect(!key.isEnded)
        bench.post(.closed(cast["lead.fib"]))
        #expect(key.isEnded)
        #expect(bench.inside { $0.exports.isEmpty })
        #expect(try Self.atRest(bench).isEmpty)
    }

    @Test func `a file gives back what it was given wherever it is read, and nothing after its end`() throws {
        let folder = try ScratchFolder("export")
        let key = try ExportKey()
        let file = try ExportFile(beside: folder.path, key)
        var chance = SplitMix64(seed: 7)
        let bytes = chance.bytes(700_001)
        for start in stride(from: 0, to: bytes.count, by: 9_973) {
            try file.append(Array(bytes[start..<min(start + 9_973, bytes.count)]))
        }
        #expect(file.count == bytes.count)
        #expect(try file.digest() == Digest.sha256(bytes))
        for _ in 0..<300 {
            let start = Int.random(in: 0...bytes.count + 5, using: &chance)
            let count = Int.random(in: 0...20_000, using: &chance)
            let expected = Array(bytes[min(start, bytes.count)..<min(start + count, bytes.count)])
            #expect(try file.read(from: start, count: count) == expected, "\(start) \(count)")
        }
        key.end()
        #expect(throws: ExportEnded.self) { try file.read(from: 0, count: 1) }
        #expect(throws: ExportEnded.self) { try file.read(from: bytes.count - 1, count: 1) }
        #expect(throws: ExportEnded.self) { try file.append([UInt8](repeating: 0, count: 1 << 18)) }
    }
}
