import Foundation
import TestSupport
import Testing

/// The command that a new user types first.
@Suite(.tags(.large), .needsPrograms)
struct QuickstartTests {
    @Test func `the quickstart plays the case, verifies its record and can be run again`() throws {
        let home = try ScratchFolder("quickstart")
        let script = Vectors.root.appending(path: "Deploy/quickstart.sh").path
        let folder = try #require(Programs.folder)
        for _ in 1...2 {
            let played = try run(
                "bash",
                [script],
                environment: ["ACCORD_BIN": folder, "ACCORD_HOME": home.path("demonstration")],
                deadline: 120
            )
            #expect(played.status == 0, "\(played.stdout.suffix(3_000))\(played.stderr.suffix(2_000))")
            #expect(played.stdout.contains("== Done: case Alder"))
            // Both cases, and shared work of every kind: what lies in the folder is what its record gives.
            let checked = try run(
                Programs.path("accordd"),
                ["check", "--config", home.path("demonstration/accord.yaml")],
                deadline: 120
            )
            #expect(checked.status == 0, "\(checked.stdout)\(checked.stderr)")
        }
    }
}
