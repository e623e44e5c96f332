import Dispatch
import Glibc
import StrictJSON
import Synchronization

/// A socket that answers as a script says, for commands that are to be tested up to the wire.
final class FakeDaemon: Sendable {
    /// What becomes of a request.
    enum Answer: Sendable {
        /// Replies' parameters; all but the last continue.
        case replies([JSONObject])
        /// Replies that all continue, after which the connection is closed.
        case broken(after: [JSONObject])
        /// An error by its full name.
        case error(String, JSONObject)
    }

    let path: String
    private let listener: Int32
    private let received = Mutex<[JSONObject]>([])

    /// The requests so far: `method` and `parameters`.
    var requests: [JSONObject] { received.withLock(\.self) }

    /// Listens on a fresh path; the script sees the number of requests before and the request.
    init(_ script: @escaping @Sendable (Int, JSONObject) -> Answer) throws {
        path = "/tmp/accord-cli-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).sock"
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = path
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let listener = listener
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(listener, 8) == 0 else { throw Unusable() }
        DispatchQueue.global().async { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self else { return }
                DispatchQueue.global().async {
                    self.serve(connection, script)
                    close(connection)
                }
            }
        }
    }

    deinit {
        unsafe unlink(path)
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ connection: Int32, _ script: (Int, JSONObject) -> Answer) {
        var pending: [UInt8] = []
        while true {
            while let end = pending.firstIndex(of: 0) {
                let message = pending[..<end]
                pending.removeSubrange(...end)
                guard let request = try? JSONValue(parsing: Array(message), limits: .wire).object else { return }
                let before = received.withLock { requests in
                    requests.append(request)
                    return requests.count - 1
                }
                switch script(before, request) {
                case .replies(let replies):
                    for (index, reply) in replies.enumerated() {
                        send(["parameters": .object(reply), "continues": .bool(index < replies.count - 1)], connection)
                    }
                case .broken(let replies):
                    for reply in replies { send(["parameters": .object(reply), "continues": true], connection) }
                    return
                case .error(let name, let parameters):
                    send(["error": .string(name), "parameters": .object(parameters)], connection)
                }
            }
            var piece = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe piece.withUnsafeMutableBytes { unsafe read(connection, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            pending += piece[..<count]
        }
    }

    private func send(_ message: JSONObject, _ connection: Int32) {
        let bytes = message.encoded + [0]
        _ = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }

    private struct Unusable: Error {}
}
