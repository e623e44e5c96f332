/// A JSON value (RFC 8259) as the wire and the record use it.
///
/// Integers are exact: whatever was written as an integer is an `Int64`, and nothing written with a fraction or an
/// exponent ever becomes one. Strings and keys are compared as bytes, so that text which merely looks the same
/// (composed and decomposed accents) stays different here as it does in a hash or a signature.
public enum JSONValue: Sendable {
    /// The literal `null`.
    case null
    /// The literals `true` and `false`.
    case bool(Bool)
    /// A number written without fraction and exponent, exactly.
    case integer(Int64)
    /// A number written with a fraction or an exponent; only limits that allow fractions let the parser make one.
    case number(Double)
    /// Text, without U+0000 if it came from the parser.
    case string(String)
    /// Values in order.
    case array([JSONValue])
    /// Members without duplicate keys.
    case object(JSONObject)
}

extension JSONValue {
    /// Whether this is the literal `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The truth value, if this is one.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The integer, if this is one.
    public var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The number as a double, if this is a number; an integer beyond 2^53 is rounded.
    public var number: Double? {
        switch self {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    /// The text, if this is a string.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements, if this is an array.
    public var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The object, if this is one.
    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }
}

extension JSONValue: Hashable {
    /// Compares values; strings and keys as bytes, members without regard to order.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    /// Hashes in agreement with `==`.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null:
            hasher.combine(0)
        case .bool(let value):
            hasher.combine(value ? 1 : 2)
        case .integer(let value):
            hasher.combine(3)
            hasher.combine(value)
        case .number(let value):
            hasher.combine(4)
            hasher.combine(value)
        case .string(let value):
            hasher.combine(5)
            value.hashBytes(into: &hasher)
        case .array(let elements):
            hasher.combine(6)
            hasher.combine(elements)
        case .object(let object):
            hasher.combine(7)
            hasher.combine(object)
        }
    }
}
