import Foundation

/// How much a run tries: more for a night, less for a desk.
enum Effort {
    /// Kill -9 cycles: `ACCORD_KILLS`.
    static let kills = number("ACCORD_KILLS") ?? 20
    /// Power cuts: `ACCORD_POWER_CUTS`.
    static let powerCuts = number("ACCORD_POWER_CUTS") ?? (isContinuousIntegration ? 100 : 20)
    /// Single-bit flips in each of the record's files: `ACCORD_FLIPS`.
    static let flips = number("ACCORD_FLIPS") ?? 12
    /// How many calls of each kind fail, one after the other: `ACCORD_FAILING_CALLS`.
    static let failingCalls = number("ACCORD_FAILING_CALLS") ?? 2

    private static let isContinuousIntegration = ProcessInfo.processInfo.environment["CI"] == "true"

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init)
    }
}
