import Cryptography

extension LogLine {
    /// Reads one whole line with its LF.
    ///
    /// Only the exact canonical form is read, so that ``encode(into:)`` gives back the same bytes: no line has a second
    /// spelling, and with it a second leaf.
    ///
    /// - Throws: ``LineFault`` with the reason and the place.
    public init(parsing line: [UInt8]) throws(LineFault) {
        try self.init(parsing: line, in: line.indices)
    }

    /// Reads one whole line with its LF that lies in a larger buffer.
    ///
    /// - Throws: ``LineFault``, its offset counted from the start of the line.
    public init(parsing buffer: [UInt8], in range: Range<Int>) throws(LineFault) {
        let scan = try LineScan(buffer, in: range)
        let layout = scan.layout
        self.init(
            seq: layout.seq,
            prev: scan.prev,
            caseSeq: layout.caseSeq,
            casePrev: scan.casePrev,
            recordedAt: layout.recordedAt,
            outcome: layout.outcome,
            rule: scan.rule,
            policy: scan.digest(at: layout.policy),
            statement: Statement(scan),
            attestation: Attestation(scan)
        )
    }
}

extension Statement {
    fileprivate init(_ scan: borrowing LineScan) {
        let layout = scan.layout
        self.init(
            agency: scan.text(layout.agency),
            at: layout.at,
            by: scan.by,
            caseKey: layout.caseKey,
            kind: scan.kind,
            log: scan.text(layout.log),
            member: scan.text(layout.member),
            nonce: layout.nonce,
            parts: scan.parts,
            purpose: scan.text(layout.purpose),
            references: scan.references,
            role: scan.text(layout.role),
            sawRoot: scan.digest(at: layout.sawRoot),
            sawSize: layout.sawSize
        )
    }
}

extension Attestation {
    fileprivate init(_ scan: borrowing LineScan) {
        if let signature = scan.layout.signature, let blob = Base64.decode(scan.text(signature)) {
            self = .signature(blob)
        } else if let vouch = scan.layout.vouch, let uid = UInt32(scan.text(vouch).dropFirst(4)) {
            self = .peer(uid: uid)
        } else {
            self = .system
        }
    }
}

extension LineScan {
    /// The lines and parts that the statement refers to.
    public var references: [Statement.Reference] {
        text(layout.references).split(separator: ",").compactMap { quoted in
            let fields = quoted.dropFirst().dropLast().split(separator: ":")
            guard let first = fields.first, let seq = UInt64(first) else { return nil }
            return Statement.Reference(seq: seq, part: fields.count > 1 ? Digest(hex: String(fields[1])) : nil)
        }
    }
}
