extension Parser {
    /// The longest number that is read as a double, in bytes: any double is written exactly in fewer.
    private static let longestNumber = 1100

    /// A number: an integer exactly, or with a fraction or an exponent a double if the limits allow one.
    mutating func parseNumber() throws(Malformed) -> JSONValue {
        let start = position
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { position += 1 }

        // The sum is kept negative, because Int64.min has no positive counterpart.
        var value: Int64 = 0
        var fits = true
        let firstDigit = position
        while let digit = nextDigit {
            position += 1
            let (product, high) = value.multipliedReportingOverflow(by: 10)
            let (sum, low) = product.subtractingReportingOverflow(Int64(digit))
            if high || low { fits = false }
            value = sum
        }
        let digits = position - firstDigit
        guard digits > 0 else { throw unexpected() }
        guard digits == 1 || self[firstDigit] != UInt8(ascii: "0") else { throw Malformed(.syntax, at: firstDigit) }

        switch next {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
            return .number(try parseFraction(from: start))
        default: break
        }
        if !isNegative {
            let (positive, overflow) = (0 as Int64).subtractingReportingOverflow(value)
            if overflow { fits = false }
            value = positive
        } else if value == 0, fits, !limits.allowsNegativeZero {
            throw Malformed(.negativeZero, at: start)
        }
        guard fits, limits.integers.contains(value) else { throw Malformed(.integerRange, at: start) }
        return .integer(value)
    }

    private var nextDigit: UInt8? {
        guard let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        return byte - UInt8(ascii: "0")
    }

    /// Reads on from the point or the exponent; the syntax is judged before the limits are.
    private mutating func parseFraction(from start: Int) throws(Malformed) -> Double {
        if next == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
        guard limits.allowsFractions else { throw Malformed(.fraction, at: start) }
        guard position - start <= Self.longestNumber else { throw Malformed(.numberRange, at: start) }
        let text = unsafe String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        guard let number = Double(text), number.isFinite else { throw Malformed(.numberRange, at: start) }
        return number
    }

    private mutating func skipDigits() throws(Malformed) {
        guard nextDigit != nil else { throw unexpected() }
        while nextDigit != nil { position += 1 }
    }
}
