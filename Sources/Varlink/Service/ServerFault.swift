import QueueRuntime

/// Why a server could not be set up.
public struct ServerFault: Error, Hashable, Sendable {
    /// The reason.
    public var code: Code
    /// What happened, as one line.
    public var message: String
    /// What can be done about it, as a sentence.
    public var advice: String

    /// A reason with its message.
    public init(_ code: Code, message: String, advice: String) {
        self.code = code
        self.message = message
        self.advice = advice
    }

    /// A reason as a word, open to new ones.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The word.
        public let rawValue: String

        /// A reason by its word.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }
    }
}

extension ServerFault.Code {
    /// The text of an interface is wrong.
    public static let interface = Self(rawValue: "interface")
    /// Another process listens at the path, or may not be disturbed.
    public static let inUse = Self(rawValue: "inUse")
    /// The path cannot be used for a socket.
    public static let path = Self(rawValue: "path")
    /// A system call failed.
    public static let system = Self(rawValue: "system")
}

extension ServerFault: CustomStringConvertible {
    /// One line for a log or a terminal, which ends without a full stop.
    public var description: String { "\(message) \(advice.withoutFullStop)" }
}
