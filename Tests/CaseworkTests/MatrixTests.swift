import Policy
import StrictJSON
import Testing

@testable import Casework

/// Who may do what in an open case, written down from domain.md 6.3 and apart from the rules that decide it.
@Suite("Roles and acts (domain.md 6.3)")
struct MatrixTests {
    /// A member in each kind of position, of MPD-VT unless another agency is named.
    private static let columns = [
        "lead.fib", "agent.fib1", "analyst.fib", "liaison.fib", "agent.mpd1", "liaison.mpd", "inspector.lsd",
        "liaison.lsd",
        "counsel.dao", "advocate.sps", "agent.tcp1", "lead.hcs", "auditor.rob", "admin.ops",
    ]

    /// One letter for each column: y done, r E-ROLE, o E-ORIGINATOR, h E-H2-ORIGINATOR, n E-NOT-FOUND, m E-NOT-MEMBER,
    /// i E-INVALID, s E-STATE, d E-SOD, a E-AGREEMENT-EXPIRED.
    ///
    /// E-1 H0 CASE by agent.mpd1, E-2 H0 OPS by agent.mpd1, something to OVERSIGHT by agent.mpd1, E-3 H2 CASE by
    /// inspector.lsd, E-4 LEGAL by counsel.dao; R-1 asks MPD-VT about E-1 and TCP-NAR, and agent.spo1 asked. FIB-MB assigned T-1 to MPD-VT, and asked it Q-1.
    private static let rows: [(String, @Sendable (World) -> Act, String)] = [
        ("case.show", { _ in .getCase("Alder") }, "yyyyyyyyyymmyr"),
        ("entry.list", { _ in .listEntries("Alder", after: -1, limit: 9) }, "yyyyyyyyyymmyr"),
        ("register", { _ in .listRegister("Alder") }, "yyyyyyyyyymmyr"),
        ("read CASE", { _ in .getEntry("Alder", "E-1") }, "yyynyyynynmmrr"),
        ("read OPS", { _ in .getEntry("Alder", "E-2") }, "yynnyynnynmmrr"),
        ("read OVERSIGHT", { .getEntry("Alder", Reference.entryName($0.submitted("Alder"))) }, "nnnnnnnnnnmmyr"),
        (
            "note OVERSIGHT", { .acknowledgeEntry("Alder", Reference.entryName($0.submitted("Alder"))) },
            "nnnnnnnnnnmmrr"
        ),
        ("read H2", { _ in .getEntry("Alder", "E-3") }, "yyynynyyynmmrr"),
        ("record CASE", { _ in .recordEntry("Alder", World.entry()) }, "yyrryryrrrmmrr"),
        ("record OPS", { _ in .recordEntry("Alder", World.entry(.h0, .operations)) }, "yyrryrrrrrmmrr"),
        ("record OVERSIGHT", { _ in .recordEntry("Alder", World.entry(.h0, .oversight)) }, "yyyryryryymmrr"),
        ("read LEGAL", { _ in .getEntry("Alder", "E-4") }, "nnnnnnnnynmmnr"),
        ("record LEGAL", { _ in .recordEntry("Alder", World.entry(.h0, .legal)) }, "rrrrrrrryrmmrr"),
        ("record VICTIM", { _ in .recordEntry("Alder", World.entry(.h0, .victim)) }, "rrrrrrrrrrmmrr"),
        ("correct", { _ in .correctEntry("Alder", "E-1", text: "t", reason: "r") }, "ooonyronon" + "mmor"),
        ("withdraw", { _ in .withdrawEntry("Alder", "E-1", reason: "r") }, "ooonyyonon" + "mmor"),
        ("handling", { _ in .changeHandling("Alder", "E-1", .h1, reason: "r") }, "ooonyyonon" + "mmor"),
        ("acknowledge", { _ in .acknowledgeEntry("Alder", "E-1") }, "yyynyyynyn" + "mmrr"),
        (
            "release H0 of MPD",
            { _ in .releaseEntry("Alder", "E-1", id("HCS-MAR"), reason: "r") }, "hhrnyyhnrn" + "mmrr"
        ),
        (
            "release H2 of LSD",
            { _ in .releaseEntry("Alder", "E-3", id("HCS-MAR"), reason: "r") }, "hhrnhnhyrn" + "mmrr"
        ),
        (
            "ask the originator",
            { _ in .requestPermission("Alder", "E-3", id("HCS-MAR"), reason: "r") }, "yyrnynyrrn" + "mmrr"
        ),
        (
            "grant what MPD is asked",
            { _ in .decidePermission("Alder", "R-1", isGranted: true, reason: nil) }, "nnnnnynnnn" + "mmnr"
        ),
        (
            "assign a task", { _ in World.errand("task.assigned", ["to": "MPD-VT", "due_at": 1_990_000_000_000]) },
            "yyrryryrrrmmar"
        ),
        ("ask MPD", { _ in World.errand("rfi.sent", ["to": "MPD-VT", "urgency": "normal"]) }, "yyrriryrrrmmar"),
        ("read a task of MPD", { _ in .getWork("Alder", "T-1") }, "yyyyyyynynmmyr"),
        ("read what MPD is asked", { _ in .getWork("Alder", "Q-1") }, "yynyyynnynmmyr"),
        ("answer for MPD", { _ in World.errand("rfi.answered", ["handling": "H2"], of: "Q-1") }, "rrnryynnrnmmar"),
        ("report on MPD's task", { _ in World.errand("task.updated", [:], of: "T-1") }, "yyryyyrnrnmmar"),
        ("complete MPD's task", { _ in World.errand("task.completed", [:], of: "T-1") }, "rrrryyrnrnmmar"),
        ("take back a request", { _ in World.errand("rfi.cancelled", [:], of: "Q-1") }, "yynyrrnnrnmmar"),
        ("invite", { _ in .inviteAgency("Alder", id("HCS-MAR"), .information, nil) }, "yrrrrrrrrr" + "mmrr"),
        ("assign whom nobody knows", { _ in .assignMember("Alder", member("no.body")) }, "irriririrr" + "mmrr"),
        ("withdraw an agency", { _ in .withdrawAgency("Alder", reason: "r") }, "rrrsryryrr" + "mmrr"),
        ("suspend", { _ in .moveCase("Alder", .suspend, reason: "r") }, "yrrrrrrrrr" + "mmrr"),
        ("close", { _ in .moveCase("Alder", .close, reason: "r") }, "yrrrrrrrrr" + "mmrr"),
        ("draft", { _ in .draftCase(World.proposal("Birch")) }, "yrrrrrrrrrryrr"),
        ("export the case", { _ in .export("Alder") }, "yrrrrrrryrmmyr"),
        ("export all", { _ in .export(nil) }, "rrrrrrrrrrrryr"),
        ("verify", { _ in .verify(known: []) }, "rrrrrrrrrrrryr"),
        ("replay", { _ in .replay }, "rrrrrrrrrrrryr"),
        ("all lines", { _ in .readLines(after: -1, limit: 1) }, "rrrrrrrrrrrryr"),
        ("inbox", { _ in .inbox }, "yyyyyyyyyyyyyr"),
        ("list cases", { _ in .listCases }, "yyyyyyyyyyyyyr"),
        ("list members", { _ in .listMembers }, "yyyyyyyyyyyyyy"),
        ("register agency", { world in .registerAgency(world.unregistered()) }, "rrrrrrrrrrrrry"),
        ("update agency", { world in .updateAgency(world.agency("SPS")) }, "rrrrrrrrrrrrry"),
        ("end agreement", { _ in .terminateAgreement(mou("MOU-31-02"), reason: "r") }, "rrrrrrrrrrrrry"),
        ("renew agreement", { .renewAgreement(mou("MOU-31-02"), endsAt: $0.now.adding(days: 9)) }, "rrrrrrrrrrrrry"),
        ("enrol in MPD", { _ in .enrolMember(World.newMember, keyLines: []) }, "rrrrryrrrrrrry"),
        (
            "grant in MPD",
            { .grantRole(member("agent.mpd1"), .analyst, scope: "agency", expiresAt: $0.now.adding(days: 9)) },
            "iiiiryiiiiiiiy"
        ),
        (
            "grant liaison in MPD",
            { .grantRole(member("agent.mpd1"), .liaison, scope: "agency", expiresAt: $0.now.adding(days: 9)) },
            "iiiiryiiiiiiid"
        ),
        ("add a key in MPD", { _ in World.key(of: "agent.mpd1") }, "iiiiyyiiiiiiid"),
        ("disable in MPD", { _ in .disableMember(member("agent.mpd1"), reason: "r") }, "iiiiryiiiiiiiy"),
    ]

