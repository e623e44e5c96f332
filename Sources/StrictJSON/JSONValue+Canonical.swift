extension JSONValue {
    /// Appends the canonical form (RFC 8785): no space, members sorted by the UTF-16 code units of their keys.
    ///
    /// Only values that are integers have one here, because the record knows no fractions: a ``number(_:)`` is written
    /// if it is integral. When it throws, the output is as it was before.
    ///
    /// - Throws: ``Malformed`` with `fraction`; `integerRange` for an integer beyond 2^53 - 1, which RFC 8785 would
    ///   round; `nulCharacter` for text that no parser here would read back.
    public func writeCanonical(into output: inout [UInt8]) throws(Malformed) {
        let start = output.count
        do {
            try appendCanonical(to: &output)
        } catch {
            output.removeSubrange(start...)
            throw error
        }
    }

    /// The canonical form, see ``writeCanonical(into:)``.
    ///
    /// - Throws: ``Malformed`` if there is none.
    public func canonical() throws(Malformed) -> [UInt8] {
        var output: [UInt8] = []
        try writeCanonical(into: &output)
        return output
    }

    /// The same value with the members of every object in the order of the canonical form, so that equal values are written as
    /// equal bytes, those too that have no canonical form.
    public var inCanonicalOrder: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.inCanonicalOrder))
        case .object(let object):
            .object(JSONObject(distinct: object.membersInCanonicalOrder.map { ($0.key, $0.value.inCanonicalOrder) }))
        default: self
        }
    }

    private func appendCanonical(to output: inout [UInt8]) throws(Malformed) {
        switch self {
        case .null, .bool:
            write(into: &output)
        case .integer(let value):
            guard JSONLimits.exactIntegers.contains(value) else { throw Malformed(.integerRange) }
            JSONText.writeInteger(value, into: &output)
        case .number(let value):
            guard value.isFinite, value == value.rounded(.towardZero) else { throw Malformed(.fraction) }
            guard let integer = Int64(exactly: value) else { throw Malformed(.integerRange) }
            try JSONValue.integer(integer).appendCanonical(to: &output)
        case .string(let text):
            try Self.appendCanonical(text, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            var isFirst = true
            for element in elements {
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                try element.appendCanonical(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            var isFirst = true
            for (key, value) in object.membersInCanonicalOrder {
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                try Self.appendCanonical(key, to: &output)
                output.append(UInt8(ascii: ":"))
                try value.appendCanonical(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func appendCanonical(_ text: String, to output: inout [UInt8]) throws(Malformed) {
        let isChecked = unsafe text.utf8.withContiguousStorageIfAvailable { unsafe !$0.contains(0) }
        let hasNul = !(isChecked ?? !text.utf8.contains(0))
        guard !hasNul else { throw Malformed(.nulCharacter) }
        JSONText.writeString(text, into: &output)
    }
}

extension JSONObject {
    /// The canonical form, see ``JSONValue/writeCanonical(into:)``.
    ///
    /// - Throws: ``Malformed`` if there is none.
    public func canonical() throws(Malformed) -> [UInt8] {
        try JSONValue.object(self).canonical()
    }

    /// The members sorted by UTF-16 code units; those of a canonical text are so already.
    fileprivate var membersInCanonicalOrder: [(key: String, value: JSONValue)] {
        let isSorted = zip(members, members.dropFirst()).allSatisfy { $0.key.comesBeforeInUTF16($1.key) }
        return isSorted ? members : members.sorted { $0.key.comesBeforeInUTF16($1.key) }
    }
}
