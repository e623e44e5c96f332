import Policy

@testable import Casework

/// What domain.md 6.3, 6.5, 6.6 and 6.8 say, written down a second time and in another way: a model that follows the
/// record by itself and says yes or no.
///
/// It calls nothing of the gate, of standings or of the state.
struct Oracle {
    struct Person {
        var agency: AgencyID
        var grants: [Grant] = []
        var isDisabled = false
        var hadRole = false
        var uids: [UInt32]
        var keys: [String]
    }

    struct Part {
        var mode: CooperationMode
        var step: String
        var agreement: AgreementID
    }

    struct Item {
        var number: Int64
        var origin: AgencyID
        var author: MemberID
        var handling: Handling
        var compartment: Compartment
        var state = "current"
        var noted: Set<MemberID> = []
        var isSealed = false
        /// The newest order that bars anything of it.
        var bar: Int64 = 0
        var isProtected = false
        var isPurged = false
        /// How many lines speak about it beside the one that recorded it.
        var remarks = 0
        var review: RetentionDecision?
    }

    struct Order {
        var terms: OrderTerms
        var entries: Set<Int64>
        var by: MemberID
    }

    struct Proposal {
        var entries: Set<Int64>
        var order: Int64?
        var by: MemberID
        var role: Role
        var answer = "open"
        var remarks: Int
        var told: [AgencyID: Bool] = [:]
    }

    struct Question {
        var entry: Int64
        var recipient: AgencyID
        var origin: AgencyID
        var asker: MemberID
        var askingAgency: AgencyID
        var answer: Bool?
    }

    struct Gift {
        var entry: Int64
        var recipient: AgencyID
        var purpose: Purpose
        /// An emergency's end, and who declared it when.
        var end: UTCTime?
        var declared: (who: MemberID, at: UTCTime)?
        var isReviewed = false
    }

    struct Folder {
        var id: CaseID
        var number: String
        var title: String
        var lead: AgencyID
        var agreement: AgreementID
        var step = "draft"
        var proposer: MemberID?
        var awaits = false
        var parts: [AgencyID: Part]
        var assigned: [MemberID: AgencyID]
        var items: [Int64: Item] = [:]
        var errands: [String: Errand] = [:]
        var questions: [Int64: Question] = [:]
        var gifts: [Gift] = []
        var orders: [Int64: Order] = [:]
        /// Whom the order permits under which all of the case is sealed; nil where it is not.
        var seal: Set<MemberID>?
        var sealOrder: Int64 = 0
        /// What each hold keeps, nothing for all; nil once it is lifted.
        var holds: [Int64: Set<Int64>?] = [:]
        var holders: [Int64: AgencyID] = [:]
        var proposals: [Int64: Proposal] = [:]
        /// Numbers of cases that its lead agrees to link it with, those that it is linked with, and what he declined when.
        var agrees: [String: UTCTime] = [:]
        var links: Set<String> = []
        var declines: [String: UTCTime] = [:]
        var position: Int64
        var entries: Int64 = 0
        /// Who proposed another predicate, and the agencies that have not agreed to the one that is.
        var otherBy: MemberID?
        var awaited: Set<AgencyID> = []
    }

    var people: [MemberID: Person] = [:]
    var agencies: [AgencyID: [Mission]] = [:]
    var agreements: [AgreementID: Agreement] = [:]
    var folders: [CaseID: Folder] = [:]
    /// What each agency's policy says of its data, by version, from when it was proposed, and which versions are in force.
    var limits: [AgencyID: [Int64: [Limit]]] = [:]
    var inForce: [AgencyID: Set<Int64>] = [:]
    /// Who is proposed to follow an agency, and the agencies that were followed.
    var heirs: [AgencyID: AgencyID] = [:]
    var followed: Set<AgencyID> = []
    var now = UTCTime(milliseconds: 0)

    private static let working: Set<Role> = [.lead, .contributor, .analyst, .legal, .victimServices]
}

// MARK: - Following the record

