/// Reads one JSON text strictly (RFC 8259, RFC 7493) in one pass over its bytes.
///
/// Recursion is bounded by the limits' depth, and that by ``JSONLimits/deepest``.
@safe
struct Parser: ~Copyable {
    let bytes: UnsafeBufferPointer<UInt8>
    let limits: JSONLimits
    var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        unsafe self.bytes = bytes
        self.limits = limits
    }

    /// The whole text as a value.
    mutating func parse() throws(Malformed) -> JSONValue {
        guard count <= limits.maximumBytes else { throw Malformed(.size, at: limits.maximumBytes) }
        guard !startsWithMark else { throw Malformed(.encoding) }
        skipSpace()
        let value = try parseValue(depth: 0)
        skipSpace()
        guard position == count else { throw Malformed(.trailing, at: position) }
        return value
    }

    var count: Int { unsafe bytes.count }

    /// The byte at the reader's place, or nil at the end.
    var next: UInt8? {
        position < count ? self[position] : nil
    }

    /// A byte of the text; callers have compared the index with ``count``.
    subscript(_ index: Int) -> UInt8 {
        unsafe bytes[index]
    }

    mutating func skipSpace() {
        while position < count {
            switch self[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// The fault for an unexpected byte, told apart from an unexpected end.
    func unexpected() -> Malformed {
        guard let byte = next else { return Malformed(.truncated, at: position) }
        return Malformed(byte == 0 ? .nulCharacter : byte >= 0x80 ? .encoding : .syntax, at: position)
    }

    mutating func parseValue(depth: Int) throws(Malformed) -> JSONValue {
        guard let byte = next else { throw unexpected() }
        switch byte {
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "{"): return .object(try parseObject(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try parseArray(depth: depth + 1))
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return try parseNumber()
        case UInt8(ascii: "t"):
            try take("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try take("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try take("null")
            return .null
        default: throw unexpected()
        }
    }

    private mutating func parseArray(depth: Int) throws(Malformed) -> [JSONValue] {
        guard depth <= limits.maximumDepth else { throw Malformed(.depth, at: position) }
        position += 1
        skipSpace()
        if next == UInt8(ascii: "]") {
            position += 1
            return []
        }
        var elements: [JSONValue] = []
        while true {
            elements.append(try parseValue(depth: depth))
            skipSpace()
            switch next {
            case UInt8(ascii: ","):
                position += 1
                skipSpace()
            case UInt8(ascii: "]"):
                position += 1
                return elements
            default: throw unexpected()
            }
        }
    }

    private mutating func parseObject(depth: Int) throws(Malformed) -> JSONObject {
        guard depth <= limits.maximumDepth else { throw Malformed(.depth, at: position) }
        position += 1
        skipSpace()
        if next == UInt8(ascii: "}") {
            position += 1
            return JSONObject()
        }
        var members: [(key: String, value: JSONValue)] = []
        var seen: Set<KeyBytes> = []
        while true {
            guard next == UInt8(ascii: "\"") else { throw unexpected() }
            let place = position
            let key = try parseString()
            guard Self.isNew(key, among: members, &seen) else { throw Malformed(.duplicateKey, at: place) }
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw unexpected() }
            position += 1
            skipSpace()
            members.append((key, try parseValue(depth: depth)))
            skipSpace()
            switch next {
            case UInt8(ascii: ","):
                position += 1
                skipSpace()
            case UInt8(ascii: "}"):
                position += 1
                return JSONObject(distinct: members)
            default: throw unexpected()
            }
        }
    }

    /// Looks along a short list, and in a table for a long one: a peer chooses the number of members.
    private static func isNew(
        _ key: String,
        among members: [(key: String, value: JSONValue)],
        _ seen: inout Set<KeyBytes>
    ) -> Bool {
        if members.count < JSONObject.smallCount {
            for member in members where member.key.hasSameBytes(as: key) { return false }
            return true
        }
        if seen.isEmpty {
            for member in members { seen.insert(KeyBytes(text: member.key)) }
        }
        return seen.insert(KeyBytes(text: key)).inserted
    }

    private mutating func take(_ word: StaticString) throws(Malformed) {
        for index in 0..<word.utf8CodeUnitCount {
            guard let byte = next, unsafe byte == word.utf8Start[index] else { throw unexpected() }
            position += 1
        }
    }

    /// A byte order mark of UTF-8 or UTF-16, or UTF-16 without one (a NUL among the first two bytes).
    private var startsWithMark: Bool {
        guard count >= 2 else { return false }
        switch (self[0], self[1]) {
        case (0xEF, 0xBB), (0xFE, 0xFF), (0xFF, 0xFE), (0, _), (_, 0): return true
        default: return false
        }
    }
}
