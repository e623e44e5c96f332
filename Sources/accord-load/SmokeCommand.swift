import ArgumentParser

/// A few updates, of which only the counts matter: for tests on machines whose speed says nothing.
struct SmokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smoke",
        abstract: "Check with a few updates that each is acknowledged once and in order.",
        discussion: "Measures nothing. Exit status 1 if an answer is missing, repeated or out of order."
    )

    @OptionGroup var target: TargetOptions

    func run() throws {
        let load = LoadRun(target.plan(connections: 4, depth: 4, updates: 66))
        guard load.faults.isEmpty else {
            for fault in load.faults { Page.warn(fault) }
            throw ExitCode.failure
        }
        print("\(load.acknowledged) updates on \(load.plan.connections) connections: each acknowledged once, in order")
    }
}
