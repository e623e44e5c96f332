import Cryptography
import TestSupport
import Testing

/// The whole daemon in one process under a seed: time, chance, disk, connections and the order of all work are the seed's; an
/// independent model judges every decision, answer and watch (reliability.md 4).
@Suite("A simulated history", .tags(.medium, .g1, .g3, .g4), .serialized)
struct SimulationTests {
    /// What each seed of many came to; the first violations are told.
    private static func play(_ seeds: [UInt64], _ measure: Simulation.Measure) -> [Simulation.Outcome] {
        let (outcomes, violations) = tryAll(seeds) { try Simulation($0, measure).run() }
        for violation in violations { Issue.record("\(violation)") }
        func sum(_ figure: (Simulation.Outcome) -> Int) -> Int { outcomes.reduce(0) { $0 + figure($1) } }
        print(
            """
            \(outcomes.count) histories: \(sum { Int($0.calls) }) calls, \(sum(\.lines)) lines, \(sum(\.decisions)) decisions \
            of which \(sum(\.allowed)) allowed, \(sum(\.events)) events told, \(sum(\.lives)) starts, \(sum(\.faults)) faults
            """
        )
        return outcomes
    }

    @Test func `whatever goes wrong, nothing acknowledged is lost and nobody is told what is not his`() {
        if !KeptSeeds.simulation.isEmpty { _ = Self.play(KeptSeeds.simulation.map(\.seed), .everything) }
        let outcomes = Self.play(Array(Seeds.range(of: 500)), .everything)
        // A history in which nothing is allowed shows nothing.
        #expect(outcomes.reduce(0) { $0 + $1.allowed } > 15 * outcomes.count)
        #expect(outcomes.reduce(0) { $0 + $1.lives } > 2 * outcomes.count)
        #expect(outcomes.reduce(0) { $0 + $1.events } > 2 * outcomes.count)
    }

    @Test func `nothing of a case leaves after its revocation was acknowledged`() {
        _ = Self.play(KeptSeeds.revocation.map(\.seed), .revocations)
        let outcomes = Self.play(Array(Seeds.range(of: 40)), .manyRevocations)
        #expect(outcomes.reduce(0) { $0 + $1.calls } > 1_000 * UInt64(outcomes.count))
        #expect(outcomes.reduce(0) { $0 + $1.allowed } > 100 * outcomes.count)
    }

    @Test func `a seed gives the same history each time`() throws {
        for seed in Seeds.fresh..<Seeds.fresh + 3 {
            #expect(try Simulation(seed).run() == Simulation(seed).run(), "seed \(seed)")
        }
    }

    /// Mistakes of a daemon, each of which must be found.
    @Test(arguments: [
        Stage.Plant.storage(.syncsAreSkipped), .storage(.syncsComeLate), .answersEarly, .forgetsRequests,
        .tellsTheRevoked, .leavesOutEntries,
    ])
    func `a planted mistake is found within some hundred histories`(plant: Stage.Plant) {
        var found: (seed: UInt64, what: String)?
        for seed: UInt64 in 1...300 where found == nil {
            do {
                _ = try Simulation(seed, plant: plant).run()
            } catch {
                found = (seed, "\(error)")
            }
        }
        #expect(found != nil, "\(plant)")
        print("\(plant): \(found?.what ?? "not found")")
    }
}
