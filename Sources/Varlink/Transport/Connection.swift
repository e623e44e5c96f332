import QueueRuntime

/// One connection of a server: its socket, its machine and what is remembered about both.
///
/// Owned by the server and used on its queue only.
final class Connection {
    let id: ConnectionID
    let descriptor: Int32
    let peer: Peer
    let since: MonotonicTime
    var machine: ConnectionMachine

    /// What epoll watches for at present; nil while it does not know the descriptor.
    var watched: EventLoop.Readiness?
    /// True until the accept budget lets it begin.
    var isHeldBack = false
    /// True while it waits in the list of those with something to write.
    var isQueued = false
    /// True once the last reply is in the output: written, it is closed.
    var closesWhenWritten = false
    /// Set while input is only dropped, after a violation.
    var dropping: (left: Int, deadline: MonotonicTime)?
    /// True once the descriptor is closed.
    var isClosed = false

    /// When the message that is not whole yet began, and after how many calls.
    var messageBegan: (time: MonotonicTime, after: UInt64)?
    /// When the peer last took something, or the output became non-empty.
    var writeProgressed: MonotonicTime?

    var bytesIn: UInt64 = 0
    var bytesOut: UInt64 = 0

    init(id: ConnectionID, descriptor: Int32, peer: Peer, limits: ServerLimits, now: MonotonicTime) {
        self.id = id
        self.descriptor = descriptor
        self.peer = peer
        since = now
        machine = ConnectionMachine(limits: limits)
    }

    func status(at now: MonotonicTime) -> ConnectionStatus {
        ConnectionStatus(
            id: id,
            peer: peer,
            age: now.since(since),
            method: machine.running.first?.method,
            calls: machine.calls,
            bytesIn: bytesIn,
            bytesOut: bytesOut,
            queued: machine.output.count
        )
    }
}
