import StrictJSON
import TestSupport
import Testing

@testable import Varlink

@Suite(.tags(.small)) struct InputBufferTests {
    private static let messages: [JSONValue] = [
        ["method": "org.varlink.service.GetInfo"],
        ["method": "a.b.C", "parameters": ["text": "grüße, 世界", "numbers": [1, -2, 3]]],
        [:],
        ["method": "a.b.D", "oneway": true],
    ]

    private static let stream: [UInt8] = messages.flatMap { $0.encoded + [UInt8(0)] }

    private func take(_ buffer: inout InputBuffer) throws -> [JSONValue] {
        var values: [JSONValue] = []
        while let value = try buffer.next(within: .wire) { values.append(value) }
        return values
    }

    @Test func `any cut of a stream gives the same messages`() throws {
        for feeding in CutFeeder(Self.stream).feedings(random: 200, seed: Seeds.fresh) {
            var buffer = InputBuffer()
            var values: [JSONValue] = []
            for piece in feeding.pieces {
                unsafe piece.withUnsafeBytes { unsafe buffer.append($0) }
                values += try take(&buffer)
            }
            #expect(values == Self.messages, "\(feeding.description)")
            #expect(buffer.isEmpty)
        }
    }

    @Test func `looking at a message's length does not consume it`() throws {
        var buffer = InputBuffer()
        unsafe Array("{}\0{}".utf8).withUnsafeBytes { unsafe buffer.append($0) }
        #expect(buffer.nextLength() == 2)
        #expect(buffer.nextLength() == 2)
        #expect(try buffer.next(within: .wire) == [:])
        #expect(buffer.nextLength() == nil)
        #expect(buffer.count == 2)
    }

    @Test func `a malformed message is consumed, and the next one read`() throws {
        var buffer = InputBuffer()
        unsafe Array("{,}\0{}\0".utf8).withUnsafeBytes { unsafe buffer.append($0) }
        #expect(throws: Malformed.self) { try buffer.next(within: .wire) }
        #expect(try buffer.next(within: .wire) == [:])
    }

    @Test(.timeLimit(.minutes(1))) func `a message that comes byte by byte costs linear time`() {
        // Linear, this takes a second; searching from the start each time, minutes.
        var buffer = InputBuffer()
        for _ in 0..<4_000_000 {
            unsafe [UInt8(ascii: " ")].withUnsafeBytes { unsafe buffer.append($0) }
            if buffer.nextLength() != nil { Issue.record("there is no terminator") }
        }
        #expect(buffer.count == 4_000_000)
    }

    @Test func `many messages in one read are taken in order`() throws {
        var buffer = InputBuffer()
        let bytes: [UInt8] = (0..<10_000).flatMap { JSONValue.integer(Int64($0)).encoded + [UInt8(0)] }
        unsafe bytes.withUnsafeBytes { unsafe buffer.append($0) }
        #expect(try take(&buffer) == (0..<10_000).map { .integer($0) })
    }
}
