package import Cryptography
package import StrictJSON

/// A version of an agency's policy, such as `state-limits-A/2`.
package struct BundleReference: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Such as `state-limits-A`; an agency may have several in force at a time, and the strictest answer of all counts.
    package let id: String
    package let version: Int64

    package init(id: String, version: Int64) {
        self.id = id
        self.version = version
    }

    /// Nil unless it is a name, a stroke and a number.
    package init?(_ text: String) {
        let halves = text.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
        guard halves.count == 2, let id = String(halves[0]), Self.isName(id), let number = String(halves[1]),
            number.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let version = Int64(number),
            Self.versions.contains(version)
        else { return nil }
        self.init(id: id, version: version)
    }

    /// Versions of one bundle follow each other; the highest that is effective is in force.
    static let versions: ClosedRange<Int64> = 1...999_999

    /// 2 to 48 letters, digits and hyphens, beginning with a letter.
    static func isName(_ text: String) -> Bool {
        let bytes = text.utf8
        func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
        guard (2...48).contains(bytes.count), let first = bytes.first, isLetter(first) else { return false }
        return bytes.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    package static func < (left: BundleReference, right: BundleReference) -> Bool {
        (left.id, left.version) < (right.id, right.version)
    }

    package var description: String { "\(id)/\(version)" }
}

/// An agency's own policy in one version: rules with their sources, and from when until when they hold.
///
/// ``JurisdictionForm`` reads one; nothing else makes one of what came from outside.
package struct JurisdictionBundle: Hashable, Sendable {
    package var agency: AgencyID
    package var id: String
    package var version: Int64
    package var title: String
    /// The laws, orders and directives that it rests on.
    package var citations: [String]
    package var effectiveAt: UTCTime
    /// Nil: until it is retired, or a later version is in force.
    package var expiresAt: UTCTime?
    /// Hours of business days until an inquiry or a request about custody lapses, where the agency's law gives fewer than 48.
    package var custodyHours: Int64?
    /// What the agency's law has it report of each year, each with its day in the next.
    package var annualReports: [AnnualReport]
    /// Days until a certification for a victim is signed or declined, where the agency's law sets others than 30.
    package var certificationDays: Int64?
    /// Hours until clocks run out that the agency's law has run out sooner than is usual.
    package var deadlines: [ShortenedClock: Int64]
    package var rules: [JurisdictionRule]

    package init(
        agency: AgencyID,
        id: String,
        version: Int64,
        title: String,
        citations: [String],
        effectiveAt: UTCTime,
        expiresAt: UTCTime? = nil,
        custodyHours: Int64? = nil,
        annualReports: [AnnualReport] = [],
        certificationDays: Int64? = nil,
        deadlines: [ShortenedClock: Int64] = [:],
        rules: [JurisdictionRule]
    ) {
        self.agency = agency
        self.id = id
        self.version = version
        self.title = title
        self.citations = citations
        self.effectiveAt = effectiveAt
        self.expiresAt = expiresAt
        self.custodyHours = custodyHours
        self.annualReports = annualReports
        self.certificationDays = certificationDays
        self.deadlines = deadlines
        self.rules = rules
    }

    package var reference: BundleReference { BundleReference(id: id, version: version) }

    package func isEffective(_ now: UTCTime) -> Bool {
        effectiveAt <= now && (expiresAt.map { now < $0 } ?? true)
    }

    /// Over the canonical form (RFC 8785) of the agency and ``json``: what liaison and counsel agreed on, and what lines of the
    /// record name.
    package var digest: Digest {
        let value: JSONObject = ["agency": .string(agency.text), "bundle": .object(json)]
        // Each integer of it is small and each text was checked: there is no value without a canonical form.
        return Digest.sha256((try? value.canonical()) ?? [])
    }

    /// One form for the wire and the record, which ``JurisdictionForm`` reads.
    package var json: JSONObject {
        JSONObject(
            present: [
                ("id", .string(id)), ("version", .integer(version)), ("title", .string(title)),
                ("citations", .array(citations.map { .string($0) })), ("effective", effectiveAt.wire),
                ("expires", expiresAt?.wire), ("custodyHours", custodyHours.map { .integer($0) }),
                ("annualReports", annualReports.isEmpty ? nil : .array(annualReports.map { .object($0.json) })),
                ("certificationDays", certificationDays.map { .integer($0) }),
                ("deadlines", ShortenedClock.json(deadlines)),
                ("rules", .array(rules.map { .object($0.json) })),
            ]
        )
    }
}

extension Sequence<JurisdictionBundle> {
    /// Of each name of each agency the highest version whose day has come and which has not expired, in order.
    ///
    /// Where a version has an end, the one before it holds again from then on: a law is not gone because a change of it is.
    package func inForce(_ now: UTCTime) -> [JurisdictionBundle] {
        var newest: [String: JurisdictionBundle] = [:]
        for bundle in self where bundle.isEffective(now) {
            let name = "\(bundle.agency) \(bundle.id)"
            if let other = newest[name], other.version > bundle.version { continue }
            newest[name] = bundle
        }
        return newest.values.sorted { ($0.agency, $0.reference) < ($1.agency, $1.reference) }
    }
}

extension JurisdictionRule {
    /// Lists in the order of the vocabulary, so that one meaning has one digest.
    package var json: JSONObject {
        let whom = JSONObject(
            present: [
                ("agencies", .words(counterpart.agencies.sorted().map(\.text))),
                ("missions", .words(Mission.allCases.filter(counterpart.missions.contains).map(\.rawValue))),
                ("levels", .words(AgencyLevel.allCases.filter(counterpart.levels.contains).map(\.rawValue))),
            ]
        )
        return JSONObject(
            present: [
                ("id", .string(id)), ("effect", .string(effect.rawValue)), ("object", .string(object.rawValue)),
                ("purposes", .words(Purpose.allCases.filter(purposes.contains).map(\.rawValue))),
                ("counterpart", whom.isEmpty ? nil : .object(whom)),
                ("instruments", .words(Instrument.allCases.filter(instruments.contains).map(\.rawValue))),
                ("conditions", .words(JurisdictionCondition.inOrder(conditions).map(\.rawValue))),
                ("citation", .string(citation)), ("message", .string(message)), ("effective", effectiveAt?.wire),
                ("expires", expiresAt?.wire),
            ]
        )
    }
}

extension JSONObject {
    /// With what is nil left out.
    fileprivate init(present members: [(String, JSONValue?)]) {
        self.init(members.compactMap { key, value in value.map { (key, $0) } })
    }
}

extension JSONValue {
    /// Nil if there is none: what restricts nothing is not written.
    fileprivate static func words(_ list: [String]) -> JSONValue? {
        list.isEmpty ? nil : .array(list.map { .string($0) })
    }
}

extension UTCTime {
    /// In microseconds, as everywhere on the wire.
    fileprivate var wire: JSONValue { .integer(milliseconds * 1_000) }
}
