import Glibc
import Logging
import QueueRuntime

/// Listening, and taking connections within the limits.
extension VarlinkServer {
    /// Connections taken from a listener before others get their turn.
    private static let acceptsPerTurn = 64
    /// How long a listener rests when descriptors have run out, in nanoseconds.
    private static let rest: UInt64 = 100_000_000

    func begin(_ listener: UnixListener) {
        guard !isStopped, stopping == nil else { return }
        lastNumber += 1
        do {
            try running().add(listener.descriptor, token: lastNumber, for: .readable)
            listeners[lastNumber] = listener
            if spareDescriptor == nil { spareDescriptor = try? SystemCall.open("/dev/null", O_RDONLY) }
        } catch {
            logger.error("cannot listen", metadata: ["error": "\(error)"])
        }
        let room = DescriptorLimit.current
        if room < limits.connections + 64 {
            logger.warning(
                "fewer descriptors than connections are allowed",
                metadata: ["descriptors": "\(room)", "connections": "\(limits.connections)"]
            )
        }
    }

    func accept(from listener: UnixListener, token: UInt64) {
        for _ in 0..<Self.acceptsPerTurn {
            do {
                guard let descriptor = try listener.accept() else { return }
                admit(descriptor)
            } catch {
                guard error.code == .noDescriptors || error.code == .noMemory else {
                    logger.error("accept failed", metadata: ["error": "\(error)"])
                    return
                }
                return shed(listener, token: token)
            }
        }
    }

    /// Without a free descriptor the listener would report the same connection for ever: one is closed by means of the
    /// spare descriptor, and the listener rests.
    private func shed(_ listener: UnixListener, token: UInt64) {
        logger.warning("no descriptors left, connections are refused")
        if let spare = spareDescriptor {
            SystemCall.close(spare)
            spareDescriptor = nil
            if let refused = try? listener.accept() {
                SystemCall.close(refused)
                noteRefusal()
            }
            spareDescriptor = try? SystemCall.open("/dev/null", O_RDONLY)
        }
        loop?.remove(listener.descriptor)
        onQueue(after: Self.rest) { server in
            guard server.listeners[token] != nil else { return }
            try? server.loop?.add(listener.descriptor, token: token, for: .readable)
        }
    }

    private func admit(_ descriptor: Int32) {
        guard connections.count < limits.connections, let peer = Self.peer(of: descriptor),
            connectionsByUser[peer.uid, default: 0] < limits.connectionsPerUser
        else { return refuse(descriptor) }
        var budget = budgets[peer.uid] ?? AcceptBudget(perSecond: limits.acceptsPerSecond, burst: limits.acceptBurst)
        guard let delay = budget.take(at: MonotonicTime.now.nanoseconds) else { return refuse(descriptor) }
        budgets[peer.uid] = budget
        open(descriptor, peer, delay: delay)
    }

    private static func peer(of descriptor: Int32) -> Peer? {
        guard let found = try? PeerCredentials(of: descriptor) else { return nil }
        return Peer(uid: found.uid, gid: found.gid, groups: found.groups, pid: found.pid)
    }

    /// Takes over a connection that exists already; the limits do not count for it.
    func begin(adopting descriptor: Int32) {
        guard !isStopped, stopping == nil, let peer = Self.peer(of: descriptor) else {
            return SystemCall.close(descriptor)
        }
        open(descriptor, peer, delay: 0)
    }

    private func refuse(_ descriptor: Int32) {
        SystemCall.close(descriptor)
        noteRefusal()
    }

    private func noteRefusal() {
        statistics.refused += 1
        refusedSinceTick += 1
    }

    private func open(_ descriptor: Int32, _ peer: Peer, delay: UInt64) {
        lastNumber += 1
        let watched: EventLoop.Readiness = delay == 0 ? .readable : []
        do {
            try running().add(descriptor, token: lastNumber, for: watched)
        } catch {
            logger.error("connection could not be watched", metadata: ["error": "\(error)"])
            return refuse(descriptor)
        }
        let id = ConnectionID(number: lastNumber)
        let connection = Connection(id: id, descriptor: descriptor, peer: peer, limits: limits, now: .now)
        connection.watched = watched
        connection.isHeldBack = delay > 0
        connections[id.number] = connection
        connectionsByUser[peer.uid, default: 0] += 1
        statistics.accepted += 1
        logger.debug(
            "connection opened",
            metadata: ["connection": "\(id.number)", "uid": "\(peer.uid)", "pid": "\(peer.pid)"]
        )
        handler.opened(id, peer: peer)
        if delay > 0 { release(id, after: delay) }
    }

    private func release(_ id: ConnectionID, after delay: UInt64) {
        onQueue(after: delay) { server in
            guard let connection = server.connections[id.number] else { return }
            connection.isHeldBack = false
            server.watch(connection)
        }
    }

    func beginStop(grace: Duration, _ completion: @escaping @Sendable () -> Void) {
        guard !isStopped, stopping == nil else { return completion() }
        stopping = completion
        for listener in listeners.values {
            loop?.remove(listener.descriptor)
            listener.removeFile()
        }
        listeners = [:]
        for connection in connections.values { closeIfIdle(connection) }
        onQueue(after: MonotonicTime.nanoseconds(grace)) { server in
            for connection in server.connections.values { server.close(connection) }
            server.finishStop()
        }
        finishStop()
    }

    /// While stopping, a connection ends as soon as no call runs and everything is written.
    func closeIfIdle(_ connection: Connection) {
        guard stopping != nil, connection.machine.running.isEmpty else { return }
        connection.machine.beginDraining()
        connection.closesWhenWritten = true
        enqueue(connection)
    }

    func finishStop() {
        guard connections.isEmpty, let completion = stopping else { return }
        stopping = nil
        isStopped = true
        timer?.cancel()
        loop?.cancel()
        if let spareDescriptor { SystemCall.close(spareDescriptor) }
        spareDescriptor = nil
        completion()
    }
}
