import Cryptography
package import Policy
package import StrictJSON

extension Act {
    /// From the wire: the parameters have the interface's types; words and forms are judged here.
    ///
    /// - Parameters:
    ///   - method: Interface and method, such as `io.accord.Entry.Record`.
    ///   - parameters: As they came, with the types that the interface gives them.
    /// - Throws: ``Refusal`` that names the field.
    package init(method: String, parameters: JSONObject) throws(Refusal) {
        let read = Parameters(parameters)
        // Most calls are these.
        if let act = try Self.entryAct(method, read) {
            self = act
            return
        }
        switch method {
        case "io.accord.Registry.RegisterAgency": self = .registerAgency(try read.agency())
        case "io.accord.Registry.UpdateAgency": self = .updateAgency(try read.agency())
        case "io.accord.Registry.ListAgencies": self = .listAgencies
        case "io.accord.Registry.ProposeSuccessor", "io.accord.Registry.AcceptSuccession",
            "io.accord.Registry.DeclineSuccession":
            guard let act = try SuccessionAct(method: method, read) else { throw Refusal(row: "P05") }
            self = .succession(act)
        case "io.accord.Registry.RecordAgreement": self = .recordAgreement(try read.agreement())
        case "io.accord.Registry.RenewAgreement":
            self = .renewAgreement(try read.agreementID("id"), endsAt: try read.time("endsAt"))
        case "io.accord.Registry.TerminateAgreement":
            self = .terminateAgreement(try read.agreementID("id"), reason: try read.reason("reason"))
        case "io.accord.Registry.ListAgreements": self = .listAgreements
        case "io.accord.Registry.EnrolMember":
            let lines = read.strings("keys")
            self = .enrolMember(
                Member(
                    id: try read.memberID("id"),
                    agency: try read.agencyID("agency"),
                    uids: try read.uids("uids"),
                    keys: try lines.map { (line) throws(Refusal) in try Self.fingerprint(line) }
                ),
                keyLines: lines
            )
        case "io.accord.Registry.AddKey":
            let line = read.string("key")
            self = .addKey(try read.memberID("member"), fingerprint: try Self.fingerprint(line), line: line)
        case "io.accord.Registry.RevokeKey":
            self = .revokeKey(
                try read.memberID("member"),
                fingerprint: read.string("fingerprint"),
                reason: try read.reason("reason")
            )
        case "io.accord.Registry.GrantRole":
            self = .grantRole(
                try read.memberID("member"),
                try read.word("role", Role.self),
                scope: read.string("scope"),
                expiresAt: try read.optionalTime("expiresAt")
            )
        case "io.accord.Registry.RevokeRole":
            self = .revokeRole(
                try read.memberID("member"),
                grant: read.string("grant"),
                reason: try read.reason("reason")
            )
        case "io.accord.Registry.DisableMember":
            self = .disableMember(try read.memberID("member"), reason: try read.reason("reason"))
        case "io.accord.Registry.ReviewMember":
            self = .reviewMember(try read.memberID("member"), reason: try read.reason("reason"))
        case "io.accord.Registry.UnlockAccount":
            guard let uid = read.integer("uid").flatMap({ UInt32(exactly: $0) }) else {
                throw .malformed(field: "uid", "a numeric user id")
            }
            self = .unlockAccount(uid, reason: try read.reason("reason"))
        case "io.accord.Registry.RecordCalendar": self = .recordCalendar(try read.calendar())
        case "io.accord.Registry.GetCalendar": self = .getCalendar
        case "io.accord.Registry.ListMembers": self = .listMembers
        default:
            if let act = try Self.caseAct(method, read) {
                self = act
            } else if let act = try Self.removalAct(method, read) {
                self = .removal(read.string("case"), act)
            } else if let act = try Self.workAct(method, read) {
                self = act
            } else if let act = try Self.jurisdictionAct(method, read) {
                self = .jurisdiction(act)
            } else if let act = try Self.deconflictionAct(method, read) {
                self = .deconfliction(act)
            } else if let act = try Self.otherAct(method, read) {
                self = act
            } else {
                throw .malformed(field: "method", "one that this build knows; \(method) is not")
            }
        }
    }

    private static func fingerprint(_ line: String) throws(Refusal) -> String {
        do throws(SSHFault) {
            let key = try SSHPublicKey(authorizedKey: line)
            try key.checkEnrolment()
            return key.fingerprint
        } catch {
            throw .malformed(field: "key", "an SSH public key that can be enrolled (\(error))")
        }
    }

