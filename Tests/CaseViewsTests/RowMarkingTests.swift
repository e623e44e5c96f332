import Casework
import GRDB
import TestSupport
import Testing

@testable import CaseViews

extension CaseViews {
    /// Views whose marks are the same in each run.
    convenience init(path: String) throws(ViewsFault) {
        @Sendable func sum(_ bytes: [UInt8]) -> UInt64 {
            // FNV-1a is enough for tests: nobody forges here.
            bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
        @Sendable func mark(_ row: [UInt8]) -> [UInt8] {
            (0..<8).map { UInt8(truncatingIfNeeded: sum(row) >> (8 * $0)) }
        }
        try self.init(
            path: path,
            marking: RowMarking(
                make: { mark($0) },
                isMark: { $0 == mark($1) },
                weigh: { UInt128(sum($0)) },
                seal: { $0 + mark($0) },
                open: { sealed in
                    let sums = Array(sealed.dropLast(8))
                    return sealed == sums + mark(sums) ? sums : nil
                }
            )
        )
    }
}

/// Rows that somebody wrote past the daemon are found when they are read, and when they are compared.
@Suite("Marked rows", .tags(.medium, .g3))
struct RowMarkingTests {
    private let folder: ScratchFolder
    private let views: CaseViews
    private let again: CaseViews

    init() throws {
        folder = try ScratchFolder("marks")
        var script = Script(seed: 9)
        let lines = script.lines(600)
        views = try CaseViews(path: folder.path("views.db"))
        again = try CaseViews(path: folder.path("again.db"))
        for each in [views, again] { try each.apply(lines.flatMap(\.projections), upTo: UInt64(lines.count)) }
    }

    private func edit(_ sql: String) throws {
        let other = try DatabaseQueue(path: folder.path("views.db"))
        try other.write { try $0.execute(sql: sql) }
        try other.close()
    }

    private func readAll() throws {
        _ = try views.position()
        _ = try views.accesses(AccessFilter(), after: -1, limit: .max)
        for id in Script.cases {
            _ = try views.register(of: id, after: 0, limit: .max)
            for entry in try views.entries(of: id, after: .min, limit: .max) {
                _ = try views.acknowledgements(of: entry.number, in: id)
            }
        }
    }

    @Test func `views of the same lines do not differ`() throws {
        try readAll()
        #expect(try views.differences(from: again).isEmpty)
    }

    @Test(arguments: [
        "UPDATE entry SET compartment = 'CASE' WHERE rowid_is", "UPDATE entry SET handling = 'H0' WHERE rowid_is",
        "UPDATE entry SET origin = 'XYZ' WHERE rowid_is", "UPDATE entry SET seq = seq + 1 WHERE rowid_is",
        "UPDATE entry SET state = 'hidden' WHERE rowid_is", "UPDATE entry SET mark = x'00' WHERE rowid_is",
        "UPDATE entry SET number = 9999 WHERE rowid_is", "UPDATE progress SET position = position - 1",
        "UPDATE progress SET position = position + 1", "UPDATE access SET member = 'nobody' WHERE seq % 5 = 0",
        "UPDATE access SET seq = seq + 10000", "UPDATE access SET rule = 'P01' WHERE rule IS NULL",
        "UPDATE dissemination SET to_agency = 'XYZ'", "UPDATE acknowledgement SET member = member || 'x'",
    ])
    func `a row that was edited is not read`(_ sql: String) throws {
        let first = "number = (SELECT min(number) FROM entry WHERE number > 0)"
        try edit(sql.replacing("rowid_is", with: first))
        #expect(throws: ViewsFault.self) { try readAll() }
        #expect(try !views.differences(from: again).isEmpty)
    }

    @Test(arguments: ["entry", "acknowledgement", "dissemination", "access"])
    func `rows that are missing, or were put back, are found when views are compared`(_ table: String) throws {
        try edit("CREATE TABLE kept AS SELECT * FROM \(table)")
        try edit("DELETE FROM \(table)")
        #expect(try views.differences(from: again).count == 1)
        try edit("INSERT INTO \(table) SELECT * FROM kept")
        try edit("DROP TABLE kept")
        #expect(try views.differences(from: again).isEmpty)
    }
}
