public import Cryptography
import StrictJSON

/// Who held which key, line by line, as the record itself tells it: keys are enrolled, added and revoked by events.
///
/// And which lines were to be signed: rules for that are events as well, and state the kinds of lines that they are for.
///
/// What counts is the order of the lines, not the clock of who signed: a key is good from the line that enrols it to the
/// line that revokes it, and what it signed between them stays good.
public struct SignerHistory: Sendable {
    private struct Term {
        var member: String
        var from: Int64
        var until: Int64?
    }

    /// By fingerprint.
    private var terms: [String: [Term]] = [:]
    private var signers: [String: SSHPublicKey] = [:]
    private var rules: [Rule: Set<String>] = [:]
    /// Rules for signatures that state no kind of line that they are for: they were recorded before rules did, or are for acts
    /// that no kind tells from others.
    private(set) var untoldRules: UInt64 = 0

    /// Whose acts are to be signed, and which; nil: all.
    private struct Rule: Hashable {
        var agency: String?
        var role: String?
        var act: String?

        /// Nil if a member is no text.
        init?(_ facts: JSONObject) {
            for name in ["agency", "role", "act"] where facts[name] != nil && facts[name]?.string == nil { return nil }
            (agency, role, act) = (facts["agency"]?.string, facts["role"]?.string, facts["act"]?.string)
        }
    }

    /// A history before the first line.
    public init() {}

    /// Whether events of a kind say who holds a key.
    public static func concerns(kind: String) -> Bool { Self.kinds.contains(kind) }

    private static let kinds: Set<String> = [
        "user.enrolled", "user.key_added", "user.key_revoked", "user.disabled", required, lifted,
    ]
    private static let required = "policy.signature_required"
    private static let lifted = "policy.signature_lifted"

    /// Whether events of a kind say what is to be signed: who says that signs it himself.
    static func isRule(kind: String) -> Bool { kind == required || kind == lifted }

    /// Whether a rule asks now for a signature on a line.
    func requiresSignature(on kind: String, of agency: String, as role: String) -> Bool {
        rules.contains { rule, kinds in
            (rule.agency ?? agency) == agency && (rule.role ?? role) == role && kinds.contains(kind)
        }
    }

    /// Whether a rule asks now for signatures on what somebody does, of whatever kind.
    func concerns(agency: String, role: String) -> Bool {
        rules.contains { rule, _ in (rule.agency ?? agency) == agency && (rule.role ?? role) == role }
    }

    /// The kind of lines that do not tell what was done.
    static let unspoken = "restricted"

    /// Whether any rule asks for signatures now.
    var hasRules: Bool { !rules.isEmpty }

    /// Follows an accepted event.
    ///
    /// - Parameters:
    ///   - kind: the kind of event; those that do not concern keys change nothing.
    ///   - details: the event's part of that name.
    ///   - time: when it was recorded, milliseconds since the UNIX epoch.
    /// - Returns: False if the part does not say what it should.
    @discardableResult
    public mutating func follow(_ kind: String, _ details: Part, at time: Int64) -> Bool {
        guard details.name == "details", let facts = details.value.object else { return false }
        if kind == "user.enrolled" {
            guard let member = facts["id"]?.string, let keys = facts["keys"]?.array else { return false }
            for key in keys.compactMap(\.string) { open(key, member, time) }
            return true
        }
        if Self.isRule(kind: kind) { return follow(rule: facts, isRequired: kind == Self.required) }
        guard let member = facts["member"]?.string else { return false }
        switch kind {
        case "user.key_added", "user.key_revoked":
            guard let key = facts["fingerprint"]?.string else { return false }
            if kind == "user.key_added" { open(key, member, time) } else { close(key, member, time) }
        case "user.disabled":
            for key in terms.keys { close(key, member, time) }
        default: break
        }
        return true
    }

    private mutating func follow(rule facts: JSONObject, isRequired: Bool) -> Bool {
        guard let rule = Rule(facts) else { return false }
        guard isRequired else {
            rules[rule] = nil
            return true
        }
        guard let stated = facts["kinds"] else {
            untoldRules += 1
            return true
        }
        guard let kinds = stated.array, kinds.allSatisfy({ $0.string != nil }) else { return false }
        if kinds.isEmpty { untoldRules += 1 }
        rules[rule] = Set(kinds.compactMap(\.string))
        return true
    }

    private mutating func open(_ key: String, _ member: String, _ time: Int64) {
        terms[key, default: []].append(Term(member: member, from: time, until: nil))
    }

    private mutating func close(_ key: String, _ member: String, _ time: Int64) {
        guard let place = terms[key]?.lastIndex(where: { $0.member == member && $0.until == nil }) else { return }
        terms[key]?[place].until = time
    }

    /// Whether a key is a member's now.
    public func holds(_ fingerprint: String, _ member: String) -> Bool {
        terms[fingerprint]?.contains { $0.member == member && $0.until == nil } ?? false
    }

    /// Whether an event says that a member who has no key gets his first one by himself: he cannot sign that yet.
    func isFirstKey(_ kind: String, _ details: Part?, by member: String) -> Bool {
        kind == Self.keyAdded && details?.value.object?["member"]?.string == member
            && !terms.values.contains { $0.contains { $0.member == member && $0.until == nil } }
    }

    private static let keyAdded = "user.key_added"

    /// Takes note of a key that signed a line: only those are listed.
    public mutating func note(_ key: SSHPublicKey, _ fingerprint: String) {
        if signers[fingerprint] == nil { signers[fingerprint] = key }
    }

    /// The keys that signed, and whose they were when.
    public func allowedSigners(ofLog origin: String) -> AllowedSigners {
        let all = signers.flatMap { fingerprint, key in
            (terms[fingerprint] ?? []).map {
                AllowedSigners.Term(member: $0.member, from: $0.from, until: $0.until, key: key)
            }
        }
        return AllowedSigners(namespace: AuthorSignature.namespace(ofLog: origin), terms: all)
    }
}
