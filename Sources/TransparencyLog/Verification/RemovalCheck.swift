import Cryptography

/// Which of the parts that are not there were destroyed by law, and whether everybody was told who had been given them.
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
    private var grounds: [UInt64: DutyLine] = [:]
    /// The lines of the dissemination register, by the line of what was given.
    private var register: [UInt64: [DutyLine]] = [:]
    private var approvals: [DutyLine] = []
    private var told: [Told: DutyLine] = [:]

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
        let named = approvals.filter { authority(of: $0) != nil }.flatMap(\.references).filter { $0.part != nil }
        return repeated.union(named.map(\.seq)).subtracting(remembered)
    }

    mutating func take(_ line: DutyLine) {
        switch line.kind {
        case .approval: approvals.append(line)
        case .notice:
            let named = line.references.map(\.seq)
            if named.count == 2 { told[Told(approval: named[0], dissemination: named[1])] = line }
        case .order, .review, .proposal: grounds[line.seq] = line
        case .dissemination, .emergency:
            grounds[line.seq] = line
            if let given = line.references.first?.seq { register[given, default: []].append(line) }
        default: return
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

    /// The places of the lines of which something is not there.
    var lines: Set<UInt64> { Set(absent.keys) }

    /// Lets go of parts that were destroyed by law under lines that do not say so; how many they were.
    mutating func forget(_ parts: [UInt64: [Digest]]) -> UInt64 {
        var count: UInt64 = 0
        for (seq, digests) in parts {
            for digest in digests {
                guard let place = absent[seq]?.digests.firstIndex(of: digest) else { continue }
                absent[seq]?.digests.remove(at: place)
                count += 1
            }
        }
        return count
    }

    /// What came of it.
    struct Result {
        /// Parts that were destroyed with authority.
        var destroyed: UInt64 = 0
        /// The approvals under which, by their places.
        var under: [UInt64] = []
        /// What each of these rests on.
        var orders: [DutyLine] = []
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
            guard let ground = authority(of: approval) else {
                result.unauthorised.append(approval.number)
                continue
            }
            var isUsed = false
            for reference in approval.references {
                guard let part = reference.part, let place = rest[reference.seq]?.digests.firstIndex(of: part) else {
                    continue
                }
                rest[reference.seq]?.digests.remove(at: place)
                result.destroyed += 1
                isUsed = true
            }
            if isUsed {
                result.under.append(approval.number)
                result.orders.append(ground)
            }
            for line in given(under: approval) {
                let isTold = told[Told(approval: approval.seq, dissemination: line)].map { notice in
                    notice.caseKey == approval.caseKey && notice.seq > approval.seq
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

    /// The lines of the register that an approval names, or that gave something of which it names a part, before it.
    private func given(under approval: DutyLine) -> Set<UInt64> {
        let named = approval.references.filter { $0.part == nil && grounds[$0.seq]?.isInRegister ?? false }.map(\.seq)
        let purged = Set(approval.references.filter { $0.part != nil }.map(\.seq))
        let found = purged.flatMap { register[$0] ?? [] }
        return Set(named)
            .union(found.filter { $0.caseKey == approval.caseKey && $0.seq < approval.seq }.map(\.seq))
    }

    /// The order or the review that a purge by two persons rests on; nil if it has no such authority.
    private func authority(of approval: DutyLine) -> DutyLine? {
        guard let first = approval.references.first, first.part == nil, let proposal = grounds[first.seq],
            proposal.kind == .proposal, proposal.seq < approval.seq, proposal.caseKey == approval.caseKey,
            proposal.member != approval.member, proposal.role != approval.role, !proposal.member.isEmpty,
            !approval.member.isEmpty
        else { return nil }
        let rests = proposal.references.lazy.filter { $0.part == nil }.compactMap { grounds[$0.seq] }.first { ground in
            (ground.kind == .order || ground.kind == .review) && ground.seq < proposal.seq
                && ground.caseKey == approval.caseKey
        }
        let asked = Set(proposal.references.filter { $0.part != nil })
        return approval.references.allSatisfy { $0.part == nil || asked.contains($0) } ? rests : nil
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
            let orders = zip(result.orders, result.under).prefix(8).map { "\($0.words), approved at line \($1)" }
            let message = "Purged by two persons under \(orders.joined(separator: "; under "))."
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
}
