package import Policy

/// Everything that a decision needs, in memory: the registry, and each case without its texts.
package struct CaseworkState: Sendable {
    package internal(set) var agencies: [AgencyID: Agency] = [:]
    package internal(set) var agreements: [AgreementID: Agreement] = [:]
    package internal(set) var members: [MemberID: Member] = [:]
    package internal(set) var cases: [CaseID: CaseFile] = [:]
    /// Each agency's own policy.
    package internal(set) var jurisdiction = Jurisdictions()
    /// Which acts their authors have to sign.
    var signing: Set<SigningRule> = []
    /// Which agencies were followed by which.
    var successions = Successions()
    /// Accounts of the host from which no proof is taken, and since when.
    var locks: [UInt32: UTCTime] = [:]
    var membersByUID: [UInt32: MemberID] = [:]
    var membersByKey: [String: MemberID] = [:]
    var casesByNumber: [String: CaseID] = [:]
    /// By code word in small letters; several cases may carry one, for a lead is not told of another's.
    var casesByTitle: [String: [CaseID]] = [:]
    /// The cases that an agency ever had to do with: a search looks at no others, so that neither its answer nor its time tells
    /// of them.
    var casesByAgency: [AgencyID: Set<CaseID>] = [:]
    /// The case of each item of shared work that has its lines in a stream of its own.
    var casesByStream: [CaseID: CaseID] = [:]
    /// The cases whose leads propose a link, by the number that they name; there may be no such case.
    var linkProposals: [String: Set<CaseID>] = [:]
    /// What is due, and when.
    package internal(set) var clocks = Clocks()
    /// Refusals at which somebody has to look.
    var alerts = Alerts()
    /// What agencies plan and whom they look for, and where that meets.
    package internal(set) var deconfliction = Deconflictions()
    /// What stands before oversight.
    package internal(set) var docket = Docket()
    /// Which days are business days from now on; what runs already keeps its end.
    package internal(set) var calendar = BusinessCalendar.none
    /// What was refused to each last.
    package internal(set) var pastRefusals: [MemberID: PastRefusal] = [:]
    /// Who put it in force, and who took note of that.
    package internal(set) var calendarNews = CalendarNews()
    /// What was made out of the record for others.
    var reports = Reports()
    /// Where the record went on from a backup.
    package internal(set) var restorations: [RestoredLine] = []
    var names = Names()
    var grants: Int64 = 0

    /// The state of an empty record.
    package init() {}

    /// Names that entries carry as numbers.
    struct Names: Sendable {
        private(set) var agencies: [AgencyID] = []
        private(set) var members: [MemberID] = []
        private var agencyIndex: [AgencyID: UInt16] = [:]
        private var memberIndex: [MemberID: UInt32] = [:]

        mutating func index(of agency: AgencyID) -> UInt16 {
            if let known = agencyIndex[agency] { return known }
            let index = UInt16(clamping: agencies.count)
            agencies.append(agency)
            agencyIndex[agency] = index
            return index
        }

        mutating func index(of member: MemberID) -> UInt32 {
            if let known = memberIndex[member] { return known }
            let index = UInt32(clamping: members.count)
            members.append(member)
            memberIndex[member] = index
            return index
        }

        /// What one agency contributed is its successor's.
        mutating func pass(_ old: AgencyID, to new: AgencyID) {
            guard agencyIndex.removeValue(forKey: old) != nil else { return }
            for place in agencies.indices where agencies[place] == old { agencies[place] = new }
            agencyIndex[new] = agencies.firstIndex(of: new).map { UInt16(clamping: $0) }
        }

        /// Reads a table back, in which one agency may stand in several places.
        mutating func restore(_ read: [AgencyID]) {
            for (place, agency) in read.enumerated() {
                agencies.append(agency)
                if agencyIndex[agency] == nil { agencyIndex[agency] = UInt16(clamping: place) }
            }
        }

        func agency(_ index: UInt16) -> AgencyID? { agencies.indices.contains(Int(index)) ? agencies[Int(index)] : nil }

        func member(_ index: UInt32) -> MemberID? { members.indices.contains(Int(index)) ? members[Int(index)] : nil }
    }

    /// The member who speaks as `by`: `uid:N`, or a key's fingerprint.
    package func member(by: String) -> Member? {
        let id: MemberID?
        if by.utf8.starts(with: "uid:".utf8) {
            id = UInt32(by.dropFirst(4)).flatMap { membersByUID[$0] }
        } else {
            id = membersByKey[by]
        }
        guard let member = id.flatMap({ members[$0] }), !member.isDisabled else { return nil }
        return member
    }

    /// True if a session that speaks as `by` is, or was, the member's.
    package func everHeld(_ by: String, by id: MemberID) -> Bool {
        guard let member = members[id] else { return false }
        if by.utf8.starts(with: "uid:".utf8) { return member.uids.contains { by == "uid:\($0)" } }
        return member.keys.contains(by) || member.formerKeys.contains(by)
    }

    /// Files a case under the names and agencies by which it is found.
    mutating func index(_ file: CaseFile) {
        casesByNumber[file.number] = file.id
        casesByTitle[Self.folded(file.title), default: []].append(file.id)
        for agency in file.participants.keys { casesByAgency[agency, default: []].insert(file.id) }
        for (number, link) in file.links where link.state == .proposed {
            linkProposals[number, default: []].insert(file.id)
        }
        for item in file.work.all {
            if let stream = item.stream { casesByStream[stream] = file.id }
            guard !(Workflows.named(item.workflow)?.isClosed ?? true) else { continue }
            for party in item.parties { casesByAgency[party, default: []].insert(file.id) }
        }
        for release in file.releases { casesByAgency[release.recipient, default: []].insert(file.id) }
        if let designee = agreements[file.agreement]?.designee { casesByAgency[designee, default: []].insert(file.id) }
    }

    package func number(of caseID: CaseID) -> String? { cases[caseID]?.number }

    /// The agencies that stand now where others stood.
    package var successors: [AgencyID: AgencyID] { successions.successors }

    /// An agency, and those that it followed, whose lines go on to name them.
    package func names(of agency: AgencyID) -> Set<AgencyID> {
        Set(successors.filter { $0.value == agency }.keys).union([agency])
    }

    package func origin(of facts: EntryFacts) -> AgencyID? { names.agency(facts.origin) }

    package func author(of facts: EntryFacts) -> MemberID? { names.member(facts.author) }
}

/// The line from which on the record went on from a backup.
package struct RestoredLine: Hashable, Sendable {
    /// Its position in the registry.
    package var line: Int64
    /// How many lines were kept.
    package var kept: Int64
    package var at: UTCTime
}

/// Where in the record an event stands.
package struct StreamPosition: Hashable, Sendable {
    package var caseSeq: UInt64
    package var recordedAt: UTCTime
    /// The rule that refused, of a refusal; nil of what happened.
    package var rule: String?

    package init(caseSeq: UInt64, recordedAt: UTCTime, rule: String? = nil) {
        self.caseSeq = caseSeq
        self.recordedAt = recordedAt
        self.rule = rule
    }
}
