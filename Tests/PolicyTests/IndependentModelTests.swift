import Foundation
import Policy
import StrictJSON
import TestSupport
import Testing

/// The evaluation of agencies' own policies against the same rules written for another policy engine, Cedar.
///
/// The model is told bundles and questions as JSON and knows nothing of our code: what deny, require and allow mean, which version and
/// which rule holds, what is the default, that a civil component uses what it is given for that, and that a holder which has stated
/// nothing hands nobody to one on less than a court's word, is said there once more, in Cedar's permit and forbid. A question is asked with some conditions met:
/// Cedar answers whether it may be done, and so must ``JurisdictionAnswer/isAllowed(meeting:)``.
@Suite("Jurisdiction policy: an independent model agrees", .tags(.medium))
struct IndependentModelTests {
    private static let worldsOfSeed = 200
    private static let questionsPerWorld = 250

    /// Bundles, and questions with what the model says of them.
    private struct World {
        var bundles: [JurisdictionBundle]
        var asked: [(question: JurisdictionQuestion, now: UTCTime, met: Set<JurisdictionCondition>)]
        var isAllowed: [Bool] = []

        var json: JSONObject {
            [
                "bundles": .array(bundles.map { ["agency": .string($0.agency.text), "bundle": .object($0.json)] }),
                "questions": .array(asked.map { .object(Self.json($0.question, $0.now, $0.met)) }),
            ]
        }

        private static func json(
            _ question: JurisdictionQuestion,
            _ now: UTCTime,
            _ met: Set<JurisdictionCondition>
        ) -> JSONObject {
            var object: JSONObject = [
                "agency": .string(question.agency.text), "object": .string(question.object.rawValue),
                "purpose": .string(question.purpose.rawValue), "instrument": .string(question.instrument.rawValue),
                "now": .integer(now.milliseconds * 1_000), "met": .array(met.map { .string($0.rawValue) }),
            ]
            if let other = question.counterpart {
                object["counterpart"] = [
                    "agency": .string(other.id.text), "level": .string(other.level.rawValue),
                    "missions": .array(other.missions.map { .string($0.rawValue) }),
                ]
            }
            return object
        }
    }

