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

    static let planning = ScriptRow.table(
        """
        @ 2031-03-06 10:00
        # Nobody plans for civil immigration enforcement, nor with an agency that is here for information.
        16a | lead.fib | op propose Alder --site "Car wash: 0.1000,0.1000" --authority "judicial-warrant, Superior Court, 2031-03-20" --from 2031-03-07T12:00Z --until 2031-03-07T16:00Z --agency SPO-OC --for CIV_IMM | E-PURPOSE | access.denied P03 |
        16b | lead.fib | op propose Alder --site "Car wash: 0.1000,0.1000" --authority "judicial-warrant, Superior Court, 2031-03-20" --from 2031-03-07T12:00Z --until 2031-03-07T16:00Z --agency LSD-WH | E-STATE | access.denied L01 |
        16  | lead.fib | op propose Alder --site "Car wash: 0.1000,0.1000" --site "Hotel: 0.1200,0.1000" --authority "judicial-warrant, Superior Court, 2031-03-20" --from 2031-03-07T12:00Z --until 2031-03-07T16:00Z --agency SPO-OC --agency MPD-VT --for CRIM_INVEST --for OFFICER_SAFETY | ok | op.proposed | receipt.item=OP-1
        16c | lead.fib      | op show Alder OP-1 | ok | access.read | item.state=proposed; item.facts.revision=1; item.facts.sites?
        16d | inspector.lsd | op show Alder OP-1 | E-NOT-FOUND | access.denied P04 |
        16e | advocate.sps  | op show Alder OP-1 | E-NOT-FOUND | access.denied P04 | like 16d
        16f | auditor.rob   | op show Alder OP-1 | ok | - | item.state=proposed; item.facts?; item.missing?

        @ 2031-03-06 10:20
        17  | liaison.spo | inbox | ok | access.read | task.kind=op; task.item=OP-1; task.summary=FIB-MB asks whether your agency takes part in OP-1.
        17b | liaison.spo | op approve Alder OP-1 --revision 1 | ok | op.agency_approved |

        @ 2031-03-06 10:25
        18  | liaison.mpd | op condition Alder OP-1 --revision 1 --term no-civil-immigration --term other --text "No CIV_IMM officers." | ok | op.agency_set_conditions |
        18b | lead.fib    | op ask Alder OP-1 | E-APPROVAL-MISSING | access.denied P15A |

        @ 2031-03-06 10:50
        # An amendment voids what was said, and all are asked anew.
        19  | lead.fib    | op amend Alder OP-1 --for CRIM_INVEST --reason "As MPD asks." | ok | op.amended |
        19b | liaison.spo | op approve Alder OP-1 --revision 1 | E-STALE | access.denied P23 |
        19c | liaison.spo | inbox | ok | access.read | task.summary~amended: what was said before does not count any more

        @ 2031-03-06 11:30
        20  | liaison.spo | op approve Alder OP-1 --revision 2 | ok | op.agency_approved |
        20b | liaison.mpd | op approve Alder OP-1 --revision 2 | ok | op.agency_approved |
        20c | counsel.dao | inbox | ok | access.read | task.item=OP-1
        20d | counsel.dao | op review Alder OP-1 --revision 2 --verdict cleared | ok | op.legal_reviewed |
        20e | lead.fib    | op safeguards Alder OP-1 --children planned --language planned --counsel planned --medical not-needed | ok | op.safeguards_recorded |

        @ 2031-03-06 12:00
        # Victim services are told days, never an hour and never a place.
        21  | lead.fib     | op advise Alder OP-1 --from 2031-03-07 --until 2031-03-08 --people 12 --gender female --language es --language th --minors | ok | op.victim_services_advised |
        21b | advocate.sps | inbox | ok | access.read | task.item=OP-1; task.command~accord op ack
        21c | advocate.sps | op show Alder OP-1 | ok | access.read | item.facts.people=12; item.facts.startsAt?; item.facts.agencies?; item.dueAt?; item.missing?
        21d | advocate.sps | op ack Alder OP-1 | ok | op.advisory_acknowledged |
        """
    )

    static let operating = ScriptRow.table(
        """
        @ 2031-03-06 18:00
        22  | agent.tcp1  | decon event submit --type surveillance --at 0.1045,0.1000 --from 2031-03-07T10:00Z --until 2031-03-07T12:00Z | ok | decon.event_submitted | found.0?

        @ 2031-03-07 09:40
        # The plan meets another agency's: it is not authorised before that is settled.
        22b | lead.fib    | decon event submit --case Alder --type search-warrant --at 0.1,0.1 --at 0.12,0.1 --from 2031-03-07T12:00Z --until 2031-03-07T16:00Z --operation OP-1 | ok | decon.event_submitted | receipt.item->V; found.0.conflict->Y; found.0.agency=TCP-NAR
        23  | agent.tcp1  | inbox | ok | access.read | task.kind=decon-conflict; task.fromAgency=FIB-MB
        23b | lead.fib    | op ask Alder OP-1 | E-DECON-MISSING | access.denied P15 |

        @ 2031-03-07 10:30
        # It is put off. That voids every answer and the submission, and all are asked again.
        24  | lead.fib    | decon resolve {Y} --outcome delayed | ok | decon.resolved |
        24b | agent.tcp1  | decon resolve {Y} --outcome proceed | ok | decon.resolved |
        24c | lead.fib    | op amend Alder OP-1 --from 2031-03-07T14:00Z --until 2031-03-07T18:00Z --reason "Put off." | ok | op.amended |
        24d | lead.fib    | op ask Alder OP-1 | E-APPROVAL-MISSING | access.denied P15A |
        @ 2031-03-07 10:35
        24e | lead.fib    | decon event amend {V} --from 2031-03-07T14:00Z --until 2031-03-07T18:00Z --reason "Put off." | ok | decon.event_amended | found.0?
        24f | lead.fib    | op ask Alder OP-1 | E-APPROVAL-MISSING | access.denied P15A |
        24g | liaison.spo | op approve Alder OP-1 --revision 3 | ok | op.agency_approved |
        24h | liaison.mpd | op approve Alder OP-1 --revision 3 | ok | op.agency_approved |
        24i | counsel.dao | op review Alder OP-1 --revision 3 --verdict cleared | ok | op.legal_reviewed |
        24j | lead.fib    | op safeguards Alder OP-1 --children planned --language planned --counsel planned --medical not-needed | ok | op.safeguards_recorded |

        @ 2031-03-07 11:20
        25  | lead.fib    | op authorise Alder OP-1 --revision 3 | E-ROLE | access.denied P05 |
        25b | lead.fib    | op ask Alder OP-1 | ok | op.authorisation_asked |
        25c | liaison.spo | op authorise Alder OP-1 --revision 3 | ok | op.authorised |

        @ 2031-03-07 14:00
        26  | lead.fib    | op start Alder OP-1 | ok | op.started |

        @ 2031-03-07 17:00
        26b | lead.fib    | op complete Alder OP-1 | ok | op.completed |
        26c | lead.fib    | case close Alder --reason "done" | E-OPEN-DUTY | access.denied P18 |
        26d | lead.fib    | op arrests Alder OP-1 --total 3 --immigration 0 | ok | op.arrests_counted |
        26e | lead.fib    | decon show {V} | ok | access.read | submission.state=completed
        26f | agent.mpd1  | op show Alder OP-1 | ok | access.read | item.state=completed
        """
    )

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
        let advised = try Deployment.shared.as("advocate.sps").must("op", "show", "Alder", "OP-1").first
        #expect(advised.at("steps")?.array?.count == 1)
        #expect(!"\(advised)".contains("Car wash") && !"\(advised)".contains("12:00"))
    }
}
