import StrictJSON
import TestSupport
import Testing

@testable import Varlink

@Suite(.tags(.small)) struct MessageTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let code: ProtocolViolation.Code?

        var testDescription: String { name }

        init(_ name: String, _ text: String, _ code: ProtocolViolation.Code? = nil) {
            self.name = name
            self.text = text
            self.code = code
        }
    }

    static let calls = [
        Case("only a method", #"{"method":"a.b.C"}"#),
        Case("all members", #"{"method":"a.b.C","parameters":{"x":1},"more":true,"oneway":false,"upgrade":false}"#),
        Case("null parameters", #"{"method":"a.b.C","parameters":null}"#),
        Case("null flags", #"{"method":"a.b.C","more":null,"oneway":null,"upgrade":null}"#),
        Case("vendor member", #"{"method":"a.b.C","org.example":{"x":1}}"#),
        Case("array", "[]", .notObject),
        Case("string", #""a.b.C""#, .notObject),
        Case("null", "null", .notObject),
        Case("no method", #"{"parameters":{}}"#, .method),
        Case("method is null", #"{"method":null}"#, .method),
        Case("method is a number", #"{"method":1}"#, .method),
        Case("array of parameters", #"{"method":"a.b.C","parameters":[]}"#, .parameters),
        Case("parameters are text", #"{"method":"a.b.C","parameters":"x"}"#, .parameters),
        Case("more is a number", #"{"method":"a.b.C","more":1}"#, .flags),
        Case("oneway is text", #"{"method":"a.b.C","oneway":"true"}"#, .flags),
        Case("more and oneway", #"{"method":"a.b.C","more":true,"oneway":true}"#, .flags),
        Case("more and upgrade", #"{"method":"a.b.C","more":true,"upgrade":true}"#, .flags),
        Case("oneway and upgrade", #"{"method":"a.b.C","upgrade":true,"oneway":true}"#, .flags),
        Case("unknown member", #"{"method":"a.b.C","x":1}"#, .member),
        Case("old vendor form", #"{"method":"a.b.C","X-vendor":{}}"#, .member),
        Case("vendor member that is no object", #"{"method":"a.b.C","org.example":1}"#, .member),
    ]

    static let replies = [
        Case("nothing", "{}"),
        Case("parameters", #"{"parameters":{"x":1}}"#),
        Case("one of several", #"{"parameters":{},"continues":true}"#),
        Case("error", #"{"error":"a.b.E","parameters":{"x":1}}"#),
        Case("null error", #"{"error":null}"#),
        Case("error that continues", #"{"error":"a.b.E","continues":true}"#, .flags),
        Case("error without a dot", #"{"error":"E"}"#, .error),
        Case("error that is a number", #"{"error":5}"#, .error),
        Case("continues is a number", #"{"continues":1}"#, .flags),
        Case("parameters are text", #"{"parameters":"x"}"#, .parameters),
        Case("unknown member", #"{"status":1}"#, .member),
        Case("array", "[]", .notObject),
    ]

    private func value(_ text: String) throws -> JSONValue {
        try JSONValue(parsing: Array(text.utf8), limits: .wire)
    }

    @Test(arguments: calls) func `a call is read or refused for a reason`(_ example: Case) throws {
        let value = try value(example.text)
        do throws(ProtocolViolation) {
            let call = try CallMessage(value)
            #expect(example.code == nil)
            #expect(call.method == "a.b.C")
        } catch {
            #expect(error.code == example.code)
        }
    }

    @Test(arguments: replies) func `a reply is read or refused for a reason`(_ example: Case) throws {
        let value = try value(example.text)
        do throws(ProtocolViolation) {
            _ = try ReplyMessage(value)
            #expect(example.code == nil)
        } catch {
            #expect(error.code == example.code)
        }
    }

    @Test func `what a client need not send it does not send`() {
        var bytes: [UInt8] = []
        CallMessage.write(method: "a.b.C", encodedParameters: JSONObject().encoded, flag: nil, into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "{\"method\":\"a.b.C\"}\0")
        bytes = []
        CallMessage.write(method: "a.b.C", encodedParameters: Array(#"{"x":1}"#.utf8), flag: "more", into: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self) == "{\"method\":\"a.b.C\",\"parameters\":{\"x\":1},\"more\":true}\0"
        )
    }

    @Test func `what is written is read as the same`() throws {
        var bytes: [UInt8] = []
        ReplyMessage.write(["x": "a\"b"], continues: true, into: &bytes)
        let reply = try ReplyMessage(JSONValue(parsing: bytes.dropLast(), limits: .wire))
        #expect(reply.parameters == ["x": "a\"b"] && reply.continues && reply.error == nil)
        bytes = []
        ReplyMessage.write(error: "a.b.E", ["x": 1], into: &bytes)
        let error = try ReplyMessage(JSONValue(parsing: bytes.dropLast(), limits: .wire))
        #expect(error.parameters == ["x": 1] && !error.continues && error.error == "a.b.E")
    }
}
