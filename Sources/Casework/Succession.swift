package import Policy
import StrictJSON

/// An agency is followed by another (domain.md 3 row 12, 6.2, 6.7.2): its liaison proposes it and a liaison of the successor accepts,
/// two persons of two agencies, and no administrator.
///
/// What passes over is what the agency was: its part in each case, with mode, conditions and agreement, and the lead; control of what it
/// contributed, and of what it said; its permissions, what it was given, what it owes and is asked; its place in agreements, also as
/// designee. What does not: its members, whose access ends with it, so that the successor enrols and assigns its own; its own policy,
/// for which the successor has to have one; submissions to deconfliction, which rest on the agency's own file (28 CFR 23.20(n)) and
/// are ended before; and what is kept of victims, for a consent names who may read (28 CFR 94.115). The lines go on to name the
/// agency that wrote them.
package enum SuccessionAct: Hashable, Sendable {
    /// Of the own agency, by another.
    case propose(AgencyID, reason: String)
    /// Of an agency, by the own.
    case accept(AgencyID)
    case decline(AgencyID, reason: String)

    package var name: String {
        switch self {
        case .propose: "agency.propose-successor"
        case .accept: "agency.accept-succession"
        case .decline: "agency.decline-succession"
        }
    }

    /// From the wire; nil for a method of another kind.
    init?(method: String, _ read: Parameters) throws(Refusal) {
        switch method {
        case "io.accord.Registry.ProposeSuccessor":
            self = .propose(try read.agencyID("successor"), reason: try read.reason("reason"))
        case "io.accord.Registry.AcceptSuccession": self = .accept(try read.agencyID("agency"))
        case "io.accord.Registry.DeclineSuccession":
            self = .decline(try read.agencyID("agency"), reason: try read.reason("reason"))
        default: return nil
        }
    }

    init(recorded event: SuccessionEvent, or standIn: String) {
        switch event {
        case .proposed(_, let successor, let reason): self = .propose(successor, reason: reason)
        case .succeeded(let agency, _): self = .accept(agency)
        case .declined(let agency, let reason): self = .decline(agency, reason: reason ?? standIn)
        }
    }
}

/// What happened about an agency's successor.
package enum SuccessionEvent: Hashable, Sendable {
    case proposed(AgencyID, successor: AgencyID, reason: String)
    case succeeded(AgencyID, successor: AgencyID)
    case declined(AgencyID, reason: String?)

    package static let kinds = ["agency.succession_proposed", "agency.succeeded_by", "agency.succession_declined"]

    package var kind: String {
        switch self {
        case .proposed: "agency.succession_proposed"
        case .succeeded: "agency.succeeded_by"
        case .declined: "agency.succession_declined"
        }
    }

    var parts: (JSONObject, [(String, String?)]) {
        switch self {
        case .proposed(let agency, let successor, let reason):
            (["agency": .string(agency.text), "successor": .string(successor.text)], [("reason", reason)])
        case .succeeded(let agency, let successor):
            (["agency": .string(agency.text), "successor": .string(successor.text)], [])
        case .declined(let agency, let reason): (["agency": .string(agency.text)], [("reason", reason)])
        }
    }

    /// Reads one back; `reason` is the part of that name.
    ///
    /// - Throws: ``EventFault`` if it does not say what the kind must say.
    init(_ kind: String, _ details: Fields, reason: String?) throws(EventFault) {
        let agency = try details.word("agency") { AgencyID($0) }
        switch kind {
        case "agency.succession_proposed":
            self = .proposed(agency, successor: try details.word("successor") { AgencyID($0) }, reason: reason ?? "")
        case "agency.succeeded_by":
            self = .succeeded(agency, successor: try details.word("successor") { AgencyID($0) })
        default: self = .declined(agency, reason: reason)
        }
    }
}

/// Which agencies were followed by which, and what waits for an answer.
struct Successions: Hashable, Sendable {
    /// The agency that stands now where another stood; never one that was followed itself.
    private(set) var successors: [AgencyID: AgencyID] = [:]
    var proposed: [AgencyID: Proposal] = [:]

    struct Proposal: Hashable, Sendable {
        let successor: AgencyID
        let by: MemberID
        let at: UTCTime
    }

    func hasEnded(_ agency: AgencyID) -> Bool { successors[agency] != nil }

