/// The members of a JSON object in the order in which they were given, with no key twice.
///
/// Keys are compared as UTF-8 bytes. `String ==` would take `"é"` and `"e\u{301}"` for the same key although signers
/// and hashes see different ones. Equality and hashing pay no attention to the order of members.
public struct JSONObject: Sendable {
    /// The members in order.
    public private(set) var members: [(key: String, value: JSONValue)]

    /// From this number of members on, looking for duplicates goes through a hash table rather than along the list.
    static let smallCount = 12

    /// An object without members.
    public init() {
        members = []
    }

    /// An object with the given members in order; of members with the same key the first place and the last value stay.
    public init(_ members: [(String, JSONValue)]) {
        self.members = []
        self.members.reserveCapacity(members.count)
        if members.count <= Self.smallCount {
            for (key, value) in members { self[key] = value }
            return
        }
        var places: [KeyBytes: Int] = [:]
        places.reserveCapacity(members.count)
        for (key, value) in members {
            if let place = places[KeyBytes(text: key)] {
                self.members[place].value = value
            } else {
                places[KeyBytes(text: key)] = self.members.count
                self.members.append((key, value))
            }
        }
    }

    /// For the parser, which has looked for duplicates already.
    init(distinct members: [(key: String, value: JSONValue)]) {
        self.members = members
    }

    /// The number of members.
    public var count: Int { members.count }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }

    /// The keys in order.
    public var keys: [String] { members.map(\.key) }

    /// The value for a key, found by walking along the members: meant for the short objects of a protocol.
    ///
    /// Setting a new key appends, setting a known one keeps its place, setting nil removes.
    public subscript(_ key: String) -> JSONValue? {
        get {
            for member in members where member.key.hasSameBytes(as: key) { return member.value }
            return nil
        }
        set {
            let place = members.firstIndex { $0.key.hasSameBytes(as: key) }
            switch (place, newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append((key, value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// An object with its members in the order written.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements)
    }
}

extension JSONObject: Hashable {
    /// Whether both hold the same members, in any order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        if left.count <= smallCount {
            return left.members.allSatisfy { member in
                guard let other = right[member.key] else { return false }
                return other == member.value
            }
        }
        let byKey = right.members.reduce(into: [KeyBytes: JSONValue](minimumCapacity: right.count)) {
            $0[KeyBytes(text: $1.key)] = $1.value
        }
        return left.members.allSatisfy { byKey[KeyBytes(text: $0.key)] == $0.value }
    }

    /// Hashes in agreement with `==`: the members' hashes are added, so that their order does not matter.
    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for (key, value) in members {
            var member = hasher
            key.hashBytes(into: &member)
            member.combine(value)
            sum &+= member.finalize()
        }
        hasher.combine(members.count)
        hasher.combine(sum)
    }
}
