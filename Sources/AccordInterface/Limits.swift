/// Bounds that the daemon enforces and a client can know beforehand.
package enum Limits {
    /// The longest text of an entry, in bytes of UTF-8.
    package static let textBytes = 65_536
    /// The longest reason, predicate or condition, in bytes of UTF-8.
    package static let reasonBytes = 4096
    /// The most cases that one Watch follows by position.
    package static let watchedCases = 256
    /// The most bytes of a file in one reply of Export, before Base64.
    package static let exportPieceBytes = 256 * 1024
    /// The length of a request id in hexadecimal digits.
    package static let requestDigits = 32
    /// How many seconds Watch may be told to keep silent.
    package static let idleSeconds = 5...600
}
