import Glibc
import QueueRuntime
import TestSupport
import Testing

@testable import accordd

/// What the service manager hands over is the members' socket or the daemon does not start.
@Suite(.tags(.medium)) struct HandedSocketTests {
    private static let path = "/run/accord/accord.sock"

    private static func socket(
        name: String? = "varlink",
        isListening: Bool = true,
        path: String? = Self.path
    ) -> SocketActivation.Socket {
        SocketActivation.Socket(descriptor: 99_999, name: name, isListening: isListening, path: path)
    }

    @Test(arguments: [
        ("another name", [Self.socket(name: "accordd.socket")], 1, "FileDescriptorName=varlink"),
        ("one connection", [Self.socket(isListening: false)], 1, "Accept=no"),
        ("no stream, or no path", [Self.socket(path: nil)], 1, "ListenStream="),
        ("another path", [Self.socket(path: "/run/other.sock")], 1, "socket.path"),
        ("two", [Self.socket(), Self.socket()], 2, "Hand over one"),
        ("one that is not open", [], 1, "Hand over one"),
    ])
    func `anything else is refused, with what to set`(
        what: String,
        sockets: [SocketActivation.Socket],
        announced: Int,
        advice: String
    ) {
        let failure = #expect(throws: Failure.self, "\(what)") {
            try HandedSocket.listener(
                in: SocketActivation(sockets: sockets, announced: announced),
                at: Self.path
            )
        }
        #expect(failure?.status == 78)
        #expect(failure?.advice.contains(advice) ?? false, "\(what)")
    }

    @Test(arguments: ["varlink", nil])
    func `the members' socket is taken, also without a name`(name: String?) throws {
        let folder = try ScratchFolder("handed")
        let made = try UnixListener(binding: folder.path("s"))
        let handed = SocketActivation.Socket(
            descriptor: dup(made.descriptor),
            name: name,
            isListening: true,
            path: folder.path("s")
        )
        let activation = SocketActivation(sockets: [handed], announced: 1)
        let listener = try #require(try HandedSocket.listener(in: activation, at: folder.path("s")))
        _ = try RawConnection(folder.path("s"))
        #expect(try listener.accept() != nil)
    }

    @Test func `where nothing was handed over, the daemon makes its own`() throws {
        let nothing = SocketActivation(sockets: [], announced: 0)
        #expect(try HandedSocket.listener(in: nothing, at: Self.path) == nil)
    }
}
