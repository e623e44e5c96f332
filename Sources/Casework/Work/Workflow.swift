import Policy
import StrictJSON

/// A kind of work that several agencies share in a case, as a table: which steps there are, from which state to which, who may
/// take them, what they say, and which clocks they start and stop (domain.md 6.6).
///
/// What is the same in all of them is written once, in the files beside this one. A new kind of work is a table in
/// ``Workflows``, its interface and its commands.
package struct Workflow: Sendable {
    /// The first word of its acts and events, such as `rfi`.
    package let name: String
    /// In words, such as `request for information`.
    package let title: String
    /// The letter of its items, such as `Q` in Q-3.
    package let letter: String
    /// Its interface, such as `io.accord.Request`.
    package let interface: String
    let audience: Audience
    /// The states in which nothing is owed any more.
    let ended: Set<String>
    /// Whether its items go by numbers that are drawn: agencies outside the case see them, and are not told by them how many there are.
    var drawsNumbers = false
    /// Whether those are references of four hexadecimal digits, such as V-7F3A.
    var drawsReferences = false
    /// Whether nobody but its readers learns that there are items (domain.md 6.4).
    ///
    /// Each has a stream of its own that was drawn, where every line is `restricted`. Its steps say one text at most, called `text`,
    /// lest a line tell by its parts what it is.
    package var isHidden = false
    /// Who is told how many items there are, and nothing of any.
    var counted: [Party] = []
    /// Whether steps are taken on while the case is suspended, as for somebody who is held all the same.
    var goesOnWhileSuspended = false
    /// Whether an item keeps the case from being closed, as long as it has not ended (rule P18).
    var blocksClosing: @Sendable (WorkItem) -> Bool = { _ in true }
    package let steps: [WorkStep]
    /// What waits for whom, by state.
    var awaited: [Awaited] = []
    /// The states of which somebody is told, until each takes note.
    var tells: [String: [Party]] = [:]
    /// The states in which an item was ready to go on: who leads the case is told what is missing since.
    var isReady: Set<String> = []
    /// The state to which the running out of a clock leads.
    var crossings: [ClockKind: String] = [:]
    /// What is still owed of an item that has not ended, in words.
    var owes: @Sendable (WorkItem) -> String = { $0.state }
    /// What becomes of other items of the case when one of these has changed.
    var carry: @Sendable (inout Work, WorkItem) -> Void = { _, _ in }
    /// What its items keep beside the fields of its steps.
    var kept: [WorkField] = []
    /// Parts of steps that the item's readers are not shown any more, as where a plan was once it is over.
    var sealed: @Sendable (WorkItem) -> Set<String> = { _ in [] }
    /// What is missing before an item can go on, and what is open beside that: shown to who sees its content.
    var lacks: @Sendable (CaseworkState, CaseFile, WorkItem, UTCTime) -> [WorkLack] = { _, _, _, _ in [] }

    /// Who sees an item beside the agencies that it names.
    enum Audience: Sendable {
        /// Who reads entries of the compartment.
        case compartment(Compartment)
        /// Nobody but the lead and counsel.
        case parties
        /// Nobody but these: neither who made it and his agency, nor the lead, counsel or oversight, unless they are among them.
        case closed([Reader])
        /// Oversight alone: it stands in no case (``Docket``).
        case oversight
    }

    /// Somebody who sees items of a closed kind.
    struct Reader: Sendable {
        let party: Party
        var isOpen: @Sendable (CaseFile, WorkItem, Standing) -> Bool = { _, _, _ in true }
    }

    /// Whether it is closed to all who are not named.
    var isClosed: Bool { if case .closed = audience { true } else { false } }

    /// What an item of a number is called, such as `Q-3`.
    func name(of number: Int64) -> String { "\(letter)-\(drawsReferences ? Self.reference(number) : "\(number)")" }

    /// Four hexadecimal digits.
    static func reference(_ number: Int64) -> String {
        let digits = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    /// An inbox line for those who can go on with an item.
    struct Awaited: Sendable {
        let by: [Party]
        /// Whether it waits for somebody who is one of these.
        let isOpen: @Sendable (WorkItem, Standing) -> Bool
        let says: @Sendable (WorkItem) -> String
        /// A command for each answer there is, in which `CASE`, `ITEM` and `REVISION` stand for theirs.
        let commands: [String]
        /// Whether it waits in a closed case, too.
        var goesOnWhenClosed = false
    }

    /// Whether an item can have a fact: what a step says or finds out, or what is kept beside.
    func keeps(_ key: String, _ value: JSONValue) -> Bool {
        kept.contains { $0.key == key && $0.fits(value) }
            || steps.contains { step in step.recorded.contains { $0.key == key && !$0.isPart && $0.fits(value) } }
    }

    /// Whether its items stand before oversight, and in no case.
    package var isDocket: Bool { if case .oversight = audience { true } else { false } }

    func step(event: String) -> WorkStep? { steps.first { $0.event == event } }

    /// Whether a second person has to decide about its items.
    var needsSecondPerson: Bool { steps.contains { $0.by.contains(.secondPerson) || $0.by.contains(.reviewer) } }

    /// Whether agencies outside the case have a part in its items.
    var isOpenToParties: Bool { steps.contains(where: \.isOpenToParties) }
}

extension Workflow.Awaited {
    /// What waits as long as an item is in a state.
    init(state: String, by: [Party], says: @escaping @Sendable (WorkItem) -> String, commands: [String]) {
        self.init(by: by, isOpen: { item, _ in item.state == state }, says: says, commands: commands)
    }
}

/// Something that is missing before an item can go on.
struct WorkLack: Sendable {
    /// The rule that would refuse; nil where nothing waits for it.
    let rule: String?
    let words: String
    /// Where it comes from, if the rule's own citation does not say.
    var citation: String?
}

/// One step of a workflow.
package struct WorkStep: Sendable {
    /// Such as `answer`: with the workflow's name, what refusals and `policy explain` call the act.
    package let verb: String
    /// The method of the workflow's interface, such as `Answer`.
    package let method: String
    /// What is recorded, such as `rfi.answered`.
    package let event: String
    /// From which states it leads; none makes a new item.
    let from: Set<String>
    /// The state to which it leads; nil leaves it as it is.
    let to: String?
    /// Any of these may take it.
    let by: [Party]
    package var fields: [WorkField] = []
    /// What the daemon finds out itself and records with it, such as which rules of a policy decided.
    ///
    /// Nothing of the time: what its author signs would be another a moment later.
    var computed: [WorkField] = []
    var compute: @Sendable (Gate, WorkCheck) -> JSONObject = { _, _ in [:] }
    /// Whether it binds or releases somebody in law (``SigningRule``).
    var hasLegalEffect = false
    /// Whether by it an agency says that it does not take part: it says so also where its own policy denies it that.
    var saysNo = false
    /// Whether somebody takes it whose agency is not in the case, for its part in the item.
    var isOpenToParties = false
    /// Whether it is none of the business of an agency that is only asked.
    var isInternal = false
    /// Whether it is taken in a closed case, too, as what removes something is.
    var goesOnWhenClosed = false
    /// Whether it is taken again and again, and so only while the item has not taken too many steps.
    var isBounded = false
    /// For what it is done where no purpose is stated, whatever the agreements say; nil: for the purpose of the case.
    var purpose: Purpose?
    /// Whether the item keeps what it says among its facts; else `apply` keeps what is to be kept.
    var isKept = true
    /// Who is shown this step, with what it says, though the rest of the item is not for them.
    var shownTo: [Party] = []
    /// Who else is shown this step of an item, though the rest of it is not for them, such as under a consent.
    var isOpened: @Sendable (CaseFile, WorkItem, Standing) -> Bool = { _, _, _ in false }
    /// Clocks that it starts and stops.
    var clocks: @Sendable (WorkItem, UTCTime) -> [ClockChange] = { _, _ in [] }
    /// Rules beyond who, when and from where.
    var check: @Sendable (inout Gate, WorkCheck) throws(Refusal) -> Void = { (_, _) throws(Refusal) in }
    /// What the item keeps of the step beyond its facts.
    var apply: @Sendable (inout WorkItem, WorkEvent, Event, BusinessCalendar) -> Void = { _, _, _, _ in }

    package var makesItem: Bool { from.isEmpty }

    /// What the record says of it.
    var recorded: [WorkField] { fields + computed }
}

/// What a step changes in the clocks of its item.
enum ClockChange: Sendable {
    /// `part`: of what is in several hands, such as the body that owes it.
    case start(ClockKind, due: UTCTime, part: String? = nil)
    case stop(ClockKind, part: String? = nil)
}

/// What a rule of a step may look at.
struct WorkCheck: Sendable {
    let file: CaseFile
    let standing: Standing
    /// Nil where the step makes one.
    let item: WorkItem?
    let act: WorkAct
    let purpose: Purpose
}

/// Who may take a step, by what he is in the case and to the item.
enum Party: Hashable, Sendable {
    case caseLead
    /// A contributor or lead who is assigned, of an agency that joined.
    case worker
    case counsel
    case victimServices
    /// A liaison of an agency that joined.
    case liaison
    /// A liaison of the agency that leads the case, or of the agreement's designee, who did not make the item.
    case secondPerson
    /// The lead, counsel or a second person, who did not make the item.
    case reviewer
    /// A worker or liaison of the agency that made the item.
    case maker
    /// A liaison of the agency that made the item.
    case makersLiaison
    /// A worker or liaison of the agency that a fact of the item names, such as `to`.
    case of(String)
    /// A liaison of the agency that a fact of the item names, or of one that it lists, such as `agencies`.
    case liaisonOf(String)
    /// Victim services of the agency that made the item.
    case makersServices
    /// Victim services of the agency that a fact of the item names, or of one that it lists.
    case servicesOf(String)
    /// Who oversees; of no agency in the case.
    case oversight
    /// Whoever is assigned to the case, and liaisons of agencies that joined.
    case anybody
    /// Of what stands in no case: every member.
    case everybody
    /// Of what stands in no case: oversight, as far as it is not concerned itself.
    case overseer

    /// The role in which he acts; nil if he is none of that.
    func role(_ standing: Standing, _ facts: JSONObject, maker: AgencyID?, by member: MemberID?) -> Role? {
        switch self {
        case .caseLead: return standing.isCaseLead ? .lead : nil
        case .worker:
            guard standing.worksInCase else { return nil }
            return standing.roles.contains(.contributor) ? .contributor : .lead
        case .counsel: return standing.isCounsel ? .legal : nil
        case .victimServices:
            return standing.isInCase && standing.roles.contains(.victimServices) ? .victimServices : nil
        case .liaison: return standing.isLiaison && standing.isJoined ? .liaison : nil
        case .secondPerson: return standing.mayBeSecond && member != standing.member ? .liaison : nil
        case .reviewer:
            guard member != standing.member else { return nil }
            if standing.isCaseLead { return .lead }
            return standing.isCounsel ? .legal : standing.mayBeSecond ? .liaison : nil
        case .maker: return maker == standing.agency ? Self.answering(standing) : nil
        case .makersLiaison: return maker == standing.agency && standing.isLiaison ? .liaison : nil
        case .of(let fact): return facts[fact]?.string == standing.agency.text ? Self.answering(standing) : nil
        case .liaisonOf(let fact): return names(standing.agency, facts[fact]) && standing.isLiaison ? .liaison : nil
        case .makersServices:
            return maker == standing.agency ? Self.victimServices.role(standing, facts, maker: maker, by: member) : nil
        case .servicesOf(let fact):
            guard names(standing.agency, facts[fact]) else { return nil }
            return Self.victimServices.role(standing, facts, maker: maker, by: member)
        case .oversight: return standing.isOversight ? .oversight : nil
        case .anybody:
            if standing.isInCase { return standing.roles.intersection(Role.assignable).inOrder.first }
            return Self.liaison.role(standing, facts, maker: maker, by: member)
        case .everybody, .overseer: return nil
        }
    }

    /// Whether somebody could be one of these to an item of whatever facts.
    func isEver(_ standing: Standing) -> Bool {
        switch self {
        case .makersServices, .servicesOf: Self.victimServices.isEver(standing)
        case .liaisonOf, .makersLiaison: standing.isLiaison && standing.isJoined
        case .of, .maker: standing.isLiaison || standing.worksInCase
        default: role(standing, [:], maker: nil, by: nil) != nil
        }
    }

    private func names(_ agency: AgencyID, _ fact: JSONValue?) -> Bool {
        fact?.string == agency.text || (fact?.array ?? []).contains { $0.string == agency.text }
    }

    /// The role in which somebody answers for his agency.
    private static func answering(_ standing: Standing) -> Role? {
        if standing.isLiaison { return .liaison }
        return Party.worker.role(standing, [:], maker: nil, by: nil)
    }

    var words: String {
        switch self {
        case .caseLead: "the lead of the case"
        case .worker: "a contributor of the case"
        case .counsel: "counsel of the case"
        case .victimServices: "victim services of the case"
        case .liaison: "a liaison of an agency in the case"
        case .secondPerson: "a second person: a liaison of the lead agency or of the agreement's designee"
        case .reviewer:
            "another person than who made it: the lead, counsel, or a liaison of the lead agency or of the agreement's designee"
        case .maker: "the agency that made it"
        case .makersLiaison: "a liaison of the agency that made it"
        case .of: "the agency that is asked"
        case .liaisonOf: "a liaison of an agency that is asked"
        case .makersServices: "victim services of the agency that made it"
        case .servicesOf: "victim services of an agency that is named in it"
        case .oversight: "the oversight officer"
        case .anybody: "somebody who is assigned to the case, or a liaison of an agency in it"
        case .everybody: "a member"
        case .overseer: "an oversight officer whom it does not concern"
        }
    }
}
