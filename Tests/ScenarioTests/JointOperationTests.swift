import StrictJSON
import TestSupport
import Testing

/// The joint operations of Alder, rows 16 to 26, as typed by those who take part.
@Suite(.serialized, .tags(.large), .needsPrograms, .needsFakeTime, .meridianBay(at: "2031-03-03 08:00:00"))
struct JointOperationTests {
    static let play = ScriptPlay()

    static let opening = ScriptRow.table(
        """
        @ 2031-03-03 09:00
        1  | lead.fib     | case draft --title Alder --offence "18 USC 1591" --primary-purpose trafficking-criminal --agreement MOU-31-01 --predicate "Two hotels and a car wash, same owner." | ok | case.drafted |
        2  | lead.fib     | case propose Alder | ok | case.proposed |
        2b | liaison.spo  | case approve Alder | ok | case.opened |
        3  | lead.fib     | case invite Alder MPD-VT --mode participation | ok | case.agency_invited |
        3b | lead.fib     | case invite Alder SPO-OC --mode participation | ok | case.agency_invited |
        3c | lead.fib     | case invite Alder DAO-SV --mode information   | ok | case.agency_invited |
        3d | lead.fib     | case invite Alder SPS --mode information      | ok | case.agency_invited |
        3e | lead.fib     | case invite Alder LSD-WH --mode information   | ok | case.agency_invited |
        4  | liaison.mpd  | case join Alder | ok | case.agency_joined |
        4b | liaison.mpd  | case assign Alder agent.mpd1   | ok | case.member_assigned |
        4c | liaison.spo  | case join Alder | ok | case.agency_joined |
        4d | counsel.dao  | case join Alder | ok | case.agency_joined |
        4e | counsel.dao  | case assign Alder counsel.dao  | ok | case.member_assigned |
        4f | advocate.sps | case join Alder | ok | case.agency_joined |
        4g | advocate.sps | case assign Alder advocate.sps | ok | case.member_assigned |
        4h | inspector.lsd | case join Alder | ok | case.agency_joined |
        4i | inspector.lsd | case assign Alder inspector.lsd | ok | case.member_assigned |
        """
    )

    private static let carWash = """
        --site "Car wash: 0.1000,0.1000" --authority "judicial-warrant, Superior Court, 2031-03-20" --from 2031-03-07T12:00Z --until 2031-03-07T16:00Z
        """

