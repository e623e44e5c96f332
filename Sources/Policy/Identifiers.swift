/// Text that became an identifier once, at the door: ASCII, compared as bytes.
package protocol Identifier: Hashable, Sendable, Comparable, CustomStringConvertible {
    var text: String { get }
    init?(_ text: String)
}

// Each identifier is ASCII, of which every character is its own canonical form: text and bytes compare alike, and text is the
// faster of the two by far (a decision looks up a dozen of them).
extension Identifier {
    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    package var description: String { text }
}

/// A component of an agency, such as `MPD-VT`.
package struct AgencyID: Identifier {
    package let text: String

    /// Nil unless it is 2 to 24 of A-Z, 0-9 and hyphen, beginning with a letter.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard (2...24).contains(bytes.count), let first = bytes.first, (0x41...0x5A).contains(first),
            bytes.allSatisfy({ (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
        else { return nil }
        self.text = text
    }
}

/// A role handle such as `agent.mpd1`; never a person's name.
package struct MemberID: Identifier {
    package let text: String

    /// Nil unless it is two or more words of a-z, 0-9 and hyphen, joined by full stops, at most 48 bytes.
    package init?(_ text: String) {
        var words = 1
        var length = 0
        for byte in text.utf8 {
            switch byte {
            case 0x61...0x7A, 0x30...0x39, 0x2D: length += 1
            case 0x2E where length > 0: (words, length) = (words + 1, 0)
            default: return nil
            }
        }
        guard text.utf8.count <= 48, words >= 2, length > 0, let first = text.utf8.first, (0x61...0x7A).contains(first)
        else { return nil }
        self.text = text
    }
}

/// An agreement (MOU) such as `MOU-31-01`.
package struct AgreementID: Identifier {
    package let text: String

    /// Nil unless it is 3 to 32 of A-Z, 0-9 and hyphen.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard (3...32).contains(bytes.count), bytes.first != 0x2D,
            bytes.allSatisfy({ (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
        else { return nil }
        self.text = text
    }
}
