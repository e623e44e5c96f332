/// How much a server takes from its peers.
///
/// The defaults suit a service with many users of which none is trusted.
public struct ServerLimits: Hashable, Sendable {
    /// The longest message in bytes.
    public var messageBytes = 8 << 20
    /// How many arrays and objects may lie inside one another.
    public var depth = 64
    /// Calls of one connection that may be under way at once, where the handler lets them overlap.
    public var callsAtOnce = 32
    /// Bytes of the messages of such calls from which on no further one is begun.
    public var bytesAtOnce = 64 << 10
    /// Connections in all.
    public var connections = 1_024
    /// Connections of one user.
    public var connectionsPerUser = 128
    /// New connections of one user in a second, after the burst.
    ///
    /// More are delayed, and refused beyond one second.
    public var acceptsPerSecond = 200
    /// New connections of one user at once.
    public var acceptBurst = 64
    /// Bytes waiting to be written from which on a connection's next call is not begun.
    public var highWater = 1 << 20
    /// Bytes waiting to be written down to which a stream is told that it may go on.
    public var lowWater = 256 << 10
    /// Bytes waiting to be written beyond which a connection is given up: its handler did not wait for being told.
    public var outputCeiling = 64 << 20
    /// How long a message may take from its first byte to its last.
    public var unfinishedMessage: Duration = .seconds(30)
    /// How long a peer may take nothing of what waits to be written.
    public var writeStall: Duration = .seconds(30)
    /// How long, and how many bytes, are read and dropped after a violation, so that the peer sees a clean end.
    public var drainTime: Duration = .seconds(1)
    /// See ``drainTime``.
    public var drainBytes = 64 << 10
    /// How often stalls are looked for.
    public var tick: Duration = .seconds(1)

    /// The defaults.
    public init() {}
}
