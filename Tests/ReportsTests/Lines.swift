import Casework
import Policy
import StrictJSON

@testable import Reports

/// Lines of a record in a few words each: what reports are made of.
struct Lines {
    private(set) var all: [ReportedLine] = []
    var now = UTCTime(milliseconds: 1_930_262_400_000)

    /// A line; the time goes on by a minute.
    mutating func add(
        _ kind: String,
        of agency: String = "FIB-MB",
        by member: String = "lead.fib",
        in caseID: CaseID = .alder,
        isRefused: Bool = false,
        rule: String? = nil,
        texts: [String] = [],
        _ details: JSONObject = [:]
    ) throws {
        let parts = [("details", JSONValue.object(details))] + texts.map { ($0, "Said by somebody.") }
        let event = try Event(
            kind: kind,
            caseID: caseID,
            agency: agency,
            member: member,
            role: "lead",
            purpose: "CRIM_INVEST",
            parts: parts
        )
        all.append(ReportedLine(event: event, at: now, isRefused: isRefused, rule: rule))
        now = UTCTime(milliseconds: now.milliseconds + 60_000)
    }

    mutating func dropLast() { all.removeLast() }

    mutating func register(_ agency: String, _ mission: String, _ level: String = "state") throws {
        try add(
            "agency.registered",
            of: "OPS",
            by: "admin.ops",
            in: .system,
            [
                "id": .string(agency), "name": .string(agency), "level": .string(level), "missions": [.string(mission)],
                "contact": "desk", "key_required": false,
            ]
        )
    }

    /// A case that a second person approved.
    mutating func open(
        _ caseID: CaseID,
        _ number: String,
        lead: String = "FIB-MB",
        agreement: String = "MOU-31-01"
    ) throws {
        try add(
            "case.drafted",
            of: lead,
            in: caseID,
            texts: ["predicate"],
            [
                "number": .string(number), "title": "Alder", "offences": ["18 USC 1591"],
                "primary_purpose": "trafficking-criminal", "agreement": .string(agreement),
                "lead_agency": .string(lead),
            ]
        )
        try add("case.opened", of: "SPO-OC", by: "liaison.spo", in: caseID)
    }

    /// The report of all lines.
    func report(
        _ name: ReportName,
        agency: String? = nil,
        agreements: [String]? = nil,
        withheld: [String: String] = [:],
        sealed: [CaseID: Set<String>] = [:],
        from: UTCTime? = nil,
        until: UTCTime? = nil
    ) -> Report {
        var grant = ReportGrant(agency: agency.flatMap { AgencyID($0) })
        grant.agreements = agreements.map { Set($0.compactMap { AgreementID($0) }) }
        for (agency, citation) in withheld { if let id = AgencyID(agency) { grant.withheld[id] = citation } }
        grant.sealedItems = sealed
        var making = ReportMaking(
            ReportOrder(name: name, from: from, until: until),
            ReportingRights(grant: grant)
        )
        for line in all { making.take(line) }
        return making.report(
            at: ReportHead(size: Int64(all.count), root: String(repeating: "0", count: 64), note: "note\n")
        )
    }
}

extension CaseID {
    static let alder = CaseID(hex: String(repeating: "a", count: 32)) ?? .system
    static let birch = CaseID(hex: String(repeating: "b", count: 32)) ?? .system
}

extension Report {
    /// The rows of a section as people read them, a row a text.
    func rows(_ section: String) -> [String] {
        (sections.first { $0.id == section }?.rows ?? []).map { $0.map(\.words).joined(separator: " | ") }
    }

    func total(_ section: String) -> String {
        (sections.first { $0.id == section }?.total ?? []).map(\.words).joined(separator: " | ")
    }

    /// The number of a figure, or of a word in a table.
    func count(_ title: String) -> String? {
        sections.lazy.flatMap(\.rows).first { $0[0].words == title }?[1].words
    }
}
