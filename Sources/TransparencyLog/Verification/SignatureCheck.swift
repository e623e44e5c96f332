import Cryptography

/// What a line says of keys and signatures, told of it alone.
struct LineSigning: Sendable {
    indirect enum Attestor: Sendable {
        /// The daemon vouches for who spoke.
        case daemon
        /// The author signed; whether the key was his, the line alone does not tell.
        case author(SSHPublicKey, fingerprint: String, member: String, nonce: Nonce)
        /// There is a signature, and it is not the author's.
        case nobody(AuthorSignature.Fault)
    }

    var attestor = Attestor.daemon
    /// The head that its author signed to have seen; nil if no author signed.
    var saw: (size: UInt64, root: Digest)?
    var registration: KeyRegistration?

    init() {}

    init(_ scan: borrowing LineScan, _ evidence: borrowing LineEvidence) {
        if scan.layout.signature != nil { saw = scan.saw }
        do throws(AuthorSignature.Fault) {
            if let signature = try scan.authorSignature() {
                attestor = .author(
                    signature.key,
                    fingerprint: scan.by,
                    member: scan.text(scan.layout.member),
                    nonce: scan.nonce
                )
            }
        } catch {
            attestor = .nobody(error)
        }
        guard scan.outcome == .accepted,
            [UInt8(ascii: "u"), UInt8(ascii: "p")].contains(scan.bytes[scan.layout.kind.lowerBound])
        else { return }
        let kind = scan.kind
        guard SignerHistory.concerns(kind: kind) else { return }
        let here = evidence.files(listedIn: scan.parts)
        registration = KeyRegistration(kind: kind, details: here.details, isHere: !here.isEmpty)
    }
}

/// An event that says who holds a key: few lines are one, so that it lies by itself.
final class KeyRegistration: Sendable {
    let kind: String
    /// Nil if they are not at hand.
    let details: Part?
    /// Whether anything of it is at hand.
    let isHere: Bool

    init(kind: String, details: Part?, isHere: Bool) {
        self.kind = kind
        self.details = details
        self.isHere = isHere
    }
}

/// Whose signatures stand under the statements, and whether the keys were theirs when they signed.
///
/// A whole record tells that itself, by the events that enrol and revoke keys. Where it lacks one, a file of its own is no
/// stand-in for it: whoever took the event away could have written the file. A case has no such events, and is judged by
/// the copy's file of allowed signers.
struct SignatureCheck: Sendable {
    private struct Once: Hashable {
        let signer: Int
        let nonce: Nonce
    }

    private let scope: RecordVerifier.Scope
    private let origin: String?
    private let bytes: [UInt8]?
    private let file: AllowedSigners?
    /// What the reader has from elsewhere.
    private let held: AllowedSigners?
    private var history = SignerHistory()
    private var signers: [String: Int] = [:]
    private var seen: Set<Once> = []
    /// Events that say who holds a key and are not here to be read.
    private var unread: UInt64 = 0
    /// Of these, nothing is here.
    private var gone: UInt64 = 0
    private var good: UInt64 = 0
    private var unknown: UInt64 = 0
    private var signed: UInt64 = 0
    private var vouched: UInt64 = 0
    /// Lines that do not tell what was done, unsigned by somebody of whom a rule asks for signatures.
    private var unspoken: UInt64 = 0
    /// Files that belong to signatures: changed, taken out, and belonging to no line.
    var altered: UInt64 = 0
    var missing: UInt64 = 0
    var unlisted: UInt64 = 0

    init(_ scope: RecordVerifier.Scope, origin: String?, file bytes: [UInt8]?, held: AllowedSigners?) {
        self.scope = scope
        self.origin = origin
        self.bytes = bytes
        self.held = held
        file = bytes == nil ? held : bytes.flatMap { AllowedSigners(parsing: $0) }
    }

    /// Whether the record itself told so far who held which key.
    private var isDerived: Bool { scope == .record && unread == 0 }

