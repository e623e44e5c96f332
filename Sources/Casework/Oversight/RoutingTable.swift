import Policy

/// Which oversight bodies deal with a complaint or an incident, by its category (domain.md 2.13).
///
/// Bodies change and their duties overlap, so that it is a table which the deployment configures, and no rule.
package struct RoutingTable: Hashable, Sendable {
    /// The word for every category that has no line of its own.
    private static let otherwise = "default"

    private let bodies: [String: [AgencyID]]

    /// No line: whoever routes deals with it himself.
    package static let empty = RoutingTable(bodies: [:])

    private init(bodies: [String: [AgencyID]]) { self.bodies = bodies }

    /// Reads lines such as `use-of-force: ROB, STATE-IG`; a line that is empty or begins with `#` says nothing.
    ///
    /// - Throws: ``EventFault`` that names the line.
    package init(parsing text: String) throws(EventFault) {
        let known = Set(Workflow.complaintCategories + Workflow.incidentKinds + [Self.otherwise])
        var bodies: [String: [AgencyID]] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.trimmed
            guard !line.isEmpty, line.first != "#" else { continue }
            let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let category = String(halves[0].trimmed)
            guard halves.count == 2, known.contains(category) else {
                throw EventFault(message: "line \(index + 1): no category, a colon and bodies")
            }
            guard bodies[category] == nil else {
                throw EventFault(message: "line \(index + 1): \(category) stands twice")
            }
            let names = halves[1].split(separator: ",", omittingEmptySubsequences: false).map { String($0.trimmed) }
            let ids = names.compactMap { AgencyID($0) }
            guard ids.count == names.count, ids.count <= Workflow.mostBodies, Set(ids).count == ids.count else {
                throw EventFault(message: "line \(index + 1): 1 to \(Workflow.mostBodies) different bodies such as ROB")
            }
            bodies[category] = ids
        }
        self.bodies = bodies
    }

    /// The bodies of a category; nil where the table has none.
    func bodies(_ category: String) -> [AgencyID]? { bodies[category] ?? bodies[Self.otherwise] }
}

extension Substring {
    /// Without the blanks around it.
    fileprivate var trimmed: Substring {
        let blanks: Set<Character> = [" ", "\t", "\r"]
        var rest = drop(while: blanks.contains)
        while let last = rest.last, blanks.contains(last) { rest.removeLast() }
        return rest
    }
}
