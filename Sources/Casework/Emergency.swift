package import Policy
package import StrictJSON

/// How oversight found an emergency release after it was made.
package enum EmergencyFinding: String, Hashable, Sendable, CaseIterable {
    case justified
    case notJustified = "not-justified"
}

/// What makes a release one of emergency: it ends by itself, and oversight reviews it (28 CFR 23.20(f); domain.md 6.8, 6.11).
package struct Emergency: Hashable, Sendable {
    /// The longest for which one opens an entry, and the usual.
    static let longestHours: Int64 = 2
    /// How many one member declares in a day.
    static let perDay = 2

    package var hours: Int64
    package var by: MemberID
    /// From then on it opens nothing.
    package var endsAt: UTCTime
    /// Until when oversight is to have reviewed it.
    package var reviewDueAt: UTCTime
    package var finding: EmergencyFinding?
    /// What of the originator's own policy it overrides.
    package var overrides: String?

    init(hours: Int64, by: MemberID, at: UTCTime, finding: EmergencyFinding? = nil, overrides: String? = nil) {
        self.hours = hours
        self.by = by
        self.overrides = overrides
        endsAt = at.adding(hours: hours)
        reviewDueAt = at.adding(hours: 24)
        self.finding = finding
    }
}

extension Compartment {
    /// Whether an emergency opens it at all (rule P26).
    var opensInEmergency: Bool { self == .ordinary || self == .operations }
}

extension Release {
    /// As people call it, such as `D-2`.
    package var id: String { "D-\(number)" }
}

/// Emergency access: an entry for one agency, because life is in danger, without the permissions that it would take.
extension Gate {
    mutating func breakGlass(
        _ name: String,
        _ entry: String,
        _ recipient: AgencyID,
        _ hours: Int64,
        _ reason: String
    ) throws(Refusal) -> Decision {
        let (file, standing) = try knownCase(name)
        try fresh(file)
        // What was written to oversight is told from its number alone, whether or not it exists.
        try never(Reference.entry(entry).map { $0 > 0 } ?? !Workflows.tellsOfVictims(entry))
        let (number, facts) = try visibleEntry(file, standing, entry, at: .content)
        try never(facts.compartment.opensInEmergency)
        let role: Role? =
            standing.isCaseLead
            ? .lead
            : standing.worksInCase
                ? .contributor : standing.isCounsel ? .legal : standing.isLiaison && standing.isJoined ? .liaison : nil
        try require(
            "P05",
            role != nil,
            "The asker leads, contributes, is counsel, or is a liaison of an agency in the case.",
            ask: "Ask the lead of the case, or your agency's liaison."
        )
        try require("L02", file.state != .closed, "The case is not closed.")
        try current(number, facts)
        try passable(file, number)
        guard let agency = state.agencies[recipient] else {
            throw .malformed(field: "agency", "one that is registered: `accord agency list`")
        }
        try outside(file, recipient)
        let purpose = try casePurpose(file, standing)
        try require(
            "P03",
            !agency.missions.contains(.civilImmigration),
            "The recipient is not there for civil immigration enforcement.",
            ask: "Ask the lead of the case who else can help."
        )
        try require(
            "P26R",
            state.emergencies(by: member, since: now.adding(hours: -24)) < Emergency.perDay,
            "The asker declared fewer than \(Emergency.perDay) emergencies within a day."
        )
        let origin = state.origin(of: facts) ?? file.leadAgency
        let overrides = overriddenPolicy(of: origin, purpose, recipient)
        var decision = event(
            "breakglass.invoked",
            file.id,
            role,
            purpose,
            .disseminated(
                Dissemination(
                    number: Int64(file.releases.count) + 1,
                    entry: number,
                    origin: origin,
                    recipient: recipient,
                    handling: facts.handling,
                    permission: nil,
                    emergencyHours: hours,
                    overrides: overrides,
                    reason: reason
                )
            )
        )
        decision.overridden = overrides == nil ? "P06" : "P03J"
        decision.references = [LineReference(line: Int64(facts.line))]
        return decision
    }

    /// What of the originator's own policy stands against giving it; nil if nothing does.
    ///
    /// The agency's law binds its data in an emergency, too; whether it makes an exception where life is in danger, nobody here
    /// can tell in time. So it keeps nobody from help, and is named: on the record, to the agency, and to who reviews it.
    private func overriddenPolicy(of origin: AgencyID, _ purpose: Purpose, _ recipient: AgencyID) -> String? {
        let answer = jurisdiction(of: origin, .data, purpose, counterpart: recipient)
        return answer.missing([]) == [] || answer.fired.isEmpty ? nil : answer.citations
    }

    private mutating func never(_ holds: Bool) throws(Refusal) {
        try require("P26", holds, "The entry is in a compartment that an emergency opens.")
    }

