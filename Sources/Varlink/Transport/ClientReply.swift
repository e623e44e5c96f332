public import StrictJSON

/// One reply that a client received.
public struct ClientReply: Hashable, Sendable {
    /// The parameters of the reply or of the error.
    public var parameters: JSONObject
    /// Whether another reply to the same call follows.
    public var continues: Bool
    /// The full name of the error, if it is one.
    public var error: String?
}
