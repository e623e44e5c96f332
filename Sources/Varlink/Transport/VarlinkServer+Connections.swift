import Glibc
import Logging
import QueueRuntime
import Synchronization

/// Reading, writing and closing.
extension VarlinkServer {
    /// So often work that begets work goes on before events get their turn again.
    private static let maximumRounds = 32

    func react(to event: EventLoop.Event) {
        guard let connection = connections[event.token] else {
            if let listener = listeners[event.token] { accept(from: listener, token: event.token) }
            return
        }
        // What a peer sent before it left is read first: oneway calls keep their meaning.
        if event.readiness.contains(.readable), connection.watched?.contains(.readable) == true { read(connection) }
        if event.readiness.contains(.hangUp) || event.readiness.contains(.error) { hangUp(connection) }
        if event.readiness.contains(.writable) { enqueue(connection) }
    }

    /// Writes what is queued and takes replies, until there is neither or others should have their turn.
    func settle() {
        for _ in 0..<Self.maximumRounds {
            // All replies first: what goes to one connection is then written at once.
            for _ in 0..<Self.maximumRounds {
                guard let replies = outbox.take() else { break }
                for (call, reply) in replies { deliver(reply, to: call) }
            }
            flushAll()
            publish()
            // Nothing may follow this: whoever posts next may take the queue.
            if outbox.sleepIfEmpty() { return }
        }
        onQueue { _ in }
    }

    private func publish() {
        statistics.connections = connections.count
        published.withLock { $0 = statistics }
        if stopping != nil { finishStop() }
    }

    // MARK: - Reading

    private func read(_ connection: Connection) {
        guard !connection.isClosed else { return }
        switch receive(connection) {
        case .bytes: pump(connection)
        case .nothing: break
        case .end:
            if connection.dropping != nil || Self.isHungUp(connection.descriptor) { return hangUp(connection) }
            connection.machine.endInput()
            pump(connection)
        case .failed: hangUp(connection)
        }
        watch(connection)
    }

    private enum Received {
        case bytes
        case nothing
        case end
        case failed
    }

