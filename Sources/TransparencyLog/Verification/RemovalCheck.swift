import Cryptography

/// What a line says that has to do with a purge: the authority for it, its two persons, its notices.
struct RemovalLine: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        /// What a purge rests on.
        case order = "court_order.received"
        case review = "retention.reviewed"
        case proposal = "purge.proposed"
        case approval = "purge.approved"
        case notice = "purge.notice_sent"
        /// A line of the dissemination register.
        case dissemination = "dissemination.recorded"
        /// Another line of it, which overrode a rule.
        case emergency = "breakglass.invoked"

        /// Spelled out once: each line is compared with them.
        static let spellings = allCases.map { ($0, Array($0.rawValue.utf8)) }
    }

    let kind: Kind
    let seq: UInt64
    /// Its place as findings name it.
    let number: UInt64
    let statement: Statement

    /// Whether it says that an agency was given something.
    var isInRegister: Bool { kind == .dissemination || kind == .emergency }

    /// Nil for a line of another kind, or one that was refused.
    init?(_ scan: LineScan, _ bytes: [UInt8], number: UInt64) {
        guard scan.outcome != .denied,
            let kind = Self.Kind.spellings.first(where: { scan.isText($0.1, at: scan.layout.kind) })?.0,
            scan.outcome == .accepted || kind == .emergency, let line = try? LogLine(parsing: bytes)
        else { return nil }
        self.kind = kind
        seq = line.seq
        self.number = number
        statement = line.statement
    }
}

/// Which of the parts that are not there were destroyed by law, and whether everybody was told.
///
/// A purge has authority if its approval names the line that proposed it, in the same case, by another member in another
/// role; if that proposal rests on a recorded order or review; and if both name each part that is destroyed. All of this
/// stands in the lines, so that it is checked without any content.
struct RemovalCheck: Sendable {
    /// What a line lists and is not there.
    private struct Absent {
        var digests: [Digest]
        /// Whether others of its parts are there: a copy holds all of a line's parts or none, so that these were removed.
        var isPartial: Bool
        var number: UInt64
    }

    /// By the places of the lines: of those of which it is asked.
    private var absent: [UInt64: Absent] = [:]
    /// Of which lines, by their places, it is kept what is not there; nil: of all.
    private let remembered: Set<UInt64>?
    /// What is not there of the other lines: with others of their parts, and without.
    private var partly = Tally()
    private var wholly = Tally()
    /// The last of these lines, and those that do not come after it: one that stands there twice counts once.
    private var highest: UInt64?
    private var repeated: Set<UInt64> = []
    private var grounds: [UInt64: RemovalLine] = [:]
    private var approvals: [RemovalLine] = []
    private var told: [Told: RemovalLine] = [:]

    /// What a notice names.
    private struct Told: Hashable {
        var approval: UInt64
        var dissemination: UInt64
    }

    private struct Tally {
        var count: UInt64 = 0
        var first: UInt64?

        mutating func add(_ digests: Int, at number: UInt64) {
            guard digests > 0 else { return }
            count += UInt64(digests)
            first = min(first ?? number, number)
        }
    }

    init(remembering places: Set<UInt64>?) { remembered = places }

    /// The lines, by their places, of which what is not there would have had to be kept: approvals with authority name their parts,
    /// or they may stand there twice.
    var unsettled: Set<UInt64> {
        guard let remembered else { return [] }
        let named = approvals.filter(hasAuthority).flatMap(\.statement.references).filter { $0.part != nil }
        return repeated.union(named.map(\.seq)).subtracting(remembered)
    }

    mutating func take(_ line: RemovalLine) {
        switch line.kind {
        case .approval: approvals.append(line)
        case .notice:
            let named = line.statement.references.map(\.seq)
            if named.count == 2 { told[Told(approval: named[0], dissemination: named[1])] = line }
        case .order, .review, .proposal, .dissemination, .emergency: grounds[line.seq] = line
        }
    }

    mutating func take(absent digests: [Digest], isPartial: Bool, of seq: UInt64, number: UInt64) {
        if remembered?.contains(seq) ?? true {
            absent[seq] = Absent(digests: digests, isPartial: isPartial, number: number)
            return
        }
        if let highest, seq <= highest { repeated.insert(seq) }
        highest = max(highest ?? seq, seq)
        if isPartial { partly.add(digests.count, at: number) } else { wholly.add(digests.count, at: number) }
    }

    /// What came of it.
    struct Result {
        /// Parts that were destroyed with authority.
        var destroyed: UInt64 = 0
        /// The approvals under which, by their places.
        var under: [UInt64] = []
        /// Parts that are gone although others of their line are there, and without authority.
        var lost: UInt64 = 0
        var firstLost: UInt64?
        /// Parts of lines none of which is there, without authority: withheld, or lost.
        var withheld: UInt64 = 0
        var firstWithheld: UInt64?
        /// Approvals without authority.
        var unauthorised: [UInt64] = []
        /// Disseminations of what was purged without a notice to the recipient, by the place of the approval.
        var untold: [UInt64] = []
        var approvals: UInt64 = 0
        var notices: UInt64 = 0
    }

