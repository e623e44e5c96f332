import Cryptography
import Deconfliction
import Policy
import StrictJSON
import Testing

@testable import Casework

/// Targets through the gate: what is released, what is refused, and that silence looks like nothing.
@Suite("Target deconfliction")
struct TargetDeconflictionTests {
    private static let phone = "+1 202 555 0100"

    /// Alder, and Birch led by HCS.
    private static func world() -> World {
        var world = World.joined()
        world.open("Birch", by: "lead.hcs")
        world.must("lead.hcs", .assignMember("Birch", member("agent.hcs1")))
        return world
    }

    @Test(arguments: [true, false])
    func `what a silent owner was told goes with what he was told of`(isCleared: Bool) throws {
        var world = World.joined()
        _ = world.submit("agent.mpd1", World.target(level: .silent))
        world.screen()
        let asked = world.submit("agent.tcp1", World.target()).name
        world.screen()
        let told = try #require(world.inbox("liaison.mpd").first { $0.kind == "decon-conflict" }?.item)
        if isCleared { world.must("agent.tcp1", .deconfliction(.withdrawTarget(asked, reason: "mistaken"))) }
        #expect(world.inbox("liaison.mpd").contains { $0.item == told } != isCleared)
        let joint = world.act(as: "liaison.mpd", .deconfliction(.resolve(told, .joint, note: nil)))
        #expect(joint.isDone != isCleared)
        #expect(world.inbox("agent.tcp1").contains { $0.kind == "decon-conflict" } != isCleared)
        let again = try CaseworkState(decoding: world.state.encode())
        #expect(again.encode() == world.state.encode())
    }

    @Test func `what had lapsed and is validated meets what was submitted meanwhile, and both are told once`() throws {
        var world = World.joined()
        let until = World.start.adding(days: 20)
        let old = world.submit("agent.tcp1", World.target(until: until)).name
        world.goOn(30, for: "agent.tcp1")
        let new = world.submit("agent.mpd1", World.target(role: .suspect))
        #expect(new.found.isEmpty)
        world.must("agent.tcp1", World.validate(old))
        for name in ["agent.tcp1", "agent.mpd1"] {
            #expect(world.inbox(name).count { $0.kind == "decon-conflict" } == 1, "\(name)")
        }
        // The next year nobody is told again.
        let before = world.stream("MPD-VT").count
        world.goOn(10, for: "agent.tcp1")
        _ = world.submit("agent.tcp1", World.validate(old))
        #expect(world.stream("MPD-VT").count == before)
    }

    @Test func `whoever is silent about what is validated again is told of it, and nobody else`() throws {
        var world = World.joined()
        let until = World.start.adding(days: 20)
        let old = world.submit("agent.tcp1", World.target(until: until)).name
        world.goOn(30, for: "agent.tcp1")
        _ = world.submit("agent.mpd1", World.target(level: .silent))
        world.screen()
        #expect(!world.inbox("liaison.mpd").contains { $0.kind == "decon-conflict" })
        world.must("agent.tcp1", World.validate(old))
        world.screen()
        #expect(!world.inbox("agent.tcp1").contains { $0.kind == "decon-conflict" })
        #expect(world.inbox("liaison.mpd").contains { $0.kind == "decon-conflict" })
    }

    @Test func `the same identifier, however it is written, tells both sides agency and desk`() throws {
        var world = Self.world()
        _ = world.submit("agent.tcp1", World.target("+12025550100"))
        let (name, found) = world.submit("agent.fib1", World.target("001 (202) 555-0100", case: "Alder"))
        let finding = try #require(found.first)
        #expect(found.count == 1 && name.hasPrefix("I-"))
        #expect(finding.word("agency") == "TCP-NAR" && finding.word("contact") == "TCP-NAR control desk")
        #expect(finding["codeWord"] == nil && finding["severity"] == nil)
        let conflict = finding.word("conflict")
        #expect(world.inbox("agent.tcp1").map(\.item) == [conflict])
        #expect(world.shown(conflict, to: "agent.tcp1")?.word("agency") == "FIB-MB")
        world.must("agent.tcp1", .deconfliction(.acknowledge(conflict)))
        world.must("agent.fib1", .deconfliction(.resolve(conflict, .joint, note: nil)))
        world.must("agent.tcp1", .deconfliction(.resolve(conflict, .joint, note: nil)))
        #expect(world.shown(conflict, to: "agent.fib1")?.word("state") == "resolved")
        #expect(world.stream("TCP-NAR").last == "decon.resolved" && world.stream("FIB-MB").last == "decon.resolved")
    }

