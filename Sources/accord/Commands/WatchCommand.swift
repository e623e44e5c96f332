import AccordInterface
import ArgumentParser
import Glibc
import StrictJSON

/// What happens in cases, as it happens.
struct WatchCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Show what happens in your cases, as it happens.",
        discussion: """
            Without --case: all cases you may see, from now on. After an interruption it goes on where it was.
            Example: accord watch --case ALDER --from 0 --once
            Example: accord watch --screen
            """
    )

    @Option(
        name: .customLong("case"),
        help: ArgumentHelp("Only this case; may be given more than once.", valueName: "case")
    )
    var cases: [String] = []

    @Option(help: ArgumentHelp("With --case: the first position to show. Default: 0.", valueName: "position"))
    var from: Int64?

    @Flag(help: "End after what there is already.") var once = false

    @Flag(
        help: ArgumentHelp(
            "One page that keeps itself up to date: what is due, conflicts, inbox and cases; q ends it.",
            discussion:
                "What it shows is read when something happened, and at no other time; each reading is on the record."
        )
    )
    var screen = false

    @OptionGroup var read: ReadOptions
    var common: CommonOptions { read.common }

    func validate() throws {
        guard from ?? 0 >= 0 else { throw ValidationError("A position is 0 or more.") }
        guard cases.count <= Limits.watchedCases else {
            throw ValidationError("At most \(Limits.watchedCases) cases can be followed one by one.")
        }
        if screen, once || !cases.isEmpty || common.json {
            throw ValidationError("--screen shows all that concerns you, to people: without --case, --once and --json.")
        }
        if from != nil, cases.isEmpty {
            throw ValidationError("--from needs --case: each case has positions of its own.")
        }
        if once, cases.isEmpty { throw ValidationError("--once needs --case: of all cases only what is new is shown.") }
    }

    func perform(on page: inout Page) throws {
        if screen { try showScreen(on: &page) } else { try perform(on: &page) { sleep($0) } }
    }

    /// A page where the cursor can be placed; where it cannot, lines of what is new.
    private func showScreen(on page: inout Page) throws {
        let live = LiveScreen(feed: try ScreenFeed(self), input: STDIN_FILENO, output: page.terminal.descriptor)
        let name = Environment["TERM"] ?? ""
        guard page.terminal.isTerminal, isatty(STDIN_FILENO) == 1, !name.isEmpty, name != "dumb" else {
            return try live.runPlainly(on: &page)
        }
        try live.run(isColoured: page.terminal.isColoured)
    }

    /// Follows until the end; between two connections it waits for some seconds.
    func perform(on page: inout Page, waiting wait: (UInt32) -> Void) throws {
        var feed = Feed(command: self)
        var pause: UInt32 = 1
        while true {
            do {
                try feed.follow(on: &page)
                if once { return }
            } catch let failure as Failure {
                let mayPass =
                    failure.isLost || failure.status == ExitStatus.temporary || failure.code == Failure.notRunning
                guard mayPass, feed.wasLive, !once else { throw failure }
            }
            page.flush()
            Self.note("The connection was lost; trying again in \(pause) s.")
            wait(pause)
            pause = feed.isFresh ? 1 : min(pause * 2, 30)
        }
    }

    /// A remark for a person who is watching; programs that read the output do not get it.
    fileprivate static func note(_ text: Shown) {
        var errors = Page(.standardError)
        guard errors.terminal.isTerminal else { return }
        errors.line(text)
        errors.flush()
    }
}

/// Where in which case the stream has come to, and how to go on there.
private struct Feed {
    let command: WatchCommand
    /// The last position received of each case.
    private var seen: [String: Int64] = [:]
    /// Whether the stream ever came to the present.
    private(set) var wasLive = false
    /// Whether something came since the last connection was made.
    private(set) var isFresh = false

    init(command: WatchCommand) { self.command = command }

    /// Prints events until the connection ends.
    mutating func follow(on page: inout Page) throws {
        isFresh = false
        let isResumed = wasLive
        var parameters: JSONObject = ["follow": .bool(!command.once), "idleSeconds": .integer(Self.idleSeconds)]
        if !command.cases.isEmpty {
            let places =
                isResumed ? seen.map { ($0.key, $0.value) } : command.cases.map { ($0, (command.from ?? 0) - 1) }
            parameters["positions"] = Self.positions(places)
        }
        var isCaughtUp = false
        try stream(parameters, on: &page) { feed, reply, page in
            if !isCaughtUp, reply.text("kind") == "live" {
                isCaughtUp = true
                if isResumed, feed.command.cases.isEmpty {
                    try feed.fillGap(upTo: reply.objects("positions"), on: &page)
                }
                feed.wasLive = true
            }
            feed.take(reply, on: &page)
        }
    }

    /// All cases are followed from now on only: what happened while the connection was broken is asked for apart.
    private mutating func fillGap(upTo positions: [JSONObject], on page: inout Page) throws {
        var missing: [(String, Int64)] = []
        for position in positions {
            guard let last = seen[position.text("case")], let after = position["after"]?.integer, last < after else {
                continue
            }
            missing.append((position.text("case"), last))
        }
        while !missing.isEmpty {
            let part = missing.prefix(Limits.watchedCases)
            missing.removeFirst(part.count)
            let parameters: JSONObject = ["positions": Self.positions(Array(part)), "follow": false]
            try stream(parameters, on: &page) { feed, reply, page in
                if reply["event"]?.object != nil { feed.take(reply, on: &page) }
            }
        }
    }

    private mutating func stream(
        _ parameters: JSONObject,
        on page: inout Page,
        each body: (inout Feed, JSONObject, inout Page) throws -> Void
    ) throws {
        var connection = try Connection.open(command.common)
        try connection.stream(.Feed.watch, command.read.parameters(parameters)) { reply in
            try body(&self, reply, &page)
            page.flush()
            try page.checkWritten()
            return true
        }
    }

    private mutating func take(_ reply: JSONObject, on page: inout Page) {
        isFresh = true
        if let event = reply["event"]?.object {
            let (name, position) = (event.text("case"), event["position"]?.integer ?? -1)
            if let last = seen[name], position <= last { return }
            seen[name] = position
            if !command.common.json { page.line(Self.line(event)) }
        }
        for position in reply.objects("positions") {
            let (name, after) = (position.text("case"), position["after"]?.integer ?? -1)
            seen[name] = max(seen[name] ?? -1, after)
        }
        if command.common.json { page.json(reply) }
        if reply.text("kind") == "inbox", !command.common.json {
            page.line(
                "\(UTCText.text(microseconds: Clock.microseconds), .dim)  Something new waits for you: accord inbox"
            )
        }
        if reply.text("kind") == "live", !command.common.json, !command.once {
            WatchCommand.note("\("Up to date. Waiting for what is new; Ctrl-C ends.", .dim)")
        }
    }

    private static func line(_ event: JSONObject) -> Shown {
        let place: Shown = "\(event.text("case"), .bold)  \(event["position"]?.integer ?? -1)"
        return "\(event.time("recordedAt"), .dim)  \(place)  \(event.text("summary"))"
    }

    private static func positions(_ places: [(String, Int64)]) -> JSONValue {
        .array(places.map { ["case": .string($0.0), "after": .integer($0.1)] })
    }

    private static let idleSeconds: Int64 = 15
}
