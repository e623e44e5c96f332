import AccordInterface
import ArgumentParser
import StrictJSON

extension AuditCommand {
    struct Replay: Verb {
        static let configuration = CommandConfiguration(
            commandName: "replay",
            abstract: "Decide again what was accepted, and list what the rules do not give; oversight only.",
            discussion: """
                The daemon takes each line that was accepted, from the first one on, and decides it again: on the state before \
                it, at its time, as its author and in his role, under the rules that the line names. A line that was written \
                past the rules, by whoever had the keys to write it, is listed with its place and the rule that it breaks. \
                Lines under rules of another version are counted, and replayed by the program of that version. Refusals are not \
                decided again: what was asked is not on the record.
                It is the daemon's own word. Whoever does not take that runs 'accordd check' on a copy of the state folder, with \
                the deployment's key and a program of his own.
                Exit status: 0 the rules give every line that was replayed; 30 they do not; 40 no line was under these rules.
                """
        )
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }

        static let columns: [Column] = [
            .number("POSITION", "position"), .time("WHEN", "recordedAt"), .text("KIND", "kind"),
            .text("MEMBER", "member"), .text("FINDING", "finding"), .text("RULE", "rule"),
            .text("", "message", wraps: true),
        ]

        func perform(on page: inout Page) throws {
            var connection = try Connection.open(common)
            var listing = Listing(columns: Self.columns)
            var report: JSONObject = [:]
            var isListed = false
            let isJSON = common.json
            try connection.stream(.Audit.replay, read.parameters([:]), patience: .seconds(600)) { reply in
                if isJSON {
                    page.json(reply)
                } else if let difference = reply["difference"]?.object {
                    isListed = true
                    listing.add(difference, to: &page)
                }
                report = reply
                return true
            }
            guard let status = report["exitCode"]?.integer, (0...125).contains(status) else {
                throw Failure(
                    code: Failure.wireProtocol,
                    message: "The daemon ended the replay without a result.",
                    status: ExitStatus.wireProtocol
                )
            }
            if !isJSON {
                if isListed { listing.end(on: &page, nothing: "") }
                VerdictTable.show(report.objects("verdicts"), on: &page)
                page.line("The daemon replayed \(report["total"]?.integer ?? 0) lines of its own record.")
            }
            page.flush()
            if status != 0 { throw ExitCode(Int32(clamping: status)) }
        }
    }
}
