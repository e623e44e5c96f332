/// What a service does with calls.
///
/// All functions are called on the server's queue and must return soon: a handler leaves the call with whoever does the
/// work, and that answers with ``VarlinkServer/send(_:)`` from any thread.
public protocol CallHandler: Sendable {
    /// A connection was made. Comes before its first call.
    func opened(_ connection: ConnectionID, peer: Peer)

    /// A call came in. Every call must be finished, a oneway one too; the connection's next call comes only then.
    func handle(_ call: Call)

    /// The peer has taken what was queued for a call with several replies, down to the low water mark.
    ///
    /// Comes after each time that ``Reply/more(_:)`` replies were queued, so that a stream may send a bounded piece, wait
    /// for this, and send the next.
    func drained(_ id: CallID)

    /// A connection has ended, and with it the call that was running. Comes once, after everything else about it.
    func closed(_ connection: ConnectionID)
}

extension CallHandler {
    /// Does nothing.
    public func opened(_ connection: ConnectionID, peer: Peer) {}

    /// Does nothing.
    public func drained(_ id: CallID) {}

    /// Does nothing.
    public func closed(_ connection: ConnectionID) {}
}
