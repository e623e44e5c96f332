/// The carve-out of 8 USC 1373: no rule restricts, or pushes, what is said of citizenship or immigration status.
///
/// The closed words cannot express such a rule. This finds the attempt, so that it is refused as what it is, and texts that speak
/// of it, so that counsel says why (domain.md 2.6).
package enum CarveOut {
    /// Letters alone, so that spelling with hyphens, spaces or full stops makes no difference.
    private static let words = [
        "citizenship", "immigrationstatus", "immigrantstatus", "alienstatus", "legalstatus", "lawfulstatus",
        "lawfulpresence", "alienage", "nationality",
    ].map { Array($0.utf8) }

    /// Whether a word or a text speaks of citizenship or immigration status.
    package static func isMentioned(in text: String) -> Bool {
        let letters = text.utf8.compactMap { (byte: UInt8) -> UInt8? in
            switch byte {
            case 0x41...0x5A: byte | 0x20
            case 0x61...0x7A: byte
            default: nil
            }
        }
        return words.contains { word in
            letters.indices.contains { letters[$0...].starts(with: word) }
        }
    }

    /// The places of a bundle whose texts speak of it, such as `rules[2].message`.
    package static func mentions(in bundle: JurisdictionBundle) -> [String] {
        var places: [String] = []
        func look(_ text: String, _ place: String) { if isMentioned(in: text) { places.append(place) } }
        look(bundle.id, "id")
        look(bundle.title, "title")
        for (index, text) in bundle.citations.enumerated() { look(text, "citations[\(index)]") }
        for (index, rule) in bundle.rules.enumerated() {
            look(rule.id, "rules[\(index)].id")
            look(rule.citation, "rules[\(index)].citation")
            look(rule.message, "rules[\(index)].message")
        }
        return places
    }
}
