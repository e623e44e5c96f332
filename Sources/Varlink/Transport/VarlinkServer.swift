import Dispatch
public import Logging
package import QueueRuntime
import Synchronization

/// Serves interfaces on Unix sockets (UAPI.20).
///
/// Everything happens on one queue: connections are watched by one epoll instance, calls go to the handler there, and
/// replies come back from any thread in batches. No thread ever waits for a peer.
///
/// It serves until ``stop(grace:completion:)``, which its owner must call.
public actor VarlinkServer {
    private let executor: QueueExecutor
    /// The serial queue on which the handler is called.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    nonisolated let outbox = Outbox()
    nonisolated let published = Mutex(ServerStatistics())
    let catalogue: Catalogue
    let limits: ServerLimits
    let logger: Logger
    let handler: any CallHandler

    var loop: EventLoop?
    var timer: QueueTimer?
    var connections: [UInt64: Connection] = [:]
    var listeners: [UInt64: UnixListener] = [:]
    var connectionsByUser: [UInt32: Int] = [:]
    var budgets: [UInt32: AcceptBudget] = [:]
    /// Connections with something to write, in the order in which they got it.
    var unflushed: [Connection] = []
    /// Where the kernel writes what peers sent: as much as is taken from one of them at once.
    var room = [UInt8](repeating: 0, count: 64 << 10)
    var lastNumber: UInt64 = 0
    /// How many events epoll reported together in the turn that runs; zero outside of one.
    var eventsAtHand = 0
    /// Given up for a moment when descriptors run out, so that a connection can be taken and closed.
    var spareDescriptor: Int32?
    var statistics = ServerStatistics()
    var refusedSinceTick = 0
    var stopping: (@Sendable () -> Void)?
    var isStopped = false

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - service: what the service tells about itself.
    ///   - interfaces: the texts of its interfaces, without `org.varlink.service`.
    ///   - limits: how much it takes from its peers.
    ///   - logger: for what the operator should know; never for what peers sent.
    ///   - handler: does the work.
    /// - Throws: ``ServerFault``.
    public init(
        service: ServiceDescription,
        interfaces: [String],
        limits: ServerLimits = ServerLimits(),
        logger: Logger = Logger(label: "varlink"),
        handler: any CallHandler
    ) throws(ServerFault) {
        do {
            catalogue = try Catalogue(service, texts: interfaces)
        } catch {
            throw ServerFault(
                .interface,
                message: "The text of an interface is wrong: \(error).",
                advice: "Correct the text."
            )
        }
        executor = QueueExecutor(label: "varlink.server")
        self.limits = limits
        self.logger = logger
        self.handler = handler
        SignalSources.ignoreFatalWrites()
    }

    deinit {
        if let spareDescriptor { SystemCall.close(spareDescriptor) }
    }
}

extension VarlinkServer {
    /// Makes a socket file and listens on it.
    ///
    /// - Parameters:
    ///   - path: at most 107 bytes, in a folder where not everybody may replace files.
    ///   - mode: of the file.
    ///   - group: of the file; nil leaves that of the process.
    /// - Throws: ``ServerFault``.
    public nonisolated func listen(path: String, mode: UInt32 = 0o600, group: UInt32? = nil) throws(ServerFault) {
        do {
            listen(on: try UnixListener(binding: path, mode: mode, group: group))
        } catch {
            throw ServerFault(error)
        }
    }

    /// Takes connections from a listener; any thread.
    package nonisolated func listen(on listener: UnixListener) {
        onQueue { $0.begin(listener) }
    }

    /// Takes over one connection that exists already; any thread.
    package nonisolated func adopt(_ descriptor: Int32) {
        onQueue { $0.begin(adopting: descriptor) }
    }

    /// Sends replies; any thread.
    ///
    /// The order of replies to a call is kept, and all that goes to one connection at a time is written at once. A single
    /// reply may be written before this returns; no peer is ever waited for.
    public nonisolated func send(_ replies: [(CallID, Reply)]) {
        guard outbox.post(replies) else { return }
        // One reply is sent before another thread is awake that could send it.
        executor.wake(lending: replies.count == 1) {
            self.assumeIsolated { server in
                server.outbox.wake()
                server.settle()
            }
        }
    }

    /// Closes a connection without writing what is queued; any thread.
    public nonisolated func close(_ connection: ConnectionID) {
        onQueue { server in
            if let connection = server.connections[connection.number] { server.close(connection) }
        }
    }

    /// Counters, a moment old; any thread.
    public nonisolated var counters: ServerStatistics { published.withLock { $0 } }

    /// Hands over what is known about each connection, on the server's queue; any thread.
    public nonisolated func listConnections(_ body: @escaping @Sendable ([ConnectionStatus]) -> Void) {
        onQueue { server in
            let now = MonotonicTime.now
            body(server.connections.values.map { $0.status(at: now) }.sorted { $0.id.number < $1.id.number })
        }
    }

    /// Calls back on the server's queue, once it has come to that: a server that is stuck never does; any thread.
    public nonisolated func afterTurn(_ body: @escaping @Sendable () -> Void) {
        onQueue { _ in body() }
    }

    /// Stops taking connections, lets the calls that run finish, and closes everything after the grace time; any thread.
    ///
    /// - Parameters:
    ///   - grace: how long calls may go on.
    ///   - completion: called once on the server's queue when the last connection is closed.
    public nonisolated func stop(grace: Duration, completion: @escaping @Sendable () -> Void = {}) {
        onQueue { $0.beginStop(grace: grace, completion) }
    }

    /// Enters the actor by one hop, and writes whatever came of it.
    nonisolated func onQueue(_ body: @escaping @Sendable (isolated VarlinkServer) -> Void) {
        executor.queue.async {
            self.assumeIsolated { server in
                server.outbox.wake()
                body(server)
                server.settle()
            }
        }
    }

    /// Enters the actor later.
    nonisolated func onQueue(after nanoseconds: UInt64, _ body: @escaping @Sendable (isolated VarlinkServer) -> Void) {
        let deadline = DispatchTime.now() + .nanoseconds(Int(clamping: nanoseconds))
        executor.queue.asyncAfter(deadline: deadline) {
            self.assumeIsolated { server in
                server.outbox.wake()
                body(server)
                server.settle()
            }
        }
    }

    /// The loop and the timer, made when first needed.
    func running() throws(SystemFault) -> EventLoop {
        if let loop { return loop }
        let loop = try EventLoop(on: executor.queue) { [weak self] events in
            self?.assumeIsolated { server in
                server.outbox.wake()
                server.eventsAtHand = events.count
                for event in events { server.react(to: event) }
                server.eventsAtHand = 0
                server.settle()
            }
        }
        self.loop = loop
        timer = QueueTimer(every: limits.tick, leeway: limits.tick / 4, on: executor.queue) { [weak self] in
            self?.assumeIsolated { server in
                server.outbox.wake()
                server.tick()
                server.settle()
            }
        }
        return loop
    }
}
