import StrictJSON
import TestSupport
import Testing

/// G5: the contributing agency decides who sees its information.
@Suite(.serialized, .tags(.large, .g5), .needsPrograms, .alder)
struct G5OriginatorControlTests {
    static let play = ScriptPlay()

    static let rows = ScriptRow.table(
        """
        # Without the originator's word nobody passes its H2 entry on, the lead neither.
        1  | lead.fib      | dissemination release Alder E-1 TCP-NAR --reason "r" --purpose OFFICER_SAFETY | E-H2-ORIGINATOR | access.denied P06 |
        1b | agent.mpd1    | dissemination release Alder E-1 TCP-NAR --reason "r" --purpose OFFICER_SAFETY | E-H2-ORIGINATOR | access.denied P06 |
        1c | agent.mpd1    | dissemination request Alder E-1 TCP-NAR --reason "r" --purpose OFFICER_SAFETY | ok | dissemination.permission_requested | receipt.item=R-1
        1d | lead.fib      | dissemination grant Alder R-1   | E-NOT-FOUND | access.denied P04 |
        1e | liaison.mpd   | dissemination grant Alder R-1   | E-ROLE | access.denied P05 |
        1f | agent.mpd1    | dissemination release Alder E-1 TCP-NAR --reason "r" --purpose OFFICER_SAFETY | E-H2-ORIGINATOR | access.denied P06 |
        1g | inspector.lsd | dissemination refuse Alder R-1 --reason "not now" | ok | dissemination.permission_refused |
        1h | agent.mpd1    | dissemination release Alder E-1 TCP-NAR --reason "r" --purpose OFFICER_SAFETY | E-H2-ORIGINATOR | access.denied P06 |

        # A permission is for one entry and one agency.
        2  | agent.mpd1    | dissemination request Alder E-1 TCP-NAR --reason "r" --purpose OFFICER_SAFETY | ok | dissemination.permission_requested | receipt.item=R-2
        2b | inspector.lsd | dissemination grant Alder R-2   | ok     | dissemination.permission_granted |
        2c | agent.mpd1    | dissemination release Alder E-1 FPO-MB --reason "r" | E-H2-ORIGINATOR | access.denied P06 |
        2d | agent.mpd1    | dissemination release Alder E-1 TCP-NAR --reason "r" --purpose OFFICER_SAFETY | ok | dissemination.recorded | receipt.item=D-1

        # Only its originator corrects, withdraws or marks an entry.
        3  | lead.fib      | entry correct Alder E-1 "Other." --reason "r" | E-ORIGINATOR | access.denied P07 |
        3b | lead.fib      | entry withdraw Alder E-1 --reason "r"         | E-ORIGINATOR | access.denied P07 |
        3c | agent.mpd1    | entry handling Alder E-1 H0 --reason "r"      | E-ORIGINATOR | access.denied P07 |
        3d | inspector.lsd | entry handling Alder E-1 H1 --reason "r"      | ok           | entry.handling_changed |
        3e | lead.fib      | entry show Alder E-1    | ok | access.read | entry.handling=H1; entry.originAgency=LSD-WH

        # An originator's own contributor asks its liaison, who decides alone.
        4  | agent.mpd1    | entry add Alder "Ours." --handling H2 | ok | entry.recorded | receipt.item=E-4
        4b | agent.mpd1    | dissemination release Alder E-4 TCP-NAR --reason "r" --purpose OFFICER_SAFETY | E-H2-ORIGINATOR | access.denied P06 |
        4c | liaison.mpd   | dissemination release Alder E-4 TCP-NAR --reason "r" --purpose OFFICER_SAFETY | ok | dissemination.recorded |

        # Nothing goes to civil immigration, whatever the purpose that is stated.
        5  | liaison.mpd   | dissemination release Alder E-4 FRO-MB --reason "r" --purpose OFFICER_SAFETY | E-PURPOSE | access.denied P03 |
        5b | liaison.mpd   | dissemination release Alder E-4 FRO-MB --reason "r" --purpose CIV_IMM        | E-PURPOSE | access.denied P03 |

        # An agency that leaves keeps what is its own.
        6  | inspector.lsd | entry add Alder "Last." --handling H2 | ok | entry.recorded | receipt.item=E-5
        6b | inspector.lsd | case withdraw Alder --reason "done"   | ok | case.agency_withdrawn |
        6c | lead.fib      | dissemination release Alder E-5 TCP-NAR --reason "r" --purpose OFFICER_SAFETY | E-H2-ORIGINATOR | access.denied P06 |
        """
    )

    @Test(arguments: rows)
    func `the originator decides who sees its entry`(_ row: ScriptRow) throws {
        try Self.play.play(row, on: .shared)
    }

    @Test func `what was released is one entry: its readers see nothing else of the case`() throws {
        let deployment = try Deployment.shared
        let number = try deployment.numberOfAlder()
        let reader = deployment.as("agent.tcp1")
        #expect(try reader.accord("entry", "show", number, "E-1").first.text("entry.text") == Alder.wages)
        for words in [["entry", "show", number, "E-2"], ["entry", "show", number, "E-3"], ["entry", "list", number]] {
            let answer = try reader.accord(words)
            #expect(answer.status == 77, "\(answer)")
        }
        let shown = try reader.accord("entry", "show", number, "E-1").first
        #expect(shown.text("entry.banner").contains("LSD-WH"))
        #expect(try reader.accord("case", "list").objects.allSatisfy { ($0["case"] ?? .null) == .null })
    }
}
