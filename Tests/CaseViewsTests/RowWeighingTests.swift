import Casework
import GRDB
import TestSupport
import Testing

@testable import CaseViews

/// Rows that are missing, were added, or are older ones put back are found by whoever lists them, while the views are open and
/// after they were opened again.
@Suite("Weighed rows", .tags(.medium, .g3))
struct RowWeighingTests {
    private let folder: ScratchFolder
    private let views: CaseViews
    private let lines: [Script.Line]
    private var path: String { folder.path("views.db") }

    init() throws {
        folder = try ScratchFolder("weights")
        var script = Script(seed: 11)
        lines = script.lines(400)
        views = try CaseViews(path: folder.path("views.db"))
        try views.apply(lines[..<200].flatMap(\.projections), upTo: 200)
        for table in Self.tables { try edit("CREATE TABLE old_\(table) AS SELECT * FROM \(table)") }
        try views.apply(lines[200...].flatMap(\.projections), upTo: 400)
    }

    private static let tables = ["progress", "weight", "entry", "acknowledgement", "dissemination", "access", "said"]

    private func edit(_ sql: String) throws {
        let other = try DatabaseQueue(path: path)
        try other.write { try $0.execute(sql: sql) }
        try other.close()
    }

    private func readAll(_ views: CaseViews) throws {
        _ = try views.position()
        _ = try views.accesses(AccessFilter(), after: -1, limit: .max)
        _ = try views.accesses(AccessFilter(origins: ["FIB-MB"]), after: -1, limit: .max)
        for id in Script.cases {
            _ = try views.register(of: id, after: 0, limit: .max)
            for entry in try views.entries(of: id, after: .min, limit: .max) {
                _ = try views.acknowledgements(of: entry.number, in: id)
                _ = try views.entry(entry.number, of: id)
            }
        }
    }

    @Test func `what was written is read, in one life and in the next`() throws {
        try readAll(views)
        try readAll(CaseViews(path: path))
    }

    @Test(arguments: [
        // Missing.
        "DELETE FROM entry WHERE number = 3", "DELETE FROM entry", "DELETE FROM dissemination WHERE number = 1",
        "DELETE FROM acknowledgement WHERE entry = 1", "DELETE FROM access WHERE outcome = 'denied'",
        "DELETE FROM access",
        "DELETE FROM access WHERE seq = (SELECT max(seq) FROM access)", "DELETE FROM weight",
        "DELETE FROM weight WHERE relation = 'access'",
        // Added, with the mark of another.
        "INSERT INTO acknowledgement SELECT case_id, entry, member || 'x', mark FROM acknowledgement",
        "UPDATE entry SET number = number + 7000 WHERE number = 1",
        // Put back, each with its own mark.
        "INSERT OR REPLACE INTO entry SELECT * FROM old_entry",
        "INSERT OR REPLACE INTO entry SELECT * FROM old_entry; INSERT OR REPLACE INTO weight SELECT * FROM old_weight",
        "INSERT OR REPLACE INTO weight SELECT * FROM old_weight WHERE relation = 'access'",
        // Exchanged.
        "UPDATE access SET seq = seq + 1000000",
    ])
    func `what somebody made of them is not shown`(_ sql: String) throws {
        try edit(sql)
        let isRowsAlone = !sql.contains("weight")
        if isRowsAlone {
            let fault = #expect(throws: ViewsFault.self) { try readAll(views) }
            #expect(fault?.isAltered == true)
        } else {
            // What is held is not what lies there.
            if !sql.contains("old_entry") { try readAll(views) }
        }
        let again = #expect(throws: ViewsFault.self) { try readAll(CaseViews(path: path)) }
        #expect(again?.isAltered == true)
        // Made anew, all is as it was.
        let remade = try CaseViews(path: path)
        try remade.empty()
        try remade.apply(lines.flatMap(\.projections), upTo: 400)
        try readAll(remade)
    }

    @Test func `older rows with their weights and their progress are found once the views have caught up`() throws {
        for table in ["progress", "weight", "entry"] {
            try edit("INSERT OR REPLACE INTO \(table) SELECT * FROM old_\(table)")
        }
        let older = try CaseViews(path: path)
        if let position = try? older.position() {
            #expect(position == 200)
            try older.apply(lines[200...].flatMap(\.projections), upTo: 400)
        }
        #expect(throws: ViewsFault.self) { try readAll(older) }
    }

    @Test func `an older file as a whole catches up, and then is what was written`() throws {
        let again = try CaseViews(path: folder.path("older.db"))
        try again.apply(lines[..<200].flatMap(\.projections), upTo: 200)
        let reopened = try CaseViews(path: folder.path("older.db"))
        #expect(try reopened.position() == 200)
        try reopened.apply(lines[200...].flatMap(\.projections), upTo: 400)
        try readAll(reopened)
        #expect(try reopened.differences(from: views).isEmpty)
    }

    @Test func `a batch that failed leaves what is held as it was`() throws {
        try edit("ALTER TABLE access RENAME TO away")
        #expect(throws: ViewsFault.self) { try views.apply(lines.suffix(20).flatMap(\.projections), upTo: 500) }
        try edit("ALTER TABLE away RENAME TO access")
        try readAll(views)
    }
}
