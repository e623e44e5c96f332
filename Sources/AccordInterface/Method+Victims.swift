// MARK: - Victim

extension Method {
    /// Victims by random references.
    package enum Victim {
        package static let mint = Method("Victim", "Mint")
        package static let recordNeeds = Method("Victim", "RecordNeeds")
        package static let flagMinor = Method("Victim", "FlagMinor")
        package static let fileMinorNotice = Method("Victim", "FileMinorNotice")
        package static let giveRightsNotice = Method("Victim", "GiveRightsNotice")

        package static let all = [mint, recordNeeds, flagMinor, fileMinorNotice, giveRightsNotice]
    }
}

// MARK: - VictimConsent

extension Method {
    /// What victims agreed to.
    package enum VictimConsent {
        package static let record = Method("VictimConsent", "Record")
        package static let withdraw = Method("VictimConsent", "Withdraw")
        package static let acknowledge = Method("VictimConsent", "Acknowledge")

        package static let all = [record, withdraw, acknowledge]
    }
}

// MARK: - VictimReferral

extension Method {
    /// Services for victims.
    package enum VictimReferral {
        package static let request = Method("VictimReferral", "Request")
        package static let consent = Method("VictimReferral", "Consent")
        package static let send = Method("VictimReferral", "Send")
        package static let accept = Method("VictimReferral", "Accept")
        package static let decline = Method("VictimReferral", "Decline")
        package static let haveNoCapacity = Method("VictimReferral", "HaveNoCapacity")
        package static let complete = Method("VictimReferral", "Complete")

        package static let all = [request, consent, send, accept, decline, haveNoCapacity, complete]
    }
}

// MARK: - VictimAlert

extension Method {
    /// Warnings of victim services.
    package enum VictimAlert {
        package static let raise = Method("VictimAlert", "Raise")
        package static let acknowledge = Method("VictimAlert", "Acknowledge")

        package static let all = [raise, acknowledge]
    }
}

// MARK: - ProtectedVictim

extension Method {
    /// What 8 USC 1367 protects.
    package enum ProtectedVictim {
        package static let flag = Method("ProtectedVictim", "Flag")
        package static let requestPresence = Method("ProtectedVictim", "RequestPresence")
        package static let grantPresence = Method("ProtectedVictim", "GrantPresence")
        package static let declinePresence = Method("ProtectedVictim", "DeclinePresence")
        package static let addRecipient = Method("ProtectedVictim", "AddRecipient")
        package static let requestCertification = Method("ProtectedVictim", "RequestCertification")
        package static let decideCertification = Method("ProtectedVictim", "DecideCertification")
        package static let reportIncident = Method("ProtectedVictim", "ReportIncident")
        package static let acknowledgeIncident = Method("ProtectedVictim", "AcknowledgeIncident")
        package static let recordOrder = Method("ProtectedVictim", "RecordOrder")
        package static let review = Method("ProtectedVictim", "Review")
        package static let proposePurge = Method("ProtectedVictim", "ProposePurge")
        package static let approvePurge = Method("ProtectedVictim", "ApprovePurge")
        package static let declinePurge = Method("ProtectedVictim", "DeclinePurge")
        package static let certifyPurge = Method("ProtectedVictim", "CertifyPurge")

        package static let all = [
            flag, requestPresence, grantPresence, declinePresence, addRecipient, requestCertification,
            decideCertification, reportIncident, acknowledgeIncident, recordOrder, review, proposePurge, approvePurge,
            declinePurge, certifyPurge,
        ]
    }
}

// MARK: - Technique

extension Method {
    /// Techniques that agencies used.
    package enum Technique {
        package static let disclose = Method("Technique", "Disclose")
        package static let acknowledge = Method("Technique", "Acknowledge")

        package static let all = [disclose, acknowledge]
    }
}

// MARK: - Evidence

extension Method {
    /// Digests of evidence, and in whose hands it is.
    package enum Evidence {
        package static let note = Method("Evidence", "Note")
        package static let transfer = Method("Evidence", "Transfer")
        package static let acknowledge = Method("Evidence", "Acknowledge")
        package static let refuse = Method("Evidence", "Refuse")

        package static let all = [note, transfer, acknowledge, refuse]
    }
}
