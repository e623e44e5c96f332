import AccordInterface
import ArgumentParser
import StrictJSON
import Varlink

/// How many entries that are stored already a watcher receives each second.
struct StreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream",
        abstract: "Measure the events of a case that one watcher receives from its first line on.",
        discussion: "Exit status 1 if they come out of order or one comes twice."
    )

    @Option(help: "The daemon's socket.", completion: .file())
    var socket: String

    @Option(name: .customLong("case"), help: "The case, by its number or a unique beginning of its title.")
    var caseName: String

    func run() throws {
        let busyBefore = Surroundings.loadAverage
        var client = try VarlinkClient(path: socket, timeout: .seconds(120))
        let place: JSONObject = ["case": .string(caseName), "after": .integer(-1)]
        var (events, last) = (0, Int64(-1))
        let start = ContinuousClock.now
        try client.stream(
            Method.Feed.watch.name,
            ["positions": .array([.object(place)]), "follow": .bool(false)],
            timeout: .seconds(120)
        ) { reply in
            guard let event = reply["event"]?.object else { return true }
            guard let position = event["position"]?.integer, position > last else {
                Page.warn("an event after position \(last) is out of order.")
                throw ExitCode.failure
            }
            last = position
            events += 1
            return true
        }
        let elapsed = ContinuousClock.now - start
        Page.row("events", "\(events) in \(Page.time(elapsed))")
        Page.row("machine", Surroundings.description(busyBefore))
        Page.row("events/s to one watcher", Page.grouped(Double(events) / max(elapsed / .seconds(1), 1e-9)))
    }
}