    mutating func succeed(_ agency: AgencyID, by successor: AgencyID) {
        proposed[agency] = nil
        for (old, new) in successors where new == agency { successors[old] = successor }
        successors[agency] = successor
    }

    var record: JSONValue {
        let done = successors.sorted { $0.key < $1.key }.map { old, new -> JSONValue in
            ["agency": .string(old.text), "successor": .string(new.text)]
        }
        let open = proposed.sorted { $0.key < $1.key }.map { old, proposal -> JSONValue in
            [
                "agency": .string(old.text), "successor": .string(proposal.successor.text),
                "by": .string(proposal.by.text), "at": .integer(proposal.at.milliseconds),
            ]
        }
        return .array(done + open)
    }

    init() {}

    init(_ value: JSONValue?) throws(EventFault) {
        for value in value?.array ?? [] {
            let fields = try Fields(value)
            let agency = try fields.word("agency") { AgencyID($0) }
            let successor = try fields.word("successor") { AgencyID($0) }
            guard fields.object["by"] != nil else {
                successors[agency] = successor
                continue
            }
            proposed[agency] = Proposal(
                successor: successor,
                by: try fields.word("by") { MemberID($0) },
                at: try fields.time("at")
            )
        }
    }
}

extension Gate {
    mutating func decideSuccession(_ act: SuccessionAct) throws(Refusal) -> Decision {
        let purpose = try purpose(.administration)
        try notCivil()
        let isLiaison = member.roles(in: nil, now).contains(.liaison)
        switch act {
        case .propose(let successor, let reason):
            try require("P05", isLiaison, "The asker is a liaison of the agency.", ask: "Ask your agency's liaison.")
            try successive(member.agency, successor)
            let earlier = state.successions.proposed[member.agency]
            try require(
                "L01",
                earlier == nil,
                "No successor is proposed yet.",
                message: "\(earlier?.successor.text ?? "-") is proposed already: take that back first."
            )
            return succession(purpose, .proposed(member.agency, successor: successor, reason: reason))
        case .accept(let agency):
            let proposal = try proposal(agency, isLiaison)
            try require(
                "P05",
                proposal.successor == member.agency,
                "The asker is a liaison of the successor.",
                ask: "Ask a liaison of \(proposal.successor)."
            )
            try successive(agency, member.agency)
            return succession(purpose, .succeeded(agency, successor: member.agency))
        case .decline(let agency, let reason):
            _ = try proposal(agency, isLiaison)
            return succession(purpose, .declined(agency, reason: reason))
        }
    }

    private func succession(_ purpose: Purpose, _ body: SuccessionEvent) -> Decision {
        event(body.kind, .system, .liaison, purpose, .succession(body))
    }

    /// What was proposed of an agency, if it is for the asker to answer or to take back.
    private mutating func proposal(_ agency: AgencyID, _ isLiaison: Bool) throws(Refusal) -> Successions.Proposal {
        let found = state.successions.proposed[agency]
        try require(
            "P05",
            isLiaison && (agency == member.agency || found?.successor == member.agency),
            "The asker is a liaison of the agency, or of the one that is to follow it.",
            ask: "Ask a liaison of \(agency)."
        )
        try require(
            "L01",
            found != nil,
            "A successor is proposed.",
            message: "Nobody is proposed to follow \(agency)."
        )
        guard let found else { throw Refusal(row: "L01") }
        return found
    }

    /// One agency can follow the other, and nothing is open that does not pass over.
    private mutating func successive(_ old: AgencyID, _ new: AgencyID) throws(Refusal) {
        guard old != new, let ending = state.agencies[old], let following = state.agencies[new] else {
            throw .malformed(field: "successor", "another agency that is registered: `accord agency list`")
        }
        let ended = [old, new].first(where: state.successions.hasEnded)
        try require(
            "L01",
            ended == nil,
            "Neither was followed by another.",
            message: "\(ended?.text ?? "-") was followed by another already."
        )
        try require(
            "P03",
            Set(ending.missions) == Set(following.missions),
            "The two have the same missions: access for criminal work is not handed to a civil component.",
            message: "\(new) has other missions than \(old): what was for the one is not for the other.",
            ask: "Ask the administrator which missions are recorded."
        )
        try require(
            "P08",
            Set(ending.missions).isDisjoint(with: [.oversight, .administration]),
            "Neither oversees, nor runs the service.",
            message:
                "Members who oversee or run the service are enrolled anew: nothing else of their agency passes over."
        )
        let policies = [old, new].map { !state.jurisdiction.inForce(of: $0, now).isEmpty }
        try require(
            "P03J",
            policies[1] || !policies[0],
            "The successor has a policy in force where the agency has one.",
            message: "\(old) has a policy of its own in force, which does not pass over, and \(new) has none.",
            ask: "Ask a liaison of \(new) to propose one: `accord policy propose`."
        )
        let open = state.keepsSuccessionOpen(old)
        try require(
            "L01",
            open.isEmpty,
            "Nothing of the agency is open that does not pass over.",
            message: "Still open of \(old): \(open.joined(separator: ", ")).",
            ask: "Complete or withdraw it; what the successor needs it submits itself."
        )
    }
}

