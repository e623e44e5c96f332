import AccordInterface
import Dispatch
import Glibc
import StrictJSON
import Synchronization

/// Where the content of a live screen comes from: a watch that tells that something happened, and readings that are made then, and
/// at no other time.
///
/// While one reading is under way, whatever happens is one more reading after it: a flood of events is no flood of readings.
final class ScreenFeed: Sendable {
    private struct State {
        var content = ScreenContent()
        var failure: Failure?
        var isDue = false
        var isReading = false
    }

    private let command: WatchCommand
    private let state = Mutex(State())
    /// Readable when there is something to show.
    let descriptor: Int32
    private let writing: Int32
    private let queue = DispatchQueue(label: "screen-readings")

    /// - Throws: A ``Failure`` if nothing can be shown at all.
    init(_ command: WatchCommand) throws {
        self.command = command
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0,
            ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 && fcntl($0, F_SETFL, O_NONBLOCK) == 0 })
        else { throw Failure(code: "PIPE", message: "No pipe could be made.", status: ExitStatus.software) }
        (descriptor, writing) = (ends[0], ends[1])
        var connection = try Connection.open(command.common)
        let who = try connection.call(.Session.whoAmI)
        let name = "\(who.text("member")) (\(who.text("agency")))"
        state.withLock { $0.content.who = name }
        try read(on: &connection)
    }

    deinit {
        close(descriptor)
        close(writing)
    }

    /// What is to be shown now.
    func content() throws -> ScreenContent {
        var bytes = [UInt8](repeating: 0, count: 64)
        while unsafe Glibc.read(descriptor, &bytes, bytes.count) > 0 {}
        let (content, failure) = state.withLock { ($0.content, $0.failure) }
        if let failure { throw failure }
        return content
    }

    private func wake() {
        var byte: UInt8 = 1
        _ = unsafe write(writing, &byte, 1)
    }

    // MARK: Watching

    /// Begins to follow, on a thread of its own.
    func start() {
        DispatchQueue(label: "screen-watch").async { [weak self] in
            var pause: UInt32 = 1
            while let feed = self {
                let isLive = feed.follow()
                guard feed.state.withLock({ $0.failure == nil }) else { return }
                pause = isLive ? 1 : min(pause * 2, 30)
                sleep(pause)
            }
        }
    }

    /// Follows until the line is dead.
    ///
    /// - Returns: Whether it was alive.
    private func follow() -> Bool {
        var isLive = false
        do {
            var connection = try Connection.open(command.common)
            let parameters: JSONObject = ["idleSeconds": .integer(Self.idleSeconds)]
            let patience: Duration = .seconds(2 * Self.idleSeconds + 5)
            try connection.stream(.Feed.watch, command.read.parameters(parameters), patience: patience) { reply in
                isLive = true
                let kind = reply.text("kind")
                state.withLock { state in
                    state.content.stale = nil
                    if let event = reply["event"]?.object { state.content.last = event }
                }
                // What happened while nobody listened is found by reading once the stream has come to the present.
                if ["live", "event", "inbox"].contains(kind) { readSoon() }
                wake()
                return true
            }
            lose("The daemon ended the watch.")
        } catch let failure as Failure {
            let mayPass =
                failure.isLost || failure.status == ExitStatus.temporary || failure.code == Failure.notRunning
            if mayPass { lose(failure.message) } else { end(failure) }
        } catch {
            lose("The line broke.")
        }
        return isLive
    }

    private func lose(_ why: String) {
        state.withLock { state in
            if state.content.stale == nil { state.content.stale = .init(since: Clock.microseconds, why: why) }
        }
        wake()
    }

    private func end(_ failure: Failure) {
        state.withLock { $0.failure = $0.failure ?? failure }
        wake()
    }

    // MARK: Reading

    private func readSoon() {
        let isFirst = state.withLock { state in
            state.isDue = true
            defer { state.isReading = true }
            return !state.isReading
        }
        guard isFirst else { return }
        queue.async { [weak self] in self?.readAll() }
    }

    private func readAll() {
        do {
            // A connection for each: one that nothing was asked on for half an hour is locked.
            var connection = try Connection.open(command.common)
            while takesTurn() {
                try read(on: &connection)
                wake()
            }
        } catch {
            state.withLock { $0.isReading = false }
            // That the line is dead the watch says; that rights have ended, too.
        }
    }

    /// Whether there is a reading to be made; if not, the next event begins anew.
    private func takesTurn() -> Bool {
        state.withLock { state in
            defer { state.isDue = false }
            if !state.isDue { state.isReading = false }
            return state.isDue
        }
    }

    /// Reads all that is shown.
    private func read(on connection: inout Connection) throws {
        let cases = try list(.Case.list, "case", on: &connection)
        let deadlines = try list(.Feed.due, "deadline", on: &connection)
        let tasks = try list(.Feed.inbox, "task", on: &connection)
        state.withLock { state in
            state.content.cases = cases
            state.content.deadlines = deadlines
            state.content.tasks = tasks
        }
    }

    private func list(_ method: Method, _ member: String, on connection: inout Connection) throws -> [JSONObject] {
        var objects: [JSONObject] = []
        try connection.stream(method, command.read.parameters([:])) { reply in
            if let object = reply[member]?.object { objects.append(object) }
            return true
        }
        return objects
    }

    private static let idleSeconds: Int64 = 15
}
