extension JSONValue {
    /// Appends the value in compact form, members in the order in which they were given.
    public func write(into output: inout [UInt8]) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): JSONText.writeInteger(value, into: &output)
        case .number(let value): JSONText.writeNumber(value, into: &output)
        case .string(let text): JSONText.writeString(text, into: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            var isFirst = true
            for element in elements {
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                element.write(into: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object): object.write(into: &output)
        }
    }

    /// The value in compact form.
    public var encoded: [UInt8] {
        var output: [UInt8] = []
        write(into: &output)
        return output
    }
}

extension JSONObject {
    /// Appends the object in compact form, members in the order in which they were given.
    public func write(into output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        for (key, value) in members {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            JSONText.writeKey(key, into: &output)
            value.write(into: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    /// The object in compact form.
    public var encoded: [UInt8] {
        var output: [UInt8] = []
        write(into: &output)
        return output
    }
}
