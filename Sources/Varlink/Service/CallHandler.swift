public import StrictJSON

/// What a service does with calls.
///
/// All functions are called on the server's queue and must return soon: a handler leaves the call with whoever does the
/// work, and that answers with ``VarlinkServer/send(_:)`` from any thread.
public protocol CallHandler: Sendable {
    /// A connection was made. Comes before its first call.
    func opened(_ connection: ConnectionID, peer: Peer)

    /// A call came in. Every call must be finished, a oneway one too; the connection's next call comes only then, or
    /// before where both may overlap.
    func handle(_ call: Call)

    /// Whether a call may come before those that the connection made earlier are finished, if they may overlap as well.
    ///
    /// It is one of which what it does hangs on the order in which calls come, and not on whether the ones before have
    /// been answered. It is asked before the parameters are compared with the interface, and of calls that want one reply.
    func overlaps(method: String, parameters: JSONObject) -> Bool

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

    /// One call at a time.
    public func overlaps(method: String, parameters: JSONObject) -> Bool { false }

    /// Does nothing.
    public func drained(_ id: CallID) {}

    /// Does nothing.
    public func closed(_ connection: ConnectionID) {}
}
