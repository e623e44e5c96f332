package import StrictJSON

/// The form of a bundle, and the closed words in it: one schema for files, the wire and the record.
///
/// A client reads a file with it to show all that is wrong, each with its line; the daemon reads what it is sent with it and trusts
/// no client. Times are microseconds since the UNIX epoch, or texts such as `2031-01-01` and `2031-01-01T08:00Z`.
package struct JurisdictionForm {
    /// All that is wrong, in the order of the text.
    package private(set) var faults: [JurisdictionFault] = []

    package static let bundleKeys = [
        "id", "version", "title", "citations", "effective", "expires", "custodyHours", "annualReports",
        "certificationDays", "deadlines",
        "rules",
    ]
    package static let ruleKeys = [
        "id", "effect", "object", "purposes", "counterpart", "instruments", "conditions", "citation", "message",
        "effective", "expires",
    ]
    package static let annualReportKeys = ["report", "due"]
    package static let counterpartKeys = ["agencies", "missions", "levels"]

    /// Hours of business days after which whatever is asked about custody lapses: a policy may give fewer (domain.md 6.11).
    package static let mostCustodyHours: Int64 = 48
    /// Days until a certification is decided where no policy says otherwise, and the most that one may set: 90 business days
    /// (domain.md 2.5, R-CERT).
    package static let usualCertificationDays: Int64 = 30
    package static let mostCertificationDays: Int64 = 126

    /// Bytes of a title or a citation.
    package static let shortText = 256
    /// Bytes of a message.
    package static let longText = 512
    /// Rules in a bundle.
    package static let mostRules = 128
    /// Bytes of the canonical form, so that it fits one part of one line.
    package static let mostBytes = 65_536

    package init() {}

    /// Reads a bundle for an agency.
    ///
    /// - Throws: the first fault; ``JurisdictionForm/faults`` of a form of one's own tells all.
    package static func bundle(
        _ object: JSONObject,
        of agency: AgencyID
    ) throws(JurisdictionFault) -> JurisdictionBundle {
        var form = JurisdictionForm()
        guard let bundle = form.bundle(object, of: agency) else {
            throw form.faults.first ?? JurisdictionFault([], "not a bundle")
        }
        return bundle
    }

    /// Reads a bundle; nil if anything is wrong, and ``faults`` tells what.
    package mutating func bundle(_ object: JSONObject, of agency: AgencyID) -> JurisdictionBundle? {
        keys(of: object, [], Self.bundleKeys)
        let id = name(object, [], "id", "2 to 48 letters, digits and hyphens, such as state-limits-A")
        let version = version(object)
        let title = text(object, [], "title", limit: Self.shortText)
        var citations: [String] = []
        for (index, value) in list(object, [], "citations", "the laws and orders it rests on").enumerated() {
            let path: Path = [.key("citations"), .index(index)]
            if let text = text(value, path, limit: Self.shortText) { citations.append(text) }
        }
        if object["citations"]?.array?.isEmpty == true { fault([.key("citations")], "name at least one law or order") }
        let effective = time(object, [], "effective")
        if object["effective"] == nil { fault([.key("effective")], "missing: write the day from which it holds") }
        let expires = time(object, [], "expires")
        ordered(effective, expires, [])
        let custodyHours = custodyHours(object)
        let annualReports = annualReports(object)
        let certificationDays = certificationDays(object)
        let deadlines = deadlines(object)
        let values = list(object, [], "rules", "at least one rule")
        if values.count > Self.mostRules { fault([.key("rules")], "write at most \(Self.mostRules) rules") }
        let rules = values.prefix(Self.mostRules).enumerated().compactMap { index, value in
            rule(value, [.key("rules"), .index(index)])
        }
        if object["rules"]?.array?.isEmpty == true { fault([.key("rules")], "write at least one rule") }
        unique(rules)
        guard faults.isEmpty, let id, let version, let title, let effective else { return nil }
        let bundle = JurisdictionBundle(
            agency: agency,
            id: id,
            version: version,
            title: title,
            citations: citations,
            effectiveAt: effective,
            expiresAt: expires,
            custodyHours: custodyHours,
            annualReports: annualReports,
            certificationDays: certificationDays,
            deadlines: deadlines,
            rules: rules
        )
        let bytes = (try? bundle.json.canonical().count) ?? .max
        if bytes > Self.mostBytes { fault([.key("rules")], "write less: it is longer than \(Self.mostBytes) bytes") }
        return faults.isEmpty ? bundle : nil
    }

    /// Reads a question, as the examples of a file have it; nil if anything is wrong.
    package mutating func question(
        _ object: JSONObject,
        _ path: [JurisdictionFault.Step],
        of agency: AgencyID
    ) -> JurisdictionQuestion? {
        let before = faults.count
        keys(of: object, path, ["object", "purpose", "counterpart", "instrument"])
        let what = word(object, path, "object", JurisdictionObject.self)
        let purpose = word(object, path, "purpose", Purpose.self)
        let instrument =
            object["instrument"] == nil ? Instrument.absent : word(object, path, "instrument", Instrument.self)
        var counterpart: Counterpart?
        if let value = object["counterpart"] { counterpart = self.counterpart(value, path + [.key("counterpart")]) }
        guard faults.count == before, let what, let purpose, let instrument else { return nil }
        return JurisdictionQuestion(
            agency: agency,
            object: what,
            purpose: purpose,
            counterpart: counterpart,
            instrument: instrument
        )
    }

    /// A time, where there is one.
    package mutating func time(_ object: JSONObject, _ path: [JurisdictionFault.Step], _ key: String) -> UTCTime? {
        guard let value = object[key], !value.isNull else { return nil }
        let time =
            value.integer.flatMap { UTCTime(microseconds: $0) } ?? value.string.flatMap { UTCTime(text: $0) }
        guard let time, time.milliseconds < Self.latest else {
            fault(path + [.key(key)], "write a day such as 2031-01-01, or a time as 2031-01-01T08:00Z, before 2200")
            return nil
        }
        return time
    }

    /// One of closed words.
    package mutating func word<Word: RawRepresentable & CaseIterable>(
        _ object: JSONObject,
        _ path: [JurisdictionFault.Step],
        _ key: String,
        _: Word.Type
    ) -> Word? where Word.RawValue == String {
        guard let value = object[key], !value.isNull else {
            fault(path + [.key(key)], "missing: write \(Self.choice(Word.self))")
            return nil
        }
        return word(value, path + [.key(key)])
    }

    /// Refuses keys that are not in the list.
    package mutating func keys(of object: JSONObject, _ path: [JurisdictionFault.Step], _ known: [String]) {
        for (key, _) in object.members where !known.contains(key) {
            let place = path + [.key(key)]
            guard !CarveOut.isMentioned(in: key) else {
                fault(place, Self.carveOut, row: "P31")
                continue
            }
            fault(place, "no such key here: write one of \(known.joined(separator: ", "))")
        }
    }

    package mutating func fault(_ path: [JurisdictionFault.Step], _ message: String, row: String = "V01") {
        faults.append(JurisdictionFault(path, message, row: row))
    }

    // MARK: Rules

    private typealias Path = [JurisdictionFault.Step]

    /// 2200-01-01: what comes later fits no integer of the canonical form.
    private static let latest: Int64 = 7_258_118_400_000

    private static let carveOut =
        "leave it out: no rule may be about citizenship or immigration status (8 USC 1373), of which nothing is held here"

    private mutating func certificationDays(_ object: JSONObject) -> Int64? {
        guard let value = object["certificationDays"], !value.isNull else { return nil }
        guard let days = value.integer, (1...Self.mostCertificationDays).contains(days) else {
            fault(
                [.key("certificationDays")],
                "write 1 to \(Self.mostCertificationDays) days, as the agency's law has it"
            )
            return nil
        }
        return days
    }

    private mutating func custodyHours(_ object: JSONObject) -> Int64? {
        guard let value = object["custodyHours"], !value.isNull else { return nil }
        guard let hours = value.integer, (1...Self.mostCustodyHours).contains(hours) else {
            fault(
                [.key("custodyHours")],
                "write 1 to \(Self.mostCustodyHours) hours: a policy shortens the time, and never lengthens it"
            )
            return nil
        }
        return hours
    }

    private mutating func deadlines(_ object: JSONObject) -> [ShortenedClock: Int64] {
        var hours: [ShortenedClock: Int64] = [:]
        for (index, value) in optionalList(object, [], "deadlines").enumerated() {
            let path: Path = [.key("deadlines"), .index(index)]
            guard let object = value.object else {
                fault(path, "write {clock: rfi, hours: 48}")
                continue
            }
            keys(of: object, path, ["clock", "hours"])
            guard let clock = word(object, path, "clock", ShortenedClock.self) else { continue }
            if hours[clock] != nil { fault(path + [.key("clock")], "“\(clock.rawValue)” stands there already") }
            guard let given = object["hours"]?.integer, (1...clock.mostHours).contains(given) else {
                fault(
                    path + [.key("hours")],
                    "write 1 to \(clock.mostHours) hours: a policy shortens the time, and never lengthens it"
                )
                continue
            }
            hours[clock] = given
        }
        if object["deadlines"]?.array?.isEmpty == true {
            fault([.key("deadlines")], "leave it out: an empty list says nothing")
        }
        return hours
    }

    private mutating func annualReports(_ object: JSONObject) -> [AnnualReport] {
        var reports: [AnnualReport] = []
        for (index, value) in optionalList(object, [], "annualReports").enumerated() {
            let path: Path = [.key("annualReports"), .index(index)]
            guard let object = value.object else {
                fault(path, "write {report: il-805-25, due: 03-01}")
                continue
            }
            keys(of: object, path, Self.annualReportKeys)
            let name = word(object, path, "report", AnnualReport.Name.self)
            let day = object["due"]?.string.flatMap { AnnualReport.isDay($0) ? $0 : nil }
            if day == nil { fault(path + [.key("due")], "write the day of the year, such as 03-01") }
            guard let name, let day else { continue }
            if reports.contains(where: { $0.name == name }) {
                fault(path + [.key("report")], "“\(name.rawValue)” stands there already: write one day for it")
            }
            reports.append(AnnualReport(name: name, due: day))
        }
        if object["annualReports"]?.array?.isEmpty == true {
            fault([.key("annualReports")], "leave it out: an empty list says nothing")
        }
        return AnnualReport.Name.allCases.compactMap { name in reports.first { $0.name == name } }
    }

    private mutating func rule(_ value: JSONValue, _ path: Path) -> JurisdictionRule? {
        guard let object = value.object else {
            fault(path, "write a rule with id, effect, object, citation and message")
            return nil
        }
        let before = faults.count
        keys(of: object, path, Self.ruleKeys)
        let id = name(object, path, "id", "2 to 48 letters, digits and hyphens, such as no-civil-data")
        let effect = word(object, path, "effect", JurisdictionEffect.self)
        let what = word(object, path, "object", JurisdictionObject.self)
        let purposes: [Purpose] = words(object, path, "purposes")
        let scope = scope(object, path)
        let instruments: [Instrument] = words(object, path, "instruments")
        let conditions: [JurisdictionCondition] = words(object, path, "conditions")
        let citation = text(object, path, "citation", limit: Self.shortText)
        let message = text(object, path, "message", limit: Self.longText)
        let effective = time(object, path, "effective")
        let expires = time(object, path, "expires")
        ordered(effective, expires, path)
        if let effect, let what { judge(effect, what, Set(conditions), path) }
        guard faults.count == before, let id, let effect, let what, let citation, let message else { return nil }
        return JurisdictionRule(
            id: id,
            effect: effect,
            object: what,
            purposes: Set(purposes),
            counterpart: scope,
            instruments: Set(instruments),
            conditions: Set(conditions),
            citation: citation,
            message: message,
            effectiveAt: effective,
            expiresAt: expires
        )
    }

    /// What effect, object and conditions may say together.
    private mutating func judge(
        _ effect: JurisdictionEffect,
        _ object: JurisdictionObject,
        _ conditions: Set<JurisdictionCondition>,
        _ path: Path
    ) {
        let place = path + [.key("conditions")]
        guard object != .deconNotice || effect == .allow || (effect == .require && conditions == [.watchDesk]) else {
            let limit = "a safety notice is never suppressed: write effect: require, conditions: [watch-desk]"
            return fault(path + [.key("effect")], limit, row: "P32")
        }
        switch effect {
        case .require where conditions.isEmpty:
            fault(place, "write what is required: \(Self.choice(JurisdictionCondition.self))")
        case .require where object != .deconNotice && conditions.contains(.watchDesk):
            fault(place, "write another condition: watch-desk limits a decon-notice and nothing else")
        case .allow where !conditions.isEmpty, .deny where !conditions.isEmpty:
            fault(place, "leave them out, or write effect: require")
        default: break
        }
    }

    private mutating func ordered(_ effective: UTCTime?, _ expires: UTCTime?, _ path: Path) {
        guard let effective, let expires, expires <= effective else { return }
        fault(path + [.key("expires")], "write a later day than that of “effective”")
    }

    private mutating func unique(_ rules: [JurisdictionRule]) {
        var seen: Set<String> = []
        for (index, rule) in rules.enumerated() where !seen.insert(rule.id).inserted {
            fault([.key("rules"), .index(index), .key("id")], "“\(rule.id)” names an earlier rule: write another id")
        }
    }

    private mutating func scope(_ object: JSONObject, _ path: Path) -> JurisdictionRule.Scope {
        guard let value = object["counterpart"], !value.isNull else { return JurisdictionRule.Scope() }
        let path = path + [.key("counterpart")]
        guard let object = value.object else {
            fault(path, "write {agencies: [...], missions: [...], levels: [...]}, or leave it out")
            return JurisdictionRule.Scope()
        }
        keys(of: object, path, Self.counterpartKeys)
        var agencies: Set<AgencyID> = []
        for (index, value) in optionalList(object, path, "agencies").enumerated() {
            if let id = agency(value, path + [.key("agencies"), .index(index)]) { agencies.insert(id) }
        }
        let missions: [Mission] = words(object, path, "missions")
        let levels: [AgencyLevel] = words(object, path, "levels")
        return JurisdictionRule.Scope(agencies: agencies, missions: Set(missions), levels: Set(levels))
    }

    private mutating func counterpart(_ value: JSONValue, _ path: Path) -> Counterpart? {
        guard let object = value.object else {
            fault(path, "write {agency: FRO-MB, level: federal, missions: [civil-immigration]}")
            return nil
        }
        keys(of: object, path, ["agency", "level", "missions"])
        let id = agency(object["agency"] ?? .null, path + [.key("agency")])
        let level = word(object, path, "level", AgencyLevel.self)
        let missions: [Mission] = words(object, path, "missions")
        guard let id, let level else { return nil }
        return Counterpart(id: id, level: level, missions: missions)
    }

    // MARK: Values

    private mutating func version(_ object: JSONObject) -> Int64? {
        guard let number = object["version"]?.integer, BundleReference.versions.contains(number) else {
            fault([.key("version")], "write a number from 1, higher than that of the version before")
            return nil
        }
        return number
    }

    private mutating func agency(_ value: JSONValue, _ path: Path) -> AgencyID? {
        guard let id = value.string.flatMap({ AgencyID($0) }) else {
            fault(path, "write an agency such as MPD-VT")
            return nil
        }
        return id
    }

    private mutating func name(_ object: JSONObject, _ path: Path, _ key: String, _ expected: String) -> String? {
        guard let text = object[key]?.string, BundleReference.isName(text) else {
            fault(path + [.key(key)], "write \(expected)")
            return nil
        }
        return text
    }

    private mutating func text(_ object: JSONObject, _ path: Path, _ key: String, limit: Int) -> String? {
        guard let value = object[key], !value.isNull else {
            let what = key == "citation" ? "name the law or order that the rule comes from" : "write a \(key)"
            fault(path + [.key(key)], "missing: \(what)")
            return nil
        }
        return text(value, path + [.key(key)], limit: limit)
    }

    private mutating func text(_ value: JSONValue, _ path: Path, limit: Int) -> String? {
        guard let text = value.string, (1...limit).contains(text.utf8.count),
            text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else {
            fault(path, "write a text of one line and at most \(limit) bytes")
            return nil
        }
        return text
    }

    private mutating func list(_ object: JSONObject, _ path: Path, _ key: String, _ what: String) -> [JSONValue] {
        guard let value = object[key], !value.isNull else {
            fault(path + [.key(key)], "missing: write \(what)")
            return []
        }
        return optionalList(object, path, key)
    }

    private mutating func optionalList(_ object: JSONObject, _ path: Path, _ key: String) -> [JSONValue] {
        guard let value = object[key], !value.isNull else { return [] }
        guard let list = value.array else {
            fault(path + [.key(key)], "write a list, such as [..., ...]")
            return []
        }
        return list
    }

    mutating func words<Word: RawRepresentable & CaseIterable>(
        _ object: JSONObject,
        _ path: [JurisdictionFault.Step],
        _ key: String
    ) -> [Word] where Word.RawValue == String {
        let list = optionalList(object, path, key)
        if object[key]?.array?.isEmpty == true { fault(path + [.key(key)], "leave it out: an empty list says nothing") }
        return list.enumerated().compactMap { index, value in word(value, path + [.key(key), .index(index)]) }
    }

    private mutating func word<Word: RawRepresentable & CaseIterable>(_ value: JSONValue, _ path: Path) -> Word?
    where Word.RawValue == String {
        if let word = value.string.flatMap({ Word(rawValue: $0) }) { return word }
        if value.string.map({ CarveOut.isMentioned(in: $0) }) ?? false {
            fault(path, Self.carveOut, row: "P31")
        } else {
            fault(path, "write \(Self.choice(Word.self))")
        }
        return nil
    }

    private static func choice<Word: RawRepresentable & CaseIterable>(_: Word.Type) -> String
    where Word.RawValue == String {
        "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))"
    }
}
