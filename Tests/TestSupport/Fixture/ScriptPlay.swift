import Foundation
import StrictJSON
import Synchronization
package import Testing

/// Plays the rows of a script on a deployment, in order.
package final class ScriptPlay: Sendable {
    private struct Progress {
        var caseNumber = ""
        var position: Int64 = -1
        var answers: [String: Answer] = [:]
        var names: [String: String] = [:]
    }

    private let progress = Mutex(Progress())

    package init() {}

    /// Plays a row: its outcome, the one line that it adds to the record, and what it shows must be the row's.
    ///
    /// What the daemon itself records of it, such as the notices of a purge, is left out.
    /// In the words `{case}` stands for the number of the case that the play's first receipt named.
    package func play(
        _ row: ScriptRow,
        on deployment: Deployment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = progress.withLock { $0 }
        let position = before.position >= 0 ? before.position : try deployment.end()
        if let moment = row.moment { try deployment.clock?.set("\(moment):00") }
        guard row.member != "daemon" else {
            return try awaitDaemon(row, on: deployment, after: position, sourceLocation)
        }
        let names = before.names.merging(["case": before.caseNumber]) { $1 }
        let words = row.words.map { word in
            names.reduce(word) { $0.replacingOccurrences(of: "{\($1.key)}", with: $1.value) }
        }
        let answer = try deployment.as(row.member).accord(words)
        #expect(answer.outcome == row.outcome, "\(answer)", sourceLocation: sourceLocation)
        for showing in row.showings {
            #expect(
                showing.holds(answer, earlier: before.answers),
                "row \(row.number) should show \(showing.text)\n\(answer)",
                sourceLocation: sourceLocation
            )
        }
        let lines = try deployment.record(after: position)
        let added = lines.filter { !$0.member.isEmpty }.filter {
            $0.member != "auditor.rob" || row.member == "auditor.rob" && $0.kind != "access.read"
        }
        let expected = row.recorded == "-" ? [] : [row.recorded]
        #expect(
            added.map { [$0.kind, $0.rule].filter { !$0.isEmpty }.joined(separator: " ") } == expected,
            "row \(row.number) left this in the record",
            sourceLocation: sourceLocation
        )
        #expect(added.allSatisfy { $0.member == row.member }, sourceLocation: sourceLocation)
        progress.withLock {
            $0.position = lines.last?.seq ?? position
            if $0.caseNumber.isEmpty { $0.caseNumber = answer.caseNumber ?? "" }
            $0.answers[row.number] = answer
            for showing in row.showings {
                if let name = showing.captured { $0.names[name] = showing.captured(by: answer) }
            }
        }
    }

    /// Waits for what the daemon records by itself.
    private func awaitDaemon(
        _ row: ScriptRow,
        on deployment: Deployment,
        after position: Int64,
        _ sourceLocation: SourceLocation
    ) throws {
        let end = Date.now.addingTimeInterval(30)
        var lines: [RecordedLine] = []
        repeat {
            lines = try deployment.record(after: position)
            if lines.contains(where: { $0.kind == row.recorded && $0.member.isEmpty }) { break }
            usleep(50_000)
        } while Date.now < end
        let kinds = lines.filter(\.member.isEmpty).map(\.kind)
        #expect(kinds.filter { $0 == row.recorded }.count == 1, "\(kinds)", sourceLocation: sourceLocation)
        progress.withLock { $0.position = max(position, lines.last?.seq ?? position) }
    }
}
