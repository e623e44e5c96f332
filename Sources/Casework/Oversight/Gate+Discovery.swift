import Policy
import StrictJSON

/// What discovery asks beyond who, when and from where (domain.md 2.12).
extension Gate {
    /// Discovery is opened once the case is referred, and once at a time.
    mutating func discoverable(_ check: WorkCheck) throws(Refusal) {
        try require(
            "L01",
            check.file.state != .open,
            "The case is referred to the prosecutor.",
            message: "The case is not referred to a prosecutor: `accord case refer` comes first."
        )
        let open = (check.file.work.items["discovery"] ?? []).first { $0.state == "open" }
        try require(
            "L01",
            open == nil,
            "No other discovery is open in the case.",
            message: "\(open?.id ?? "Another") is open already."
        )
    }

    /// An entry is decided about: what is kept back has a basis, and what goes out of H1 its originator's permission.
    mutating func reviewable(_ check: WorkCheck) throws(Refusal) {
        let number = check.act.facts["entry"]?.integer ?? 0
        let decision = check.act.facts["decision"]?.string
        guard decision == "produce" || check.act.facts["basis"] != nil else {
            throw .malformed(field: "basis", "given where something is withheld or redacted")
        }
        guard decision != "redact" || check.act.parts["text"] != nil else {
            throw .malformed(field: "text", "what is produced instead")
        }
        let isGiven = decision != "withhold"
        let (_, facts) = try visibleEntry(check.file, check.standing, "E-\(number)", at: isGiven ? .content : .header)
        guard isGiven, facts.handling == .h1 else { return }
        try require(
            "P06D",
            check.file.conflict(about: number)?.state == "permitted",
            "The originator permits that the entry goes into proceedings.",
            ask: "Ask it: `accord discovery raise \(check.file.number) E-\(number)`."
        )
    }

    /// Nothing is left out in silence: every entry that there is was decided about, and of H1 its originator was asked.
    mutating func producible(_ check: WorkCheck) throws(Refusal) {
        let reviews = check.item?.reviews ?? []
        let reviewed = Set(reviews.compactMap { $0["entry"]?.integer })
        let scope = scope(check.file, check.standing)
        var missing: [String] = []
        var unasked: [String] = []
        for (index, facts) in check.file.entries.enumerated() {
            let number = Int64(index) + 1
            let seen = scope.visibility(of: number, origin: state.origin(of: facts), compartment: facts.compartment)
            guard seen != .none, scope.purged[number] == nil else { continue }
            if !reviewed.contains(number) { missing.append("E-\(number)") }
            if facts.handling == .h1, check.file.conflict(about: number) == nil { unasked.append("E-\(number)") }
        }
        try require(
            "L01",
            missing.isEmpty,
            "Each entry was decided about.",
            message: "Not decided about: \(Self.some(missing)).",
            ask: "`accord discovery review` decides about one."
        )
        try require(
            "P06D",
            unasked.isEmpty,
            "The originator of each H1 entry was asked.",
            message: "The originators of H1 entries were not asked: \(Self.some(unasked)).",
            ask: "`accord discovery raise` asks."
        )
        let withheld = reviews.count { $0["decision"] == "withhold" }
        guard check.act.facts["withheld"]?.integer == Int64(withheld),
            check.act.facts["produced"]?.integer == Int64(reviews.count - withheld)
        else {
            throw .malformed(field: "produced", "\(reviews.count - withheld) items, and \(withheld) withheld")
        }
    }

    private static func some(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }

    /// An originator is asked about an H1 entry, once.
    mutating func conflicting(_ check: WorkCheck) throws(Refusal) {
        let number = check.act.facts["entry"]?.integer ?? 0
        let (_, facts) = try visibleEntry(check.file, check.standing, "E-\(number)", at: .header)
        try require(
            "L01",
            facts.handling == .h1,
            "The entry is H1.",
            message: "E-\(number) is \(facts.handling.text): its originator need not be asked."
        )
        let earlier = check.file.conflict(about: number)
        try require(
            "L01",
            earlier == nil,
            "The originator was not asked before.",
            message: "Its originator was asked: \(earlier?.id ?? "")."
        )
    }

    /// Whose entry it is.
    func originator(_ check: WorkCheck) -> JSONObject {
        let facts = check.act.facts["entry"]?.integer.flatMap { check.file.facts($0) }
        return .present([("to", facts.flatMap { state.origin(of: $0) }.map { .string($0.text) })])
    }
}

extension CaseFile {
    /// What became of asking the originator of an H1 entry; nil if it was not asked.
    fileprivate func conflict(about entry: Int64) -> WorkItem? {
        (work.items["handling-conflict"] ?? []).first { $0.facts["entry"]?.integer == entry }
    }
}
