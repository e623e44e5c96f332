import Glibc
import QueueRuntime
import TestSupport
import Testing

@Suite(.tags(.medium)) struct UnixListenerTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder("listener")
    }

    private func code(_ body: () throws -> Void) -> SystemFault.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? SystemFault)?.code
        }
    }

    private func connects(to path: String) throws -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return unsafe try SocketAddress(path: path).withPointer { unsafe connect(descriptor, $0, $1) } == 0
    }

    @Test func `the file has the mode that was asked for, whatever the process's mask`() throws {
        let listener = try UnixListener(binding: folder.path("s"), mode: 0o660)
        #expect(try SystemCall.status(ofPath: folder.path("s"))?.st_mode == S_IFSOCK | 0o660)
        #expect(try connects(to: folder.path("s")))
        #expect(try listener.accept() != nil)
        #expect(try listener.accept() == nil)
    }

    @Test func `a socket that nobody listens on is replaced`() throws {
        do { _ = try UnixListener(binding: folder.path("s")) }
        #expect(try folder.names() == ["s"])
        let listener = try UnixListener(binding: folder.path("s"))
        #expect(try connects(to: folder.path("s")))
        withExtendedLifetime(listener) {}
    }

    @Test func `a socket that somebody listens on is left alone`() throws {
        let listener = try UnixListener(binding: folder.path("s"))
        #expect(code { _ = try UnixListener(binding: folder.path("s")) } == .inUse)
        #expect(try connects(to: folder.path("s")))
        withExtendedLifetime(listener) {}
    }

    @Test func `a file of another kind is left alone`() throws {
        try folder.write("s", "precious")
        #expect(code { _ = try UnixListener(binding: folder.path("s")) } == .notSocket)
        unsafe #expect(symlink(folder.path("s"), folder.path("link")) == 0)
        #expect(code { _ = try UnixListener(binding: folder.path("link")) } == .notSocket)
        #expect(try folder.read("s") == Array("precious".utf8))
    }

    @Test func `a folder where anybody may replace files is refused, with the sticky bit it is not`() throws {
        unsafe #expect(chmod(folder.path, 0o777) == 0)
        #expect(code { _ = try UnixListener(binding: folder.path("s")) } == .unsafeFolder)
        unsafe #expect(chmod(folder.path, 0o1777) == 0)
        #expect(code { _ = try UnixListener(binding: folder.path("s")) } == nil)
    }

    @Test func `paths that fit no address are refused`() {
        let long = folder.path(String(repeating: "x", count: 108))
        #expect(code { _ = try UnixListener(binding: long) } == .pathTooLong)
        #expect(code { _ = try UnixListener(binding: "") } == .missing)
        #expect(code { _ = try UnixListener(binding: folder.path("none/s")) } == .missing)
    }

    @Test func `only our own file is removed in the end`() throws {
        let first = try UnixListener(binding: folder.path("s"))
        first.removeFile()
        #expect(try folder.names() == [])
        let second = try UnixListener(binding: folder.path("s"))
        first.removeFile()
        #expect(try folder.names() == ["s"])
        withExtendedLifetime(second) {}
    }

    @Test func `the peer's ids are those of this process`() throws {
        let (ours, theirs) = socketPair()
        defer { for descriptor in [ours, theirs] { close(descriptor) } }
        let peer = try PeerCredentials(of: ours)
        #expect(peer.uid == getuid() && peer.gid == getgid() && peer.pid == getpid())
    }

    @Test func `a descriptor that does not listen is not inherited as a listener`() {
        let (ours, theirs) = socketPair()
        defer { for descriptor in [ours, theirs] { close(descriptor) } }
        #expect(code { _ = try UnixListener(inherited: ours) } == .notSocket)
    }
}
