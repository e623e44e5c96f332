public import StrictJSON

/// What a handler answers to a call.
public enum Reply: Sendable {
    /// The only or last reply, with its parameters.
    case final(JSONObject)
    /// One of several replies. Answered to a call without `more` it fails the call with ``StandardError/expectedMore``.
    case more(JSONObject)
    /// An error by its full name, such as `org.example.ping.TooFar`, with its parameters. The call is over.
    case failure(String, JSONObject)
    /// As ``final(_:)``, with the parameters as the bytes of a JSON object.
    case encodedFinal([UInt8])
    /// As ``more(_:)``, with the parameters as the bytes of a JSON object.
    case encodedMore([UInt8])
    /// No reply: what was queued is sent, then the connection is closed.
    case close
}

/// The names of the errors that every service has (UAPI.20, `org.varlink.service`).
public enum StandardError {
    /// `interface`: no such interface.
    public static let interfaceNotFound = "org.varlink.service.InterfaceNotFound"
    /// `method`: no such method.
    public static let methodNotFound = "org.varlink.service.MethodNotFound"
    /// `method`: declared, but not available here.
    public static let methodNotImplemented = "org.varlink.service.MethodNotImplemented"
    /// `parameter`: missing, undeclared, of the wrong type or out of range.
    public static let invalidParameter = "org.varlink.service.InvalidParameter"
    /// The caller may not.
    public static let permissionDenied = "org.varlink.service.PermissionDenied"
    /// The method has to be called with `more`.
    public static let expectedMore = "org.varlink.service.ExpectedMore"
}

extension Reply {
    /// A parameter is missing, undeclared, of the wrong type or out of range.
    ///
    /// The path is that of the field from the top, such as `positions[0].case`.
    public static func invalidParameter(_ path: String) -> Reply {
        .failure(StandardError.invalidParameter, ["parameter": .string(path)])
    }

    /// The method has to be called with `more`.
    public static var expectedMore: Reply { .failure(StandardError.expectedMore, [:]) }
}
