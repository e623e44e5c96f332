import Dispatch
import Foundation
import Synchronization

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

    /// All of them; or those of `ACCORD_SEEDS`.
    package static var all: [UInt64] { given.map { Array($0) } ?? fixed + [fresh] }

    /// Those of a test that tries many: as many as it wants that follow a fresh one, or those of `ACCORD_SEEDS`.
    package static func range(of count: Int) -> Range<UInt64> { given ?? fresh..<fresh + UInt64(count) }

    /// Those of `ACCORD_SEEDS=A..B`, which the long form of a test sets (`Deploy/soak.sh`).
    package static let given: Range<UInt64>? = {
        let words = ProcessInfo.processInfo.environment["ACCORD_SEEDS"]?.components(separatedBy: "..") ?? []
        let bounds = words.compactMap { UInt64($0) }
        return bounds.count == 2 && bounds[0] <= bounds[1] ? bounds[0]..<bounds[1] + 1 : nil
    }()
}

/// Tries many seeds, on as many cores as there are.
///
/// - Returns: What came of each, in their order; and what was thrown, at most five times, for then no more are tried.
package func tryAll<Value: Sendable>(
    _ seeds: [UInt64],
    _ body: @escaping @Sendable (UInt64) throws -> Value
) -> (values: [Value], errors: [any Error]) {
    let results = Mutex<[UInt64: Result<Value, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: seeds.count) { index in
        let failed = results.withLock { results in results.values.count { (try? $0.get()) == nil } }
        guard failed < 5 else { return }
        let result = Result { try body(seeds[index]) }
        results.withLock { $0[seeds[index]] = result }
    }
    var values: [Value] = []
    var errors: [any Error] = []
    for seed in seeds {
        switch results.withLock({ $0[seed] }) {
        case .success(let value)?: values.append(value)
        case .failure(let error)?: errors.append(error)
        case nil: break
        }
    }
    return (values, errors)
}
