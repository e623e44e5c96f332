import Dispatch
import Glibc
import QueueRuntime
import TestSupport
import Testing

/// Two connected sockets.
func socketPair() -> (Int32, Int32) {
    var pair: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    #expect(unsafe socketpair(AF_UNIX, type, 0, &pair) == 0)
    return (pair[0], pair[1])
}

@Suite(.tags(.medium)) struct EventLoopTests {
    private let reports = Reports<EventLoop.Event>()
    private let loop: EventLoop

    init() throws {
        let reports = reports
        loop = try EventLoop(on: DispatchQueue(label: "test.loop")) { events in
            for event in events { reports.add(event) }
        }
    }

    @Test func `bytes are reported with the token`() throws {
        let (ours, theirs) = socketPair()
        defer { for descriptor in [ours, theirs] { close(descriptor) } }
        try loop.add(ours, token: 7, for: .readable)
        #expect(unsafe write(theirs, "x", 1) == 1)
        let event = reports.wait(for: 1).first
        #expect(event?.token == 7 && event?.readiness == .readable)
        loop.remove(ours)
        loop.cancel()
    }

    @Test func `a hang-up is reported although nothing is watched for`() throws {
        let (ours, theirs) = socketPair()
        defer { close(ours) }
        try loop.add(ours, token: 8, for: [])
        close(theirs)
        #expect(reports.wait(for: 1).first?.readiness.contains(.hangUp) == true)
        loop.remove(ours)
        loop.cancel()
    }

    @Test func `half of a connection closed is no hang-up`() throws {
        let (ours, theirs) = socketPair()
        defer { for descriptor in [ours, theirs] { close(descriptor) } }
        try loop.add(ours, token: 9, for: .readable)
        shutdown(theirs, Int32(SHUT_WR))
        #expect(reports.wait(for: 1).first?.readiness == .readable)
        loop.remove(ours)
        loop.cancel()
    }

    @Test func `a descriptor is not watched twice`() throws {
        let (ours, theirs) = socketPair()
        defer { for descriptor in [ours, theirs] { close(descriptor) } }
        try loop.add(ours, token: 1, for: [])
        #expect(throws: SystemFault.self) { try loop.add(ours, token: 2, for: []) }
        loop.cancel()
    }
}
