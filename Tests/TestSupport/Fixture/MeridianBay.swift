import Foundation

/// The fictional world of the acceptance tests: agencies, agreements, eighteen members and no real person.
///
/// Dates are relative to now.
package enum MeridianBay {
    /// A component of an agency.
    package struct Agency: Sendable {
        package let id: String
        package let name: String
        package let level: String
        package let mission: String
    }

    /// A member with the roles that he is granted.
    package struct Member: Sendable {
        package let name: String
        package let agency: String
        package let roles: [String]
    }

    package static let agencies: [Agency] = [
        Agency(id: "FIB-MB", name: "Federal Investigations Bureau", level: "federal", mission: "criminal"),
        Agency(id: "FRO-MB", name: "Federal Removal Operations", level: "federal", mission: "civil-immigration"),
        Agency(id: "HCS-MAR", name: "Harbor and Customs Service", level: "federal", mission: "criminal"),
        Agency(id: "SPO-OC", name: "State Police, Organised Crime", level: "state", mission: "criminal"),
        Agency(id: "MPD-VT", name: "Meridian City Police", level: "municipal", mission: "criminal"),
        Agency(id: "LCS-DET", name: "Lake County Sheriff, Detention", level: "county", mission: "custody"),
        Agency(id: "TCP-NAR", name: "Three Rivers Police, Narcotics", level: "municipal", mission: "criminal"),
        Agency(id: "LSD-WH", name: "Labor Standards Division", level: "state", mission: "regulatory"),
        Agency(id: "FPO-MB", name: "Federal Prosecutor's Office", level: "federal", mission: "prosecution"),
        Agency(id: "DAO-SV", name: "District Attorney", level: "county", mission: "prosecution"),
        Agency(id: "SPS", name: "Safe Passage Services", level: "ngo", mission: "service"),
        Agency(id: "ROB", name: "Regional Oversight Board", level: "regional", mission: "oversight"),
    ]

    /// The first is the administrator whom `accordd init` names.
    package static let members: [Member] = [
        Member(name: "admin.ops", agency: "OPS", roles: ["administrator"]),
        Member(name: "lead.fib", agency: "FIB-MB", roles: ["lead"]),
        Member(name: "agent.fib1", agency: "FIB-MB", roles: ["contributor"]),
        Member(name: "lead.hcs", agency: "HCS-MAR", roles: ["lead"]),
        Member(name: "agent.hcs1", agency: "HCS-MAR", roles: ["contributor"]),
        Member(name: "agent.spo1", agency: "SPO-OC", roles: ["contributor"]),
        Member(name: "liaison.spo", agency: "SPO-OC", roles: ["liaison"]),
        Member(name: "agent.mpd1", agency: "MPD-VT", roles: ["contributor"]),
        Member(name: "liaison.mpd", agency: "MPD-VT", roles: ["liaison"]),
        Member(name: "liaison.lcs", agency: "LCS-DET", roles: ["liaison"]),
        Member(name: "officer.fro", agency: "FRO-MB", roles: ["contributor"]),
        Member(name: "agent.tcp1", agency: "TCP-NAR", roles: ["contributor"]),
        Member(name: "analyst.fib", agency: "FIB-MB", roles: ["analyst"]),
        Member(name: "inspector.lsd", agency: "LSD-WH", roles: ["contributor", "liaison"]),
        Member(name: "counsel.fpo", agency: "FPO-MB", roles: ["legal"]),
        Member(name: "counsel.dao", agency: "DAO-SV", roles: ["legal", "liaison"]),
        Member(name: "advocate.sps", agency: "SPS", roles: ["victim-services", "liaison"]),
        Member(name: "auditor.rob", agency: "ROB", roles: ["oversight"]),
    ]

    /// The parties of MOU-31-01; MOU-31-02 adds TCP-NAR and FRO-MB.
    package static let parties = [
        "FIB-MB", "HCS-MAR", "SPO-OC", "MPD-VT", "LCS-DET", "LSD-WH", "FPO-MB", "DAO-SV", "SPS", "ROB",
    ]

    /// A deployment with all of it that does not run; made once for the test process.
    package static func prepared() throws -> Deployment { try template.get() }

    private static let template: Result<Deployment, any Error> = Result {
        let deployment = try Deployment()
        LeftOvers.remove(atExit: deployment.folder.path)
        try deployment.start()
        try populate(deployment)
        try deployment.stop()
        return deployment
    }

    /// A deployment that begins in 2031 (domain.md 4), with a clock of its own, and runs.
    ///
    /// - Parameter moment: where its clock stands, such as `2031-03-03 08:00:00`.
    /// - Returns: The deployment.
    /// - Throws: ``Deployment/Failed`` if a step of it does not work.
    package static func started(at moment: String) throws -> Deployment {
        let deployment = try Deployment(at: moment)
        try deployment.start()
        try populate(deployment, on: "\(moment.prefix(10))T12:00:00Z")
        return deployment
    }

    /// Registers agencies, agreements and members on a day: its noon as ISO 8601, or today.
    private static func populate(_ deployment: Deployment, on today: String? = nil) throws {
        let noon = try today.map { try Date($0, strategy: .iso8601) } ?? .now
        func day(_ days: Int) -> String { Self.day(days, from: noon) }
        func must(_ words: [String]) throws { try deployment.as("admin.ops").must(words) }
        for agency in agencies {
            try must([
                "agency", "register", agency.id, "--name", agency.name, "--level", agency.level, "--mission",
                agency.mission, "--contact", "\(agency.id) watch desk",
            ])
        }
        let purposes = ["CRIM_INVEST", "CRIM_PROS", "OFFICER_SAFETY", "VICTIM_ASSIST", "DISCOVERY", "OVERSIGHT"]
        try must(
            ["agreement", "record", "MOU-31-01", "--cap", "H2", "--designee", "SPO-OC", "--from", day(-60), "--until"]
                + [day(300)] + parties.flatMap { ["--party", $0] } + purposes.flatMap { ["--allow", $0] }
        )
        try must(
            ["agreement", "record", "MOU-31-02", "--cap", "H2", "--from", day(-60), "--until", day(300)]
                + ["--allow", "OFFICER_SAFETY"] + (parties + ["TCP-NAR", "FRO-MB"]).flatMap { ["--party", $0] }
        )
        try must(
            ["agreement", "record", "MOU-30-09", "--cap", "H2", "--from", day(-700), "--until", day(-30)]
                + ["--allow", "CRIM_INVEST", "--party", "HCS-MAR", "--party", "MPD-VT"]
        )
        for member in members.dropFirst() {
            try must([
                "member", "enrol", member.name, "--agency", member.agency, "--uid",
                "\(deployment.uid(of: member.name))", "--public-key", deployment.publicKey(of: member.name),
            ])
            for role in member.roles {
                try must([
                    "member", "grant", member.name, role, "--scope", "agency", "--until", today == nil ? "90d" : "300d",
                ])
            }
        }
    }

    /// The day so many days from now, such as 2031-03-03.
    package static func day(_ days: Int) -> String { day(days, from: .now) }

    private static func day(_ days: Int, from noon: Date) -> String {
        noon.addingTimeInterval(Double(days) * 86_400).formatted(.iso8601.year().month().day())
    }
}
