public import StrictJSON

/// A connection, by a number that is never used again while the server runs.
public struct ConnectionID: Hashable, Sendable {
    /// Counts from 1.
    public let number: UInt64

    /// The connection with this number.
    public init(number: UInt64) {
        self.number = number
    }
}

/// A call, by its connection and its place among that connection's calls.
public struct CallID: Hashable, Sendable {
    /// The connection.
    public let connection: ConnectionID
    /// Counts from 1.
    public let number: UInt64

    /// The call with this number on a connection.
    public init(connection: ConnectionID, number: UInt64) {
        self.connection = connection
        self.number = number
    }
}

/// A call whose method exists and whose parameters have the types that the interface declares.
public struct Call: Sendable {
    /// What replies refer to.
    public var id: CallID
    /// The interface, such as `org.example.ping`.
    public var interface: String
    /// The method without the interface.
    public var method: String
    /// The parameters; an optional one may be absent or null, which means the same.
    public var parameters: JSONObject
    /// Whether several replies are welcome.
    public var wantsMore: Bool
    /// Whether no reply is wanted.
    ///
    /// The call still has to be finished, because it occupies its connection until then.
    public var isOneway: Bool
    /// Who calls.
    public var peer: Peer
    /// Whether nothing else came with it, on any connection: the server's queue has nothing more to do at the moment, and a
    /// handler may do the work there, if it is short, instead of waking another thread for it.
    public var isAlone: Bool

    /// A call with all its parts.
    public init(
        id: CallID,
        interface: String,
        method: String,
        parameters: JSONObject = [:],
        wantsMore: Bool = false,
        isOneway: Bool = false,
        peer: Peer,
        isAlone: Bool = false
    ) {
        self.id = id
        self.interface = interface
        self.method = method
        self.parameters = parameters
        self.wantsMore = wantsMore
        self.isOneway = isOneway
        self.peer = peer
        self.isAlone = isAlone
    }
}