extension Oracle {
    mutating func follow(_ event: Event, at place: StreamPosition) {
        switch event.body {
        case .access, .system: return
        case .agency(let agency): agencies[agency.id] = agency.missions
        case .agreementRecorded(let agreement): agreements[agreement.id] = agreement
        case .agreementRenewed(let id, let ends): agreements[id]?.endsAt = ends
        case .agreementTerminated(let id, _): agreements[id]?.isTerminated = true
        case .memberEnrolled(let new):
            people[new.id] = Person(agency: new.agency, uids: new.uids, keys: new.keys)
        case .keyAdded(let id, let key, _): people[id]?.keys.append(key)
        case .keyRevoked(let id, let key, _): people[id]?.keys.removeAll { $0 == key }
        case .roleGranted(let id, let grant):
            people[id]?.grants.append(grant)
            people[id]?.hadRole = true
        case .roleRevoked(let id, let number, _): people[id]?.grants.removeAll { $0.number == number }
        case .memberDisabled(let id, _): people[id]?.isDisabled = true
        case .caseDrafted(let draft):
            guard let lead = event.member else { return }
            folders[event.caseID] = Folder(
                id: event.caseID,
                number: draft.number,
                title: draft.title,
                lead: draft.leadAgency,
                agreement: draft.agreement,
                parts: [draft.leadAgency: Part(mode: .lead, step: "joined", agreement: draft.agreement)],
                assigned: [lead: draft.leadAgency],
                position: 0
            )
        case .submitted(let id, let entry): put(entry, event, in: id)
        case .removal(let removal): follow(removal, event)
        case .caseLink(let number, _): follow(link: number, event, place.recordedAt)
        case .work(let done): follow(done, event, Int64(place.caseSeq))
        case .jurisdiction(let policy): follow(policy)
        case .amendment(let done): follow(done, event)
        case .succession(let done): follow(done)
        default: followCase(event, place.recordedAt)
        }
        folders[event.caseID]?.position = Int64(place.caseSeq)
    }

    private mutating func put(_ entry: EntryRecord, _ event: Event, in id: CaseID) {
        guard let agency = event.agency, let member = event.member else { return }
        folders[id]?.items[entry.number] = Item(
            number: entry.number,
            origin: agency,
            author: member,
            handling: entry.handling,
            compartment: entry.compartment,
            noted: entry.asksAcknowledgement ? [member] : []
        )
        if let old = entry.supersedes { folders[id]?.items[old]?.state = "corrected" }
    }

    private mutating func follow(link number: String, _ event: Event, _ at: UTCTime) {
        guard var folder = folders[event.caseID] else { return }
        let isBound = folder.agrees[number] != nil || folder.links.contains(number)
        folder.agrees[number] = event.kind == "case.link_proposed" ? at : nil
        if event.kind == "case.linked" { folder.links.insert(number) } else { folder.links.remove(number) }
        folder.declines[number] = event.kind == "case.unlinked" && !isBound ? at : nil
        folders[event.caseID] = folder
    }

    private mutating func followCase(_ event: Event, _ at: UTCTime) {
        let id = event.caseID
        guard let agency = event.agency, let member = event.member else { return }
        switch event.body {
        case .caseMoved:
            switch event.kind {
            case "case.proposed":
                folders[id]?.step = "proposed"
                folders[id]?.proposer = member
            case "case.opened", "case.resumed": folders[id]?.step = "open"
            case "case.declined": folders[id]?.step = "declined"
            case "case.abandoned": folders[id]?.step = "abandoned"
            case "case.suspended": folders[id]?.step = "suspended"
            case "case.closed": folders[id]?.step = "closed"
            case "case.reopening_proposed":
                folders[id]?.awaits = true
                folders[id]?.proposer = member
            case "case.reopened":
                folders[id]?.step = "open"
                folders[id]?.awaits = false
            default: folders[id]?.awaits = false
            }
        case .agencyInvited(let invited, let mode, let agreement):
            folders[id]?.parts[invited] = Part(mode: mode, step: "invited", agreement: agreement)
        case .agencyAnswered(let answering, _):
            folders[id]?.parts[answering]?.step = String(event.kind.dropFirst("case.agency_".count))
            if event.kind == "case.agency_withdrawn" {
                let staying = folders[id]?.assigned.filter { $0.value != answering }
                folders[id]?.assigned = staying ?? [:]
            }
        case .memberAssigned(let who, let from): folders[id]?.assigned[who] = from
        case .memberRemoved(let who, _): folders[id]?.assigned[who] = nil
        case .entryRecorded(let entry):
            folders[id]?.entries += 1
            put(entry, event, in: id)
        case .entryWithdrawn(let number, _):
            folders[id]?.items[number]?.state = "withdrawn"
            folders[id]?.items[number]?.remarks += 1
        case .entryAcknowledged(let number): folders[id]?.items[number]?.noted.insert(member)
        case .handlingChanged(let number, _, let to, _):
            folders[id]?.items[number]?.handling = to
            folders[id]?.items[number]?.remarks += 1
        case .permissionRequested(let asked):
            folders[id]?.items[asked.entry]?.remarks += 1
            folders[id]?.questions[asked.number] = Question(
                entry: asked.entry,
                recipient: asked.recipient,
                origin: asked.origin,
                asker: member,
                askingAgency: agency
            )
        case .permissionDecided(let number, let isGranted, _):
            folders[id]?.questions[number]?.answer = isGranted
            if !isGranted, let entry = folders[id]?.questions[number]?.entry {
                folders[id]?.items[entry]?.remarks += 1
            }
        case .disseminated(let line):
            folders[id]?.items[line.entry]?.remarks += 1
            folders[id]?.gifts.append(
                Gift(
                    entry: line.entry,
                    recipient: line.recipient,
                    purpose: event.purpose ?? .criminalInvestigation,
                    end: line.emergencyHours.map { UTCTime(milliseconds: at.milliseconds + $0 * 3_600_000) },
                    declared: line.emergencyHours == nil ? nil : (member, at)
                )
            )
        case .emergencyReviewed(let number, _, _): folders[id]?.gifts[Int(number) - 1].isReviewed = true
        default: return
        }
    }
}