    /// Three agencies approve in the specification: the lead agency has proposed it, and nobody there could approve what he wrote.
    static let planning = ScriptRow.table(
        """
        @ 2031-03-06 10:00
        # Nobody plans for civil immigration enforcement, nor with an agency that is here for information.
        16a | lead.fib | op propose Alder \(carWash) --agency SPO-OC --for CIV_IMM | E-PURPOSE | access.denied P03 | error.message~CIV_IMM is no purpose of MOU-31-01
        16b | lead.fib | op propose Alder \(carWash) --agency LSD-WH | E-STATE | access.denied L01 | error.message=LSD-WH is in this case for information alone.
        16  | lead.fib | op propose Alder \(carWash) --site "Hotel: 0.1200,0.1000" --agency SPO-OC --agency MPD-VT --for CRIM_INVEST --for OFFICER_SAFETY | ok | op.proposed | receipt.item=OP-1
        16c | lead.fib      | op show Alder OP-1 | ok | access.read | item.state=proposed; item.facts.revision=1; item.facts.sites?; item.facts.authorities.0.kind=judicial-warrant; item.facts.authorities.0.court=Superior Court; item.facts.startsAt=1930651200000000; item.facts.endsAt=1930665600000000; steps.0.texts.sites.0.label=Car wash; steps.0.texts.sites.0.radius=800; steps.0.texts.sites.1.label=Hotel; steps.0.texts.sites.2?; item.missing.0=SPO-OC has not answered.; item.missing.1=MPD-VT has not answered.; item.missing.4=It was not submitted to deconfliction.
        16d | inspector.lsd | op show Alder OP-1 | E-NOT-FOUND | access.denied P04 | error.message=No such entry or request, or it is not open to you.
        16e | advocate.sps  | op show Alder OP-1 | E-NOT-FOUND | access.denied P04 | like 16d
        16f | auditor.rob   | op show Alder OP-1 | ok | - | item.state=proposed; item.facts?; item.missing?; steps.0?
        16g | lead.fib      | due Alder | ok | access.read | *.deadline.item=OP-1

        @ 2031-03-06 10:20
        17  | liaison.spo | inbox | ok | access.read | task.kind=op; task.item=OP-1; task.summary=FIB-MB asks whether your agency takes part in OP-1.; task.command~op decline
        17b | liaison.spo | op approve Alder OP-1 --revision 1 | ok | op.agency_approved | receipt.item=OP-1
        17c | lead.fib    | op show Alder OP-1 | ok | access.read | item.state=in-review; item.facts.answers.0.agency=SPO-OC; item.facts.answers.0.decision=approved; item.facts.answers.0.revision=1; item.facts.answers.1?; item.missing.0=MPD-VT has not answered.
        17d | liaison.spo | inbox | ok | access.read | count=0

        @ 2031-03-06 10:25
        # A condition holds the plan up until it is met, and the lead is told of it.
        18  | liaison.mpd | op condition Alder OP-1 --revision 1 --term no-civil-immigration --term other --text "No CIV_IMM officers." | ok | op.agency_set_conditions | receipt.item=OP-1
        18b | lead.fib    | op ask Alder OP-1 | E-APPROVAL-MISSING | access.denied P15A | error.message~MPD-VT set terms: the lead has not taken note of its terms.
        18c | lead.fib    | inbox | ok | access.read | task.kind=op; task.item=OP-1; task.summary=An agency set terms for OP-1.
        18d | lead.fib    | op show Alder OP-1 | ok | access.read | item.facts.answers.0.agency=MPD-VT; item.facts.answers.0.decision=conditional; item.facts.answers.0.terms.0=no-civil-immigration; item.facts.answers.0.accepted=false; steps.2.texts.text=No CIV_IMM officers.

        @ 2031-03-06 10:50
        # An amendment voids what was said, and all are asked anew.
        19  | lead.fib    | op amend Alder OP-1 --for CRIM_INVEST --reason "As MPD asks." | ok | op.amended | receipt.item=OP-1
        19b | liaison.spo | op approve Alder OP-1 --revision 1 | E-STALE | access.denied P23 | error.message=The plan is at revision 2.
        19c | liaison.spo | inbox | ok | access.read | task.summary~amended: what was said before does not count any more; task.command~--revision 2
        19d | liaison.mpd | inbox | ok | access.read | task.summary~amended: what was said before does not count any more; task.command~--revision 2
        19e | lead.fib    | op show Alder OP-1 | ok | access.read | item.facts.revision=2; item.facts.purposes.0=CRIM_INVEST; item.facts.purposes.1?; item.missing.0=SPO-OC has not answered.; item.missing.1=MPD-VT has not answered.; item.missing.2=Counsel has not reviewed it.

        @ 2031-03-06 11:30
        20  | liaison.spo | op approve Alder OP-1 --revision 2 | ok | op.agency_approved | receipt.item=OP-1
        20b | liaison.mpd | op approve Alder OP-1 --revision 2 | ok | op.agency_approved | receipt.item=OP-1
        20c | counsel.dao | inbox | ok | access.read | task.item=OP-1; task.command~op review
        20d | counsel.dao | op review Alder OP-1 --revision 2 --verdict cleared | ok | op.legal_reviewed | receipt.item=OP-1
        20e | lead.fib    | op safeguards Alder OP-1 --children planned --language planned --counsel planned --medical not-needed | ok | op.safeguards_recorded | receipt.item=OP-1
        20f | lead.fib    | op show Alder OP-1 | ok | access.read | item.facts.answers.0.decision=approved; item.facts.answers.1.decision=approved; item.facts.reviewedRevision=2; item.facts.reviewedBy=counsel.dao; item.facts.verdict=cleared; item.missing.0=It was not submitted to deconfliction.; item.missing.1?
        # Counsel looks at when warrants end: one that ends before the operation does clears nothing.
        20g | lead.fib    | op propose Alder --site "Car wash: 0.1000,0.1000" --authority "judicial-warrant, Superior Court, 2031-03-07" --from 2031-03-07T20:00Z --until 2031-03-08T04:00Z --agency SPO-OC | ok | op.proposed | receipt.item=OP-2
        20h | counsel.dao | op review Alder OP-2 --revision 1 --verdict cleared | E-AUTHORITY-EXPIRED | access.denied P15L | error.message~The judicial-warrant of Superior Court ends on 2031-03-07T23:59Z, before the operation does.
        20i | lead.fib    | op cancel Alder OP-2 --reason "The warrant ends too soon." | ok | op.cancelled | receipt.item=OP-2
        20k | liaison.spo | inbox | ok | access.read | *.task.summary=OP-2 (operation plan) of FIB-MB is cancelled.
        20j | lead.fib    | op show Alder OP-2 | ok | access.read | item.state=cancelled; steps.0.texts.sites?

        @ 2031-03-06 12:00
        # Victim services are told days, never an hour and never a place.
        21  | lead.fib     | op advise Alder OP-1 --from 2031-03-07T09:00Z --until 2031-03-08 --people 12 --gender female --language es --minors | INPUT | - | error.message~no hour is told
        21a | lead.fib     | op advise Alder OP-1 --from 2031-03-07 --until 2031-03-08 --people 12 --gender female --language es --language th --minors | ok | op.victim_services_advised | receipt.item=OP-1
        21b | advocate.sps | inbox | ok | access.read | task.item=OP-1; task.command~accord op ack
        21c | advocate.sps | op show Alder OP-1 | ok | access.read | item.state=shown in part; item.facts.people=12; item.facts.windowStart=1930608000000000; item.facts.windowEnd=1930780800000000; item.facts.languages.0=es; item.facts.languages.1=th; item.facts.minorsLikely=true; item.facts.startsAt?; item.facts.agencies?; item.facts.authorities?; item.facts.sites?; item.dueAt?; item.missing?; steps.1?
        21d | advocate.sps | op ack Alder OP-1 | ok | op.advisory_acknowledged | receipt.item=OP-1
        21e | lead.fib     | op show Alder OP-1 | ok | access.read | item.facts.informed.0=SPS; item.open.0?
        21f | inspector.lsd | op show Alder OP-1 | E-NOT-FOUND | access.denied P04 | like 16d
        """
    )

