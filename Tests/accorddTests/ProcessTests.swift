import Foundation
import Glibc
import Logging
import Testing

@testable import accordd

struct ProcessTests {
    @Test func `a log line stays one line whatever it contains`() {
        let line = LogLine.compose(Self.hostile)
        let expected =
            #"at=1970-01-01T00:00:00.000Z level=info label="a b" message="two\nlines \"quoted\" \u{1b}[31m"#
            + #"\u{202e}\u{2028}" k_y="v\u{d}\nat=forged" n=5"#
        #expect(line == expected + "\n")
    }

    private static let hostile = LogEntry(
        time: Date(timeIntervalSince1970: 0),
        level: .info,
        label: "a b",
        message: "two\nlines \"quoted\" \u{1B}[31m\u{202E}\u{2028}",
        metadata: ["k=y": "v\r\nat=forged", "n": "5"]
    )

    @Test func `in the journal each value is a field of its own, and can begin no other`() throws {
        let expected = [
            ("PRIORITY", "6"), ("SYSLOG_IDENTIFIER", "a b"),
            ("MESSAGE", #"two\nlines \"quoted\" \u{1b}[31m\u{202e}\u{2028} k_y="v\u{d}\nat=forged" n=5"#),
            ("ACCORD_K_Y", "v\r\nat=forged"), ("ACCORD_N", "5"),
        ]
        let fields = try Self.fields(of: JournalOutput.datagram(Self.hostile))
        #expect(fields.map(\.0) == expected.map(\.0))
        #expect(fields.map(\.1) == expected.map(\.1))
    }

    /// Reads a datagram as the journal does: name, line feed, length in eight bytes, value, line feed.
    private static func fields(of datagram: [UInt8]) throws -> [(String, String)] {
        var rest = datagram[...]
        var fields: [(String, String)] = []
        while let end = rest.firstIndex(of: 0x0A) {
            let name = String(decoding: rest[..<end], as: UTF8.self)
            let length = rest[end...].dropFirst().prefix(8).enumerated().reduce(0) {
                $0 | Int($1.element) << (8 * $1.offset)
            }
            let value = rest[(end + 9)...].prefix(length)
            try #require(rest[(end + 9)...].dropFirst(length).first == 0x0A)
            fields.append((name, String(decoding: value, as: UTF8.self)))
            rest = rest[(end + 9)...].dropFirst(length + 1)
        }
        try #require(rest.isEmpty)
        return fields
    }

    @Test func `a long value is cut`() {
        #expect(LogLine.quoted(String(repeating: "a", count: 5_000)).count == LogLine.maximumValueCharacters + 3)
    }

    @Test func `a pipe that nobody empties does not hold the writer up, and what was dropped is counted`() throws {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        let output = LogOutput(descriptor: descriptor)
        let line = String(repeating: "x", count: 4_000) + "\n"
        for _ in 0..<40 { output.write(line) }
        var read = 0
        while read < 60_000 { read += try #require(try pipe.fileHandleForReading.read(upToCount: 4_001)).count }
        output.write("after\n")
        try pipe.fileHandleForWriting.close()
        let rest = String(decoding: try #require(try pipe.fileHandleForReading.readToEnd()), as: UTF8.self)
        #expect(rest.contains("log lines were dropped"))
        #expect(rest.hasSuffix("after\n"))
    }

    @Test func `a closed descriptor is passed over`() {
        LogOutput(descriptor: 9_999).write("nobody reads this\n")
    }

    @Test(arguments: [
        ("         0          0 4294967295\n", true), ("         0       1000          1\n", false),
        ("0 0 1\n1 1 4294967294\n", false), ("", false),
    ])
    func `only the map of a host is the identity`(map: String, isIdentity: Bool) {
        #expect(Footing.isIdentity(map) == isIdentity)
    }

    @Test func `a reload reaches loggers that were handed out before`() {
        let threshold = LogThreshold(.info)
        let logger = Logger(label: "x") { ServiceLogHandler(label: $0, threshold: threshold, output: LogOutput()) }
        #expect(logger.logLevel == .info)
        threshold.level = .trace
        #expect(logger.logLevel == .trace)
    }

    @Test(arguments: [("365d", 365), ("1d", 1), ("0d", nil), ("401d", nil), ("365", nil), ("d", nil), ("-1d", nil)])
    func `an expiry is a number of days that rule P30 grants`(text: String, days: Int?) {
        #expect(InitCommand.days(text) == days)
    }
}
