import Policy
import StrictJSON

/// Rules for people: those for all and those of agencies in one table, and what changed between two versions.
enum PolicyTable {
    /// Such as `city-limits/2`.
    static func reference(_ bundle: JSONObject) -> String {
        "\(bundle.text("id"))/\(bundle["version"]?.integer ?? 0)"
    }

    /// The bundles as they stand, then all rules.
    static func show(_ rules: [JSONObject], _ bundles: [JSONObject], on page: inout Page) {
        if !bundles.isEmpty {
            page.table(bundleColumns, bundles)
            page.line()
        }
        var rows = rules.map { rule -> JSONObject in
            [
                "whose": "all", "rule": .string(rule.text("id")), "effect": .string(rule.text("code")),
                "what": .string(rule.text("test")), "citation": .string(rule.text("citation")),
            ]
        }
        for state in bundles where ["in-force", "activated", "proposed"].contains(state.text("state")) {
            guard let bundle = state["bundle"]?.object else { continue }
            let isInForce = state.text("state") == "in-force"
            let whose = "\(state.text("agency")) \(reference(bundle))" + (isInForce ? "" : ", \(state.text("state"))")
            for rule in bundle.objects("rules") {
                rows.append([
                    "whose": .string(whose), "rule": .string(rule.text("id")), "effect": .string(effect(rule)),
                    "what": .string(what(rule)), "citation": .string(rule.text("citation")),
                ])
            }
        }
        page.table(columns, rows)
    }

    private static let columns: [Column] = [
        .text("WHOSE", "whose", wraps: true), .text("RULE", "rule", wraps: true),
        .text("EFFECT", "effect", wraps: true),
        .text("WHAT", "what", wraps: true), .text("CITATION", "citation", wraps: true),
    ]

    private static let bundleColumns: [Column] = [
        .text("AGENCY", "agency"), Column(title: "POLICY") { Cell(text: reference($0["bundle"]?.object ?? [:])) },
        .state("STATE", "state"), Column(title: "FROM") { Cell(text: day($0, "effective")) },
        Column(title: "UNTIL") { Cell(text: day($0, "expires")) },
        Column(title: "DIGEST") { Cell(text: String($0.text("digest").prefix(12))) },
        Column(title: "TITLE", wraps: true) { Cell(text: title($0["bundle"]?.object ?? [:])) },
    ]

    private static func title(_ bundle: JSONObject) -> String {
        let hours = bundle["custodyHours"]?.integer.map { "; custody is answered within \($0) hours" }
        let reports = bundle.objects("annualReports").map { "; \($0.text("report")) is due on \($0.text("due"))" }
        let days = bundle["certificationDays"]?.integer.map { "; certifications are decided within \($0) days" }
        let deadlines = bundle.objects("deadlines").map {
            "; \($0.text("clock")) runs out after \($0["hours"]?.integer ?? 0) hours"
        }
        return bundle.text("title") + (hours ?? "") + (days ?? "") + (reports + deadlines).joined()
    }

    private static func day(_ state: JSONObject, _ key: String) -> String {
        String((state["bundle"]?.object?.time(key) ?? "").prefix(10))
    }

    /// Such as `require counsel-notice`.
    private static func effect(_ rule: JSONObject) -> String {
        ([rule.text("effect")] + rule.texts("conditions")).joined(separator: " ")
    }

    /// In words: `data, for CIV_IMM, with civil-immigration, on detainer. MESSAGE`.
    private static func what(_ rule: JSONObject) -> String {
        var words = [rule.text("object")]
        let counterpart = rule["counterpart"]?.object ?? [:]
        let whom = JurisdictionForm.counterpartKeys.map { counterpart.texts($0) }.filter { !$0.isEmpty }
        let parts = [
            ("for", rule.texts("purposes")), ("with", whom.map { $0.joined(separator: " or ") }),
            ("on", rule.texts("instruments")),
        ]
        for (word, list) in parts where !list.isEmpty {
            words.append("\(word) \(list.joined(separator: word == "with" ? " and " : " or "))")
        }
        if rule["effective"]?.integer != nil { words.append("from \(rule.time("effective").prefix(10))") }
        if rule["expires"]?.integer != nil { words.append("until \(rule.time("expires").prefix(10))") }
        return "\(words.joined(separator: ", ")). \(rule.text("message"))"
    }

    // MARK: Differences

    static let changeColumns: [Column] = [
        .text("CHANGE", "change"), .text("PLACE", "place"), .text("BEFORE", "before", wraps: true),
        .text("AFTER", "after", wraps: true),
    ]

    /// What is new, gone or another, rule by rule and key by key.
    static func changes(from before: JSONObject?, to after: JSONObject) -> [JSONObject] {
        var changes: [JSONObject] = []
        func add(_ change: String, _ place: String, _ old: String, _ new: String) {
            changes.append([
                "change": .string(change), "place": .string(place), "before": .string(old), "after": .string(new),
            ])
        }
        for key in JurisdictionForm.bundleKeys where !["id", "version", "rules"].contains(key) {
            let (old, new) = (text(before?[key], key), text(after[key], key))
            if old != new, before != nil { add("changed", key, old, new) }
        }
        let old = Dictionary((before?.objects("rules") ?? []).map { ($0.text("id"), $0) }) { first, _ in first }
        let new = Dictionary(after.objects("rules").map { ($0.text("id"), $0) }) { first, _ in first }
        for (id, rule) in old.sorted(by: { $0.key < $1.key }) where new[id] == nil {
            add("removed", id, "\(effect(rule)) \(what(rule))", "")
        }
        for rule in after.objects("rules") {
            let id = rule.text("id")
            guard let earlier = old[id] else {
                add("added", id, "", "\(effect(rule)) \(what(rule))")
                continue
            }
            for key in JurisdictionForm.ruleKeys where earlier[key] != rule[key] {
                add("changed", "\(id) \(key)", text(earlier[key], key), text(rule[key], key))
            }
        }
        return changes
    }

    private static func text(_ value: JSONValue?, _ key: String) -> String {
        guard let value, !value.isNull else { return "" }
        if ["effective", "expires"].contains(key), let time = value.integer { return UTCText.text(microseconds: time) }
        if let text = value.string { return text }
        return JSONObject([("", value)]).texts("").joined(separator: ", ").isEmpty
            ? String(decoding: value.encoded, as: UTF8.self)
            : JSONObject([("", value)]).texts("").joined(separator: ", ")
    }
}
