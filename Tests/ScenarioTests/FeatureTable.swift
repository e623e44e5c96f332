import Foundation
import TestSupport

/// The commands of the README's feature table, as whoever reads it types them.
struct FeatureTable {
    /// One command: who types it, and the code of the refusal that the table promises; nil where it is done.
    struct Row: CustomStringConvertible {
        let feature: String
        let member: String
        let command: String
        let refusal: String?

        var description: String { "row \(feature), \(member)$ accord \(command)" }
    }

    let rows: [Row]
    /// The first cells of the table, such as `7b`.
    let features: [String]

    /// Reads `## Features`: code in the last column is `MEMBER$ accord …`, and `is E-CODE` after it a refusal.
    init(readme: String) {
        let section =
            readme.components(separatedBy: "\n## Features\n").last?.components(separatedBy: "\n## ").first ?? ""
        var rows: [Row] = []
        var features: [String] = []
        for line in section.split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3, cells[0].first?.isNumber ?? false else { continue }
            features.append(cells[0])
            let pieces = cells[2].components(separatedBy: "`")
            for index in stride(from: 1, to: pieces.count, by: 2) {
                let words = pieces[index].components(separatedBy: "$ accord ")
                guard words.count == 2 else { continue }
                let after = index + 1 < pieces.count ? pieces[index + 1] : ""
                let refusal = after.hasPrefix(" is E-") ? after.dropFirst(4).prefix { $0 != "," && $0 != " " } : nil
                rows.append(
                    Row(
                        feature: cells[0],
                        member: words[0],
                        command: words[1],
                        refusal: refusal.map { String($0) }
                    )
                )
            }
        }
        (self.rows, self.features) = (rows, features)
    }

    /// Types a command at a demonstration that runs, and tells how that differs from what the table says; nil if it does not.
    func mistake(in row: Row, at demonstration: String, programs: String) throws -> String? {
        let typed = try run(
            "bash",
            ["-c", "accord \(row.command)"],
            environment: [
                "PATH": "\(programs):/usr/bin:/bin", "ACCORD_SOCKET": "\(demonstration)/accord.sock",
                "XDG_STATE_HOME": "\(demonstration)/seen", "ACCORD_KEY": "\(demonstration)/keys/\(row.member)",
            ],
            in: "\(demonstration)/reports",
            deadline: 120
        )
        let said = "\(typed.stdout)\(typed.stderr)"
        let isAsSaid = row.refusal.map { typed.status != 0 && said.contains("refused \($0) ") } ?? (typed.status == 0)
        return isAsSaid ? nil : "\(row): status \(typed.status), \(said.suffix(800))"
    }
}
