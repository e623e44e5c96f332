import Casework
import Policy
import StrictJSON
import TestSupport
import Testing

@testable import Reports

/// The forms of a report: each says the same, and none does anything that nobody asked for.
@Suite("Forms of reports")
struct RenderingTests {
    private static let nasty = "=1+1,\"<script>alert(1)</script>\"\r\n\u{1B}]52;c;x\u{7}\u{202E}&'"

    private static func report(_ text: String = nasty) -> Report {
        let section = Report.Section(
            "one",
            text,
            ["Word", .count("Count"), "When"],
            rows: [
                [.text(text), .count(12), .time(UTCTime(milliseconds: 1_930_262_400_000))],
                [.text("b"), .suppressed, .none],
            ],
            total: [.text("All"), .suppressed, .none],
            drawn: 1
        )
        return Report(
            name: .transparency,
            title: text,
            basis: text,
            scope: text,
            head: ReportHead(size: 812, root: "ab", note: "accord.example.org/log1\n812\nroot\n\n— x y\n"),
            sections: [section],
            notes: [text],
            rows: 2
        )
    }

    private static func rendered(_ format: ReportFormat, _ text: String = nasty) -> String {
        String(decoding: report(text).rendered(as: format), as: UTF8.self)
    }

    @Test(arguments: [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(1)", "'@SUM(1)"),
        ("\tx", "'\tx"), ("\rx", "\"'\rx\""), ("a,b", "\"a,b\""), ("say \"so\"", "\"say \"\"so\"\"\""),
        ("=1,2", "\"'=1,2\""), ("two\nlines", "\"two\nlines\""), ("plain", "plain"), ("", ""),
    ])
    func `no cell of a spreadsheet is a formula, and each field is quoted where it must be`(
        _ text: String,
        _ field: String
    ) {
        #expect(Report.field(text) == field)
    }

    /// Reads CSV by the grammar of RFC 4180, as somebody else's program would.
    private static func records(_ csv: String) -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        let bytes = Array(csv.utf8)
        var index = 0
        func end() {
            record.append(String(decoding: field, as: UTF8.self))
            field = []
        }
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            index += 1
            switch (byte, isQuoted) {
            case (0x22, true) where next == 0x22:
                field.append(0x22)
                index += 1
            case (0x22, _): isQuoted.toggle()
            case (0x2C, false): end()
            case (0x0D, false) where next == 0x0A:
                index += 1
                end()
                records.append(record)
                record = []
            default: field.append(byte)
            }
        }
        return records
    }

    @Test func `as CSV all lines have as many fields, and what stands in them comes back`() {
        let records = Self.records(Self.rendered(.csv))
        #expect(Set(records.map(\.count)).count == 1)
        #expect(records.contains(["one", "'\(Self.nasty)", "12", "2031-03-03T00:00:00Z"]))
        #expect(records.contains(["one", "b", "suppressed", ""]))
        #expect(records.contains(["one-total", "All", "suppressed", ""]))
        #expect(records.contains(["report", "size", "812", ""]))
        for field in records.joined() { #expect(!"=+-@\t\r".contains(field.first ?? "x"), "\(field)") }
    }

    @Test func `as JSON it is one object with the head that it was made at`() throws {
        let value = try JSONValue(
            parsing: Array(Self.rendered(.json).utf8.dropLast()),
            limits: JSONLimits(maximumBytes: 1 << 20, maximumDepth: 16)
        )
        let object = try #require(value.object)
        #expect(object["head"]?.object?["size"]?.integer == 812)
        #expect(object["head"]?.object?["checkpoint"]?.string?.hasPrefix("accord.example.org/log1\n812\n") == true)
        let section = try #require(object["sections"]?.array?.first?.object)
        #expect(section["rows"]?.array?.last?.array == [JSONValue.string("b"), .string("suppressed"), .null])
    }

    @Test func `the page runs nothing, loads nothing, and shows text as text`() {
        let page = Self.rendered(.html)
        #expect(!page.contains("<script"))
        #expect(page.contains("&lt;script&gt;"))
        #expect(!page.utf8.contains(0x1B) && !page.contains("\u{202E}"))
        #expect(page.contains("default-src 'none'; style-src 'sha256-"))
        for word in ["http:", "https:", "src=", "url(", "onload", "style=\"", "javascript:"] {
            #expect(!page.contains(word), "\(word)")
        }
        for landmark in [
            "<html lang=\"en\">", "<main ", "<header>", "<nav aria-label=", "<footer ", "<h1>", "<caption>",
        ] {
            #expect(page.contains(landmark), "\(landmark)")
        }
        #expect(page.contains("@media print"))
    }

    @Test func `a text cannot be taken for a mark of the page`() {
        let page = Self.rendered(.html, "{sections}{checkpoint}")
        #expect(page.components(separatedBy: "{sections}{checkpoint}").count > 5)
        #expect(page.components(separatedBy: "<table>").count == 2)
    }

    @Test func `what is kept back is a dash with words for it, and has no bar`() {
        let page = Self.rendered(.html)
        #expect(page.contains("<abbr title=\"kept back\">–</abbr>"))
        #expect(page.contains("width=\"0\" height=\"16\"/>"))
        #expect(page.contains(">kept back</text>"))
    }

    @Test func `as text columns stand under each other, and the head stands at the end`() {
        let lines = Self.rendered(.text, "a").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.contains("Word  Count  When"))
        #expect(lines.contains("a        12  2031-03-03 00:00Z"))
        #expect(lines.contains("Made from the first 812 lines of the record; their root is ab."))
        #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [Substring] {
        var rest = self[...]
        var parts: [Substring] = []
        while let place = rest.firstRange(of: separator) {
            parts.append(rest[..<place.lowerBound])
            rest = rest[place.upperBound...]
        }
        return parts + [rest]
    }
}
