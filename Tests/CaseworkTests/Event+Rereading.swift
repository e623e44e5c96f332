import Policy

@testable import Casework

extension Event {
    /// The event as it comes back from its line, which may be of another kind, and of which parts may be gone.
    func reread(as kind: String? = nil, without gone: Set<String> = []) throws -> Event {
        try Event(
            kind: kind ?? self.kind,
            caseID: caseID,
            agency: agency?.text ?? "",
            member: member?.text ?? "",
            role: role?.rawValue ?? "",
            purpose: purpose?.rawValue ?? "",
            parts: parts().filter { !gone.contains($0.name) }
        )
    }
}
