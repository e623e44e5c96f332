#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Text compared as bytes, because `String ==` is canonical equivalence (Unicode 3.13).
extension String {
    /// Whether both texts have the same UTF-8 bytes.
    func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return unsafe withUTF8Bytes { left in
            unsafe other.withUTF8Bytes { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return unsafe memcmp(first, second, left.count) == 0
            }
        }
    }

    /// Whether these bytes come before the other's when both are read as UTF-16 code units (RFC 8785 section 3.2.3).
    ///
    /// UTF-8 sorts by code point. UTF-16 differs only where a surrogate pair (lead bytes F0 and up in UTF-8) meets
    /// U+E000 to U+FFFF (lead bytes EE and EF): pairs come first there. Lifting EE and EF above F4 gives that order.
    func comesBeforeInUTF16(_ other: String) -> Bool {
        unsafe withUTF8Bytes { left in
            unsafe other.withUTF8Bytes { right in
                let common = min(left.count, right.count)
                for index in 0..<common {
                    let (first, second) = unsafe (left[index], right[index])
                    guard first != second else { continue }
                    return Self.rank(first) < Self.rank(second)
                }
                return left.count < right.count
            }
        }
    }

    /// Hashes the UTF-8 bytes; `String`'s own hash is of the normalised text.
    func hashBytes(into hasher: inout Hasher) {
        unsafe withUTF8Bytes { bytes in
            unsafe hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
        hasher.combine(0xFF as UInt8)
    }

    /// Gives the bytes of native text without copying; text that is stored otherwise is copied once.
    func withUTF8Bytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = unsafe utf8.withContiguousStorageIfAvailable(body) { return result }
        var copy = self
        return copy.withUTF8(body)
    }

    private static func rank(_ byte: UInt8) -> UInt8 {
        byte == 0xEE || byte == 0xEF ? byte &+ 0x10 : byte
    }
}

/// A key of a hash table that is compared as bytes.
struct KeyBytes: Hashable {
    let text: String

    static func == (left: KeyBytes, right: KeyBytes) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        text.hashBytes(into: &hasher)
    }
}
