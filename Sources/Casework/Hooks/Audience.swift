package import Policy

/// With whose eyes something looks that no member is shown: those of one member, or of all who hold a role in an agency.
package enum Audience: Hashable, Sendable, CustomStringConvertible {
    case member(MemberID)
    case role(Role, AgencyID)

    /// Nil unless it is a member such as `liaison.mpd`, or a role in an agency such as `liaison of MPD-VT`.
    package init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        if words.count == 1, let member = MemberID(words[0]) {
            self = .member(member)
        } else if words.count == 3, words[1] == "of", let role = Role(rawValue: words[0]),
            let agency = AgencyID(words[2])
        {
            self = .role(role, agency)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .member(let member): member.text
        case .role(let role, let agency): "\(role.rawValue) of \(agency)"
        }
    }
}

extension CaseworkState {
    /// The members whose eyes they are, as of now: nobody whose account or role has ended.
    ///
    /// - Parameters:
    ///   - audience: who is meant.
    ///   - caseID: where a role has to reach.
    ///   - now: when it has to last.
    /// - Returns: Them, in order.
    func members(of audience: Audience, in caseID: CaseID?, _ now: UTCTime) -> [Member] {
        switch audience {
        case .member(let id): members[id].map { $0.isDisabled ? [] : [$0] } ?? []
        case .role(let role, let agency):
            members.values.filter { $0.agency == agency && $0.roles(in: caseID, now).contains(role) }
                .sorted { $0.id < $1.id }
        }
    }

    /// Whether there is anybody in an audience, in any case or none.
    package func hasMembers(_ audience: Audience, now: UTCTime) -> Bool {
        switch audience {
        case .member: !members(of: audience, in: nil, now).isEmpty
        case .role(let role, let agency):
            members.values.contains { member in
                member.agency == agency && !member.isDisabled
                    && member.grants.contains { $0.role == role && now < $0.expiresAt }
            }
        }
    }

    /// The agency whose information an audience is shown.
    package func agency(of audience: Audience) -> AgencyID? {
        switch audience {
        case .member(let id): members[id]?.agency
        case .role(_, let agency): agencies[agency]?.id
        }
    }
}
