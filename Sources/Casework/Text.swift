import Policy

/// What text may be recorded (rules V07, P22).
enum Text {
    /// Bytes of an entry.
    static let entryLimit = 65_536
    /// Bytes of a reason, a predicate, a condition.
    static let reasonLimit = 4_096
    /// Bytes of a name or a contact.
    static let nameLimit = 256

    /// Each begins with an opening parenthesis, an S or a C.
    private static let marks = ["(S//", "(TS//", "(C//", "(TS)", "(S)", "SECRET//", "CONFIDENTIAL//"].map {
        Array($0.utf8)
    }

    /// Words for kinds of data that have no place here (design.md 10).
    private static let refusedKinds: Set<String> = [
        "biometric", "biometrics", "fingerprint", "fingerprints", "face", "facial-recognition", "iris", "dna",
        "voiceprint",
        "immigration-status", "nationality", "citizenship", "religion", "politics", "ethnicity", "race", "risk-score",
    ]

    /// A name or a contact: one line.
    ///
    /// - Throws: ``Refusal`` as ``check(_:field:limit:)`` does.
    static func checkLine(_ text: String, field: String) throws(Refusal) {
        try check(text, field: field, limit: nameLimit)
        guard
            !text.unicodeScalars.contains(where: {
                $0.properties.generalCategory == .control || $0 == "\u{2028}" || $0 == "\u{2029}"
            })
        else { throw Refusal(row: "V07", message: "“\(field)” is one line, without tabs and line ends.") }
    }

    /// - Throws: ``Refusal`` that names the field and the kind of trouble, never the content.
    static func check(_ text: String, field: String, limit: Int) throws(Refusal) {
        guard text.utf8.count <= limit else {
            throw Refusal(row: "V07", message: "“\(field)” is longer than \(limit) bytes.")
        }
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw Refusal(row: "V07", message: "“\(field)” is empty.")
        }
        let bytes = Array(text.utf8)
        if !bytes.allSatisfy(isPlain) {
            for scalar in text.unicodeScalars where isRefused(scalar) {
                let code = String(scalar.value, radix: 16, uppercase: true)
                throw Refusal(
                    row: "V07",
                    message: "“\(field)” holds U+\(code), a character that could mislead a reader."
                )
            }
        }
        guard !carriesMark(bytes) else { throw Refusal(row: "P22C") }
        guard !namesRefusedKind(bytes) else {
            throw Refusal(row: "P22", message: "“\(field)” holds a number or an item of a kind that has no place here.")
        }
    }

    static func check(kind: String) throws(Refusal) -> EntryKind {
        if let known = EntryKind(rawValue: kind) { return known }
        if refusedKinds.contains(kind) { throw Refusal(row: "P22") }
        throw .malformed(field: "kind", "one of \(EntryKind.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    private static func isRefused(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0x00..<0x20, 0x7F...0x9F, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0xFFF9...0xFFFB,
            0xE0000...0xE007F:
            true
        default: false
        }
    }

    /// Nearly all text is such, and needs no look at its scalars.
    private static func isPlain(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) || byte == 0x0A || byte == 0x09 }

    private static func carriesMark(_ bytes: [UInt8]) -> Bool {
        for (start, byte) in bytes.enumerated() where byte == 0x28 || byte == 0x53 || byte == 0x43 {
            if marks.contains(where: { bytes[start...].starts(with: $0) }) { return true }
        }
        return false
    }
}
