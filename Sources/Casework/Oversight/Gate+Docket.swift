import Policy
import StrictJSON

/// Steps of the docket: anybody writes to oversight, and nobody else reads what was written.
extension Gate {
    mutating func decideDocket(_ act: WorkAct) throws(Refusal) -> Decision {
        let (workflow, step) = act.step
        let purpose = try docketPurpose()
        let item = try step.makesItem ? nil : docketItem(act.name ?? "", of: workflow)
        let isAsked = item.map { state.isAsked($0, member, now) } ?? false
        let oversees = member.roles(in: nil, now).contains(.oversight)
        let isAllowed = step.by.contains { party in
            switch party {
            case .everybody: true
            case .overseer: oversees
            case .of: isAsked
            default: false
            }
        }
        try require(isAllowed, takes: step)
        if let item {
            try require(
                "L01",
                step.from.contains(item.state),
                "\(item.id) is \(step.from.sorted().joined(separator: " or ")).",
                message: "\(item.id) is \(item.state): “\(step.verb)” does not lead from there."
            )
        }
        let found = try docketFacts(act, item)
        let stream = item.flatMap { state.docket.stream(of: $0) } ?? command.minted.caseID
        let number = item?.number ?? drawn { state.docket.work[workflow.name, $0] == nil }
        return event(
            "restricted",
            stream,
            step.by == [.of("to")] ? .liaison : oversees ? .oversight : member.roles(in: nil, now).inOrder.first,
            purpose,
            .docket(
                WorkEvent(
                    kind: step.event,
                    number: number,
                    facts: act.facts.with(found.members.map { ($0.key, $0.value) }),
                    parts: act.parts
                )
            )
        )
    }

    /// What is written to oversight is for its purpose.
    mutating func docketPurpose() throws(Refusal) -> Purpose {
        let purpose = try purpose(.oversight)
        try require(
            "P03",
            purpose == .oversight,
            "The purpose is oversight.",
            message: "What is written to oversight is for \(Purpose.oversight.rawValue) alone.",
            ask: "Repeat without `--purpose`."
        )
        return purpose
    }

    /// An item of the docket, if the asker sees it: one that is not there and one that is not for him answer the same.
    ///
    /// Nor does the line of the refusal tell, for whom a complaint concerns may have it in a copy of the record.
    private mutating func docketItem(_ name: String, of workflow: Workflow) throws(Refusal) -> WorkItem {
        let item = Workflows.number(name, workflow).flatMap { state.docket.work[workflow.name, $0] }
        return try docketItem(item, isInspection: workflow.name == Workflow.inspections.name)
    }

    private mutating func docketItem(_ item: WorkItem?, isInspection: Bool) throws(Refusal) -> WorkItem {
        let isSeen = item.map { state.sees($0, member, now) } ?? false
        try require(
            "P04",
            isSeen,
            "It exists and is open to the asker.",
            recorded: isInspection ? "P28" : "P04C"
        )
        guard let item else { throw Refusal(row: "P04") }
        return item
    }

    /// What the daemon finds out of a step and records with it, once its own rules hold.
    private mutating func docketFacts(_ act: WorkAct, _ item: WorkItem?) throws(Refusal) -> JSONObject {
        switch act.event {
        case "complaint.received", "incident.reported", "finding.issued":
            let field = act.event == "finding.issued" ? "to" : "agency"
            if let text = act.facts[field]?.string, AgencyID(text).flatMap({ state.agencies[$0] }) == nil {
                throw .malformed(field: field, "one that is registered: `accord agency list`")
            }
            if act.facts["discovered_at"]?.integer.map({ $0 > now.milliseconds }) ?? false {
                throw .malformed(field: "discoveredAt", "not in the future")
            }
            guard act.event == "finding.issued" else { return [:] }
            if let source = act.facts["source"]?.string {
                _ = try docketItem(
                    Workflows.item(source, in: state.docket.work),
                    isInspection: Workflows.number(source, .inspections) != nil
                )
            }
            guard let about = act.facts["about"]?.string else { return [:] }
            return ["files": .strings([try overseen(about).id.hex])]
        case "complaint.routed", "incident.routed":
            return ["bodies": .strings(try bodies(item).map(\.text))]
        case "complaint.acknowledged", "incident.acknowledged":
            let body = act.facts["body"]?.string.flatMap { AgencyID($0) }
            let waiting = item.map { Set($0.agencies("bodies")).subtracting($0.agencies("acknowledged")) } ?? []
            guard let body, waiting.contains(body) else {
                let words = waiting.map(\.text).sorted().joined(separator: ", ")
                throw .malformed(field: "body", words.isEmpty ? "one that has not acknowledged" : "one of \(words)")
            }
            return [:]
        case "inspection.opened": return try inspectionFacts(act)
        default: return [:]
        }
    }

    /// The bodies to which something goes: those of the table, without the unit that it concerns.
    private mutating func bodies(_ item: WorkItem?) throws(Refusal) -> [AgencyID] {
        // As it was when it was recorded: the table of today decides nothing of yesterday.
        if let recorded = command.minted.bodies { return recorded }
        let table = command.routing.bodies(item?.word("category") ?? "") ?? [member.agency]
        let bodies = table.filter { $0 != item?.agency("agency") }
        try require(
            "L01",
            !bodies.isEmpty,
            "The routing table names a body beside the unit concerned.",
            message: "The routing table names no body but the unit that is concerned.",
            ask: "Ask whoever runs the host: `oversight.routing` names the table."
        )
        return bodies
    }

    /// A case by its name, for oversight.
    mutating func overseen(_ name: String) throws(Refusal) -> CaseFile { try knownCase(name).0 }

    /// Readings of the docket.
    mutating func readDocket(_ name: String?) throws(Refusal) -> Decision {
        let purpose = try docketPurpose()
        let item = try name.map { (name) throws(Refusal) in
            try docketItem(
                Workflows.item(name, in: state.docket.work),
                isInspection: Workflows.number(name, .inspections) != nil
            )
        }
        var decision = read(nil, .nothing, item: item?.id)
        decision.event.purpose = purpose
        return decision
    }
}
