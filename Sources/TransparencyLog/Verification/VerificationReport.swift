/// What one check of a record found.
public struct Verdict: Hashable, Sendable {
    /// How a check ended.
    public enum Result: String, Hashable, Sendable, CaseIterable {
        /// It was made, and all was well.
        case passed
        /// It was made, and something is wrong.
        case failed
        /// It was made; its reader should know something that is no fault.
        case notice
        /// It was not made, and so says nothing.
        case skipped
    }

    /// The check, such as `LINKS`.
    public let check: String
    /// How it ended.
    public let result: Result
    /// A stable word for what was found, such as `line-altered`; nil where there is nothing.
    public let finding: String?
    /// How many were looked at, or, with a finding, how often it was found.
    public let count: UInt64
    /// The place in the record of the first finding, where it has one.
    public let first: UInt64?
    /// One sentence for people.
    public let message: String

    /// A verdict.
    public init(
        check: String,
        result: Result,
        finding: String? = nil,
        count: UInt64 = 0,
        first: UInt64? = nil,
        message: String
    ) {
        self.check = check
        self.result = result
        self.finding = finding
        self.count = count
        self.first = first
        self.message = message
    }
}

/// The verdicts of a verification, and its exit status.
public struct VerificationReport: Hashable, Sendable {
    /// One or more for each check, in a fixed order of checks.
    public let verdicts: [Verdict]
    /// 0 where nothing is wrong, 11 where that is so, parts are withheld or were destroyed by law and the reader asked to be told by the
    /// status,
    /// 20 where the only fault is to contradict a checkpoint that was handed in as known, 30 where anything else failed,
    /// 40 where there was nothing to check or something could not be checked, 10 where nothing is wrong and too few of the
    /// witnesses of the policy that was given cosigned.
    public let exitCode: Int32

    /// A report.
    public init(verdicts: [Verdict], exitCode: Int32) {
        self.verdicts = verdicts
        self.exitCode = exitCode
    }
}
