/// The fixed bytes between the values of a line, in order: what the writer writes and the scanner demands.
///
/// The keys are sorted by bytes, which for these keys is RFC 8785's order as well.
enum LineTemplate {
    static let casePrev = Array(#"{"cprev":""#.utf8)
    static let caseSeq = Array(#"","cseq":"#.utf8)
    static let outcome = Array(#","outcome":""#.utf8)
    static let policy = Array(#"","policy":""#.utf8)
    static let prev = Array(#"","prev":""#.utf8)
    static let rule = Array(#"","rule":""#.utf8)
    static let seq = Array(#"","seq":"#.utf8)
    static let signature = Array(#","sig":""#.utf8)
    static let statement = Array(#","st":"#.utf8)
    static let time = Array(#","t":"#.utf8)
    static let version = Array(#","v":1"#.utf8)
    static let vouch = Array(#","vouch":""#.utf8)
    static let end = Array("}\n".utf8)
    static let quote = UInt8(ascii: "\"")

    static let agency = Array(#"{"agency":""#.utf8)
    static let at = Array(#"","at":"#.utf8)
    static let by = Array(#","by":""#.utf8)
    static let caseKey = Array(#"","case":""#.utf8)
    static let kind = Array(#"","kind":""#.utf8)
    static let log = Array(#"","log":""#.utf8)
    static let member = Array(#"","member":""#.utf8)
    static let nonce = Array(#"","n":""#.utf8)
    static let parts = Array(#"","parts":["#.utf8)
    static let purpose = Array(#"],"purpose":""#.utf8)
    static let references = Array(#"","ref":["#.utf8)
    static let role = Array(#"],"role":""#.utf8)
    static let sawRoot = Array(#"","saw_root":""#.utf8)
    static let sawSize = Array(#"","saw_size":"#.utf8)

    static let fingerprint = Array("SHA256:".utf8)
    static let uid = Array("uid:".utf8)
    static let system = Array("system".utf8)
    static let accepted = Array("accepted".utf8)
    static let denied = Array("denied".utf8)
    static let overridden = Array("overridden".utf8)

    /// The kind of a line that records an export.
    static let export = Array("access.exported".utf8)
}

/// The kinds of text in a line.
enum LineText {
    /// Printable ASCII without the two characters that JSON would escape.
    static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// What a kind of event is made of.
    static func isKind(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// The base64 alphabet (RFC 4648 section 4) without padding.
    static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }

    /// The longest kind of event.
    static let longestKind = 48
    /// Base64 characters of a SHA-256 digest without padding, as OpenSSH shows fingerprints.
    static let fingerprintLength = 43
}
