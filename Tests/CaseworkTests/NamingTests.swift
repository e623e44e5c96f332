import Policy
import Testing

@testable import Casework

@Suite("What a case is called")
struct NamingTests {
    @Test func `a case is found by number, code word, id and their beginnings, in letters of either case`() {
        var world = World.opened()
        let file = world.file("Alder")
        for name in [
            file.number, file.number.lowercased(), "Alder", "ALDER", "alder", "Al", "aL", file.id.hex,
            file.id.hex.uppercased(), String(file.id.hex.dropLast()), String(file.number.prefix(9)),
        ] {
            #expect(world.act(as: "lead.fib", .getCase(name)).reading?.caseID == file.id, "\(name)")
        }
    }

    @Test(arguments: ["", " ", "Alderx", "Älder", "\u{212A}", "TF-2030", "E-1", String(repeating: "a", count: 65)])
    func `what fits no case is none`(name: String) {
        var world = World.opened()
        world.open("Birch", by: "lead.hcs")
        world.must("lead.fib", .inviteAgency("Alder", id("HCS-MAR"), .participation, nil))
        world.must("liaison.hcs", .joinCase("Alder", conditions: nil))
        world.must("liaison.hcs", .assignMember("Alder", member("lead.hcs")))
        #expect(world.act(as: "lead.hcs", .getCase(name)).code == "E-NOT-MEMBER")
    }

    @Test func `a code word that imitates the number or the id of another case takes nothing away from it`() {
        var world = World.opened()
        let alder = world.file("Alder")
        // An id may begin with a digit, and then it is no code word.
        for name in [alder.number, alder.id.hex].filter({ $0.utf8.first.map { $0 >= 0x41 } ?? false }) {
            let drafted = world.must("lead.hcs", .draftCase(World.proposal(name)))
            world.must("lead.hcs", .moveCase(drafted.caseID.hex, .propose, reason: nil))
            // To whom the real one is closed, it is a code word like any other.
            #expect(world.act(as: "liaison.spo", .getCase(name)).reading?.caseID == drafted.caseID)
            world.must("liaison.spo", .moveCase(drafted.caseID.hex, .approve, reason: nil))
            #expect(world.act(as: "lead.fib", .getCase(name)).reading?.caseID == alder.id)
            #expect(world.act(as: "auditor.rob", .getCase(name)).reading?.caseID == alder.id)
        }
    }

    @Test func `a search looks at no case with which the asker's agency never had to do`() throws {
        var world = World.joined()
        world.open("Birch", by: "lead.hcs")
        func candidates(_ name: String) throws -> Set<String> {
            let member = try #require(world.state.members[member(name)])
            return Set(world.state.candidates(for: member, world.now).compactMap { world.state.cases[$0]?.title })
        }
        #expect(try candidates("agent.tcp1").isEmpty)
        #expect(try candidates("agent.mpd1") == ["Alder"])
        #expect(try candidates("lead.hcs") == ["Birch"])
        #expect(try candidates("liaison.spo") == ["Alder", "Birch"])
        #expect(try candidates("auditor.rob") == ["Alder", "Birch"])
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        world.must(
            "liaison.mpd",
            .releaseEntry("Alder", "E-1", id("TCP-NAR"), reason: "r"),
            purpose: "OFFICER_SAFETY"
        )
        #expect(try candidates("agent.tcp1") == ["Alder"])
        world.must("liaison.mpd", .withdrawAgency("Alder", reason: "r"))
        #expect(try candidates("liaison.mpd") == ["Alder"])
    }

    @Test func `numbers and ids of the right shape that are nobody's read as those of another's case`() {
        var world = World.opened()
        world.must("lead.fib", .recordEntry("Alder", World.entry(.h2)))
        let file = world.file("Alder")
        let pairs = [
            ("TF-2031-999999", file.number), (String(repeating: "c", count: 32), file.id.hex), ("Zelkova", "Alder"),
            (String(repeating: "0", count: 32), file.id.hex), ("TF-2031-99", String(file.number.dropLast(2))),
        ]
        for (absent, forbidden) in pairs {
            for (none, here) in zip(AbsenceTests.acts(on: absent), AbsenceTests.acts(on: forbidden)) {
                let first = world.act(as: "agent.tcp1", none, seen: 0).refusal
                let second = world.act(as: "agent.tcp1", here, seen: 0).refusal
                #expect(first?.outward.code == "E-NOT-MEMBER", "\(none.name)")
                #expect(first?.outward == second?.outward, "\(here.name) \(absent)")
            }
        }
    }

    private static func several() -> World {
        var world = World.joined()
        for title in ["Aldous", "Birch"] {
            world.must("lead.fib", .draftCase(World.proposal(title)))
        }
        return world
    }

    @Test(arguments: ["Ald", "aL", "TF-2031"])
    func `a beginning that fits several cases is refused with the number and code word of each`(name: String) throws {
        var world = Self.several()
        let refusal = try #require(world.act(as: "lead.fib", .getCase(name)).refusal)
        #expect(refusal.outward.code == "E-INVALID")
        for title in name.hasPrefix("TF") ? ["Alder", "Aldous", "Birch"] : ["Alder", "Aldous"] {
            #expect(refusal.outward.message.contains("\(world.file(title).number) (\(title))"))
        }
        #expect(refusal.outward.ask == "Type more of the name, or the number.")
    }

    @Test func `a whole code word means its case though another begins with it`() {
        var world = Self.several()
        world.must("lead.fib", .draftCase(World.proposal("Alderman")))
        #expect(world.act(as: "lead.fib", .getCase("alder")).isDone)
        #expect(world.act(as: "lead.fib", .getCase("Alderm")).isDone)
    }

    @Test func `a code word that two cases bear is refused with both numbers`() throws {
        var world = World.joined()
        let first = world.file("Alder").number
        world.must("lead.fib", .draftCase(World.proposal("Alder")))
        let message = try #require(world.act(as: "lead.fib", .getCase("Alder")).refusal?.outward.message)
        #expect(message.hasPrefix("“Alder” fits 2 cases: "))
        #expect(message.contains("\(first) (Alder)"))
    }

    @Test func `a case that is not open to the asker neither makes a name ambiguous nor is told`() {
        var world = Self.several()
        #expect(world.act(as: "agent.mpd1", .getCase("Ald")).isDone)
        #expect(world.act(as: "officer.fro", .getCase("Ald")).code == "E-NOT-MEMBER")
    }

    @Test func `of many cases five are named and the rest are counted`() throws {
        var world = World.joined()
        for number in 1...6 {
            world.must("lead.fib", .draftCase(World.proposal("Alder\(number)")))
        }
        let message = try #require(world.act(as: "lead.fib", .getCase("Ald")).refusal?.outward.message)
        #expect(message.hasPrefix("“Ald” fits 7 cases: "))
        #expect(message.hasSuffix(", and 2 more."))
    }
}
