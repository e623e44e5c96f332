import AccordInterface
import ArgumentParser
import Policy
import StrictJSON

/// Agencies' own policies.
extension PolicyCommand {
    struct Propose: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "propose",
            abstract: "Put your agency's own policy before its counsel: liaisons.",
            discussion: """
                The file is checked here, with the line of all that is wrong, and again by the daemon. Nothing is in force until \
                counsel activates it. Example: accord policy propose city-limits.yaml
                """
        )
        static let method = Method.Policy.proposeBundle
        @Argument(help: "The policy, in YAML.", completion: .file(extensions: ["yaml", "yml"])) var file: String
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            let source = try PolicySource(path: file)
            var errors = Page(.standardError)
            errors.lines(source.warnings.map { "accord: \($0)" })
            errors.flush()
            return ["bundle": .object(source.form)]
        }
    }

    struct Activate: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "activate",
            abstract: "Put a proposed policy in force, from its day on: counsel.",
            discussion: """
                Counsel of the agency, who did not propose it; of an agency without counsel, counsel of a prosecutor whom an \
                agreement joins with it. Example: accord policy activate MPD-VT city-limits/2
                """
        )
        static let method = Method.Policy.activateBundle
        @Argument(help: "The agency.") var agency: String
        @Argument(help: "The policy and its version, such as city-limits/2.") var version: String
        @Option(help: "Why it restricts nothing of citizenship or immigration status, where a text speaks of that.")
        var note: TextArgument?
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            var parameters: JSONObject = ["agency": .string(agency), "version": .string(version)]
            parameters["note"] = try note.map { try $0.json() }
            return parameters
        }
    }

    struct Retire: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "retire",
            abstract: "Take a policy out of force: your agency's liaison proposes it, and then counsel does it.",
            discussion: """
                What is only proposed, either takes back alone. The version before it, if that was not retired, is in force again.
                """
        )
        static let method = Method.Policy.retireBundle
        @Argument(help: "The agency.") var agency: String
        @Argument(help: "The policy and its version, such as city-limits/2.") var version: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions

        func parameters() throws -> JSONObject {
            ["agency": .string(agency), "version": .string(version), "reason": try reason.json()]
        }
    }

    struct Show: Verb {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Print the rules for all, and each agency's own, as one table.",
            discussion: """
                Of agencies' own policies, first how they stand, then their rules: what is proposed as well as what is in force. \
                Deny overrides require, which overrides allow; where no rule speaks, civil immigration enforcement is denied and all \
                else is allowed. A safety notice is never suppressed. Nothing here restricts exchange of information on \
                citizenship or immigration status, of which Accord holds none (8 USC 1373).
                """
        )
        @Argument(help: "Only this agency's own rules, with those for all.") var agency: String?
        @OptionGroup var common: CommonOptions

        func perform(on page: inout Page) throws {
            var connection = try Connection.open(common)
            var rules: [JSONObject] = []
            var bundles: [JSONObject] = []
            let isJSON = common.json
            try connection.stream(Method.Policy.listRules) { reply in
                guard let rule = reply["rule"]?.object else { return true }
                if isJSON { page.json(reply) } else { rules.append(rule) }
                return true
            }
            var asked: JSONObject = [:]
            asked["agency"] = agency.map(JSONValue.string)
            try connection.stream(Method.Policy.listBundles, asked) { reply in
                guard let bundle = reply["bundle"]?.object else { return true }
                if isJSON { page.json(reply) } else { bundles.append(bundle) }
                return true
            }
            if !isJSON { PolicyTable.show(rules, bundles, on: &page) }
        }
    }

    struct Test: Verb {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: "Check a policy's file and run the examples that it carries: no daemon is asked.",
            discussion: "Exit status 65 if anything is wrong, each with file and line."
        )
        @Argument(help: "The policy, in YAML.", completion: .file(extensions: ["yaml", "yml"])) var file: String
        @OptionGroup var common: CommonOptions

        func perform(on page: inout Page) throws {
            let source = try PolicySource(path: file)
            let bundle = try source.checked()
            let failures = source.examples.compactMap { line, example in
                example.failure(under: bundle).map { "\(file):\(line): \($0)" }
            }
            guard failures.isEmpty else {
                throw Failure.input(
                    failures.joined(separator: "\n"),
                    ask: "\(failures.count) of \(source.examples.count) examples fail: mend the rules or the examples."
                )
            }
            if common.json {
                page.json([
                    "bundle": .string(bundle.reference.description), "rules": .integer(Int64(bundle.rules.count)),
                    "examples": .integer(Int64(source.examples.count)),
                    "warnings": .array(source.warnings.map { .string($0) }),
                ])
            } else {
                page.lines(source.warnings.map { "\($0)" })
                page.line(
                    "\(bundle.reference.description, .bold): \(bundle.rules.count) rules, \(source.examples.count) examples as expected"
                )
            }
        }
    }

    struct Diff: Verb {
        static let configuration = CommandConfiguration(
            commandName: "diff",
            abstract: "Compare a policy's file, or a version, with the one in force.",
            discussion: """
                Examples: accord policy diff MPD-VT city-limits.yaml, accord policy diff MPD-VT city-limits/3 --with city-limits/1
                """
        )
        @Argument(help: "The agency.") var agency: String
        @Argument(help: "A file in YAML, or a version such as city-limits/3.", completion: .file()) var new: String
        @Option(name: .customLong("with"), help: "Compare with this version instead of the one in force.")
        var old: String?
        @OptionGroup var common: CommonOptions

        func perform(on page: inout Page) throws {
            var connection = try Connection.open(common)
            var bundles: [JSONObject] = []
            try connection.stream(Method.Policy.listBundles, ["agency": .string(agency)]) { reply in
                if let bundle = reply["bundle"]?.object { bundles.append(bundle) }
                return true
            }
            func version(_ text: String) throws(Failure) -> JSONObject {
                let found = bundles.compactMap { $0["bundle"]?.object }.first { PolicyTable.reference($0) == text }
                guard let found else {
                    throw .input(
                        "\(agency) has no \(text).",
                        ask: "`accord policy show \(agency)` lists what there is."
                    )
                }
                return found
            }
            let after =
                BundleReference(new) == nil ? try PolicySource(path: new).checked().json : try version(new)
            let before: JSONObject?
            if let old {
                before = try version(old)
            } else {
                let inForce = bundles.first {
                    $0.text("state") == "in-force" && $0["bundle"]?.object?.text("id") == after.text("id")
                }
                before = inForce?["bundle"]?.object
            }
            let changes = PolicyTable.changes(from: before, to: after)
            if common.json {
                for change in changes { page.json(["change": .object(change)]) }
            } else if changes.isEmpty {
                page.line("No difference.")
            } else {
                let against = before.map(PolicyTable.reference) ?? "nothing in force"
                page.line("\(PolicyTable.reference(after), .bold) against \(against)")
                page.table(PolicyTable.changeColumns, changes)
            }
        }
    }
}
