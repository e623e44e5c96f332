import AccordInterface
import ArgumentParser
import StrictJSON

extension EntryCommand {
    struct List: ListVerb {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the entries of a case, without their text."
        )
        static let method = Method.Entry.list
        static let member = "entry"
        static let nothing = "No entry is open to you."
        static let columns: [Column] = [
            .text("ENTRY", "id"), .text("KIND", "kind"),
            Column(title: "MARKING") { Cell(text: "\($0.text("handling")) \($0.text("compartment"))") },
            Column(title: "AUTHOR", wraps: true) { Cell(text: "\($0.text("author")) \($0.originator)") },
            .time("RECORDED", "recordedAt"),
            Column(title: "STATE", wraps: true) { entry in
                var words = [entry.text("state")]
                if let order = entry["removedUnder"]?.string { words.append("under \(order)") }
                if let other = entry["supersededBy"]?.string { words.append("by \(other)") }
                if let other = entry["supersedes"]?.string { words.append("corrects \(other)") }
                if entry["acknowledgementRequested"]?.bool == true { words.append("please ack") }
                return Cell(text: words.joined(separator: " "), style: .ofState(entry.text("state")))
            },
        ]
        @OptionGroup var name: CaseArgument
        @Option(help: ArgumentHelp("Only entries after this position.", valueName: "position")) var after: Int64?
        @Option(help: ArgumentHelp("So many at most.", valueName: "count")) var limit: Int64?
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = ["case": name.json]
            parameters["after"] = after.map(JSONValue.integer)
            parameters["limit"] = limit.map(JSONValue.integer)
            return read.parameters(parameters)
        }
    }

    struct Show: ShowVerb {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Read an entry; the reading is recorded first.",
            discussion: "Example: accord entry show ALDER E-1"
        )
        static let method = Method.Entry.get
        @OptionGroup var entry: EntryArgument
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }
        func parameters() throws -> JSONObject { read.parameters(entry.json()) }

        func show(_ reply: JSONObject, on page: inout Page) {
            let found = reply["entry"]?.object ?? [:]
            page.line("\(found.text("banner"), .bold)")
            var details = Details()
            details.add("entry", "\(found.text("case"))  \(found.text("id"))", .bold)
            details.add("kind", found.text("kind"))
            details.add("author", "\(found.text("author")), \(found.originator)")
            details.add("recorded", found.time("recordedAt", .milliseconds))
            // Who was given the entry alone is not told where in its case it stands.
            details.add("position", found["position"]?.integer.flatMap { $0 < 0 ? nil : "\($0)" } ?? "")
            details.add("state", found.text("state"), .ofState(found.text("state")))
            details.add("corrects", found.text("supersedes"))
            details.add("corrected by", found.text("supersededBy"))
            if found["acknowledgementRequested"]?.bool == true { details.add("acknowledgement", "requested") }
            details.add("acknowledged by", found.texts("acknowledgedBy"))
            page.lines(details.lines(width: page.terminal.width))
            page.quote("text", found.text("text"))
            // Again below a text that may fill the screen: who reads the end must see what it may be used for.
            page.line()
            page.line("\(found.text("banner"), .bold)")
        }
    }
}

extension JSONObject {
    /// The agency that contributed an entry; where another followed it, that one, which controls it now.
    var originator: String { agency("originAgency", followedBy: "originSuccessor") }

    /// An agency as it is called by now.
    func agency(_ key: String, followedBy successor: String) -> String {
        let now = text(successor)
        return now.isEmpty ? text(key) : "\(now) (formerly \(text(key)))"
    }
}
