import AccordInterface
import Cryptography
import StrictJSON

/// What a load asks of the daemon: so many updates of a case or of several, over so many connections, so many at once on each.
struct LoadPlan: Sendable {
    /// The most connections: each has a thread of its own, and the daemon takes no more than this at once from one user.
    static let maximumConnections = 64

    let socket: String
    let connections: Int
    let depth: Int
    let updates: Int
    /// Who signs each update; nil if nobody does.
    let author: Ed25519PrivateKey?
    /// The parameters of an update of each case up to the digits of its request id.
    private let starts: [[UInt8]]

    init(
        socket: String,
        cases: [String],
        connections: Int,
        depth: Int,
        updates: Int,
        bytes: Int,
        author: Ed25519PrivateKey?
    ) {
        self.socket = socket
        self.connections = connections
        self.depth = depth
        self.updates = updates
        self.author = author
        let text = Self.text(bytes)
        starts = cases.map { name in
            let parameters: JSONObject = ["case": .string(name), "kind": "observation", "text": .string(text)]
            return parameters.encoded.dropLast() + #","context":{"request":""#.utf8
        }
    }

    /// The same with another number of updates.
    func with(updates: Int) -> LoadPlan { LoadPlan(self, updates: updates) }

    private init(_ other: LoadPlan, updates: Int) {
        (socket, connections, depth, starts) = (other.socket, other.connections, other.depth, other.starts)
        author = other.author
        self.updates = updates
    }

    /// How many updates are under way at once, and so the most that one commit can hold.
    var outstanding: Int { min(connections * depth, updates) }

    /// How many updates a connection has to make; they differ by one at most.
    func share(of connection: Int) -> Int {
        updates / connections + (connection < updates % connections ? 1 : 0)
    }

    /// Which of the cases a connection writes to.
    func place(of connection: Int) -> Int { connection % starts.count }

    /// The parameters of one update of a connection with a request id of its own.
    ///
    /// - Parameters:
    ///   - request: the id.
    ///   - connection: its number, which says of which case.
    ///   - signature: the author's, over what was shown.
    /// - Returns: The parameters, encoded.
    func parameters(_ request: LoadRequest, of connection: Int, signature: SSHSignature? = nil) -> [UInt8] {
        let start = starts[place(of: connection)]
        var bytes = start
        bytes.reserveCapacity(start.count + (signature == nil ? 35 : 400))
        request.write(into: &bytes)
        bytes.append(UInt8(ascii: "\""))
        if let signature {
            bytes += #","signature":"#.utf8
            JSONText.writeString(signature.armored, into: &bytes)
        }
        bytes += "}}".utf8
        return bytes
    }

    /// The parameters with which an update is shown before it is signed.
    func preparation(_ request: LoadRequest, of connection: Int) -> [UInt8] {
        #"{"method":"\#(Method.Entry.record.name)","parameters":"#.utf8 + parameters(request, of: connection) + "}".utf8
    }

    private static func text(_ count: Int) -> String {
        let words = Array("Two vans at the loading dock, then a third. ".utf8)
        let body = (0..<max(0, count - 1)).map { words[$0 % words.count] }
        return String(decoding: body + [UInt8(ascii: ".")], as: UTF8.self)
    }
}
