import Policy
import StrictJSON

extension WorkItem {
    /// Whether an inspection opens content: of this case, of this agency, and of what is said in this compartment.
    fileprivate func opens(
        _ file: CaseFile,
        origin: AgencyID?,
        _ compartment: Compartment,
        kind: EntryKind?
    ) -> Bool {
        func holds(_ fact: String, _ value: String?) -> Bool {
            guard let listed = facts[fact]?.array else { return true }
            return value.map { value in listed.contains { $0.string == value } } ?? false
        }
        guard holds("files", file.id.hex), holds("agencies", origin?.text) else { return false }
        if let kind, !holds("kinds", kind.rawValue) { return false }
        // What a statute has to open is closed unless the authority says so.
        switch compartment {
        case .ordinary, .operations: return true
        case .victim: return flag("victim")
        case .protected: return flag("v1367")
        case .legal: return flag("legal")
        case .oversight: return false
        }
    }
}

extension CaseworkState {
    /// The inspection under which somebody of an oversight body reads; nil if none opens it now.
    fileprivate func inspection(
        for member: Member,
        _ file: CaseFile,
        origin: AgencyID?,
        _ compartment: Compartment,
        kind: EntryKind?,
        _ now: UTCTime
    ) -> WorkItem? {
        (docket.work.items["inspection"] ?? []).first { item in
            item.state == "open" && item.agency == member.agency && item.time("expires_at").map { now < $0 } ?? false
                && sees(item, member, now) && item.opens(file, origin: origin, compartment, kind: kind)
        }
    }
}

/// Content that oversight reads under an inspection: on the inspection's own line, and on none of the case.
extension Gate {
    /// Reading an entry under an inspection; nil if none opens it, or if it is none of oversight's readings.
    mutating func inspected(
        _ file: CaseFile,
        _ standing: Standing,
        entry text: String
    ) throws(Refusal) -> Decision? {
        guard standing.isOversight, let number = Reference.entry(text), let facts = file.facts(number),
            !file.removals.isGone(.entry(number)),
            let inspection = state.inspection(
                for: member,
                file,
                origin: state.origin(of: facts),
                facts.compartment,
                kind: facts.kind,
                now
            )
        else { return nil }
        var decision = try reading(under: inspection, file, "entry.read", Reference.entryName(number))
        decision.reading = ReadingGrant(
            member: member.id,
            caseID: file.id,
            entry: number,
            scope: scope(file, standing),
            audience: .own
        )
        return decision
    }

    /// The same of a piece of shared work.
    mutating func inspected(
        _ file: CaseFile,
        _ standing: Standing,
        work item: WorkItem?
    ) throws(Refusal) -> Decision? {
        guard standing.isOversight, let item, let workflow = Workflows.named(item.workflow),
            !file.removals.isGone(.work(item.workflow, item.number)),
            let inspection = state.inspection(
                for: member,
                file,
                origin: item.agency,
                workflow.compartment,
                kind: nil,
                now
            )
        else { return nil }
        var decision = try reading(under: inspection, file, "work.read", item.id)
        decision.reading = ReadingGrant(
            member: member.id,
            caseID: file.id,
            entry: nil,
            scope: scope(file, standing),
            audience: .own,
            inspects: true
        )
        return decision
    }

    private mutating func reading(
        under inspection: WorkItem,
        _ file: CaseFile,
        _ act: String,
        _ item: String
    ) throws(Refusal) -> Decision {
        let purpose = try docketPurpose()
        return event(
            "restricted",
            state.docket.stream(of: inspection) ?? .system,
            .oversight,
            purpose,
            .docket(
                WorkEvent(
                    kind: "inspection.content_accessed",
                    number: inspection.number,
                    facts: ["case": .string(file.number), "act": .string(act), "read": .string(item)],
                    parts: [:]
                )
            )
        )
    }

    /// What an inspection says: an end, and a scope that is there.
    mutating func inspectionFacts(_ act: WorkAct) throws(Refusal) -> JSONObject {
        let end = act.facts["expires_at"]?.integer.map { UTCTime(milliseconds: $0) } ?? now
        guard now < end, end <= now.adding(days: Workflow.inspectionDays) else {
            throw .malformed(field: "expiresAt", "in the future, and at most \(Workflow.inspectionDays) days away")
        }
        let cases = act.facts["cases"]?.array
        guard cases != nil || act.facts["agencies"] != nil else {
            throw .malformed(field: "cases", "given, or agencies: an inspection has a scope")
        }
        for agency in act.facts["agencies"]?.array ?? [] {
            guard agency.string.flatMap({ AgencyID($0) }).flatMap({ state.agencies[$0] }) != nil else {
                throw .malformed(field: "agencies", "registered: `accord agency list`")
            }
        }
        guard let cases else { return [:] }
        var files: [String] = []
        for name in cases { files.append(try overseen(name.string ?? "").id.hex) }
        guard Set(files).count == files.count else { throw .malformed(field: "cases", "different cases") }
        return ["files": .strings(files)]
    }
}

extension Workflow {
    /// The longest for which one inspection opens anything: a year, as a grant.
    static let inspectionDays: Int64 = 366
}

extension Workflow {
    /// Whether it is about victims, so that what is kept in it is for whom a consent or a statute names.
    var isOfVictims: Bool { [.victim, .protected].contains(compartment) }

    /// The compartment in which its items stand.
    fileprivate var compartment: Compartment {
        switch audience {
        case .compartment(let compartment): compartment
        case .parties: .ordinary
        case .oversight: .oversight
        case .closed where ["discovery", "handling-conflict", "technique"].contains(name): .legal
        case .closed: isHidden ? .protected : .victim
        }
    }
}
