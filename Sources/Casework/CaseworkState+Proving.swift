package import Policy

extension CaseworkState {
    /// How much somebody may see of a line of a case: what an export to him would hold of it, told without the lines before
    /// it.
    ///
    /// Where he may know of the line, he may have the proof of it.
    package func visibility(of event: Event, to id: MemberID, now: UTCTime) -> Visibility {
        guard mayKnow(event.caseID, id, now: now), let file = cases[event.caseID], let member = members[id] else {
            return .none
        }
        let standing = standing(of: member, in: file, now)
        let seen = self.scope(standing, in: file, for: file.purpose, now)
        var scope = PartsScope(standing, seen, of: event, in: file, of: self)
        return scope.visibility(of: event)
    }
}