extension CaseworkState {
    /// Whether an agency is registered, and was not followed by another.
    func stands(_ agency: AgencyID) -> Bool { agencies[agency] != nil && !successions.hasEnded(agency) }

    /// What would be nobody's if an agency were followed by another, in words.
    fileprivate func keepsSuccessionOpen(_ agency: AgencyID) -> [String] {
        var open: [String] = []
        if deconfliction.isBusy(agency) { open.append("submissions to deconfliction") }
        let owes = cases.values.contains { file in
            file.state != .closed
                && file.work.all.contains { item in
                    guard let workflow = Workflows.named(item.workflow), workflow.isOfVictims else { return false }
                    return item.agency == agency && !workflow.ended.contains(item.state)
                        && workflow.blocksClosing(item)
                }
        }
        if owes { open.append("something that its victim services owe") }
        return open
    }

    mutating func evolve(_ done: SuccessionEvent, _ event: Event, at now: UTCTime) {
        switch done {
        case .proposed(let agency, let successor, _):
            guard let by = event.member else { return }
            successions.proposed[agency] = Successions.Proposal(successor: successor, by: by, at: now)
        case .declined(let agency, _): successions.proposed[agency] = nil
        case .succeeded(let agency, let successor): succeed(agency, by: successor, at: now)
        }
    }

    private mutating func succeed(_ old: AgencyID, by new: AgencyID, at now: UTCTime) {
        successions.succeed(old, by: new)
        names.pass(old, to: new)
        for id in agreements.keys where agreements[id]?.parties.contains(old) ?? false {
            let parties = (agreements[id]?.parties ?? []).passed(old, to: new)
            agreements[id]?.parties = parties
            if agreements[id]?.designee == old { agreements[id]?.designee = new }
        }
        for id in casesByAgency[old] ?? [] {
            guard let index = cases.index(forKey: id) else { continue }
            let dropped = cases.values[index].pass(old, to: new, at: now)
            for (stream, item) in dropped { clocks.stop(.certification, stream, item) }
            keep(of: new, in: id)
        }
        casesByAgency[new, default: []].formUnion(casesByAgency[old] ?? [])
        casesByAgency[old] = nil
        docket.pass(old, to: new)
        for rule in signing where rule.agency == old {
            signing.remove(rule)
            signing.insert(SigningRule(agency: new, role: rule.role, act: rule.act))
        }
        for id in members.keys where members[id]?.agency == old && members[id]?.isDisabled == false { disable(id) }
    }

    /// What waits for liaisons about an agency's successor.
    func successionTasks(for member: Member, _ now: UTCTime) -> [InboxTask] {
        guard member.roles(in: nil, now).contains(.liaison) else { return [] }
        return successions.proposed.sorted { $0.key < $1.key }.compactMap { agency, proposal in
            guard proposal.successor == member.agency else { return nil }
            return InboxTask(
                kind: "succession",
                caseNumber: "",
                item: agency.text,
                fromAgency: agency.text,
                since: proposal.at,
                summary:
                    "\(agency) is to be followed by \(member.agency), in all its cases and agreements. The access of its members ends then.",
                command:
                    "accord agency accept-succession \(agency)\naccord agency decline-succession \(agency) --reason WHY"
            )
        }
    }

    /// Their members, as the state knows them.
    package func members(_ holders: SessionHolders) -> [MemberID] {
        switch holders {
        case .member(let member): [member]
        case .membersOf(let agency): members.values.filter { $0.agency == agency }.map(\.id)
        }
    }
}

extension [AgencyID] {
    fileprivate func passed(_ old: AgencyID, to new: AgencyID) -> [AgencyID] {
        var list: [AgencyID] = []
        for agency in map({ $0 == old ? new : $0 }) where !list.contains(agency) { list.append(agency) }
        return list
    }
}

