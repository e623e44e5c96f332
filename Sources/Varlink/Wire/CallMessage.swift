import StrictJSON

/// A call as it stands on the wire (UAPI.20, "Method Calls").
struct CallMessage: Sendable {
    /// Interface and method.
    var method: String
    var parameters: JSONObject = [:]
    var wantsMore = false
    var isOneway = false
    var wantsUpgrade = false

    /// Reads a message.
    ///
    /// Members without a dot in their name that the protocol does not have are refused; with a dot they are a vendor's
    /// and ignored, provided that they are objects.
    ///
    /// - Throws: ``ProtocolViolation``.
    init(_ value: JSONValue) throws(ProtocolViolation) {
        guard case .object(let object) = value else { throw ProtocolViolation(.notObject) }
        var method: String?
        for (key, value) in object.members {
            switch key {
            case "method":
                guard case .string(let name) = value else { throw ProtocolViolation(.method) }
                method = name
            case "parameters":
                parameters = try Self.parameters(value)
            case "more": wantsMore = try Self.flag(value)
            case "oneway": isOneway = try Self.flag(value)
            case "upgrade": wantsUpgrade = try Self.flag(value)
            default: try Self.checkVendorMember(key, value)
            }
        }
        guard let method else { throw ProtocolViolation(.method) }
        guard [wantsMore, isOneway, wantsUpgrade].count(where: \.self) <= 1 else { throw ProtocolViolation(.flags) }
        self.method = method
    }

    static func parameters(_ value: JSONValue) throws(ProtocolViolation) -> JSONObject {
        switch value {
        case .object(let object): object
        case .null: [:]
        default: throw ProtocolViolation(.parameters)
        }
    }

    static func flag(_ value: JSONValue) throws(ProtocolViolation) -> Bool {
        switch value {
        case .bool(let flag): flag
        case .null: false
        default: throw ProtocolViolation(.flags)
        }
    }

    static func checkVendorMember(_ key: String, _ value: JSONValue) throws(ProtocolViolation) {
        guard key.utf8.contains(UInt8(ascii: ".")), case .object = value else { throw ProtocolViolation(.member) }
    }
}

extension CallMessage {
    /// Appends a call with its terminator; flags that are false and empty parameters are left out, as strict peers want.
    static func write(
        method: String,
        encodedParameters: [UInt8]?,
        flag: String?,
        into output: inout [UInt8]
    ) {
        output.append(contentsOf: "{\"method\":".utf8)
        JSONText.writeString(method, into: &output)
        if let encodedParameters, encodedParameters.count > 2 {
            output.append(contentsOf: ",\"parameters\":".utf8)
            output.append(contentsOf: encodedParameters)
        }
        if let flag {
            output.append(contentsOf: ",\"".utf8)
            output.append(contentsOf: flag.utf8)
            output.append(contentsOf: "\":true".utf8)
        }
        output.append(contentsOf: "}\0".utf8)
    }
}