    private static func caseAct(_ method: String, _ read: Parameters) throws(Refusal) -> Act? {
        let name = read.string("case")
        switch method {
        case "io.accord.Case.Draft":
            return .draftCase(
                CaseProposal(
                    title: try read.title("title"),
                    offences: try read.offences("offences"),
                    primaryPurpose: try read.word("primaryPurpose", PrimaryPurpose.self),
                    predicate: try read.reason("predicate"),
                    agreement: try read.agreementID("agreement")
                )
            )
        case "io.accord.Case.Propose": return .moveCase(name, .propose, reason: nil)
        case "io.accord.Case.Approve": return .moveCase(name, .approve, reason: nil)
        case "io.accord.Case.Abandon": return .moveCase(name, .abandon, reason: try read.reason("reason"))
        case "io.accord.Case.Decline": return .moveCase(name, .decline, reason: try read.reason("reason"))
        case "io.accord.Case.Suspend": return .moveCase(name, .suspend, reason: try read.reason("reason"))
        case "io.accord.Case.Resume": return .moveCase(name, .resume, reason: nil)
        case "io.accord.Case.Close": return .moveCase(name, .close, reason: try read.reason("reason"))
        case "io.accord.Case.Refer": return .moveCase(name, .refer, reason: try read.reason("reason"))
        case "io.accord.Case.TransferLead":
            return .transferLead(name, try read.memberID("member"), reason: try read.reason("reason"))
        case "io.accord.Case.AcceptLead": return .answerTransfer(name, isAccepted: true, reason: nil)
        case "io.accord.Case.DeclineLead":
            return .answerTransfer(name, isAccepted: false, reason: try read.reason("reason"))
        case "io.accord.Case.AmendPredicate", "io.accord.Case.ApproveAmendment", "io.accord.Case.DeclineAmendment",
            "io.accord.Case.ConsentToAmendment":
            return try AmendmentAct(method: method, read).map { .amendment(name, $0) }
        case "io.accord.Case.Prosecute": return .moveCase(name, .prosecute, reason: nil)
        case "io.accord.Case.RecordOutcome":
            let charge = read.string("charge")
            try Text.check(charge, field: "charge", limit: 64)
            return .recordOutcome(
                name,
                ProsecutionOutcome(charge: charge, disposition: try read.word("disposition", Disposition.self))
            )
        case "io.accord.Case.Review": return .moveCase(name, .review, reason: try read.reason("reason"))
        case "io.accord.Case.ProposeReopening":
            return .moveCase(name, .proposeReopening, reason: try read.reason("reason"))
        case "io.accord.Case.Invite":
            return .inviteAgency(
                name,
                try read.agencyID("agency"),
                try read.word("mode", CooperationMode.self),
                try read.optionalAgreementID("agreement")
            )
        case "io.accord.Case.Join": return .joinCase(name, conditions: try read.optionalReason("conditions"))
        case "io.accord.Case.DeclineInvitation": return .declineInvitation(name, reason: try read.reason("reason"))
        case "io.accord.Case.Withdraw": return .withdrawAgency(name, reason: try read.reason("reason"))
        case "io.accord.Case.Assign": return .assignMember(name, try read.memberID("member"))
        case "io.accord.Case.Unassign":
            return .removeMember(name, try read.memberID("member"), reason: try read.reason("reason"))
        case "io.accord.Case.Link": return .linkCase(name, read.string("other"))
        case "io.accord.Case.Unlink":
            return .unlinkCase(name, read.string("other"), reason: try read.reason("reason"))
        case "io.accord.Case.List": return .listCases
        case "io.accord.Case.Get": return .getCase(name)
        default: return nil
        }
    }

