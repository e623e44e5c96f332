import Policy
import StrictJSON
import Testing

@Suite("Jurisdiction policy: the form of a bundle")
struct JurisdictionFormTests {
    private let agency: AgencyID

    init() throws { agency = try #require(AgencyID("MPD-VT")) }

    private static let rule: JSONObject = [
        "id": "no-civil-data", "effect": "deny", "object": "data", "purposes": ["CIV_IMM"],
        "counterpart": ["agencies": ["FRO-MB"], "missions": ["civil-immigration"], "levels": ["federal"]],
        "instruments": ["detainer", "none"], "citation": "Order 1", "message": "Because.", "effective": "2031-02-01",
    ]

    private static let bundle: JSONObject = [
        "id": "state-limits-A", "version": 2, "title": "Limits", "citations": ["Order 1"], "effective": "2031-01-01",
        "expires": 1_956_528_000_000_000, "rules": [.object(rule)],
    ]

    /// The bundle with one member of its rule changed.
    private static func with(_ key: String, _ value: JSONValue?) -> JSONObject {
        var rule = rule
        rule[key] = value
        var bundle = bundle
        bundle["rules"] = [.object(rule)]
        return bundle
    }

    private static func changed(_ key: String, _ value: JSONValue?) -> JSONObject {
        var bundle = bundle
        bundle[key] = value
        return bundle
    }

    private func faults(_ object: JSONObject) -> [JurisdictionFault] {
        var form = JurisdictionForm()
        let bundle = form.bundle(object, of: agency)
        #expect((bundle == nil) == !form.faults.isEmpty)
        return form.faults
    }

    @Test func `a bundle in its form is read, and written so that it reads the same`() throws {
        let read = try JurisdictionForm.bundle(Self.bundle, of: agency)
        #expect(read.reference.description == "state-limits-A/2")
        #expect(read.rules.first?.purposes == [.civilImmigration])
        #expect(read.rules.first?.instruments == [.detainer, .absent])
        #expect(read.rules.first?.effectiveAt == UTCTime(text: "2031-02-01"))
        #expect(read.expiresAt == UTCTime(text: "2032-01-01"))
        #expect(try JurisdictionForm.bundle(read.json, of: agency) == read)
    }

    private static let wrong: [(JSONObject, String)] = [
        (changed("version", nil), "version"), (changed("version", 0), "version"), (changed("id", "A b"), "id"),
        (changed("title", ""), "title"), (changed("title", "two\nlines"), "title"),
        (changed("citations", []), "citations"),
        (changed("citations", [""]), "citations[0]"), (changed("effective", nil), "effective"),
        (changed("effective", "2031-02-30"), "effective"), (changed("effective", "yesterday"), "effective"),
        (changed("expires", "2031-01-01"), "expires"), (changed("expires", "2300-01-01"), "expires"),
        (changed("rules", nil), "rules"), (changed("rules", []), "rules"), (changed("rules", ["deny"]), "rules[0]"),
        (changed("rules", [.object(rule), .object(rule)]), "rules[1].id"), (changed("owner", "MPD-VT"), "owner"),
        (with("id", nil), "rules[0].id"), (with("effect", nil), "rules[0].effect"),
        (with("effect", "forbid"), "rules[0].effect"), (with("object", "people"), "rules[0].object"),
        (with("purposes", ["CIV-IMM"]), "rules[0].purposes[0]"), (with("purposes", []), "rules[0].purposes"),
        (with("purposes", "CIV_IMM"), "rules[0].purposes"),
        (with("counterpart", "FRO-MB"), "rules[0].counterpart"),
        (with("counterpart", ["agencies": ["fro"]]), "rules[0].counterpart.agencies[0]"),
        (with("counterpart", ["mission": ["criminal"]]), "rules[0].counterpart.mission"),
        (with("instruments", ["warrant"]), "rules[0].instruments[0]"),
        (with("conditions", ["consent"]), "rules[0].conditions"), (with("citation", nil), "rules[0].citation"),
        (with("message", nil), "rules[0].message"), (with("efect", "deny"), "rules[0].efect"),
        (with("expires", "2031-01-01"), "rules[0].expires"),
    ]

    @Test(arguments: wrong)
    func `what is wrong is named with its place, alone`(object: JSONObject, place: String) {
        let faults = faults(object)
        #expect(faults.map(\.place) == [place])
        #expect(faults.allSatisfy { $0.row == "V01" && !$0.message.isEmpty })
    }

    @Test func `all that is wrong is told at once`() {
        var bundle = Self.with("effect", "forbid")
        bundle["version"] = nil
        bundle["effective"] = nil
        #expect(faults(bundle).map(\.place) == ["version", "effective", "rules[0].effect"])
    }

    @Test func `require says what, and the watch desk limits a notice and nothing else`() {
        #expect(faults(Self.with("effect", "require")).map(\.place) == ["rules[0].conditions"])
        var needs = Self.rule
        needs["effect"] = "require"
        needs["conditions"] = ["watch-desk"]
        #expect(faults(Self.changed("rules", [.object(needs)])).map(\.place) == ["rules[0].conditions"])
        needs["conditions"] = ["consent", "judicial-warrant"]
        #expect(faults(Self.changed("rules", [.object(needs)])).isEmpty)
    }

    @Test func `a rule that suppresses a safety notice is refused as such, and one that limits it is not`() {
        func row(_ effect: String, _ conditions: JSONValue?) -> [String] {
            var rule = Self.rule
            rule["object"] = "decon-notice"
            rule["effect"] = .string(effect)
            rule["conditions"] = conditions
            return faults(Self.changed("rules", [.object(rule)])).map(\.row)
        }
        #expect(row("deny", nil) == ["P32"])
        #expect(row("require", ["judicial-warrant"]) == ["P32"])
        #expect(row("require", ["watch-desk", "consent"]) == ["P32"])
        #expect(row("require", ["watch-desk"]).isEmpty)
        #expect(row("allow", nil).isEmpty)
    }

    private static let carveOuts: [JSONObject] = [
        with("object", "citizenship"), with("object", "Immigration Status"), with("conditions", ["immigration-status"]),
        with("purposes", ["NATIONALITY"]), with("immigration_status", "unlawful"),
        with("counterpart", ["citizenship": ["none"]]),
    ]

    @Test(arguments: carveOuts)
    func `a rule about citizenship or immigration status is refused as such`(object: JSONObject) {
        #expect(faults(object).first?.row == "P31")
    }

    @Test func `texts that speak of citizenship or immigration status are found, and citing the law is no such text`()
        throws
    {
        func mentions(_ object: JSONObject) throws -> [String] {
            CarveOut.mentions(in: try JurisdictionForm.bundle(object, of: agency))
        }
        #expect(try mentions(Self.bundle).isEmpty)
        #expect(try mentions(Self.with("citation", "8 USC 1373(a)")).isEmpty)
        #expect(try mentions(Self.with("message", "Says nothing of immigration  status.")) == ["rules[0].message"])
        #expect(try mentions(Self.with("id", "no-citizenship-data")) == ["rules[0].id"])
        #expect(try mentions(Self.with("citation", "Citizenship Act")) == ["rules[0].citation"])
        #expect(try mentions(Self.changed("title", "On immigration-status")) == ["title"])
        #expect(try mentions(Self.changed("citations", ["A", "legal status law"])) == ["citations[1]"])
    }

    @Test func `a bundle that would not fit its line is refused`() {
        let rules = (0..<128).map { number -> JSONValue in
            var rule = Self.rule
            rule["id"] = .string("rule-\(number)")
            rule["message"] = .string(String(repeating: "x", count: 512))
            return .object(rule)
        }
        #expect(faults(Self.changed("rules", .array(rules))).map(\.place) == ["rules"])
        #expect(faults(Self.changed("rules", .array(Array(rules.prefix(32))))).isEmpty)
        #expect(faults(Self.changed("rules", .array(rules + rules))).contains { $0.message.contains("at most 128") })
    }

    @Test func `a question of an example is read in the same words`() {
        var form = JurisdictionForm()
        let question = form.question(
            [
                "object": "custody-answer", "purpose": "CIV_IMM", "instrument": "detainer",
                "counterpart": ["agency": "FRO-MB", "level": "federal", "missions": ["civil-immigration"]],
            ],
            [.key("examples"), .index(0)],
            of: agency
        )
        #expect(question?.instrument == .detainer)
        #expect(question?.counterpart?.missions == [.civilImmigration])
        #expect(form.faults.isEmpty)
        #expect(form.question(["object": "people"], [.key("examples"), .index(1)], of: agency) == nil)
        #expect(form.faults.map(\.place) == ["examples[1].object", "examples[1].purpose"])
    }

    @Test func `a moment is read from text, and what is none is not`() {
        #expect(UTCTime(text: "1970-01-01")?.milliseconds == 0)
        #expect(UTCTime(text: "2031-03-03")?.description == "2031-03-03")
        #expect(UTCTime(text: "2028-02-29T23:59:59Z")?.milliseconds == 1_835_481_599_000)
        #expect(UTCTime(text: "2031-03-03T09:30Z").map { $0.milliseconds % 86_400_000 } == 34_200_000)
        for text in [
            "2031-02-29", "2031-13-01", "2031-00-10", "1969-12-31", "2031-3-3", "2031-03-03T24:00Z", "2031-03-03T09:00",
            "",
        ] {
            #expect(UTCTime(text: text) == nil, "\(text)")
        }
    }
}
