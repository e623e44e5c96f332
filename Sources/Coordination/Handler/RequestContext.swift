package import Cryptography
package import Policy
package import StrictJSON

/// What goes with every act (`type Context` of the interfaces), checked once at the door.
package struct RequestContext: Sendable {
    package var purpose: String?
    /// 32 lowercase hexadecimal digits, made by the client.
    package var request: String?
    package var expectedPosition: Int64?
    /// Tree size and root of the newest checkpoint that the client verified.
    package var saw: (size: UInt64, root: Digest)?
    /// The asker's clock in seconds; nil if it did not say.
    package var at: UInt64?
    /// The armoured signature of the author; nil where the daemon is to vouch for him.
    package var signature: String?

    /// - Throws: ``Refusal`` that names the field.
    package init(_ parameters: JSONObject) throws(Refusal) {
        guard let context = parameters["context"]?.object else { return }
        purpose = context["purpose"]?.string
        expectedPosition = context["expectedPosition"]?.integer
        signature = context["signature"]?.string
        if let request = context["request"]?.string {
            guard Self.isRequestID(request) else {
                throw .malformed(field: "context.request", "32 lowercase hexadecimal digits, never used before")
            }
            self.request = request
        }
        switch (context["sawSize"]?.integer, context["sawRoot"]?.string) {
        case (nil, nil): break
        case (let size?, let root?):
            guard let size = UInt64(exactly: size), let root = Digest(hex: root) else {
                throw .malformed(field: "context.sawRoot", "a size from 0 and 64 lowercase hexadecimal digits")
            }
            saw = (size, root)
        default: throw .malformed(field: "context.sawSize", "both sawSize and sawRoot, or neither")
        }
        if let at = context["at"]?.integer {
            guard at >= 0, at < 253_402_300_800_000_000 else {
                throw .malformed(field: "context.at", "microseconds since 1970, before the year 10000")
            }
            self.at = UInt64(at) / 1_000_000
        }
    }

    private static func isRequestID(_ text: String) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
