import StrictJSON
import TestSupport
import Testing

/// Case Alder: labour and sex trafficking in a hotel and car-wash network, rows 1 to 15 and 22 to 24.
@Suite(.serialized, .tags(.large), .needsPrograms, .needsFakeTime, .meridianBay(at: "2031-03-03 08:00:00"))
struct AlderTests {
    static let play = ScriptPlay()

    static let opening = ScriptRow.table(
        """
        @ 2031-03-03 09:00
        # A draft is visible to its lead alone.
        1  | lead.fib      | case draft --title Alder --offence "18 USC 1589" --offence "18 USC 1591" --primary-purpose trafficking-criminal --agreement MOU-31-01 --predicate "Two hotels and a car wash, same owner: wages withheld." | ok | case.drafted |
        1b | lead.fib      | case show Alder          | ok           | access.read       | case.state=draft; case.leadAgency=FIB-MB; case.primaryPurpose=trafficking-criminal; case.purpose=CRIM_INVEST; case.predicate=Two hotels and a car wash, same owner: wages withheld.
        1c | agent.fib1    | case list                | ok           | access.read       | count=0
        1d | agent.fib1    | case show Alder          | E-NOT-MEMBER | access.denied P01 |
        1e | liaison.spo   | case show Alder          | E-NOT-MEMBER | access.denied P01 |
        1f | lead.hcs      | case list                | ok           | access.read       | count=0
        1g | auditor.rob   | case show Alder          | E-NOT-MEMBER | access.denied P01 |

        @ 2031-03-03 09:20
        # Two people open a case, and never the same one twice.
        2  | lead.fib      | case propose Alder       | ok           | case.proposed     |
        2b | lead.fib      | case approve Alder       | E-SOD        | access.denied P08 |
        2c | liaison.mpd   | case approve Alder       | E-NOT-MEMBER | access.denied P01 |
        2d | liaison.spo   | inbox                    | ok           | access.read       | count=1; task.kind=approval
        2e | liaison.spo   | case approve Alder       | ok           | case.opened       |
        2f | lead.fib      | case show Alder          | ok           | access.read       | case.state=open; case.agreement=MOU-31-01; case.title=Alder
        2g | liaison.spo   | case show Alder          | E-NOT-MEMBER | access.denied P01 |

        @ 2031-03-03 09:30
        # Whoever is invited knows that, and sees nothing yet.
        3  | lead.fib      | case invite Alder MPD-VT --mode participation | ok | case.agency_invited |
        3b | lead.fib      | case invite Alder LSD-WH --mode information   | ok | case.agency_invited |
        3c | lead.fib      | case invite Alder DAO-SV --mode information   | ok | case.agency_invited |
        3d | lead.fib      | case invite Alder SPS --mode information      | ok | case.agency_invited |
        3e | lead.fib      | case invite Alder SPO-OC --mode participation | ok | case.agency_invited |
        3f | liaison.mpd   | inbox                    | ok           | access.read       | count=1; task.kind=invitation; task.fromAgency=FIB-MB
        3g | liaison.mpd   | case show Alder          | ok           | access.read       | case.title=Alder; case.predicate?; case.participants?
        3h | liaison.mpd   | entry list Alder         | ok           | access.read       | count=0
        3i | agent.mpd1    | case show Alder          | E-NOT-MEMBER | access.denied P01 |
        3k | counsel.dao   | inbox                    | ok           | access.read       | count=1; task.kind=invitation
        3l | counsel.dao   | case show Alder          | ok           | access.read       | case.predicate?; case.participants?; case.assignments?
        3m | counsel.dao   | entry list Alder         | ok           | access.read       | count=0
        3o | advocate.sps  | inbox                    | ok           | access.read       | count=1; task.kind=invitation
        3p | advocate.sps  | case show Alder          | ok           | access.read       | case.predicate?; case.participants?
        3j | inspector.lsd | entry add Alder "Too early." | E-ROLE   | access.denied P05 |

        @ 2031-03-03 10:05
        # An agency's own liaison accepts, under a condition that stays beside it.
        4  | liaison.mpd   | case join Alder --conditions "No use for CIV_IMM." | ok | case.agency_joined |
        4b | lead.fib      | case show Alder          | ok           | access.read       | case.state=open
        4c | liaison.mpd   | case assign Alder agent.mpd1    | ok    | case.member_assigned |
        4d | liaison.spo   | case join Alder                 | ok    | case.agency_joined |
        4e | liaison.spo   | case assign Alder agent.spo1    | ok    | case.member_assigned |
        4f | inspector.lsd | case join Alder                 | ok    | case.agency_joined |
        4g | inspector.lsd | case assign Alder inspector.lsd | ok    | case.member_assigned |
        4h | lead.fib      | case assign Alder agent.fib1    | ok    | case.member_assigned |

        @ 2031-03-03 10:40
        # What may not be known answers like what does not exist.
        5  | officer.fro   | case show Alder          | E-NOT-MEMBER | access.denied P01 |
        5b | officer.fro   | case show Nowhere        | E-NOT-MEMBER | access.denied P01 | like 5
        5c | officer.fro   | case show {case}         | E-NOT-MEMBER | access.denied P01 | like 5
        5d | officer.fro   | case show TF-2031-000000 | E-NOT-MEMBER | access.denied P01 | like 5
        5e | officer.fro   | case list                | ok           | access.read       | count=0

        @ 2031-03-03 11:00
        # Nobody is registered without a suspicion, and no text says who it is.
        6  | agent.fib1    | subject register Alder --kind business --criminality trafficking --lawfully-obtained --basis "Two hotels and a car wash, same owner." | ok | subject.registered | receipt.item=S-1
        6b | agent.fib1    | subject register Alder --kind person --criminality trafficking --lawfully-obtained --basis "Said to keep the passports." | ok | subject.registered | receipt.item=S-2
        6c | agent.fib1    | subject register Alder --kind person --criminality trafficking --lawfully-obtained | E-NO-PREDICATE | access.denied P10 |
        6d | agent.fib1    | subject register Alder --kind person --criminality trafficking --lawfully-obtained --basis "Reached at +1 555 234 0199." | E-PII-IN-SUBJECT | access.denied P13S |
        6e | agent.fib1    | subject document Alder S-2 "Three statements agree." | E-ROLE | access.denied P05 |
        6f | lead.fib      | subject document Alder S-2 "Three statements agree." | ok | subject.suspicion_documented | receipt.item=S-2
        6g | agent.mpd1    | subject list Alder       | ok           | access.read       | count=2; item.id=S-1; item.state=registered
        6h | agent.tcp1    | subject show {case} S-2  | E-NOT-MEMBER | access.denied P01 |
        """
    )

