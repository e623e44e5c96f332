/// A method of one of the interfaces, by its full name.
package struct Method: Hashable, Sendable, CustomStringConvertible {
    /// The full name, such as `io.accord.Entry.Record`.
    package let name: String

    init(_ interface: String, _ method: String) { name = "io.accord.\(interface).\(method)" }

    package var description: String { name }
}

// MARK: - Audit

extension Method {
    /// Oversight: checkpoints, the whole record, verification and export.
    ///
    /// Lines show commitments, never content.
    package enum Audit {
        package static let getCheckpoint = Method("Audit", "GetCheckpoint")
        package static let addCosignature = Method("Audit", "AddCosignature")
        package static let proveConsistency = Method("Audit", "ProveConsistency")
        package static let proveInclusion = Method("Audit", "ProveInclusion")
        package static let proveRestorations = Method("Audit", "ProveRestorations")
        package static let verify = Method("Audit", "Verify")
        package static let replay = Method("Audit", "Replay")
        package static let readLines = Method("Audit", "ReadLines")
        package static let export = Method("Audit", "Export")
        package static let listAccess = Method("Audit", "ListAccess")
        package static let offerCheckpoint = Method("Audit", "OfferCheckpoint")

        package static let all = [
            getCheckpoint, addCosignature, proveConsistency, proveInclusion, proveRestorations, verify, replay,
            readLines, export,
            listAccess, offerCheckpoint,
        ]
    }
}

// MARK: - Case

extension Method {
    /// Cases: who works together, on what, for how long.
    package enum Case {
        package static let draft = Method("Case", "Draft")
        package static let propose = Method("Case", "Propose")
        package static let approve = Method("Case", "Approve")
        package static let decline = Method("Case", "Decline")
        package static let abandon = Method("Case", "Abandon")
        package static let suspend = Method("Case", "Suspend")
        package static let resume = Method("Case", "Resume")
        package static let refer = Method("Case", "Refer")
        package static let prosecute = Method("Case", "Prosecute")
        package static let recordOutcome = Method("Case", "RecordOutcome")
        package static let transferLead = Method("Case", "TransferLead")
        package static let acceptLead = Method("Case", "AcceptLead")
        package static let declineLead = Method("Case", "DeclineLead")
        package static let amendPredicate = Method("Case", "AmendPredicate")
        package static let approveAmendment = Method("Case", "ApproveAmendment")
        package static let declineAmendment = Method("Case", "DeclineAmendment")
        package static let consentToAmendment = Method("Case", "ConsentToAmendment")
        package static let close = Method("Case", "Close")
        package static let proposeReopening = Method("Case", "ProposeReopening")
        package static let review = Method("Case", "Review")
        package static let invite = Method("Case", "Invite")
        package static let join = Method("Case", "Join")
        package static let declineInvitation = Method("Case", "DeclineInvitation")
        package static let withdraw = Method("Case", "Withdraw")
        package static let assign = Method("Case", "Assign")
        package static let unassign = Method("Case", "Unassign")
        package static let link = Method("Case", "Link")
        package static let unlink = Method("Case", "Unlink")
        package static let list = Method("Case", "List")
        package static let get = Method("Case", "Get")

        package static let all = [
            draft, propose, approve, decline, abandon, suspend, resume, refer, prosecute, recordOutcome, transferLead,
            acceptLead, declineLead, amendPredicate, approveAmendment, declineAmendment, consentToAmendment,
            close, proposeReopening, review,
            invite, join, declineInvitation,
            withdraw, assign, unassign, link, unlink, list, get,
        ]
    }
}

// MARK: - Custody

extension Method {
    /// Whether custody of somebody changes hands.
    package enum Custody {
        package static let inquire = Method("Custody", "Inquire")
        package static let receive = Method("Custody", "Receive")
        package static let answer = Method("Custody", "Answer")
        package static let notifyPerson = Method("Custody", "NotifyPerson")
        package static let notifyCounsel = Method("Custody", "NotifyCounsel")
        package static let notifyConsulate = Method("Custody", "NotifyConsulate")
        package static let transfer = Method("Custody", "Transfer")
        package static let release = Method("Custody", "Release")
        package static let withdraw = Method("Custody", "Withdraw")

        package static let all = [
            inquire, receive, answer, notifyPerson, notifyCounsel, notifyConsulate, transfer, release, withdraw,
        ]
    }
}

// MARK: - Deconfliction