    /// Whether that is what the reader holds.
    private var isStatedByReader: Bool { held != nil && (scope == .record || bytes == nil) }

    /// The terms of this copy that the file which the reader holds does not know.
    private var unconfirmed: [AllowedSigners.Term] {
        guard let held, let origin else { return [] }
        return (isDerived ? history.allowedSigners(ofLog: origin).terms : file?.terms ?? []).filter {
            !held.confirms($0)
        }
    }

    /// What tells whose the keys were where the record itself does not.
    private var stated: AllowedSigners? { scope == .record ? held : file }

    /// Whether the file lists a key for a member at a time, and for statements of this log.
    private func lists(_ fingerprint: String, _ member: String, at time: Int64) -> Bool {
        guard let file = stated, file.permits(fingerprint, of: member, at: time) else { return false }
        return origin.map { file.namespace == AuthorSignature.namespace(ofLog: $0) } ?? true
    }

    mutating func take(
        _ line: LineSigning,
        at number: UInt64,
        _ place: LineInspection.Place,
        _ findings: inout Findings
    ) {
        let recordedAt = place.recordedAt
        switch line.attestor {
        case .daemon:
            vouched += 1
            guard place.isByMember, place.isDone else { break }
            if isToBeSigned(line, place) { findings.add(.signatureMissing, at: number) }
            if isUnspoken(place) { unspoken += 1 }
        case .nobody(let fault):
            signed += 1
            findings.add(Self.kind(of: fault), at: number)
        case .author(let key, let fingerprint, let member, let nonce):
            signed += 1
            history.note(key, fingerprint)
            let signer = signers[fingerprint] ?? signers.count
            signers[fingerprint] = signer
            if !seen.insert(Once(signer: signer, nonce: nonce)).inserted {
                findings.add(.signatureReplayed, at: number)
            }
            if !isDerived, stated == nil {
                unknown += 1
            } else if isDerived ? history.holds(fingerprint, member) : lists(fingerprint, member, at: recordedAt) {
                good += 1
            } else if !isDerived, isStatedByReader, stated?.isSilent(about: fingerprint) ?? true {
                unknown += 1
            } else {
                findings.add(.signerNotEnrolled, at: number)
            }
        }
        guard let event = line.registration else { return }
        if event.details.map({ history.follow(event.kind, $0, at: recordedAt) }) ?? false { return }
        unread += 1
        if event.isHere { findings.add(.keyEventMalformed, at: number) } else { gone += 1 }
    }

    /// Whether a rule of policy asked for the author's signature, as far as the record tells it.
    private func isToBeSigned(_ line: LineSigning, _ place: LineInspection.Place) -> Bool {
        if let kind = line.registration?.kind, SignerHistory.isRule(kind: kind) { return true }
        guard history.hasRules else { return false }
        if let event = line.registration,
            history.isFirstKey(event.kind, event.details, by: place.text(place.member))
        {
            return false
        }
        return history.requiresSignature(
            on: place.text(place.kind),
            of: place.text(place.agency),
            as: place.text(place.role)
        )
    }

    /// Whether a rule may have asked for the author's signature, and the line does not tell.
    private func isUnspoken(_ place: LineInspection.Place) -> Bool {
        history.hasRules && place.text(place.kind) == SignerHistory.unspoken
            && history.concerns(agency: place.text(place.agency), role: place.text(place.role))
    }

    private static func kind(of fault: AuthorSignature.Fault) -> Findings.Kind {
        switch fault {
        case .anotherKey: .signatureByAnotherKey
        case .anotherLog: .signatureForAnotherLog
        case .wrong: .signatureWrong
        }
    }

