public import Cryptography

/// A line that was found to be in its one spelling, told as places in its bytes: no text is built.
///
/// This is the hot path of verification. ``LogLine/init(parsing:)-([UInt8])`` builds all values from the same scan, so
/// there is one grammar. A scan is looked at where it was made, and never copied.
public struct LineScan: ~Copyable, Sendable {
    let bytes: [UInt8]
    let layout: LineLayout

    /// Scans one whole line with its LF.
    ///
    /// - Throws: ``LineFault`` unless the bytes are exactly what ``LogLine/encode(into:)`` would write.
    public init(_ line: [UInt8]) throws(LineFault) {
        try self.init(line, in: line.indices)
    }

    /// Scans one whole line with its LF that lies in a larger buffer.
    ///
    /// - Throws: ``LineFault``, its offset counted from the start of the line.
    public init(_ buffer: [UInt8], in range: Range<Int>) throws(LineFault) {
        layout = try LineLayout(buffer, in: range)
        bytes = buffer
    }

    /// The place in the record.
    public var seq: UInt64 { layout.seq }
    /// The place in the case's stream.
    public var caseSeq: UInt64 { layout.caseSeq }
    /// The stream.
    public var caseKey: CaseKey { layout.caseKey }
    /// The daemon's clock, milliseconds since the UNIX epoch.
    public var recordedAt: Int64 { layout.recordedAt }
    /// What was decided.
    public var outcome: LineOutcome { layout.outcome }
    /// The leaf hash of the line before, as stated.
    public var prev: Digest { digest(at: layout.prev) }
    /// The leaf hash of the line before in the stream, as stated.
    public var casePrev: Digest { digest(at: layout.casePrev) }
    /// The head that the author had seen, as stated.
    public var saw: (size: UInt64, root: Digest) { (layout.sawSize, digest(at: layout.sawRoot)) }
    /// The nonce.
    public var nonce: Nonce { layout.nonce }
    /// The kind of event.
    public var kind: String { text(layout.kind) }
    /// The author.
    public var by: String { text(layout.by) }
    /// The rule that refused, or that was overridden; nil where none did.
    public var rule: String? { layout.rule.map { text($0) } }
    /// The author's agency, member and role, and the purpose, as stated; empty where there is none.
    public var agency: String { text(layout.agency) }
    /// See ``agency``.
    public var member: String { text(layout.member) }
    /// See ``agency``.
    public var role: String { text(layout.role) }
    /// See ``agency``.
    public var purpose: String { text(layout.purpose) }
    /// The places of the statement's bytes in the buffer: what a signature covers.
    public var statement: Range<Int> { layout.statement }
    /// How many parts the statement lists.
    public var partCount: Int { layout.partCount }
    /// The digests of the parts.
    public var parts: [Digest] { (0..<layout.partCount).map { digest(at: layout.part($0)) } }

    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// The digest whose 64 digits, already looked at, begin at a place.
    func digest(at start: Int) -> Digest {
        Digest(hex: bytes.span.extracting(start..<start + 64)) ?? .zero
    }

    /// Whether the text at a place is exactly this one; builds nothing.
    func isText(_ text: [UInt8], at range: Range<Int>) -> Bool {
        range.count == text.count && Self.holds(text, in: bytes, at: range.lowerBound)
    }

    /// Whether bytes stand at a place of others that are long enough; eight are looked at a time.
    static func holds(_ expected: [UInt8], in bytes: [UInt8], at start: Int) -> Bool {
        let here = bytes.span.extracting(start..<start + expected.count)
        return unsafe here.withUnsafeBytes { here in
            unsafe expected.withUnsafeBytes { expected in
                func isSame(_ index: Int) -> Bool {
                    unsafe here.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                        == expected.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                }
                guard expected.count >= 8 else {
                    for index in expected.indices where unsafe here[index] != expected[index] { return false }
                    return true
                }
                var index = 0
                while index < expected.count - 8 {
                    guard isSame(index) else { return false }
                    index &+= 8
                }
                // The last eight, of which some were looked at before.
                return isSame(expected.count - 8)
            }
        }
    }
}