    static let targets = ScriptRow.table(
        """
        @ 2031-03-03 11:10
        # Two agencies look for the same telephone: each is told whom to call, and no more.
        7  | agent.tcp1  | decon target submit phone "+1 202 555 0100" --activity narcotics --basis "Named by two." --subject "file 7" | ok | decon.target_submitted | found.0?
        7b | agent.fib1  | decon target submit phone "00 1 202 555 0100" --case Alder --activity trafficking --basis "On the rota of the hotel." --subject "statement 1" | ok | decon.target_submitted | found.0.conflict->X; found.0.agency=TCP-NAR; found.0.contact=TCP-NAR watch desk; found.0.kind=target; found.0.codeWord?
        7f | agent.fib1  | decon target submit plate "KX 4417" --qualifier US-VT --case Alder --activity trafficking --basis "At both hotels." --subject S-2 | ok | decon.target_submitted | found.0?
        7g | agent.fib1  | decon target submit organisation "HRB 4471" --qualifier US-VT --case Alder --activity trafficking --basis "It owns the hotels." --subject S-1 | ok | decon.target_submitted | found.0?; receipt.item->B
        7h | agent.fib1  | decon show {B} | ok          | access.read       | submission.state=active; submission.level=AGENCY_ONLY; submission.value?
        7c | agent.fib1  | decon target submit phone "+1 202 555 0101" --case Alder --activity trafficking --subject "statement 1" | E-NO-PREDICATE | access.denied P10 |
        7d | agent.fib1  | decon target submit phone "+1 202 555 0102" --case Alder --activity trafficking --basis "She was held there." --subject "statement 1" --subject-role victim | E-PROTECTED-PERSON | access.denied P12 |
        7e | agent.fib1  | decon target submit phone "+1 202 555 0102" "+1 202 555 0103" --activity trafficking --basis "On the rota." --subject "statement 1" | E-BULK | decon.query_denied P21B |
        8  | agent.tcp1  | decon show {X} | ok          | access.read       | conflict.agency=FIB-MB; conflict.contact=FIB-MB watch desk; conflict.state=notified; conflict.case?
        8b | agent.mpd1  | decon show {X} | E-NOT-FOUND | access.denied P04 |
        8c | agent.mpd1  | decon show X-1 | E-NOT-FOUND | access.denied P04 | like 8b
        @ 2031-03-03 11:25
        9  | agent.tcp1  | decon ack {X}                     | ok | decon.acknowledged |
        9b | agent.fib1  | decon resolve {X} --outcome joint | ok | decon.resolved     |
        9c | agent.tcp1  | decon resolve {X} --outcome joint | ok | decon.resolved     |
        9d | agent.fib1  | decon show {X}                    | ok | access.read        | conflict.state=resolved; conflict.otherOutcome=joint
        """
    )

