/// Counters of a server since it was made.
public struct ServerStatistics: Hashable, Sendable {
    /// Connections open now.
    public var connections = 0
    /// Connections made.
    public var accepted: UInt64 = 0
    /// Connections closed at once because of a limit.
    public var refused: UInt64 = 0
    /// Connections closed because the peer broke the protocol.
    public var violations: UInt64 = 0
    /// Connections closed because the peer did not read, or did not finish a message.
    public var stalls: UInt64 = 0
    /// Calls taken, those that the library answers itself included.
    public var calls: UInt64 = 0
    /// Bytes read.
    public var bytesIn: UInt64 = 0
    /// Bytes written.
    public var bytesOut: UInt64 = 0

    /// All zero.
    public init() {}
}

/// What is known about one connection.
public struct ConnectionStatus: Hashable, Sendable {
    /// The connection.
    public var id: ConnectionID
    /// Who is at the other end.
    public var peer: Peer
    /// How long it exists.
    public var age: Duration
    /// The full name of the method that runs, if one does.
    public var method: String?
    /// Calls taken.
    public var calls: UInt64
    /// Bytes read.
    public var bytesIn: UInt64
    /// Bytes written.
    public var bytesOut: UInt64
    /// Bytes waiting to be written.
    public var queued: Int
}
