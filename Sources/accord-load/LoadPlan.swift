import StrictJSON

/// What a load asks of the daemon: so many updates of one case, over so many connections, so many at once on each.
struct LoadPlan: Sendable {
    /// The most connections: each has a thread of its own, and the daemon takes no more than this at once from one user.
    static let maximumConnections = 64

    let socket: String
    let connections: Int
    let depth: Int
    let updates: Int
    /// The parameters of an update up to the digits of its request id.
    private let start: [UInt8]

    init(socket: String, caseName: String, connections: Int, depth: Int, updates: Int, bytes: Int) {
        self.socket = socket
        self.connections = connections
        self.depth = depth
        self.updates = updates
        let parameters: JSONObject = [
            "case": .string(caseName), "kind": "observation", "text": .string(Self.text(bytes)),
        ]
        start = parameters.encoded.dropLast() + #","context":{"request":""#.utf8
    }

    /// The same with another number of updates.
    func with(updates: Int) -> LoadPlan { LoadPlan(self, updates: updates) }

    private init(_ other: LoadPlan, updates: Int) {
        (socket, connections, depth, start) = (other.socket, other.connections, other.depth, other.start)
        self.updates = updates
    }

    /// How many updates are under way at once, and so the most that one commit can hold.
    var outstanding: Int { min(connections * depth, updates) }

    /// How many updates a connection has to make; they differ by one at most.
    func share(of connection: Int) -> Int {
        updates / connections + (connection < updates % connections ? 1 : 0)
    }

    /// The parameters of one update with a request id of its own.
    func parameters(_ request: LoadRequest) -> [UInt8] {
        var bytes = start
        bytes.reserveCapacity(start.count + 35)
        request.write(into: &bytes)
        bytes += "\"}}".utf8
        return bytes
    }

    private static func text(_ count: Int) -> String {
        let words = Array("Two vans at the loading dock, then a third. ".utf8)
        let body = (0..<max(0, count - 1)).map { words[$0 % words.count] }
        return String(decoding: body + [UInt8(ascii: ".")], as: UTF8.self)
    }
}
