import Foundation

/// The seeds of property tests: the same ones always, and one that nobody has tried.
package enum Seeds {
    /// Tried in each run, so that what passed once keeps passing.
    package static let fixed: [UInt64] = [1, 0x5EED, 20_310_704]

    /// A new one for each run, or that of `ACCORD_SEED`; printed, so that a failure can be repeated.
    package static let fresh: UInt64 = {
        if let text = ProcessInfo.processInfo.environment["ACCORD_SEED"], let seed = UInt64(text) { return seed }
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("fresh seed of this run: ACCORD_SEED=\(seed)")
        return seed
    }()

    /// All of them.
    package static var all: [UInt64] { fixed + [fresh] }
}
