import Dispatch
import Foundation
import Glibc
import Logging
import QueueRuntime
import StrictJSON
import Synchronization
import TestSupport
import Testing
import Varlink

@Suite(.tags(.medium)) struct ServerTests {
    private static func echo(_ text: String) -> String {
        #"{"method":"org.example.test.Echo","parameters":{"text":"\#(text)"}}"# + "\0"
    }

    private static func count(_ to: Int, padding: Int? = nil) -> String {
        let padding = padding.map { ",\"padding\":\($0)" } ?? ""
        return #"{"method":"org.example.test.Count","parameters":{"to":\#(to)\#(padding)},"more":true}"# + "\0"
    }

    // MARK: - Order

    @Test func `replies come in the order of the calls, streams included`() throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        peer.send((0..<500).map { Self.echo("\($0)") + ($0 % 100 == 0 ? Self.count(3) : "") }.joined())
        for index in 0..<500 {
            #expect(peer.message()?["parameters"] == ["text": .string("\(index)")])
            guard index % 100 == 0 else { continue }
            for number in 1...3 as ClosedRange<Int64> {
                let reply = peer.message()
                #expect(reply?["parameters"] == ["number": .integer(number)])
                #expect(reply?["continues"] == (number < 3 ? true : nil))
            }
        }
    }

    @Test func `the next call waits for the running one`() throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        peer.send(#"{"method":"org.example.test.Hold"}"# + "\0" + Self.echo("after"))
        guard case .held(let call) = service.reports.wait(for: 2).last else { return #expect(Bool(false), "no call") }
        service.send(call, .final([:]))
        #expect(peer.message() == ["parameters": [:]])
        #expect(peer.message()?["parameters"] == ["text": "after"])
        // A reply too many belongs to nobody.
        service.send(call, .final([:]))
        peer.send(Self.echo("last"))
        #expect(peer.message()?["parameters"] == ["text": "last"])
    }

    @Test func `calls that may overlap come together, are answered in order, and hold back the others`() throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        let park = #"{"method":"org.example.test.Park"}"# + "\0"
        peer.send(park + park + park + Self.echo("after"))
        let calls = service.reports.wait(for: 4).compactMap { if case .held(let call) = $0 { call } else { nil } }
        guard calls.count == 3 else { return #expect(Bool(false), "not all came") }
        #expect(calls.map(\.number) == [1, 2, 3])
        service.send(calls[2], .failure("org.example.test.Failed", ["reason": "third"]))
        service.send(calls[0], .final([:]))
        #expect(peer.message() == ["parameters": [:]])
        service.send(calls[1], .final([:]))
        #expect(peer.message() == ["parameters": [:]])
        #expect(peer.message()?["parameters"] == ["reason": "third"])
        #expect(peer.message()?["parameters"] == ["text": "after"])
    }

    @Test func `a oneway call occupies its connection until it is finished`() throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        peer.send(#"{"method":"org.example.test.Hold","oneway":true}"# + "\0" + Self.echo("after"))
        guard case .held(let call) = service.reports.wait(for: 2).last else { return #expect(Bool(false), "no call") }
        let listed = Reports<[ConnectionStatus]>()
        service.running?.listConnections { listed.add($0) }
        #expect(listed.wait(for: 1).first?.first?.method == "org.example.test.Hold")
        service.send(call, .final([:]))
        #expect(peer.message()?["parameters"] == ["text": "after"])
    }

    @Test func `the calls of several connections do not wait for one another`() throws {
        let service = try TestService()
        let (first, second) = (try RawPeer(service.path), try RawPeer(service.path))
        first.send(#"{"method":"org.example.test.Hold"}"# + "\0")
        second.send(Self.echo("here"))
        #expect(second.message()?["parameters"] == ["text": "here"])
    }

    // MARK: - Back-pressure

    @Test func `a reader of one byte at a time gets everything`() throws {
        var limits = ServerLimits()
        (limits.highWater, limits.lowWater) = (4_096, 1_024)
        let service = try TestService(limits)
        let peer = try RawPeer(service.path)
        peer.send(Self.count(300, padding: 50) + Self.echo("end"))
        var (bytes, messages): ([UInt8], Int) = ([], 0)
        while messages < 301, let more = peer.read(atMost: 1), !more.isEmpty {
            bytes += more
            if more == [0] { messages += 1 }
        }
        let numbers = try bytes.split(separator: 0).dropLast().map {
            try JSONValue(parsing: Array($0), limits: .wire).object?["parameters"]?.object?["number"]
        }
        #expect(numbers == (1...300).map { .integer($0) })
    }

    @Test func `a stream to a reader that does not read stops at a bounded buffer`() throws {
        var limits = ServerLimits()
        (limits.highWater, limits.lowWater) = (64 << 10, 16 << 10)
        let service = try TestService(limits)
        let (slow, other) = (try RawPeer(service.path), try RawPeer(service.path))
        slow.send(Self.count(1_000_000, padding: 100))
        // Others are served meanwhile; a thousand calls later the stream has had every chance to run away.
        for number in 0..<1_000 {
            other.send(Self.echo("\(number)"))
            #expect(other.message() != nil)
        }
        let listed = Reports<[ConnectionStatus]>()
        service.running?.listConnections { listed.add($0) }
        let queued = try #require(listed.wait(for: 1).first).map(\.queued).max() ?? 0
        // One piece of a hundred replies above the low water mark.
        #expect(queued > 0 && queued < limits.lowWater + 100 * 200)
    }

    @Test func `calls sent ahead by a peer that does not read are not begun for ever`() throws {
        var limits = ServerLimits()
        (limits.highWater, limits.lowWater) = (64 << 10, 16 << 10)
        let service = try TestService(limits)
        let peer = try RawPeer(service.path)
        #expect(fcntl(peer.descriptor, F_SETFL, O_NONBLOCK) == 0)
        let call = Array(Self.echo(String(repeating: "x", count: 1_000)).utf8)
        // Until the server stops reading; without back-pressure this would not end.
        var sent = 0
        while sent < 1 << 20, unsafe send(peer.descriptor, call, call.count, Int32(MSG_NOSIGNAL)) == call.count {
            sent += 1
        }
        #expect(sent < 10_000)
    }

    @Test func `a reader that never reads is cut off after the stall limit`() throws {
        var limits = ServerLimits()
        (limits.writeStall, limits.tick) = (.milliseconds(50), .milliseconds(10))
        let service = try TestService(limits)
        let peer = try RawPeer(service.path)
        peer.send(Self.count(1_000_000, padding: 1_000))
        #expect(service.reports.wait(for: 2).count == 2)
        guard case .closed = service.reports.all.last else { return #expect(Bool(false), "not closed") }
    }

    @Test func `a handler that floods without waiting loses the connection, not the memory`() throws {
        var limits = ServerLimits()
        limits.outputCeiling = 1 << 20
        let service = try TestService(limits)
        let peer = try RawPeer(service.path)
        peer.send(#"{"method":"org.example.test.Flood","parameters":{"count":3000,"padding":1000},"more":true}"# + "\0")
        #expect(service.reports.wait(for: 2).count == 2)
        guard case .closed = service.reports.all.last else { return #expect(Bool(false), "not closed") }
    }

    // MARK: - Limits

    @Test func `the bounds are those that were settled`() {
        let limits = ServerLimits()
        // ipc.md 3.4.
        #expect(limits.messageBytes == 8 << 20 && limits.depth == 64)
        #expect(limits.highWater == 1 << 20 && limits.lowWater == 256 << 10)
        #expect(limits.connections == 1_024 && limits.connectionsPerUser == 128)
        #expect(limits.acceptsPerSecond == 200 && limits.acceptBurst == 64)
        #expect(limits.unfinishedMessage == .seconds(30) && limits.writeStall == .seconds(30))
    }

    @Test func `too few descriptors for the connections that are allowed are told at the start`() throws {
        let lines = Reports<String>()
        var limits = ServerLimits()
        limits.connections = DescriptorLimit.current
        let service = try TestService(limits, logger: Logger(label: "test") { _ in RecordingLogHandler(lines: lines) })
        let peer = try RawPeer(service.path)
        peer.send(Self.echo("in"))
        #expect(peer.message() != nil)
        #expect(lines.all.contains { $0.hasPrefix("fewer descriptors than connections are allowed") })
    }

    @Test func `descriptors that come with a message are dropped, and the message is answered`() async {
        await #expect(processExitsWith: .success) {
            let service = try TestService()
            let peer = try RawPeer(service.path)
            peer.send(Self.echo("before"))
            guard peer.message() != nil else { exit(2) }
            let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            for number in 0..<200 {
                peer.send(Self.echo("\(number)"), passing: [Int32](repeating: 0, count: 100))
                guard peer.message()?["parameters"] == ["text": .string("\(number)")] else { exit(3) }
            }
            let after = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            exit(after == before ? 0 : 4)
        }
    }

    @Test func `an unfinished message is not waited for beyond its limit`() throws {
        var limits = ServerLimits()
        (limits.unfinishedMessage, limits.tick) = (.milliseconds(50), .milliseconds(10))
        let service = try TestService(limits)
        let (honest, slow) = (try RawPeer(service.path), try RawPeer(service.path))
        slow.send(#"{"method":"#)
        #expect(slow.messagesUntilEnd() == [])
        // Silence between messages is no offence.
        honest.send(Self.echo("here"))
        #expect(honest.message() != nil)
    }

    @Test func `connections of one user and in all are bounded, and places come back`() throws {
        for inAll in [false, true] {
            var limits = ServerLimits()
            if inAll { limits.connections = 2 } else { limits.connectionsPerUser = 2 }
            let service = try TestService(limits)
            var kept = [try RawPeer(service.path), try RawPeer(service.path)]
            for peer in kept {
                peer.send(Self.echo("in"))
                #expect(peer.message() != nil)
            }
            #expect(try RawPeer(service.path).messagesUntilEnd() == [])
            kept.removeLast()
            #expect(service.reports.wait(for: 3).count == 3)
            let next = try RawPeer(service.path)
            next.send(Self.echo("in"))
            #expect(next.message() != nil)
            #expect(service.running?.counters.refused == 1)
        }
    }

    @Test func `a user in a hurry waits, and is served`() throws {
        var limits = ServerLimits()
        (limits.acceptsPerSecond, limits.acceptBurst) = (100, 1)
        let service = try TestService(limits)
        let peers = try (0..<5).map { _ in try RawPeer(service.path) }
        let begin = MonotonicTime.now
        for peer in peers {
            peer.send(Self.echo("in"))
            #expect(peer.message() != nil)
        }
        #expect(MonotonicTime.now.since(begin) >= .milliseconds(30))
    }

    @Test func `after a violation a peer that keeps sending is cut off`() throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        peer.send("garbage\0")
        while peer.send([UInt8](repeating: 0x20, count: 65_536)) {}
        #expect(service.reports.wait(for: 2).count == 2)
    }

    @Test func `after a violation a peer that keeps the connection is cut off`() throws {
        var limits = ServerLimits()
        (limits.drainTime, limits.tick) = (.milliseconds(50), .milliseconds(10))
        let service = try TestService(limits)
        let peer = try RawPeer(service.path)
        peer.send("garbage\0")
        #expect(service.reports.wait(for: 2).count == 2)
        #expect(peer.messagesUntilEnd() == [])
    }

    // MARK: - Closing

    @Test func `a peer that is gone ends its call and its connection, once`() throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        peer.send(#"{"method":"org.example.test.Hold"}"# + "\0" + Self.echo("never"))
        guard case .held(let call) = service.reports.wait(for: 2).last else { return #expect(Bool(false), "no call") }
        peer.close()
        #expect(service.reports.wait(for: 1).last == .closed(call.connection))
        service.send(call, .final([:]))
        let next = try RawPeer(service.path)
        next.send(Self.echo("in"))
        #expect(next.message() != nil)
        #expect(service.reports.all.count { $0 == .closed(call.connection) } == 1)
    }

    @Test func `a handler may end a connection, and what was queued is sent first`() throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        peer.send(Self.echo("first") + #"{"method":"org.example.test.HangUp"}"# + "\0")
        #expect(peer.messagesUntilEnd()?.count == 1)
    }

    @Test func `a connection is closed from elsewhere`() throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        guard case .opened(let connection) = service.reports.wait(for: 1).last else { return #expect(Bool(false)) }
        service.running?.close(connection)
        #expect(peer.messagesUntilEnd() == [])
    }

    @Test func `stopping lets the running call finish, takes no more, and removes the socket`() throws {
        let service = try TestService()
        let (busy, idle) = (try RawPeer(service.path), try RawPeer(service.path))
        busy.send(#"{"method":"org.example.test.Hold"}"# + "\0")
        let reports = service.reports.wait(for: 3)
        guard case .held(let call)? = reports.first(where: { if case .held = $0 { true } else { false } }) else {
            return #expect(Bool(false), "no call")
        }
        let stopped = Reports<Bool>()
        service.running?.stop(grace: .seconds(60)) { stopped.add(true) }
        #expect(idle.messagesUntilEnd() == [])
        #expect(throws: RawPeer.Unreachable.self) { try RawPeer(service.path) }
        #expect(stopped.all.isEmpty)
        service.send(call, .final([:]))
        #expect(busy.messagesUntilEnd() == [["parameters": [:]]])
        #expect(stopped.wait(for: 1) == [true])
    }

    @Test func `stopping ends what does not finish in time`() throws {
        let service = try TestService()
        let peer = try RawPeer(service.path)
        peer.send(#"{"method":"org.example.test.Hold"}"# + "\0")
        #expect(service.reports.wait(for: 2).count == 2)
        let stopped = Reports<Bool>()
        service.running?.stop(grace: .milliseconds(10)) { stopped.add(true) }
        #expect(stopped.wait(for: 1) == [true])
        #expect(peer.messagesUntilEnd() == [])
    }

    // MARK: - Setting up

    @Test func `a wrong interface and a taken socket are told apart`() throws {
        let service = try TestService()
        let description = ServiceDescription(vendor: "", product: "", version: "", url: "")
        let fault = #expect(throws: ServerFault.self) {
            try VarlinkServer(service: description, interfaces: ["interface x"], logger: .silent, handler: service)
        }
        #expect(fault?.code == .interface)
        let second = try VarlinkServer(service: description, interfaces: [], logger: .silent, handler: service)
        #expect(throws: ServerFault.self) { try second.listen(path: service.path) }
    }

    @Test func `the interfaces are described as they were given`() throws {
        let service = try TestService()
        var client = try VarlinkClient(path: service.path)
        let info = try client.call("org.varlink.service.GetInfo")
        #expect(info["interfaces"] == ["org.varlink.service", "org.example.test"])
        let method = "org.varlink.service.GetInterfaceDescription"
        #expect(
            try client.call(method, ["interface": "org.example.test"]) == ["description": .string(TestService.text)]
        )
        let own = try client.call(method, ["interface": "org.varlink.service"])["description"]?.string ?? ""
        #expect(try InterfaceDefinition(own).methods.map(\.name) == ["GetInfo", "GetInterfaceDescription"])
    }

    #if DEBUG
    @Test func `a reply that its interface does not declare shows in the log of a debug build`() throws {
        let lines = Reports<String>()
        let service = try TestService(logger: Logger(label: "test") { _ in RecordingLogHandler(lines: lines) })
        var client = try VarlinkClient(path: service.path)
        #expect(try client.call("org.example.test.Lie") == ["surprise": 1])
        #expect(lines.all.contains { $0.contains("field=surprise") })
    }
    #endif
}
