/// Some of the eight roles, in one byte: every decision asks for them several times.
package struct Roles: Hashable, Sendable, ExpressibleByArrayLiteral {
    private var bits: UInt8 = 0

    package init() {}

    package init(arrayLiteral roles: Role...) { for role in roles { insert(role) } }

    package var isEmpty: Bool { bits == 0 }

    package func contains(_ role: Role) -> Bool { bits & role.bit != 0 }

    package mutating func insert(_ role: Role) { bits |= role.bit }

    package func union(_ others: Roles) -> Roles {
        var all = self
        all.bits |= others.bits
        return all
    }

    package func intersection(_ others: Roles) -> Roles {
        var common = self
        common.bits &= others.bits
        return common
    }

    package func subtracting(_ others: Roles) -> Roles {
        var rest = self
        rest.bits &= ~others.bits
        return rest
    }

    package func isDisjoint(with others: Roles) -> Bool { bits & others.bits == 0 }

    /// In the order of the vocabulary, so that the same roles always read the same.
    package var inOrder: [Role] { Role.allCases.filter(contains) }
}

extension Role {
    fileprivate var bit: UInt8 {
        switch self {
        case .lead: 1
        case .contributor: 1 << 1
        case .analyst: 1 << 2
        case .legal: 1 << 3
        case .victimServices: 1 << 4
        case .liaison: 1 << 5
        case .oversight: 1 << 6
        case .administrator: 1 << 7
        }
    }
}
