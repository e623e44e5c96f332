import Foundation
package import StrictJSON

/// A socket to the daemon that sends whatever bytes a test likes: the peer that no library of ours stands beside.
package final class RawConnection {
    /// The daemon did not answer in time, or could not be reached.
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    private let descriptor: Int32
    private var received: [UInt8] = []
    private var isAtEnd = false

    /// Connects; the deadline is how many seconds a send or a receive may take.
    package init(_ path: String, deadline: Int = 20) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Fault(description: "no socket: \(errno)") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8) + [0]
        guard bytes.count <= 108 else { throw Fault(description: "\(path) is too long") }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, length)
            }
        }
        guard result == 0 else {
            // All of the object is there already: its deinit closes the descriptor.
            let code = errno
            throw Fault(description: "\(path) cannot be connected to: error \(code)")
        }
        var limit = timeval(tv_sec: deadline, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    deinit { close(descriptor) }

    /// Sends bytes as they are; false if the daemon does not take them any more.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Sends a text as one message, with the NUL that ends it.
    @discardableResult
    package func send(message text: String) -> Bool { send(Array(text.utf8) + [0]) }

    /// Says that nothing more will be sent.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next message without its NUL; nil at the end of the stream.
    ///
    /// - Throws: ``Fault`` if nothing comes in time.
    package func receive() throws -> [UInt8]? {
        while true {
            if let end = received.firstIndex(of: 0) {
                defer { received.removeSubrange(...end) }
                return Array(received[..<end])
            }
            if isAtEnd { return nil }
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            let count = unsafe piece.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { throw Fault(description: "no answer in time") }
            if count <= 0 { isAtEnd = true } else { received += piece[..<count] }
        }
    }

    /// The next message as an object.
    package func receiveObject() throws -> JSONObject? {
        guard let bytes = try receive() else { return nil }
        guard let object = try JSONValue(parsing: bytes, limits: .fixture).object else {
            throw Fault(description: "the answer is no object")
        }
        return object
    }

    /// The bytes of a call.
    package static func message(_ method: String, _ parameters: JSONObject = [:], more: Bool = false) -> [UInt8] {
        var call: JSONObject = ["method": .string(method), "parameters": .object(parameters)]
        if more { call["more"] = true }
        return JSONValue.object(call).encoded + [0]
    }

    /// One call and its one answer, with `parameters` and `error` as they came.
    package func call(_ method: String, _ parameters: JSONObject = [:]) throws -> JSONObject {
        guard send(Self.message(method, parameters)), let reply = try receiveObject() else {
            throw Fault(description: "the connection ended during \(method)")
        }
        return reply
    }

    /// The parameters of each answer of a call that streams, up to the last.
    ///
    /// - Throws: ``Fault`` if it ends with an error.
    package func stream(_ method: String, _ parameters: JSONObject = [:]) throws -> [JSONObject] {
        guard send(Self.message(method, parameters, more: true)) else {
            throw Fault(description: "the connection ended before \(method)")
        }
        var replies: [JSONObject] = []
        while let reply = try receiveObject() {
            if let error = reply["error"] { throw Fault(description: "\(error) \(reply.text("parameters.code"))") }
            replies.append(reply["parameters"]?.object ?? [:])
            if reply["continues"] != true { return replies }
        }
        throw Fault(description: "the connection ended during \(method)")
    }

    /// Proves an SSH key, so that the connection acts as the member who enrolled it.
    @discardableResult
    package func prove(key: String) throws -> JSONObject {
        let challenge = try call("io.accord.Session.Challenge")
        let signature = try run(
            "ssh-keygen",
            ["-q", "-Y", "sign", "-f", key, "-n", challenge.text("parameters.namespace")],
            input: Array(challenge.text("parameters.message").utf8)
        )
        return try call("io.accord.Session.Prove", ["signature": .string(signature.stdout)])
    }
}