    static let sharing = ScriptRow.table(
        """
        @ 2031-03-04 08:00
        # The originator decides who sees its entry.
        10  | inspector.lsd | entry add Alder "Wage records of 14 people: 70 hours a week, paid as 30." --kind lead --handling H2 | ok | entry.recorded | receipt.item=E-1
        10b | agent.mpd1    | entry show Alder E-1    | ok | access.read | entry.originAgency=LSD-WH; entry.handling=H2; entry.text=Wage records of 14 people: 70 hours a week, paid as 30.
        @ 2031-03-04 08:30
        11  | agent.mpd1    | dissemination release Alder E-1 TCP-NAR --reason "same van" --purpose OFFICER_SAFETY | E-H2-ORIGINATOR | access.denied P06 |
        11b | agent.tcp1    | entry show {case} E-1   | E-NOT-MEMBER    | access.denied P01 |
        @ 2031-03-04 09:10
        12  | agent.mpd1    | dissemination request Alder E-1 TCP-NAR --reason "same van" --purpose OFFICER_SAFETY | ok | dissemination.permission_requested | receipt.item=R-1
        12b | agent.mpd1    | dissemination grant Alder R-1 | E-SOD     | access.denied P08 |
        12c | inspector.lsd | inbox                   | ok              | access.read       | task.kind=permission; task.item=R-1
        12d | inspector.lsd | dissemination grant Alder R-1 | ok        | dissemination.permission_granted |
        @ 2031-03-04 09:15
        13  | agent.mpd1    | dissemination release Alder E-1 TCP-NAR --reason "same van" --purpose OFFICER_SAFETY | ok | dissemination.recorded | receipt.item=D-1
        13b | agent.tcp1    | entry show {case} E-1   | ok              | access.read       | entry.id=E-1; entry.originAgency=LSD-WH
        13c | agent.tcp1    | case show {case}        | E-NOT-MEMBER    | access.denied P01 |
        13e | agent.tcp1    | entry show {case} E-1 --purpose CRIM_INVEST | E-PURPOSE | access.denied P03 |
        13f | agent.tcp1    | entry ack {case} E-1    | ok              | entry.acknowledged |
        13g | agent.spo1    | dissemination list Alder | ok             | access.read       | count=1; dissemination.id=D-1; dissemination.toAgency?
        13h | agent.spo1    | entry show Alder E-1    | ok              | access.read       | entry.id=E-1
        13d | inspector.lsd | dissemination list Alder | ok             | access.read       | count=1; dissemination.id=D-1; dissemination.entry=E-1; dissemination.toAgency=TCP-NAR; dissemination.fromAgency=MPD-VT; dissemination.by=agent.mpd1; dissemination.reason=same van; dissemination.handling=H2; dissemination.purpose=OFFICER_SAFETY; dissemination.permission=R-1; dissemination.means=in-system

        @ 2031-03-05 14:00
        # A compartment hides an entry from whoever does not hold it.
        14  | agent.spo1    | entry add Alder "Two vans at the loading dock, 4 March." --kind observation --compartment OPS | ok | entry.recorded | receipt.item=E-2
        14b | lead.fib      | entry show Alder E-2    | ok              | access.read       | entry.compartment=OPS
        14c | inspector.lsd | entry show Alder E-2    | E-NOT-FOUND     | access.denied P04C |
        14d | inspector.lsd | entry show Alder E-9    | E-NOT-FOUND     | access.denied P04 | like 14c
        14e | inspector.lsd | entry list Alder        | ok              | access.read       | count=1; entry.id=E-1

        @ 2031-03-05 14:05
        # A correction is added; what it corrects stays.
        15  | agent.spo1    | entry correct Alder E-2 "Two vans at the loading dock, 5 March." --reason "wrong date" | ok | entry.corrected | receipt.item=E-3
        15b | lead.fib      | entry show Alder E-2    | ok              | access.read       | entry.state=corrected; entry.supersededBy=E-3; entry.text=Two vans at the loading dock, 4 March.
        15c | lead.fib      | entry show Alder E-3    | ok              | access.read       | entry.state=current; entry.supersedes=E-2; entry.text=Two vans at the loading dock, 5 March.
        15d | agent.mpd1    | entry correct Alder E-2 "Not mine." --reason "no" | E-ORIGINATOR | access.denied P07 |
        15e | lead.fib      | entry list Alder        | ok              | access.read       | count=3
        """
    )

