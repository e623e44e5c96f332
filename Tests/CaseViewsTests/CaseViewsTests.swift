import Casework
import Foundation
import GRDB
import Policy
import TestSupport
import Testing

@testable import CaseViews

/// Whatever is in the views can be made again from the record, and is then the same.
@Suite("Views", .tags(.medium))
struct CaseViewsTests {
    private let folder: ScratchFolder
    private var path: String { folder.path("views.db") }

    init() throws { folder = try ScratchFolder("views") }

    private func filled(_ lines: [Script.Line], _ name: String = "views.db") throws -> CaseViews {
        let views = try CaseViews(path: folder.path(name))
        try views.apply(lines.flatMap(\.projections), upTo: UInt64(lines.count))
        return views
    }

    @Test(arguments: Seeds.all) func `applied in batches, with restarts, is what is applied in one`(seed: UInt64) throws
    {
        var script = Script(seed: seed)
        let lines = script.lines(600)
        let whole = try contents(filled(lines, "whole.db"))
        var dice = SplitMix64(seed: seed)
        var views = try CaseViews(path: path)
        var done = 0
        while done < lines.count {
            let count = min(1 + dice.below(40), lines.count - done)
            try views.apply(lines[done..<done + count].flatMap(\.projections), upTo: UInt64(done + count))
            done += count
            if dice.oneIn(8) { views = try CaseViews(path: path) }
            #expect(try views.position() == UInt64(done), "seed \(seed)")
        }
        #expect(try contents(views) == whole, "seed \(seed)")
        try views.empty()
        #expect(try views.position() == 0)
        try views.apply(lines.flatMap(\.projections), upTo: UInt64(lines.count))
        #expect(try contents(views) == whole, "seed \(seed)")
        // What was applied already and is applied again changes nothing: lines are in the views once.
        try views.apply(lines.suffix(1).flatMap(\.projections), upTo: UInt64(lines.count))
        #expect(try contents(views) == whole, "seed \(seed)")
    }

    @Test func `a batch is applied whole or not at all, and the position with it`() throws {
        var script = Script(seed: 4)
        let lines = script.lines(200)
        let views = try filled(Array(lines[..<100]))
        let before = try contents(views)
        let other = try DatabaseQueue(path: path)
        try other.write { try $0.execute(sql: "ALTER TABLE access RENAME TO away") }
        #expect(throws: ViewsFault.self) {
            try views.apply(lines[100...].flatMap(\.projections), upTo: UInt64(lines.count))
        }
        try other.write { try $0.execute(sql: "ALTER TABLE away RENAME TO access") }
        #expect(try contents(views) == before)
    }

    @Test(arguments: [0, 1, 99]) func `a file of another shape is emptied, so that it is made anew`(shape: Int) throws {
        var script = Script(seed: 5)
        let lines = script.lines(50)
        try filled(lines).keep(snapshot: [1, 2, 3], position: 50, blocks: [])
        let whole = try contents(filled(lines, "whole.db"))
        try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = \(shape)") }
        let views = try CaseViews(path: path)
        #expect(try views.position() == 0)
        #expect(try kept(views) == nil)
        try views.apply(lines.flatMap(\.projections), upTo: UInt64(lines.count))
        #expect(try contents(views) == whole)
    }

    @Test func `a file that is no database is made anew`() throws {
        _ = try filled([])
        try CaseViews.remove(path)
        try folder.write("views.db", String(repeating: "not a database ", count: 600))
        let views = try CaseViews(path: path)
        #expect(try views.position() == 0)
    }

    @Test func `pages that are damaged fail politely, and what is removed is made anew`() throws {
        var script = Script(seed: 6)
        let lines = script.lines(2_000)
        let whole = try contents(filled(lines, "whole.db"))
        do {
            let views = try filled(lines)
            _ = try views.position()
        }
        let file = try FileHandle(forUpdating: URL(filePath: path))
        let size = try file.seekToEnd()
        for page in stride(from: UInt64(4_096) * 3, to: size, by: 4_096) {
            try file.seek(toOffset: page)
            try file.write(contentsOf: Data(repeating: 0xFF, count: 512))
        }
        try file.close()
        #expect(throws: ViewsFault.self) { try contents(CaseViews(path: path)) }
        try CaseViews.remove(path)
        #expect(try contents(filled(lines)) == whole)
    }

    @Test func `a folder in which nothing can be made is refused with a sentence`() throws {
        let fault = #expect(throws: ViewsFault.self) { try CaseViews(path: folder.path("none/views.db")) }
        #expect(fault?.message.hasPrefix("The views could not be opened") == true)
    }

    /// The head of the kept state, with the blocks that are there of the first case.
    private func kept(_ views: CaseViews) throws -> (position: UInt64, head: [UInt8], blocks: [[UInt8]])? {
        try views.snapshot { head, position, block in
            let blocks = try (0..<3).map { try block(Script.cases[0], $0) }
            return (position, head, blocks.map { $0.map { [UInt8($0.position)] + $0.bytes } ?? [] })
        }
    }

    @Test func `the newest state replaces the one before, and of its blocks those that are given`() throws {
        let views = try CaseViews(path: path)
        #expect(try kept(views) == nil)
        func block(_ number: Int, _ position: UInt64, _ bytes: [UInt8], of place: Int = 0) -> KeptBlock {
            KeptBlock(caseID: Script.cases[place], number: number, position: position, bytes: bytes)
        }
        try views.keep(snapshot: [1], position: 1, blocks: [block(0, 1, [10]), block(1, 1, [11])])
        try views.keep(snapshot: [2, 3], position: 7, blocks: [block(1, 7, [12]), block(0, 7, [20], of: 1)])
        let found = try #require(try kept(CaseViews(path: path)))
        #expect(found.position == 7 && found.head == [2, 3] && found.blocks == [[1, 10], [7, 12], []])
    }

    @Test func `readings and refusals are listed of one case, one agency or one member`() throws {
        var script = Script(seed: 7)
        let lines = script.lines(400)
        let views = try filled(lines)
        let all = try views.accesses(AccessFilter(), after: -1, limit: .max)
        #expect(all.map(\.seq) == lines.filter { $0.event.kind == "access.read" }.map(\.seq))
        for id in Script.cases {
            let found = try views.accesses(
                AccessFilter(caseID: id, agencies: ["MPD-VT"], member: "lead.fib"),
                after: -1,
                limit: .max
            )
            let expected = all.filter { $0.caseID == id && $0.agency == "MPD-VT" && $0.member == "lead.fib" }
            #expect(found.map(\.seq) == expected.map(\.seq))
        }
        let page = try views.accesses(AccessFilter(), after: Int64(all[2].seq), limit: 5)
        #expect(page.map(\.seq) == all[3..<8].map(\.seq))
    }
}
