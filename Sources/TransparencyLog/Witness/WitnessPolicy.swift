import Cryptography

/// Who must have cosigned a checkpoint for it to count as witnessed (C2SP tlog-policy).
///
/// A group that bears an agency's name and has its witnesses as members says which agency vouches; a group over such
/// groups says how many agencies must.
public struct WitnessPolicy: Hashable, Sendable {
    /// The longest policy that is read, in bytes.
    public static let maximumBytes = 65_536

    /// A line `witness`.
    public struct Witness: Hashable, Sendable {
        /// What the policy calls it.
        public let name: String
        /// Its key.
        public let key: WitnessKey
    }

    /// A line `group`: so many of its members must have witnessed.
    struct Group: Hashable, Sendable {
        let name: String
        let threshold: Int
        let members: [String]
    }

    /// The keys of logs that the policy accepts; none if the log is known from elsewhere.
    public let logs: [VerifierKey]
    /// All witnesses that it knows, each key once.
    public let witnesses: [Witness]
    let groups: [Group]
    /// The witness or group whose word is needed; nil if the policy asks for none.
    public let quorum: String?
    /// The text as it was read.
    public let bytes: [UInt8]

    /// Why a policy is none.
    public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        /// The line, from 1; 0 for the whole.
        public let line: Int
        /// What is wrong with it.
        public let sentence: String

        /// Line and sentence.
        public var description: String { line == 0 ? sentence : "line \(line): \(sentence)" }
    }

    /// Reads a policy.
    ///
    /// No two witnesses may have one key, whatever their names, and none that of a log: who vouches for itself, or
    /// twice, is no witness.
    ///
    /// - Throws: ``Fault`` with the line.
    public init(parsing bytes: [UInt8]) throws(Fault) {
        guard bytes.count <= Self.maximumBytes else {
            throw Fault(line: 0, sentence: "A policy is at most \(Self.maximumBytes) bytes long.")
        }
        var reading = Reading()
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            reading.line = index + 1
            try reading.take(line)
        }
        reading.line = 0
        guard reading.hasQuorum else { throw reading.fault("There is no line 'quorum'.") }
        (logs, witnesses, groups, quorum) = (reading.logs, reading.witnesses, reading.groups, reading.quorum)
        self.bytes = bytes
    }

    /// Whether the word of these witnesses is enough.
    public func isMet(by keys: Set<WitnessKey>) -> Bool {
        guard let quorum else { return true }
        var witnessed = Set(witnesses.filter { keys.contains($0.key) }.map(\.name))
        for group in groups where group.members.count(where: witnessed.contains) >= group.threshold {
            witnessed.insert(group.name)
        }
        return witnessed.contains(quorum)
    }

    /// The groups that a witness is a member of itself: its agency, where groups are named so.
    public func groups(of witness: Witness) -> [String] {
        groups.filter { $0.members.contains(witness.name) }.map(\.name)
    }

    /// Witnesses whose word counts for nothing, because their key is the log's own.
    public func dependent(on log: VerifierKey) -> [Witness] {
        witnesses.filter { $0.key.publicKey == log.publicKey }
    }
}

extension WitnessPolicy {
    /// A reading that is under way.
    private struct Reading {
        var line = 0
        var logs: [VerifierKey] = []
        var witnesses: [Witness] = []
        var groups: [Group] = []
        var quorum: String?
        var hasQuorum = false
        private var members: Set<String> = []

        func fault(_ sentence: String) -> Fault { Fault(line: line, sentence: sentence) }

        private func isKnown(_ name: String) -> Bool {
            witnesses.contains { $0.name == name } || groups.contains { $0.name == name }
        }

        mutating func take(_ bytes: ArraySlice<UInt8>) throws(Fault) {
            guard bytes.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }),
                let text = String(validating: bytes, as: UTF8.self)
            else { throw fault("Only UTF-8 text without control characters is understood here.") }
            let words = text.utf8.split { $0 == 0x20 || $0 == 0x09 }.map { String(Substring($0)) }
            guard let first = words.first, !first.hasPrefix("#") else { return }
            switch first {
            case "log": try takeLog(words)
            case "witness": try takeWitness(words)
            case "group": try takeGroup(words)
            case "quorum": try takeQuorum(words)
            default: throw fault("'\(first)' is none of log, witness, group and quorum.")
            }
        }

        private mutating func takeLog(_ words: [String]) throws(Fault) {
            guard (2...3).contains(words.count), let key = try? VerifierKey(parsing: words[1]) else {
                throw fault("A log is: log VKEY, with the Ed25519 key of a log.")
            }
            try checkIsNew(key.publicKey)
            logs.append(key)
        }

        private mutating func takeWitness(_ words: [String]) throws(Fault) {
            guard (3...4).contains(words.count), let key = try? WitnessKey(parsing: words[2]) else {
                throw fault("A witness is: witness NAME VKEY, with a key of type 4 (Ed25519 cosignatures).")
            }
            try checkIsNew(name: words[1])
            try checkIsNew(key.publicKey)
            witnesses.append(Witness(name: words[1], key: key))
        }

        private func checkIsNew(_ key: Ed25519PublicKey) throws(Fault) {
            if logs.contains(where: { $0.publicKey == key }) {
                throw fault("This is the key of a log: no log is its own witness.")
            }
            if let other = witnesses.first(where: { $0.key.publicKey == key }) {
                throw fault("This is the key of witness '\(other.name)': one key vouches once.")
            }
        }

        private func checkIsNew(name: String) throws(Fault) {
            guard name != "none", !isKnown(name) else { throw fault("The name '\(name)' is taken.") }
        }

        private mutating func takeGroup(_ words: [String]) throws(Fault) {
            guard words.count >= 4 else { throw fault("A group is: group NAME any|all|COUNT MEMBER...") }
            try checkIsNew(name: words[1])
            let names = Array(words[3...])
            for name in names {
                guard isKnown(name) else { throw fault("'\(name)' is not defined above.") }
                guard members.insert(name).inserted else { throw fault("'\(name)' is a member already.") }
            }
            let threshold =
                switch words[2] {
                case "any": 1
                case "all": names.count
                default: words[2].utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(words[2]) ?? 0 : 0
                }
            guard (1...names.count).contains(threshold) else {
                throw fault("'\(words[2])' is neither any, all, nor a number from 1 to \(names.count).")
            }
            groups.append(Group(name: words[1], threshold: threshold, members: names))
        }

        private mutating func takeQuorum(_ words: [String]) throws(Fault) {
            guard words.count == 2 else { throw fault("The quorum is: quorum NAME, or quorum none.") }
            guard !hasQuorum else { throw fault("There is a line 'quorum' above.") }
            guard words[1] == "none" || isKnown(words[1]) else { throw fault("'\(words[1])' is not defined above.") }
            hasQuorum = true
            quorum = words[1] == "none" ? nil : words[1]
        }
    }
}