extension Method {
    /// Planned events and targets, compared with those of others when they are submitted, and in no other way.
    package enum Deconfliction {
        package static let submitEvent = Method("Deconfliction", "SubmitEvent")
        package static let amendEvent = Method("Deconfliction", "AmendEvent")
        package static let cancelEvent = Method("Deconfliction", "CancelEvent")
        package static let completeEvent = Method("Deconfliction", "CompleteEvent")
        package static let declareExigent = Method("Deconfliction", "DeclareExigent")
        package static let concur = Method("Deconfliction", "Concur")
        package static let submitTarget = Method("Deconfliction", "SubmitTarget")
        package static let validateTarget = Method("Deconfliction", "ValidateTarget")
        package static let withdrawTarget = Method("Deconfliction", "WithdrawTarget")
        package static let acknowledge = Method("Deconfliction", "Acknowledge")
        package static let resolve = Method("Deconfliction", "Resolve")
        package static let get = Method("Deconfliction", "Get")

        package static let all = [
            submitEvent, amendEvent, cancelEvent, completeEvent, declareExigent, concur, submitTarget, validateTarget,
            withdrawTarget, acknowledge, resolve, get,
        ]
    }
}

// MARK: - Dissemination

extension Method {
    /// Who was given what, by whom, why: originator control and the dissemination register (28 CFR 23.20(g)).
    package enum Dissemination {
        package static let release = Method("Dissemination", "Release")
        package static let requestPermission = Method("Dissemination", "RequestPermission")
        package static let grantPermission = Method("Dissemination", "GrantPermission")
        package static let refusePermission = Method("Dissemination", "RefusePermission")
        package static let breakGlass = Method("Dissemination", "BreakGlass")
        package static let reviewBreakGlass = Method("Dissemination", "ReviewBreakGlass")
        package static let list = Method("Dissemination", "List")

        package static let all = [
            release, requestPermission, grantPermission, refusePermission, breakGlass, reviewBreakGlass, list,
        ]
    }
}

// MARK: - Entry

extension Method {
    /// Entries of a case: recorded, corrected and withdrawn by adding, never by changing.
    package enum Entry {
        package static let record = Method("Entry", "Record")
        package static let correct = Method("Entry", "Correct")
        package static let withdraw = Method("Entry", "Withdraw")
        package static let acknowledge = Method("Entry", "Acknowledge")
        package static let changeHandling = Method("Entry", "ChangeHandling")
        package static let list = Method("Entry", "List")
        package static let get = Method("Entry", "Get")

        package static let all = [record, correct, withdraw, acknowledge, changeHandling, list, get]
    }
}

// MARK: - Feed

extension Method {
    /// What happens, as it happens, and what awaits the caller.
    package enum Feed {
        package static let watch = Method("Feed", "Watch")
        package static let inbox = Method("Feed", "Inbox")
        package static let due = Method("Feed", "Due")
        package static let acknowledge = Method("Feed", "Acknowledge")

        package static let all = [watch, inbox, due, acknowledge]
    }
}

// MARK: - Hooks

extension Method {
    /// Executables that are told of events.
    package enum Hooks {
        package static let list = Method("Hooks", "List")
        package static let listFailed = Method("Hooks", "ListFailed")
        package static let retry = Method("Hooks", "Retry")
        package static let drop = Method("Hooks", "Drop")

        package static let all = [list, listFailed, retry, drop]
    }
}

// MARK: - Oversight

extension Method {
    /// Complaints to oversight.
    package enum Complaint {
        package static let file = Method("Complaint", "File")
        package static let route = Method("Complaint", "Route")
        package static let acknowledge = Method("Complaint", "Acknowledge")
        package static let investigate = Method("Complaint", "Investigate")
        package static let refer = Method("Complaint", "Refer")
        package static let find = Method("Complaint", "Find")
        package static let respond = Method("Complaint", "Respond")
        package static let close = Method("Complaint", "Close")

        package static let all = [file, route, acknowledge, investigate, refer, find, respond, close]
    }

    /// What went wrong.
    package enum Incident {
        package static let report = Method("Incident", "Report")
        package static let route = Method("Incident", "Route")
        package static let acknowledge = Method("Incident", "Acknowledge")
        package static let close = Method("Incident", "Close")

        package static let all = [report, route, acknowledge, close]
    }

    /// Content that oversight reads.
    package enum Inspection {
        package static let open = Method("Inspection", "Open")
        package static let close = Method("Inspection", "Close")

        package static let all = [open, close]
    }

    /// What oversight found, and what is answered.
    package enum Finding {
        package static let issue = Method("Finding", "Issue")
        package static let respond = Method("Finding", "Respond")
        package static let close = Method("Finding", "Close")

        package static let all = [issue, respond, close]
    }

    /// Reading of what stands before oversight.
    package enum Docket {
        package static let list = Method("Docket", "List")
        package static let get = Method("Docket", "Get")

        package static let all = [list, get]
    }

    /// What oversight found in readings and refusals.
    package enum AuditReview {
        package static let record = Method("AuditReview", "Record")

        package static let all = [record]
    }

