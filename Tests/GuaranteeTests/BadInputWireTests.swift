import Foundation
import StrictJSON
import TestSupport
import Testing

/// Bad bytes on the socket: a clear answer or a closed connection, nothing recorded, the daemon still serving.
@Suite(.serialized, .tags(.large), .needsPrograms, .alder)
struct BadInputWireTests {
    /// Bytes that a peer may send, and what has to come of them.
    struct Input: Sendable, CustomTestStringConvertible {
        enum Outcome: Equatable, Sendable {
            /// The connection ends without a reply.
            case closed
            /// A reply with this error.
            case error(String)
            /// A reply without error.
            case ok
        }

        let name: String
        let bytes: @Sendable () -> [UInt8]
        let outcome: Outcome
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ outcome: Outcome) {
            self.init(name, bytes: Array(text.utf8) + [0], outcome)
        }

        init(_ name: String, bytes: @autoclosure @escaping @Sendable () -> [UInt8], _ outcome: Outcome) {
            self.name = name
            self.bytes = bytes
            self.outcome = outcome
        }
    }

    private static let status = #"{"method":"io.accord.Service.GetStatus"}"#
    private static let invalid = Input.Outcome.error("org.varlink.service.InvalidParameter")

    private static func record(_ members: String) -> String {
        #"{"method":"io.accord.Entry.Record","parameters":{"case":"Alder","kind":"report",\#(members)}}"#
    }

    static let inputs: [Input] = [
        Input("a plain call", status, .ok),
        Input("white space around", " \t\r\n\(status)\n", .ok),
        Input("parameters null", #"{"method":"io.accord.Service.GetStatus","parameters":null}"#, .ok),
        Input("a vendor's header member", #"{"method":"io.accord.Service.GetStatus","org.example":{"x":1}}"#, .ok),
        Input("more null", #"{"method":"io.accord.Service.GetStatus","more":null}"#, .ok),
        Input("parameters an array", #"{"method":"io.accord.Service.GetStatus","parameters":[]}"#, .closed),
        Input("more a number", #"{"method":"io.accord.Service.GetStatus","more":1}"#, .closed),
        Input("more and oneway", #"{"method":"io.accord.Service.GetStatus","more":true,"oneway":true}"#, .closed),
        Input("an unknown header member", #"{"method":"io.accord.Service.GetStatus","x":1}"#, .closed),
        Input("no method", #"{"parameters":{}}"#, .closed),
        Input("a method that is no text", #"{"method":1}"#, .closed),
        Input("a method without a dot", #"{"method":"GetStatus"}"#, .error("org.varlink.service.InterfaceNotFound")),
        Input(
            "an unknown interface",
            #"{"method":"io.accord.Nothing.Get"}"#,
            .error("org.varlink.service.InterfaceNotFound")
        ),
        Input(
            "an unknown method",
            #"{"method":"io.accord.Case.Nothing"}"#,
            .error("org.varlink.service.MethodNotFound")
        ),
        Input("an unknown parameter", record(#""text":"x","colour":"red""#), invalid),
        Input("a parameter too few", record(#""handling":"H0""#), invalid),
        Input("a parameter of another type", record(#""text":5"#), invalid),
        Input("an unknown member of the context", record(#""text":"x","context":{"colour":"red"}"#), invalid),
        Input(
            "a stream asked for without more",
            #"{"method":"io.accord.Case.List"}"#,
            .error("org.varlink.service.ExpectedMore")
        ),
        Input("an array", "[1,2]", .closed),
        Input("no JSON", "GET / HTTP/1.1", .closed),
        Input("an empty message", "", .closed),
        Input("trailing bytes", "\(status)x", .closed),
        Input("a trailing comma", #"{"method":"io.accord.Service.GetStatus",}"#, .closed),
        Input("a byte order mark", "\u{FEFF}\(status)", .closed),
        Input(
            "a duplicate key",
            #"{"method":"io.accord.Service.GetStatus","method":"io.accord.Service.GetStatus"}"#,
            .closed
        ),
        Input(
            "a duplicate key, spelled otherwise",
            #"{"method":"io.accord.Service.GetStatus","m\u0065thod":"io.accord.Service.GetStatus"}"#,
            .closed
        ),
        Input("a duplicate parameter", record(#""text":"x","text":"y""#), .closed),
        Input("an integer of 65 bits", record(#""text":"x","context":{"at":9223372036854775808}"#), .closed),
        Input("a fraction for an integer", record(#""text":"x","context":{"at":1.5}"#), invalid),
        Input("an exponent for an integer", record(#""text":"x","context":{"at":1e3}"#), invalid),
        Input("a NUL in a text", record(#""text":"a\u0000b""#), .closed),
        Input("half of a surrogate pair", record(#""text":"\ud800""#), .closed),
        Input(
            "invalid UTF-8",
            bytes: Array(record(#""text":""#).utf8.dropLast(2)) + [0xFF, 0xFE] + Array("\"}}".utf8) + [0],
            .closed
        ),
        Input(
            "an overlong form",
            bytes: Array(record(#""text":""#).utf8.dropLast(2)) + [0xC0, 0xAF] + Array("\"}}".utf8) + [0],
            .closed
        ),
        Input("nesting 10,000 deep", bytes: nested(10_000), .closed),
        Input("nesting 100,000 deep", bytes: nested(100_000), .closed),
        Input("a message of 9 MiB", bytes: huge(9 << 20), .closed),
    ]

    private static func nested(_ depth: Int) -> [UInt8] {
        let open = String(repeating: "[", count: depth)
        return Array(#"{"method":"io.accord.Service.GetStatus","parameters":{"a":\#(open)"#.utf8) + [0]
    }

    private static func huge(_ count: Int) -> [UInt8] {
        Array(record(#""text":""#).utf8.dropLast(2)) + [UInt8](repeating: 0x78, count: count) + Array("\"}}".utf8) + [0]
    }

    @Test(arguments: inputs)
    func `bad bytes get the answer that they deserve, and nothing is recorded`(_ input: Input) throws {
        let deployment = try Deployment.shared
        let before = try deployment.end()
        let connection = try RawConnection(deployment.socket)
        connection.send(input.bytes())
        let reply = try connection.receiveObject()
        switch input.outcome {
        case .closed: #expect(reply == nil)
        case .error(let name): #expect(reply?.text("error") == name, "\(reply?.members ?? [])")
        case .ok: #expect(reply != nil && reply?["error"] == nil, "\(reply?.members ?? [])")
        }
        #expect(deployment.status?.text("mode") == "running")
        #expect(try deployment.record(after: before).filter { $0.member != "auditor.rob" }.isEmpty)
    }

    @Test func `a message cut anywhere leaves nothing`() throws {
        let deployment = try Deployment.shared
        let before = try deployment.end()
        let message = Array(Self.record(#""text":"Cut.""#).utf8)
        var generator = SplitMix64(seed: Seeds.fresh)
        for _ in 1...40 {
            let connection = try RawConnection(deployment.socket)
            connection.send(Array(message.prefix(1 + generator.below(message.count))))
            connection.finishSending()
            #expect(try connection.receive() == nil)
        }
        #expect(try deployment.record(after: before).filter { $0.member != "auditor.rob" }.isEmpty)
    }

    @Test func `a message that comes byte by byte, or three at once, is answered as one, and three`() throws {
        let connection = try RawConnection(Deployment.shared.socket)
        for byte in Array(Self.status.utf8) + [0] { connection.send([byte]) }
        #expect(try connection.receiveObject()?["parameters"] != nil)
        connection.send(Array(repeating: Array(Self.status.utf8) + [0], count: 3).flatMap { $0 })
        connection.finishSending()
        for _ in 1...3 { #expect(try connection.receiveObject()?["parameters"] != nil) }
        #expect(try connection.receive() == nil)
    }

    @Test func `calls that want no answer get none, and those after them do`() throws {
        let connection = try RawConnection(Deployment.shared.socket)
        connection.send(message: #"{"method":"io.accord.Service.GetStatus","oneway":true}"#)
        connection.send(message: #"{"method":"io.accord.Nothing.Get","oneway":true}"#)
        connection.send(message: #"{"method":"org.varlink.service.GetInfo"}"#)
        #expect(try connection.receiveObject()?.at("parameters.interfaces") != nil)
        connection.finishSending()
        #expect(try connection.receive() == nil)
    }

    @Test func `random bytes never end the daemon`() throws {
        let deployment = try Deployment.shared
        let before = try deployment.end()
        var generator = SplitMix64(seed: Seeds.fresh)
        let seed = Array(Self.record(#""text":"Mutated.","context":{"at":12}"#).utf8) + [0]
        for _ in 1...150 {
            let connection = try RawConnection(deployment.socket)
            var bytes = generator.oneIn(3) ? generator.bytes(1 + generator.below(400)) : seed
            for _ in 0...generator.below(4) { bytes[generator.below(bytes.count)] = UInt8(generator.below(256)) }
            connection.send(bytes)
            connection.finishSending()
            while try connection.receive() != nil {}
        }
        #expect(deployment.status?.text("mode") == "running")
        let left = try deployment.record(after: before).filter { $0.member != "auditor.rob" }
        // Whoever is not enrolled may leave refusals, and nothing else.
        #expect(left.allSatisfy { $0.outcome == "denied" })
        #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
    }
}
