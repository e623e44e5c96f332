import AccordInterface
import ArgumentParser
import StrictJSON
import Varlink

/// How long the proof of one line of a case takes, over the socket, wherever the line stands; and the proof that the record
/// grew.
struct ProveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Measure proofs of lines of a case, and of growth, asked for one after the other.",
        discussion: """
            The caller has to know of the case. Positions are spread over all of it, and sizes over all of the record; the \
            proofs are not checked. A proof that is given is not recorded, so that no sync is part of its time. Exit status 1 \
            if one is missing.
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
        let checkpoint = try client.call(Method.Audit.getCheckpoint.name)
        guard let size = checkpoint["note"]?.string.flatMap(Self.size), size > 1 else {
            Page.warn("there is no checkpoint.")
            throw ExitCode.failure
        }
        Page.row("lines of the case, of the record", "\(lines), \(size)")
        Page.row("proofs of each kind", "\(proofs)")
        Page.row("machine", Surroundings.description(busyBefore))
        try measure("inclusion", &client, Method.Audit.proveInclusion) { number in
            ["case": .string(caseName), "position": .integer(number &* 7_919 % lines)]
        }
        try measure("consistency", &client, Method.Audit.proveConsistency) { number in
            ["from": .integer(1 + number &* 7_919 % (size - 1))]
        }
    }

    private func measure(
        _ kind: String,
        _ client: inout VarlinkClient,
        _ method: Method,
        _ parameters: (Int64) -> JSONObject
    ) throws {
        var latencies = LatencyHistogram()
        var longest = 0
        for number in 0..<Int64(proofs) {
            let parameters = parameters(number)
            let begin = ContinuousClock.now
            let reply = try client.call(method.name, parameters)
            latencies.add(ContinuousClock.now - begin)
            guard let path = reply["proof"]?.array, !path.isEmpty else {
                Page.warn("no proof for \(String(decoding: parameters.encoded, as: UTF8.self)).")
                throw ExitCode.failure
            }
            longest = max(longest, path.count)
        }
        Page.row("\(kind): hashes, at most", "\(longest)")
        for (name, share) in [("median", 0.5), ("p90", 0.9), ("p99", 0.99)] {
            Page.row("\(kind) \(name)", Page.time(latencies.quantile(share)))
        }
        Page.row("\(kind) max", Page.time(latencies.maximum))
    }

    /// The second line of a checkpoint.
    private static func size(_ note: String) -> Int64? {
        note.split(separator: "\n").dropFirst().first.flatMap { Int64($0) }
    }
}