    /// What the prosecution gives to the defence.
    package enum Discovery {
        package static let open = Method("Discovery", "Open")
        package static let review = Method("Discovery", "Review")
        package static let produce = Method("Discovery", "Produce")
        package static let close = Method("Discovery", "Close")

        package static let all = [open, review, produce, close]
    }

    /// Information that may favour the defence.
    package enum Favourable {
        package static let flag = Method("Favourable", "Flag")
        package static let answer = Method("Favourable", "Answer")
        package static let unset = Method("Favourable", "Unset")

        package static let all = [flag, answer, unset]
    }

    /// What an originator lets into no proceedings, and the defence may have to be given.
    package enum HandlingConflict {
        package static let raise = Method("HandlingConflict", "Raise")
        package static let permit = Method("HandlingConflict", "Permit")
        package static let object = Method("HandlingConflict", "Object")

        package static let all = [raise, permit, object]
    }

    /// Discovery, and all that stands before oversight.
    fileprivate static let oversight =
        AuditReview.all + Discovery.all + Favourable.all + HandlingConflict.all + Complaint.all + Docket.all
        + Finding.all + Incident.all
        + Inspection.all
}

// MARK: - Operation

extension Method {
    /// Operation plans.
    package enum Operation {
        package static let propose = Method("Operation", "Propose")
        package static let amend = Method("Operation", "Amend")
        package static let recordSafeguards = Method("Operation", "RecordSafeguards")
        package static let signOffLocation = Method("Operation", "SignOffLocation")
        package static let adviseVictimServices = Method("Operation", "AdviseVictimServices")
        package static let acknowledgeAdvisory = Method("Operation", "AcknowledgeAdvisory")
        package static let approve = Method("Operation", "Approve")
        package static let setConditions = Method("Operation", "SetConditions")
        package static let decline = Method("Operation", "Decline")
        package static let acceptTerms = Method("Operation", "AcceptTerms")
        package static let review = Method("Operation", "Review")
        package static let askAuthorisation = Method("Operation", "AskAuthorisation")
        package static let authorise = Method("Operation", "Authorise")
        package static let sendBack = Method("Operation", "SendBack")
        package static let cancel = Method("Operation", "Cancel")
        package static let start = Method("Operation", "Start")
        package static let complete = Method("Operation", "Complete")
        package static let abort = Method("Operation", "Abort")
        package static let countArrests = Method("Operation", "CountArrests")
        package static let recordAfterAction = Method("Operation", "RecordAfterAction")

        package static let all = [
            propose, amend, recordSafeguards, signOffLocation, adviseVictimServices, acknowledgeAdvisory, approve,
            setConditions, decline, acceptTerms, review, askAuthorisation, authorise, sendBack, cancel, start, complete,
            abort, countArrests, recordAfterAction,
        ]
    }
}

// MARK: - Policy

extension Method {
    /// The rules, and why one of them decided.
    package enum Policy {
        package static let listRules = Method("Policy", "ListRules")
        package static let explain = Method("Policy", "Explain")
        package static let listSignatureRules = Method("Policy", "ListSignatureRules")
        package static let requireSignature = Method("Policy", "RequireSignature")
        package static let listBundles = Method("Policy", "ListBundles")
        package static let proposeBundle = Method("Policy", "ProposeBundle")
        package static let activateBundle = Method("Policy", "ActivateBundle")
        package static let retireBundle = Method("Policy", "RetireBundle")

        package static let all = [
            listRules, explain, listSignatureRules, requireSignature, listBundles, proposeBundle, activateBundle,
            retireBundle,
        ]
    }
}

// MARK: - Registry

extension Method {
    /// Agencies, the agreements between them, their members and what each may do.
    package enum Registry {
        package static let registerAgency = Method("Registry", "RegisterAgency")
        package static let updateAgency = Method("Registry", "UpdateAgency")
        package static let listAgencies = Method("Registry", "ListAgencies")
        package static let recordAgreement = Method("Registry", "RecordAgreement")
        package static let renewAgreement = Method("Registry", "RenewAgreement")
        package static let terminateAgreement = Method("Registry", "TerminateAgreement")
        package static let listAgreements = Method("Registry", "ListAgreements")
        package static let enrolMember = Method("Registry", "EnrolMember")
        package static let addKey = Method("Registry", "AddKey")
        package static let revokeKey = Method("Registry", "RevokeKey")
        package static let grantRole = Method("Registry", "GrantRole")
        package static let revokeRole = Method("Registry", "RevokeRole")
        package static let disableMember = Method("Registry", "DisableMember")
        package static let reviewMember = Method("Registry", "ReviewMember")
        package static let listMembers = Method("Registry", "ListMembers")
        package static let proposeSuccessor = Method("Registry", "ProposeSuccessor")
        package static let acceptSuccession = Method("Registry", "AcceptSuccession")
        package static let declineSuccession = Method("Registry", "DeclineSuccession")
        package static let unlockAccount = Method("Registry", "UnlockAccount")
        package static let recordCalendar = Method("Registry", "RecordCalendar")
        package static let getCalendar = Method("Registry", "GetCalendar")

        package static let all = [
            registerAgency, updateAgency, listAgencies, recordAgreement, renewAgreement, terminateAgreement,
            listAgreements, enrolMember, addKey, revokeKey, grantRole, revokeRole, disableMember, reviewMember,
            listMembers,
            recordCalendar, getCalendar, unlockAccount, proposeSuccessor, acceptSuccession, declineSuccession,
        ]
    }
}

