import Cryptography

/// Walks along the bytes of a line and refuses whatever is not the one spelling.
///
/// No value is built: what is found is told as places in the bytes.
struct LineScanner {
    private let bytes: [UInt8]
    private let start: Int
    private let end: Int
    private(set) var position: Int

    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        start = range.lowerBound
        end = range.upperBound
        position = start
    }

    var isAtEnd: Bool { position == end }

    func fault(_ code: LineFault.Code) -> LineFault {
        LineFault(position >= end ? .truncated : code, at: position - start)
    }

    mutating func expect(_ literal: [UInt8]) throws(LineFault) {
        guard matches(literal) else { throw fault(.syntax) }
        position += literal.count
    }

    mutating func expect(_ byte: UInt8) throws(LineFault) {
        guard position < end, bytes[position] == byte else { throw fault(.syntax) }
        position += 1
    }

    /// Steps over a literal if it is there.
    mutating func take(_ literal: [UInt8]) -> Bool {
        guard matches(literal) else { return false }
        position += literal.count
        return true
    }

    private func matches(_ literal: [UInt8]) -> Bool {
        end - position >= literal.count && LineScan.holds(literal, in: bytes, at: position)
    }

    /// Steps over hexadecimal digits and tells where they began.
    mutating func hex(_ count: Int) throws(LineFault) -> Int {
        let first = position
        guard end - first >= count else {
            position = end
            throw fault(.truncated)
        }
        guard Hex.areDigits(bytes.span.extracting(first..<first + count)) else { throw fault(.hex) }
        position += count
        return first
    }

    /// 32 hexadecimal digits.
    mutating func pair() throws(LineFault) -> (high: UInt64, low: UInt64) {
        guard end - position >= 32, let high = Hex.word(bytes.span.extracting(position..<position + 16)),
            let low = Hex.word(bytes.span.extracting(position + 16..<position + 32))
        else { throw fault(.hex) }
        position += 32
        return (high, low)
    }

    /// A decimal without leading zeros, at most 2^53 - 1.
    mutating func number() throws(LineFault) -> UInt64 {
        let first = position
        var value: UInt64 = 0
        while position < end, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
            guard position - first < 16 else { throw fault(.number) }
            value = value * 10 + UInt64(digit)
            position += 1
        }
        guard position > first else { throw fault(.number) }
        let isPlain = bytes[first] != UInt8(ascii: "0") || position == first + 1
        guard isPlain, value <= LogLine.maximumInteger else {
            position = first
            throw fault(.number)
        }
        return value
    }

    /// Plain text up to a quote, which is left.
    mutating func text() throws(LineFault) -> Range<Int> {
        let first = position
        while position < end, LineText.isPlain(bytes[position]) { position += 1 }
        guard position < end, bytes[position] == LineTemplate.quote else { throw fault(.text) }
        return first..<position
    }

    /// A kind of event up to a quote, which is left.
    mutating func kind() throws(LineFault) -> Range<Int> {
        let first = position
        while position < end, LineText.isKind(bytes[position]) { position += 1 }
        guard (1...LineText.longestKind).contains(position - first) else { throw fault(.text) }
        return first..<position
    }

    /// Padded base64 up to a quote, which is left.
    ///
    /// Whether its spare bits are zero is seen when it is decoded.
    mutating func base64() throws(LineFault) -> Range<Int> {
        let first = position
        while position < end, LineText.isBase64(bytes[position]) { position += 1 }
        let padding = position
        while position < end, position - padding < 2, bytes[position] == UInt8(ascii: "=") { position += 1 }
        guard position > first, (position - first).isMultiple(of: 4) else { throw fault(.attestation) }
        return first..<position
    }

    mutating func outcome() throws(LineFault) -> LineOutcome {
        if take(LineTemplate.accepted) { return .accepted }
        if take(LineTemplate.denied) { return .denied }
        if take(LineTemplate.overridden) { return .overridden }
        throw fault(.word)
    }

    /// `uid:N` or `system`; nil for the latter.
    mutating func voucher() throws(LineFault) -> UInt32? {
        if take(LineTemplate.system) { return nil }
        guard take(LineTemplate.uid) else { throw fault(.word) }
        guard let uid = UInt32(exactly: try number()) else { throw fault(.number) }
        return uid
    }

    /// `SHA256:…`, `uid:N` or `system`.
    mutating func author() throws(LineFault) -> Range<Int> {
        let first = position
        if take(LineTemplate.fingerprint) {
            let digits = position
            while position < end, LineText.isBase64(bytes[position]) { position += 1 }
            guard position - digits == LineText.fingerprintLength else { throw fault(.word) }
        } else {
            _ = try voucher()
        }
        return first..<position
    }

    /// Whether bytes name an author.
    static func isAuthor(_ bytes: [UInt8]) -> Bool {
        var scanner = LineScanner(bytes, in: bytes.indices)
        return (try? scanner.author()) != nil && scanner.isAtEnd
    }

    /// Quoted elements with commas between them, up to a bracket, which is left; the number of them.
    mutating func list(_ element: (inout LineScanner) throws(LineFault) -> Void) throws(LineFault) -> Int {
        guard position < end, bytes[position] == LineTemplate.quote else { return 0 }
        var count = 0
        repeat {
            try expect(LineTemplate.quote)
            try element(&self)
            try expect(LineTemplate.quote)
            count += 1
        } while take(byte: UInt8(ascii: ","))
        return count
    }

    private mutating func take(byte: UInt8) -> Bool {
        guard position < end, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}
