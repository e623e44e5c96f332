import AccordInterface
import ArgumentParser
import StrictJSON
import Varlink

/// How long the proof of one line of a case takes, over the socket, wherever the line stands.
struct ProveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Measure inclusion proofs of lines of a case, asked for one after the other.",
        discussion: """
            The caller has to know of the case. Positions are spread over all of it; the proofs are not checked. Exit status \
            1 if one is missing.
            """
    )

    @Option(help: "The daemon's socket.", completion: .file())
    var socket: String

    @Option(name: .customLong("case"), help: "The case, by its number or a unique beginning of its title.")
    var caseName: String

    @Option(help: "How many lines of the case there are to choose from.")
    var lines: Int64

    @Option(help: "How many proofs.")
    var proofs = 2_000

    func validate() throws {
        guard (1...100_000_000).contains(lines), (1...10_000_000).contains(proofs) else {
            throw ValidationError("Lines are 1 to 100,000,000, proofs 1 to 10,000,000.")
        }
    }

    func run() throws {
        let busyBefore = Surroundings.loadAverage
        var client = try VarlinkClient(path: socket, timeout: .seconds(120))
        // A checkpoint that covers all of it.
        _ = try client.call(Method.Audit.getCheckpoint.name)
        var latencies = LatencyHistogram()
        var longest = 0
        for number in 0..<Int64(proofs) {
            let parameters: JSONObject = [
                "case": .string(caseName), "position": .integer(number &* 7_919 % lines),
            ]
            let begin = ContinuousClock.now
            let reply = try client.call(Method.Audit.proveInclusion.name, parameters)
            latencies.add(ContinuousClock.now - begin)
            guard let path = reply["proof"]?.array, !path.isEmpty else {
                Page.warn("line \(number &* 7_919 % lines) has no proof.")
                throw ExitCode.failure
            }
            longest = max(longest, path.count)
        }
        Page.row("lines, proofs", "\(lines), \(proofs)")
        Page.row("machine", Surroundings.description(busyBefore))
        Page.row("hashes of a proof, at most", "\(longest)")
        for (name, share) in [("median", 0.5), ("p90", 0.9), ("p99", 0.99)] {
            Page.row("proof \(name)", Page.time(latencies.quantile(share)))
        }
        Page.row("proof max", Page.time(latencies.maximum))
    }
}