// MARK: - Who is what

extension Oracle {
    func isLive(_ id: AgreementID) -> Bool {
        agreements[id].map { !$0.isTerminated && $0.startsAt <= now && now < $0.endsAt } ?? false
    }

    private func roles(_ who: MemberID, _ folder: CaseID?) -> Set<Role> {
        guard let person = people[who], !person.isDisabled else { return [] }
        return Set(
            person.grants.filter { grant in
                guard now < grant.expiresAt else { return false }
                if case .caseFile(let id) = grant.scope { return id == folder }
                return true
            }
            .map(\.role)
        )
    }

    /// One person's place in one case.
    struct Place {
        let who: MemberID
        let agency: AgencyID
        let roles: Set<Role>
        let part: Part?
        let isAssigned: Bool
        let leads: Bool
        let isSecond: Bool
        /// Sealed from him, though he leads it or is its counsel.
        var keepsSeal = false

        var isLiaison: Bool { roles.contains(.liaison) }
        var oversees: Bool { roles.contains(.oversight) }
        var isJoined: Bool { part?.step == "joined" }
        var isIn: Bool { isAssigned && isJoined && !roles.isDisjoint(with: Oracle.working) }
        var investigates: Bool { !roles.isDisjoint(with: [.lead, .contributor]) }
        var works: Bool { isIn && investigates }
    }

    /// The place of somebody, as the seal of the case leaves it.
    func place(_ who: MemberID, _ folder: Folder) -> Place? {
        guard let whole = placeInWhole(who, folder), let permitted = folder.seal, !permitted.contains(who),
            !whole.oversees
        else { return placeInWhole(who, folder) }
        return Place(
            who: who,
            agency: whole.agency,
            roles: whole.roles,
            part: nil,
            isAssigned: false,
            leads: false,
            isSecond: false,
            keepsSeal: whole.leads || isCounsel(whole, folder)
        )
    }

    private func placeInWhole(_ who: MemberID, _ folder: Folder) -> Place? {
        guard let person = people[who], !person.isDisabled else { return nil }
        let held = roles(who, folder.id)
        let isAssigned = folder.assigned[who] == person.agency
        let isLead = person.agency == folder.lead
        let designee = agreements[folder.agreement]?.designee
        return Place(
            who: who,
            agency: person.agency,
            roles: held,
            part: folder.parts[person.agency],
            isAssigned: isAssigned,
            leads: isLead && isAssigned && held.contains(.lead),
            isSecond: held.contains(.liaison) && (isLead || designee == person.agency) && folder.proposer != who
        )
    }

    func knows(_ who: MemberID, _ folder: Folder) -> Bool {
        place(who, folder).map { knows($0, folder) } ?? false
    }

