import Foundation

/// How much a test tries that could always try more and does not follow from a seed: kills, cuts, flips, connections.
package enum Effort {
    /// So many, at a desk perhaps fewer than in CI; or `ACCORD_COUNT`, which the long form of a test sets (`Deploy/soak.sh`).
    package static func count(_ usual: Int, atDesk: Int? = nil) -> Int {
        chosen ?? (isContinuousIntegration ? usual : atDesk ?? usual)
    }

    /// Whether this is a long form, in which all is tried where otherwise some is.
    package static var isLong: Bool { chosen != nil }

    package static let isContinuousIntegration = ProcessInfo.processInfo.environment["CI"] == "true"

    private static let chosen = ProcessInfo.processInfo.environment["ACCORD_COUNT"].flatMap { Int($0) }
}