/// Where the values of a line lie in its buffer, and its numbers.
struct LineLayout: Sendable {
    let casePrev: Int
    let caseSeq: UInt64
    let outcome: LineOutcome
    let policy: Int
    let prev: Int
    let rule: Range<Int>?
    let seq: UInt64
    let signature: Range<Int>?
    let statement: Range<Int>
    let agency: Range<Int>
    let at: UInt64
    let by: Range<Int>
    let caseKey: CaseKey
    let kind: Range<Int>
    let log: Range<Int>
    let member: Range<Int>
    let nonce: Nonce
    let parts: Int
    let partCount: Int
    let purpose: Range<Int>
    let references: Range<Int>
    let role: Range<Int>
    let sawRoot: Int
    let sawSize: UInt64
    let recordedAt: Int64
    let vouch: Range<Int>?

    /// The place of the digits of one part: each takes 64 digits, two quotes and a comma.
    func part(_ index: Int) -> Int { parts + 1 + index * 67 }

    init(_ bytes: [UInt8], in range: Range<Int>) throws(LineFault) {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else { throw LineFault(.truncated) }
        guard range.count <= LogLine.maximumBytes else { throw LineFault(.size, at: LogLine.maximumBytes) }
        typealias Template = LineTemplate
        var scanner = LineScanner(bytes, in: range)
        try scanner.expect(Template.casePrev)
        casePrev = try scanner.hex(64)
        try scanner.expect(Template.caseSeq)
        caseSeq = try scanner.number()
        try scanner.expect(Template.outcome)
        outcome = try scanner.outcome()
        try scanner.expect(Template.policy)
        policy = try scanner.hex(64)
        try scanner.expect(Template.prev)
        prev = try scanner.hex(64)
        rule = scanner.take(Template.rule) ? try scanner.text() : nil
        guard (rule == nil) == (outcome == .accepted), rule?.isEmpty != true else { throw scanner.fault(.rule) }
        try scanner.expect(Template.seq)
        seq = try scanner.number()
        if scanner.take(Template.signature) {
            let digits = try scanner.base64()
            guard Base64.decode(Array(bytes[digits])) != nil else { throw scanner.fault(.attestation) }
            signature = digits
            try scanner.expect(Template.quote)
        } else {
            signature = nil
        }
        try scanner.expect(Template.statement)
        let statementStart = scanner.position
        try scanner.expect(Template.agency)
        agency = try scanner.text()
        try scanner.expect(Template.at)
        at = try scanner.number()
        try scanner.expect(Template.by)
        by = try scanner.author()
        try scanner.expect(Template.caseKey)
        let caseWords = try scanner.pair()
        caseKey = CaseKey(high: caseWords.high, low: caseWords.low)
        try scanner.expect(Template.kind)
        kind = try scanner.kind()
        try scanner.expect(Template.log)
        log = try scanner.text()
        try scanner.expect(Template.member)
        member = try scanner.text()
        try scanner.expect(Template.nonce)
        let nonceWords = try scanner.pair()
        nonce = Nonce(high: nonceWords.high, low: nonceWords.low)
        try scanner.expect(Template.parts)
        parts = scanner.position
        partCount = try scanner.list { (scanner) throws(LineFault) in _ = try scanner.hex(64) }
        guard partCount <= Statement.maximumParts else { throw scanner.fault(.parts) }
        try scanner.expect(Template.purpose)
        purpose = try scanner.text()
        try scanner.expect(Template.references)
        let referencesStart = scanner.position
        _ = try scanner.list { (scanner) throws(LineFault) in
            _ = try scanner.number()
            if scanner.take([UInt8(ascii: ":")]) { _ = try scanner.hex(64) }
        }
        references = referencesStart..<scanner.position
        try scanner.expect(Template.role)
        role = try scanner.text()
        try scanner.expect(Template.sawRoot)
        sawRoot = try scanner.hex(64)
        try scanner.expect(Template.sawSize)
        sawSize = try scanner.number()
        try scanner.expect(UInt8(ascii: "}"))
        statement = statementStart..<scanner.position
        try scanner.expect(Template.time)
        recordedAt = Int64(try scanner.number())
        try scanner.expect(Template.version)
        if signature == nil {
            try scanner.expect(Template.vouch)
            let vouchStart = scanner.position
            _ = try scanner.voucher()
            vouch = vouchStart..<scanner.position
            try scanner.expect(Template.quote)
        } else {
            vouch = nil
        }
        try scanner.expect(Template.end)
        guard scanner.isAtEnd else { throw scanner.fault(.trailing) }
    }
}
