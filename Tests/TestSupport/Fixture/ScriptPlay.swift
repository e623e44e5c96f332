import StrictJSON
import Synchronization
package import Testing

/// Plays the rows of a script on a deployment, in order.
package final class ScriptPlay: Sendable {
    private struct Progress {
        var caseNumber = ""
        var position: Int64 = -1
        var answers: [String: Answer] = [:]
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
        let words = row.words.map { $0 == "{case}" ? before.caseNumber : $0 }
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
        }
    }
}
