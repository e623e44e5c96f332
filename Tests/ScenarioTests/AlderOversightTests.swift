import StrictJSON
import TestSupport
import Testing

/// Case Alder: complaint, incident, discovery, inspection and closing, rows 36 to 42.
@Suite(.serialized, .tags(.large), .needsPrograms, .needsFakeTime, .meridianBay(at: "2031-03-03 08:00:00"))
struct AlderOversightTests {
    static let play = ScriptPlay()
    static let secondPlay = ScriptPlay()

    static let complaint = ScriptRow.table(
        """
        @ 2031-03-05 14:00
        # The case as rows 1 to 15 leave it, in short.
        1  | lead.fib    | case draft --title Alder --offence "18 USC 1591" --primary-purpose trafficking-criminal --agreement MOU-31-01 --predicate "Two hotels and a car wash." | ok | case.drafted |
        2  | lead.fib    | case propose Alder                                 | ok | case.proposed |
        2e | liaison.spo | case approve Alder                                 | ok | case.opened |
        3  | lead.fib    | case invite Alder MPD-VT --mode participation      | ok | case.agency_invited |
        3c | lead.fib    | case invite Alder DAO-SV --mode participation      | ok | case.agency_invited |
        3e | lead.fib    | case invite Alder SPO-OC --mode participation      | ok | case.agency_invited |
        4  | liaison.mpd | case join Alder                                    | ok | case.agency_joined |
        4c | liaison.mpd | case assign Alder agent.mpd1                       | ok | case.member_assigned |
        4d | liaison.spo | case join Alder                                    | ok | case.agency_joined |
        4e | liaison.spo | case assign Alder agent.spo1                       | ok | case.member_assigned |
        4f | counsel.dao | case join Alder                                    | ok | case.agency_joined |
        4g | counsel.dao | case assign Alder counsel.dao                      | ok | case.member_assigned |
        14 | agent.spo1  | entry add Alder "Two vans at the loading dock, 4 March." --kind observation --compartment OPS | ok | entry.recorded | receipt.item=E-1
        15 | agent.spo1  | entry correct Alder E-1 "Two vans at the loading dock, 5 March." --reason "wrong date" | ok | entry.corrected | receipt.item=E-2
        15f | agent.mpd1 | entry add Alder "A source saw the manager lock the door." --handling H1 | ok | entry.recorded | receipt.item=E-3

        @ 2031-03-21 15:00
        # From the day on which the case opened, oversight looks through readings and refusals each week, and is told when it did not.
        35x | auditor.rob | due --overdue      | ok          | -                  | 0.deadline.clock=audit-review; count=1
        35y | auditor.rob | audit review --period 2031-W11 --finding "Nothing that was refused should not have been." | ok | restricted |
        35z | auditor.rob | due --overdue      | ok          | -                  | count=0

        # A complaint that nobody signed: whoever leads the case cannot see it, and learns nothing from what he can.
        36  | auditor.rob | complaint file --category use-of-force --unit MPD-VT --about {case} --anonymous "Rough handling at site 2." | ok | restricted | receipt.item->C
        36b | auditor.rob | complaint show {C} | ok          | -                  | item.state=received; item.facts.category=use-of-force; item.member?; item.agency?; steps.0.member?
        36c | lead.fib    | complaint show {C} | E-NOT-FOUND | access.denied P04C |
        36d | lead.fib    | complaint show CM-1 | E-NOT-FOUND | access.denied P04C | like 36c
        36e | lead.fib    | complaint list     | ok          | access.read        | count=0
        36f | liaison.mpd | complaint list     | ok          | access.read        | count=0
        36g | liaison.mpd | inbox              | ok          | access.read        | count=0
        36h | lead.fib    | case show Alder    | ok          | access.read        | case.position=14
        36i | admin.ops   | complaint show {C} | E-NOT-FOUND | access.denied P04C |
        36k | agent.mpd1  | complaint file --category conduct --unit FIB-MB --anonymous "I was told to keep quiet." | ok | restricted | receipt.item->D
        36l | liaison.mpd | case unassign Alder agent.mpd1 --reason "moved" | ok | case.member_removed |
        36m | auditor.rob | complaint show {D} | ok          | -                  | item.facts.retaliation=true; item.member?
        36n | auditor.rob | inbox              | ok          | -                  | 0.task.kind=complaint; 0.task.fromAgency=

        @ 2031-03-21 15:10
        # It goes to the bodies of the table, each with thirty days; of an incident they are told within the hour.
        37  | auditor.rob | complaint route {C} | ok         | restricted         |
        37b | auditor.rob | complaint show {C} | ok          | -                  | item.state=routed; item.dueAt=1934464200000000
        37c | auditor.rob | incident report --category force-or-injury --unit MPD-VT --about {case} "A person was hurt at site 2." | ok | restricted | receipt.item->I
        37d | auditor.rob | incident route {I} | ok          | restricted         |
        37e | auditor.rob | complaint acknowledge {C} --body ROB --reference 31-77 | ok | restricted |
        37f | auditor.rob | complaint show {C} | ok          | -                  | item.state=acknowledged; item.dueAt?

        @ 2031-03-24 09:00
        # Counsel sees every entry that there is, H1 and H2 too.
        38  | lead.fib    | case refer Alder --reason "ready to charge" | ok | case.referred_to_prosecutor |
        38b | counsel.dao | discovery open Alder | ok        | discovery.opened   | receipt.item=DY-1
        38c | lead.fib    | discovery show Alder DY-1 | E-NOT-FOUND | access.denied P04C |

        @ 2031-03-25 11:00
        # What may favour the defence is said once, and cannot be unsaid.
        39  | agent.spo1  | discovery flag Alder --entry E-1 "The wrong date concerns the alibi." | ok | discovery.favourable_flagged | receipt.item=FV-1
        39b | agent.spo1  | discovery unset Alder FV-1 --reason "a mistake" | E-IMMUTABLE | access.denied P27 |
        39c | counsel.dao | inbox | ok | access.read | 1.task.kind=favourable; 1.task.item=FV-1

        @ 2031-03-26 09:00
        # An H1 entry is not left out in silence: its originator is asked.
        40a | counsel.dao | discovery review Alder DY-1 E-3 --decision produce | E-H1-ORIGINATOR | access.denied P06D |
        40b | counsel.dao | discovery raise Alder E-3 | ok | discovery.conflict_raised | receipt.item=HC-1
        40c | liaison.mpd | inbox | ok | access.read | 0.task.item=HC-1
        40d | liaison.mpd | discovery object Alder HC-1 "It would name the source." | ok | discovery.conflict_objected |
        40e | counsel.dao | discovery review Alder DY-1 E-1 --decision produce | ok | discovery.item_reviewed |
        40f | counsel.dao | discovery review Alder DY-1 E-2 --decision redact --basis safety-of-person --text "Vans at the loading dock." | ok | discovery.item_reviewed |
        40g | counsel.dao | discovery review Alder DY-1 E-3 --decision withhold --basis originator-objects | ok | discovery.item_reviewed |
        """
    )

