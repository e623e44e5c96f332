import Foundation
import TestSupport
import Testing

/// The command that a new user types first.
@Suite(.tags(.large), .needsPrograms)
struct QuickstartTests {
    /// Some of what is played: an act that is left out is missed.
    private static let acts = [
        "A subject is a suspicion", "It meets another agency's plan", "Nobody looks up a list",
        "A detainer is a request", "A vessel comes early", "People are sealed in a container",
        "Who was silent chooses to be in touch",
    ]

    @Test func `the quickstart plays both cases, verifies their record and can be run again`() throws {
        let home = try ScratchFolder("quickstart")
        let script = Vectors.root.appending(path: "Deploy/quickstart.sh").path
        let folder = try #require(Programs.folder)
        for _ in 1...2 {
            let played = try run(
                "bash",
                [script],
                environment: ["ACCORD_BIN": folder, "ACCORD_HOME": home.path("demonstration")],
                deadline: 300
            )
            #expect(played.status == 0, "\(played.stdout.suffix(3_000))\(played.stderr.suffix(2_000))")
            #expect(played.stdout.contains("== Done: case Alder"))
            for act in Self.acts { #expect(played.stdout.contains("== \(act)"), "\(act)") }
            for name in ["jtf-annual", "il-805-25", "transparency", "timeline"] {
                let page = try home.read("demonstration/reports/\(name).html")
                #expect(String(decoding: page, as: UTF8.self).contains("</html>"), "\(name)")
            }
            // Both cases, and shared work of every kind: what lies in the folder is what its record gives.
            let checked = try run(
                Programs.path("accordd"),
                ["check", "--config", home.path("demonstration/accord.yaml")],
                deadline: 120
            )
            #expect(checked.status == 0, "\(checked.stdout)\(checked.stderr)")
        }
        try typeFeatures(at: home.path("demonstration"), programs: folder)
    }

    /// Every command of the README's feature table does what the table says, in its order.
    private func typeFeatures(at demonstration: String, programs: String) throws {
        let daemon = try DaemonProcess(
            ["\(programs)/accordd", "run", "--config", "\(demonstration)/accord.yaml"],
            output: "\(demonstration)/accordd.log",
            errors: "\(demonstration)/accordd.log"
        )
        defer { daemon.send(SIGKILL) }
        try daemon.wait(forSocket: "\(demonstration)/accord.sock", deadline: 60)
        let readme = try String(contentsOf: Vectors.root.appending(path: "README.md"), encoding: .utf8)
        let table = FeatureTable(readme: readme)
        #expect(
            table.features == [
                "1", "2", "3", "3b", "4", "5", "6", "7", "7b", "8", "9", "10", "11", "11b", "12", "13", "13b", "14, 15",
            ],
            "the rows of domain.md 3"
        )
        for feature in table.features {
            #expect(table.rows.contains { $0.feature == feature }, "no command shows row \(feature)")
        }
        for row in table.rows {
            let mistake = try table.mistake(in: row, at: demonstration, programs: programs)
            #expect(mistake == nil)
        }
    }
}
