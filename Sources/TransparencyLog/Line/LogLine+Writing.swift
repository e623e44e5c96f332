import Cryptography

extension LogLine {
    /// Appends the canonical bytes, with the LF, straight from the values.
    ///
    /// - Throws: ``LineFault`` if a value has no place in a line; the output is then as it was before.
    public func encode(into output: inout [UInt8]) throws(LineFault) {
        let start = output.count
        do throws(LineFault) {
            try append(to: &output)
            guard output.count - start <= Self.maximumBytes else { throw LineFault(.size) }
        } catch {
            output.removeSubrange(start...)
            throw error
        }
    }

    /// The canonical bytes, see ``encode(into:)``.
    ///
    /// - Throws: ``LineFault`` if a value has no place in a line.
    public func encoded() throws(LineFault) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(1_024)
        try encode(into: &output)
        return output
    }

    private func append(to output: inout [UInt8]) throws(LineFault) {
        typealias Template = LineTemplate
        guard (rule == nil) == (outcome == .accepted) else { throw LineFault(.rule) }
        output += Template.casePrev
        casePrev.writeHex(into: &output)
        output += Template.caseSeq
        try LineWriting.number(caseSeq, into: &output)
        output += Template.outcome
        output += outcome.rawValue.utf8
        output += Template.policy
        policy.writeHex(into: &output)
        output += Template.prev
        prev.writeHex(into: &output)
        if let rule {
            output += Template.rule
            guard !rule.isEmpty else { throw LineFault(.text) }
            try LineWriting.text(rule, into: &output)
        }
        output += Template.seq
        try LineWriting.number(seq, into: &output)
        if case .signature(let blob) = attestation {
            guard !blob.isEmpty else { throw LineFault(.attestation) }
            output += Template.signature
            output += Base64.encode(blob).utf8
            output.append(Template.quote)
        }
        output += Template.statement
        try statement.append(to: &output)
        output += Template.time
        guard let time = UInt64(exactly: recordedAt) else { throw LineFault(.number) }
        try LineWriting.number(time, into: &output)
        output += Template.version
        switch attestation {
        case .signature: break
        case .peer(let uid):
            output += Template.vouch
            output += Template.uid
            try LineWriting.number(UInt64(uid), into: &output)
            output.append(Template.quote)
        case .system:
            output += Template.vouch
            output += Template.system
            output.append(Template.quote)
        }
        output += Template.end
    }
}

extension Statement {
    /// The canonical bytes: what the author signs, and what follows `"st":` in the line.
    ///
    /// - Throws: ``LineFault`` if a value has no place in a line; the output is then as it was before.
    public func encode(into output: inout [UInt8]) throws(LineFault) {
        let start = output.count
        do throws(LineFault) {
            try append(to: &output)
        } catch {
            output.removeSubrange(start...)
            throw error
        }
    }

    /// The canonical bytes, see ``encode(into:)``.
    ///
    /// - Throws: ``LineFault`` if a value has no place in a line.
    public func encoded() throws(LineFault) -> [UInt8] {
        var output: [UInt8] = []
        try encode(into: &output)
        return output
    }

    fileprivate func append(to output: inout [UInt8]) throws(LineFault) {
        typealias Template = LineTemplate
        guard parts.count <= Self.maximumParts else { throw LineFault(.parts) }
        output += Template.agency
        try LineWriting.text(agency, into: &output)
        output += Template.at
        try LineWriting.number(at, into: &output)
        output += Template.by
        try LineWriting.author(by, into: &output)
        output += Template.caseKey
        caseKey.writeHex(into: &output)
        output += Template.kind
        try LineWriting.kind(kind, into: &output)
        output += Template.log
        try LineWriting.text(log, into: &output)
        output += Template.member
        try LineWriting.text(member, into: &output)
        output += Template.nonce
        nonce.writeHex(into: &output)
        output += Template.parts
        LineWriting.list(parts, into: &output) { (part, output) throws(Never) in part.writeHex(into: &output) }
        output += Template.purpose
        try LineWriting.text(purpose, into: &output)
        output += Template.references
        try LineWriting.list(references, into: &output) { (reference, output) throws(LineFault) in
            try LineWriting.number(reference.seq, into: &output)
            guard let part = reference.part else { return }
            output.append(UInt8(ascii: ":"))
            part.writeHex(into: &output)
        }
        output += Template.role
        try LineWriting.text(role, into: &output)
        output += Template.sawRoot
        sawRoot.writeHex(into: &output)
        output += Template.sawSize
        try LineWriting.number(sawSize, into: &output)
        output.append(UInt8(ascii: "}"))
    }
}

/// Values in their one spelling.
private enum LineWriting {
    static func number(_ value: UInt64, into output: inout [UInt8]) throws(LineFault) {
        guard value <= LogLine.maximumInteger else { throw LineFault(.number) }
        output += String(value).utf8
    }

    static func text(_ text: String, into output: inout [UInt8]) throws(LineFault) {
        guard text.utf8.allSatisfy(LineText.isPlain) else { throw LineFault(.text) }
        output += text.utf8
    }

    static func kind(_ kind: String, into output: inout [UInt8]) throws(LineFault) {
        guard (1...LineText.longestKind).contains(kind.utf8.count), kind.utf8.allSatisfy(LineText.isKind) else {
            throw LineFault(.text)
        }
        output += kind.utf8
    }

    static func author(_ by: String, into output: inout [UInt8]) throws(LineFault) {
        let bytes = Array(by.utf8)
        guard LineScanner.isAuthor(bytes) else { throw LineFault(.word) }
        output += bytes
    }

    /// Quoted elements with commas between them, without the brackets.
    static func list<Element, Failure>(
        _ elements: [Element],
        into output: inout [UInt8],
        _ write: (Element, inout [UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        var isFirst = true
        for element in elements {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            output.append(LineTemplate.quote)
            try write(element, &output)
            output.append(LineTemplate.quote)
        }
    }
}