    @Test func `another identifier, another kind and another issuer are nothing`() {
        var world = Self.world()
        _ = world.submit("agent.tcp1", World.target("VT 1234", .plate, qualifier: "US-VT"))
        #expect(world.submit("agent.fib1", World.target("VT 1234", .plate, qualifier: "MX")).found.isEmpty)
        #expect(world.submit("agent.fib1", World.target("VT 1235", .plate, qualifier: "US-VT")).found.isEmpty)
        #expect(world.submit("agent.fib1", World.target("VT 1234", .document, qualifier: "US-VT")).found.isEmpty)
        #expect(world.submit("agent.fib1", World.target("vt-1234", .plate, qualifier: "us-vt")).found.count == 1)
    }

    @Test func `code words are told where both are OPEN, and else not`() throws {
        for (level, isTold) in [(ReleaseLevel.open, true), (.agencyOnly, false)] {
            var world = Self.world()
            _ = world.submit("lead.hcs", World.target(case: "Birch", level: .open))
            let finding = try #require(
                world.submit("agent.fib1", World.target(case: "Alder", level: level)).found.first
            )
            #expect(finding["codeWord"]?.string == (isTold ? "Birch" : nil))
            let other = try #require(world.shown(finding.word("conflict"), to: "lead.hcs"))
            #expect(other["codeWord"]?.string == (isTold ? "Alder" : nil))
        }
    }

    // MARK: Silence

    /// What a submitter can tell: the answer but for its number, the kinds and sizes of the lines in his own stream, and how
    /// many lines the record grew by.
    private static func traces(_ world: inout World) -> (found: JSONValue?, own: [String], lines: Int, sizes: [Int]) {
        let before = world.record.count
        let event = world.must("agent.hcs1", World.target(case: "Birch"))
        let added = world.record[before...].map(\.event)
        let found = world.state.deconfliction.found(by: event)
        return (
            found, added.filter { $0.caseID == .deconfliction(of: id("HCS-MAR")) }.map(\.kind), added.count,
            added.map { $0.parts().reduce(0) { $0 + $1.value.encoded.count } }
        )
    }

    @Test func `no record and SILENT are the same in bytes, in lines and in what follows`() throws {
        var nobody = Self.world()
        _ = nobody.submit("agent.fib1", World.target("+1 202 555 0199", case: "Alder", level: .silent))
        var silent = Self.world()
        _ = silent.submit("agent.fib1", World.target(Self.phone, case: "Alder", level: .silent))
        let (one, other) = (Self.traces(&nobody), Self.traces(&silent))
        #expect(one.found == [] && other.found == [])
        #expect(one.own == other.own && one.lines == other.lines && one.sizes == other.sizes)
        #expect(one.lines == 1)
        #expect(nobody.inbox("agent.hcs1").isEmpty && silent.inbox("agent.hcs1").isEmpty)
        #expect(nobody.state.clocks.pending.count == silent.state.clocks.pending.count)
        // Nor by what is taken back.
        for (index, world) in [nobody, silent].enumerated() {
            var world = world
            let name = try #require(world.record.last { $0.event.kind == "decon.target_submitted" }?.event.item)
            let shown = try #require(world.shown(name, to: "agent.hcs1"))
            #expect(shown.words("conflicts").isEmpty, "\(index)")
            let before = world.record.count
            world.must("agent.hcs1", .deconfliction(.withdrawTarget(name, reason: "r")))
            #expect(world.record.count == before + 1, "\(index)")
        }
        // Its owner alone is told, a minute later.
        #expect(silent.inbox("liaison.fib").isEmpty)
        nobody.screen()
        silent.screen()
        #expect(nobody.inbox("liaison.fib").isEmpty)
        let task = try #require(silent.inbox("liaison.fib").first)
        #expect(task.fromAgency == "HCS-MAR" && task.summary.contains("HCS-MAR control desk"))
    }

    @Test func `the work of a submission is the same for no record and SILENT: the two states differ in nothing new`() {
        func differ(_ others: String) -> (before: String, after: String) {
            var world = Self.world()
            _ = world.submit("agent.fib1", World.target(others, case: "Alder", level: .silent))
            world.screen()
            func kept() -> String {
                let digests = world.state.deconfliction.targets.values.map(\.digest.hex)
                return digests.reduce(String(decoding: world.state.encode(), as: UTF8.self)) { text, digest in
                    text.replacing(digest, with: "digest")
                }
            }
            let before = kept()
            let event = world.must("agent.hcs1", World.target(Self.phone, case: "Birch"))
            #expect(world.state.deconfliction.found(by: event) == [])
            return (before, kept())
        }
        let nobody = differ("+1 202 555 0199")
        let silent = differ(Self.phone)
        #expect(nobody.before == silent.before && nobody.after == silent.after && nobody.before != nobody.after)
    }

    @Test func `however many are silent about it, the line that says so is as long as for none`() throws {
        func screened(_ others: String) throws -> (size: Int, told: Int) {
            var world = Self.world()
            for _ in 0..<Deconflictions.perHour {
                _ = world.submit("agent.fib1", World.target(others, case: "Alder", level: .silent))
            }
            world.screen()
            _ = world.submit("agent.hcs1", World.target(Self.phone, case: "Birch"))
            world.screen()
            let line = try #require(world.record.last)
            #expect(line.event.kind == "decon.screened" && line.event.caseID == .screening)
            return (
                line.event.parts().reduce(0) { $0 + $1.value.encoded.count }, world.inbox("liaison.fib").count
            )
        }
        let (none, all) = (try screened("+1 202 555 0199"), try screened(Self.phone))
        #expect(none.size == all.size)
        #expect(none.told == 0 && all.told == Deconflictions.perHour)
    }

    @Test func `of a pair of which one is SILENT its owner is told alone, whoever was there first`() throws {
        for isFirst in [true, false] {
            var world = Self.world()
            func silent() { _ = world.submit("agent.fib1", World.target(case: "Alder", level: .silent)) }
            if isFirst { silent() }
            #expect(world.submit("agent.hcs1", World.target(case: "Birch")).found.isEmpty)
            if !isFirst { silent() }
            world.screen()
            world.screen()
            #expect(world.inbox("agent.hcs1").isEmpty && world.stream("HCS-MAR") == ["decon.target_submitted"])
            #expect(world.inbox("liaison.fib").map(\.fromAgency) == ["HCS-MAR"], "\(isFirst)")
            #expect(world.inbox("agent.fib1").isEmpty)
        }
    }

    @Test func `of two that are SILENT, the one that was there first is told, also where the other was taken back`() {
        var world = Self.world()
        _ = world.submit("agent.fib1", World.target(case: "Alder", level: .silent))
        let second = world.submit("agent.hcs1", World.target(case: "Birch", level: .silent)).name
        world.must("agent.hcs1", .deconfliction(.withdrawTarget(second, reason: "r")))
        world.screen()
        #expect(world.inbox("liaison.fib").map(\.fromAgency) == ["HCS-MAR"])
        #expect(world.inbox("liaison.hcs").isEmpty && world.inbox("lead.hcs").isEmpty)
    }

    @Test func `the number of a conflict that is told does not tell whether something silent stands beside it`() throws
    {
        let conflicts = [ReleaseLevel.silent, .silent].enumerated().map { index, level in
            var world = Self.world()
            let other = index == 0 ? "+1 202 555 0199" : Self.phone
            _ = world.submit("agent.fib1", World.target(other, case: "Alder", level: level))
            _ = world.submit("agent.tcp1", World.target(Self.phone))
            return world.submit("agent.hcs1", World.target(Self.phone)).found.first?["conflict"]
        }
        #expect(conflicts[0] != nil && conflicts[0] == conflicts[1])
    }

    @Test func `the owner of a silent target decides whether the other learns of it`() throws {
        var world = Self.world()
        _ = world.submit("agent.fib1", World.target(case: "Alder", level: .silent))
        _ = world.submit("agent.hcs1", World.target(case: "Birch"))
        world.screen()
        let conflict = try #require(world.inbox("liaison.fib").first?.item)
        #expect(world.act(as: "agent.hcs1", .deconfliction(.show(conflict))).code == "E-NOT-FOUND")
        var declined = world
        let before = declined.record.count
        declined.must("liaison.fib", .deconfliction(.resolve(conflict, .contactDeclined, note: nil)))
        #expect(declined.record.count == before + 1 && declined.inbox("liaison.fib").isEmpty)
        #expect(declined.act(as: "agent.hcs1", .deconfliction(.show(conflict))).code == "E-NOT-FOUND")
        world.must("lead.fib", .deconfliction(.resolve(conflict, .joint, note: nil)))
        #expect(world.stream("HCS-MAR").last == "decon.hit_found")
        #expect(world.shown(conflict, to: "agent.hcs1")?.word("agency") == "FIB-MB")
        #expect(world.inbox("agent.hcs1").map(\.item) == [conflict])
        world.must("agent.hcs1", .deconfliction(.resolve(conflict, .joint, note: nil)))
        #expect(world.shown(conflict, to: "lead.fib")?.word("state") == "resolved")
    }

    @Test func `an agency that left the case is told of as another, and so is what it was linked with before`() throws {
        var world = Self.world()
        _ = world.submit("agent.mpd1", World.target(case: "Alder"))
        let link = try #require(world.submit("agent.fib1", World.target(case: "Alder")).found.first)
        #expect(link.word("kind") == "link")
        world.must("liaison.mpd", .withdrawAgency("Alder", reason: "r"))
        let shown = try #require(world.shown(link.word("conflict"), to: "agent.fib1"))
        #expect(shown.word("kind") == "target" && shown.word("state") == "notified")
        #expect(world.contacts.count == 2)
        let again = world.submit("agent.spo1", World.target(case: "Alder")).found
        #expect(again.map { $0.word("kind") }.sorted() == ["link", "target"])
    }

    // MARK: Rules

    @Test func `P10, P12: a suspicion is stated, and no victim or witness is a target`() {
        var world = Self.world()
        for act in [World.target(activity: nil), World.target(basis: nil), World.target(subject: nil)] {
            #expect(world.act(as: "agent.fib1", act).code == "E-NO-PREDICATE")
        }
        for role in [SubjectRole.victim, .witness] {
            #expect(world.act(as: "agent.fib1", World.target(role: role)).code == "E-PROTECTED-PERSON")
        }
        for role in [SubjectRole.suspect, .instrument] {
            #expect(world.act(as: "agent.fib1", World.target(role: role)).isDone)
        }
    }

    /// Whether there is such a reference plays no part, so that nobody finds it out by asking.
    @Test func `P12: what names a victim's reference is no target, whoever the reference is`() {
        var world = Self.world()
        for act in [World.target(subject: "V-7F3A"), World.target(basis: "Phone of v-7f3a, seen on Monday.")] {
            #expect(world.act(as: "agent.fib1", act).rule == "P12")
        }
        for act in [World.target(subject: "V-7F3"), World.target(basis: "A van, DRIV-7F3A.")] {
            #expect(world.act(as: "agent.fib1", act).isDone)
        }
    }

    @Test func `an entry that a suspicion refers to is one that its submitter may see`() {
        var world = Self.world()
        world.must("agent.spo1", .recordEntry("Alder", World.entry(.h0, .operations)))
        #expect(world.act(as: "agent.fib1", World.target(case: "Alder", subject: "e1")).isDone)
        #expect(world.act(as: "agent.fib1", World.target(case: "Alder", subject: "E-2")).code == "E-NOT-FOUND")
        world.must("counsel.dao", .recordEntry("Alder", World.entry(.h0, .legal)))
        #expect(world.act(as: "agent.fib1", World.target(case: "Alder", subject: "E-2")).code == "E-NOT-FOUND")
    }

    @Test func `P10: what a suspicion refers to still stands, and its submitter may see it`() {
        var world = Self.world()
        func target(_ subject: String) -> World.Outcome {
            world.act(as: "agent.fib1", World.target(case: "Alder", subject: subject))
        }
        #expect(target("S-1").code == "E-NOT-FOUND")
        SubjectTests.register(&world, ["basis": "Seen with the van."])
        #expect(target("s1").isDone)
        world.act(as: "agent.tcp1", World.target(case: "Alder", subject: "S-1"))
        world.work(as: "agent.fib1", "io.accord.Subject.Clear", ["item": "S-1", "reason": "Mistaken."])
        #expect(target("S-1").code == "E-NO-PREDICATE" && target("S-2").code == "E-NOT-FOUND")
        world.must("agent.fib1", .recordEntry("Alder", World.entry()))
        #expect(target("E-1").isDone)
        world.must("agent.fib1", .withdrawEntry("Alder", "E-1", reason: "wrong"))
        #expect(target("E-1").code == "E-NO-PREDICATE")
    }

    @Test func `a check digit that is wrong is refused, and not stored`() {
        var world = Self.world()
        #expect(world.act(as: "agent.hcs1", World.target("CSQU3054384", .container, case: "Birch")).code == "E-INVALID")
        #expect(world.act(as: "agent.hcs1", World.target("CSQU3054383", .container, case: "Birch")).isDone)
        #expect(world.act(as: "agent.hcs1", World.target("IMO 9074729", .imo, case: "Birch")).isDone)
    }

    @Test func `P21: twenty identifiers an hour, a hundred a day for a case, and no lists; oversight is shown`() {
        var world = Self.world()
        func number(_ index: Int) -> String { "+1 202 555 \(1_000 + index)" }
        for index in 0..<20 { #expect(world.act(as: "agent.hcs1", World.target(number(index), case: "Birch")).isDone) }
        let refused = world.act(as: "agent.hcs1", World.target(number(20), case: "Birch"))
        #expect(refused.code == "E-RATE" && refused.rule == "P21")
        #expect(world.record.last?.event.kind == "decon.query_denied")
        #expect(world.record.last?.event.caseID == .deconfliction(of: id("HCS-MAR")))
        // Another member has a budget of his own, the case has one for all.
        #expect(world.act(as: "lead.hcs", World.target(number(21), case: "Birch")).isDone)
        world.now = UTCTime(milliseconds: world.now.milliseconds + World.hour)
        #expect(world.act(as: "agent.hcs1", World.target(number(22), case: "Birch")).isDone)
        for index in 23..<200 {
            world.now = UTCTime(milliseconds: world.now.milliseconds + World.hour / 19)
            _ = world.act(as: "agent.hcs1", World.target(number(index), case: "Birch"))
        }
        #expect(world.act(as: "lead.hcs", World.target(number(300), case: "Birch")).code == "E-RATE")
        #expect(world.act(as: "lead.hcs", World.target(number(300))).isDone)
        world.now = UTCTime(milliseconds: world.now.milliseconds + 24 * World.hour)
        #expect(world.act(as: "lead.hcs", World.target(number(301), case: "Birch")).isDone)

        guard case .deconfliction(.submitTarget(var list)) = World.target() else { return }
        list.values = ["+12025550100", "+12025550101"]
        let bulk = world.act(as: "lead.hcs", .deconfliction(.submitTarget(list)))
        #expect(bulk.code == "E-BULK" && world.record.last?.event.kind == "decon.query_denied")
        list.values = []
        #expect(world.act(as: "lead.hcs", .deconfliction(.submitTarget(list))).code == "E-BULK")
    }

    @Test func `P03: civil immigration enforcement submits no target; deconfliction alone suffices for others`() {
        var world = Self.world()
        #expect(world.act(as: "officer.fro", World.target()).code == "E-PURPOSE")
        #expect(world.act(as: "agent.tcp1", World.target()).isDone)
        #expect(world.act(as: "admin.ops", World.target()).refusal?.isAlert ?? false)
        #expect(world.act(as: "analyst.fib", World.target()).code == "E-ROLE")
    }

    @Test func `P11: what is past its validity matches nothing, its owner is told, and five years are the end`() throws
    {
        var world = Self.world()
        let own = world.submit("agent.tcp1", World.target(until: world.now.adding(days: 30))).name
        #expect(world.act(as: "agent.fib1", World.target(until: world.now.adding(days: 366))).code == "E-INVALID")
        world.now = world.now.adding(days: 31)
        world.crossDueClocks()
        #expect(world.stream("TCP-NAR").last == "decon.target_lapsed")
        #expect(world.submit("agent.fib1", World.target(until: world.now.adding(days: 1))).found.isEmpty)
        #expect(world.inbox("agent.tcp1").map(\.item) == [own])
        #expect(
            world.act(as: "agent.tcp1", World.validate(own, until: world.now.adding(days: 366))).code == "E-INVALID"
        )
        world.must("agent.tcp1", World.validate(own))
        // It meets what was submitted while it had lapsed.
        #expect(world.inbox("agent.tcp1").map(\.kind) == ["decon-conflict"])
        world.now = world.now.adding(days: 2)
        let found = world.submit("agent.hcs1", World.target()).found
        #expect(found.map { $0.word("agency") } == ["TCP-NAR"])
    }

    @Test func `P11: five years after its submission nothing keeps a target`() {
        var (world, name) = World.oldTarget()
        #expect(world.act(as: "agent.tcp1", World.validate(name)).code == "E-VALIDITY")
        // Its last validation ended with the fifth year.
        #expect(world.state.deconfliction.targets.values.map(\.terms.validUntil).allSatisfy { $0 <= world.now })
    }

    // MARK: The pepper

    @Test func `a new pepper: old digests match nothing, their owners are told and submit again`() throws {
        var world = Self.world()
        let old = world.submit("agent.tcp1", World.target()).name
        let changed = Event(
            kind: "sys.pepper_changed",
            caseID: .system,
            agency: nil,
            member: nil,
            role: nil,
            purpose: nil,
            body: .system(["epoch": 2])
        )
        world.append(changed)
        world.pepper = Pepper(epoch: 2, key: [UInt8](repeating: 8, count: 32))
        #expect(world.submit("agent.fib1", World.target()).found.isEmpty)
        #expect(world.inbox("agent.tcp1").map(\.item) == [old])
        let again = world.submit("agent.tcp1", World.target())
        #expect(again.found.map { $0.word("agency") } == ["FIB-MB"])
        world.must("agent.tcp1", .deconfliction(.withdrawTarget(old, reason: "r")))
        #expect(world.inbox("agent.tcp1").map(\.kind) == ["decon-conflict"])
    }

    @Test func `the state holds digests, and never what they are of`() {
        var world = Self.world()
        _ = world.submit("agent.tcp1", World.target("+1 202 555 0100", basis: "nightjar"))
        let kept = String(decoding: world.state.encode(), as: UTF8.self)
        #expect(!kept.contains("555") && !kept.contains("nightjar"))
    }

    // MARK: Endings

    @Test func `purging the entry that a target rests on drops the target, and what came of it`() throws {
        var world = Self.world()
        world.must("agent.fib1", .recordEntry("Alder", World.entry()))
        _ = world.submit("agent.fib1", World.target(case: "Alder", subject: "E-1"))
        let conflict = try #require(world.submit("agent.tcp1", World.target()).found.first).word("conflict")
        world.must("lead.fib", .removal("Alder", .review(["E-1"], .purge, until: nil, explanation: "mistaken")))
        world.must("lead.fib", .removal("Alder", .proposePurge(["E-1"], order: nil, reason: "mistaken")))
        world.must("liaison.fib", .removal("Alder", .decidePurge("P-1", isApproved: true, reason: nil)))
        #expect(world.shown(conflict, to: "agent.tcp1")?.word("state") == "withdrawn")
        #expect(world.submit("agent.spo1", World.target()).found.map { $0.word("agency") } == ["TCP-NAR"])
    }

    @Test func `clearing a subject, its end after five years and withdrawing an entry withdraw what rests on it`()
        throws
    {
        for ending in ["cleared", "dropped", "withdrawn", "suppressed"] {
            var world = Self.world()
            SubjectTests.register(&world, ["basis": "Seen with the van."])
            world.must("agent.fib1", .recordEntry("Alder", World.entry()))
            let subject = ending == "withdrawn" || ending == "suppressed" ? "E-1" : "S-1"
            let own = world.submit("agent.fib1", World.target(case: "Alder", subject: subject)).name
            let other = world.submit("agent.fib1", World.target("+1 202 555 0177", case: "Alder")).name
            let conflict = try #require(world.submit("agent.tcp1", World.target()).found.first).word("conflict")
            switch ending {
            case "cleared":
                world.work(as: "agent.fib1", "io.accord.Subject.Clear", ["item": "S-1", "reason": "Mistaken."])
            case "withdrawn": world.must("agent.fib1", .withdrawEntry("Alder", "E-1", reason: "wrong"))
            case "suppressed":
                let act = RemovalAct.recordOrder(["E-1"], RemovalTests.terms(.suppress))
                world.must("counsel.dao", .removal("Alder", act))
            default:
                world.now = world.now.adding(days: 1_825)
                #expect(world.crossDueClocks().contains("subject.dropped"))
            }
            let targets = world.state.deconfliction.targets.values
            #expect(targets.first { $0.name == own }?.state == .withdrawn, "\(ending)")
            #expect(targets.first { $0.name == other }?.state == .active, "\(ending)")
            let number = try #require(Reference.number(conflict, letter: "X"))
            #expect(world.state.deconfliction.conflicts[number]?.withdrawnAt != nil, "\(ending)")
        }
    }

    @Test func `closing a case withdraws its targets`() {
        var world = Self.world()
        let own = world.submit("agent.fib1", World.target(case: "Alder")).name
        world.must("lead.fib", .moveCase("Alder", .close, reason: "r"))
        #expect(world.shown(own, to: "liaison.fib")?.word("state") == "withdrawn")
        #expect(world.submit("agent.tcp1", World.target()).found.isEmpty)
    }
}
