public import StrictJSON

/// Why a client got no answer, or which error it was answered with.
public struct ClientFault: Error, Hashable, Sendable {
    /// The reason.
    public enum Code: Hashable, Sendable {
        /// Nobody listens at the path, or there is no such socket.
        case notRunning
        /// The file permissions of the socket do not allow it.
        case permission
        /// No answer in time.
        case timeout
        /// The service does not speak the protocol.
        case protocolViolation
        /// The service answered with an error: its full name and its parameters.
        case remote(String, JSONObject)
        /// The service closed the connection, or an earlier fault made it useless.
        case closed
    }

    /// The reason.
    public var code: Code
    /// What happened, as a sentence.
    public var message: String

    /// A reason with the sentence that belongs to it.
    public init(_ code: Code) {
        self.init(code, message: code.message)
    }

    /// A reason with a sentence of one's own.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// What can be done about it, as a sentence.
    public var advice: String {
        switch code {
        case .notRunning: "Start the service, or give the path of its socket."
        case .permission: "Ask to be made a member of the group that may use the socket."
        case .timeout: "Try again, or allow more time."
        case .protocolViolation:
            "Check that the path is the socket of the service, and that both have the same version."
        case .remote: "See what the error says."
        case .closed: "Try again; what was asked may or may not have been done."
        }
    }
}

extension ClientFault: CustomStringConvertible {
    /// One line for a log or a terminal.
    public var description: String { "\(message) \(advice)" }
}

extension ClientFault.Code {
    fileprivate var message: String {
        switch self {
        case .notRunning: "The service is not running."
        case .permission: "The socket may not be used by this user."
        case .timeout: "The service did not answer in time."
        case .protocolViolation: "The service did not speak the protocol."
        case .remote(let name, _): "The service answered with \(name)."
        case .closed: "The connection was closed before the answer."
        }
    }
}
