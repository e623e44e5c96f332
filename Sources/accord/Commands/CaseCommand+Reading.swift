import AccordInterface
import ArgumentParser
import StrictJSON

extension CaseCommand {
    struct List: ListVerb {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the cases that you may see."
        )
        static let method = Method.Case.list
        static let member = "case"
        static let nothing = "No case is open to you."
        static let columns: [Column] = [
            .text("NUMBER", "number"), .text("TITLE", "title", wraps: true), .state("STATE", "state"),
            .text("LEAD", "leadAgency"), .text("AGREEMENT", "agreement"), .time("CHANGED", "updatedAt"),
        ]
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }
        func parameters() throws -> JSONObject { read.parameters([:]) }
    }

    struct Show: ShowVerb {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a case with its agencies and members."
        )
        static let method = Method.Case.get
        @OptionGroup var name: CaseArgument
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }
        func parameters() throws -> JSONObject { read.parameters(["case": name.json]) }

        func show(_ reply: JSONObject, on page: inout Page) {
            let found = reply["case"]?.object ?? [:]
            var details = Details()
            details.add("number", found.text("number"), .bold)
            details.add("title", found.text("title"), .bold)
            details.add("state", found.text("state"), .ofState(found.text("state")))
            details.add("lead agency", found.text("leadAgency"))
            details.add("for", found.text("primaryPurpose"))
            details.add("purpose", found.text("purpose"))
            details.add("offences", found.texts("offences"))
            details.add("agreement", found.text("agreement"))
            details.add("to agree", found.texts("unconsented"))
            details.add("position", found["position"]?.integer.map(String.init) ?? "")
            details.add("changed", found.time("updatedAt"))
            details.add("id", found.text("id"))
            page.lines(details.lines(width: page.terminal.width))
            page.quote("predicate", found.text("predicate"))
            if let amendment = found["amendment"]?.object {
                let offences = amendment.texts("offences").joined(separator: ", ")
                page.quote("\(amendment.text("member")) proposes: \(offences)", amendment.text("predicate"))
            }
            page.table(Self.participants, found.objects("participants"))
            page.table(Self.assignments, found.objects("assignments"))
            page.table(Self.links, found.objects("links"))
            page.table(Self.outcomes, found.objects("outcomes"))
        }

        private static let participants: [Column] = [
            .text("AGENCY", "agency"), .text("MODE", "mode"), .state("STATE", "state"), .text("AGREEMENT", "agreement"),
            .text("CONDITIONS", "conditions", wraps: true),
        ]
        private static let links: [Column] = [
            .text("OTHER CASE", "number"), .text("TITLE", "title"), .text("LEAD", "agency"), .state("STATE", "state"),
            .time("SINCE", "since"),
        ]
        private static let outcomes: [Column] = [.text("CHARGE", "charge"), .state("OUTCOME", "disposition")]
        private static let assignments: [Column] = [.text("MEMBER", "member"), .text("OF AGENCY", "agency")]
    }
}

extension Page {
    /// Adds a small table after an empty line, if it has rows.
    mutating func table(_ columns: [Column], _ objects: [JSONObject]) {
        guard !objects.isEmpty else { return }
        line()
        var listing = Listing(columns: columns)
        for object in objects { listing.add(object, to: &self) }
        listing.end(on: &self, nothing: "")
    }

    /// Adds somebody's words under a title.
    ///
    /// Each line is set in, so that no text can pass for a line of this program.
    mutating func quote(_ title: String, _ text: String) {
        guard !text.isEmpty else { return }
        line()
        line("\(title, .dim)")
        for piece in VisibleText.lines(text) {
            for part in Table.wrapped(piece, to: max(20, terminal.width - 2)) { line(part.isEmpty ? "" : "  \(part)") }
        }
    }
}
