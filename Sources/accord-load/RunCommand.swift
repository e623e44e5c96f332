import ArgumentParser
import Cryptography

/// Durable updates each second and their latency, beside SQLite's own in the same run.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measure acknowledged durable updates, beside SQLite's own rate.",
        discussion: """
            The floor is written in a folder of its own under --scratch and removed again; give a folder on the file \
            system of the daemon's record. Exit status 1 if an update was not acknowledged, once and in order.
            """
    )

    @OptionGroup var target: TargetOptions

    @Option(help: "Connections, each with a thread of its own.")
    var connections = 1

    @Option(help: "Updates under way at once on each connection.")
    var depth = 1

    @Option(help: "Updates in all.")
    var updates = 2_000

    @Option(help: "Updates made before, and not measured.")
    var warmUp = 0

    @Option(help: "Sign each update with the caller's Ed25519 key, of which this is the seed, 64 hexadecimal digits.")
    var seed: String?

    @Option(help: "A folder on the file system of the record.", completion: .directory)
    var scratch = "."

    func validate() throws {
        guard (1...LoadPlan.maximumConnections).contains(connections) else {
            throw ValidationError("Connections are 1 to \(LoadPlan.maximumConnections).")
        }
        guard (1...1_024).contains(depth) else { throw ValidationError("The depth is 1 to 1024.") }
        guard seed == nil || author != nil else { throw ValidationError("A seed has 64 hexadecimal digits.") }
        guard seed == nil || depth == 1 && connections <= target.cases.count else {
            throw ValidationError("Who signs has one update under way, and a case that nobody else writes to.")
        }
        guard (connections...100_000_000).contains(updates), (0...100_000_000).contains(warmUp) else {
            throw ValidationError("Updates are at least one on each connection, and at most 100,000,000.")
        }
    }

    /// Who signs.
    private var author: Ed25519PrivateKey? {
        seed.flatMap { Hex.decode($0) }.flatMap { Ed25519PrivateKey(seed: $0) }
    }

    func run() throws {
        let plan = target.plan(connections: connections, depth: depth, updates: updates, author: author)
        let busyBefore = Surroundings.loadAverage
        // Before the load, so that a folder that cannot be written to is known before the record is.
        let scratch = try ScratchFolder(in: scratch)
        defer { scratch.remove() }
        Page.row("connections, depth, bytes", "\(connections), \(depth), \(target.bytes)")
        Page.row("file system of the floor", scratch.fileSystem)
        Page.row("machine", Surroundings.description(busyBefore))
        let before = try floor(of: plan, in: scratch)
        if warmUp > 0 { try check(LoadRun(plan.with(updates: warmUp))) }
        let load = LoadRun(plan)
        try check(load)
        LoadReport(load).show()
        FloorComparison(before: before, after: try floor(of: plan, in: scratch), load: load, busyBefore: busyBefore)
            .show()
    }

    private func floor(of plan: LoadPlan, in scratch: ScratchFolder) throws -> DiskFloor {
        try DiskFloor(outstanding: plan.outstanding, textBytes: target.bytes, folder: scratch.path)
    }

    private func check(_ load: LoadRun) throws {
        for fault in load.faults { Page.warn(fault) }
        if !load.faults.isEmpty { throw ExitCode.failure }
    }
}
