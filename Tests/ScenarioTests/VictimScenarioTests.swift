import StrictJSON
import TestSupport
import Testing

/// Case Alder, rows 27 to 35: those who were found are cared for, and who they are stands nowhere.
@Suite(.serialized, .tags(.large), .needsPrograms, .needsFakeTime, .meridianBay(at: "2031-03-03 08:00:00"))
struct AlderVictimTests {
    static let play = ScriptPlay()

    static let rows = ScriptRow.table(
        """
        @ 2031-03-03 09:00
        1  | lead.fib     | case draft --title Alder --offence "18 USC 1591" --primary-purpose trafficking-criminal --agreement MOU-31-01 --predicate "Two hotels and a car wash: wages withheld." | ok | case.drafted |
        1b | lead.fib     | case propose Alder | ok | case.proposed |
        1c | liaison.spo  | case approve Alder | ok | case.opened |
        1d | lead.fib     | case assign Alder agent.fib1 | ok | case.member_assigned |
        1e | lead.fib     | case assign Alder analyst.fib | ok | case.member_assigned |
        1f | lead.fib     | case invite Alder MPD-VT --mode participation | ok | case.agency_invited |
        1g | liaison.mpd  | case join Alder | ok | case.agency_joined |
        1h | lead.fib     | case invite Alder SPS --mode information | ok | case.agency_invited |
        1i | advocate.sps | case join Alder | ok | case.agency_joined |
        1k | advocate.sps | case assign Alder advocate.sps | ok | case.member_assigned |

        @ 2031-03-07 17:30
        # References are drawn; the lead is told how many there are, and nobody else anything.
        27  | advocate.sps | victim mint Alder | ok | victim.reference_minted | receipt.item->A; receipt.item~V-
        27b | advocate.sps | victim mint Alder | ok | victim.reference_minted | receipt.item->B; receipt.item~V-
        27c | advocate.sps | victim list Alder | ok | access.read | count=2; item.workflow=victim; item.state=minted
        27d | lead.fib     | victim list Alder | ok | access.read | count=1; count.workflow=victim; count.items=2
        27e | lead.fib     | victim show Alder {A} | E-NOT-FOUND | access.denied P04C |
        27f | lead.fib     | victim show Alder V-FFFF | E-NOT-FOUND | access.denied P04C | like 27e
        27g | agent.fib1   | victim list Alder | ok | access.read | count=0
        27h | agent.fib1   | victim mint Alder | E-ROLE | access.denied P05 |
        27i | agent.fib1   | victim referral request Alder --need shelter | ok | victim.referral_requested | receipt.item->R; receipt.item~VR-
        27k | agent.fib1   | victim referral show Alder {R} | E-NOT-FOUND | access.denied P04C |
        27l | advocate.sps | victim needs Alder {A} --need shelter --need interpreter | ok | victim.needs_recorded |

        @ 2031-03-07 17:40
        # A name is refused, and is not in the record.
        28  | advocate.sps | victim alert raise Alder "Maria Lopez fears the second site." --to lead | E-PII-IN-VICTIM | access.denied P13 |
        28b | advocate.sps | victim alert raise Alder "Approach the second site unmarked." --to lead | ok | victim.safety_alert | receipt.item->L
        28c | lead.fib     | inbox | ok | access.read | count=1; task.kind=alert
        28d | lead.fib     | victim alert ack Alder {L} | ok | victim.safety_alert_acknowledged |

        @ 2031-03-07 17:45
        29  | advocate.sps | victim consent record Alder {A} --scope needs --scope referral --to SPS --until 2031-09-03 --form 2031-01 --language es | ok | victim.consent_recorded | receipt.item->C; receipt.item~VC-
        29b | advocate.sps | victim consent record Alder {A} --scope needs --to SPS --until 2031-09-05 --form 2031-01 --language es | E-INVALID | access.denied V01 |
        29c | advocate.sps | victim referral consent Alder {R} {B} {C} | E-CONSENT | access.denied P33 |
        29d | advocate.sps | victim referral consent Alder {R} {A} {C} | ok | victim.referral_consented |
        29e | advocate.sps | victim referral send Alder {R} MPD-VT | E-CONSENT | access.denied P33 |
        29f | advocate.sps | victim referral send Alder {R} SPS | ok | victim.referral_sent |
        29g | advocate.sps | victim referral accept Alder {R} | ok | victim.referral_accepted |
        29h | advocate.sps | victim referral complete Alder {R} | ok | victim.referral_completed |

        @ 2031-03-07 18:00
        30  | advocate.sps | victim minor Alder {B} | ok | victim.minor_flagged |
        30b | lead.fib     | due Alder | ok | access.read | 0.deadline.clock=minor-notice; 0.deadline.item?
        30c | lead.fib     | case close Alder --reason "over" | E-OPEN-DUTY | access.denied P18 |
        @ 2031-03-08 09:00
        31  | advocate.sps | victim minor-notice Alder {B} 2031-04417 | ok | victim.minor_notice_filed |
        31b | lead.fib     | due Alder | ok | access.read | deadline.clock=case-review
        31c | lead.fib     | case close Alder --reason "over" | E-OPEN-DUTY | access.denied P18 |

        @ 2031-03-10 09:00
        # Who flags it has no list of it, and its line says nothing.
        32  | agent.fib1   | victim presence request Alder {A} --recipient MPD-VT | ok | restricted | receipt.item->W; receipt.item~W-
        32b | agent.fib1   | victim flag Alder {B} | ok | restricted |
        32c | agent.fib1   | victim protected show Alder {W} | E-NOT-FOUND | access.denied P04C |
        @ 2031-03-10 09:05
        33  | analyst.fib  | victim protected list Alder | E-NOT-FOUND | access.denied P04C |
        33b | analyst.fib  | victim list Alder | ok | access.read | count=0
        33c | lead.fib     | victim protected list Alder | E-NOT-FOUND | access.denied P04C | like 33
        33d | advocate.sps | victim protected list Alder | ok | access.read | count=2
        33e | advocate.sps | victim presence grant Alder {W} --until 2033-03-10 | ok | restricted |

        @ 2031-03-12 10:00
        34  | advocate.sps | victim certification request Alder {W} HCS-MAR | E-STATE | access.denied L01 |
        34b | advocate.sps | victim certification request Alder {W} FIB-MB | E-1367 | access.denied P14 |
        34c | advocate.sps | victim certification request Alder {W} MPD-VT | ok | restricted |
        34d | liaison.mpd  | inbox | ok | access.read | count=1; task.kind=v1367
        34e | liaison.mpd  | victim protected list Alder | ok | access.read | count=1
        @ 2031-03-20 10:00
        35  | liaison.mpd  | victim certification decide Alder {W} signed | ok | restricted |
        35b | advocate.sps | victim protected show Alder {W} | ok | access.read | item.facts.decision=signed; item.state=presence-granted
        35c | agent.fib1   | victim incident report Alder "A list went to a wrong desk." | ok | restricted | receipt.item->I
        35v | auditor.rob  | audit review --period 2031-W11 --finding "Two refusals were looked into." | ok | restricted |
        35d | auditor.rob  | inbox | ok | - | 0.task.kind=v1367
        35e | auditor.rob  | victim incident ack Alder {I} | ok | restricted |
        35f | advocate.sps | victim rights-notice Alder {A} --form 2031-01 --language es | ok | victim.rights_notice_given |
        35g | advocate.sps | victim rights-notice Alder {B} --form 2031-01 --language en | ok | victim.rights_notice_given |

        # A court orders that nothing be left of a reference: counsel names what the court names, and learns nothing by that.
        35i | lead.fib     | case invite Alder DAO-SV --mode participation | ok | case.agency_invited |
        35k | counsel.dao  | case join Alder | ok | case.agency_joined |
        35l | counsel.dao  | case assign Alder counsel.dao | ok | case.member_assigned |
        35m | counsel.dao  | order record Alder {A} --kind expunge --court "Superior Court" --docket 31-CV-7 --effective 2031-03-01 | ok | court_order.received | receipt.item=C-1
        35n | counsel.dao  | order record Alder V-0A0A --kind expunge --court "Superior Court" --docket 31-CV-8 --effective 2031-03-01 | ok | court_order.received | receipt.item=C-2
        35o | counsel.dao  | victim show Alder {A} | E-NOT-FOUND | access.denied P04C |
        35p | lead.fib     | purge list Alder | ok | access.read | count=0
        35p2 | advocate.sps | purge propose Alder {A} --order C-1 --reason "as ordered" | E-STATE | access.denied L01 |
        35q | advocate.sps | purge propose Alder {A} {C} {R} --order C-1 --reason "as ordered" | ok | purge.proposed | receipt.item=P-1
        35r | lead.fib     | purge approve Alder P-1 | E-NOT-FOUND | access.denied P04 |
        35s | counsel.dao  | purge approve Alder P-1 | ok | purge.approved |
        35t | advocate.sps | victim show Alder {A} | E-STATE | access.denied L01 |
        35u | lead.fib     | purge list Alder | ok | access.read | count=0

        # And that nothing be left of what 8 USC 1367 protects: no line says so, and no number of the case is used for it.
        36  | counsel.dao  | order record Alder {W} --kind expunge --court "Superior Court" --docket 31-CV-9 | E-NOT-FOUND | access.denied P04C |
        36b | counsel.dao  | victim protected order Alder {W} --court "Superior Court" --docket 31-CV-9 --effective 2031-03-01 | ok | restricted | receipt.item->O; receipt.item~W-
        36c | counsel.dao  | victim protected order Alder W-11111112 --court "Superior Court" --docket 31-CV-9 --effective 2031-03-01 | ok | restricted | receipt.item~W-
        36d | counsel.dao  | victim protected purge approve Alder {W} | E-STATE | access.denied L01 |
        36e | advocate.sps | victim protected purge propose Alder {W} --reason "as ordered" | E-SOD | access.denied P20 |
        36f | advocate.sps | victim protected purge propose Alder {W} --order {O} --reason "as ordered" | ok | restricted |
        36g | advocate.sps | victim protected purge approve Alder {W} | E-SOD | access.denied P20 |
        36h | lead.fib     | victim protected purge approve Alder {W} | E-NOT-FOUND | access.denied P04C |
        36i | counsel.dao  | victim protected purge approve Alder {W} | ok | restricted |
        36k | advocate.sps | victim protected show Alder {W} | ok | access.read | item.state=purged; item.facts?
        36l | liaison.mpd  | victim protected purge certify Alder {W} | ok | restricted |
        36m | lead.fib     | purge list Alder | ok | access.read | count=0

        35h | lead.fib     | case close Alder --reason "over" | ok | case.closed |
        """
    )

