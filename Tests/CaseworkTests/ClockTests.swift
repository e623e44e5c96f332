import Policy
import StrictJSON
import Testing

@testable import Casework

@Suite("Clocks (domain.md 6.11)")
struct ClockTests {
    private static let hour: Int64 = 3_600_000

    private static func clock(_ item: String, due: Int64, _ kind: ClockKind = .taskDue) -> Clock {
        Clock(kind, .system, item, startedAt: UTCTime(milliseconds: 0), dueAt: UTCTime(milliseconds: due))
    }

    /// A snapshot of them, read back.
    private static func reread(_ clocks: Clocks) throws -> Clocks { try Clocks(clocks.record) }

    // MARK: The collection

    /// What the collection should be: a list that is looked through from one end to the other.
    private struct Model {
        var entries: [(clock: Clock, isOverdue: Bool)] = []

        private func index(_ clock: Clock) -> Int? {
            entries.firstIndex { $0.clock.kind == clock.kind && $0.clock.item == clock.item }
        }

        mutating func start(_ clock: Clock) {
            stop(clock)
            entries.append((clock, false))
        }

        mutating func stop(_ clock: Clock) { if let index = index(clock) { entries.remove(at: index) } }

        mutating func cross(_ clock: Clock) {
            guard let index = index(clock), entries[index].clock == clock else { return }
            entries[index].isOverdue = true
            if clock.kind.isMoment { entries.remove(at: index) }
        }

        func clocks(isOverdue: Bool) -> [Clock] {
            entries.filter { $0.isOverdue == isOverdue }.map(\.clock).sorted {
                ($0.dueAt.milliseconds, $0.kind.rawValue, $0.item) < ($1.dueAt.milliseconds, $1.kind.rawValue, $1.item)
            }
        }
    }