    mutating func reviewEmergency(
        _ name: String,
        _ text: String,
        _ finding: EmergencyFinding,
        _ note: String
    ) throws(Refusal) -> Decision {
        let (file, standing) = try knownCase(name)
        try fresh(file)
        try require("P05", standing.isOversight, "The asker holds oversight.", ask: "Ask the oversight officer.")
        let number = Reference.number(text, letter: "D")
        let release = file.releases.first { $0.number == number && $0.emergency != nil }
        try require("P04", release != nil, "The emergency release exists.")
        guard let release, let emergency = release.emergency else { throw Refusal(row: "P04") }
        try require(
            "L01",
            emergency.finding == nil,
            "It was not reviewed yet.",
            message: "\(release.id) was found \(emergency.finding?.rawValue ?? "") already."
        )
        var decision = event(
            "breakglass.reviewed",
            file.id,
            .oversight,
            try purpose(.oversight),
            .emergencyReviewed(release.number, finding, note: note)
        )
        decision.references = [LineReference(line: release.line)]
        return decision
    }
}

extension CaseworkState {
    /// How many emergencies a member declared since, in whatever case.
    func emergencies(by member: Member, since: UTCTime) -> Int {
        candidates(for: member, since).compactMap { cases[$0] }.flatMap(\.releases)
            .count { $0.emergency?.by == member.id && $0.at > since }
    }

    /// An emergency begins: it ends by itself, and oversight has a day to review it.
    mutating func start(_ emergency: Emergency, _ name: String, in caseID: CaseID, at now: UTCTime) {
        clocks.start(Clock(.emergencyEnd, caseID, name, startedAt: now, dueAt: emergency.endsAt))
        clocks.start(Clock(.emergencyReview, caseID, name, startedAt: now, dueAt: emergency.reviewDueAt))
    }

    mutating func review(_ number: Int64, _ finding: EmergencyFinding, in caseID: CaseID) {
        guard let index = cases.index(forKey: caseID),
            let place = cases.values[index].releases.firstIndex(where: { $0.number == number })
        else { return }
        cases.values[index].releases[place].emergency?.finding = finding
        clocks.stop(.emergencyReview, caseID, "D-\(number)")
    }

    /// What waits for a member about emergency releases: oversight reviews, originator and lead are told until then.
    func eachEmergencyTask(
        in file: CaseFile,
        _ standing: Standing,
        _ now: UTCTime,
        _ add: (String, String?, AgencyID, UTCTime, String, String) -> Void
    ) {
        for release in file.releases {
            guard let emergency = release.emergency, emergency.finding == nil else { continue }
            let contributor = file.facts(release.entry).flatMap { origin(of: $0) }
            let isOriginator = standing.isLiaison && contributor == standing.agency
            guard standing.isOversight || standing.isCaseLead || isOriginator,
                standing.isOversight || file.removals.sealed[.entry(release.entry)] == nil
            else { continue }
            let what =
                "\(emergency.by) gave E-\(release.entry) to \(release.recipient) as an emergency, for \(emergency.hours) h."
            let whose = contributor?.text ?? "its originator"
            let policy = emergency.overrides.map { " This overrides the policy of \(whose): \($0)." }
            let isLate = emergency.reviewDueAt <= now
            let review = isLate ? "The review was due within a day, and is late." : "To be reviewed within a day."
            let command =
                standing.isOversight
                ? "accord breakglass review \(file.number) \(release.id) --finding FINDING --note WHY"
                : "accord dissemination list \(file.number)"
            let kind = standing.isOversight ? "emergency-review" : "emergency"
            add(kind, release.id, release.from, release.at, "\(what)\(policy ?? "") \(review)", command)
        }
    }

    /// Emergency releases of a case by their numbers in the register, as the interface shows them.
    package func emergencies(of caseID: CaseID) -> [Int64: JSONObject] {
        var shown: [Int64: JSONObject] = [:]
        for release in cases[caseID]?.releases ?? [] {
            guard let emergency = release.emergency else { continue }
            shown[release.number] = JSONObject.present([
                ("endsAt", .integer(emergency.endsAt.milliseconds * 1_000)),
                ("finding", emergency.finding.map { .string($0.rawValue) }),
                ("overrides", emergency.overrides.map { .string($0) }),
            ])
        }
        return shown
    }
}

extension Emergency {
    /// What a snapshot of the state says of it; the rest follows from when it was made.
    var record: JSONObject {
        .present([
            ("hours", .integer(hours)), ("by", .string(by.text)), ("finding", finding.map { .string($0.rawValue) }),
            ("overrides", overrides.map { .string($0) }),
        ])
    }

    init(_ fields: Fields, at: UTCTime) throws(EventFault) {
        let isReviewed = fields.object["finding"] != nil
        self.init(
            hours: try fields.emergencyHours("hours"),
            by: try fields.word("by") { MemberID($0) },
            at: at,
            finding: isReviewed ? try fields.word("finding") { EmergencyFinding(rawValue: $0) } : nil,
            overrides: fields.optionalString("overrides")
        )
    }
}

extension Fields {
    /// Hours of an emergency release: nothing outside what there can be.
    func emergencyHours(_ key: String) throws(EventFault) -> Int64 {
        let hours = try integer(key)
        guard (1...Emergency.longestHours).contains(hours) else { throw EventFault(message: "\(key) is no such time") }
        return hours
    }
}
