import StrictJSON
import TestSupport
import Testing

/// Case Birch: human smuggling by container and van, rows 1 to 3 and 36.
@Suite(.serialized, .tags(.large), .needsPrograms, .meridianBay)
struct BirchTests {
    static let play = ScriptPlay()

    static let rows = ScriptRow.table(
        """
        # Opened by its lead and the liaison of the agreement's designee.
        1  | lead.hcs    | case draft --title Birch --offence "8 USC 1324" --primary-purpose smuggling-criminal --agreement MOU-31-01 --predicate "Containers with false floors, three arrivals." | ok | case.drafted |
        1b | lead.hcs    | case propose Birch | ok | case.proposed |
        1c | liaison.spo | case approve Birch | ok | case.opened   |
        1d | lead.hcs    | case show Birch    | ok | access.read   | case.state=open; case.agreement=MOU-31-01; case.predicate=Containers with false floors, three arrivals.

        # The modes. (FIB-MB has no liaison in the sample data: its analyst is given the role.)
        2  | admin.ops   | member grant analyst.fib liaison --scope agency --until 30d | ok | user.role_granted |
        2b | lead.hcs    | case invite Birch FIB-MB --mode information     | ok | case.agency_invited |
        2c | lead.hcs    | case invite Birch SPO-OC --mode participation   | ok | case.agency_invited |
        2d | lead.hcs    | case invite Birch LCS-DET --mode information    | ok | case.agency_invited |
        2e | analyst.fib | case join Birch | ok | case.agency_joined |
        2f | liaison.spo | case join Birch | ok | case.agency_joined |
        2g | liaison.lcs | case join Birch | ok | case.agency_joined |
        2h | lead.hcs    | case show Birch | ok | access.read | case.state=open; case.leadAgency=HCS-MAR; case.primaryPurpose=smuggling-criminal

        # An agreement that has ended carries nothing.
        3  | lead.hcs    | case invite Birch MPD-VT --mode participation --agreement MOU-30-09 | E-AGREEMENT-EXPIRED | access.denied P02 |
        3b | liaison.mpd | inbox | ok | access.read | count=0
        3c | lead.hcs    | case invite Birch MPD-VT --mode participation --agreement MOU-31-01 | ok | case.agency_invited |
        3d | liaison.mpd | case join Birch | ok | case.agency_joined |

        # Who runs the service sees its health and nothing of the cases.
        36  | admin.ops  | case show Birch         | E-ROLE | access.denied P09 |
        36b | admin.ops  | case show {case}        | E-ROLE | access.denied P09 | like 36
        36c | admin.ops  | case show Nowhere       | E-ROLE | access.denied P09 | like 36
        36d | admin.ops  | entry list Birch        | E-ROLE | access.denied P09 |
        36f | admin.ops  | case list               | E-ROLE | access.denied P09 |
        36g | admin.ops  | inbox                   | E-ROLE | access.denied P09 |
        36h | admin.ops  | entry show {case} E-1   | E-ROLE | access.denied P09 |
        36e | admin.ops  | status                  | ok     | -                 | mode=running
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

    @Test func `the participants of Birch stand with their modes`() throws {
        let shown = try Deployment.shared.as("lead.hcs").accord("case", "show", "Birch").first
        let participants = shown.at("case.participants")?.array ?? []
        let modes = participants.compactMap(\.object).map {
            "\($0.text("agency")) \($0.text("mode")) \($0.text("state"))"
        }
        #expect(
            Set(modes) == [
                "HCS-MAR lead joined", "FIB-MB information joined", "SPO-OC participation joined",
                "LCS-DET information joined", "MPD-VT participation joined",
            ]
        )
    }
}