    private func knows(_ place: Place, _ folder: Folder) -> Bool {
        switch folder.step {
        case "draft": return place.leads
        default: break
        }
        if place.oversees || place.isIn || place.keepsSeal { return true }
        if let permitted = folder.seal, !permitted.contains(place.who) { return false }
        if place.isLiaison, place.agency == folder.lead || ["joined", "invited"].contains(place.part?.step) {
            return true
        }
        return place.isSecond && (folder.step == "proposed" || folder.awaits)
    }

    /// 0 nothing, 1 that there is an entry, 2 its text; by membership alone.
    func sight(_ place: Place, _ folder: Folder, _ item: Item) -> Int {
        guard knows(place, folder), !place.keepsSeal else { return 0 }
        if item.isSealed { return place.oversees && ![.oversight, .legal].contains(item.compartment) ? 1 : 0 }
        return min(sightOfWhole(place, folder, item), item.isPurged || isKept(item, from: place, folder) ? 1 : 2)
    }

    /// Whether an agency that left keeps to itself what it gave under H2.
    private func isKept(_ item: Item, from place: Place, _ folder: Folder) -> Bool {
        guard item.handling == .h2, item.compartment != .oversight, item.origin != place.agency else { return false }
        let isGiven = folder.questions.values.contains { question in
            question.answer == true && question.recipient == place.agency && question.entry == item.number
        }
        return folder.parts[item.origin]?.step != "joined" && !isGiven
    }

    /// The same for what is neither sealed nor purged.
    private func sightOfWhole(_ place: Place, _ folder: Folder, _ item: Item) -> Int {
        if place.oversees { return item.compartment == .oversight ? 2 : item.compartment == .legal ? 0 : 1 }
        // Counsel's work product is for counsel, whatever else somebody is.
        if item.compartment == .legal {
            guard place.isAssigned, place.isJoined, place.roles.contains(.legal), let mode = place.part?.mode,
                mode != .deconflictOnly
            else { return 0 }
            return item.origin == place.agency || isLive(place.part?.agreement ?? folder.agreement) ? 2 : 0
        }
        guard item.compartment != .oversight, place.isJoined, let mode = place.part?.mode, mode != .deconflictOnly
        else { return 0 }
        let isReader = place.isAssigned && !place.roles.isDisjoint(with: [.lead, .contributor, .analyst, .legal])
        if item.origin == place.agency, isReader || place.isLiaison {
            if item.compartment == .ordinary || place.isLiaison || mode != .information { return 2 }
        }
        guard isReader, isLive(place.part?.agreement ?? folder.agreement) else { return 0 }
        if item.compartment == .ordinary { return 2 }
        let isTold = place.leads || place.roles.contains(.legal) || (place.investigates && mode != .information)
        return isTold ? 2 : 0
    }

    private func gifts(_ place: Place, _ folder: Folder) -> [Gift] {
        guard !roles(place.who, nil).isDisjoint(with: [.lead, .contributor, .analyst, .legal, .liaison]) else {
            return []
        }
        if let permitted = folder.seal, !permitted.contains(place.who) { return [] }
        return folder.gifts.filter { gift in
            guard gift.recipient == place.agency, let item = folder.items[gift.entry], !item.isSealed, !item.isPurged,
                !item.isProtected
            else { return false }
            if let end = gift.end { return now < end }
            let origin = item.origin
            return agreements.values.contains {
                isLive($0.id) && $0.parties.contains(origin) && $0.parties.contains(place.agency)
            }
        }
    }

    /// Whether this person may read the text of this entry, whatever for.
    func reads(_ who: MemberID, _ folder: Folder, _ number: Int64) -> Bool {
        guard let place = place(who, folder), let item = folder.items[number] else { return false }
        guard !roles(who, nil).contains(.administrator) else { return false }
        return (sight(place, folder, item) == 2 && isAgreed(item, for: place.agency, folder))
            || gifts(place, folder).contains { $0.entry == number }
    }
}

// MARK: - Who may do what

