import ArgumentParser
import Varlink

/// How fast a Varlink service answers when next to nothing is asked, in the three ways in which people ask.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Measure calls of org.varlink.service.GetInfo, which every Varlink service answers.",
        discussion: """
            One at a time on one connection; 64 at once on one connection; each with a connection of its own. Any service \
            may stand at the socket, so that others can be measured with the same client.
            """
    )

    @Option(help: "The service's socket.", completion: .file())
    var socket: String

    @Option(help: "Calls of each kind.")
    var calls = 20_000

    private static let method = "org.varlink.service.GetInfo"
    private static let width = 64

    func validate() throws {
        guard (Self.width...100_000_000).contains(calls) else {
            throw ValidationError("Calls are \(Self.width) to 100,000,000.")
        }
    }

    func run() throws {
        Page.row("calls", "\(calls)")
        Page.row("machine", Surroundings.description(Surroundings.loadAverage))
        var client = try VarlinkClient(path: socket)
        for _ in 0..<min(calls, 1_000) { _ = try client.call(Self.method) }
        var latencies = LatencyHistogram()
        let alone = try rate {
            for _ in 0..<calls {
                let start = ContinuousClock.now
                _ = try client.call(Self.method)
                latencies.add(ContinuousClock.now - start)
            }
        }
        let together = try rate {
            for _ in 0..<calls / Self.width {
                for _ in 0..<Self.width { client.enqueue(Self.method) }
                try client.flush()
                for _ in 0..<Self.width {
                    let reply = try client.nextReply()
                    if let error = reply.error { throw ClientFault(.remote(error, reply.parameters)) }
                }
            }
        }
        let connecting = try rate {
            for _ in 0..<calls {
                var client = try VarlinkClient(path: socket)
                _ = try client.call(Self.method)
                client.close()
            }
        }
        Page.row("calls/s, one at a time", Page.grouped(alone))
        Page.row("calls/s, \(Self.width) at once", Page.grouped(together))
        Page.row("calls/s, connecting anew", Page.grouped(connecting))
        Page.row("latency median, one at a time", Page.time(latencies.quantile(0.5)))
        Page.row("latency p99, one at a time", Page.time(latencies.quantile(0.99)))
    }

    private func rate(_ body: () throws -> Void) throws -> Double {
        let start = ContinuousClock.now
        try body()
        return Double(calls) / max((ContinuousClock.now - start) / .seconds(1), 1e-9)
    }
}