extension CaseFile {
    /// What an agency was in the case, its successor is.
    ///
    /// - Returns: Certifications that are waited for no more, by stream and name: the successor is no recipient that was listed.
    fileprivate mutating func pass(
        _ old: AgencyID,
        to new: AgencyID,
        at now: UTCTime
    ) -> [(stream: CaseID, item: String)] {
        if var part = participants.removeValue(forKey: old) {
            let isThere = participants[new]?.standing == .joined
            part.agency = new
            part.since = now
            if !isThere { participants[new] = part } else if part.mode == .lead { participants[new]?.mode = .lead }
        }
        if leadAgency == old { leadAgency = new }
        if unconsented.remove(old) != nil { unconsented.insert(new) }
        assignments = assignments.filter { $0.value != old }
        if let member = successor, assignments[member] == nil { (successor, predecessor) = (nil, nil) }
        for index in permissions.indices { permissions[index].pass(old, to: new) }
        for index in releases.indices {
            if releases[index].recipient == old { releases[index].recipient = new }
            if releases[index].from == old { releases[index].from = new }
        }
        removals.pass(old, to: new)
        return work.pass(old, to: new)
    }
}

extension Permission {
    fileprivate mutating func pass(_ old: AgencyID, to new: AgencyID) {
        if origin == old { origin = new }
        if recipient == old { recipient = new }
        if requesterAgency == old { requesterAgency = new }
    }
}

extension Removals {
    fileprivate mutating func pass(_ old: AgencyID, to new: AgencyID) {
        for index in purges.indices {
            if purges[index].proposerAgency == old { purges[index].proposerAgency = new }
            for place in purges[index].notices.indices where purges[index].notices[place].recipient == old {
                purges[index].notices[place].recipient = new
            }
        }
    }
}

extension WorkItem {
    /// What an agency made, is asked or said is its successor's.
    mutating func pass(_ old: AgencyID, to new: AgencyID) {
        if agency == old { agency = new }
        facts = Self.passed(.object(facts), old, new).object ?? facts
        sources = sources.mapValues { $0.agency == old ? Source(agency: new, role: $0.role) : $0 }
        if var face = outward {
            face.facts = Self.passed(.object(face.facts), old, new).object ?? face.facts
            outward = face
        }
    }

    /// A value in which one agency stands for another, each once in a list.
    private static func passed(_ value: JSONValue, _ old: AgencyID, _ new: AgencyID) -> JSONValue {
        if value.string == old.text { return .string(new.text) }
        if let object = value.object {
            return .object(JSONObject(object.members.map { ($0.key, passed($0.value, old, new)) }))
        }
        guard let array = value.array else { return value }
        var list: [JSONValue] = []
        for element in array.map({ passed($0, old, new) }) where element.string == nil || !list.contains(element) {
            list.append(element)
        }
        return .array(list)
    }
}

extension Work {
    fileprivate mutating func pass(_ old: AgencyID, to new: AgencyID) -> [(stream: CaseID, item: String)] {
        var dropped: [(stream: CaseID, item: String)] = []
        for item in all {
            guard Workflows.named(item.workflow)?.isOfVictims ?? true else {
                change(item.workflow, item.number) { $0.pass(old, to: new) }
                continue
            }
            guard item.agency("to") == old, item.facts["decision"] == nil, let stream = item.stream else { continue }
            change(item.workflow, item.number) { ($0.facts["to"], $0.facts["days"]) = (nil, nil) }
            dropped.append((stream, item.id))
        }
        return dropped
    }
}

extension Docket {
    /// What oversight asked an agency, it asks the successor; whom a complaint concerns, it concerns.
    fileprivate mutating func pass(_ old: AgencyID, to new: AgencyID) {
        for item in work.all where item.workflow == "finding" && item.agency("to") == old {
            change(item) { $0.facts["to"] = .string(new.text) }
        }
    }
}

extension Deconflictions {
    /// Whether an agency has anything planned, looks for anybody, or has a conflict that is not settled.
    fileprivate func isBusy(_ agency: AgencyID) -> Bool {
        events.values.contains { $0.agency == agency && $0.state == .planned }
            || !concerns(of: agency).targets.isEmpty || !concerns(of: agency).conflicts.isEmpty
    }
}
