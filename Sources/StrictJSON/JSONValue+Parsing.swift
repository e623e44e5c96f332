extension JSONValue {
    /// Reads a JSON text strictly: RFC 8259, valid UTF-8 without a mark, no key twice, no U+0000, nothing after it.
    ///
    /// - Throws: ``Malformed`` with the reason and the place.
    public init(parsing bytes: [UInt8], limits: JSONLimits) throws(Malformed) {
        try self.init(parsing: bytes.span, limits: limits)
    }

    /// Reads a part of a buffer, see ``init(parsing:limits:)-([UInt8],_)``; places are counted from the part's start.
    ///
    /// - Throws: ``Malformed`` with the reason and the place.
    public init(parsing bytes: ArraySlice<UInt8>, limits: JSONLimits) throws(Malformed) {
        try self.init(parsing: bytes.span, limits: limits)
    }

    /// Reads bytes that lie anywhere, see ``init(parsing:limits:)-([UInt8],_)``.
    ///
    /// - Throws: ``Malformed`` with the reason and the place.
    public init(parsing bytes: Span<UInt8>, limits: JSONLimits) throws(Malformed) {
        self = try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(Malformed) in
            try unsafe JSONValue(parsing: buffer, limits: limits)
        }
    }

    /// Reads bytes of a receive buffer, see ``init(parsing:limits:)-([UInt8],_)``.
    ///
    /// - Throws: ``Malformed`` with the reason and the place.
    public init(parsing bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) throws(Malformed) {
        var parser = unsafe Parser(bytes, limits: limits)
        self = try parser.parse()
    }
}