extension Oracle {
    func allows(_ who: MemberID, _ act: Act, _ purpose: Purpose?, _ seen: Int64?) -> Bool {
        guard let person = people[who], !person.isDisabled, purpose != .civilImmigration else { return false }
        let general = roles(who, nil)
        if case .succession(let change) = act {
            return allows(person, isLiaison: general.contains(.liaison), change)
        }
        switch act {
        case .listAgencies, .listAgreements, .listMembers, .explain: return true
        case .listCases, .inbox: return !general.contains(.administrator)
        case .verify, .replay, .readLines, .export(nil): return general.contains(.oversight)
        case .listAccess(nil, _, _, _): return true
        case .draftCase(let proposal):
            let agreement = agreements[proposal.agreement]
            return general.contains(.lead) && isLive(proposal.agreement)
                && agreement?.parties.contains(person.agency) == true
                && agreement?.purposes.contains(.criminalInvestigation) == true
                && (purpose ?? .criminalInvestigation) == .criminalInvestigation
        default: break
        }
        guard let name = act.caseName else { return allowsRegistry(who, person, act) }
        // An administrator asks for no case, by whatever name.
        guard !general.contains(.administrator) else { return false }
        guard let folder = folders.values.first(where: { $0.title == name }), let place = place(who, folder) else {
            return false
        }
        let isKnown = knows(place, folder)
        if isKnown, let seen, act.isBound, seen != folder.position { return false }
        return allows(place, folder, isKnown, act, purpose)
    }

    private func suits(_ place: Place, _ folder: Folder, _ purpose: Purpose?) -> Bool {
        let wanted = purpose ?? .criminalInvestigation
        if place.oversees, wanted == .oversight { return true }
        return [folder.agreement, place.part?.agreement ?? folder.agreement].allSatisfy {
            agreements[$0]?.purposes.contains(wanted) ?? false
        }
    }

    /// Others' entries serve the case, the safety of officers, and what somebody is there for.
    private func serves(_ place: Place, _ item: Item, _ purpose: Purpose?) -> Bool {
        switch purpose ?? .criminalInvestigation {
        case .criminalInvestigation, .criminalProsecution, .officerSafety: true
        case .oversight: place.oversees || item.origin == place.agency
        case .discovery: place.roles.contains(.legal) || item.origin == place.agency
        case .victimAssistance: place.roles.contains(.victimServices) || item.origin == place.agency
        default: item.origin == place.agency
        }
    }

    private func writes(_ place: Place, _ compartment: Compartment) -> Bool {
        guard place.isAssigned, place.isJoined, let mode = place.part?.mode, mode != .deconflictOnly else {
            return false
        }
        switch compartment {
        case .oversight: return !place.roles.isDisjoint(with: Self.working)
        case .ordinary: return place.investigates
        case .operations: return place.investigates && (place.leads || mode != .information)
        case .legal: return place.roles.contains(.legal)
        case .victim, .protected: return false
        }
    }

    private func carries(_ place: Place, _ folder: Folder, _ handling: Handling) -> Bool {
        agreements[place.part?.agreement ?? folder.agreement].map { handling <= $0.handlingCap } ?? false
    }

