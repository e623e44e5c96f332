package import Cryptography
package import Policy
package import StrictJSON

/// A version of an agency's policy, from its proposal to its retirement.
package struct PolicyFile: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        case proposed
        /// In force from its day on, as long as no later version is.
        case activated
        case retired
    }

    package let bundle: JurisdictionBundle
    package let proposer: MemberID
    package let proposedAt: UTCTime
    package var state = State.proposed
    package var counsel: MemberID?
    /// The liaison who wants it ended, for counsel to decide.
    var retirer: MemberID?
    /// When he said so.
    var retirementProposedAt: UTCTime?

    init(_ bundle: JurisdictionBundle, by proposer: MemberID, at proposedAt: UTCTime) {
        self.bundle = bundle
        self.proposer = proposer
        self.proposedAt = proposedAt
    }

    /// As the interface shows it (`type Bundle`).
    package func json(_ now: UTCTime, isInForce: Bool) -> JSONObject {
        .present([
            ("agency", .string(bundle.agency.text)), ("bundle", .object(bundle.json)),
            ("digest", .string(bundle.digest.hex)), ("state", .string(word(now, isInForce))),
            ("proposer", .string(proposer.text)), ("counsel", counsel.map { .string($0.text) }),
        ])
    }

    private func word(_ now: UTCTime, _ isInForce: Bool) -> String {
        guard state == .activated else { return state.rawValue }
        if isInForce { return "in-force" }
        return now < bundle.effectiveAt ? "activated" : bundle.isEffective(now) ? "superseded" : "expired"
    }
}

/// The policies of all agencies: few, read with every decision that meets one, and rarely changed.
package struct Jurisdictions: Hashable, Sendable {
    private(set) var files: [AgencyID: [PolicyFile]] = [:]
    /// Of the table of rules and of all that is activated: on every line of the record, so that a past decision can be judged again
    /// under its own policy.
    ///
    /// Without any activated bundle it is the table's own digest. Else it is the SHA-256 of one line for the table's digest and one for
    /// each bundle, `AGENCY ID/VERSION DIGEST`, sorted. From when until when a bundle holds is in its digest, so that time alone changes
    /// nothing here.
    package private(set) var digest = RuleTable.digest

    init() {}

    var isEmpty: Bool { files.isEmpty }

    /// In the order of agencies, bundles and versions.
    package var inOrder: [PolicyFile] {
        files.values.flatMap(\.self).sorted {
            ($0.bundle.agency, $0.bundle.reference) < ($1.bundle.agency, $1.bundle.reference)
        }
    }

    package func file(_ agency: AgencyID, _ reference: BundleReference) -> PolicyFile? {
        files[agency]?.first { $0.bundle.reference == reference }
    }

    /// The bundles of an agency that are in force: of each the highest version whose day has come and which has not expired.
    package func inForce(of agency: AgencyID, _ now: UTCTime) -> [JurisdictionBundle] {
        guard let files = files[agency] else { return [] }
        return files.lazy.filter { $0.state == .activated }.map(\.bundle).inForce(now)
    }

    /// Whether an agency ever proposed a policy.
    func file(of agency: AgencyID) -> Bool { files[agency] != nil }

    /// The highest version that was ever proposed under a name.
    func newestVersion(of id: String, _ agency: AgencyID) -> Int64 {
        (files[agency] ?? []).filter { $0.bundle.id == id }.map(\.bundle.version).max() ?? 0
    }

    mutating func add(_ file: PolicyFile) {
        files[file.bundle.agency, default: []].append(file)
        digest = sum
    }

    mutating func change(_ agency: AgencyID, _ reference: BundleReference, _ body: (inout PolicyFile) -> Void) {
        guard let index = files[agency]?.firstIndex(where: { $0.bundle.reference == reference }) else { return }
        if var list = files.removeValue(forKey: agency) {
            body(&list[index])
            files[agency] = list
        }
        digest = sum
    }

    private var sum: Digest {
        let activated = inOrder.filter { $0.state == .activated }
        guard !activated.isEmpty else { return RuleTable.digest }
        let lines = activated.map { "\($0.bundle.agency) \($0.bundle.reference) \($0.bundle.digest.hex)" }
        return Digest.sha256(Array(([RuleTable.digest.hex] + lines).map { "\($0)\n" }.joined().utf8))
    }

    // MARK: Snapshot

    var record: JSONValue {
        .array(
            inOrder.map { file in
                .object(
                    .present([
                        ("agency", .string(file.bundle.agency.text)), ("bundle", .object(file.bundle.json)),
                        ("state", .string(file.state.rawValue)), ("proposer", .string(file.proposer.text)),
                        ("proposed_at", .integer(file.proposedAt.milliseconds)),
                        ("counsel", file.counsel.map { .string($0.text) }),
                        ("retirer", file.retirer.map { .string($0.text) }),
                        ("retirement_proposed_at", file.retirementProposedAt.map { .integer($0.milliseconds) }),
                    ])
                )
            }
        )
    }

    /// Nil is a state that was kept by an earlier version: it knows of none, and there were none.
    init(_ value: JSONValue?) throws(EventFault) {
        for value in value?.array ?? [] {
            let fields = try Fields(value)
            var file = PolicyFile(
                try fields.bundle(of: try fields.word("agency") { AgencyID($0) }),
                by: try fields.word("proposer") { MemberID($0) },
                at: try fields.time("proposed_at")
            )
            file.state = try fields.word("state") { PolicyFile.State(rawValue: $0) }
            file.counsel = fields.optionalString("counsel").flatMap { MemberID($0) }
            file.retirer = fields.optionalString("retirer").flatMap { MemberID($0) }
            if fields.object["retirement_proposed_at"] != nil {
                file.retirementProposedAt = try fields.time("retirement_proposed_at")
            }
            files[file.bundle.agency, default: []].append(file)
        }
        digest = sum
    }
}

extension Fields {
    func bundle(of agency: AgencyID) throws(EventFault) -> JurisdictionBundle {
        guard let object = object["bundle"]?.object else { throw EventFault(message: "bundle is missing") }
        do throws(JurisdictionFault) {
            return try JurisdictionForm.bundle(object, of: agency)
        } catch {
            throw EventFault(message: "bundle: \(error)")
        }
    }
}
