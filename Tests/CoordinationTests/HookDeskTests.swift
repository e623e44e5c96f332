import Casework
import StrictJSON
import TestSupport
import Testing

@testable import Coordination

/// Whose turn it is, what is tried again, and what a restart has to know.
@Suite("The desk of hooks", .tags(.small, .g9))
struct HookDeskTests {
    private static func hook(_ name: String) throws -> Hook {
        Hook(name: name, path: "/nowhere", audience: try #require(Audience("liaison.mpd")))
    }

    private static func desk(
        _ names: [String],
        limits: HookLimits = HookLimits(),
        ledger: HookLedger = HookLedger(),
        size: UInt64 = 10
    ) throws -> HookDesk {
        var desk = HookDesk(try names.map(hook), limits: limits, ledger: ledger, size: size)
        for hook in desk.toBeOpened({ _ in true }) { desk.open(hook.name) }
        return desk
    }

    private static func turn(_ desk: inout HookDesk, size: UInt64, now: Int64) -> HookDesk.Turn? {
        desk.turn(size: size, now: now)
    }

    /// Takes a turn and tells the hook of the line that it stands at.
    private static func begin(_ desk: inout HookDesk, size: UInt64, now: Int64 = 0) -> HookDesk.Turn? {
        guard let turn = desk.turn(size: size, now: now) else { return nil }
        desk.begin(turn, turn.position, kind: "entry.recorded")
        return turn
    }

    @Test func `a hook is told of nothing before it is on record whose eyes it has`() throws {
        var desk = HookDesk([try Self.hook("mail")], size: 10)
        #expect(desk.turn(size: 20, now: 0) == nil)
        #expect(desk.toBeOpened { _ in false }.isEmpty)
        #expect(desk.toBeOpened { _ in true }.map(\.name) == ["mail"])
        #expect(desk.toBeOpened { _ in true }.isEmpty, "asked once")
        desk.openNone()
        desk.open("mail")
        #expect(desk.turn(size: 20, now: 0) == nil, "what was to be put on record was not")
        #expect(desk.toBeOpened { _ in true }.count == 1)
        desk.open("mail")
        #expect(desk.turn(size: 20, now: 0)?.position == 10)
    }

    @Test func `each goes through the record by itself, one line at a time, and no more run than may`() throws {
        var limits = HookLimits()
        limits.atOnce = 2
        var desk = try Self.desk(["a", "b", "c"], limits: limits)
        #expect(desk.turn(size: 10, now: 0) == nil, "there is nothing to look at")
        #expect(Self.begin(&desk, size: 12)?.hook.name == "a")
        #expect(Self.begin(&desk, size: 12)?.hook.name == "b")
        #expect(desk.turn(size: 12, now: 0) == nil)
        _ = desk.end("a", .delivered, now: 0, time: 0)
        #expect(Self.begin(&desk, size: 12)?.hook.name == "c", "who had a turn comes last")
        _ = desk.end("c", .delivered, now: 0, time: 0)
        let next = try #require(Self.begin(&desk, size: 12))
        #expect(next.hook.name == "a" && next.position == 11)
        _ = desk.end("a", .delivered, now: 0, time: 0)
        #expect(Self.begin(&desk, size: 12)?.hook.name == "c")
        #expect(desk.turn(size: 12, now: 0) == nil, "b hangs, and keeps nobody waiting but itself")
    }

    @Test func `what is not taken is tried after ever longer pauses, and then left with how it ended`() throws {
        var desk = try Self.desk(["mail"])
        var now: Int64 = 0
        var pauses: [Int64] = []
        for number in 1...5 {
            let turn = try #require(Self.begin(&desk, size: 11, now: now))
            #expect(turn.position == 10)
            let left = desk.end("mail", .failed("exit status \(number)", isTemporary: false), now: now, time: 77)
            #expect((left == nil) == (number < 5))
            let began = now
            var probe = desk
            while number < 5, now - began < 1_000_000, probe.turn(size: 11, now: now) == nil { now += 1_000 }
            if number < 5 { pauses.append(now - began) }
        }
        #expect(pauses == [1_000, 10_000, 60_000, 300_000])
        let left = try #require(desk.failed(of: "mail").first)
        #expect(left.sequence == 10 && left.kind == "entry.recorded" && left.reason == "exit status 5" && left.at == 77)
        #expect(Self.begin(&desk, size: 12, now: now)?.position == 11, "and the next one follows")
    }

    @Test func `one that asks to be given the event later is asked ten times as often`() throws {
        var limits = HookLimits()
        limits.tries = 2
        var desk = try Self.desk(["mail"], limits: limits)
        for number in 1...20 {
            #expect(desk.failed(of: "mail").isEmpty, "\(number)")
            #expect(Self.begin(&desk, size: 11, now: Int64(number) * 1_000_000) != nil)
            _ = desk.end("mail", .failed("exit status 75", isTemporary: true), now: Int64(number) * 1_000_000, time: 0)
        }
        #expect(desk.failed(of: "mail").map(\.tries) == [20])
    }

    @Test func `an event that was left is given again when it is asked for, and goes when it is taken`() throws {
        var limits = HookLimits()
        limits.tries = 1
        var desk = try Self.desk(["mail"], limits: limits)
        for _ in 10...11 {
            _ = Self.begin(&desk, size: 12)
            _ = desk.end("mail", .failed("signal 9", isTemporary: false), now: 0, time: 0)
        }
        #expect(desk.failures == 2 && !desk.retry("mail", 9) && !desk.retry("post", 10))
        // It is asked for while something else is under way.
        let other = Self.begin(&desk, size: 13)
        #expect(other?.position == 12)
        #expect(desk.retry("mail", 11) == true)
        _ = desk.end("mail", .delivered, now: 0, time: 0)
        let again = try #require(Self.begin(&desk, size: 13))
        #expect(again.position == 11 && again.isAgain)
        _ = desk.end("mail", .delivered, now: 0, time: 0)
        #expect(desk.failed(of: "mail").map(\.sequence) == [10])
        #expect(desk.drop("mail", 10) && !desk.drop("mail", 10))
        #expect(desk.failures == 0 && desk.turn(size: 13, now: 0) == nil)
    }

    @Test func `what is dropped while it is tried again is not left again`() throws {
        var limits = HookLimits()
        limits.tries = 1
        var desk = try Self.desk(["mail"], limits: limits)
        _ = Self.begin(&desk, size: 11)
        _ = desk.end("mail", .failed("signal 9", isTemporary: false), now: 0, time: 0)
        #expect(desk.retry("mail", 10) == true)
        _ = Self.begin(&desk, size: 11)
        #expect(desk.drop("mail", 10) == true)
        #expect(desk.end("mail", .failed("signal 9", isTemporary: false), now: 0, time: 0) == nil)
        #expect(desk.failures == 0)
    }

    @Test func `what may not be shown any more when it is tried again is passed over, and not left`() throws {
        var desk = try Self.desk(["mail"])
        _ = Self.begin(&desk, size: 12)
        _ = desk.end("mail", .failed("exit status 1", isTemporary: false), now: 0, time: 0)
        let turn = try #require(Self.turn(&desk, size: 12, now: 5_000))
        #expect(turn.position == 10)
        desk.pass(turn, 10)
        desk.begin(turn, 11, kind: "case.closed")
        _ = desk.end("mail", .failed("exit status 1", isTemporary: false), now: 5_000, time: 0)
        #expect(desk.turn(size: 12, now: 6_000)?.position == 11, "its first pause is the shortest again")
    }

    @Test func `one that leaves too much is told of no more until somebody has seen to it`() throws {
        var limits = HookLimits()
        limits.tries = 1
        var desk = try Self.desk(["mail"], limits: limits)
        var size: UInt64 = 11
        while Self.begin(&desk, size: size) != nil {
            _ = desk.end("mail", .failed("exit status 1", isTemporary: false), now: 0, time: 0)
            size += 1
        }
        #expect(desk.failures == HookLimits.mostFailed)
        #expect(desk.shown(size: size).first?["state"]?.string == "held")
        #expect(desk.drop("mail", 10) == true)
        #expect(Self.begin(&desk, size: size)?.position == size - 1, "nothing was lost meanwhile")
    }

    @Test func `one whose file is another one is held, and stands where it stood`() throws {
        var desk = try Self.desk(["mail"])
        _ = Self.begin(&desk, size: 11)
        _ = desk.end("mail", .refused("changed"), now: 0, time: 0)
        #expect(desk.turn(size: 12, now: 1_000_000) == nil)
        #expect(desk.shown(size: 12).first?["reason"]?.string == "changed")
        #expect(desk.kept.accounts["mail"]?.next == 10)
    }

    @Test func `a restart goes on where it was, knows what was left, and also of hooks that are gone`() throws {
        var limits = HookLimits()
        limits.tries = 1
        var desk = try Self.desk(["mail", "page"], limits: limits)
        #expect(desk.isToBeKept, "from where a new hook begins")
        _ = Self.begin(&desk, size: 14)
        _ = desk.end("mail", .failed("exit status 1", isTemporary: false), now: 0, time: 5)
        _ = Self.begin(&desk, size: 14)
        _ = desk.end("page", .delivered, now: 0, time: 5)
        let ledger = try HookLedger(desk.kept.encoded)
        #expect(ledger == desk.kept)
        var again = try Self.desk(["page"], ledger: ledger, size: 14)
        #expect(Self.begin(&again, size: 14)?.position == 11)
        #expect(again.shownFailures.map { $0["hook"]?.string } == ["mail"])
        #expect(again.drop("mail", 10) && again.kept.accounts["mail"]?.failed == [])
        // A record that was put back is shorter.
        var short = try Self.desk(["page"], ledger: ledger, size: 4)
        #expect(Self.begin(&short, size: 5)?.position == 4)
    }

    @Test(arguments: ["", "{}", "[1]", "{\"accord-hooks\":1,\"hooks\":{\"a\":{\"next\":-1,\"failed\":[]}}}"])
    func `a ledger that is none is refused`(text: String) {
        #expect(throws: (any Error).self) { try HookLedger(Array(text.utf8)) }
    }

    @Test func `kinds have one star at most`() throws {
        for bad in ["", ",", "*", "a**", "a*b*", "A.b", "a b!", "case.*,*"] { #expect(HookKinds(bad) == nil, "\(bad)") }
        let kinds = try #require(HookKinds("decon.*, *overdue,case.opened"))
        for kind in ["decon.notified", "case.review_overdue", "case.opened"] {
            #expect(kinds.includes(kind), "\(kind)")
        }
        for kind in ["deconx", "case.closed", "overdue.case"] { #expect(!kinds.includes(kind), "\(kind)") }
        #expect(HookKinds().includes("anything"))
    }

    @Test func `an audience is a member, or a role in an agency`() {
        for bad in ["", "liaison", "liaison in MPD-VT", "boss of MPD-VT", "liaison of  MPD-VT", "liaison of mpd"] {
            #expect(Audience(bad) == nil, "\(bad)")
        }
        for good in ["liaison.mpd", "liaison of MPD-VT"] { #expect(Audience(good)?.description == good) }
    }
}