    var result: Result {
        var result = Result()
        var rest = absent
        result.approvals = UInt64(approvals.count)
        result.notices = UInt64(told.count)
        for approval in approvals {
            guard hasAuthority(approval) else {
                result.unauthorised.append(approval.number)
                continue
            }
            var isUsed = false
            for reference in approval.statement.references {
                guard let part = reference.part, let place = rest[reference.seq]?.digests.firstIndex(of: part) else {
                    continue
                }
                rest[reference.seq]?.digests.remove(at: place)
                result.destroyed += 1
                isUsed = true
            }
            if isUsed { result.under.append(approval.number) }
            for reference in approval.statement.references where reference.part == nil {
                guard let line = grounds[reference.seq], line.isInRegister else { continue }
                let isTold = told[Told(approval: approval.seq, dissemination: line.seq)].map { notice in
                    notice.statement.caseKey == approval.statement.caseKey && notice.seq > approval.seq
                }
                if !(isTold ?? false) { result.untold.append(approval.number) }
            }
        }
        var (partly, wholly) = (partly, wholly)
        for line in rest.values {
            if line.isPartial {
                partly.add(line.digests.count, at: line.number)
            } else {
                wholly.add(line.digests.count, at: line.number)
            }
        }
        (result.lost, result.firstLost) = (partly.count, partly.first)
        (result.withheld, result.firstWithheld) = (wholly.count, wholly.first)
        return result
    }

    private func hasAuthority(_ approval: RemovalLine) -> Bool {
        let says = approval.statement
        guard let first = says.references.first, first.part == nil, let proposal = grounds[first.seq],
            proposal.kind == .proposal, proposal.seq < approval.seq, proposal.statement.caseKey == says.caseKey
        else { return false }
        let asks = proposal.statement
        guard asks.member != says.member, asks.role != says.role, !asks.member.isEmpty, !says.member.isEmpty else {
            return false
        }
        let rests = asks.references.contains { reference in
            guard reference.part == nil, let ground = grounds[reference.seq] else { return false }
            return (ground.kind == .order || ground.kind == .review) && ground.seq < proposal.seq
                && ground.statement.caseKey == says.caseKey
        }
        let asked = Set(asks.references.filter { $0.part != nil })
        return rests && says.references.allSatisfy { $0.part == nil || asked.contains($0) }
    }
}

extension RecordVerifier {
    /// PAYLOADS, as far as it has to do with purges; other findings of parts are handed in.
    func removed(
        _ found: [Finding],
        _ absentParts: AbsentParts,
        _ result: RemovalCheck.Result
    ) -> (faults: [Finding], notices: [Verdict]) {
        var faults = found
        var lost = Finding(word: "part-lost", count: result.lost, first: result.firstLost)
        if absentParts == .lost {
            lost.count += result.withheld
            lost.first = [result.firstLost, result.firstWithheld].compactMap(\.self).min()
        }
        if lost.count > 0 { faults.append(lost) }
        if let first = result.unauthorised.first {
            faults.append(
                Finding(word: "purge-without-authority", count: UInt64(result.unauthorised.count), first: first)
            )
        }
        var notices: [Verdict] = []
        if result.destroyed > 0 {
            let places = result.under.prefix(8).map { "\($0)" }.joined(separator: ", ")
            let message = "Destroyed by law: two persons purged these parts, with the approval at line \(places)."
            notices.append(
                Verdict(
                    check: "PAYLOADS",
                    result: .notice,
                    finding: "parts-destroyed",
                    count: result.destroyed,
                    first: result.under.first,
                    message: message
                )
            )
        }
        if result.withheld > 0, absentParts == .withheld {
            let message = "Parts that are listed and not here: withheld from this reader."
            notices.append(
                Verdict(
                    check: "PAYLOADS",
                    result: .notice,
                    finding: "parts-absent",
                    count: result.withheld,
                    message: message
                )
            )
        }
        return (faults, notices)
    }

    /// Whether everybody was told who had been given what was purged.
    func coverage(_ result: RemovalCheck.Result) -> Verdict {
        guard result.approvals > 0 else {
            let message = "Nothing was purged, so that nobody had to be told."
            return Verdict(check: "COVERAGE", result: .skipped, message: message)
        }
        guard let first = result.untold.first else {
            let message = "Each purge has told the agencies of the register; exports and deadlines are not checked."
            return Verdict(check: "COVERAGE", result: .passed, count: result.notices, message: message)
        }
        return Verdict(
            check: "COVERAGE",
            result: .failed,
            finding: "purge-notice-missing",
            count: UInt64(result.untold.count),
            first: first,
            message: "An agency that was given what was purged has not been told: its notice is not on the record."
        )
    }
}