    static let inspection = ScriptRow.table(
        """
        @ 2031-04-30 09:00
        # Without an inspection oversight reads no content; under one it does, and nobody in the case can tell.
        41a | auditor.rob | entry show Alder E-1 | E-ROLE   | access.denied P05  |
        41  | auditor.rob | inspect open --authority "Regional Oversight Act s.4" --until 30d --case Alder "Sampling of what policy refused." | ok | restricted | receipt.item->S
        41b | auditor.rob | entry show Alder E-1 | ok       | restricted         | entry.text=Two vans at the loading dock, 4 March.
        41c | auditor.rob | inspect show {S}     | ok       | -                  | item.state=open; steps.1.event=inspection.content_accessed; steps.1.facts.read=E-1
        41d | lead.fib    | inspect show {S}     | E-NOT-FOUND | access.denied P28 |
        41e | lead.fib    | inspect show IS-1    | E-NOT-FOUND | access.denied P28 | like 41d
        41f | lead.fib    | inspect list         | ok       | access.read        | count=0
        41g | auditor.rob | finding issue --to MPD-VT --source {S} --about Alder "Two refusals were not explained." | ok | restricted | receipt.item->F
        41h | liaison.mpd | inbox                | ok       | access.read        | 0.task.kind=finding; 0.task.item->F2
        41i | liaison.mpd | finding show {F}     | ok       | access.read        | item.state=issued; item.facts.source?

        @ 2031-06-02 09:00
        # Nothing is closed over what is owed.
        42  | lead.fib    | case close Alder --reason "charged" | E-OPEN-DUTY | access.denied P18 | error.message~FV-1
        42b | counsel.dao | discovery answer Alder FV-1 disclosed "With E-1." | ok | discovery.favourable_answered |
        42c | lead.fib    | case close Alder --reason "charged" | E-OPEN-DUTY | access.denied P18 | error.message~owes oversight
        42d | liaison.mpd | finding respond {F} "They are explained now." | ok | restricted |
        42e | auditor.rob | finding close {F} --reason "answered" | ok | restricted |
        42f | auditor.rob | inspect show {S}     | ok       | -                  | item.state=expired
        42g | auditor.rob | inspect close {S} "Two findings." | ok | restricted |
        42h | auditor.rob | entry show Alder E-1 | E-ROLE   | access.denied P05  |
        42i | lead.fib    | case close Alder --reason "charged" | ok | case.closed |
        # Everything that was accepted is decided again, to the same.
        43  | auditor.rob | audit replay         | ok       | -                  | exitCode=0
        43b | auditor.rob | audit verify         | ok       | -                  | exitCode=0
        """
    )

