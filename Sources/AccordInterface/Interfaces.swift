/// The texts of the interfaces, as introspection shows them.
package enum Interfaces {
    /// The texts in the order of the names.
    package static var texts: [String] {
        [
            PackageResources.io_accord_Audit_varlink,
            PackageResources.io_accord_AuditReview_varlink,
            PackageResources.io_accord_Case_varlink,
            PackageResources.io_accord_Complaint_varlink,
            PackageResources.io_accord_Custody_varlink,
            PackageResources.io_accord_Deconfliction_varlink,
            PackageResources.io_accord_Discovery_varlink,
            PackageResources.io_accord_Dissemination_varlink,
            PackageResources.io_accord_Docket_varlink,
            PackageResources.io_accord_Entry_varlink,
            PackageResources.io_accord_Evidence_varlink,
            PackageResources.io_accord_Favourable_varlink,
            PackageResources.io_accord_Feed_varlink,
            PackageResources.io_accord_Finding_varlink,
            PackageResources.io_accord_HandlingConflict_varlink,
            PackageResources.io_accord_Hooks_varlink,
            PackageResources.io_accord_Incident_varlink,
            PackageResources.io_accord_Inspection_varlink,
            PackageResources.io_accord_Operation_varlink,
            PackageResources.io_accord_Policy_varlink,
            PackageResources.io_accord_ProtectedVictim_varlink,
            PackageResources.io_accord_Registry_varlink,
            PackageResources.io_accord_Removal_varlink,
            PackageResources.io_accord_Report_varlink,
            PackageResources.io_accord_Request_varlink,
            PackageResources.io_accord_Service_varlink,
            PackageResources.io_accord_Session_varlink,
            PackageResources.io_accord_Subject_varlink,
            PackageResources.io_accord_Task_varlink,
            PackageResources.io_accord_Technique_varlink,
            PackageResources.io_accord_Victim_varlink,
            PackageResources.io_accord_VictimAlert_varlink,
            PackageResources.io_accord_VictimConsent_varlink,
            PackageResources.io_accord_VictimReferral_varlink,
            PackageResources.io_accord_Work_varlink,
        ].map { String(decoding: $0, as: UTF8.self) }
    }

    /// The names in order.
    package static let names = [
        "io.accord.Audit", "io.accord.AuditReview", "io.accord.Case", "io.accord.Complaint", "io.accord.Custody",
        "io.accord.Deconfliction", "io.accord.Discovery", "io.accord.Dissemination", "io.accord.Docket",
        "io.accord.Entry", "io.accord.Evidence", "io.accord.Favourable", "io.accord.Feed", "io.accord.Finding",
        "io.accord.HandlingConflict", "io.accord.Hooks", "io.accord.Incident", "io.accord.Inspection",
        "io.accord.Operation", "io.accord.Policy", "io.accord.ProtectedVictim", "io.accord.Registry",
        "io.accord.Removal", "io.accord.Report", "io.accord.Request", "io.accord.Service", "io.accord.Session",
        "io.accord.Subject", "io.accord.Task", "io.accord.Technique", "io.accord.Victim", "io.accord.VictimAlert",
        "io.accord.VictimConsent",
        "io.accord.VictimReferral",
        "io.accord.Work",
    ]
}
