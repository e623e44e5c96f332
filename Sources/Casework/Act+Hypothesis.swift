import Deconfliction
package import Policy

extension Act {
    /// The act that a question about the policy is about, with stand-ins for what no rule looks at; nil for an unknown act.
    ///
    /// - Parameters:
    ///   - question: What is asked; `entry` names whatever the act is about.
    ///   - now: When it is asked: what is planned is planned for a day later.
    ///   - state: Where what is asked about is looked up, such as the revision of a plan.
    package init?(hypothesis question: Hypothesis, now: UTCTime, in state: CaseworkState = CaseworkState()) {
        let name = question.caseName ?? ""
        let entry = question.entry ?? ""
        let agency = question.agency.flatMap { AgencyID($0) }
        let handling = question.handling.flatMap { Handling($0) } ?? .h0
        let compartment = question.compartment.flatMap { Compartment($0) } ?? .ordinary
        switch question.act {
        case "entry.record":
            self = .recordEntry(
                name,
                EntryProposal(
                    kind: "report",
                    text: "-",
                    handling: handling,
                    compartment: compartment,
                    asksAcknowledgement: false
                )
            )
        case "entry.read": self = .getEntry(name, entry)
        case "entry.list": self = .listEntries(name, after: -1, limit: 0)
        case "entry.correct": self = .correctEntry(name, entry, text: "-", reason: "-")
        case "entry.withdraw": self = .withdrawEntry(name, entry, reason: "-")
        case "entry.acknowledge": self = .acknowledgeEntry(name, entry)
        case "entry.handling": self = .changeHandling(name, entry, handling, reason: "-")
        case "case.show": self = .getCase(name)
        case "case.draft":
            guard let agreement = AgreementID(entry) else { return nil }
            self = .draftCase(
                CaseProposal(
                    title: "-",
                    offences: ["-"],
                    primaryPurpose: .trafficking,
                    predicate: "-",
                    agreement: agreement
                )
            )
        case "case.outcome":
            self = .recordOutcome(name, ProsecutionOutcome(charge: "-", disposition: .dismissed))
        case "case.transfer":
            guard let member = MemberID(entry) else { return nil }
            self = .transferLead(name, member, reason: "-")
        case "case.accept-lead": self = .answerTransfer(name, isAccepted: true, reason: nil)
        case "case.decline-lead": self = .answerTransfer(name, isAccepted: false, reason: "-")
        case "case.amend": self = .amendment(name, .propose(predicate: "-", offences: ["-"], reason: "-"))
        case "case.approve-amendment": self = .amendment(name, .decide(isApproved: true, reason: nil))
        case "case.decline-amendment": self = .amendment(name, .decide(isApproved: false, reason: "-"))
        case "case.consent": self = .amendment(name, .consent)
        case "case.assign":
            guard let member = MemberID(entry) else { return nil }
            self = .assignMember(name, member)
        case "case.unassign":
            guard let member = MemberID(entry) else { return nil }
            self = .removeMember(name, member, reason: "-")
        case "case.refuse": self = .declineInvitation(name, reason: "-")
        case "case.unlink": self = .unlinkCase(name, entry, reason: "-")
        case "case.join": self = .joinCase(name, conditions: nil)
        case "case.link": self = .linkCase(name, "TF-0000-000000")
        case "case.withdraw": self = .withdrawAgency(name, reason: "-")
        case "case.invite":
            guard let agency else { return nil }
            self = .inviteAgency(name, agency, .information, nil)
        case "dissemination.release":
            guard let agency else { return nil }
            self = .releaseEntry(name, entry, agency, reason: "-")
        case "dissemination.request":
            guard let agency else { return nil }
            self = .requestPermission(name, entry, agency, reason: "-")
        case "breakglass.invoke":
            guard let agency else { return nil }
            self = .breakGlass(name, entry, agency, hours: 1, reason: "-")
        case "dissemination.grant": self = .decidePermission(name, entry, isGranted: true, reason: nil)
        case "dissemination.refuse": self = .decidePermission(name, entry, isGranted: false, reason: "-")
        case "breakglass.review": self = .reviewEmergency(name, entry, .justified, note: "-")
        case "inbox.acknowledge": self = .acknowledgeNotice(question.caseName, entry)
        case "policy.activate", "policy.retire":
            guard let agency, let version = BundleReference(entry) else { return nil }
            self = .jurisdiction(
                question.act == "policy.activate"
                    ? .activate(agency, version, note: nil) : .retire(agency, version, reason: "-")
            )
        case "dissemination.list": self = .listRegister(name)
        case "report.certify": self = .report(.certify(entry))
        case "report.publish": self = .report(.publish(entry))
        case "audit.verify": self = .verify(known: [])
        case "audit.export": self = .export(question.caseName)
        case let word? where word.utf8.starts(with: "decon.".utf8):
            guard let act = DeconflictionAct(hypothesis: word, of: entry, in: question.caseName, now: now) else {
                return nil
            }
            self = .deconfliction(act)
        default:
            if let word = question.act, word.utf8.starts(with: "case.".utf8),
                let move = CaseMove(rawValue: String(word.dropFirst(5)))
            {
                self = .moveCase(name, move, reason: "-")
            } else if let act = RemovalAct(hypothesis: question, now: now) {
                self = .removal(name, act)
            } else if let act = Act(workHypothesis: question, now: now, in: state)
                ?? Act(registryHypothesis: question, now: now, in: state)
            {
                self = act
            } else {
                return nil
            }
        }
    }
}

extension DeconflictionAct {
    /// Nothing is compared: a question about the rules is none about what others have submitted.
    fileprivate init?(hypothesis word: String, of item: String, in caseName: String?, now: UTCTime) {
        switch word {
        case "decon.submit-event":
            let start = now.adding(hours: 24)
            let place = PlaceAndTime(
                points: ["0,0"],
                radius: 800,
                start: start,
                end: start.adding(hours: 1),
                buffer: 60,
                tolerance: 0
            )
            let terms = EventTerms(work: .other, contact: "", operation: nil, externalRef: nil, namesAgency: true)
            self = .submitEvent(EventProposal(caseName: caseName, terms: terms, place: place, exigency: nil))
        case "decon.amend-event":
            self = .amendEvent(item, PlaceAndTime(buffer: 60), exigency: nil, reason: "-")
        case "decon.cancel-event": self = .cancelEvent(item, reason: "-")
        case "decon.complete-event": self = .completeEvent(item)
        case "decon.submit-target":
            self = .submitTarget(
                TargetProposal(
                    caseName: caseName,
                    kind: .email,
                    values: ["a@example.org"],
                    qualifier: nil,
                    level: .agencyOnly,
                    activity: .otherFelony,
                    basis: "-",
                    subject: item.isEmpty ? "-" : item,
                    role: .suspect,
                    contact: nil,
                    validUntil: nil
                )
            )
        case "decon.validate-target": self = .validateTarget(item, until: nil, basis: "-")
        case "decon.withdraw-target": self = .withdrawTarget(item, reason: "-")
        case "decon.acknowledge": self = .acknowledge(item)
        case "decon.resolve": self = .resolve(item, .proceed, note: nil)
        case "decon.show": self = .show(item)
        case "decon.concur": self = .concur(item, agrees: true, note: nil)
        default: return nil
        }
    }
}