    private static func entryAct(_ method: String, _ read: Parameters) throws(Refusal) -> Act? {
        let name = read.string("case")
        let entry = read.string("entry")
        switch method {
        case "io.accord.Entry.Record":
            let text = read.string("text")
            try Text.check(text, field: "text", limit: Text.entryLimit)
            _ = try Text.check(kind: read.string("kind"))
            return .recordEntry(
                name,
                EntryProposal(
                    kind: read.string("kind"),
                    text: text,
                    handling: try read.handling("handling") ?? .h0,
                    compartment: try read.compartment("compartment") ?? .ordinary,
                    asksAcknowledgement: read.bool("acknowledge") ?? false
                )
            )
        case "io.accord.Entry.Correct":
            let text = read.string("text")
            try Text.check(text, field: "text", limit: Text.entryLimit)
            return .correctEntry(name, entry, text: text, reason: try read.reason("reason"))
        case "io.accord.Entry.Withdraw": return .withdrawEntry(name, entry, reason: try read.reason("reason"))
        case "io.accord.Entry.Acknowledge": return .acknowledgeEntry(name, entry)
        case "io.accord.Entry.ChangeHandling":
            guard let handling = try read.handling("handling") else {
                throw .malformed(field: "handling", "H0, H1 or H2")
            }
            return .changeHandling(name, entry, handling, reason: try read.reason("reason"))
        case "io.accord.Entry.List":
            return .listEntries(name, after: read.integer("after") ?? -1, limit: read.integer("limit") ?? .max)
        case "io.accord.Entry.Get": return .getEntry(name, entry)
        case "io.accord.Dissemination.Release":
            return .releaseEntry(name, entry, try read.agencyID("agency"), reason: try read.reason("reason"))
        case "io.accord.Dissemination.RequestPermission":
            return .requestPermission(name, entry, try read.agencyID("agency"), reason: try read.reason("reason"))
        case "io.accord.Dissemination.GrantPermission":
            return .decidePermission(name, read.string("permission"), isGranted: true, reason: nil)
        case "io.accord.Dissemination.RefusePermission":
            return .decidePermission(
                name,
                read.string("permission"),
                isGranted: false,
                reason: try read.reason("reason")
            )
        case "io.accord.Dissemination.BreakGlass":
            let hours = read.integer("hours") ?? Emergency.longestHours
            guard (1...Emergency.longestHours).contains(hours) else {
                throw .malformed(field: "hours", "1 or 2: an emergency opens nothing for longer")
            }
            return .breakGlass(
                name,
                entry,
                try read.agencyID("agency"),
                hours: hours,
                reason: try read.reason("reason")
            )
        case "io.accord.Dissemination.ReviewBreakGlass":
            return .reviewEmergency(
                name,
                read.string("dissemination"),
                try read.word("finding", EmergencyFinding.self),
                note: try read.reason("note")
            )
        case "io.accord.Dissemination.List": return .listRegister(name)
        default: return nil
        }
    }

    private static func otherAct(_ method: String, _ read: Parameters) throws(Refusal) -> Act? {
        switch method {
        case "io.accord.Feed.Watch":
            let idle = read.integer("idleSeconds") ?? 30
            guard (5...600).contains(idle) else { throw .malformed(field: "idleSeconds", "from 5 to 600") }
            return .watch(
                WatchRequest(
                    positions: try read.positions("positions"),
                    follows: read.bool("follow") ?? true,
                    idleSeconds: idle
                )
            )
        case "io.accord.Feed.Inbox": return .inbox
        case "io.accord.Feed.Due":
            return .listDue(read.optionalString("case"), isOverdueOnly: read.bool("overdue") ?? false)
        case "io.accord.Feed.Acknowledge":
            return .acknowledgeNotice(read.optionalString("case"), try read.name("item"))
        case "io.accord.Hooks.List", "io.accord.Hooks.ListFailed", "io.accord.Hooks.Retry", "io.accord.Hooks.Drop":
            return .hooks(try HookAct(method: String(method.dropFirst("io.accord.Hooks.".count)), read))
        case "io.accord.Report.Make", "io.accord.Report.Certify", "io.accord.Report.Publish", "io.accord.Report.List":
            return .report(try ReportAct(method: String(method.dropFirst("io.accord.Report.".count)), read))
        case "io.accord.Policy.RequireSignature":
            return .requireSignature(
                try SigningRule(Parameters(read.object["rule"]?.object ?? [:])),
                isRequired: read.bool("required") ?? true,
                reason: try read.reason("reason")
            )
        case "io.accord.Policy.Explain":
            return .explain(
                Hypothesis(
                    act: read.optionalString("act"),
                    caseName: read.optionalString("case"),
                    entry: read.optionalString("entry"),
                    agency: read.optionalString("agency"),
                    compartment: read.optionalString("compartment"),
                    handling: read.optionalString("handling"),
                    jurisdiction: try JurisdictionHypothesis(read.object["question"]?.object)
                )
            )
        case "io.accord.Audit.Verify": return .verify(known: read.strings("known"))
        case "io.accord.Audit.Replay": return .replay
        case "io.accord.Audit.ReadLines":
            return .readLines(after: read.integer("after") ?? -1, limit: read.integer("limit") ?? .max)
        case "io.accord.Audit.Export": return .export(read.optionalString("case"))
        case "io.accord.Service.BackUp": return .backUp
        case "io.accord.Audit.ListAccess":
            return .listAccess(
                read.optionalString("case"),
                limit: read.integer("limit") ?? .max,
                ours: read.bool("ours") ?? false,
                first: read.bool("first") ?? false
            )
        default: return nil
        }
    }
}