    @Test(arguments: complaint)
    func `Alder's complaint is oversight's alone, and discovery counsel's`(_ row: ScriptRow) throws {
        try Self.play.play(row, on: .shared)
    }

    /// Rows 38 and 40.
    @Test func `counsel lists every entry, and hands over a file whose digest is on the record first`() throws {
        let counsel = try Deployment.shared.as("counsel.dao")
        let listed = try counsel.must("discovery", "list", "Alder").objects.compactMap { $0["entry"]?.object }
        #expect(listed.map { $0.text("id") } == ["E-1", "E-2", "E-3"])
        #expect(listed.map { $0.text("handling") } == ["H0", "H0", "H1"])
        #expect(listed.map { $0.text("originAgency") } == ["SPO-OC", "SPO-OC", "MPD-VT"])
        #expect(
            listed.map { $0.text("decision") } == [
                "produce", "redact: safety-of-person", "withhold: originator-objects",
            ]
        )
        let path = try Deployment.shared.folder.path("s.seen/alder.txt")
        let words = ["discovery", "produce", "Alder", "DY-1", "--output", path]
        try counsel.must(words)
        let text = String(decoding: try Deployment.shared.folder.read("s.seen/alder.txt"), as: UTF8.self)
        #expect(text.contains("Two vans at the loading dock, 4 March."))
        #expect(text.contains("Vans at the loading dock.") && !text.contains("5 March"))
        #expect(text.contains("E-3: originator-objects") && !text.contains("lock the door"))
        let shown = try counsel.must("discovery", "show", "Alder", "DY-1").first
        let digest = try run("sha256sum", [path]).stdout.prefix(64)
        #expect(shown.at("item.facts.digest")?.string == String(digest))
        #expect(try counsel.accord(words).status == 73, "an export never replaces anything")
        #expect(try run("sha256sum", [path]).stdout.prefix(64) == digest)
    }

    @Test(arguments: inspection)
    func `Alder is inspected without being told, and closed when nothing is owed`(_ row: ScriptRow) throws {
        try Self.secondPlay.play(row, on: .shared)
    }

    /// Row 41: no list, feed or inbox of the case knows of what was read under the inspection.
    @Test func `nobody who is inspected is shown anything of it`() throws {
        for name in ["lead.fib", "liaison.mpd", "liaison.spo", "counsel.dao"] {
            let person = try Deployment.shared.as(name)
            let access = try person.must("audit", "access").objects
            let watched = try person.must("watch", "--case", "Alder", "--once").objects
            for object in access + watched {
                let text = JSONValue.object(object).encoded
                #expect(!String(decoding: text, as: UTF8.self).contains("auditor.rob"), "\(name)")
            }
        }
    }
}
