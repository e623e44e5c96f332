import ArgumentParser

/// How many entries of a record the verifier checks each second, without a daemon and without a disk.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Measure the verifier over lines made for it.",
        discussion: "Exit status 1 if the verifier finds anything in them, or fails to find a change."
    )

    @Option(help: "How many lines.")
    var lines = 250_000

    @Option(help: "Parts of each line, whose digests are checked too; 0 for links and tree alone.")
    var parts = 2

    @Flag(help: "On one processor, instead of sharing the work among all.")
    var alone = false

    func validate() throws {
        guard (1...100_000_000).contains(lines), (0...8).contains(parts) else {
            throw ValidationError("Lines are 1 to 100,000,000, parts 0 to 8.")
        }
    }

    func run() throws {
        let busyBefore = Surroundings.loadAverage
        let sound = try VerifierLoad(lines: lines, parts: parts).run(isAlone: alone)
        let seconds = sound.elapsed / .seconds(1)
        Page.row("lines, parts of each", "\(lines), \(parts)")
        Page.row("machine", Surroundings.description(busyBefore))
        Page.row("bytes of lines and parts", Page.grouped(Double(sound.bytes)))
        Page.row("time in the verifier", Page.time(sound.elapsed))
        Page.row("entries/s", Page.grouped(Double(lines) / max(seconds, 1e-9)))
        Page.row("megabytes/s", Page.grouped(Double(sound.bytes) / 1e6 / max(seconds, 1e-9)))
        Page.row("processor time in the verifier", Page.time(sound.worked))
        Page.row("processor time of SHA-256 alone", Page.time(sound.floor))
        Page.row("verifier / SHA-256 alone", Page.ratio(sound.worked / sound.floor))
        let each = sound.worked / Double(lines)
        Page.row("entries/s of one whole processor", Page.grouped(.seconds(1) / each))
        Page.row("the same for SHA-256 alone", Page.grouped(.seconds(1) / (sound.floor / Double(lines))))
        for failure in sound.failures { Page.warn("a sound record was found faulty: \(failure)") }
        // A figure of a verifier that sees nothing would be worthless.
        let changed = try VerifierLoad(lines: min(lines, 64), parts: parts, changesOne: true).run()
        if changed.failures.isEmpty { Page.warn("a changed line was not found.") }
        guard sound.failures.isEmpty, !changed.failures.isEmpty else { throw ExitCode.failure }
    }
}