    static let plans = ScriptRow.table(
        """
        @ 2031-03-06 18:00
        # Two plans meet 500 metres apart.
        22  | agent.tcp1 | decon event submit --type surveillance --at 0.1045,0.1000 --from 2031-03-07T10:00Z --until 2031-03-07T12:00Z | ok | decon.event_submitted | found.0?
        @ 2031-03-07 09:40
        22b | lead.fib   | decon event submit --case Alder --type search-warrant --at 0.1,0.1 --from 2031-03-07T11:30Z --until 2031-03-07T16:00Z | E-LATE-DECON | access.denied P16 |
        22c | lead.fib   | decon event submit --case Alder --type search-warrant --at 0.1,0.1 --from 2031-03-07T12:00Z --until 2031-03-07T16:00Z --operation OP-1 | ok | decon.event_submitted | receipt.item->V; found.0.conflict->Y; found.0.agency=TCP-NAR; found.0.severity=same-place; found.1?
        23  | agent.tcp1 | decon show {Y} | ok          | access.read       | conflict.agency=FIB-MB; conflict.state=notified; conflict.points?
        23c | agent.tcp1 | inbox          | ok          | access.read       | *.task.kind=decon-conflict; *.task.fromAgency=FIB-MB
        23b | agent.tcp1 | decon show {V} | E-NOT-FOUND | access.denied P04 |
        @ 2031-03-07 10:30
        24  | lead.fib   | decon resolve {Y} --outcome delayed | ok | decon.resolved |
        24b | agent.tcp1 | decon resolve {Y} --outcome proceed | ok | decon.resolved |
        24c | lead.fib   | decon event amend {V} --from 2031-03-07T14:00Z --until 2031-03-07T18:00Z --reason "put off" | ok | decon.event_amended | found.0?
        24d | lead.fib   | decon show {Y} | ok | access.read | conflict.state=resolved; conflict.outcome=delayed; conflict.otherOutcome=proceed
        @ 2031-03-07 18:00
        24e | lead.fib   | decon event complete {V} | ok | decon.event_completed |
        24f | lead.fib   | decon show {V} | ok | access.read | submission.state=completed; submission.points?; submission.start?
        """
    )

