import Policy
import StrictJSON

@testable import Casework

/// What domain.md 2.5, 2.13 and 6.3 say of victims' references, of consents, and of what stands before oversight, a second time: who
/// may write, and who may read.
///
/// It calls nothing of the gate, of standings or of the state.
struct CareOracle {
    struct Consent {
        let victim: String
        let maker: AgencyID
        let recipients: Set<AgencyID>
        let coversNeeds: Bool
        var isGiven = true
    }

    struct Matter {
        let isFinding: Bool
        /// Whom it concerns, or who is asked to answer.
        let agency: AgencyID?
        let named: String?
        var step: String
    }

    /// Who is in the case, and how.
    var oracle = Oracle()
    var references: [String: AgencyID] = [:]
    var consents: [String: Consent] = [:]
    var matters: [String: Matter] = [:]

    mutating func follow(_ event: Event, at place: StreamPosition) {
        oracle.follow(event, at: place)
        switch event.body {
        case .work(let done): follow(done, event)
        case .docket(let done): follow(docket: done)
        case .clock(let clock): consents[clock.item]?.isGiven = false
        default: return
        }
    }

    private mutating func follow(_ done: WorkEvent, _ event: Event) {
        guard let maker = event.agency else { return }
        switch done.kind {
        case "victim.reference_minted": references[done.item] = maker
        case "victim.consent_recorded":
            let recipients = (done.facts["recipients"]?.array ?? []).compactMap { $0.string.flatMap { AgencyID($0) } }
            consents[done.item] = Consent(
                victim: done.facts["victim"]?.string ?? "",
                maker: maker,
                recipients: Set(recipients),
                coversNeeds: done.facts["scope"]?.array?.contains("needs") ?? false
            )
        case "victim.consent_withdrawn": consents[done.item]?.isGiven = false
        default: return
        }
    }

    private mutating func follow(docket done: WorkEvent) {
        func agency(_ fact: String) -> AgencyID? { done.facts[fact]?.string.flatMap { AgencyID($0) } }
        switch done.kind {
        case "complaint.received":
            let named = done.facts["named"]?.string
            matters[done.item] = Matter(isFinding: false, agency: agency("agency"), named: named, step: "new")
        case "finding.issued":
            matters[done.item] = Matter(isFinding: true, agency: agency("to"), named: nil, step: "new")
        case "complaint.routed": matters[done.item]?.step = "routed"
        case "finding.responded": matters[done.item]?.step = "answered"
        case "complaint.closed", "finding.closed": matters[done.item]?.step = "closed"
        default: return
        }
    }

    // MARK: Who may

    func allows(_ who: MemberID, _ act: Act) -> Bool {
        guard let person = oracle.people[who], !person.isDisabled else { return false }
        switch act {
        case .docket(let work): return allows(who, docket: work)
        case .getDocket(let name): return matters[name].map { reads(who, $0) } ?? false
        case .work(_, let work): return services(who).map { allows($0, work) } ?? false
        case .getWork(_, let name): return services(who).map { reads($0, name) } ?? false
        default: return false
        }
    }

    private func holds(_ who: MemberID, _ role: Role) -> Bool {
        oracle.people[who]?.grants.contains { $0.role == role && oracle.now < $0.expiresAt } ?? false
    }

    /// Oversight reads what does not concern it; a liaison reads the finding that his agency answers.
    private func reads(_ who: MemberID, _ matter: Matter) -> Bool {
        let agency = oracle.people[who]?.agency
        if matter.isFinding, holds(who, .liaison), matter.agency == agency { return true }
        guard holds(who, .oversight) else { return false }
        return matter.isFinding || (matter.agency != agency && matter.named != who.text)
    }

    private func allows(_ who: MemberID, docket act: WorkAct) -> Bool {
        if act.event == "complaint.received" { return true }
        if act.event == "finding.issued" { return holds(who, .oversight) }
        guard let matter = act.item.flatMap({ matters[$0] }), reads(who, matter) else { return false }
        switch act.event {
        case "finding.responded":
            return holds(who, .liaison) && matter.agency == oracle.people[who]?.agency && matter.step == "new"
        case "complaint.routed": return holds(who, .oversight) && matter.step == "new"
        case "complaint.closed", "finding.closed": return holds(who, .oversight) && matter.step != "closed"
        default: return false
        }
    }

    /// The agency for which somebody is victim services in the case, under an agreement that is live; nil if he is not.
    private func services(_ who: MemberID) -> AgencyID? {
        guard let folder = oracle.folders.values.first, let place = oracle.place(who, folder), place.isIn,
            place.roles.contains(.victimServices), !place.roles.contains(.administrator),
            place.part.map({ oracle.isLive($0.agreement) }) ?? false
        else { return nil }
        return place.agency
    }

    private func allows(_ agency: AgencyID, _ act: WorkAct) -> Bool {
        let folder = oracle.folders.values.first
        switch act.event {
        case "victim.reference_minted": return true
        case "victim.needs_recorded": return act.item.flatMap { references[$0] } == agency
        case "victim.consent_recorded":
            let recipients = (act.facts["recipients"]?.array ?? []).compactMap { $0.string.flatMap { AgencyID($0) } }
            let ends = act.facts["expires_at"]?.integer ?? 0
            let latest = oracle.now.adding(days: 181).milliseconds
            return act.facts["victim"]?.string.flatMap { references[$0] } == agency
                && recipients.allSatisfy { folder?.parts[$0]?.step == "joined" }
                && ends > oracle.now.milliseconds && ends < latest
        case "victim.consent_withdrawn":
            return act.item.flatMap { consents[$0] }.map { $0.maker == agency && $0.isGiven } ?? false
        default: return false
        }
    }

    private func reads(_ agency: AgencyID, _ name: String) -> Bool {
        if let consent = consents[name] { return consent.maker == agency || consent.recipients.contains(agency) }
        guard let maker = references[name] else { return false }
        return maker == agency
            || consents.values.contains { consent in
                consent.isGiven && consent.victim == name && consent.maker == maker && consent.coversNeeds
                    && consent.recipients.contains(agency)
            }
    }
}
