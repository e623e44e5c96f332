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
        let parameters: JSONObject = ["positions": .array([.object(place)]), "follow": .bool(false)]
        client.enqueue(Method.Feed.watch.name, encodedParameters: parameters.encoded, more: true)
        try client.flush()
        let (event, position, error) = (
            ByteText(#""kind":"event""#), ByteText(#""position":"#), ByteText(#"{"error":"#)
        )
        while true {
            let reply = try unsafe client.nextReplyBytes { bytes in
                (
                    position: unsafe event.isIn(bytes) ? unsafe position.number(in: bytes) : nil,
                    failure: unsafe error.isIn(bytes) ? unsafe String(decoding: bytes, as: UTF8.self) : nil
                )
            }
            if let failure = reply.value.failure {
                Page.warn(failure)
                throw ExitCode.failure
            }
            if let position = reply.value.position {
                guard position > last else {
                    Page.warn("an event after position \(last) is out of order.")
                    throw ExitCode.failure
                }
                last = position
                events += 1
            }
            if !reply.continues { break }
        }
        let elapsed = ContinuousClock.now - start
        Page.row("events", "\(events) in \(Page.time(elapsed))")
        Page.row("machine", Surroundings.description(busyBefore))
        Page.row("events/s to one watcher", Page.grouped(Double(events) / max(elapsed / .seconds(1), 1e-9)))
    }
}