    @Test(arguments: opening)
    func `Alder is opened by two people, and agencies come in by their own word`(_ row: ScriptRow) throws {
        try Self.play.play(row, on: .shared)
    }

    @Test(arguments: targets)
    func `Alder's targets are told to whom they concern`(_ row: ScriptRow) throws {
        try Self.play.play(row, on: .shared)
    }

    @Test(arguments: sharing)
    func `Alder's entries go where their originator lets them`(_ row: ScriptRow) throws {
        try Self.play.play(row, on: .shared)
    }

    @Test(arguments: plans)
    func `Alder's plan is told to who plans nearby, and put off`(_ row: ScriptRow) throws {
        try Self.play.play(row, on: .shared)
    }

    /// Row 4: what an agency set as its condition stands beside it.
    @Test func `the condition under which an agency joined is kept, and everybody in the case sees it`() throws {
        for name in ["lead.fib", "agent.spo1"] {
            let shown = try Deployment.shared.as(name).must("case", "show", "Alder").first
            let parts = shown.at("case.participants")?.array?.compactMap(\.object) ?? []
            let police = try #require(parts.first { $0.text("agency") == "MPD-VT" })
            #expect(police.text("conditions") == "No use for CIV_IMM.")
            #expect(police.text("agreement") == "MOU-31-01" && police.text("mode") == "participation")
            #expect(shown.at("case.offences") == ["18 USC 1589", "18 USC 1591"])
        }
    }

    /// Row 11: the refusal says whom to ask, and nothing of what was refused.
    @Test func `a refused release names the control official of the originator`() throws {
        let words = ["dissemination", "release", "Alder", "E-1", "SPS", "--reason", "r"]
        let answer = try Deployment.shared.as("agent.mpd1").accord(words)
        #expect(answer.code == "E-H2-ORIGINATOR" && answer.rule == "P06")
        #expect(
            answer.error?.text("ask").contains("control official of LSD-WH (LSD-WH watch desk)") == true,
            "\(answer)"
        )
        #expect(!String(decoding: answer.output, as: UTF8.self).contains("Wage records"))
    }

    /// Row 13: who was given the entry took note of it, and those who may not know the recipient are not told so by that.
    @Test func `who took note from outside is shown to those who may know the recipient`() throws {
        for (name, knows) in [("lead.fib", true), ("agent.mpd1", true), ("agent.spo1", false)] {
            let shown = try Deployment.shared.as(name).must("entry", "show", "Alder", "E-1").first
            let noted = shown.at("entry.acknowledgedBy")?.array?.compactMap(\.string) ?? []
            #expect(noted.contains("agent.tcp1") == knows, "\(name)")
        }
    }

    @Test func `what happened in Alder verifies, and oversight sees every reading and refusal`() throws {
        let auditor = try Deployment.shared.as("auditor.rob")
        let access = try auditor.accord("audit", "access").objects.compactMap { $0["access"]?.object }
        #expect(access.contains { $0.text("member") == "officer.fro" && $0.text("rule") == "P01" })
        #expect(access.contains { $0.text("member") == "agent.mpd1" && $0.text("rule") == "P06" })
        #expect(access.contains { $0.text("member") == "agent.tcp1" && $0.text("act") == "entry.read" })
        let verdict = try auditor.accord("audit", "verify")
        #expect(verdict.status == 0, "\(verdict)")
        // All of it is what the rules give again.
        let replay = try auditor.accord("audit", "replay")
        #expect(replay.status == 0, "\(replay)")
    }
}