    static let operating = ScriptRow.table(
        """
        @ 2031-03-06 18:00
        22  | agent.tcp1  | decon event submit --type surveillance --at 0.1045,0.1000 --from 2031-03-07T10:00Z --until 2031-03-07T12:00Z | ok | decon.event_submitted | found.0?

        @ 2031-03-07 09:40
        # The plan meets another agency's: it is not authorised before that is settled.
        22b | lead.fib    | decon event submit --case Alder --type search-warrant --at 0.1,0.1 --at 0.12,0.1 --from 2031-03-07T12:00Z --until 2031-03-07T16:00Z --operation OP-1 | ok | decon.event_submitted | receipt.item->V; found.0.conflict->Y; found.0.agency=TCP-NAR; found.0.contact=TCP-NAR watch desk; found.0.points?; found.1?
        23  | agent.tcp1  | inbox | ok | access.read | task.kind=decon-conflict; task.fromAgency=FIB-MB; task.case=; task.summary~Call FIB-MB watch desk
        23b | lead.fib    | op ask Alder OP-1 | E-DECON-MISSING | access.denied P15 | error.message~Not resolved: X-

        @ 2031-03-07 10:30
        # It is put off. That voids every answer and the submission, and all are asked again.
        24  | lead.fib    | decon resolve {Y} --outcome delayed | ok | decon.resolved | receipt.item->Z
        24b | agent.tcp1  | decon resolve {Y} --outcome proceed | ok | decon.resolved | receipt.item->Z
        24c | lead.fib    | op amend Alder OP-1 --from 2031-03-07T14:00Z --until 2031-03-07T18:00Z --reason "Put off." | ok | op.amended | receipt.item=OP-1
        24d | lead.fib    | op ask Alder OP-1 | E-APPROVAL-MISSING | access.denied P15A | error.message~SPO-OC has not answered. MPD-VT has not answered. Counsel has not reviewed it.
        @ 2031-03-07 10:35
        24e | lead.fib    | decon event amend {V} --from 2031-03-07T14:00Z --until 2031-03-07T18:00Z --reason "Put off." | ok | decon.event_amended | found.0?
        24f | lead.fib    | op ask Alder OP-1 | E-APPROVAL-MISSING | access.denied P15A | error.message~SPO-OC has not answered.
        24g | liaison.spo | op approve Alder OP-1 --revision 3 | ok | op.agency_approved | receipt.item=OP-1
        24h | liaison.mpd | op approve Alder OP-1 --revision 3 | ok | op.agency_approved | receipt.item=OP-1
        24i | counsel.dao | op review Alder OP-1 --revision 3 --verdict cleared | ok | op.legal_reviewed | receipt.item=OP-1
        24j | lead.fib    | op safeguards Alder OP-1 --children planned --language planned --counsel planned --medical not-needed | ok | op.safeguards_recorded | receipt.item=OP-1

        @ 2031-03-07 11:20
        # Two authorise: the lead asks, and another person, who is not he and of no other agency, says yes.
        25  | lead.fib    | op authorise Alder OP-1 --revision 3 | E-ROLE | access.denied P05 | error.ask=Ask a second person: a liaison of the lead agency or of the agreement's designee.
        25a | lead.fib    | op start Alder OP-1 | E-STATE | access.denied L01 | error.message~OP-1 is in-review
        25b | lead.fib    | op ask Alder OP-1 | ok | op.authorisation_asked | receipt.item=OP-1
        25d | lead.fib    | op show Alder OP-1 | ok | access.read | item.state=awaits-authorisation; item.facts.askedBy=lead.fib; item.missing.0?; item.open.0?
        25e | liaison.mpd | op authorise Alder OP-1 --revision 3 | E-ROLE | access.denied P05 | error.ask~Ask a second person
        25f | liaison.spo | inbox | ok | access.read | *.task.summary=lead.fib asks that OP-1 be authorised.; *.task.command~op authorise; *.task.command~op send-back
        25g | liaison.spo | op authorise Alder OP-1 --revision 2 | E-STALE | access.denied P23 | error.message=The plan is at revision 3.
        25c | liaison.spo | op authorise Alder OP-1 --revision 3 | ok | op.authorised | receipt.item=OP-1
        25h | agent.mpd1  | op show Alder OP-1 | ok | access.read | item.state=authorised; item.facts.authorisedBy=liaison.spo; item.missing.0?
        25j | liaison.mpd | inbox | ok | access.read | *.task.summary=OP-1 (operation plan) of FIB-MB is authorised.
        25k | lead.fib    | inbox | ok | access.read | *.task.summary=OP-1 (operation plan) of FIB-MB is authorised.
        25i | lead.fib    | op start Alder OP-1 | E-STATE | access.denied L01 | error.message=The window has not begun.

        @ 2031-03-07 14:00
        26  | lead.fib    | op start Alder OP-1 | ok | op.started | receipt.item=OP-1
        26g | lead.fib    | op arrests Alder OP-1 --total 3 --immigration 0 | E-STATE | access.denied L01 | error.message~OP-1 is started

        @ 2031-03-07 17:00
        26b | lead.fib    | op complete Alder OP-1 | ok | op.completed | receipt.item=OP-1
        26h | lead.fib    | inbox | ok | access.read | task.item=OP-1; task.summary=The arrests of OP-1 are to be counted, also if there were none.
        26c | lead.fib    | case close Alder --reason "done" | E-OPEN-DUTY | access.denied P18 | error.message~OP-1 (operation plan, completed, arrests not counted)
        26i | lead.fib    | op arrests Alder OP-1 --total 3 --immigration 4 | E-INVALID | access.denied V01 | error.message~no more than all arrests, 3
        26d | lead.fib    | op arrests Alder OP-1 --total 3 --immigration 0 | ok | op.arrests_counted | receipt.item=OP-1
        26j | liaison.mpd | op show Alder OP-1 | ok | access.read | item.state=completed; item.facts.total=3; item.facts.forImmigrationEnforcement=0
        26e | lead.fib    | decon show {V} | ok | access.read | submission.state=completed; submission.points?; submission.start?
        26f | agent.mpd1  | op show Alder OP-1 | ok | access.read | item.state=completed; steps.0.texts.sites?; steps.0.facts.authorities.0.kind=judicial-warrant
        # The count is where the reports of the year come from.
        26k | liaison.spo | report jtf-annual --year 2031 --format csv | ok | report.generated | text~trafficking-criminal,FIB-MB,DAO-SV FIB-MB LSD-WH MPD-VT SPO-OC SPS,1,3,0
        """
    )

