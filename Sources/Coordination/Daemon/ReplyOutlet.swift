import Synchronization
import Varlink

/// Where replies go: the server, once it is there.
///
/// The sequencer is made before the server that feeds it.
final class ReplyOutlet: Sendable {
    private let server = Mutex<VarlinkServer?>(nil)

    func connect(_ server: VarlinkServer) { self.server.withLock { $0 = server } }

    func send(_ replies: [(CallID, Reply)]) { server.withLock { $0 }?.send(replies) }

    var counters: ServerStatistics { server.withLock { $0 }?.counters ?? ServerStatistics() }

    func close(_ connection: ConnectionID) { server.withLock { $0 }?.close(connection) }
}
