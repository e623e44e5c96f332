package import Cryptography
package import Policy
package import StrictJSON

/// An act on an agency's policy.
package enum JurisdictionAct: Hashable, Sendable {
    /// A liaison puts a version of his agency's policy before its counsel; judged when it is decided, for the asker's agency.
    case propose(JSONObject)
    /// Counsel puts it in force, from its day on; `note` says why where a text speaks of citizenship or immigration status.
    case activate(AgencyID, BundleReference, note: String?)
    case retire(AgencyID, BundleReference, reason: String)
    /// One agency's, or all.
    case list(AgencyID?)

    package var name: String {
        switch self {
        case .propose: "policy.propose"
        case .activate: "policy.activate"
        case .retire: "policy.retire"
        case .list: "policy.list"
        }
    }

    /// The version that it is about.
    var item: String? {
        switch self {
        case .propose(let form):
            form["id"]?.string.flatMap { id in
                form["version"]?.integer.flatMap { BundleReference("\(id)/\($0)")?.description }
            }
        case .activate(_, let reference, _), .retire(_, let reference, _): reference.description
        case .list: nil
        }
    }
}

/// What an agency's policy is asked without anything being done.
package struct JurisdictionHypothesis: Hashable, Sendable {
    /// Nil: the asker's own.
    package var agency: AgencyID?
    package var object: JurisdictionObject
    package var purpose: Purpose
    package var counterpart: AgencyID?
    package var instrument: Instrument

    init?(_ object: JSONObject?) throws(Refusal) {
        guard let read = object.map({ Parameters($0) }) else { return nil }
        agency = read.optionalString("agency") == nil ? nil : try read.agencyID("agency")
        self.object = try read.word("object", JurisdictionObject.self)
        purpose = try read.word("purpose", Purpose.self)
        counterpart = read.optionalString("counterpart") == nil ? nil : try read.agencyID("counterpart")
        instrument = read.optionalString("instrument") == nil ? .absent : try read.word("instrument", Instrument.self)
    }
}

/// What happened to an agency's policy; that a bundle was rejected is a refusal, and recorded as one.
package enum JurisdictionEvent: Hashable, Sendable {
    case proposed(JurisdictionBundle)
    case activated(Activation)
    case retired(AgencyID, BundleReference, reason: String)
    /// A liaison wants one that is in force to be ended.
    case retirementProposed(AgencyID, BundleReference, reason: String)

    /// What counsel put in force: by its digest, so that no other text can be meant.
    package struct Activation: Hashable, Sendable {
        package var agency: AgencyID
        package var reference: BundleReference
        package var digest: Digest
        package var citations: [String]
        package var effectiveAt: UTCTime
        package var note: String?
    }

    package var kind: String {
        switch self {
        case .proposed: "jurisdiction_policy.proposed"
        case .activated: "jurisdiction_policy.activated"
        case .retired: "jurisdiction_policy.retired"
        case .retirementProposed: "jurisdiction_policy.retirement_proposed"
        }
    }

    var item: String {
        switch self {
        case .proposed(let bundle): bundle.reference.description
        case .activated(let activation): activation.reference.description
        case .retired(_, let reference, _), .retirementProposed(_, let reference, _): reference.description
        }
    }

    /// The facts, and the texts that are parts of their own.
    var parts: (details: JSONObject, texts: [(String, String?)]) {
        switch self {
        case .proposed(let bundle):
            (
                [
                    "agency": .string(bundle.agency.text), "digest": .string(bundle.digest.hex),
                    "bundle": .object(bundle.json),
                ], []
            )
        case .activated(let activation):
            (
                [
                    "agency": .string(activation.agency.text), "version": .string(activation.reference.description),
                    "digest": .string(activation.digest.hex), "citations": .strings(activation.citations),
                    "effective": .integer(activation.effectiveAt.milliseconds),
                ], [("note", activation.note)]
            )
        case .retired(let agency, let reference, let reason),
            .retirementProposed(let agency, let reference, let reason):
            (["agency": .string(agency.text), "version": .string(reference.description)], [("reason", reason)])
        }
    }

    /// Reads the event back; nil if the kind is none of these.
    init?(_ kind: String, _ details: Fields, _ text: (String) -> String?) throws(EventFault) {
        func agency() throws(EventFault) -> AgencyID { try details.word("agency") { AgencyID($0) } }
        func version() throws(EventFault) -> BundleReference { try details.word("version") { BundleReference($0) } }
        func digest() throws(EventFault) -> Digest { try details.word("digest") { Digest(hex: $0) } }
        switch kind {
        case "jurisdiction_policy.proposed":
            let bundle = try details.bundle(of: try agency())
            guard bundle.digest == (try digest()) else { throw EventFault(message: "digest is another bundle's") }
            self = .proposed(bundle)
        case "jurisdiction_policy.activated":
            self = .activated(
                Activation(
                    agency: try agency(),
                    reference: try version(),
                    digest: try digest(),
                    citations: try details.strings("citations"),
                    effectiveAt: try details.time("effective"),
                    note: text("note")
                )
            )
        case "jurisdiction_policy.retired", "jurisdiction_policy.retirement_proposed":
            guard let reason = text("reason") else { throw EventFault(message: "the part reason is missing") }
            self =
                kind == "jurisdiction_policy.retired"
                ? .retired(try agency(), try version(), reason: reason)
                : .retirementProposed(try agency(), try version(), reason: reason)
        default: return nil
        }
    }
}

extension CaseworkState {
    mutating func evolve(_ policy: JurisdictionEvent, _ event: Event, _ place: StreamPosition) {
        switch policy {
        case .proposed(let bundle):
            guard let member = event.member else { return }
            jurisdiction.add(PolicyFile(bundle, by: member, at: place.recordedAt))
        case .activated(let activation):
            jurisdiction.change(activation.agency, activation.reference) { file in
                file.state = .activated
                file.counsel = event.member
            }
        case .retired(let agency, let reference, _):
            jurisdiction.change(agency, reference) { $0.state = .retired }
        case .retirementProposed(let agency, let reference, _):
            jurisdiction.change(agency, reference) { file in
                file.retirer = event.member
                file.retirementProposedAt = place.recordedAt
            }
        }
    }
}

extension Act {
    /// An act of `io.accord.Policy` on an agency's policy; nil for another method.
    static func jurisdictionAct(_ method: String, _ read: Parameters) throws(Refusal) -> JurisdictionAct? {
        func version() throws(Refusal) -> BundleReference {
            guard let reference = BundleReference(read.string("version")) else {
                throw .malformed(field: "version", "a bundle and its version, such as state-limits-A/2")
            }
            return reference
        }
        switch method {
        case "io.accord.Policy.ProposeBundle": return .propose(read.object["bundle"]?.object ?? [:])
        case "io.accord.Policy.ActivateBundle":
            return .activate(try read.agencyID("agency"), try version(), note: try read.optionalReason("note"))
        case "io.accord.Policy.RetireBundle":
            return .retire(try read.agencyID("agency"), try version(), reason: try read.reason("reason"))
        case "io.accord.Policy.ListBundles":
            return .list(read.optionalString("agency") == nil ? nil : try read.agencyID("agency"))
        default: return nil
        }
    }
}
