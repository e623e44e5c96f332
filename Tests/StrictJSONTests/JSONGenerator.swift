import StrictJSON
import TestSupport

/// Random values for property tests.
struct JSONGenerator {
    var random: SplitMix64
    /// Whether doubles occur, which only the wire knows.
    var hasFractions: Bool
    /// Whether integers stay within what RFC 8785 can write.
    var isExact: Bool

    init(seed: UInt64, hasFractions: Bool = false, isExact: Bool = false) {
        random = SplitMix64(seed: seed)
        self.hasFractions = hasFractions
        self.isExact = isExact
    }

    mutating func value(depth: Int = 5) -> JSONValue {
        switch random.below(depth > 0 ? 8 : 5) {
        case 0: return .null
        case 1: return .bool(random.oneIn(2))
        case 2: return .string(text())
        case 3 where hasFractions: return .number(double())
        case 3, 4: return .integer(integer())
        case 5, 6: return .array((0..<random.below(5)).map { _ in value(depth: depth - 1) })
        default: return .object(object(depth: depth - 1))
        }
    }

    mutating func object(depth: Int) -> JSONObject {
        var object = JSONObject()
        // Now and then so many members that the table for duplicates is used.
        for _ in 0..<random.below(random.oneIn(10) ? 40 : 6) { object[text()] = value(depth: depth) }
        return object
    }

    mutating func integer() -> Int64 {
        let wide = Int64(truncatingIfNeeded: random.next())
        return isExact ? wide >> Int64(11 + random.below(53)) : wide >> Int64(random.below(64))
    }

    mutating func double() -> Double {
        while true {
            let value = Double(bitPattern: random.next())
            if value.isFinite { return value }
        }
    }

    /// Text with everything that is hard: controls, quotes, all lengths of UTF-8, the edges of the surrogates.
    mutating func text() -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<random.below(random.oneIn(4) ? 40 : 9) {
            let value: UInt32 =
                switch random.below(8) {
                case 0: UInt32(random.below(0x20))
                case 1: random.oneIn(2) ? 0x22 : 0x5C
                case 2: UInt32(0x80 + random.below(0x780))
                case 3: UInt32(0xE000 + random.below(0x2000))
                case 4: UInt32(0x1_0000 + random.below(0x10_0000))
                case 5: [0x301, 0xE9, 0xD7FF, 0xE000, 0xFFFF, 0x1_0000, 0x10_FFFF, 0x7F][random.below(8)]
                default: UInt32(0x20 + random.below(0x5F))
                }
            if let scalar = Unicode.Scalar(value), value != 0 { text.append(scalar) }
        }
        return String(text)
    }
}
