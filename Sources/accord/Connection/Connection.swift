import AccordInterface
import StrictJSON
import Varlink

/// A conversation with the daemon, as the member whose key was proved, else as this user id.
struct Connection: ~Copyable {
    private var client: VarlinkClient
    private let socket: String

    /// Connects, and proves the key if one is given.
    static func open(_ options: CommonOptions) throws(Failure) -> Connection {
        let client = try connected(to: options.socketPath)
        var connection = Connection(client: client, socket: options.socketPath)
        if let key = options.keyPath { try connection.prove(key) }
        return connection
    }

    private init(client: consuming VarlinkClient, socket: String) {
        self.client = client
        self.socket = socket
    }

    private static func connected(to socket: String) throws(Failure) -> VarlinkClient {
        do {
            return try VarlinkClient(path: socket)
        } catch {
            throw Failure(error, socket: socket)
        }
    }

    /// One answer.
    mutating func call(_ method: Method, _ parameters: JSONObject = [:]) throws(Failure) -> JSONObject {
        do {
            return try client.call(method.name, parameters)
        } catch {
            throw Failure(error, socket: socket)
        }
    }

    /// Answers one after the other, until the last or until the body returns false; each may take as long as patience.
    mutating func stream(
        _ method: Method,
        _ parameters: JSONObject = [:],
        patience: Duration = .seconds(60),
        each body: (JSONObject) throws -> Bool
    ) throws {
        do {
            try client.stream(method.name, parameters, timeout: patience, each: body)
        } catch let fault as ClientFault {
            throw Failure(fault, socket: socket)
        }
    }

    /// Has the daemon's challenge signed and shows the signature.
    private mutating func prove(_ key: String) throws(Failure) {
        let challenge = try call(.Session.challenge)
        let signature = try KeyProof.signature(
            over: challenge.text("message"),
            namespace: challenge.text("namespace"),
            key: key
        )
        _ = try call(.Session.prove, ["signature": .string(signature)])
    }
}
