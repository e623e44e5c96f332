import StrictJSON

/// A reply as it stands on the wire (UAPI.20, "Method Replies").
struct ReplyMessage: Sendable {
    var parameters: JSONObject = [:]
    var continues = false
    var error: String?

    /// Reads a message.
    ///
    /// - Throws: ``ProtocolViolation``.
    init(_ value: JSONValue) throws(ProtocolViolation) {
        guard case .object(let object) = value else { throw ProtocolViolation(.notObject) }
        for (key, value) in object.members {
            switch key {
            case "parameters": parameters = try CallMessage.parameters(value)
            case "continues": continues = try CallMessage.flag(value)
            case "error": error = try Self.error(value)
            default: try CallMessage.checkVendorMember(key, value)
            }
        }
        if continues, error != nil { throw ProtocolViolation(.flags) }
    }

    private static func error(_ value: JSONValue) throws(ProtocolViolation) -> String? {
        switch value {
        case .string(let name) where name.utf8.contains(UInt8(ascii: ".")): name
        case .null: nil
        default: throw ProtocolViolation(.error)
        }
    }
}

extension ReplyMessage {
    /// Appends a reply with its terminator.
    static func write(_ parameters: JSONObject, continues: Bool, into output: inout [UInt8]) {
        begin(into: &output)
        parameters.write(into: &output)
        end(continues, into: &output)
    }

    /// Appends a reply, whose parameters are the bytes of a JSON object, with its terminator.
    static func write(encoded parameters: [UInt8], continues: Bool, into output: inout [UInt8]) {
        begin(into: &output)
        output.append(contentsOf: parameters)
        end(continues, into: &output)
    }

    /// Appends an error with its terminator.
    static func write(error: String, _ parameters: JSONObject, into output: inout [UInt8]) {
        output.append(contentsOf: "{\"error\":".utf8)
        JSONText.writeString(error, into: &output)
        if !parameters.isEmpty {
            output.append(contentsOf: ",\"parameters\":".utf8)
            parameters.write(into: &output)
        }
        output.append(contentsOf: "}\0".utf8)
    }

    /// Empty parameters are written too: clients of older libraries look for the member.
    private static func begin(into output: inout [UInt8]) {
        output.append(contentsOf: "{\"parameters\":".utf8)
    }

    private static func end(_ continues: Bool, into output: inout [UInt8]) {
        output.append(contentsOf: (continues ? ",\"continues\":true}\0" : "}\0").utf8)
    }
}
