package import Policy

extension CaseworkState {
    /// Which lines of a case somebody may ask proofs of: those that an export to him would hold.
    ///
    /// - Returns: Nil if he may not know of the case.
    package func provableLines(of caseID: CaseID, by id: MemberID, now: UTCTime) -> PartsScope? {
        guard mayKnow(caseID, id, now: now), let file = cases[caseID], let member = members[id] else { return nil }
        return PartsScope(standing(of: member, in: file, now), in: file, of: self)
    }
}