    @Test(arguments: rows)
    func `Alder's victims are cared for, and nobody learns who they are`(_ row: ScriptRow) throws {
        try Self.play.play(row, on: .shared)
    }

    @Test func `what happened verifies and is decided again, and no name stands in what oversight exports`() throws {
        let auditor = try Deployment.shared.as("auditor.rob")
        #expect(try auditor.accord("audit", "verify").status == 0)
        let replay = try auditor.accord("audit", "replay")
        #expect(replay.status == 0, "\(replay)")
        let access = try auditor.accord("audit", "access").objects.compactMap { $0["access"]?.object }
        #expect(access.contains { $0.text("member") == "analyst.fib" && $0.text("rule") == "P04C" })
        #expect(access.allSatisfy { !$0.text("item").hasPrefix("W-") })
    }
}

/// Case Birch, rows 27 and 28: consent that is withdrawn ends what others read.
@Suite(.serialized, .tags(.large), .needsPrograms, .needsFakeTime, .meridianBay(at: "2031-03-05 07:00:00"))
struct BirchVictimTests {
    static let play = ScriptPlay()

    private static let minted = (1...9).map { number in
        "27.\(number) | advocate.sps | victim mint Birch | ok | victim.reference_minted | receipt.item->V\(number)"
    }
    .joined(separator: "\n")

