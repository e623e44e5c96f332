import Foundation
import StrictJSON
import TestSupport
import Testing

/// Case Birch: human smuggling by container and van, rows 1 to 26, 29 to 33 and 36.
@Suite(.serialized, .tags(.large), .needsPrograms, .needsFakeTime, .meridianBay(at: "2031-03-05 07:00:00"))
struct BirchTests {
    static let play = ScriptPlay()

    /// Row 7: one after the other.
    private static let identifiers = (0..<20).map { number in
        """
        7.\(number) | agent.hcs1 | decon target submit phone +12025552\(100 + number) --activity smuggling --basis "On the list." --subject "manifest 9" | ok | decon.target_submitted | found.0?
        """
    }
    .joined(separator: "\n")

    /// The example policy of the sheriff, where every member can read it.
    private static let limits: String = {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "accord-birch-\(ProcessInfo.processInfo.processIdentifier).yaml")
        let example = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Config/policies/state-limits-A.yaml")
        try? Data(contentsOf: example).write(to: path)
        return path.path(percentEncoded: false)
    }()

    /// Row 29: S-9 is one of nine.
    private static let subjects = (1...9).map { number in
        """
        29.\(number) | agent.spo1 | subject register Birch --kind person --criminality smuggling --lawfully-obtained --basis "Two drivers name him." | ok | subject.registered | receipt.item=S-\(number)
        """
    }
    .joined(separator: "\n")

    static let rows = ScriptRow.table(
        """
        @ 2031-03-05 08:00
        # Opened by its lead and the liaison of the agreement's designee.
        1  | lead.hcs    | case draft --title Birch --offence "8 USC 1324" --primary-purpose smuggling-criminal --agreement MOU-31-01 --predicate "Containers with false floors, three arrivals." | ok | case.drafted |
        1b | lead.hcs    | case propose Birch | ok | case.proposed |
        1c | liaison.spo | case approve Birch | ok | case.opened   |
        1d | lead.hcs    | case show Birch    | ok | access.read   | case.state=open; case.agreement=MOU-31-01; case.predicate=Containers with false floors, three arrivals.

        @ 2031-03-05 08:30
        # The modes. (FIB-MB has no liaison in the sample data: its analyst is given the role.)
        2  | admin.ops   | member grant analyst.fib liaison --scope agency --until 30d | ok | user.role_granted |
        2b | lead.hcs    | case invite Birch FIB-MB --mode information     | ok | case.agency_invited |
        2c | lead.hcs    | case invite Birch SPO-OC --mode participation   | ok | case.agency_invited |
        2d | lead.hcs    | case invite Birch LCS-DET --mode information    | ok | case.agency_invited |
        2e | analyst.fib | case join Birch | ok | case.agency_joined |
        2f | liaison.spo | case join Birch | ok | case.agency_joined |
        2g | liaison.lcs | case join Birch | ok | case.agency_joined |
        2h | lead.hcs    | case show Birch | ok | access.read | case.state=open; case.leadAgency=HCS-MAR; case.primaryPurpose=smuggling-criminal

        @ 2031-03-05 08:40
        # An agreement that has ended carries nothing.
        3  | lead.hcs    | case invite Birch MPD-VT --mode participation --agreement MOU-30-09 | E-AGREEMENT-EXPIRED | access.denied P02 |
        3b | liaison.mpd | inbox | ok | access.read | count=0
        3c | lead.hcs    | case invite Birch MPD-VT --mode participation --agreement MOU-31-01 | ok | case.agency_invited |
        3d | liaison.mpd | case join Birch | ok | case.agency_joined |

        @ 2031-03-05 09:00
        # A number with a wrong check digit is refused; a target whose owner is silent looks like none.
        4   | lead.hcs    | case assign Birch agent.hcs1 | ok | case.member_assigned |
        4b  | agent.hcs1  | decon target submit container CSQU3054384 --case Birch --activity smuggling --basis "False floor." --subject "manifest 9" --subject-role instrument | E-INVALID | access.denied V01 |
        4c  | agent.hcs1  | decon target submit container CSQU3054383 --case Birch --activity smuggling --basis "False floor." --subject "manifest 9" --subject-role instrument | ok | decon.target_submitted | found.0?
        4d  | agent.hcs1  | decon target submit imo 9074729 --case Birch --activity smuggling --basis "It carried them." --subject "manifest 9" --subject-role instrument | ok | decon.target_submitted | found.0?
        4e  | agent.fib1  | decon target submit phone +12025550177 --level SILENT --activity smuggling --basis "Named by one." --subject "file 8" | ok | decon.target_submitted | found.0?
        @ 2031-03-05 09:01
        5   | agent.hcs1  | decon target submit phone +12025550177 --case Birch --activity smuggling --basis "On the crate." --subject "manifest 9" | ok | decon.target_submitted | receipt.item->I; found.0?
        5b  | agent.hcs1  | decon show {I} | ok | access.read | submission.state=active; submission.conflicts.0?
        @ 2031-03-05 09:03
        5c  | analyst.fib | inbox          | ok | access.read | task.kind=decon-conflict; task.fromAgency=HCS-MAR; task.item->X
        5d  | agent.hcs1  | decon show {X} | E-NOT-FOUND | access.denied P04 |
        @ 2031-03-05 10:15
        6   | lead.fib    | decon resolve {X} --outcome joint | ok | decon.resolved |
        6b  | agent.hcs1  | decon show {X} | ok | access.read | conflict.agency=FIB-MB; conflict.otherOutcome=joint
        6c  | agent.hcs1  | decon resolve {X} --outcome joint | ok | decon.resolved |
        6d  | lead.fib    | decon show {X} | ok | access.read | conflict.state=resolved

        @ 2031-03-06 07:30
        # Twenty identifiers within an hour are the end; oversight sees who wanted more.
        \(identifiers)
        7u  | agent.hcs1  | decon target submit phone +12025552020 --activity smuggling --basis "On the list." --subject "manifest 9" | E-RATE | decon.query_denied P21 |

        @ 2031-03-06 09:00
        # A question is answered in part, in time; one for civil immigration enforcement is not even asked.
        8a  | liaison.spo | case assign Birch agent.spo1 | ok | case.member_assigned |
        8   | agent.hcs1  | rfi send Birch SPO-OC "Was the van stopped on 5 March?" --urgency urgent | ok | rfi.sent | receipt.item=Q-1
        8b  | agent.spo1  | inbox                        | ok | access.read | task.kind=rfi; task.item=Q-1
        8c  | agent.hcs1  | rfi answer Birch Q-1 "It was." | E-ROLE | access.denied P05 |
        8d  | agent.fib1  | rfi show Birch Q-1           | E-NOT-MEMBER | access.denied P01 |

        @ 2031-03-06 15:30
        9   | agent.spo1  | rfi answer Birch Q-1 "It was, at 21:10; the driver's name is asked for." --handling H2 --part | ok | rfi.partially_answered |
        9b  | agent.hcs1  | rfi show Birch Q-1           | ok | access.read | item.state=partially-answered; item.dueAt=1931158800000000; item.facts.handling=H2
        9c  | agent.hcs1  | inbox                        | ok | access.read | task.kind=rfi; task.item=Q-1; task.fromAgency=SPO-OC
        9d  | agent.hcs1  | inbox ack Q-1 --case Birch   | ok | notice.acknowledged |

        @ 2031-03-06 16:00
        10  | agent.hcs1  | rfi send Birch MPD-VT "Where do they live?" --purpose CIV_IMM | E-PURPOSE | access.denied P03 |

        @ 2031-03-06 16:05
        11  | agent.hcs1  | rfi send Birch MPD-VT "Who rents the dock?" --purpose CRIM_INVEST | ok | rfi.sent | receipt.item=Q-2

        @ 2031-03-06 17:00
        # The rest follows, and the one who asked is told.
        9e  | agent.spo1  | rfi answer Birch Q-1 "The name is not known here." --handling H0 | ok | rfi.answered |
        9f  | agent.hcs1  | inbox                        | ok | access.read | task.kind=rfi; task.item=Q-1; task.summary~answered
        9g  | agent.hcs1  | inbox ack Q-1 --case Birch   | ok | notice.acknowledged |
        9h  | agent.hcs1  | inbox                        | ok | access.read | count=0

        @ 2031-03-07 18:00
        # Who holds people says first what its law is: counsel of the district attorney, joined by the agreement, puts it in force.
        14  | liaison.lcs | policy propose \(limits) | ok | jurisdiction_policy.proposed | receipt.item=state-limits-A/1
        14b | counsel.dao | policy activate LCS-DET state-limits-A/1 | ok | jurisdiction_policy.activated | receipt.item=state-limits-A/1

        @ 2031-03-07 19:00
        # Somebody is held: B-2, and B-4 for the other outcome of row 20. The sheriff asks who takes custody; the hours count
        # from when they would be released. (The officer of FRO-MB answers for it as its liaison.)
        19  | liaison.lcs | custody inquire Birch FRO-MB B-2 --reason judicial-warrant-known --offence smuggling --from 2031-03-07T20:00Z | ok | custody.inquiry_sent | receipt.item->K1
        19b | liaison.lcs | custody inquire Birch FRO-MB B-4 --reason judicial-warrant-known --offence smuggling --from 2031-03-07T20:00Z | ok | custody.inquiry_sent | receipt.item->K2
        19c | liaison.lcs | custody inquire Birch FRO-MB A123456789 --reason joint-case --offence smuggling | E-REFUSED-FIELD | access.denied P22 |
        19d | admin.ops   | member grant officer.fro liaison --scope agency --until 30d | ok | user.role_granted |
        19e | officer.fro | inbox                    | ok | access.read | count=2
        19f | officer.fro | custody show {case} {K1}  | ok | access.read | item.facts.booking=B-2; item.state=sent; item.dueAt=1931025600000000
        19g | officer.fro | custody show Birch {K1}   | E-NOT-MEMBER | access.denied P01 |
        19h | officer.fro | case show {case}         | E-NOT-MEMBER | access.denied P01 |
        19i | officer.fro | case list                | ok | access.read | count=0

        @ 2031-03-07 20:00
        # A detainer reaches the sheriff: a request, of which nothing is shown to whom it came from.
        15  | liaison.lcs | custody receive Birch FRO-MB B-1 hold --instrument detainer | ok | custody.request_received | receipt.item->K3
        15a | liaison.lcs | custody show Birch {K3}   | ok | access.read | item.state=received; item.facts.instrument=detainer; item.facts.booking=B-1
        15b | officer.fro | custody show {case} {K3}  | E-NOT-FOUND | access.denied P04 |
        15c | officer.fro | custody show {case} K-9  | E-NOT-FOUND | access.denied P04 | like 15b
        15d | liaison.lcs | custody answer Birch {K3} complying | E-NOTICE | access.denied P17 |

        @ 2031-03-07 20:30
        16  | liaison.lcs | custody notify-person Birch {K3} not-complying --language es --form 2031-01 | ok | custody.subject_notified |
        16b | liaison.lcs | custody notify-counsel Birch {K3} not-complying | ok | custody.counsel_notified |
        16c | liaison.lcs | custody show Birch {K3}   | ok | access.read | item.facts.personIntent=not-complying; item.facts.copyGiven=true; item.facts.counselIntent=not-complying

        @ 2031-03-07 20:35
        17  | liaison.lcs | custody answer Birch {K3} not-complying | ok | custody.answered |
        17b | liaison.lcs | custody show Birch {K3}   | ok | access.read | item.state=not-complying; item.facts.policy~state-limits-A/1

        @ 2031-03-08 01:00
        18  | liaison.lcs | custody release Birch {K3} | ok | custody.released |
        18b | liaison.lcs | custody show Birch {K3}   | ok | access.read | item.state=released; item.changedAt=1930698000000000

        @ 2031-03-11 19:00
        20  | officer.fro | custody answer {case} {K2} will-take | E-INSTRUMENT | access.denied P17I |
        20b | officer.fro | custody answer {case} {K2} will-take --instrument judicial-warrant | ok | custody.answered | receipt.position=-1
        20b2 | liaison.lcs | custody show Birch {K2}  | ok | access.read | item.state=will-take; item.facts.instrument=judicial-warrant
        20c | lead.hcs    | case close Birch --reason "done" | E-OPEN-DUTY | access.denied P18 |

        @ 2031-03-11 20:00
        20d | liaison.lcs | custody show Birch {K1} | ok | access.read | item.state=lapsed
        20e | officer.fro | custody answer {case} {K1} will-take --instrument judicial-warrant | E-STATE | access.denied L01 |

        @ 2031-03-11 21:00
        21  | liaison.lcs | custody notify-consulate Birch {K1} --offered --requested | ok | custody.consular_notified |
        21a | liaison.lcs | custody show Birch {K1} | ok | access.read | item.facts.offered=true; item.facts.requested=true; item.facts.country?
        21b | officer.fro | custody show {case} {K1} | ok | access.read | item.state=lapsed
        21c | liaison.lcs | custody transfer Birch {K2} judicial-warrant | E-NOTICE | access.denied P17 |
        21d | liaison.lcs | custody release Birch {K1} | ok | custody.released |

        @ 2031-03-12 02:00
        # A vessel comes early: counsel and the other agency are heard, and what takes time follows. (DAO-SV joins for counsel.)
        22h | lead.hcs    | case invite Birch DAO-SV --mode participation | ok | case.agency_invited |
        22i | counsel.dao | case join Birch               | ok | case.agency_joined |
        22j | counsel.dao | case assign Birch counsel.dao | ok | case.member_assigned |
        22  | lead.hcs    | op propose Birch --site "Pier 4: 0.2000,0.2000" --authority "judicial-warrant, Superior Court, 2031-03-20" --from 2031-03-12T03:00Z --until 2031-03-12T05:00Z --agency SPO-OC | E-LATE-DECON | access.denied P16 |
        22b | lead.hcs    | op propose Birch --site "Pier 4: 0.2000,0.2000" --authority "judicial-warrant, Superior Court, 2031-03-20" --from 2031-03-12T03:00Z --until 2031-03-12T05:00Z --agency SPO-OC --exigent "The vessel is early." | ok | op.proposed | receipt.item=OP-1
        22c | liaison.spo | op approve Birch OP-1 --revision 1 | ok | op.agency_approved |
        22d | counsel.dao | op review Birch OP-1 --revision 1 --verdict cleared | ok | op.legal_reviewed |
        22e | lead.hcs    | op safeguards Birch OP-1 --children planned --language planned --counsel planned --medical planned | ok | op.safeguards_recorded |

        @ 2031-03-12 02:10
        # There was no time: a commander concurs, and the plan is submitted all the same, though after the fact.
        23  | lead.hcs    | decon event exigent --case Birch --operation OP-1 --approver lead.hcs --reason "The vessel is early." | E-SOD | access.denied P08 |
        23b | lead.hcs    | decon event exigent --case Birch --operation OP-1 --approver liaison.spo --reason "The vessel is early." | ok | decon.exigent_declared | receipt.item->U
        23b2 | liaison.spo | decon event concur {U} | ok | decon.exigency_confirmed |
        23d | lead.hcs    | op ask Birch OP-1 | ok | op.authorisation_asked |
        23e | liaison.spo | op authorise Birch OP-1 --revision 1 | ok | op.authorised |
        23f | lead.hcs    | op show Birch OP-1 | ok | access.read | item.state=authorised; item.facts.exigent=true

        @ 2031-03-12 06:10
        23c | daemon      | | - | decon.submission_overdue |
        @ 2031-03-12 08:00
        24  | lead.hcs    | decon event submit --case Birch --type vehicle-stop --at 0.2,0.2 --from 2031-03-12T03:00Z --until 2031-03-12T05:00Z --operation OP-1 | E-INVALID | access.denied V01 |
        24b | lead.hcs    | decon event submit --case Birch --type vehicle-stop --at 0.2,0.2 --from 2031-03-12T03:00Z --until 2031-03-12T05:00Z --operation OP-1 --exigent {U} | ok | decon.event_submitted | found.0?

        @ 2031-03-13 16:05
        # Nobody answers in time: that is recorded once, and shown to the lead and to who owes the answer.
        12  | daemon      | | - | rfi.overdue |
        12b | liaison.mpd | due --overdue | ok | access.read | deadline.item=Q-2; deadline.state=overdue
        12c | lead.hcs    | inbox         | ok | access.read | *.task.item=Q-2; *.task.kind=overdue
        12d | agent.hcs1  | inbox         | ok | access.read | *.task.item=Q-2; *.task.kind=overdue
        @ 2031-03-14 09:00
        13  | liaison.mpd | rfi refuse Birch Q-2 not-in-the-mood | E-INVALID | access.denied V01 |
        13b | liaison.mpd | rfi refuse Birch Q-2 harm-to-investigation | ok | rfi.refused |
        13c | liaison.mpd | due --overdue | ok | access.read | deadline.item?
        13d | agent.hcs1  | inbox         | ok | access.read | *.task.summary~refused
        13e | agent.hcs1  | rfi show Birch Q-2 | ok | access.read | item.state=refused

        @ 2031-04-01 09:00
        # A man was taken for another: he is S-9, a target rests on him, and an entry that two agencies outside the case were given.
        \(subjects)
        29b | lead.hcs    | subject document Birch S-9 "The two agree." | ok | subject.suspicion_documented |
        29c | agent.spo1  | decon target submit plate "KX 4417" --qualifier US-VT --case Birch --activity smuggling --basis "He drove it." --subject S-9 | ok | decon.target_submitted | receipt.item->Z
        29d | agent.spo1  | entry add Birch "S-9 drove the second van." | ok | entry.recorded | receipt.item=E-1
        29e | liaison.spo | dissemination release Birch E-1 LSD-WH --reason "same firm" | ok | dissemination.recorded | receipt.item=D-1
        29f | liaison.spo | dissemination release Birch E-1 TCP-NAR --reason "same van" --purpose OFFICER_SAFETY | ok | dissemination.recorded | receipt.item=D-2
        29  | counsel.dao | order record Birch S-9 --kind expunge --court "Superior Court" --docket 31-CV-7 --appeal-until 2031-05-01 | ok | court_order.received | receipt.item=C-1
        29g | counsel.dao | order record Birch E-1 --kind expunge --court "Superior Court" --docket 31-CV-7 --appeal-until 2031-05-01 | ok | court_order.received | receipt.item=C-2
        29h | liaison.spo | purge propose Birch S-9 --order C-1 | E-STATE | access.denied L01 |

        @ 2031-05-02 09:00
        # Once nobody can appeal any more, the liaison of the originator and counsel purge it; each agency that had it is told.
        30  | liaison.spo | purge propose Birch S-9 --order C-1 --reason "mistaken identity" | ok | purge.proposed | receipt.item=P-1
        30b | liaison.spo | purge approve Birch P-1       | E-SOD | access.denied P20 |
        30c | counsel.dao | purge approve Birch P-1       | ok    | purge.approved    | receipt.item=P-1
        30d | lead.hcs    | subject show Birch S-9        | E-STATE | access.denied L01 |
        30e | agent.spo1  | decon show {Z}                | ok    | access.read       | submission.state=withdrawn
        30f | liaison.spo | purge propose Birch E-1 --order C-2 --reason "mistaken identity" | ok | purge.proposed | receipt.item=P-2
        30g | counsel.dao | purge approve Birch P-2       | ok    | purge.approved    | receipt.item=P-2
        30h | agent.spo1  | entry show Birch E-1          | E-STATE | access.denied L01 |
        30i | agent.tcp1  | entry show {case} E-1         | E-NOT-MEMBER | access.denied P01 |
        30k | auditor.rob | entry list Birch              | ok    | -                 | entry.state=purged; entry.removedUnder=P-2 under court order C-2
        30l | auditor.rob | audit verify                  | ok    | -                 | exitCode=0
        30m | lead.hcs    | purge list Birch              | ok    | access.read       | count=4; 0.removal.state=executed; 2.removal.state=purged; 2.removal.approvedBy=counsel.dao; 3.removal.state=purged

        @ 2031-05-05 09:00
        # (FIB-MB's liaison was one for 30 days.) All certify but the agency that leads the case.
        31a | admin.ops     | member grant analyst.fib liaison --scope agency --until 30d | ok | user.role_granted |
        31b | analyst.fib   | inbox                       | ok    | access.read       | task.kind=purge-notice; task.item=P-1
        31  | analyst.fib   | purge certify Birch P-1     | ok    | purge.certified   | receipt.item=P-1
        31c | liaison.mpd   | purge certify Birch P-1     | ok    | purge.certified   | receipt.item=P-1
        31d | liaison.lcs   | purge certify Birch P-1     | ok    | purge.certified   | receipt.item=P-1
        31e | counsel.dao   | purge certify Birch P-1     | ok    | purge.certified   | receipt.item=P-1
        31f | inspector.lsd | purge certify {case} P-1    | E-NOT-FOUND | access.denied P04 |
        31g | inspector.lsd | inbox                       | ok    | access.read       | task.kind=purge-notice; task.item=P-2
        31h | inspector.lsd | purge certify {case} P-2    | ok    | purge.certified   | receipt.item=P-2

        @ 2031-05-20 09:00
        # What is held is not purged, and can be sealed. (FPO-MB joins for its counsel.)
        32a | admin.ops   | member grant counsel.fpo liaison --scope agency --until 30d | ok | user.role_granted |
        32b | lead.hcs    | case invite Birch FPO-MB --mode participation | ok | case.agency_invited |
        32c | counsel.fpo | case join Birch               | ok | case.agency_joined |
        32d | counsel.fpo | case assign Birch counsel.fpo | ok | case.member_assigned |
        32  | counsel.fpo | hold place Birch --reason "trial" | ok | legal.hold_placed | receipt.item=L-1
        32e | agent.spo1  | entry add Birch "S-8 drove the first van." | ok | entry.recorded | receipt.item=E-2
        32f | counsel.dao | order record Birch E-2 S-8 --kind expunge --court "Superior Court" --docket 31-CV-9 | ok | court_order.received | receipt.item=C-3
        32g | counsel.fpo | purge propose Birch E-2 --order C-3 | E-HOLD | access.denied P19 |
        32h | liaison.spo | purge propose Birch S-8 --order C-3 | E-HOLD | access.denied P19 |
        32i | counsel.dao | order record Birch E-2 --kind seal --court "Superior Court" --docket 31-CV-9 | ok | court_order.received | receipt.item=C-4
        32k | liaison.spo | entry seal Birch E-2 --order C-4 | ok | record.sealed |
        32l | lead.hcs    | entry show Birch E-2          | E-NOT-FOUND | access.denied P04C |

        @ 2031-05-20 12:00
        # People are sealed in a container: one entry goes to one agency at once, and oversight looks at it afterwards.
        25a | auditor.rob | audit review --period 2031-W20 --finding "The identifiers of W10 were looked into." | ok | restricted |
        25b | agent.hcs1  | entry add Birch "Bay 4, second row: knocking from inside." --handling H2 | ok | entry.recorded | receipt.item=E-3
        25c | agent.hcs1  | breakglass invoke Birch E-3 --to FRO-MB --reason "people sealed in the container" | E-PURPOSE | access.denied P03 |
        25d | agent.hcs1  | breakglass invoke Birch O-482913 --to TCP-NAR --reason "people sealed in the container" | E-NEVER | access.denied P26 |
        25e | agent.hcs1  | breakglass invoke Birch E-3 --to TCP-NAR --reason "people sealed in the container" | ok | breakglass.invoked P06 | receipt.item=D-3
        25f | agent.tcp1  | entry show {case} E-3    | ok | access.read | entry.text=Bay 4, second row: knocking from inside.
        25g | lead.hcs    | breakglass review Birch D-3 --finding justified --note "found in time" | E-ROLE | access.denied P05 |
        @ 2031-05-20 14:00
        26  | agent.tcp1  | entry show {case} E-3    | E-NOT-MEMBER | access.denied P01 |
        26b | auditor.rob | inbox                    | ok | - | 0.task.item=P21/agent.hcs1/1; 1.task.kind=alert; 2.task.kind=emergency-review; 2.task.item=D-3
        @ 2031-05-21 09:00
        26c | auditor.rob | breakglass review Birch D-3 --finding justified --note "found in time" | ok | breakglass.reviewed | receipt.item=D-3
        26d | lead.hcs    | dissemination list Birch | ok | access.read | 2.dissemination.means=break-glass; 2.dissemination.finding=justified; 2.dissemination.toAgency=TCP-NAR

        @ 2031-06-01 09:00
        # Who has not certified in time is shown to those who answer for the case, and to oversight.
        31i | lead.hcs    | due --overdue | ok | access.read | 1.deadline.item=P-1/HCS-MAR; 1.deadline.state=overdue
        31j | auditor.rob | audit review --period 2031-W22 --finding "One emergency was reviewed in time." | ok | restricted |
        31k | auditor.rob | due --overdue | ok | - | 0.deadline.item=P-1/HCS-MAR
        # What goes out: somebody has complained, and one complaint is no number for the public. The sheriff has one request to
        # report, the state police none: that is certified, too. (The agreement designates SPO-OC.)
        33  | agent.hcs1  | entry add Birch "Rough handling at the pier." --compartment OVERSIGHT | ok | restricted |
        33b | liaison.spo | report jtf-annual --year 2031 | ok | report.generated | item=A-1; rows=1
        33c | lead.hcs    | report jtf-annual --year 2031 | E-ROLE | access.denied P05 |
        33d | liaison.lcs | report il-805-25 --year 2031 --format csv | ok | report.generated | item=A-2; rows=1
        33e | liaison.spo | report il-805-25 --year 2031 --format json | ok | report.generated | item=A-3; rows=0
        33f | liaison.spo | report certify A-3 | ok | report.certified | receipt.item=A-3
        33g | liaison.mpd | report transparency --year 2031 | E-ROLE | access.denied P05 |
        33h | liaison.spo | report transparency --year 2031 --format html | ok | report.generated | item=A-4
        33i | liaison.spo | report publish A-4 | E-STATE | access.denied L01 |
        33j | liaison.spo | report certify A-4 | ok | report.certified | receipt.item=A-4
        33k | liaison.spo | report publish A-4 | ok | report.published | receipt.item=A-4
        33l | agent.tcp1  | report list | ok | access.read | count=1; report.item=A-4; report.certifiedBy=liaison.spo
        33m | lead.hcs    | report timeline Birch --format html | ok | report.generated | item=A-5
        33n | agent.tcp1  | report timeline {case} | E-NOT-MEMBER | access.denied P01 |

        @ 2031-06-02 09:00
        # Who runs the service sees its health and nothing of the cases.
        36  | admin.ops  | case show Birch         | E-ROLE | access.denied P09 |
        36b | admin.ops  | case show {case}        | E-ROLE | access.denied P09 | like 36
        36c | admin.ops  | case show Nowhere       | E-ROLE | access.denied P09 | like 36
        36d | admin.ops  | entry list Birch        | E-ROLE | access.denied P09 |
        36f | admin.ops  | case list               | E-ROLE | access.denied P09 |
        36g | admin.ops  | inbox                   | E-ROLE | access.denied P09 |
        36h | admin.ops  | entry show {case} E-1   | E-ROLE | access.denied P09 |
        36e | admin.ops  | status                  | ok     | -                 | mode=running
        # Everything that was accepted up to here is decided again, to the same.
        37  | auditor.rob | audit replay           | ok     | -                 | exitCode=0
        37b | lead.hcs    | audit replay           | E-ROLE | access.denied P05 |
        """
    )

    @Test(arguments: rows)
    func `Birch is opened, joined and closed to whoever runs the service`(_ row: ScriptRow) throws {
        try Self.play.play(row, on: .shared)
    }

    @Test func `the offence of Birch is the criminal one, and oversight sees who asked without being in it`() throws {
        let shown = try Deployment.shared.as("lead.hcs").must("case", "show", "Birch").first
        #expect(shown.at("case.offences") == ["8 USC 1324"])
        let access = try Deployment.shared.as("auditor.rob").must("audit", "access", "--case", "Birch")
        let denied = access.objects.compactMap { $0["access"]?.object }.filter { $0.text("outcome") == "denied" }
        #expect(denied.contains { $0.text("member") == "admin.ops" && $0.text("rule") == "P09" })
    }

    /// Row 6: two leads agree, and till then a case that is there and one that is not look the same.
    @Test func `Birch is linked with another case when both leads have named the other's number`() throws {
        let (fib, hcs) = (try Deployment.shared.as("lead.fib"), try Deployment.shared.as("lead.hcs"))
        let draft = [
            "case", "draft", "--title", "Aspen", "--offence", "18 USC 1589", "--primary-purpose",
            "trafficking-criminal", "--agreement", "MOU-31-01", "--predicate", "The same vans.",
        ]
        try fib.must(draft)
        try fib.must("case", "propose", "Aspen")
        try Deployment.shared.as("liaison.spo").must("case", "approve", "Aspen")
        func number(_ person: Person, _ title: String) throws -> String {
            try #require(try person.must("case", "show", title).first.at("case.number")?.string)
        }
        let birch = try number(hcs, "Birch")
        try fib.must("case", "link", "Aspen", "TF-2031-000000")
        try fib.must("case", "link", "Aspen", birch)
        let waiting = try fib.must("case", "show", "Aspen").first.at("case.links")?.array ?? []
        #expect(waiting.count == 2)
        #expect(waiting.allSatisfy { $0.object?.text("state") == "proposed" && $0.object?["title"] == nil })
        try hcs.must("case", "link", "Birch", try number(fib, "Aspen"))
        let linked = try hcs.must("case", "show", "Birch").first.at("case.links")?.array?.first?.object ?? [:]
        #expect(linked.text("title") == "Aspen" && linked.text("state") == "linked")
        #expect(try hcs.accord("case", "show", "Aspen").code == "E-NOT-MEMBER")
    }

    /// Row 33: what was made once is made again, and what is small is kept back.
    @Test func `the reports of Birch keep back what is small, name nobody, and are the same when they are made again`()
        throws
    {
        func made(_ member: String, _ words: String...) throws -> JSONObject {
            try Deployment.shared.as(member).must(["report"] + words).first
        }
        let counts = try made("liaison.spo", "transparency", "--year", "2031")
        #expect(counts.text("text").contains("Written to oversight about a case      –"))
        #expect(counts.text("text").contains("not-complying"))
        let rows = try made("liaison.lcs", "il-805-25", "--year", "2031", "--format", "csv")
        #expect(
            rows.text("text").contains("detainer,hold,FRO-MB,not-complying,2031-03-07T20:35:00Z,2031-03-08T01:00:00Z")
        )
        let size = String(try #require(counts["size"]?.integer))
        let again = try made("liaison.spo", "transparency", "--year", "2031", "--at", size)
        #expect(again.text("digest") == counts.text("digest") && again.text("text") == counts.text("text"))
        for text in [counts.text("text"), rows.text("text")] {
            for secret in ["B-1", "B-2", "Rough handling", "agent.hcs1"] {
                #expect(!text.contains(secret), "\(secret)")
            }
        }
    }

    @Test func `oversight sees who submitted one identifier too many`() throws {
        let access = try Deployment.shared.as("auditor.rob").must("audit", "access").objects
        let denied = access.compactMap { $0["access"]?.object }.filter { $0.text("rule") == "P21" }
        #expect(denied.map { $0.text("member") } == ["agent.hcs1"])
        #expect(denied.map { $0.text("act") } == ["decon.submit-target"])
    }

    @Test func `the participants of Birch stand with their modes`() throws {
        let shown = try Deployment.shared.as("lead.hcs").accord("case", "show", "Birch").first
        let participants = shown.at("case.participants")?.array ?? []
        let modes = participants.compactMap(\.object).map {
            "\($0.text("agency")) \($0.text("mode")) \($0.text("state"))"
        }
        #expect(
            Set(modes) == [
                "HCS-MAR lead joined", "FIB-MB information joined", "SPO-OC participation joined",
                "LCS-DET information joined", "MPD-VT participation joined", "DAO-SV participation joined",
                "FPO-MB participation joined",
            ]
        )
    }
}