    /// What was found beside the lines.
    var others: [Finding] {
        var found: [Finding] = []
        func add(_ word: String, _ count: UInt64) {
            if count > 0 { found.append(Finding(word: word, count: count, first: nil)) }
        }
        if bytes != nil, file == nil { add("signers-malformed", 1) }
        if let file, let origin, bytes != nil {
            let isOther = !file.terms.isEmpty && file.namespace != AuthorSignature.namespace(ofLog: origin)
            let isDifferent = isDerived && history.allowedSigners(ofLog: origin).terms != file.terms
            if isOther || isDifferent { add("signers-differ", 1) }
        }
        if let held, let origin {
            let isOther = !held.terms.isEmpty && held.namespace != AuthorSignature.namespace(ofLog: origin)
            add("signers-contradicted", UInt64(unconfirmed.count { !held.mayPrecede($0) }) + (isOther ? 1 : 0))
        }
        add("signature-file-altered", altered)
        add("signature-file-missing", missing)
        add("signature-file-unlisted", unlisted)
        return found
    }

    /// What is said where nothing is wrong, and what a reader should know besides.
    func verdicts(isSound: Bool) -> [Verdict] {
        func verdict(_ result: Verdict.Result, _ finding: String?, _ count: UInt64, _ message: String) -> Verdict {
            Verdict(check: "SIGNATURES", result: result, finding: finding, count: count, message: message)
        }
        var all: [Verdict] = []
        if gone > 0, bytes == nil {
            // Lines alone, or tiles, have no such files.
            let message =
                "These are lines without the events that say who holds a key and what is to be signed: a bundle has them."
            all.append(verdict(.notice, "key-events-elsewhere", gone, message))
        } else if gone > 0 {
            let message =
                "Events that say who holds a key, or what is to be signed, are not here: whether all that they ask for was signed cannot be told."
            all.append(verdict(.skipped, "key-events-missing", gone, message))
        }
        if scope == .oneCase, vouched > 0 {
            let message =
                "Whether a rule of policy asked for signatures on the lines that have none, a case does not tell."
            all.append(verdict(.notice, "signing-rules-elsewhere", vouched, message))
        }
        guard signed > 0 else {
            guard isSound else { return all }
            let message = "No line is signed by its author: for who spoke, the daemon vouches."
            return all + [verdict(.skipped, nil, 0, message)]
        }
        if isSound, unknown > 0 {
            let message = "These are signed, and nothing here tells whose the keys were."
            all.append(verdict(.skipped, "signers-unknown", unknown, message))
        } else if isSound {
            let message = "Statements signed by their authors, with keys that were theirs when they were recorded."
            all.append(verdict(.passed, nil, good, message))
            if !isDerived, held == nil {
                let message =
                    "Whose the keys were is told by the copy's own allowed_signers: hand in a whole record's (--signers)."
                all.append(verdict(.notice, "signers-from-copy", UInt64(file?.terms.count ?? 0), message))
            }
        }
        let newer = held.map { held in unconfirmed.filter { held.mayPrecede($0) } } ?? []
        if !newer.isEmpty {
            let names = newer.prefix(3).map { "\($0.key.fingerprint) of \($0.member)" }.joined(separator: ", ")
            let message =
                "The file of signers that you hold is older than this copy: it does not name \(names). Get a newer one."
            all.append(verdict(.skipped, "signers-older", UInt64(newer.count), message))
        }
        if vouched > 0 {
            let message = "Lines that no author signed: for who spoke, the daemon vouches."
            all.append(verdict(.notice, "vouched-by-daemon", vouched, message))
        }
        if history.untoldRules > 0 {
            let message =
                "Rules for signatures that state no kind of line that they are for: whether all was signed that they ask for was not looked at."
            all.append(verdict(.notice, "signing-rules-untold", history.untoldRules, message))
        }
        if unspoken > 0 {
            let message =
                "Lines that do not tell what was done, by whom a rule asks for signatures: whether they were to be signed was not looked at."
            all.append(verdict(.notice, "signing-rules-unjudged", unspoken, message))
        }
        return all
    }
}