    static let rows = ScriptRow.table(
        """
        @ 2031-03-05 08:00
        1  | lead.hcs     | case draft --title Birch --offence "8 USC 1324" --primary-purpose smuggling-criminal --agreement MOU-31-01 --predicate "Containers with false floors." | ok | case.drafted |
        1b | lead.hcs     | case propose Birch | ok | case.proposed |
        1c | liaison.spo  | case approve Birch | ok | case.opened |
        1d | lead.hcs     | case invite Birch SPS --mode information | ok | case.agency_invited |
        1e | advocate.sps | case join Birch | ok | case.agency_joined |
        1f | advocate.sps | case assign Birch advocate.sps | ok | case.member_assigned |
        # The city's police have victim services, too: the member of its unit is given the role.
        1g | admin.ops    | member grant agent.mpd1 victim-services --scope agency --until 300d | ok | user.role_granted |
        1h | lead.hcs     | case invite Birch MPD-VT --mode participation | ok | case.agency_invited |
        1i | liaison.mpd  | case join Birch | ok | case.agency_joined |
        1k | liaison.mpd  | case assign Birch agent.mpd1 | ok | case.member_assigned |

        @ 2031-03-12 15:00
        \(minted)
        27a | advocate.sps | victim needs Birch {V1} --need medical | ok | victim.needs_recorded |
        27b | lead.hcs     | victim list Birch | ok | access.read | count.items=9
        27c | agent.mpd1   | victim show Birch {V1} | E-NOT-FOUND | access.denied P04C |
        27d | advocate.sps | victim consent record Birch {V1} --scope needs --scope referral --to MPD-VT --until 90d --form 2031-01 --language es | ok | victim.consent_recorded | receipt.item->C
        27e | agent.mpd1   | victim show Birch {V1} | ok | access.read | item.id~V-; item.dueAt?
        27f | advocate.sps | victim referral request Birch --need transport | ok | victim.referral_requested | receipt.item->R
        27g | advocate.sps | victim referral consent Birch {R} {V1} {C} | ok | victim.referral_consented |
        27h | advocate.sps | victim referral send Birch {R} MPD-VT | ok | victim.referral_sent |
        27i | agent.mpd1   | victim referral accept Birch {R} | ok | victim.referral_accepted |
        # Some declined consent: what is asked for them goes nowhere.
        27k | advocate.sps | victim referral request Birch --need shelter | ok | victim.referral_requested | receipt.item->S
        27l | advocate.sps | victim referral consent Birch {S} {V2} {C} | E-CONSENT | access.denied P33 |

        @ 2031-03-13 09:00
        28  | advocate.sps | victim consent withdraw Birch {C} | ok | victim.consent_withdrawn |
        28b | agent.mpd1   | victim show Birch {V1} | E-NOT-FOUND | access.denied P04C |
        28c | agent.mpd1   | victim referral show Birch {R} | E-NOT-FOUND | access.denied P04C |
        28d | agent.mpd1   | inbox | ok | access.read | count=2; 0.task.kind=referral; 1.task.kind=consent; 1.task.summary~was withdrawn
        28e | agent.mpd1   | victim consent ack Birch {C} | ok | victim.consent_end_acknowledged |
        28f | agent.mpd1   | inbox | ok | access.read | count=1; task.kind=referral
        28g | advocate.sps | victim referral show Birch {R} | ok | access.read | item.state=consent-withdrawn
        """
    )

    @Test(arguments: rows)
    func `Birch's victims decide who is told, and take it back`(_ row: ScriptRow) throws {
        try Self.play.play(row, on: .shared)
    }
}