    private func receive(_ connection: Connection) -> Received {
        unsafe room.withUnsafeMutableBytes { buffer in
            let descriptor = connection.descriptor
            let (count, number) = SystemCall.repeating {
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            guard count > 0 else { return count == 0 ? .end : number == EAGAIN ? .nothing : .failed }
            connection.bytesIn += UInt64(count)
            statistics.bytesIn += UInt64(count)
            if let (left, deadline) = connection.dropping {
                connection.dropping = (left - count, deadline)
                return left > count ? .nothing : .end
            }
            unsafe connection.machine.input.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            return .bytes
        }
    }

    /// The end of input alone does not tell whether the peer still reads.
    private static func isHungUp(_ descriptor: Int32) -> Bool {
        var poll = pollfd(fd: descriptor, events: 0, revents: 0)
        return unsafe Glibc.poll(&poll, 1, 0) == 1 && poll.revents & Int16(POLLHUP | POLLERR) != 0
    }

    /// The peer reads no more.
    ///
    /// Oneway calls that it sent before are still carried out.
    private func hangUp(_ connection: Connection) {
        guard !connection.isClosed, connection.watched != nil else { return }
        loop?.remove(connection.descriptor)
        connection.watched = nil
        connection.machine.hangUp()
        if connection.machine.phase == .closed || connection.closesWhenWritten { return close(connection) }
        pump(connection)
    }

    // MARK: - Calls

    /// Begins calls until one runs or there is none.
    func pump(_ connection: Connection) {
        let before = connection.machine.calls
        defer { statistics.calls += connection.machine.calls - before }
        while !connection.isClosed {
            switch connection.machine.next({ handler.overlaps(method: $0.method, parameters: $0.parameters) }) {
            case .call(let message, let number): begin(message, number, connection)
            case .wait:
                guard connection.machine.isHungUp, connection.machine.running.isEmpty else {
                    enqueue(connection)
                    return
                }
                // Nobody watches this descriptor any more; what lies in the kernel is the end of the input.
                if receive(connection) != .bytes { return close(connection) }
            case .violation(let violation): return reject(connection, violation)
            case .finished:
                if connection.machine.isHungUp { return close(connection) }
                connection.closesWhenWritten = true
                enqueue(connection)
                return
            }
        }
    }

    private func reject(_ connection: Connection, _ violation: ProtocolViolation) {
        statistics.violations += 1
        logger.info(
            "connection broke the protocol",
            metadata: [
                "connection": "\(connection.id.number)", "uid": "\(connection.peer.uid)",
                "reason": "\(violation.code.rawValue)",
            ]
        )
        if connection.machine.isHungUp { return close(connection) }
        connection.machine.beginDraining()
        enqueue(connection)
    }

    // MARK: - Writing

    /// Puts a connection on the list of those to be looked after once everything at hand is done.
    func enqueue(_ connection: Connection) {
        guard !connection.isQueued, !connection.isClosed else { return }
        connection.isQueued = true
        unflushed.append(connection)
    }

    private func flushAll() {
        while !unflushed.isEmpty {
            let connections = unflushed
            unflushed.removeAll(keepingCapacity: true)
            for connection in connections {
                connection.isQueued = false
                if !connection.isClosed { flush(connection) }
            }
        }
    }

    private func flush(_ connection: Connection) {
        guard write(connection) else { return hangUp(connection) }
        if connection.machine.output.isEmpty, !finishWriting(connection) { return }
        if connection.machine.output.count > limits.outputCeiling {
            logger.error(
                "a stream was sent without waiting for its reader",
                metadata: ["connection": "\(connection.id.number)"]
            )
            return close(connection)
        }
        if let call = connection.machine.takesDrain() {
            handler.drained(CallID(connection: connection.id, number: call))
        }
        if connection.machine.running.isEmpty, connection.machine.hasMessage,
            connection.machine.output.count <= limits.lowWater
        {
            pump(connection)
        }
        watch(connection)
    }

    /// Writes as much as the socket takes.
    ///
    /// - Returns: false if the peer reads no more.
    private func write(_ connection: Connection) -> Bool {
        if connection.machine.isHungUp { return true }
        while !connection.machine.output.isEmpty {
            let descriptor = connection.descriptor
            let (count, number) = unsafe connection.machine.output.withUnwritten { bytes in
                SystemCall.repeating {
                    unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                }
            }
            guard count > 0 else {
                if connection.writeProgressed == nil { connection.writeProgressed = .now }
                return number == EAGAIN
            }
            connection.machine.output.consume(count)
            connection.bytesOut += UInt64(count)
            statistics.bytesOut += UInt64(count)
            connection.writeProgressed = connection.machine.output.isEmpty ? nil : .now
        }
        return true
    }

    /// Everything is written.
    ///
    /// - Returns: whether the connection is still there.
    private func finishWriting(_ connection: Connection) -> Bool {
        if connection.closesWhenWritten {
            close(connection)
            return false
        }
        if connection.machine.phase == .draining, connection.dropping == nil {
            // Closing with unread input would show the peer a reset instead of the end.
            shutdown(connection.descriptor, Int32(SHUT_WR))
            connection.dropping = (limits.drainBytes, MonotonicTime.now.advanced(by: limits.drainTime))
        }
        return true
    }

    /// Tells epoll what to watch for, if that has changed.
    func watch(_ connection: Connection) {
        guard !connection.isClosed, let watched = connection.watched else { return }
        var wanted: EventLoop.Readiness = []
        if wantsInput(connection) { wanted.insert(.readable) }
        if !connection.machine.output.isEmpty { wanted.insert(.writable) }
        noteUnfinished(connection)
        guard wanted != watched else { return }
        try? loop?.modify(connection.descriptor, token: connection.id.number, for: wanted)
        connection.watched = wanted
    }

    private func wantsInput(_ connection: Connection) -> Bool {
        if connection.isHeldBack || connection.closesWhenWritten { return false }
        return connection.dropping != nil || connection.machine.wantsInput
    }

    // MARK: - Stalls

    /// The clock starts with the first byte of each message, not with the first of a series.
    private func noteUnfinished(_ connection: Connection) {
        if !connection.machine.isMessageUnfinished {
            connection.messageBegan = nil
        } else if connection.messageBegan?.after != connection.machine.calls {
            connection.messageBegan = (.now, connection.machine.calls)
        }
    }

    func tick() {
        let now = MonotonicTime.now
        for connection in connections.values {
            if let dropping = connection.dropping, now >= dropping.deadline {
                close(connection)
            } else if let began = connection.messageBegan, now.since(began.time) >= limits.unfinishedMessage {
                stall(connection, "message not finished")
            } else if let progressed = connection.writeProgressed, now.since(progressed) >= limits.writeStall {
                stall(connection, "output not read")
            }
        }
        budgets = budgets.filter { !$0.value.isFull(at: now.nanoseconds) }
        if refusedSinceTick > 0 {
            logger.notice("connections refused by a limit", metadata: ["count": "\(refusedSinceTick)"])
            refusedSinceTick = 0
        }
    }

    private func stall(_ connection: Connection, _ reason: String) {
        statistics.stalls += 1
        logger.info(
            "connection stalled",
            metadata: ["connection": "\(connection.id.number)", "uid": "\(connection.peer.uid)", "reason": "\(reason)"]
        )
        close(connection)
    }

    // MARK: - Closing

    func close(_ connection: Connection) {
        guard !connection.isClosed else { return }
        connection.isClosed = true
        if connection.watched != nil { loop?.remove(connection.descriptor) }
        connection.watched = nil
        connection.machine.close()
        SystemCall.close(connection.descriptor)
        connections[connection.id.number] = nil
        let left = connectionsByUser[connection.peer.uid, default: 1] - 1
        connectionsByUser[connection.peer.uid] = left > 0 ? left : nil
        logger.debug("connection closed", metadata: ["connection": "\(connection.id.number)"])
        handler.closed(connection.id)
    }
}