    /// Worlds, answered by the model.
    private func worlds(_ count: Int, seed: UInt64) throws -> [World] {
        var generator = try RandomPolicies(seed: seed)
        var worlds = (0..<count).map { _ in
            let bundles = generator.bundles()
            return World(bundles: bundles, asked: (0..<Self.questionsPerWorld).map { _ in generator.asked(bundles) })
        }
        let input = worlds.flatMap { JSONValue.object($0.json).encoded + [UInt8(ascii: "\n")] }
        let model = try DaemonProcess.run(
            [#require(Programs.python), "-I", "-c", Self.model],
            input: input,
            deadline: 600
        )
        try #require(model.status == 0, "\(model.stderr)")
        let lines = model.stdout.split(separator: "\n")
        try #require(lines.count == worlds.count)
        for (index, line) in lines.enumerated() { worlds[index].isAllowed = line.map { $0 == "1" } }
        return worlds
    }

    private struct Disagreement: Error, CustomStringConvertible {
        let description: String
    }

    private typealias Judge = @Sendable (JurisdictionQuestion, [JurisdictionBundle], UTCTime) -> JurisdictionAnswer

    /// As the daemon asks: what is in force, and what that says.
    private static let ours: Judge = { question, bundles, now in
        question.ruling(under: bundles.inForce(now), now: now)
    }

    /// How often a judge and the model disagree, and the first time.
    private func disagreements(_ worlds: [World], _ judge: Judge) -> (count: Int, first: String?) {
        var count = 0
        var first: String?
        for world in worlds {
            for (asked, isAllowed) in zip(world.asked, world.isAllowed) {
                let answer = judge(asked.question, world.bundles, asked.now)
                guard answer.isAllowed(meeting: asked.met) != isAllowed else { continue }
                count += 1
                first =
                    first ?? "\(asked) of \(world.bundles.map(\.json)): we say \(answer.verdict), Cedar \(isAllowed)"
            }
        }
        return (count, first)
    }

    @Test(.needsPython("cedarpy")) func `random questions have the same answer in Cedar`() {
        let (allowances, errors) = tryAll(Seeds.all) { seed in
            let worlds = try worlds(Self.worldsOfSeed, seed: seed)
            let (count, first) = disagreements(worlds, Self.ours)
            guard count == 0 else { throw Disagreement(description: "seed \(seed): \(count), first \(first ?? "")") }
            return worlds.reduce(0) { $0 + $1.isAllowed.count(where: \.self) }
        }
        for error in errors { Issue.record("\(error)") }
        let asked = allowances.count * Self.worldsOfSeed * Self.questionsPerWorld
        let allowed = allowances.reduce(0, +)
        print("\(asked) questions, \(allowed) allowed")
        // Questions that are all answered alike would say nothing.
        #expect((0.2...0.8).contains(Double(allowed) / Double(asked)), "\(allowed) of \(asked) allowed")
    }

    @Test(.needsPython("cedarpy")) func `a planted mistake is found`() throws {
        let worlds = try worlds(40, seed: 2_031)
        func rules(_ body: @escaping @Sendable (inout JurisdictionRule) -> Void) -> Judge {
            { question, bundles, now in
                let changed = bundles.map { bundle in
                    var bundle = bundle
                    for index in bundle.rules.indices { body(&bundle.rules[index]) }
                    return bundle
                }
                return Self.ours(question, changed, now)
            }
        }
        let mistakes: [(String, Judge)] = [
            (
                "a denial only requires",
                rules { if $0.effect == .deny { ($0.effect, $0.conditions) = (.require, [.consent]) } }
            ),
            ("what is required is not", rules { if $0.effect == .require { $0.effect = .allow } }),
            ("one of the conditions is lost", rules { _ = $0.conditions.popFirst() }),
            ("purposes are not looked at", rules { $0.purposes = [] }),
            ("instruments are not looked at", rules { $0.instruments = [] }),
            ("missions are not looked at", rules { $0.counterpart.missions = [] }),
            ("levels are not looked at", rules { $0.counterpart.levels = [] }),
            ("agencies are not looked at", rules { $0.counterpart.agencies = [] }),
            ("rules never end", rules { $0.expiresAt = nil }), ("rules always held", rules { $0.effectiveAt = nil }),
            ("a later moment", { Self.ours($0, $1, $2.adding(days: 1)) }),
            (
                "what a holder has not stated is allowed",
                { question, bundles, now in question.answer(under: bundles.inForce(now), now: now) }
            ),
            (
                "a court's word is no better than a detainer",
                { question, bundles, now in
                    var asked = question
                    if asked.instrument.isOfCourt { asked.instrument = .detainer }
                    let answer = asked.ruling(under: bundles.inForce(now), now: now)
                    return answer.fired.isEmpty ? answer : Self.ours(question, bundles, now)
                }
            ),
            ("a civil component is taken at its word", { $0.evaluate(under: $1.inForce($2), now: $2) }),
            ("an earlier version counts beside a later one", { $0.answer(under: $1, now: $2) }),
            (
                "the highest version counts, also when it is over",
                { question, bundles, now in
                    let begun = bundles.map { bundle in
                        var bundle = bundle
                        bundle.expiresAt = nil
                        return bundle
                    }.inForce(now)
                    let names = begun.map { "\($0.agency) \($0.reference)" }
                    let left = bundles.filter { names.contains("\($0.agency) \($0.reference)") }
                    return question.answer(under: left, now: now)
                }
            ),
            (
                "bundles never end",
                { question, bundles, now in
                    let endless = bundles.map { bundle in
                        var bundle = bundle
                        bundle.expiresAt = nil
                        return bundle
                    }
                    return Self.ours(question, endless, now)
                }
            ),
            (
                "another agency's rules count",
                { question, bundles, now in
                    let ours = bundles.map { bundle in
                        var bundle = bundle
                        bundle.agency = question.agency
                        return bundle
                    }
                    return Self.ours(question, ours, now)
                }
            ),
            (
                "the default allows",
                { question, bundles, now in
                    let answer = Self.ours(question, bundles, now)
                    return answer.fired.isEmpty ? JurisdictionAnswer(verdict: .allow) : answer
                }
            ),
            (
                "a notice is suppressed",
                { question, bundles, now in
                    let answer = Self.ours(question, bundles, now)
                    let isDenied = answer.fired.contains { $0.rule.effect == .deny }
                    return isDenied ? JurisdictionAnswer(verdict: .deny, fired: answer.fired) : answer
                }
            ),
        ]
        #expect(disagreements(worlds, Self.ours).count == 0)
        for (mistake, judge) in mistakes { #expect(disagreements(worlds, judge).count > 0, "\(mistake)") }
    }

    // MARK: The model

    private static let model = #"""
        import json, sys
        import cedarpy

        def words(values):
            return "[" + ", ".join(json.dumps(v) for v in values) + "]"

        def window(thing):
            said = []
            if thing.get("effective") is not None:
                said.append("context.now >= %d" % thing["effective"])
            if thing.get("expires") is not None:
                said.append("context.now < %d" % thing["expires"])
            return said

        def meets(agency, bundle, rule):
            said = ["context.agency == %s" % json.dumps(agency), "context.object == %s" % json.dumps(rule["object"])]
            said += window(bundle) + window(rule)
            if "purposes" in rule:
                said.append("%s.contains(context.purpose)" % words(rule["purposes"]))
            if "instruments" in rule:
                said.append("%s.contains(context.instrument)" % words(rule["instruments"]))
            other = rule.get("counterpart")
            if other:
                said.append("context has counterpart")
                if "agencies" in other:
                    said.append("%s.contains(context.counterpart.agency)" % words(other["agencies"]))
                if "levels" in other:
                    said.append("%s.contains(context.counterpart.level)" % words(other["levels"]))
                if "missions" in other:
                    said.append("context.counterpart.missions.containsAny(%s)" % words(other["missions"]))
            return " && ".join(said)

        def older(bundles, entry):
            said = ""
            for other in bundles:
                same = other["agency"] == entry["agency"] and other["bundle"]["id"] == entry["bundle"]["id"]
                if same and other["bundle"]["version"] > entry["bundle"]["version"]:
                    said += " && !(%s)" % " && ".join(window(other["bundle"]))
            return said

        def ask(questions, text):
            requests = [
                {"principal": 'Agency::"asker"', "action": 'Action::"ask"', "resource": 'Policy::"asked"', "context": question}
                for question in questions
            ]
            results = cedarpy.is_authorized_batch(requests, text, [])
            for result in results:
                if result.diagnostics.errors:
                    sys.exit("the model cannot answer: %s" % result.diagnostics.errors)
            return [result.allowed for result in results]

        def isCivil(question):
            civil = "civil-immigration" in question.get("counterpart", {}).get("missions", [])
            return civil and question["purpose"] != "CIV_IMM"

        def policies(bundles):
            desk = 'context.met.contains("watch-desk")'
            custody = '["custody-answer", "release-date"].contains(context.object)'
            civil = 'context has counterpart && context.counterpart.missions.contains("civil-immigration")'
            court = '["judicial-warrant", "judicial-probable-cause"].contains(context.instrument)'
            unstated = "%s && %s && !%s" % (custody, civil, court)
            text = [
                'permit (principal, action, resource) when { context.purpose != "CIV_IMM" } unless { %s };' % unstated,
                'permit (principal, action, resource) when { context.object == "decon-notice" && %s };' % desk,
            ]
            for entry in bundles:
                for rule in entry["bundle"]["rules"]:
                    when = meets(entry["agency"], entry["bundle"], rule) + older(bundles, entry)
                    notice = rule["object"] == "decon-notice"
                    if rule["effect"] != "deny":
                        text.append("permit (principal, action, resource) when { %s };" % when)
                    if rule["effect"] != "allow":
                        needs = ""
                        if notice:
                            needs = " unless { %s }" % desk
                        elif rule["effect"] == "require":
                            needs = " unless { context.met.containsAll(%s) }" % words(rule["conditions"])
                        text.append("forbid (principal, action, resource) when { %s }%s;" % (when, needs))
            return "\n".join(text)

        for line in sys.stdin:
            world = json.loads(line)
            questions = world["questions"]
            text = policies(world["bundles"])
            stated = ask(questions, text)
            civil = ask([dict(question, purpose="CIV_IMM") for question in questions], text)
            answers = ""
            for question, said, use in zip(questions, stated, civil):
                if isCivil(question) and question["object"] == "data":
                    said = said and use
                answers += "1" if said else "0"
            print(answers, flush=True)
        """#
}

/// Policies and questions that often meet.
private struct RandomPolicies {
    private var generator: SplitMix64
    private let agencies: [AgencyID]
    private let others: [Counterpart]
    private let start: UTCTime

    init(seed: UInt64) throws {
        generator = SplitMix64(seed: seed)
        agencies = try ["MPD-VT", "SPO-OC"].map { try #require(AgencyID($0)) }
        start = try #require(UTCTime(text: "2031-03-03"))
        others = try [
            ("FRO-MB", .federal, [.civilImmigration]), ("FIB-MB", .federal, [.criminal]),
            ("LCS-DET", .county, [.custody, .criminal]), ("TCP-NAR", .municipal, [.criminal]), ("SPS", .ngo, []),
        ].map { (id: String, level: AgencyLevel, missions: [Mission]) in
            Counterpart(id: try #require(AgencyID(id)), level: level, missions: missions)
        }
    }

    private mutating func one<Value>(_ list: [Value]) -> Value { list[generator.below(list.count)] }

    private mutating func some<Value: Hashable>(_ list: [Value]) -> Set<Value> {
        var chosen = Set(list.filter { _ in generator.oneIn(2) })
        if chosen.isEmpty { chosen.insert(one(list)) }
        return chosen
    }

    private mutating func sometimes<Value: Hashable>(_ list: [Value], _ rate: Int) -> Set<Value> {
        generator.oneIn(rate) ? some(list) : []
    }

    /// Within days of each other, so that questions fall on both sides.
    private mutating func moment() -> UTCTime { start.adding(days: Int64(generator.below(10))) }

    mutating func bundles() -> [JurisdictionBundle] {
        (0..<generator.below(5)).map { number in
            JurisdictionBundle(
                agency: generator.oneIn(4) ? agencies[1] : agencies[0],
                id: "bundle-\(number / 2)",
                version: Int64(number) + 1,
                title: "t",
                citations: ["c"],
                effectiveAt: generator.oneIn(3) ? moment() : start,
                expiresAt: generator.oneIn(4) ? moment() : nil,
                rules: (0...generator.below(8)).map { rule("rule-\($0)") }
            )
        }
    }

    private mutating func rule(_ id: String) -> JurisdictionRule {
        let effect = one(JurisdictionEffect.allCases)
        let object = one(JurisdictionObject.allCases)
        return JurisdictionRule(
            id: id,
            effect: effect,
            object: object,
            purposes: sometimes(Purpose.allCases, 2),
            counterpart: .init(
                agencies: sometimes(others.map(\.id), 5),
                missions: sometimes(Mission.allCases, 4),
                levels: sometimes(AgencyLevel.allCases, 5)
            ),
            instruments: sometimes(Instrument.allCases, 3),
            conditions: effect == .require ? some(JurisdictionCondition.allCases) : [],
            citation: "c",
            message: "m",
            effectiveAt: generator.oneIn(5) ? moment() : nil,
            expiresAt: generator.oneIn(5) ? moment() : nil
        )
    }

    /// A question, and conditions that are met: any, or just those that are required, or one fewer.
    mutating func asked(
        _ bundles: [JurisdictionBundle]
    ) -> (question: JurisdictionQuestion, now: UTCTime, met: Set<JurisdictionCondition>) {
        let question = JurisdictionQuestion(
            agency: agencies[0],
            object: one(JurisdictionObject.allCases),
            purpose: generator.oneIn(3) ? .civilImmigration : one(Purpose.allCases),
            counterpart: generator.oneIn(6) ? nil : one(others),
            instrument: one(Instrument.allCases)
        )
        let now = moment()
        var met = sometimes(JurisdictionCondition.allCases, 2)
        let answer = question.answer(under: bundles.inForce(now), now: now)
        if case .require(let needed) = answer.verdict, !generator.oneIn(3) {
            met = needed
            if generator.oneIn(2) { met.remove(one(JurisdictionCondition.inOrder(met))) }
        }
        return (question, now, met)
    }
}
