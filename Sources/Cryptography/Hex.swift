/// Lower-case hexadecimal digits, the only form that the record knows.
///
/// Eight are looked at, read and written at a time, each in a byte of a word: a line of the record has several hundred.
public enum Hex {
    /// Two digits for each byte.
    public static func encode(_ bytes: [UInt8]) -> String {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe String(unsafeUninitializedCapacity: 2 * bytes.count) { output in
                unsafe write(bytes, to: output)
                return 2 * bytes.count
            }
        }
    }

    /// The bytes; nil if there is an odd digit or anything but `0-9` and `a-f`, so that bytes have one spelling.
    public static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            let (high, low) = (digit(digits[index]), digit(digits[index + 1]))
            guard high | low < 16 else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// The number that 16 digits stand for, the first in the highest place; nil for anything else.
    public static func word(_ digits: Span<UInt8>) -> UInt64? {
        guard digits.count == 16 else { return nil }
        let (first, second) = unsafe digits.withUnsafeBytes { digits in
            unsafe (
                digits.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                digits.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            )
        }
        guard areDigits(first), areDigits(second) else { return nil }
        return value(of: first) << 32 | value(of: second)
    }

    /// Appends the 16 digits of a number.
    public static func append(_ word: UInt64, to output: inout [UInt8]) {
        let digits = (digits(of: word >> 32), digits(of: word & 0xFFFF_FFFF))
        unsafe withUnsafeBytes(of: digits) { unsafe output.append(contentsOf: $0) }
    }

    /// Whether all of many bytes, a multiple of eight, are `0-9` or `a-f`.
    public static func areDigits(_ bytes: Span<UInt8>) -> Bool {
        precondition(bytes.count.isMultiple(of: 8), "digits are looked at eight at a time")
        return unsafe bytes.withUnsafeBytes { bytes in
            var index = 0
            while index < bytes.count {
                let eight = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                guard areDigits(eight) else { return false }
                index &+= 8
            }
            return true
        }
    }

    /// Writes two digits for each byte to a place that is large enough.
    static func write(_ bytes: UnsafeRawBufferPointer, to output: UnsafeMutableBufferPointer<UInt8>) {
        for index in 0..<bytes.count {
            unsafe output[2 * index] = character(bytes[index] >> 4)
            unsafe output[2 * index + 1] = character(bytes[index] & 0xF)
        }
    }

    private static func character(_ digit: UInt8) -> UInt8 {
        digit &+ (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }

    /// The value of a digit; more than 15 for anything else.
    private static func digit(_ character: UInt8) -> UInt8 {
        let number = character &- UInt8(ascii: "0")
        if number < 10 { return number }
        let letter = character &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : .max
    }
}

/// Eight bytes side by side, as they lie in memory: no sum reaches the next byte.
extension Hex {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let halves: UInt64 = 0x0F0F_0F0F_0F0F_0F0F

    /// Whether each byte is a digit: without its top bit it is compared by adding what takes it there.
    private static func areDigits(_ bytes: UInt64) -> Bool {
        let tops = ones << 7
        let low = bytes & ~tops
        func atLeast(_ byte: UInt8) -> UInt64 { low &+ ones &* UInt64(0x80 - byte) }
        let number = atLeast(UInt8(ascii: "0")) & ~atLeast(UInt8(ascii: "9") + 1)
        let letter = atLeast(UInt8(ascii: "a")) & ~atLeast(UInt8(ascii: "f") + 1)
        return (number | letter) & ~bytes & tops == tops
    }

    /// The 32 bits that eight digits stand for: a letter is 9 more than its low half, and the halves move together.
    private static func value(of digits: UInt64) -> UInt64 {
        let digits = digits.bigEndian
        var value = (digits & halves) &+ (digits >> 6 & ones) &* 9
        value = (value | value >> 4) & 0x00FF_00FF_00FF_00FF
        value = (value | value >> 8) & 0x0000_FFFF_0000_FFFF
        return (value | value >> 16) & 0xFFFF_FFFF
    }

    /// The eight digits of 32 bits.
    private static func digits(of value: UInt64) -> UInt64 {
        var digits = (value | value << 16) & 0x0000_FFFF_0000_FFFF
        digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
        digits = (digits | digits << 4) & halves
        let letters = (digits &+ ones &* 6) >> 4 & ones
        let toLetter = UInt64(UInt8(ascii: "a") - 10 - UInt8(ascii: "0"))
        return (digits &+ ones &* UInt64(UInt8(ascii: "0")) &+ letters &* toLetter).bigEndian
    }
}