    private func allows(
        _ place: Place,
        _ folder: Folder,
        _ isKnown: Bool,
        _ act: Act,
        _ purpose: Purpose?
    ) -> Bool {
        let suits = suits(place, folder, purpose)
        func item(_ text: String) -> (Int64, Item)? {
            guard let number = Reference.entry(text), let item = folder.items[number] else { return nil }
            return (number, item)
        }
        func own(_ text: String) -> Item? {
            guard isKnown, let (_, found) = item(text), sight(place, folder, found) > 0, found.origin == place.agency,
                !found.isPurged
            else { return nil }
            return found
        }
        func keeps(_ found: Item) -> Bool {
            (found.author == place.who && writes(place, found.compartment)) || (place.isLiaison && place.part != nil)
        }
        if case .removal(_, let removal) = act {
            let whole = place.keepsSeal ? placeInWhole(place.who, folder) ?? place : place
            let suits = place.keepsSeal ? self.suits(whole, folder, purpose) : suits
            return allows(whole, folder, isKnown, removal, suits)
        }
        // In a sealed case nothing is done.
        if folder.seal != nil, !act.isReading { return false }
        let isOpen = folder.step == "open"
        let takesPart = isLive(place.part?.agreement ?? folder.agreement) && place.part != nil
        switch act {
        case .getCase, .listEntries, .listRegister: return isKnown && suits
        case .getEntry(_, let text):
            guard let (number, found) = item(text), reads(place.who, folder, number) else { return false }
            if isKnown { return suits && serves(place, found, purpose) }
            let given = gifts(place, folder).filter { $0.entry == number }.map(\.purpose)
            return purpose.map { given.contains($0) } ?? true
        case .acknowledgeEntry(_, let text):
            guard let (number, found) = item(text), reads(place.who, folder, number), !place.oversees,
                !found.noted.contains(place.who)
            else { return false }
            if isKnown { return suits && serves(place, found, purpose) && folder.step != "closed" }
            let given = gifts(place, folder).filter { $0.entry == number }.map(\.purpose)
            return purpose.map { given.contains($0) } ?? true
        case .recordEntry(_, let proposal):
            return isKnown && suits && isOpen && takesPart && writes(place, proposal.compartment)
                && carries(place, folder, proposal.handling)
        case .correctEntry(_, let text, _, _):
            guard let found = own(text) else { return false }
            return suits && isOpen && takesPart && writes(place, found.compartment) && found.state == "current"
        case .withdrawEntry(_, let text, _):
            guard let found = own(text) else { return false }
            return suits && folder.step != "closed" && keeps(found) && found.state == "current"
                && !awaitsPurge(folder, text)
        case .changeHandling(_, let text, let handling, _):
            guard let found = own(text) else { return false }
            return suits && folder.step != "closed" && keeps(found) && found.state == "current"
                && handling != found.handling && (handling > found.handling || place.isLiaison)
                && carries(place, folder, handling) && !awaitsPurge(folder, text)
        case .releaseEntry, .requestPermission: return isKnown && isOpen && allowsPassing(place, folder, act, purpose)
        case .breakGlass:
            return isKnown && suits && folder.step != "closed" && allowsPassing(place, folder, act, purpose)
        case .reviewEmergency(_, let text, _, _):
            let number = Reference.number(text, letter: "D").map { Int($0) } ?? 0
            return isKnown && place.oversees && folder.gifts.indices.contains(number - 1)
                && folder.gifts[number - 1].declared != nil && !folder.gifts[number - 1].isReviewed
        case .decidePermission(_, let text, let isGranted, _):
            guard let number = Reference.number(text, letter: "R"), let asked = folder.questions[number] else {
                return false
            }
            return place.isLiaison && asked.origin == place.agency && asked.asker != place.who && asked.answer == nil
                && folder.step != "closed" && (!isKnown || suits)
                && !(folder.items[asked.entry]?.isPurged ?? false)
                && !(isGranted && folder.items[asked.entry]?.isProtected ?? false)
                && (isGranted || !awaitsPurge(folder, "E-\(asked.entry)"))
        case .linkCase(_, let number):
            guard isKnown, place.leads, suits, isOpen, number != folder.number, folder.agrees[number] == nil,
                !folder.links.contains(number), folder.agrees.count < 16
            else { return false }
            guard let other = asking(number, folder), other.lead != folder.lead else { return true }
            return agreements.values.contains { joint in
                isLive(joint.id) && joint.parties.contains(other.lead) && joint.parties.contains(folder.lead)
            }
        case .unlinkCase(_, let number, _):
            return isKnown && place.leads && suits && number != folder.number && folder.step != "closed"
                && (folder.agrees[number] != nil || folder.links.contains(number) || asking(number, folder) != nil)
        case .work(_, let work): return isKnown && suits && isOpen && allows(place, folder, work)
        case .amendment(_, let change): return isKnown && allows(place, folder, change, suits)
        case .export:
            return isKnown && suits && (place.oversees || place.leads || (place.isIn && place.roles.contains(.legal)))
        default: return isKnown && allowsMembership(place, folder, act, purpose == nil || suits, suits)
        }
    }

    /// The case of a number whose lead agrees to a link with this one and waits for an answer.
    private func asking(_ number: String, _ folder: Folder) -> Folder? {
        guard let other = folders.values.first(where: { $0.number == number }), other.step != "closed",
            let agreed = other.agrees[folder.number]
        else { return nil }
        return (folder.declines[number].map { $0 >= agreed } ?? false) ? nil : other
    }

    /// Nothing more is said about an entry while its purge waits for the second person.
    private func awaitsPurge(_ folder: Folder, _ text: String) -> Bool {
        guard let number = Reference.entry(text) else { return false }
        return folder.proposals.values.contains { $0.answer == "open" && $0.entries.contains(number) }
    }

