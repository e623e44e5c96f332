import Policy
import StrictJSON

@testable import Casework

extension World {
    /// Alder with victim services of two agencies: Safe Passage, and a specialist of the city's police.
    static func cared() -> World {
        var world = World.joined()
        world.must("lead.fib", .inviteAgency("Alder", id("SPS"), .information, nil))
        world.enrol("liaison.sps", id("SPS"))
        world.give("liaison.sps", .liaison)
        world.must("liaison.sps", .joinCase("Alder", conditions: nil))
        world.must("liaison.sps", .assignMember("Alder", member("advocate.sps")))
        world.enrol("specialist.mpd", id("MPD-VT"))
        world.give("specialist.mpd", .victimServices)
        world.must("liaison.mpd", .assignMember("Alder", member("specialist.mpd")))
        return world
    }

    @discardableResult
    mutating func mint() -> Outcome { victim("Mint", [:]) }

    /// A step of the reference V-0001, or another method of victims.
    @discardableResult
    mutating func victim(_ method: String, as name: String = "advocate.sps", _ parameters: JSONObject = [:]) -> Outcome
    {
        var parameters = parameters
        if method != "Mint", parameters["item"] == nil { parameters["item"] = "V-0001" }
        return work(as: name, "io.accord.Victim.\(method)", parameters)
    }

    /// A consent about V-0001.
    @discardableResult
    mutating func consent(_ scope: [String], to recipients: [String], days: Int64 = 100) -> Outcome {
        work(
            as: "advocate.sps",
            "io.accord.VictimConsent.Record",
            [
                "victim": "V-0001", "scope": .strings(scope), "recipients": .strings(recipients),
                "expiresAt": .integer(now.adding(days: days).milliseconds * 1_000), "formVersion": "2031-01",
                "language": "es",
            ]
        )
    }

    @discardableResult
    mutating func referral(_ method: String, as name: String, _ parameters: JSONObject = [:]) -> Outcome {
        var parameters = parameters
        if method != "Request" { parameters["item"] = "VR-1" }
        return work(as: name, "io.accord.VictimReferral.\(method)", parameters)
    }

    /// A step of the matter W-1, or one that makes it.
    @discardableResult
    mutating func matter(_ method: String, as name: String = "advocate.sps", _ parameters: JSONObject = [:]) -> Outcome
    {
        var parameters = parameters
        let makes = ["Flag", "RequestPresence", "ReportIncident", "RecordOrder"].contains(method)
        if !makes, parameters["item"] == nil { parameters["item"] = "W-1" }
        return work(as: name, "io.accord.ProtectedVictim.\(method)", parameters)
    }

    /// An agent flags V-0001, with its police as a recipient.
    @discardableResult
    mutating func flag(_ method: String = "Flag") -> Outcome {
        matter(method, as: "agent.fib1", ["victim": "V-0001", "recipients": ["MPD-VT"]])
    }

    func shown(_ name: String, _ workflow: String? = nil) -> [JSONObject] {
        state.work(of: file("Alder"), workflow: workflow, for: member(name), now: now)
    }

    /// A piece of work of Alder as somebody sees it, with the kinds of its lines.
    func shown(_ name: String, item: String) -> (shown: JSONObject, kinds: Set<String>?)? {
        state.work(item, of: file("Alder"), for: member(name), now: now).map { ($0.shown, $0.kinds) }
    }

    func counted(_ name: String, _ workflow: String? = nil) -> [JSONObject] {
        state.counts(of: file("Alder"), workflow: workflow, for: member(name), now: now)
    }

    func waits(for name: String, _ item: String) -> Bool {
        state.inbox(member(name), now: now).contains { $0.item == item }
    }
}

extension World {
    /// A matter of which the city's police is told, and the agency that is asked to certify.
    mutating func flagAndAsk(_ agency: String) -> Outcome {
        flag()
        return matter("RequestCertification", ["to": .string(agency)])
    }
}
