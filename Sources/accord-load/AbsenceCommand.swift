import ArgumentParser
import Glibc
import StrictJSON

/// Whether the time of a submission tells that somebody is silent about the same target (domain.md 6.9).
struct AbsenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "absence",
        abstract: "Look for a difference between a target that nobody knows and one whose owner is SILENT.",
        discussion: """
            Pairs of submissions are decided one after the other, in an order that is drawn, and compared by Wilcoxon's \
            signed-rank test; lines and bytes have to be the same. The control has the daemon work a little longer on \
            one of the two, and has to be found: else nothing is proved. Exit status 1 if there is a difference, or if the \
            control was missed. One run in a thousand finds a difference where there is none: repeat it.
            """
    )

    @Option(help: "How many pairs.")
    var pairs = 10_000

    @Option(help: "Nanoseconds of work that are added in the control.")
    var control = 2_000

    @Flag(
        help:
            "Judge lines, bytes and the test itself alone, and no time: for tests, on a machine that does other things."
    )
    var untimed = false

    /// Below this the two are told apart (reliability.md 4).
    private static let threshold = 0.001
    /// By how much the two may differ in the middle.
    private static let tolerance = Duration.microseconds(1)

    func validate() throws {
        guard (100...100_000).contains(pairs), (100...1_000_000).contains(control) else {
            throw ValidationError("Pairs are 100 to 100,000, nanoseconds of the control 100 to 1,000,000.")
        }
    }

    func run() throws {
        let busyBefore = Surroundings.loadAverage
        var chance = SystemRandomNumberGenerator()
        let plain = try series(adding: .zero, &chance)
        let controlled = try series(adding: .nanoseconds(control), &chance)
        Page.row("pairs", "\(pairs)")
        Page.row("machine", Surroundings.description(busyBefore))
        Page.row("a submission, median", Page.time(plain.submission))
        for (name, series) in [("SILENT - no record", plain), ("the same, \(control) ns added", controlled)] {
            Page.row(
                name,
                "median \(series.median / .nanoseconds(1)) ns, z \(Page.ratio(abs(series.z))), p \(series.p)"
            )
        }
        guard !untimed else {
            try judgeTest()
            return Page.row("verdict", "no difference in lines and bytes")
        }
        guard Self.threshold > controlled.p, controlled.median > .zero else {
            Page.warn("the control was missed: this run proves nothing.")
            throw ExitCode.failure
        }
        guard plain.p > Self.threshold, abs(plain.median / .microseconds(1)) < Self.tolerance / .microseconds(1) else {
            Page.warn("the two can be told apart.")
            throw ExitCode.failure
        }
        Page.row("verdict", "no difference in lines, bytes and time")
    }

    /// That the test finds a shift among differences that were made up, and none where there is none.
    private func judgeTest() throws {
        func ranks(shiftedBy shift: Int) -> SignedRanks {
            // As many above as below the shift, and no two alike.
            let given = (1...pairs).map { Duration.nanoseconds(($0.isMultiple(of: 2) ? $0 : -$0) * 10 + shift) }
            return SignedRanks(of: given, submission: .zero)
        }
        guard ranks(shiftedBy: 1).p > 0.5, Self.threshold > ranks(shiftedBy: pairs * 10).p else {
            Page.warn("the test does not tell a shift from none.")
            throw ExitCode.failure
        }
    }

    private func series(adding delay: Duration, _ chance: inout some RandomNumberGenerator) throws -> SignedRanks {
        var load = try DecisionLoad()
        // Half of the numbers are kept by somebody who is silent; the other half are kept by nobody who is asked for.
        for number in 0..<2 * pairs {
            load.pass(seconds: 30)
            let kept = number < pairs ? Self.silent(number) : Self.other(number)
            _ = try submitted(&load, kept, level: "SILENT", by: (number + 1) % DecisionLoad.agencies)
        }
        load.pass(seconds: 3_600)
        var differences: [Duration] = []
        var times = LatencyHistogram()
        for number in 0..<pairs {
            load.pass(seconds: 60)
            let isFirst = Bool.random(using: &chance)
            var outcomes: [Bool: DecisionLoad.Outcome] = [:]
            for isSilent in isFirst ? [true, false] : [false, true] {
                let target = isSilent ? Self.silent(number) : Self.unknown(number)
                var outcome = try submitted(&load, target, level: "AGENCY_ONLY", by: number % DecisionLoad.agencies)
                if isSilent, delay > .zero {
                    let start = ContinuousClock.now
                    while ContinuousClock.now - start < delay {}
                    outcome.elapsed += ContinuousClock.now - start
                }
                outcomes[isSilent] = outcome
            }
            guard let silent = outcomes[true], let unknown = outcomes[false] else { continue }
            guard silent.lines == unknown.lines, silent.found == 0, unknown.found == 0 else {
                Page.warn("the lines differ: \(silent.lines) and \(unknown.lines).")
                throw ExitCode.failure
            }
            times.add(unknown.elapsed)
            differences.append(silent.elapsed - unknown.elapsed)
        }
        return SignedRanks(of: differences, submission: times.quantile(0.5))
    }

    private func submitted(
        _ load: inout DecisionLoad,
        _ number: String,
        level: String,
        by agency: Int
    ) throws -> DecisionLoad.Outcome {
        let target: JSONObject = [
            "kind": "phone", "values": [.string(number)], "level": .string(level), "activity": "trafficking",
            "basis": "Named by two.", "subject": "file 7",
        ]
        let outcome = try load.take("SubmitTarget", target, by: agency)
        if let refusal = outcome.refusal {
            Page.warn("a submission was refused: \(refusal).")
            throw ExitCode.failure
        }
        return outcome
    }

    private static func silent(_ number: Int) -> String { "+1202555\(1_000_000 + number)" }
    private static func unknown(_ number: Int) -> String { "+1202556\(1_000_000 + number)" }
    private static func other(_ number: Int) -> String { "+1202557\(1_000_000 + number)" }
}

/// Wilcoxon's signed-rank test of differences within pairs: it asks for no certain distribution, and a few long waits for the
/// processor count for no more than their rank.
struct SignedRanks {
    let median: Duration
    /// How far the sum of ranks lies from what chance gives, in standard deviations.
    let z: Double
    /// How probable so large a distance is without any difference.
    let p: Double
    /// What one submission took.
    let submission: Duration

    init(of differences: [Duration], submission: Duration) {
        self.submission = submission
        median = differences.sorted().dropFirst(differences.count / 2).first ?? .zero
        let given = differences.filter { $0 != .zero }
        let order = given.sorted { abs($0 / .nanoseconds(1)) < abs($1 / .nanoseconds(1)) }
        var positive = 0.0
        var ties = 0.0
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, abs(order[end] / .nanoseconds(1)) == abs(order[start] / .nanoseconds(1)) {
                end += 1
            }
            // Those that are equal share their ranks.
            let rank = Double(start + end + 1) / 2
            positive += rank * Double(order[start..<end].count { $0 > .zero })
            let equal = Double(end - start)
            ties += equal * equal * equal - equal
            start = end
        }
        let count = Double(given.count)
        let expected = count * (count + 1) / 4
        let variance = count * (count + 1) * (2 * count + 1) / 24 - ties / 48
        z = variance > 0 ? (positive - expected) / variance.squareRoot() : 0
        p = erfc(abs(z) / 2.0.squareRoot())
    }
}