    private func allowsPassing(_ place: Place, _ folder: Folder, _ act: Act, _ purpose: Purpose?) -> Bool {
        switch act {
        case .releaseEntry(_, let text, let recipient, _):
            guard let number = Reference.entry(text), let item = folder.items[number],
                reads(place.who, folder, number), item.state != "withdrawn", !item.isProtected,
                !awaitsPurge(folder, text)
            else { return false }
            let isOwn = item.origin == place.agency
            let mayPass = (place.isLiaison && isOwn) || place.leads || place.works
            let isPermitted = folder.questions.values.contains {
                $0.entry == number && $0.recipient == recipient && $0.answer == true && $0.askingAgency == place.agency
            }
            guard mayPass, (isOwn && (place.isLiaison || item.handling == .h0)) || isPermitted else { return false }
            let part = folder.parts[recipient]
            guard let missions = agencies[recipient], !missions.contains(.civilImmigration),
                !(part?.step == "joined" && part?.mode != .deconflictOnly)
            else { return false }
            return agreements.values.contains { joint in
                isLive(joint.id) && joint.parties.contains(item.origin) && joint.parties.contains(recipient)
                    && joint.purposes.contains(purpose ?? .criminalInvestigation) && item.handling <= joint.handlingCap
            }
        case .breakGlass(_, let text, let recipient, _, _):
            guard let number = Reference.entry(text), number > 0, let item = folder.items[number],
                reads(place.who, folder, number), item.state != "withdrawn", !item.isProtected,
                [.ordinary, .operations].contains(item.compartment),
                place.leads || place.works || isCounsel(place, folder) || (place.isLiaison && place.isJoined),
                let missions = agencies[recipient], !missions.contains(.civilImmigration)
            else { return false }
            let part = folder.parts[recipient]
            guard !(part?.step == "joined" && part?.mode != .deconflictOnly) else { return false }
            let declared = folders.values.flatMap(\.gifts).compactMap(\.declared)
            return declared.filter { $0.who == place.who && $0.at.milliseconds > now.milliseconds - 86_400_000 }.count
                < 2
        case .requestPermission(_, let text, let recipient, _):
            // For his own agency asks who knows that it is there.
            guard let number = Reference.entry(text), let item = folder.items[number],
                reads(place.who, folder, number)
                    || (recipient == place.agency && sight(place, folder, item) > 0 && !item.isPurged),
                item.state != "withdrawn", !item.isProtected
            else { return false }
            return place.works && agencies[recipient] != nil && !awaitsPurge(folder, text)
                && !folder.questions.values.contains {
                    $0.entry == number && $0.recipient == recipient && $0.answer != false
                        && $0.askingAgency == place.agency
                }
        default: return false
        }
    }

    private func allowsMembership(
        _ place: Place,
        _ folder: Folder,
        _ act: Act,
        _ suitsIfStated: Bool,
        _ suits: Bool
    ) -> Bool {
        if case .moveCase(_, let move, _) = act { return suits && allowsMove(place, folder, move) }
        guard folder.step != "closed", suitsIfStated else { return false }
        let assigns = (place.isLiaison && place.part != nil) || place.leads
        switch act {
        case .inviteAgency(_, let agency, let mode, let stated):
            let id = stated ?? folder.agreement
            let parties = agreements[id]?.parties ?? []
            return place.leads && ["open", "suspended"].contains(folder.step) && agencies[agency] != nil && isLive(id)
                && parties.contains(agency) && parties.contains(folder.lead)
                && (agreements[id]?.purposes.contains(.criminalInvestigation) == true
                    || mode == .deconflictOnly && agreements[id]?.purposes.contains(.officerSafety) == true)
                && [nil, "declined", "withdrawn"].contains(folder.parts[agency]?.step)
        case .joinCase:
            return place.isLiaison && place.part?.step == "invited" && isLive(place.part?.agreement ?? folder.agreement)
        case .declineInvitation: return place.isLiaison && place.part?.step == "invited"
        case .withdrawAgency: return place.isLiaison && place.isJoined && place.agency != folder.lead
        case .assignMember(_, let who):
            return assigns && place.isJoined && people[who]?.agency == place.agency
                && !roles(who, folder.id).isDisjoint(with: Self.working) && folder.assigned[who] == nil
        case .removeMember(_, let who, _): return assigns && folder.assigned[who] == place.agency
        default: return false
        }
    }

