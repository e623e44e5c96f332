import Dispatch
import Logging
import StrictJSON
import Synchronization
import TestSupport

@testable import Varlink

/// A service with one method for each way of answering.
final class TestService: CallHandler {
    enum Report: Hashable, Sendable {
        case opened(ConnectionID)
        case closed(ConnectionID)
        case held(CallID)
        case noted(Int64)
    }

    static let text = """
        interface org.example.test
        type Position (case: string, after: int)
        # Answers with what it got.
        method Echo(text: string, positions: ?[]Position) -> (text: string)
        # Counts, a piece at a time.
        # [Requires 'more' flag]
        method Count(to: int, padding: ?int) -> (number: int, padding: ?string)
        # Sends everything at once.
        # [Requires 'more' flag]
        method Flood(count: int, padding: int) -> (padding: ?string)
        # Is not answered before the test wants it.
        method Hold() -> ()
        # The same, and others of its kind may come meanwhile.
        method Park() -> ()
        # Is reported to the test.
        method Note(number: int) -> ()
        method Fail() -> ()
        # Answers what its interface does not declare.
        method Lie() -> (text: string)
        method HangUp() -> ()
        error Failed (reason: string)
        """

    private struct Counting {
        var next: Int64 = 1
        let to: Int64
        let padding: String?
    }

    private static let piece: Int64 = 100

    let reports = Reports<Report>()
    private let counts = Mutex<[CallID: Counting]>([:])
    private let server = Mutex<VarlinkServer?>(nil)
    private let folder: ScratchFolder
    let path: String

    init(_ limits: ServerLimits = ServerLimits(), logger: Logger = .silent) throws {
        folder = try ScratchFolder("varlink")
        path = folder.path("s")
        let server = try VarlinkServer(
            service: ServiceDescription(vendor: "v", product: "p", version: "1", url: "u"),
            interfaces: [Self.text],
            limits: limits,
            logger: logger,
            handler: Weak(self)
        )
        try server.listen(path: path)
        self.server.withLock { $0 = server }
    }

    deinit {
        server.withLock { $0?.stop(grace: .zero) }
    }

    /// The server, which holds its handler weakly here, so that a test ends both.
    private struct Weak: CallHandler {
        weak let service: TestService?

        init(_ service: TestService) { self.service = service }

        func opened(_ connection: ConnectionID, peer: Peer) { service?.opened(connection, peer: peer) }
        func handle(_ call: Call) { service?.handle(call) }
        func overlaps(method: String, parameters: JSONObject) -> Bool { method == "org.example.test.Park" }
        func drained(_ id: CallID) { service?.drained(id) }
        func closed(_ connection: ConnectionID) { service?.closed(connection) }
    }

    func send(_ call: CallID, _ reply: Reply) {
        server.withLock { $0 }?.send([(call, reply)])
    }

    var running: VarlinkServer? { server.withLock { $0 } }

    func opened(_ connection: ConnectionID, peer: Peer) { reports.add(.opened(connection)) }

    func closed(_ connection: ConnectionID) { reports.add(.closed(connection)) }

    func drained(_ id: CallID) { sendPiece(of: id) }

    func handle(_ call: Call) {
        switch call.method {
        case "Echo": send(call.id, .final(["text": call.parameters["text"] ?? nil]))
        case "Count":
            let padding = call.parameters["padding"]?.integer.map { String(repeating: "x", count: Int($0)) }
            counts.withLock { $0[call.id] = Counting(to: call.parameters["to"]?.integer ?? 0, padding: padding) }
            sendPiece(of: call.id)
        case "Flood":
            let padding = String(repeating: "x", count: Int(call.parameters["padding"]?.integer ?? 0))
            let count = Int(call.parameters["count"]?.integer ?? 0)
            let replies = (0..<count).map { _ in (call.id, Reply.more(["padding": .string(padding)])) }
            server.withLock { $0 }?.send(replies + [(call.id, .final([:]))])
        case "Hold", "Park": reports.add(.held(call.id))
        case "Note":
            reports.add(.noted(call.parameters["number"]?.integer ?? 0))
            send(call.id, .final([:]))
        case "Fail": send(call.id, .failure("org.example.test.Failed", ["reason": "asked for"]))
        case "Lie": send(call.id, .final(["surprise": 1]))
        default: send(call.id, .close)
        }
    }

    private func sendPiece(of call: CallID) {
        let replies: [(CallID, Reply)] = counts.withLock { counts in
            guard var counting = counts[call] else { return [] }
            let last = min(counting.to, counting.next + Self.piece - 1)
            let replies = (counting.next...last).map { number in
                var parameters: JSONObject = ["number": .integer(number)]
                if let padding = counting.padding { parameters["padding"] = .string(padding) }
                return (call, number == counting.to ? Reply.final(parameters) : .more(parameters))
            }
            counting.next = last + 1
            counts[call] = last == counting.to ? nil : counting
            return replies
        }
        if !replies.isEmpty { server.withLock { $0 }?.send(replies) }
    }
}

extension Logger {
    /// Says nothing.
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
