/// Bounds within which the parser reads.
public struct JSONLimits: Hashable, Sendable {
    /// The longest text in bytes.
    public var maximumBytes: Int
    /// How many arrays and objects may lie inside one another; never more than ``deepest``.
    public var maximumDepth: Int {
        didSet { maximumDepth = min(maximumDepth, Self.deepest) }
    }
    /// Whether `1.5` and `1e3` are read, as ``JSONValue/number(_:)``; else they are refused.
    public var allowsFractions: Bool
    /// Whether `-0` is read, as zero.
    ///
    /// The record refuses it, since it has a second, shorter spelling.
    public var allowsNegativeZero: Bool
    /// The integers that are read.
    public var integers: ClosedRange<Int64>

    /// The depth that no limits exceed: the parser and the release of a value use the stack once for each level.
    public static let deepest = 512

    /// The integers that a double holds exactly, thus all that RFC 8785 can write (RFC 7493 section 2.2).
    public static let exactIntegers: ClosedRange<Int64> = -9_007_199_254_740_991...9_007_199_254_740_991

    /// Bounds of one's own; the parts left out are those of a plain protocol message.
    public init(
        maximumBytes: Int = 8 << 20,
        maximumDepth: Int = 64,
        allowsFractions: Bool = false,
        allowsNegativeZero: Bool = true,
        integers: ClosedRange<Int64> = Int64.min...Int64.max
    ) {
        self.maximumBytes = maximumBytes
        self.maximumDepth = min(maximumDepth, Self.deepest)
        self.allowsFractions = allowsFractions
        self.allowsNegativeZero = allowsNegativeZero
        self.integers = integers
    }

    /// What is read from a connection: 8 MiB, 64 levels, fractions allowed, all integers of 64 bits.
    public static let wire = JSONLimits(allowsFractions: true)

    /// What is read from signed or hashed text: no fractions, no `-0`, only integers that RFC 8785 can write.
    ///
    /// Everything read within these bounds has a canonical form.
    public static let record = JSONLimits(
        maximumBytes: 1 << 20,
        allowsNegativeZero: false,
        integers: exactIntegers
    )
}
