import ArgumentParser
import Glibc
import StrictJSON
import Testing

@testable import accord

/// Commands up to the wire, with a daemon that answers as the test says.
struct ConversationTests {
    private static let receipt: JSONObject = [
        "receipt": [
            "case": "TF-2031-482913", "item": "E-3", "position": 17,
            "leaf": .string(String(repeating: "ab", count: 32)),
            "recordedAt": 0, "duplicate": false,
        ]
    ]

    /// What the command prints.
    private func output(_ words: [String], _ daemon: FakeDaemon) throws -> String {
        let command = try #require(try Accord.parseAsRoot(words + ["--socket", daemon.path, "--no-pin"]) as? any Verb)
        var page = Page(Terminal(width: 80, isColoured: false))
        try command.perform(on: &page)
        return page.gathered
    }

    private func request(_ request: JSONObject) -> String? {
        request["parameters"]?.object?["context"]?.object?["request"]?.string
    }

    @Test func `a write goes out with a request id and comes back as one line`() throws {
        let daemon = try FakeDaemon { _, _ in .replies([Self.receipt]) }
        let line = "TF-2031-482913  E-3  position 17  leaf abababababab  1970-01-01T00:00:00.000Z\n"
        #expect(try output(["entry", "add", "ALDER", "text"], daemon) == line)
        let sent = try #require(daemon.requests.first)
        #expect(sent["method"] == "io.accord.Entry.Record")
        #expect(sent["parameters"]?.object?["text"] == "text")
        #expect(request(sent)?.utf8.count == 32)
    }

    @Test func `a lost answer is asked for once more under the same request id`() throws {
        let daemon = try FakeDaemon { before, _ in before == 0 ? .broken(after: []) : .replies([Self.receipt]) }
        #expect(try output(["entry", "add", "ALDER", "text"], daemon).contains("E-3"))
        #expect(daemon.requests.count == 2)
        #expect(daemon.requests.first == daemon.requests.last)
    }

    @Test func `an answer lost twice tells the request id to repeat with`() throws {
        let daemon = try FakeDaemon { _, _ in .broken(after: []) }
        let failure = #expect(throws: Failure.self) { try output(["case", "propose", "ALDER"], daemon) }
        #expect(daemon.requests.count == 2)
        let id = try #require(daemon.requests.first.flatMap(request))
        #expect(failure?.ask.contains("--request \(id)") == true)
    }

    @Test func `a refusal is final`() throws {
        let daemon = try FakeDaemon { _, _ in .error("io.accord.Case.Refused", ["code": "E-SOD", "rule": "P08"]) }
        let failure = #expect(throws: Failure.self) { try output(["case", "approve", "ALDER"], daemon) }
        #expect(failure?.code == "E-SOD")
        #expect(failure?.status == 77)
        #expect(daemon.requests.count == 1)
    }

    @Test func `a list for programs is one object a line as it was sent`() throws {
        let first: JSONObject = ["case": ["number": "TF-1", "title": "A", "unknown": [1, true]]]
        let daemon = try FakeDaemon { _, _ in .replies([first, ["case": ["number": "TF-2"]], [:]]) }
        let expected =
            #"{"case":{"number":"TF-1","title":"A","unknown":[1,true]}}"# + "\n{\"case\":{\"number\":\"TF-2\"}}\n"
        #expect(try output(["case", "list", "--json"], daemon) == expected)
    }

