import Glibc

/// A text to be looked for in messages as they came, whose terminator follows on their bytes.
package struct ByteText: Sendable {
    private let text: [CChar]

    /// A text without NUL.
    package init(_ text: String) { self.text = text.utf8CString.map(\.self) }

    /// Whether it is there.
    package func isIn(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { unsafe end(in: bytes) != nil }

    /// The place after it; nil if it is not there.
    package func end(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let base = unsafe UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self),
            let found = unsafe strstr(base, text)
        else { return nil }
        return unsafe UnsafePointer(found) - base + text.count - 1
    }

    /// The integer after it, which is not negative; nil if there is none.
    package func number(in bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard let start = unsafe end(in: bytes) else { return nil }
        var value: Int64?
        for place in start..<bytes.count {
            let digit = unsafe bytes[place] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            let (product, isTooLong) = (value ?? 0).multipliedReportingOverflow(by: 10)
            guard !isTooLong, product <= .max - 9 else { return nil }
            value = product + Int64(digit)
        }
        return value
    }
}
