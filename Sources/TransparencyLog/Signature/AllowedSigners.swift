public import Cryptography

/// Which key could sign for whom, and when: the file `allowed_signers` of `ssh-keygen -Y verify`, in one spelling.
///
/// Times are UTC and whole seconds, as the file has them, and both ends belong to the term.
public struct AllowedSigners: Hashable, Sendable {
    /// The name of the file in a bundle.
    public static let fileName = "allowed_signers"

    /// A key, for the time in which it was one member's.
    public struct Term: Hashable, Sendable {
        /// The member's handle.
        public let member: String
        /// The first second, as 14 digits: `20310303090000`.
        public let from: String
        /// The last second; nil while there is none.
        public let until: String?
        /// The key.
        public let key: SSHPublicKey

        /// A term; times in milliseconds since the UNIX epoch.
        ///
        /// It lasts a second at least: `ssh-keygen` takes no line whose last second is its first.
        public init(member: String, from: Int64, until: Int64?, key: SSHPublicKey) {
            self.init(
                member: member,
                from: AllowedSigners.second(of: from),
                until: until.map { AllowedSigners.second(of: max($0, from + 1_000)) },
                key: key
            )
        }

        init(member: String, from: String, until: String?, key: SSHPublicKey) {
            self.member = member
            self.from = from
            self.until = until
            self.key = key
        }
    }

    /// What the signatures are for, see ``AuthorSignature/namespace(ofLog:)``.
    public let namespace: String
    /// In the order of the file.
    public let terms: [Term]
    private let places: [String: [Int]]

    /// The file of some terms, in its order.
    public init(namespace: String, terms: [Term]) {
        self.namespace = namespace
        let ordered = terms.map { (line: Self.line($0, namespace), term: $0) }
            .sorted { $0.line.utf8.lexicographicallyPrecedes($1.line.utf8) }
            .map(\.term)
        self.terms = ordered
        places = Dictionary(grouping: ordered.indices) { ordered[$0].key.fingerprint }
    }

    /// Reads a file in the spelling of ``encoded``; nil if it is in any other.
    public init?(parsing bytes: [UInt8]) {
        var terms: [Term] = []
        var namespace = ""
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count == 3, let key = try? SSHPublicKey(authorizedKey: words[2]) else { return nil }
            let times = words[1].split(separator: "\"").map(String.init)
            guard times.count == 4 || times.count == 6,
                [3, 5].allSatisfy({ $0 >= times.count || Self.isSecond(times[$0].dropLast()) })
            else { return nil }
            namespace = times[1]
            terms.append(
                Term(
                    member: words[0],
                    from: String(times[3].dropLast()),
                    until: times.count == 6 ? String(times[5].dropLast()) : nil,
                    key: key
                )
            )
        }
        self.init(namespace: namespace, terms: terms)
        guard encoded == bytes, Set(terms).count == terms.count else { return nil }
    }

    private static func isSecond(_ text: Substring) -> Bool {
        text.utf8.count == 14 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// The bytes of the file.
    public var encoded: [UInt8] { terms.flatMap { Array("\(Self.line($0, namespace))\n".utf8) } }

    private static func line(_ term: Term, _ namespace: String) -> String {
        let end = term.until.map { ",valid-before=\"\($0)Z\"" } ?? ""
        return
            "\(term.member) namespaces=\"\(namespace)\",valid-after=\"\(term.from)Z\"\(end) \(term.key.authorizedKeyText)"
    }

    /// Whether a key was a member's at a time in milliseconds since the UNIX epoch.
    public func permits(_ fingerprint: String, of member: String, at time: Int64) -> Bool {
        let second = Self.second(of: time)
        return places[fingerprint, default: []].contains { place in
            let term = terms[place]
            return term.member == member && term.from <= second && (term.until.map { second <= $0 } ?? true)
        }
    }

    /// Whether a term stands here as well: the same key, the same member's, from the same second on.
    ///
    /// One of two files may have been made before the key was revoked, and not know of that.
    public func confirms(_ term: Term) -> Bool {
        places[term.key.fingerprint, default: []].contains { place in
            let own = terms[place]
            let isSameEnd = own.until == nil || term.until == nil || own.until == term.until
            return own.member == term.member && own.from == term.from && isSameEnd
        }
    }

    /// Whether a key is not named here, so that nothing is said of whose it is.
    public func isSilent(about fingerprint: String) -> Bool { places[fingerprint] == nil }

    /// Whether a term may have begun since this file was made: its key is not named here, or was nobody's any more by then.
    public func mayPrecede(_ term: Term) -> Bool {
        places[term.key.fingerprint, default: []].allSatisfy { place in
            terms[place].until.map { $0 <= term.from } ?? false
        }
    }

    /// A time in milliseconds since the UNIX epoch as `ssh-keygen -O verify-time` takes it, without the `Z`: 14 digits.
    public static func second(of time: Int64) -> String {
        let seconds = max(0, min(time / 1_000, 253_402_300_799))
        // The civil calendar, counted from 1 March of the year 0, so that the leap day is a year's last.
        let days = seconds / 86_400 + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let fields: [(Int64, Int)] = [
            (era * 400 + yearOfEra + (month < 10 ? 0 : 1), 4), (month < 10 ? month + 3 : month - 9, 2),
            (dayOfYear - (153 * month + 2) / 5 + 1, 2), (seconds / 3_600 % 24, 2), (seconds / 60 % 60, 2),
            (seconds % 60, 2),
        ]
        return fields.map { value, width in
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }.joined()
    }
}