    @Test(arguments: [1, 31, 2_031, 77_777] as [UInt64])
    func `whatever is started, stopped and run out, they are what a plain list says`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        var clocks = Clocks()
        var model = Model()
        for trial in 0..<4_000 {
            let kind = dice.one([ClockKind.taskDue, .requestAnswer, .roleEnd])
            let one = Self.clock("Q-\(dice.below(40))", due: Int64(dice.below(50)) * 20_000, kind)
            switch dice.below(5) {
            case 0, 1:
                clocks.start(one)
                model.start(one)
            case 2:
                clocks.stop(one.kind, one.stream, one.item)
                model.stop(one)
            case 3:
                // What does not run as it is said to does not run out either.
                clocks.cross(one)
                model.cross(one)
            default:
                #expect(clocks.next == model.clocks(isOverdue: false).first, "seed \(seed) trial \(trial)")
                guard let next = clocks.next else { continue }
                clocks.cross(next)
                model.cross(next)
            }
            guard trial % 50 == 0 else { continue }
            #expect(clocks.pending == model.clocks(isOverdue: false), "seed \(seed) trial \(trial)")
            #expect(clocks.overdue == model.clocks(isOverdue: true), "seed \(seed) trial \(trial)")
            let again = try Self.reread(clocks)
            #expect(again == clocks && again.next == clocks.next && again.record == clocks.record)
        }
    }

    @Test func `a clock that is started anew runs from then, and its old end is forgotten`() {
        var clocks = Clocks()
        clocks.start(Self.clock("Q-1", due: 10))
        clocks.start(Self.clock("Q-1", due: 20))
        #expect(clocks.pending.map(\.dueAt.milliseconds) == [20] && clocks.next?.dueAt.milliseconds == 20)
        clocks.cross(Self.clock("Q-1", due: 10))
        #expect(clocks.overdue.isEmpty)
        clocks.cross(Self.clock("Q-1", due: 20))
        clocks.note(Self.clock("Q-1", due: 20), by: member("lead.fib"))
        #expect(clocks.overdue.count == 1 && clocks.next == nil)
        clocks.start(Self.clock("Q-1", due: 30))
        #expect(clocks.overdue.isEmpty && clocks.entries(in: .system).allSatisfy { $0.seenBy.isEmpty })
    }

    @Test func `what is due at the same moment has one order everywhere`() throws {
        let names = ["Q-3", "Q-1", "Q-2"]
        var forward = Clocks()
        var backward = Clocks()
        for name in names { forward.start(Self.clock(name, due: 7)) }
        for name in names.reversed() { backward.start(Self.clock(name, due: 7)) }
        #expect(forward == backward && forward.record == backward.record)
        var order: [String] = []
        while let next = backward.next {
            #expect(next == forward.next)
            order.append(next.item)
            backward.cross(next)
            forward.cross(next)
        }
        #expect(order == ["Q-1", "Q-2", "Q-3"])
    }

    @Test func `a hundred thousand clocks of one moment run out one by one, in their order`() {
        var clocks = Clocks()
        let count = 100_000
        for number in 0..<count { clocks.start(Self.clock("Q-\(number)", due: 7)) }
        for number in 0..<count where number % 2 == 0 { clocks.stop(.taskDue, .system, "Q-\(number)") }
        var last = ""
        var crossed = 0
        while let next = clocks.next {
            #expect(last < next.item)
            last = next.item
            clocks.cross(next)
            crossed += 1
        }
        #expect(crossed == count / 2)
    }

    @Test func `a line whose clock is not of its kind is no event`() throws {
        let details = JSONValue.object(Self.clock("Q-1", due: 7, .requestAnswer).record)
        func event(_ kind: String) throws -> Event {
            try Event(
                kind: kind,
                caseID: .system,
                agency: "",
                member: "",
                role: "",
                purpose: "",
                parts: [("details", details)]
            )
        }
        #expect(try event("rfi.overdue").body == .clock(Self.clock("Q-1", due: 7, .requestAnswer)))
        #expect(throws: EventFault.self) { try event("task.overdue") }
    }

    @Test func `each row of the table says what is recorded, what is due, whom it concerns, and by which rule`() {
        for kind in ClockKind.allCases {
            let row = kind.row
            // Of what stands before oversight no line says what it is.
            #expect(row.event.contains(".") || row.event == "restricted", "\(kind)")
            #expect(row.duty.hasSuffix(".") && !row.citation.isEmpty, "\(kind)")
            // That a target was screened is nobody's to know; who is concerned by what it found is told of that.
            #expect(row.concerned.isEmpty == (kind == .targetScreening), "\(kind)")
            #expect(row.command.isEmpty || row.command.hasPrefix("accord "), "\(kind)")
        }
    }

    // MARK: What starts and stops them

    /// Without accounts in which nothing was done for long: `InactivityTests`.
    private func overdue(_ world: World, _ name: String) -> [String] {
        world.state.due(member(name), in: nil, isOverdueOnly: true, now: world.now).filter {
            // Oversight's own week runs beside whatever else is looked at here.
            !["inactive-account", "audit-review"].contains($0["clock"]?.string)
        }.map {
            "\($0["clock"]?.string ?? "") \($0["item"]?.string ?? "-") \($0["state"]?.string ?? "")"
        }
    }

    private func recorded(_ world: World, _ kind: String) -> Int {
        world.record.filter { $0.event.kind == kind }.count
    }

    @Test func `a case is reviewed within ninety days of its opening: its lead and oversight are told`() {
        var world = World.opened()
        world.must("lead.fib", .assignMember("Alder", member("agent.fib1")))
        world.pass(days: 89)
        #expect(overdue(world, "lead.fib").isEmpty && recorded(world, "case.review_overdue") == 0)
        let due = world.state.due(member("lead.fib"), in: nil, isOverdueOnly: false, now: world.now)
        #expect(due.map { $0["clock"]?.string } == ["case-review"])
        world.pass(days: 2)
        #expect(recorded(world, "case.review_overdue") == 1)
        for name in ["lead.fib", "auditor.rob"] {
            #expect(overdue(world, name) == ["case-review - overdue"], "\(name)")
        }
        for name in ["agent.fib1", "liaison.fib", "lead.hcs", "liaison.mpd"] {
            #expect(overdue(world, name).isEmpty, "\(name)")
            #expect(world.inboxKinds(name).isEmpty, "\(name)")
        }
        // However long it stays so, it is recorded once.
        world.pass(days: 50)
        #expect(recorded(world, "case.review_overdue") == 1)
        world.must("lead.fib", .moveCase("Alder", .review, reason: "Two agencies still work."))
        #expect(overdue(world, "lead.fib").isEmpty)
        world.pass(days: 91)
        #expect(recorded(world, "case.review_overdue") == 2)
        world.must("lead.fib", .moveCase("Alder", .close, reason: "Done."))
        #expect(overdue(world, "auditor.rob").isEmpty)
        world.pass(days: 91)
        #expect(recorded(world, "case.review_overdue") == 2)
    }

    @Test func `an agreement warns 60, 30 and 7 days before its end, which is recorded once`() {
        var world = World.opened()
        world.agree(
            "MOU-31-05",
            [id("FIB-MB"), id("TCP-NAR")],
            [.officerSafety],
            designee: nil,
            ends: world.now.adding(days: 70)
        )
        func ofIt(_ name: String) -> [String] { overdue(world, name).filter { $0.contains("MOU-31-05") } }
        for (days, expected) in [
            (9, []), (2, ["agreement-60d MOU-31-05 warning"]), (30, ["agreement-30d MOU-31-05 warning"]),
            (23, ["agreement-7d MOU-31-05 warning"]), (7, ["agreement-end MOU-31-05 warning"]),
        ] as [(Int64, [String])] {
            world.pass(days: days)
            for name in ["liaison.fib", "liaison.tcp", "auditor.rob", "admin.ops"] {
                #expect(ofIt(name) == expected, "\(name) after \(days)")
            }
            for name in ["liaison.mpd", "agent.fib1", "lead.fib"] { #expect(ofIt(name).isEmpty, "\(name)") }
        }
        #expect(recorded(world, "agreement.ending") == 3 && recorded(world, "agreement.expired") == 1)
        world.must("admin.ops", .renewAgreement(mou("MOU-31-05"), endsAt: world.now.adding(days: 400)))
        #expect(ofIt("liaison.fib").isEmpty)
        world.must("admin.ops", .terminateAgreement(mou("MOU-31-05"), reason: "r"))
        world.pass(days: 9)
        #expect(world.state.clocks.clock(.agreementIn60Days, .system, "MOU-31-05") == nil)
    }

    @Test func `an agreement that had ended before it was recorded says nothing`() {
        let world = World()
        #expect(world.state.clocks.pending.allSatisfy { $0.item != "MOU-30-09" })
    }

    @Test func `a role warns the agency's liaison before it ends, and its end is on record`() {
        var world = World.opened()
        let ends = world.now.adding(days: 40)
        let act = Act.grantRole(member("agent.mpd1"), .analyst, scope: "agency", expiresAt: ends)
        let grant = world.must("liaison.mpd", act).item ?? ""
        func ofIt(_ name: String) -> [String] { overdue(world, name).filter { $0.contains(grant) } }
        world.pass(days: 11)
        #expect(ofIt("liaison.mpd") == ["role-30d agent.mpd1/\(grant) warning"])
        world.pass(days: 23)
        #expect(ofIt("liaison.mpd") == ["role-7d agent.mpd1/\(grant) warning"])
        for name in ["agent.mpd1", "liaison.fib", "auditor.rob"] { #expect(ofIt(name).isEmpty, "\(name)") }
        let task = world.state.inbox(member("liaison.mpd"), now: world.now).first { $0.item?.contains(grant) ?? false }
        #expect(task?.kind == "warning" && task?.caseNumber == "" && task?.fromAgency == "MPD-VT")
        #expect(task?.command.hasPrefix("accord member grant agent.mpd1 ") == true)
        world.pass(days: 7)
        #expect(ofIt("liaison.mpd").isEmpty && recorded(world, "user.role_ended") == 1)
        let other = world.must(
            "liaison.mpd",
            .grantRole(member("agent.mpd1"), .legal, scope: "agency", expiresAt: world.now.adding(days: 9))
        )
        world.must("liaison.mpd", .revokeRole(member("agent.mpd1"), grant: other.item ?? "", reason: "r"))
        world.pass(days: 10)
        #expect(recorded(world, "user.role_ended") == 1)
    }

    @Test func `a member is reviewed each year by his liaison or an administrator, and not by himself`() {
        var world = World.opened()
        world.pass(days: 200)
        for name in ["liaison.mpd", "agent.mpd1"] { world.give(name, .analyst) }
        for name in ["liaison.mpd", "liaison.fib", "auditor.rob"] {
            let role = name == "auditor.rob" ? Role.oversight : .liaison
            world.must("admin.ops", .revokeRole(member(name), grant: world.grant(of: name, role), reason: "r"))
            world.give(name, role)
        }
        world.pass(days: 166)
        let late = "user-review agent.mpd1 overdue"
        #expect(overdue(world, "liaison.mpd").contains(late) && overdue(world, "auditor.rob").contains(late))
        #expect(!overdue(world, "liaison.fib").contains(late))
        #expect(world.act(as: "liaison.fib", .reviewMember(member("agent.mpd1"), reason: "r")).code == "E-INVALID")
        #expect(world.act(as: "liaison.mpd", .reviewMember(member("liaison.mpd"), reason: "r")).code == "E-SOD")
        world.must("liaison.mpd", .reviewMember(member("agent.mpd1"), reason: "Still assigned to Alder."))
        #expect(!overdue(world, "auditor.rob").contains(late))
        world.must("liaison.mpd", .disableMember(member("agent.mpd1"), reason: "r"))
        #expect(world.state.clocks.clock(.userReview, .system, "agent.mpd1") == nil)
    }

    @Test func `a court order that is not carried out within thirty days of the appeal's end is overdue`() {
        var world = World.joined()
        world.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        let appeal = world.now.adding(days: 10)
        let terms = OrderTerms(kind: .seal, court: "c", docket: "d", effectiveAt: world.now, appealUntil: appeal)
        world.must("counsel.dao", .removal("Alder", .recordOrder(["E-1"], terms)))
        #expect(world.state.clocks.clock(.courtOrder, world.file("Alder").id, "C-1")?.dueAt == appeal.adding(days: 30))
        world.pass(days: 41)
        for name in ["lead.fib", "counsel.dao", "auditor.rob"] {
            #expect(overdue(world, name) == ["court-order C-1 overdue"], "\(name)")
        }
        for name in ["agent.mpd1", "liaison.mpd"] { #expect(overdue(world, name).isEmpty, "\(name)") }
        world.must("lead.fib", .removal("Alder", .seal(["E-1"], order: "C-1")))
        #expect(overdue(world, "auditor.rob").isEmpty && recorded(world, "court_order.overdue") == 1)
    }

    // MARK: Who is told

    @Test func `the crossing is in the feed of those whom it concerns, and in nobody else's`() throws {
        var world = World.joined()
        world.pass(days: 91)
        let event = try #require(world.record.last { $0.event.kind == "case.review_overdue" }?.event)
        for (name, _, _) in World.members {
            let told = world.state.feedSummary(event, for: name, now: world.now)
            let concerned = [member("lead.fib"), member("auditor.rob")].contains(name)
            #expect((told != nil) == concerned, "\(name): \(told ?? "")")
        }
    }

    @Test func `who took note is spared the line, and nobody else; it stays overdue and on record`() {
        var world = World.joined()
        let ack = Act.acknowledgeNotice("Alder", "case-review")
        #expect(world.act(as: "lead.fib", ack).code == "E-NOT-FOUND")
        world.pass(days: 91)
        #expect(world.inboxKinds("lead.fib") == ["overdue"])
        for name in ["agent.fib1", "liaison.mpd"] { #expect(world.act(as: name, ack).code == "E-NOT-FOUND", "\(name)") }
        #expect(world.act(as: "agent.tcp1", ack).code == "E-NOT-MEMBER")
        let event = world.must("lead.fib", ack)
        #expect(event.kind == "notice.acknowledged" && event.item == "case-review")
        #expect(world.inboxKinds("lead.fib").isEmpty)
        #expect(world.state.inbox(member("auditor.rob"), now: world.now).contains { $0.item == "case-review" })
        #expect(overdue(world, "lead.fib") == ["case-review - overdue"])
        #expect(world.act(as: "lead.fib", ack).code == "E-NOT-FOUND")
        #expect(world.state.feedSummary(event, for: member("auditor.rob"), now: world.now) != nil)
        #expect(world.state.feedSummary(event, for: member("agent.mpd1"), now: world.now) == nil)
    }

    @Test func `a clock that runs out changes nothing of what anybody may do`() throws {
        var world = World.joined()
        let before = world.state.cases
        world.pass(days: 91)
        var after = world.state.cases
        #expect(world.record.contains { $0.event.kind == "case.review_overdue" })
        for (id, file) in before {
            after[id]?.position = file.position
            after[id]?.updatedAt = file.updatedAt
        }
        #expect(after == before)
        #expect(try CaseworkState(decoding: world.state.encode()).clocks == world.state.clocks)
    }
}

extension World {
    func grant(of name: String, _ role: Role) -> String {
        state.members[member(name)]?.grants.first { $0.role == role }?.id ?? ""
    }
}