    private static let codes: [String: Character] = [
        "E-ROLE": "r", "E-ORIGINATOR": "o", "E-H2-ORIGINATOR": "h", "E-NOT-FOUND": "n", "E-NOT-MEMBER": "m",
        "E-INVALID": "i", "E-STATE": "s", "E-SOD": "d", "E-AGREEMENT-EXPIRED": "a",
    ]

    @Test(arguments: rows.map(\.0)) func `each position may do what the table says`(name: String) throws {
        let (_, make, expected) = try #require(Self.rows.first { $0.0 == name })
        #expect(expected.count == Self.columns.count)
        var base = World.joined()
        base.must("lead.fib", .inviteAgency("Alder", id("SPS"), .information, nil))
        base.enrolServices()
        base.must("agent.mpd1", .recordEntry("Alder", World.entry()))
        base.must("agent.mpd1", .recordEntry("Alder", World.entry(.h0, .operations)))
        base.must("agent.mpd1", .recordEntry("Alder", World.entry(.h0, .oversight)))
        base.must("inspector.lsd", .recordEntry("Alder", World.entry(.h2)))
        base.must("counsel.dao", .recordEntry("Alder", World.entry(.h0, .legal)))
        base.must("agent.spo1", .requestPermission("Alder", "E-1", id("TCP-NAR"), reason: "r"))
        base.must("lead.fib", World.errand("task.assigned", ["to": "MPD-VT", "due_at": 1_990_000_000_000]))
        base.must("lead.fib", World.errand("rfi.sent", ["to": "MPD-VT", "urgency": "normal"]))
        for (column, want) in zip(Self.columns, expected) {
            var world = base
            let outcome = world.act(as: column, make(world))
            let got: Character = outcome.code.map { Self.codes[$0] ?? "?" } ?? "y"
            #expect(got == want, "\(column) \(name): \(outcome.code ?? "done")")
        }
    }
}

extension World {
    /// Somebody enrols a key as a member's.
    static func key(of name: String) -> Act {
        .addKey(member(name), fingerprint: "SHA256:further", line: "ssh-ed25519 AAAA")
    }

    /// A step of a task or a request, with whatever texts.
    static func errand(_ event: String, _ facts: JSONObject, of item: String? = nil) -> Act {
        .work("Alder", WorkAct(event: event, name: item, facts: facts, parts: ["text": "t"]))
    }

    static let newMember = Member(id: member("extra.mpd"), agency: id("MPD-VT"), uids: [8_001], keys: [])

    /// Safe Passage joins through a liaison of its own, and its advocate is assigned.
    fileprivate mutating func enrolServices() {
        enrol("liaison.sps", id("SPS"))
        give("liaison.sps", .liaison)
        must("liaison.sps", .joinCase("Alder", conditions: nil))
        must("liaison.sps", .assignMember("Alder", member("advocate.sps")))
    }

    fileprivate func unregistered() -> Agency {
        Agency(
            id: id("NEW-ONE"),
            name: "New",
            level: .state,
            missions: [.criminal],
            contact: "Desk",
            keyRequired: false
        )
    }
}