    @Test(arguments: planning + operating)
    func `each row of the specification shows what it is for`(_ row: ScriptRow) { #expect(!row.showings.isEmpty) }

    @Test(arguments: opening)
    func `Alder is opened and joined`(_ row: ScriptRow) throws { try Self.play.play(row, on: .shared) }

    @Test(arguments: planning)
    func `a plan is proposed, answered, amended, reviewed and told to victim services`(_ row: ScriptRow) throws {
        try Self.play.play(row, on: .shared)
    }

    @Test(arguments: operating)
    func `it is deconflicted, put off, approved anew, authorised by two, and its arrests are counted`(
        _ row: ScriptRow
    ) throws {
        try Self.play.play(row, on: .shared)
    }

    @Test func `where it was is sealed once it is over: neither steps nor facts show it to who reads the plan`() throws
    {
        let shown = try Deployment.shared.as("lead.fib").must("op", "show", "Alder", "OP-1").first
        let steps = shown.at("steps")?.array?.compactMap(\.object) ?? []
        let proposed = try #require(steps.first { $0.text("event") == "op.proposed" })
        #expect(proposed.at("texts.sites") == nil && !"\(shown)".contains("0.1000") && !"\(shown)".contains("Car wash"))
        let authority = proposed.at("facts.authorities")?.array?.first?.object
        #expect(authority?.text("kind") == "judicial-warrant", "the rest of the plan stays")
        // An export of the case keeps that, and is whole all the same; counsel has what the defence may have to be given.
        let folder = try ScratchFolder("sealed")
        let key = try Deployment.shared.as("auditor.rob").must("audit", "checkpoint").first.text("logKey")
        for (member, isSealed) in [("lead.fib", true), ("counsel.dao", false)] {
            let bundle = folder.path("\(member).tar")
            try Deployment.shared.as(member).by(.key).must("audit", "export", "--case", "Alder", "--output", bundle)
            let copy = try RecordCopy(bundle: bundle)
            let parts = try copy.names().filter { $0.hasPrefix("parts/") }
                .map { try String(decoding: copy.read($0), as: UTF8.self) }
            #expect(!parts.contains { $0.contains("Hotel") || $0.contains("0.1200,0.1000") } == isSealed, "\(member)")
            #expect(parts.contains { $0.contains("judicial-warrant") } == !isSealed, "\(member)")
            let verified = try Deployment.shared.as(member).by(.key)
                .accord("audit", "verify", "--offline", bundle, "--vkey", key)
            #expect(verified.status == 0, "\(verified)")
            let script = try DaemonProcess.run(["python3", "-I", "verify.py", "--vkey", key], in: copy.path)
            #expect(script.status == 0, "\(script.stdout)\(script.stderr)")
        }
        let advised = try Deployment.shared.as("advocate.sps").must("op", "show", "Alder", "OP-1").first
        #expect(advised.at("steps")?.array?.count == 1)
        #expect(!"\(advised)".contains("Car wash") && !"\(advised)".contains("12:00"))
    }
}
