import StrictJSON
import TestSupport
import Testing
import Varlink

/// The rows of the table in ipc.md 2.5, against a server on a real socket.
@Suite(.tags(.medium)) struct OddInputTests {
    /// What comes back for one message.
    enum Answer: Hashable, Sendable {
        case ok
        case error(String, String, String)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let pieces: [[UInt8]]
        let answers: [Answer]
        let closes: Bool

        var testDescription: String { name }

        init(_ name: String, _ pieces: [String], _ answers: [Answer] = [], closes: Bool = false) {
            self.init(name, bytes: pieces.map { Array($0.utf8) }, answers, closes: closes)
        }

        init(_ name: String, bytes: [[UInt8]], _ answers: [Answer] = [], closes: Bool = false) {
            self.name = name
            pieces = bytes
            self.answers = answers
            self.closes = closes
        }
    }

    private static let info = #"{"method":"org.varlink.service.GetInfo"}"# + "\0"
    private static let service = "org.varlink.service."

    private static func invalid(_ path: String) -> Answer { .error(service + "InvalidParameter", "parameter", path) }

    private static func echo(_ parameters: String, _ more: String = "") -> String {
        #"{"method":"org.example.test.Echo","parameters":\#(parameters)\#(more)}"# + "\0"
    }

    static let rows: [Row] = [
        Row("byte by byte", info.map { String($0) }, [.ok]),
        Row("split", [String(info.prefix(20)), String(info.dropFirst(20))], [.ok]),
        Row("three in one write", [info + info + info], [.ok, .ok, .ok]),
        Row("whitespace", ["\r\n { \t\"method\" :\n\"org.varlink.service.GetInfo\" } \0"], [.ok]),
        Row("parameters null", [#"{"method":"org.varlink.service.GetInfo","parameters":null}"# + "\0"], [.ok]),
        Row("parameters {}", [#"{"method":"org.varlink.service.GetInfo","parameters":{}}"# + "\0"], [.ok]),
        Row("parameters []", [#"{"method":"org.varlink.service.GetInfo","parameters":[]}"# + "\0"], closes: true),
        Row("undeclared parameter", [echo(#"{"text":"a","x":1}"#)], [invalid("x")]),
        Row(
            "undeclared parameter of GetInfo",
            [#"{"method":"org.varlink.service.GetInfo","parameters":{"x":1}}"# + "\0"],
            [invalid("x")]
        ),
        Row("more:null", [echo(#"{"text":"a"}"#, #","more":null"#)], [.ok]),
        Row("more:1", [echo(#"{"text":"a"}"#, #","more":1"#)], closes: true),
        Row("more:true, method does not stream", [echo(#"{"text":"a"}"#, #","more":true"#)], [.ok]),
        Row("more + oneway", [echo(#"{"text":"a"}"#, #","more":true,"oneway":true"#)], closes: true),
        Row("oneway, then a call", [echo(#"{"text":"a"}"#, #","oneway":true"#), echo(#"{"text":"b"}"#)], [.ok]),
        Row("oneway to an unknown method, then a call", [#"{"method":"a.b.C","oneway":true}"# + "\0" + info], [.ok]),
        Row("oneway with a wrong parameter, then a call", [echo("{}", #","oneway":true"#) + info], [.ok]),
        Row(
            "oneway to a method that fails, then a call",
            [#"{"method":"org.example.test.Fail","oneway":true}"# + "\0" + info],
            [.ok]
        ),
        Row("unknown header", [echo(#"{"text":"a"}"#, #","x":1"#)], closes: true),
        Row("vendor header", [echo(#"{"text":"a"}"#, #","org.example":{"x":[1]}"#)], [.ok]),
        Row("no method", [#"{"parameters":{}}"# + "\0"], closes: true),
        Row("method not a string", [#"{"method":1}"# + "\0"], closes: true),
        Row(
            "method without a dot",
            [#"{"method":"GetInfo"}"# + "\0"],
            [.error(service + "InterfaceNotFound", "interface", "")]
        ),
        Row(
            "unknown interface",
            [#"{"method":"org.example.none.M"}"# + "\0"],
            [.error(service + "InterfaceNotFound", "interface", "org.example.none")]
        ),
        Row(
            "unknown method",
            [#"{"method":"org.example.test.None"}"# + "\0"],
            [.error(service + "MethodNotFound", "method", "org.example.test.None")]
        ),
        Row(
            "unknown method of the service itself",
            [#"{"method":"org.varlink.service.None"}"# + "\0"],
            [.error(service + "MethodNotFound", "method", "org.varlink.service.None")]
        ),
        Row(
            "description of an unknown interface",
            [#"{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"a.b"}}"# + "\0"],
            [.error(service + "InterfaceNotFound", "interface", "a.b")]
        ),
        Row(
            "description without an interface",
            [#"{"method":"org.varlink.service.GetInterfaceDescription"}"# + "\0"],
            [invalid("interface")]
        ),
        Row("missing parameter", [echo("{}")], [invalid("text")]),
        Row("wrong type", [echo(#"{"text":7}"#)], [invalid("text")]),
        Row(
            "wrong type deep inside",
            [echo(#"{"text":"a","positions":[{"case":7,"after":1}]}"#)],
            [invalid("positions[0].case")]
        ),
        Row(
            "fraction for an integer",
            [echo(#"{"text":"a","positions":[{"case":"a","after":1.0}]}"#)],
            [invalid("positions[0].after")]
        ),
        Row(
            "streaming method without more",
            [#"{"method":"org.example.test.Count","parameters":{"to":3}}"# + "\0" + info],
            [.error(service + "ExpectedMore", "", ""), .ok]
        ),
        Row("top-level array", ["[]\0"], closes: true),
        Row("invalid JSON", ["{\"method\":\0"], closes: true),
        Row("trailing comma", [#"{"method":"org.varlink.service.GetInfo",}"# + "\0"], closes: true),
        Row("empty message", ["\0"], closes: true),
        Row("invalid UTF-8", bytes: [Array(#"{"method":"a.b.C"#.utf8) + [0xFF] + Array("\"}\0".utf8)], closes: true),
        Row("byte order mark", bytes: [[0xEF, 0xBB, 0xBF] + Array(info.utf8)], closes: true),
        Row("U+0000 in a string", [echo(#"{"text":"\u0000"}"#)], closes: true),
        Row("lone surrogate", [echo(#"{"text":"\ud800"}"#)], closes: true),
        Row("duplicate key", [#"{"method":"a.b.C","method":"org.varlink.service.GetInfo"}"# + "\0"], closes: true),
        Row("duplicate key, escaped", [#"{"method":"a.b.C","meth\u006fd":"a.b.D"}"# + "\0"], closes: true),
        Row("nesting 63", [nested(62)], [invalid("x")]),
        Row("nesting 65", [nested(64)], closes: true),
        Row("nesting 10,000", [nested(10_000)], closes: true),
        Row("nesting 100,000", [nested(100_000)], closes: true),
        Row("a good call, then garbage, then a good call", [info + "garbage\0" + info], [.ok], closes: true),
        Row("17 MiB", bytes: [Array(#"{"method":""#.utf8) + [UInt8](repeating: 0x61, count: 17 << 20)], closes: true),
        Row("7 MiB", [echo("{\"text\":\"\(String(repeating: "a", count: 7 << 20))\"}")], [.ok]),
    ]

    /// So many arrays inside the two objects of a call.
    private static func nested(_ depth: Int) -> String {
        echo("{\"x\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}")
    }

    private func answer(_ message: JSONObject) -> Answer {
        guard let error = message["error"]?.string else {
            return message["parameters"] == nil ? .error("", "", "") : .ok
        }
        let parameter = message["parameters"]?.object?.members.first
        return .error(error, parameter?.key ?? "", parameter?.value.string ?? "")
    }

    @Test(arguments: rows) func `odd input is answered as the table says`(_ row: Row) throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        for piece in row.pieces where !peer.send(piece) { break }
        for expected in row.answers {
            #expect(peer.message().map(answer) == expected)
        }
        if row.closes {
            #expect(peer.messagesUntilEnd() == [])
        } else {
            // The connection is as good as before, and nothing is left in it.
            peer.send(Self.info)
            #expect(peer.message()?["parameters"]?.object?["product"] == "p")
        }
    }

    @Test(arguments: [1, 3]) func `after half-closing, calls are answered and the end follows`(calls: Int) throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        peer.send(String(repeating: Self.info, count: calls))
        peer.shutdownWriting()
        #expect(peer.messagesUntilEnd()?.count == calls)
    }

    @Test func `a partial message, then the end of input, is dropped`() throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        peer.send(Self.info + #"{"method":"org.varl"#)
        peer.shutdownWriting()
        #expect(peer.messagesUntilEnd()?.count == 1)
    }

    @Test func `a streaming method ends for a reader that has half-closed`() throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        peer.send(#"{"method":"org.example.test.Count","parameters":{"to":1000},"more":true}"# + "\0")
        peer.shutdownWriting()
        #expect(peer.messagesUntilEnd()?.last?["parameters"] == ["number": 1_000])
    }

    @Test func `a call that runs when its peer half-closes is still answered`() throws {
        let service = try TestService()
        let (peer, other) = (try RawPeer(service.path), try RawPeer(service.path))
        peer.send(#"{"method":"org.example.test.Hold"}"# + "\0")
        peer.shutdownWriting()
        let reports = service.reports.wait(for: 3)
        guard case .held(let call)? = reports.first(where: { if case .held = $0 { true } else { false } }) else {
            return #expect(Bool(false), "no call")
        }
        // By the time that two calls of another were answered, the end of input has been seen.
        for _ in 0..<2 {
            other.send(Self.info)
            #expect(other.message() != nil)
        }
        service.send(call, .final([:]))
        #expect(peer.messagesUntilEnd() == [["parameters": [:]]])
    }

    @Test func `oneway calls of a peer that is gone are carried out, in order`() throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        for number in 1...100 {
            peer.send(#"{"method":"org.example.test.Note","parameters":{"number":\#(number)},"oneway":true}"# + "\0")
        }
        peer.close()
        let noted = service.reports.wait(for: 102).compactMap {
            if case .noted(let number) = $0 { number } else { nil }
        }
        #expect(noted == (1...100).map { $0 })
        guard case .closed = service.reports.all.last else { return #expect(Bool(false), "not closed") }
    }

    @Test func `what the service sends after a wrong parameter says nothing about its inside`() throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        peer.send(Self.echo(#"{"text":{"secret":1}}"#))
        #expect(
            peer.message() == ["error": "org.varlink.service.InvalidParameter", "parameters": ["parameter": "text"]]
        )
    }
}
