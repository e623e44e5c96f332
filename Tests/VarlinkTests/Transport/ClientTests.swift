import Glibc
import QueueRuntime
import StrictJSON
import TestSupport
import Testing
import Varlink

@Suite(.tags(.medium)) struct ClientTests {
    private func code(_ body: () throws -> Void) -> ClientFault.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ClientFault)?.code
        }
    }

    /// A client, and the other end of its connection for a test to play the service.
    private func pair(timeout: Duration = .seconds(10)) throws -> (ours: Int32, theirs: Int32) {
        var pair: [Int32] = [-1, -1]
        try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        return (pair[0], pair[1])
    }

    @Test func `a call is answered`() throws {
        let service = try TestService()
        var client = try VarlinkClient(path: service.path)
        #expect(try client.call("org.example.test.Echo", ["text": "grüße"]) == ["text": "grüße"])
    }

    @Test func `an error of the service is told with its parameters, and the connection goes on`() throws {
        let service = try TestService()
        var client = try VarlinkClient(path: service.path)
        for _ in 0..<2 {
            do {
                _ = try client.call("org.example.test.Fail")
                Issue.record("no error")
            } catch {
                #expect(error.code == .remote("org.example.test.Failed", ["reason": "asked for"]))
            }
        }
    }

    @Test func `a stream is read to its end, and the connection goes on`() throws {
        let service = try TestService()
        var client = try VarlinkClient(path: service.path)
        var numbers: [Int64] = []
        try client.stream("org.example.test.Count", ["to": 1_000]) { reply in
            numbers.append(reply["number"]?.integer ?? 0)
            return true
        }
        #expect(numbers == (1...1_000).map { $0 })
        #expect(try client.call("org.example.test.Echo", ["text": "a"]) == ["text": "a"])
    }

    @Test func `a stream that is ended early ends the connection`() throws {
        let service = try TestService()
        var client = try VarlinkClient(path: service.path)
        var count = 0
        try client.stream("org.example.test.Count", ["to": 1_000_000]) { _ in
            count += 1
            return count < 5
        }
        #expect(count == 5)
        #expect(client.fileDescriptor == -1)
        #expect(service.reports.wait(for: 2).count == 2)
    }

    @Test func `calls that are sent together are answered in order, however many`() throws {
        let service = try TestService()
        var client = try VarlinkClient(path: service.path)
        for number in 0..<20_000 {
            client.enqueue("org.example.test.Echo", encodedParameters: Array(#"{"text":"\#(number)"}"#.utf8))
        }
        try client.flush()
        for number in 0..<20_000 {
            let reply = try client.nextReply()
            try #require(reply.parameters == ["text": .string("\(number)")])
        }
    }

    @Test func `replies that came in together are there at once, and half a reply is none`() throws {
        let (ours, theirs) = try pair()
        defer { close(theirs) }
        var client = VarlinkClient(connected: ours)
        for _ in 0..<3 { client.enqueue("a.b.C") }
        try client.flush()
        let before = client.hasReply
        #expect(!before)
        let first = #"{"parameters":{"a":1}}"# + "\0" + #"{"parameters":{"a":2}}"# + "\0" + #"{"par"#
        #expect(unsafe write(theirs, first, first.utf8.count) == first.utf8.count)
        #expect(try client.nextReply().parameters == ["a": 1])
        let second = client.hasReply
        #expect(second)
        #expect(try client.nextReply().parameters == ["a": 2])
        let half = client.hasReply
        #expect(!half)
        let rest = #"ameters":{"a":3}}"# + "\0"
        #expect(unsafe write(theirs, rest, rest.utf8.count) == rest.utf8.count)
        #expect(try client.nextReply().parameters == ["a": 3])
    }

    @Test func `a oneway call gets no answer and leaves none behind`() throws {
        let service = try TestService()
        var client = try VarlinkClient(path: service.path)
        try client.callOneway("org.example.test.Note", ["number": 7])
        #expect(try client.call("org.example.test.Echo", ["text": "a"]) == ["text": "a"])
        #expect(service.reports.all.contains(.noted(7)))
    }

    @Test func `a service that is not there is told apart from one that does not answer`() throws {
        let folder = try ScratchFolder("client")
        #expect(code { _ = try VarlinkClient(path: folder.path("none")) } == .notRunning)
        #expect(code { _ = try VarlinkClient(path: folder.path(String(repeating: "x", count: 200))) } == .notRunning)
        do { _ = try UnixListener(binding: folder.path("stale")) }
        #expect(code { _ = try VarlinkClient(path: folder.path("stale")) } == .notRunning)
        let service = try TestService()
        var client = try VarlinkClient(path: service.path, timeout: .milliseconds(20))
        #expect(throws: ClientFault(.timeout)) { _ = try client.call("org.example.test.Hold") }
        // Which reply belongs to which call would not be certain any more.
        #expect(throws: ClientFault(.closed)) { _ = try client.call("org.example.test.Echo", ["text": "a"]) }
    }

    @Test(.enabled(if: getuid() != 0, "root may connect to everything"))
    func `a socket that may not be used is told apart`() throws {
        let service = try TestService()
        #expect(unsafe chmod(service.path, 0) == 0)
        #expect(code { _ = try VarlinkClient(path: service.path) } == .permission)
    }

    @Test func `a path too long for an address is connected to`() throws {
        let folder = try ScratchFolder("client")
        let service = try TestService()
        let deep = folder.path(String(repeating: "d", count: 120))
        #expect(unsafe mkdir(deep, 0o700) == 0)
        #expect(unsafe rename(service.path, deep + "/s") == 0)
        var client = try VarlinkClient(path: deep + "/s")
        #expect(try client.call("org.example.test.Echo", ["text": "a"]) == ["text": "a"])
    }

    @Test(arguments: [
        "garbage\0", "[]\0", #"{"error":"x"}"# + "\0", #"{"error":"a.b","continues":true}"# + "\0",
        #"{"parameters":{},"continues":true}"# + "\0", #"{"status":0}"# + "\0", "{}\0{}\0", #"{"parameters":1}"# + "\0",
    ])
    func `a service that breaks the protocol is not believed`(answer: String) throws {
        let (ours, theirs) = try pair()
        defer { close(theirs) }
        #expect(unsafe write(theirs, answer, answer.utf8.count) == answer.utf8.count)
        var client = VarlinkClient(connected: ours)
        #expect(throws: ClientFault(.protocolViolation)) { _ = try client.call("a.b.C") }
        #expect(client.fileDescriptor == -1)
    }

    @Test func `a service that closes before it answers is told apart`() throws {
        let (ours, theirs) = try pair()
        let answer = #"{"parameters":{"#
        #expect(unsafe write(theirs, answer, answer.utf8.count) == answer.utf8.count)
        shutdown(theirs, Int32(SHUT_WR))
        defer { close(theirs) }
        var client = VarlinkClient(connected: ours)
        #expect(throws: ClientFault(.closed)) { _ = try client.call("a.b.C") }
    }
}
