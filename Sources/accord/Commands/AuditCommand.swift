import AccordInterface
import ArgumentParser
import StrictJSON

/// Oversight.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Verify the record, replay its decisions, export it, see who read what.",
        subcommands: [
            Checkpoint.self, Verify.self, Replay.self, Export.self, Access.self, Lines.self, Review.self, Reviews.self,
            ShowReview.self, PinCommand.self, WitnessCommand.self, ReceiptCommand.self, Growth.self,
        ]
    )

    struct Checkpoint: ShowVerb {
        static let configuration = CommandConfiguration(
            commandName: "checkpoint",
            abstract: "Print the newest signed checkpoint: whoever keeps it will notice if the past is changed.",
            discussion: "Example: accord audit checkpoint > accord.checkpoint"
        )
        static let method = Method.Audit.getCheckpoint
        @Flag(help: "Print the log's public key (a C2SP vkey) instead.") var vkey = false
        @Flag(help: "Print the newest one that witnesses cosigned instead.") var witnessed = false
        @OptionGroup var common: CommonOptions

        func show(_ reply: JSONObject, on page: inout Page) {
            guard !vkey else {
                page.line("\(reply.text("logKey"))")
                return
            }
            let note = witnessed ? reply.text("witnessed") : reply.text("note")
            if note.isEmpty { return page.line("No witness cosigned a checkpoint yet.") }
            var lines = VisibleText.lines(note)
            if lines.last == "" { lines.removeLast() }
            for line in lines { page.line("\(line)") }
        }
    }

    struct Access: ListVerb {
        static let configuration = CommandConfiguration(
            commandName: "access",
            abstract: "List readings and refusals: your own, your agency's if you are its liaison, all for oversight.",
            discussion: """
                With --ours, a liaison sees who of any agency read, or was refused, what the own agency contributed or said in \
                shared work; with --first, only who received an entry or an item for the first time.
                """
        )
        static let method = Method.Audit.listAccess
        static let member = "access"
        static let nothing = "No reading and no refusal that you may see."
        static let columns: [Column] = [
            .time("WHEN", "recordedAt"),
            Column(title: "CASE") { Cell(text: $0["case"]?.string ?? "registry") },
            .number("POSITION", "position"), .text("MEMBER", "member"),
            Column(title: "AGENCY") { Cell(text: $0.agency("agency", followedBy: "successor")) }, .text("ACT", "act"),
            .text("ITEM", "item"), .text("RELEASE", "release"), .text("PURPOSE", "purpose"),
            .state("OUTCOME", "outcome"), .text("RULE", "rule"),
            .text("BY", "by", wraps: true),
        ]
        @Option(name: .customLong("case"), help: ArgumentHelp("Only this case.", valueName: "case")) var caseName:
            String?
        @Option(help: ArgumentHelp("So many at most.", valueName: "count")) var limit: Int64?
        @Flag(help: "What anybody read of your agency's information.") var ours = false
        @Flag(help: "Only the first reading of an entry or an item by an agency.") var first = false
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = [:]
            parameters["case"] = caseName.map(JSONValue.string)
            if ours { parameters["ours"] = true }
            if first { parameters["first"] = true }
            parameters["limit"] = limit.map(JSONValue.integer)
            return read.parameters(parameters)
        }
    }

    struct Lines: Verb {
        static let configuration = CommandConfiguration(
            commandName: "lines",
            abstract: "Print the lines of the whole record as they are; oversight only.",
            discussion: "They hold commitments, never content. Example: accord audit lines > record.jsonl"
        )
        @Option(help: ArgumentHelp("Only lines after this position of the record.", valueName: "position")) var after:
            Int64?
        @Option(help: ArgumentHelp("So many at most.", valueName: "count")) var limit: Int64?
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }

        func perform(on page: inout Page) throws {
            var parameters: JSONObject = [:]
            parameters["after"] = after.map(JSONValue.integer)
            parameters["limit"] = limit.map(JSONValue.integer)
            var connection = try Connection.open(common)
            let isJSON = common.json
            try connection.stream(.Audit.readLines, read.parameters(parameters)) { reply in
                guard let line = reply["line"]?.string else { return true }
                if isJSON {
                    page.json(reply)
                } else {
                    page.bytes(VisibleText.line(line.hasSuffix("\n") ? String(line.dropLast()) : line).utf8)
                    page.bytes([UInt8(ascii: "\n")])
                }
                return true
            }
        }
    }
}