    @Test func `no daemon and no permission are told apart and end with their own status`() {
        for (path, status) in [
            ("/nowhere/accord.sock", ExitStatus.notRunning), ("/etc/hostname", ExitStatus.notRunning),
        ] {
            let failure = #expect(throws: Failure.self) {
                let command = try #require(
                    try Accord.parseAsRoot(["status", "--no-pin", "--socket", path]) as? any Verb
                )
                var page = Page(Terminal(width: 80, isColoured: false))
                try command.perform(on: &page)
            }
            #expect(failure?.status == status)
        }
    }

    @Test func `a bundle whose digest is another is not kept`() throws {
        let daemon = try FakeDaemon { _, _ in
            .replies([["data": "aGVsbG8="], ["digest": .string(String(repeating: "00", count: 32))]])
        }
        let file = "\(daemon.path).tar"
        #expect(throws: Failure.self) { try output(["audit", "export", "-o", file], daemon) }
        #expect(unsafe access(file, F_OK) != 0)
    }

    @Test func `a bundle is written piece by piece and never over another file`() throws {
        let daemon = try FakeDaemon { _, _ in
            .replies([
                ["data": "aGVsbG8="],
                ["digest": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"],
            ])
        }
        let file = "\(daemon.path).tar"
        defer { unsafe unlink(file) }
        #expect(try output(["audit", "export", "-o", file], daemon).contains("5 bytes"))
        #expect(try InputFile.read(file, atMost: 10) == Array("hello".utf8))
        let failure = #expect(throws: Failure.self) { try output(["audit", "export", "-o", file], daemon) }
        #expect(failure?.status == ExitStatus.cannotCreate)
    }

    @Test func `an update of an agency keeps what is not given`() throws {
        let daemon = try FakeDaemon { before, _ in
            before == 0
                ? .replies([["agency": ["id": "MPD-VT", "name": "Metro", "contact": "desk"]], [:]])
                : .replies([Self.receipt])
        }
        _ = try output(["agency", "update", "MPD-VT", "--contact", "desk 2"], daemon)
        #expect(
            daemon.requests.last?["parameters"]?.object?["agency"]
                == ["id": "MPD-VT", "name": "Metro", "contact": "desk 2"]
        )
    }

    @Test func `watching once prints the events there are and no more`() throws {
        let event: JSONObject = [
            "kind": "event",
            "event": [
                "case": "TF-1", "position": 4, "kind": "entry.recorded", "recordedAt": 0, "member": "agent.mpd1",
                "agency": "MPD-VT", "summary": "agent.mpd1 (MPD-VT) recorded E-1, H2, CASE.",
            ],
        ]
        let live: JSONObject = ["kind": "live", "positions": [["case": "TF-1", "after": 4]]]
        let daemon = try FakeDaemon { _, _ in .replies([event, event, live]) }
        let text = try output(["watch", "--case", "TF-1", "--from", "4", "--once"], daemon)
        #expect(text == "1970-01-01T00:00:00Z  TF-1  4  agent.mpd1 (MPD-VT) recorded E-1, H2, CASE.\n")
        let parameters = daemon.requests.first?["parameters"]?.object
        #expect(parameters?["positions"] == [["case": "TF-1", "after": 3]])
        #expect(parameters?["follow"] == false)
    }

    @Test func `a watch of all cases that is cut off asks for what it missed`() throws {
        let daemon = try FakeDaemon { before, request in
            let event = { (position: Int64) -> JSONObject in
                ["kind": "event", "event": ["case": "TF-1", "position": .integer(position), "summary": "x"]]
            }
            let live = { (after: Int64) -> JSONObject in
                ["kind": "live", "positions": [["case": "TF-1", "after": .integer(after)]]]
            }
            switch (before, request["parameters"]?.object?["positions"]) {
            case (0, nil): return .broken(after: [live(4), event(5)])
            case (1, nil): return .broken(after: [live(7), event(8)])
            case (2, .some): return .replies([event(6), event(7), live(7)])
            default: return .error("io.accord.Feed.Refused", ["code": "E-NOT-MEMBER"])
            }
        }
        let command = try #require(
            try Accord.parseAsRoot(["watch", "--no-pin", "--socket", daemon.path]) as? WatchCommand
        )
        var page = Page(Terminal(width: 80, isColoured: false))
        #expect(throws: Failure.self) { try command.perform(on: &page) { _ in } }
        #expect(
            page.gathered.split(separator: "\n").map { $0.split(separator: " ").dropFirst().first } == [
                "5", "6", "7", "8",
            ]
        )
        #expect(daemon.requests.count == 4)
        #expect(daemon.requests[2]["parameters"]?.object?["positions"] == [["case": "TF-1", "after": 5]])
    }

    @Test func `a watch that is cut off goes on after the last event and shows none twice`() throws {
        let daemon = try FakeDaemon { before, request in
            let events = (before..<before + 2).map { number -> JSONObject in
                ["kind": "event", "event": ["case": "TF-1", "position": .integer(Int64(number)), "summary": "x"]]
            }
            if before == 2 { return .error("io.accord.Feed.Refused", ["code": "E-NOT-MEMBER"]) }
            let last: JSONObject = ["case": "TF-1", "after": .integer(Int64(before + 1))]
            return .broken(after: events + [["kind": "live", "positions": [.object(last)]]])
        }
        let command = try #require(
            try Accord.parseAsRoot(["watch", "--case", "TF-1", "--no-pin", "--socket", daemon.path]) as? WatchCommand
        )
        var page = Page(Terminal(width: 80, isColoured: false))
        let failure = #expect(throws: Failure.self) { try command.perform(on: &page) { _ in } }
        #expect(failure?.code == "E-NOT-MEMBER")
        #expect(
            page.gathered.split(separator: "\n").map { $0.split(separator: " ").dropFirst().first } == ["0", "1", "2"]
        )
        let places = daemon.requests.map { $0["parameters"]?.object?["positions"] }
        #expect(
            places == [
                [["case": "TF-1", "after": -1]], [["case": "TF-1", "after": 1]], [["case": "TF-1", "after": 2]],
            ]
        )
    }
}