    private func allowsMove(_ place: Place, _ folder: Folder, _ move: CaseMove) -> Bool {
        let isLive = isLive(folder.agreement)
        switch (move, folder.step) {
        case (.propose, "draft"), (.propose, "declined"): return place.leads && isLive
        case (.approve, "proposed"): return place.isSecond && isLive
        case (.decline, "proposed"): return place.isSecond
        case (.abandon, "draft"), (.abandon, "proposed"), (.abandon, "declined"): return place.leads
        case (.suspend, "open"), (.close, "open"), (.close, "suspended"): return place.leads
        case (.review, "open"), (.review, "suspended"), (.review, "referred"), (.review, "prosecuting"):
            return place.leads
        case (.review, "disposed"): return place.leads
        case (.resume, "suspended"): return place.leads && isLive
        case (.proposeReopening, "closed"): return place.leads && !folder.awaits
        case (.approve, "closed"): return folder.awaits && place.isSecond && isLive
        case (.decline, "closed"): return folder.awaits && place.isSecond
        default: return false
        }
    }

    // MARK: Agencies and members

    private func allowsRegistry(_ who: MemberID, _ person: Person, _ act: Act) -> Bool {
        let general = roles(who, nil)
        let runs = general.contains(.administrator)
        func registers(_ agency: AgencyID) -> Bool { runs || (general.contains(.liaison) && agency == person.agency) }
        func target(_ id: MemberID) -> Person? {
            guard let found = people[id], registers(found.agency) else { return nil }
            return found
        }
        func leavesAnAdministrator(_ id: MemberID) -> Bool {
            !roles(id, nil).contains(.administrator)
                || people.keys.contains { $0 != id && roles($0, nil).contains(.administrator) }
        }
        let active = people.values.filter { !$0.isDisabled }
        switch act {
        case .registerAgency(let agency): return runs && agencies[agency.id] == nil
        case .updateAgency(let agency): return runs && agencies[agency.id] != nil
        case .renewAgreement(let id, let ends):
            guard let agreement = agreements[id] else { return false }
            return runs && !agreement.isTerminated && ends > now && ends > agreement.startsAt
        case .terminateAgreement(let id, _): return runs && agreements[id].map { !$0.isTerminated } ?? false
        case .enrolMember(let new, _):
            return registers(new.agency) && agencies[new.agency] != nil && people[new.id] == nil
                && active.allSatisfy {
                    Set($0.uids).isDisjoint(with: new.uids) && Set($0.keys).isDisjoint(with: new.keys)
                }
        case .addKey(let id, let key, _):
            guard let found = id == who ? person : target(id), !found.isDisabled else { return false }
            return (id == who || !runs || !found.hadRole) && active.allSatisfy { !$0.keys.contains(key) }
        case .revokeKey(let id, let key, _):
            return (id == who || target(id) != nil) && people[id]?.keys.contains(key) == true
        case .disableMember(let id, _):
            return target(id).map { !$0.isDisabled } ?? false && leavesAnAdministrator(id)
        case .revokeRole(let id, let text, _):
            guard let found = target(id), let number = Reference.number(text, letter: "G"),
                let grant = found.grants.first(where: { $0.number == number })
            else { return false }
            return grant.role != .administrator || leavesAnAdministrator(id)
        case .grantRole(let id, let role, let scope, let ends):
            guard let found = people[id], id != who else { return false }
            let holders = people.filter {
                $0.value.agency == found.agency && $0.key != id && roles($0.key, nil).contains(role)
            }
            switch role {
            case .liaison, .oversight: guard holders[who] != nil || (runs && holders.isEmpty) else { return false }
            default: guard target(id) != nil, runs || Self.working.contains(role) else { return false }
            }
            if scope != "system", scope != "agency" {
                guard !runs, role != .oversight,
                    let folder = folders.values.first(where: { $0.number == scope }), knows(who, folder)
                else {
                    return false
                }
            }
            guard let ends, ends > now, ends <= now.adding(days: 400) else { return false }
            let held = Set(found.grants.filter { now < $0.expiresAt }.map(\.role))
            for alone in [Role.administrator, .oversight] {
                if role == alone, !held.subtracting([alone]).isEmpty { return false }
                if role != alone, held.contains(alone) { return false }
            }
            return role != .oversight || agencies[found.agency] == [.oversight]
        default: return false
        }
    }
}

extension Act {
    /// True if it states on which position of the case it rests.
    fileprivate var isBound: Bool {
        if case .acknowledgeEntry = self { return false }
        if case .removal(_, .certify) = self { return false }
        return !isReading
    }
}
