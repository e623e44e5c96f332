/// Whether what has to be on the record is there, as far as lines without content can show it (domain.md 6.10).
///
/// A line may rest on another, which it names: a release on what was given, a reading from outside the case on its release, the
/// end and the review of an emergency on the emergency, a seal on its order, and all that follows a purge on its approval or its
/// notice. And a line may begin a time after which another line says that it ended, or that it ran out.
struct CoverageCheck: Sendable {
    /// What began, and by when a line says how it ended.
    private struct Duty {
        var number: UInt64
        var due: Int64
    }

    private enum Follower { case end, review, certification }

    private struct Owed: Hashable {
        var line: UInt64
        var by: Follower
    }

    /// Lines that others rest on, by their places.
    private var grounds: [UInt64: DutyLine] = [:]
    private var owed: [Owed: Duty] = [:]
    /// When a case is to be reviewed: there is one such time in each.
    private var reviews: [CaseKey: Duty] = [:]
    private var found = Findings()
    /// When the last act of a member was recorded: each time that had run out by then was recorded before it.
    private var now: Int64 = 0
    /// How much was looked at.
    private(set) var count: UInt64 = 0
    /// Lines of the case that are not here and may be what is missing.
    let withheld: WithheldLines

    /// In milliseconds (domain.md 6.11).
    private static let hour: Int64 = 3_600_000
    private static let emergency = 2 * hour
    private static let emergencyReview = 24 * hour
    private static let certification = 30 * 24 * hour
    private static let caseReview = 90 * 24 * hour

    init(withheld: WithheldLines) { self.withheld = withheld }

    mutating func take(memberActsAt time: Int64) { now = max(now, time) }

    mutating func take(_ line: DutyLine) {
        guard line.kind != .review, line.kind != .proposal else { return }
        count += 1
        switch line.kind {
        case .order, .approval: grounds[line.seq] = line
        case .review, .proposal: break
        case .dissemination: demand(line.references.first.map { $0.seq < line.seq } ?? false, line)
        case .emergency:
            demand(line.references.first.map { $0.seq < line.seq } ?? false, line)
            owe(.end, line, within: Self.emergency)
            owe(.review, line, within: Self.emergencyReview)
        case .emergencyEnd: follow(line, .end, isLate: true)
        case .emergencyReview: follow(line, .review, isLate: false)
        case .emergencyReviewOverdue: follow(line, .review, isLate: true)
        case .notice:
            demand(rests(line, on: [.approval]), line)
            owe(.certification, line, within: Self.certification)
        case .destruction: demand(rests(line, on: [.approval]), line)
        case .certification: follow(line, .certification, isLate: false)
        case .certificationOverdue: follow(line, .certification, isLate: true)
        case .reading:
            demand(rests(line, on: [.dissemination, .emergency]), line)
            demand(!isOver(line), line)
        case .seal, .unseal: demand(rests(line, on: [.order]), line)
        case .caseOpened, .caseReopened, .caseReviewed:
            end(reviews.removeValue(forKey: line.caseKey), at: line.recordedAt)
            reviews[line.caseKey] = Duty(number: line.number, due: line.recordedAt + Self.caseReview)
        case .caseClosed: end(reviews.removeValue(forKey: line.caseKey), at: line.recordedAt)
        case .caseReviewOverdue: reviews[line.caseKey] = nil
        }
        if line.isInRegister || line.kind == .notice { grounds[line.seq] = line }
    }

    /// Whether the release that a reading names was one of an emergency, which had ended.
    private func isOver(_ line: DutyLine) -> Bool {
        guard let release = line.references.first.flatMap({ grounds[$0.seq] }), release.kind == .emergency else {
            return false
        }
        return line.recordedAt > release.recordedAt + Self.emergency + Self.hour
    }

    /// Whether the first line that a line names is one of some kinds, of the same case and before it.
    ///
    /// A seal rests on what another person recorded. What may be left out of the copy is not asked for.
    private func rests(_ line: DutyLine, on kinds: Set<DutyLine.Kind>) -> Bool {
        guard let named = line.references.first, named.part == nil else { return false }
        guard let ground = grounds[named.seq] else {
            return withheld.runs.first.map { $0.lowerBound < line.number } ?? false
        }
        return kinds.contains(ground.kind) && ground.caseKey == line.caseKey && ground.seq < line.seq
            && (ground.kind != .order || ground.member != line.member)
    }

    private mutating func demand(_ isThere: Bool, _ line: DutyLine) {
        if !isThere { found.add(.groundMissing, at: line.number) }
    }

    private mutating func owe(_ by: Follower, _ line: DutyLine, within time: Int64) {
        owed[Owed(line: line.seq, by: by)] = Duty(number: line.number, due: line.recordedAt + time)
    }

    /// A line that ends what each line that it names began, or says that the time for it ran out.
    private mutating func follow(_ line: DutyLine, _ by: Follower, isLate: Bool) {
        demand(rests(line, on: [by == .certification ? .notice : .emergency]), line)
        for named in line.references {
            let duty = owed.removeValue(forKey: Owed(line: named.seq, by: by))
            if !isLate { end(duty, at: line.recordedAt) }
        }
    }

    /// A time that ended in itself: if it had run out before, a line would have said so, and there would be none any more.
    private mutating func end(_ duty: Duty?, at time: Int64) {
        if let duty, isMissing(duty, at: time) { found.add(.deadlineMissing, at: duty.number) }
    }

    /// An hour is allowed, so that nothing depends on how fast a host is.
    private func isMissing(_ duty: Duty, at time: Int64) -> Bool {
        duty.due + Self.hour < time && !(withheld.runs.last.map { $0.upperBound > duty.number } ?? false)
    }

    /// What was found: what is missing at the end last.
    var findings: [Finding] {
        var found = found
        let late = (Array(owed.values) + Array(reviews.values)).filter { isMissing($0, at: now) }
        for number in late.map(\.number).sorted() { found.add(.deadlineMissing, at: number) }
        return found.of(.groundMissing, .deadlineMissing)
    }
}

extension RecordVerifier {
    /// Whether what has to be on the record is there.
    func coverageVerdicts(_ removal: RemovalCheck.Result) -> [Verdict] {
        var found = coverage.findings
        if let first = removal.untold.first {
            let untold = Finding(word: "purge-notice-missing", count: UInt64(removal.untold.count), first: first)
            found.insert(untold, at: 0)
        }
        guard found.isEmpty else { return judge("COVERAGE", found, count: 0) }
        guard coverage.count > 0 else {
            let message = "Nothing was released, purged or sealed, and no time began to run."
            return [Verdict(check: "COVERAGE", result: .skipped, message: message)]
        }
        let message = """
            Releases, purges, seals and times that run: what has to follow them, and what they rest on, is on the record. That each \
            reading is cannot be seen.
            """
        return [Verdict(check: "COVERAGE", result: .passed, count: coverage.count, message: message)]
    }
}
