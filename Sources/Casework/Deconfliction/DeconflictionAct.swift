package import Deconfliction
package import Policy

/// A planned event that is submitted; words that name a case or a declaration are as the asker wrote them.
package struct EventProposal: Hashable, Sendable {
    package var caseName: String?
    package var terms: EventTerms
    package var place: PlaceAndTime
    /// A declaration such as `U-48291374` that it could not be submitted in time.
    package var exigency: String?
}

/// A target that is submitted: one identifier, and why it may be (28 CFR 23.20).
package struct TargetProposal: Hashable, Sendable {
    package var caseName: String?
    package var kind: Deconfliction.Identifier.Kind
    /// One; more are a list, and refused as such.
    package var values: [String]
    package var qualifier: String?
    package var level: ReleaseLevel
    package var activity: CriminalActivity?
    package var basis: String?
    package var subject: String?
    package var role: SubjectRole
    package var contact: String?
    package var validUntil: UTCTime?
}

/// An act of deconfliction; the first `String` is what the asker calls a submission or a conflict.
package enum DeconflictionAct: Hashable, Sendable {
    case submitEvent(EventProposal)
    case amendEvent(String, PlaceAndTime, exigency: String?, reason: String)
    case cancelEvent(String, reason: String)
    case completeEvent(String)
    case declareExigent(caseName: String?, operation: String?, reason: String, approver: MemberID)
    /// Whom a declaration names as who concurs says so himself, or disputes it.
    case concur(String, agrees: Bool, note: String?)
    case submitTarget(TargetProposal)
    case validateTarget(String, until: UTCTime?, basis: String)
    case withdrawTarget(String, reason: String)
    case acknowledge(String)
    case resolve(String, ConflictOutcome, note: String?)
    case show(String)

    package var name: String {
        switch self {
        case .submitEvent: "decon.submit-event"
        case .amendEvent: "decon.amend-event"
        case .cancelEvent: "decon.cancel-event"
        case .completeEvent: "decon.complete-event"
        case .declareExigent: "decon.exigent"
        case .concur: "decon.concur"
        case .submitTarget: "decon.submit-target"
        case .validateTarget: "decon.validate-target"
        case .withdrawTarget: "decon.withdraw-target"
        case .acknowledge: "decon.acknowledge"
        case .resolve: "decon.resolve"
        case .show: "decon.show"
        }
    }

    /// The submission or conflict that it is about, in its usual form; nil where there is none.
    var item: String? {
        switch self {
        case .amendEvent(let text, _, _, _), .cancelEvent(let text, _), .completeEvent(let text):
            Reference.number(text, letter: "V").map { "V-\($0)" }
        case .concur(let text, _, _): Reference.number(text, letter: "U").map { "U-\($0)" }
        case .validateTarget(let text, _, _), .withdrawTarget(let text, _):
            Reference.number(text, letter: "I").map { "I-\($0)" }
        case .acknowledge(let text), .resolve(let text, _, _): Reference.number(text, letter: "X").map { "X-\($0)" }
        case .show(let text): Reference.deconfliction(text).map { "\($0.letter)-\($0.number)" }
        case .submitEvent, .declareExigent, .submitTarget: nil
        }
    }

    /// Whether it makes something that goes by a number which is drawn.
    var drawsNumber: Bool {
        switch self {
        case .submitEvent, .declareExigent, .submitTarget: true
        default: false
        }
    }
}

extension DeconflictionAct {
    /// The act that an event tells of; nil for what the daemon does by itself, and where a place or an identifier was removed.
    init?(recorded event: DeconflictionEvent) {
        switch event {
        case .eventSubmitted(_, let terms, let place, let caseID, let exigency):
            guard place.points != nil else { return nil }
            self = .submitEvent(
                EventProposal(
                    caseName: caseID?.hex,
                    terms: terms,
                    place: place,
                    exigency: exigency.map { "U-\($0)" }
                )
            )
        case .eventAmended(let number, let change, let exigency, let reason):
            guard change != PlaceAndTime() else { return nil }
            self = .amendEvent("V-\(number)", change, exigency: exigency.map { "U-\($0)" }, reason: reason)
        case .eventCancelled(let number, let reason): self = .cancelEvent("V-\(number)", reason: reason)
        case .eventCompleted(let number): self = .completeEvent("V-\(number)")
        case .exigentDeclared(_, let caseID, let operation, let reason, let approver):
            self = .declareExigent(caseName: caseID?.hex, operation: operation, reason: reason, approver: approver)
        case .concurred(let number, let agrees, let note):
            // Why somebody disputes may have been removed, and is nothing that rules decide.
            self = .concur("U-\(number)", agrees: agrees, note: agrees ? note : note ?? "")
        case .targetValidated(let number, let until, let basis):
            self = .validateTarget("I-\(number)", until: until, basis: basis)
        case .targetWithdrawn(let number, let reason): self = .withdrawTarget("I-\(number)", reason: reason)
        case .acknowledged(let number, _, false): self = .acknowledge("X-\(number)")
        case .resolved(let number, _, let outcome, _, false, let note):
            self = .resolve("X-\(number)", outcome, note: note)
        case .targetSubmitted(_, let terms, let caseID, _, _, let basis, let value, let qualifier):
            guard !value.isEmpty else { return nil }
            self = .submitTarget(
                TargetProposal(
                    caseName: caseID?.hex,
                    kind: terms.kind,
                    values: [value],
                    qualifier: qualifier,
                    level: terms.level,
                    activity: terms.activity,
                    basis: basis,
                    subject: terms.subject,
                    role: terms.role,
                    contact: terms.contact,
                    validUntil: terms.validUntil
                )
            )
        case .hitFound, .notified, .noticeWithdrawn, .acknowledged, .resolved: return nil
        }
    }
}

extension Reference {
    /// A submission, a conflict or a declaration: `V-48291374`, `I-`, `X-` or `U-`.
    static func deconfliction(_ text: String) -> (letter: Character, number: Int64)? {
        guard let letter = text.first?.uppercased().first, "VIXU".contains(letter),
            let number = number(text, letter: letter)
        else { return nil }
        return (letter, number)
    }
}

extension DeconflictionAct {
    /// Whether it settles or takes back what is there, and asks for nothing.
    var settles: Bool {
        switch self {
        case .cancelEvent, .completeEvent, .withdrawTarget, .acknowledge, .resolve, .concur, .show: true
        case .submitEvent, .amendEvent, .declareExigent, .submitTarget, .validateTarget: false
        }
    }

    /// The missions of whoever may ask: people of other agencies meet no raids, and look for nobody (28 CFR 23.20(e); domain.md 6.3).
    var missions: Set<Mission> {
        switch self {
        // A component for civil enforcement alone is told so by a rule of its own.
        case .submitTarget, .validateTarget: [.criminal, .civilImmigration]
        default: [.criminal, .custody, .regulatory, .civilImmigration]
        }
    }
}

extension Mission {
    /// In the order of the vocabulary, such as `criminal or custody`.
    static func words(_ missions: Set<Mission>) -> String {
        allCases.filter(missions.contains).map(\.rawValue).joined(separator: " or ")
    }
}
