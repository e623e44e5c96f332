import Casework
import Policy
import StrictJSON
import TestSupport
import Testing

@testable import Reports

/// What reports say of lines of the record (domain.md 2.7, 3, 6.12).
@Suite("Reports")
struct ReportTests {
    // MARK: Joint task forces

    private static func arrests(_ item: Int64, _ total: Int64, _ immigration: Int64) -> JSONObject {
        ["item": .integer(item), "total": .integer(total), "for_immigration_enforcement": .integer(immigration)]
    }

    @Test func `the annual report has a row for each case that was open, with its agencies and arrests`() throws {
        var lines = Lines()
        try lines.open(.alder, "TF-2031-000014")
        try lines.add("case.agency_joined", of: "MPD-VT", ["agency": "MPD-VT"])
        try lines.open(.birch, "TF-2031-000022", lead: "HCS-MAR", agreement: "MOU-31-02")
        try lines.add("op.completed", ["item": 1])
        try lines.add("op.arrests_counted", Self.arrests(1, 3, 0))
        try lines.add("op.arrests_counted", Self.arrests(2, 2, 1))
        let report = lines.report(.taskForces)
        #expect(
            report.rows("task-forces") == [
                "TF-2031-000014 | trafficking-criminal | FIB-MB | FIB-MB MPD-VT | 1 | 5 | 1",
                "TF-2031-000022 | trafficking-criminal | HCS-MAR | HCS-MAR | 0 | 0 | 0",
            ]
        )
        #expect(report.total("task-forces") == "All |  |  |  | 1 | 5 | 1")
        let designated = lines.report(.taskForces, agency: "SPO-OC", agreements: ["MOU-31-02"])
        #expect(designated.rows("task-forces").count == 1)
        #expect(lines.report(.taskForces, agency: "MPD-VT", agreements: []).rows == 1)
    }

    @Test func `a count that was corrected counts once, in the year of the first count`() throws {
        var lines = Lines()
        try lines.open(.alder, "TF-2031-000014")
        try lines.add("op.arrests_counted", Self.arrests(1, 3, 2))
        let later = lines.now
        try lines.add("op.arrests_counted", Self.arrests(1, 4, 0))
        #expect(lines.report(.taskForces).total("task-forces").hasSuffix("| 0 | 4 | 0"))
        #expect(lines.report(.taskForces, until: later).total("task-forces").hasSuffix("| 0 | 4 | 0"))
        #expect(lines.report(.taskForces, from: later).total("task-forces").hasSuffix("| 0 | 0 | 0"))
        #expect(lines.report(.transparency, from: later).count("Arrests") == "0")
    }

    @Test func `a case is reported for each period in which it was open, and for no other`() throws {
        var lines = Lines()
        let before = lines.now
        try lines.open(.alder, "TF-2031-000014")
        let opened = lines.now
        try lines.add("case.closed")
        let closed = lines.now
        try lines.add("case.reopened")
        #expect(lines.report(.taskForces, until: before).rows == 0)
        #expect(lines.report(.taskForces, from: opened, until: closed).rows == 1)
        #expect(lines.report(.taskForces, from: closed, until: closed).rows == 0)
        #expect(lines.report(.taskForces, from: closed).rows == 1)
    }

    @Test func `what an agency's policy keeps out of reports is out, and the report names the agency and the rule`()
        throws
    {
        var lines = Lines()
        try lines.open(.alder, "TF-2031-000014")
        try lines.add("case.agency_joined", of: "MPD-VT", ["agency": "MPD-VT"])
        try lines.add("op.arrests_counted", of: "MPD-VT", Self.arrests(1, 3, 0))
        try lines.open(.birch, "TF-2031-000022", lead: "MPD-VT")
        let report = lines.report(.taskForces, withheld: ["MPD-VT": "City Code 7.3"])
        #expect(report.rows("task-forces") == ["TF-2031-000014 | trafficking-criminal | FIB-MB | FIB-MB | 0 | 0 | 0"])
        #expect(report.notes.last == "MPD-VT keeps what it contributed out of this report: City Code 7.3.")
    }

    // MARK: Custody

    private static func custody() throws -> Lines {
        var lines = Lines()
        try lines.register("FRO-MB", "civil-immigration", "federal")
        try lines.open(.birch, "TF-2031-000022", lead: "HCS-MAR")
        let request: JSONObject = [
            "item": 482_913, "from": "FRO-MB", "booking": "B-1", "asks": "hold", "instrument": "detainer",
        ]
        try lines.add("custody.request_received", of: "LCS-DET", in: .birch, request)
        try lines.add("custody.answered", of: "LCS-DET", in: .birch, ["item": 482_913, "answer": "not-complying"])
        try lines.add("custody.released", of: "LCS-DET", in: .birch, ["item": 482_913])
        try lines.add(
            "custody.inquiry_sent",
            of: "LCS-DET",
            in: .birch,
            [
                "item": 111_222, "to": "FRO-MB", "booking": "B-2", "reason": "judicial-warrant-known",
                "in_custody": true,
                "offence": "smuggling",
            ]
        )
        return lines
    }

    @Test func `each request for custody is a row with its dates, and nobody's name, pseudonym or number`() throws {
        let lines = try Self.custody()
        let report = lines.report(.detainers, agency: "LCS-DET")
        #expect(
            report.rows("requests-for-custody") == [
                "1 | LCS-DET | 2031-03-03 00:03Z | detainer | hold | FRO-MB | not-complying | 2031-03-03 00:04Z | 2031-03-03 00:05Z |  | "
            ]
        )
        #expect(report.rows("inquiries-sent").count == 1)
        for format in ReportFormat.allCases {
            let text = String(decoding: report.rendered(as: format), as: UTF8.self)
            for secret in ["B-1", "B-2", "482913", "111222"] { #expect(!text.contains(secret), "\(format)") }
        }
    }

    // MARK: Succession

    /// A record in which the sheriff's detention was followed by a jail authority after what it did.
    private static func followed() throws -> Lines {
        var lines = try custody()
        try lines.add("case.agency_joined", of: "LCS-DET", in: .birch, ["agency": "LCS-DET"])
        let given: JSONObject = [
            "dissemination": 1, "entry": 1, "origin": "LCS-DET", "recipient": "SPO-OC", "handling": "H0",
            "means": "in-system",
        ]
        try lines.add("dissemination.recorded", of: "LCS-DET", in: .birch, texts: ["reason"], given)
        try lines.add(
            "agency.succeeded_by",
            of: "JAIL-A",
            by: "liaison.jail",
            in: .system,
            ["agency": "LCS-DET", "successor": "JAIL-A"]
        )
        return lines
    }

    @Test func `what an agency did that another followed stands in that one's reports, and under both names`() throws {
        let lines = try Self.followed()
        for agency in ["JAIL-A", "LCS-DET"] {
            let rows = lines.report(.detainers, agency: agency).rows("requests-for-custody")
            #expect(rows.first?.hasPrefix("1 | JAIL-A (formerly LCS-DET) | ") == true, "\(agency): \(rows)")
            let given = lines.report(.dissemination, agency: agency)
            #expect(given.rows == 1 && given.rows("register").first?.contains("JAIL-A (formerly LCS-DET)") == true)
            #expect(lines.report(.taskForces, agency: agency, agreements: []).rows == 1, "\(agency)")
        }
        #expect(lines.report(.detainers, agency: "SPO-OC").rows == 0)
        let parts = lines.report(.taskForces).rows("task-forces").first ?? ""
        #expect(parts.contains("HCS-MAR JAIL-A (formerly LCS-DET)"), "\(parts)")
        // A report as of the day before is made again as it was.
        var before = lines
        before.dropLast()
        #expect(before.report(.detainers, agency: "JAIL-A").rows == 0)
        let row = before.report(.detainers, agency: "LCS-DET").rows("requests-for-custody").first
        #expect(row?.hasPrefix("1 | LCS-DET | ") == true)
    }

    @Test func `an agency that received nothing has a nil report`() throws {
        let report = try Self.custody().report(.detainers, agency: "SPO-OC")
        #expect(report.rows == 0)
        #expect(report.notes.contains { $0.hasPrefix("Nil:") })
        #expect(try Self.custody().report(.detainers, agency: "LCS-DET").rows == 1)
        let sealed = try Self.custody().report(.detainers, agency: "LCS-DET", sealed: [.birch: ["K-482913"]])
        #expect(sealed.rows == 0)
    }

    // MARK: Registers

    @Test func `the register shows an agency what it gave, contributed or was given, and nothing that is sealed`()
        throws
    {
        var lines = Lines()
        try lines.open(.alder, "TF-2031-000014")
        func given(_ number: Int64, _ entry: Int64, _ origin: String, _ recipient: String) -> JSONObject {
            [
                "dissemination": .integer(number), "entry": .integer(entry), "origin": .string(origin),
                "recipient": .string(recipient), "handling": "H0", "means": "in-system",
            ]
        }
        try lines.add("dissemination.recorded", of: "MPD-VT", texts: ["reason"], given(1, 1, "LSD-WH", "TCP-NAR"))
        try lines.add("dissemination.recorded", of: "SPO-OC", texts: ["reason"], given(2, 2, "SPO-OC", "TCP-NAR"))
        #expect(lines.report(.dissemination).rows == 2)
        for agency in ["LSD-WH", "MPD-VT"] { #expect(lines.report(.dissemination, agency: agency).rows == 1) }
        #expect(lines.report(.dissemination, agency: "TCP-NAR").rows("recipients") == ["TCP-NAR | 2"])
        #expect(lines.report(.dissemination, agency: "TCP-NAR", sealed: [.alder: ["E-2"]]).rows == 1)
        #expect(lines.report(.dissemination, agency: "HCS-MAR").rows == 0)
    }

    @Test func `a purge changes no report`() throws {
        var before = Lines()
        var after = Lines()
        for texts in [["text"], []] {
            var lines = Lines()
            try lines.open(.alder, "TF-2031-000014")
            try lines.add(
                "entry.recorded",
                texts: texts,
                [
                    "entry": 1, "kind": "report", "handling": "H0", "compartment": "CASE", "acknowledge": false,
                ]
            )
            if texts.isEmpty { after = lines } else { before = lines }
        }
        for name in ReportName.allCases where name != .timeline {
            #expect(before.report(name).rendered(as: .html) == after.report(name).rendered(as: .html), "\(name)")
        }
    }

    // MARK: Counts

    @Test func `counts for the public are of groups of lines, and tell no case, member or person apart`() throws {
        var lines = try Self.custody()
        try lines.open(.alder, "TF-2031-000014")
        try lines.add(
            "access.denied",
            isRefused: true,
            rule: "P01",
            [
                "act": "case.show", "item": "TF-2031-000014", "code": "E-NOT-MEMBER",
            ]
        )
        try lines.add(
            "rfi.overdue",
            [
                "clock": "rfi", "item": "Q-2", "started_at": 1, "due_at": 2,
            ]
        )
        let report = lines.report(.transparency)
        #expect(report.count("trafficking-criminal") == "2")
        #expect(report.count("detainer") == "1")
        #expect(report.count("E-NOT-MEMBER") == "1")
        for format in ReportFormat.allCases {
            let text = String(decoding: report.rendered(as: format), as: UTF8.self)
            for secret in ["TF-2031", "Alder", "lead.fib", "liaison.spo", "B-1", "K-", "Q-2", "FIB-MB"] {
                #expect(!text.contains(secret), "\(format): \(secret)")
            }
        }
    }

    @Test func `every figure stands in a group that is shown, and each group has one title`() {
        let known = Set(CountRow.groups.map(\.id))
        #expect(known.count == CountRow.groups.count)
        for row in CountRow.transparency + CountRow.digest { #expect(known.contains(row.group), "\(row.title)") }
    }

    @Test func `no two sections of a report have one name, so that a link leads to one place`() throws {
        let lines = try Self.custody()
        for name in ReportName.allCases {
            let ids = lines.report(name).sections.map(\.id)
            #expect(Set(ids).count == ids.count, "\(name): \(ids)")
        }
    }

    @Test func `of victims the public is told numbers from five on, and nothing of what is hidden`() throws {
        var lines = Lines()
        for _ in 0..<5 { try lines.add("victim.reference_minted", ["item": 1]) }
        try lines.add(
            "victim.minor_notice_overdue",
            [
                "clock": "minor-notice", "item": "V-1", "started_at": 1, "due_at": 2,
            ]
        )
        try lines.add("access.denied", isRefused: true, rule: "P14", ["act": "entry.read", "code": "E-1367"])
        let report = lines.report(.transparency)
        #expect(report.count("References of victims") == "5")
        #expect(report.count("Deadlines about victims and complaints that passed") == "–")
        #expect(report.count("minor-notice") == nil)
        #expect(report.count("E-1367") == nil && report.count("E-NOT-FOUND") == "1")
        #expect(lines.report(.digest).count("E-1367") == "1")
    }

    @Test func `what is written to oversight is counted, and kept back as long as there is little of it`() throws {
        var lines = Lines()
        let entry: JSONObject = [
            "case": .string(CaseID.alder.hex), "entry": 482_913, "kind": "report", "handling": "H0",
        ]
        for _ in 0..<4 { try lines.add("restricted", in: .system, texts: ["text"], entry) }
        let title = "Written to oversight about a case"
        #expect(lines.report(.transparency).count(title) == "–")
        #expect(lines.report(.digest).count(title) == "4")
        try lines.add("restricted", in: .system, texts: ["text"], entry)
        #expect(lines.report(.transparency).count(title) == "5")
    }
}
