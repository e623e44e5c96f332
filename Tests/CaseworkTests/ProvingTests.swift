import Policy
import TestSupport
import Testing

@testable import Casework

/// Who may have the proof of a line is told by the state, without the lines before it.
@Suite("Lines that may be proved")
struct ProvingTests {
    @Test(arguments: Seeds.all)
    func `a line alone is as visible as it is in an export, whoever asks and whatever happened`(seed: UInt64) {
        var acts = RandomActs(seed: seed)
        var world = RemovalTests.alder()
        for step in 0..<900 {
            var (name, act, purpose, seen) = acts.next(in: world)
            if step.isMultiple(of: 2) {
                (name, act) = acts.nearRemoval(in: world)
                (purpose, seen) = (nil, nil)
            }
            world.act(as: name, act, purpose: purpose, seen: seen)
        }
        var shown: [Visibility: Int] = [:]
        for file in world.state.cases.values {
            for member in world.state.members.values where world.state.mayKnow(file.id, member.id, now: world.now) {
                var export = PartsScope(
                    world.state.standing(of: member, in: file, world.now),
                    in: file,
                    of: world.state
                )
                for (event, _) in world.record where event.caseID == file.id {
                    let expected = export.visibility(of: event)
                    let alone = world.state.visibility(of: event, to: member.id, now: world.now)
                    shown[alone, default: 0] += 1
                    #expect(alone == expected, "seed \(seed): \(member.id) \(event)")
                }
            }
        }
        for visibility in [Visibility.none, .header, .content] {
            #expect(shown[visibility, default: 0] > 100, "seed \(seed): \(shown)")
        }
    }

    @Test func `of a case that somebody may not know of no line is visible`() throws {
        let world = RemovalTests.alder()
        let lines = world.record.map(\.event).filter { $0.caseID == world.file("Alder").id }
        try #require(!lines.isEmpty)
        for event in lines {
            #expect(world.state.visibility(of: event, to: member("lead.hcs"), now: world.now) == .none)
        }
    }
}
