import Foundation
import TestSupport
import Testing

/// Our Varlink against other people's: the certification of python-varlink 31.0.0 and asyncvarlink 0.3.3 (ipc.md 2.4).
@Suite(.tags(.large))
struct CertificationTests {
    private static let pythonTest = ["-m", "varlink.tests.test_certification"]

    /// A program that serves the certification on a socket of its own.
    private struct Server {
        let scratch: ScratchFolder
        let process: DaemonProcess
        var socket: String { scratch.path("s") }
        var address: String { "unix:\(socket)" }

        init(_ words: (String) throws -> [String]) throws {
            scratch = try ScratchFolder("certification")
            let words = try words("unix:\(scratch.path("s"))")
            process = try DaemonProcess(words, output: scratch.path("out"), errors: scratch.path("err"))
            try process.wait(forSocket: socket)
        }

        /// Ours, built from the library that the daemon uses.
        static func ours() throws -> Server {
            try Server {
                [try Programs.path("varlink-certification"), "--interface", try interface(), "--varlink=\($0)"]
            }
        }

        func stop() throws {
            process.send(SIGTERM)
            try process.wait()
        }
    }

    /// The text of org.varlink.certification, as python-varlink brings it.
    private static func interface() throws -> String {
        let found = try run(
            #require(Programs.python),
            ["-c", "import varlink.tests, os; print(os.path.dirname(varlink.tests.__file__))"]
        )
        let folder = found.stdout.split(separator: "\n").first.map(String.init) ?? ""
        return "\(folder)/org.varlink.certification.varlink"
    }

    private func expectPassed(_ completed: Completed, sourceLocation: SourceLocation = #_sourceLocation) {
        let text = "\(completed.stdout.suffix(2_000))\n\(completed.stderr.suffix(2_000))"
        #expect(completed.status == 0, "\(text)", sourceLocation: sourceLocation)
    }

    @Test(.needsPython("varlink")) func `python-varlink's client certifies our server`() throws {
        let server = try Server.ours()
        let client = try run(
            #require(Programs.python),
            Self.pythonTest + ["--client", "--varlink=\(server.address)"]
        )
        expectPassed(client)
        #expect(client.stdout.contains("Certification passed") || client.stderr.contains("Certification passed"))
        try server.stop()
    }

    @Test(.needsPython("varlink")) func `python-varlink's client certifies our server through a bridge`() throws {
        let server = try Server.ours()
        let python = try #require(Programs.python)
        let bridge = try server.scratch.write("bridge.py", Self.bridge)
        let client = try run(
            python,
            Self.pythonTest + ["--client", "--bridge=\(python) \(bridge) \(server.socket)"]
        )
        expectPassed(client)
        try server.stop()
    }

    @Test(.needsPython("varlink")) func `python-varlink's client certifies our server started by a socket`() throws {
        let program = try Programs.path("varlink-certification")
        let command = "\(program) --interface \(try Self.interface()) --varlink=$VARLINK_ADDRESS"
        let client = try DaemonProcess.run(
            [#require(Programs.python)] + Self.pythonTest + ["--client", "--activate=\(command)"]
        )
        expectPassed(client)
    }

    @Test(.needsPython("varlink")) func `our client is certified by python-varlink's server`() throws {
        let python = try #require(Programs.python)
        let server = try Server { [python] + Self.pythonTest + ["--varlink=\($0)"] }
        expectPassed(
            try run(Programs.path("varlink-certification"), ["--client", "--varlink=\(server.address)"])
        )
        server.process.send(SIGTERM)
        try server.process.wait()
    }

    @Test(.needsPython("varlink")) func `our client is certified by our server`() throws {
        let server = try Server.ours()
        expectPassed(
            try run(Programs.path("varlink-certification"), ["--client", "--varlink=\(server.address)"])
        )
        try server.stop()
    }

    @Test(.needsPython("asyncvarlink"), .needsPython("varlink"))
    func `asyncvarlink's client certifies our server`() throws {
        let scratch = try ScratchFolder("sdist")
        let folder = try Self.asyncvarlinkTests(in: scratch)
        let server = try Server.ours()
        let client = try run(
            #require(Programs.python),
            ["test_certification.py", "--client", "--socket", server.socket],
            in: folder
        )
        expectPassed(client)
        try server.stop()
    }

    @Test(.needsPython("asyncvarlink"), .needsPython("varlink"))
    func `our client is certified by asyncvarlink's server`() throws {
        let python = try #require(Programs.python)
        let scratch = try ScratchFolder("sdist")
        let folder = try Self.asyncvarlinkTests(in: scratch)
        let server = try Server { address in
            [python, "\(folder)/test_certification.py", "--socket", String(address.dropFirst("unix:".count))]
        }
        expectPassed(
            try run(Programs.path("varlink-certification"), ["--client", "--varlink=\(server.address)"])
        )
        server.process.send(SIGTERM)
        try server.process.wait()
    }

    /// The folder of asyncvarlink's certification, which is in the source distribution only.
    private static func asyncvarlinkTests(in scratch: ScratchFolder) throws -> String {
        let folder = scratch.path("sdist")
        let download = try run(
            #require(Programs.python),
            [
                "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--no-binary", ":all:",
                "-d", folder, "asyncvarlink==0.3.3",
            ],
            deadline: 120
        )
        guard download.status == 0 else {
            try Test.cancel("pip cannot reach its registry: \(download.stderr.suffix(300))")
        }
        try run("tar", ["-xf", "\(folder)/asyncvarlink-0.3.3.tar.gz", "-C", folder])
        return "\(folder)/asyncvarlink-0.3.3/tests"
    }

    /// Standard input and output joined with a socket.
    private static let bridge = """
        import os, select, socket, sys
        peer = socket.socket(socket.AF_UNIX)
        peer.connect(sys.argv[1])
        while True:
            ready = select.select([0, peer], [], [])[0]
            if 0 in ready:
                data = os.read(0, 65536)
                if not data:
                    break
                peer.sendall(data)
            if peer in ready:
                data = peer.recv(65536)
                if not data:
                    break
                os.write(1, data)

        """
}
