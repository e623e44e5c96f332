import Dispatch
import Glibc
import QueueRuntime
import Varlink

/// Does what the command line says and ends the process.
///
/// A function of its own, so that nothing in it belongs to the main
/// actor, on which Dispatch handlers would stop the process.
nonisolated func runCertification() -> Never {
    guard let options = Options(Array(CommandLine.arguments.dropFirst())) else { fail(Options.usage, status: 64) }
    do {
        if options.isClient, let path = options.path {
            var client = try CertificationClient(path: path)
            try client.run()
            exit(0)
        }
        try serve(options)
    } catch {
        fail("\(error)\n", status: 1)
    }
}

private func serve(_ options: Options) throws -> Never {
    let activation = SocketActivation.take()
    let text = try DurableFile.contents(of: options.interface ?? "", limit: 1 << 20)
    let handler = CertificationHandler()
    let server = try VarlinkServer(
        service: ServiceDescription(
            vendor: "Accord",
            product: "varlink-certification",
            version: "1",
            url: "https://varlink.org"
        ),
        interfaces: [String(decoding: text, as: UTF8.self)],
        limits: limits,
        handler: handler
    )
    handler.use(server)
    for socket in activation.sockets {
        if socket.isListening {
            server.listen(on: try UnixListener(inherited: socket.descriptor))
        } else {
            server.adopt(socket.descriptor)
        }
    }
    if activation.sockets.isEmpty {
        guard let path = options.path else { fail(Options.usage, status: 64) }
        try server.listen(path: path)
    }
    let stopped = DispatchSemaphore(value: 0)
    let signals = SignalSources([SIGTERM, SIGINT], queue: DispatchQueue(label: "signals")) { _ in
        server.stop(grace: .seconds(1)) { stopped.signal() }
    }
    withExtendedLifetime(signals) { stopped.wait() }
    exit(0)
}

/// Everything as by default, but no bound on how fast one user connects: measuring does that.
private var limits: ServerLimits {
    var limits = ServerLimits()
    limits.acceptsPerSecond = 1_000_000
    return limits
}

private func fail(_ message: String, status: Int32) -> Never {
    let bytes = Array(message.utf8)
    _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
    exit(status)
}