// MARK: - Removal

extension Method {
    /// Retention, legal hold, court orders, sealing and purging.
    package enum Removal {
        package static let review = Method("Removal", "Review")
        package static let placeHold = Method("Removal", "PlaceHold")
        package static let liftHold = Method("Removal", "LiftHold")
        package static let recordOrder = Method("Removal", "RecordOrder")
        package static let proposePurge = Method("Removal", "ProposePurge")
        package static let approvePurge = Method("Removal", "ApprovePurge")
        package static let declinePurge = Method("Removal", "DeclinePurge")
        package static let certifyPurge = Method("Removal", "CertifyPurge")
        package static let seal = Method("Removal", "Seal")
        package static let unseal = Method("Removal", "Unseal")
        package static let list = Method("Removal", "List")

        package static let all = [
            review, placeHold, liftHold, recordOrder, proposePurge, approvePurge, declinePurge, certifyPurge, seal,
            unseal, list,
        ]
    }
}

// MARK: - Report

extension Method {
    /// What is made out of the record for others.
    package enum Report {
        package static let make = Method("Report", "Make")
        package static let certify = Method("Report", "Certify")
        package static let publish = Method("Report", "Publish")
        package static let list = Method("Report", "List")

        package static let all = [make, certify, publish, list]
    }
}

// MARK: - Request

extension Method {
    /// Requests for information.
    package enum Request {
        package static let send = Method("Request", "Send")
        package static let acknowledge = Method("Request", "Acknowledge")
        package static let answer = Method("Request", "Answer")
        package static let answerInPart = Method("Request", "AnswerInPart")
        package static let refuse = Method("Request", "Refuse")
        package static let needAuthority = Method("Request", "NeedAuthority")
        package static let holdNothing = Method("Request", "HoldNothing")
        package static let cancel = Method("Request", "Cancel")

        package static let all = [
            send, acknowledge, answer, answerInPart, refuse, needAuthority, holdNothing, cancel,
        ]
    }
}

// MARK: - Service

extension Method {
    /// The daemon itself.
    package enum Service {
        package static let getStatus = Method("Service", "GetStatus")
        package static let getMetrics = Method("Service", "GetMetrics")
        package static let backUp = Method("Service", "BackUp")

        package static let all = [getStatus, getMetrics, backUp]
    }
}

// MARK: - Session

extension Method {
    /// Who is asking.
    package enum Session {
        package static let whoAmI = Method("Session", "WhoAmI")
        package static let challenge = Method("Session", "Challenge")
        package static let prove = Method("Session", "Prove")
        package static let prepare = Method("Session", "Prepare")

        package static let all = [whoAmI, challenge, prove, prepare]
    }
}

// MARK: - Subject

extension Method {
    /// Subjects of a case.
    package enum Subject {
        package static let register = Method("Subject", "Register")
        package static let document = Method("Subject", "Document")
        package static let validate = Method("Subject", "Validate")
        package static let clear = Method("Subject", "Clear")

        package static let all = [register, document, validate, clear]
    }
}

// MARK: - Task, Work

extension Method {
    /// Tasks.
    package enum Task {
        package static let assign = Method("Task", "Assign")
        package static let update = Method("Task", "Update")
        package static let complete = Method("Task", "Complete")
        package static let cancel = Method("Task", "Cancel")

        package static let all = [assign, update, complete, cancel]
    }

    /// Reading of shared work: tasks, requests for information, and the like.
    package enum Work {
        package static let list = Method("Work", "List")
        package static let get = Method("Work", "Get")

        package static let all = [list, get]
    }
}

extension Method {
    /// All of them, interface by interface.
    package static let all: [Method] = [
        Audit.all, Case.all, Custody.all, Deconfliction.all, Dissemination.all, Entry.all, Feed.all, Hooks.all,
        Operation.all, Policy.all, Registry.all, Removal.all, Report.all, Request.all, Service.all, Session.all,
        Subject.all, Task.all, Work.all, Victim.all, VictimConsent.all, VictimReferral.all, VictimAlert.all,
        ProtectedVictim.all, Evidence.all, Technique.all, oversight,
    ].flatMap(\.self)
}
