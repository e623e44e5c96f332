public import StrictJSON

extension InterfaceDefinition {
    /// Compares an object with the fields that an interface declares for it.
    ///
    /// - Parameters:
    ///   - object: parameters of a call, a reply or an error.
    ///   - fields: what was declared.
    /// - Returns: nil if they agree; else the first field that is missing, undeclared or of the wrong type, as the path
    ///   from the top, such as `positions[0].case`.
    public func firstMismatch(of object: JSONObject, with fields: [FieldDefinition]) -> String? {
        var checker = TypeChecker(interface: self)
        return checker.accepts(object, fields) ? nil : checker.path
    }
}

/// Walks along a value and its type together; the value's depth is bounded by the parser's limits.
private struct TypeChecker {
    private enum Place {
        case field(String)
        case index(Int)
    }

    /// Names of a peer's own making are cut to this length before they are sent back.
    private static let longestName = 128

    let interface: InterfaceDefinition
    /// Where the walk stopped, from the inside out: nothing is kept on the way there.
    private var places: [Place] = []

    init(interface: InterfaceDefinition) {
        self.interface = interface
    }

    /// Where the walk stopped.
    var path: String {
        places.reversed().reduce(into: "") { path, place in
            switch place {
            case .field(let name):
                if !path.isEmpty { path += "." }
                path +=
                    name.unicodeScalars.count <= Self.longestName
                    ? name : String(String.UnicodeScalarView(name.unicodeScalars.prefix(Self.longestName)))
            case .index(let index): path += "[\(index)]"
            }
        }
    }

    mutating func accepts(_ object: JSONObject, _ fields: [FieldDefinition]) -> Bool {
        // Members first: since no name comes twice, one that is not declared is found after as many as there are fields.
        var present = 0
        for (key, value) in object.members {
            guard let field = fields.first(where: { $0.name.utf8.elementsEqual(key.utf8) }),
                accepts(value, field.type)
            else { return stopped(at: .field(key)) }
            present += 1
        }
        guard present < fields.count else { return true }
        for field in fields {
            if case .optional = field.type { continue }
            if object[field.name] == nil { return stopped(at: .field(field.name)) }
        }
        return true
    }

    private mutating func stopped(at place: Place) -> Bool {
        places.append(place)
        return false
    }

    private mutating func accepts(_ value: JSONValue, _ type: TypeExpression) -> Bool {
        switch (type, value) {
        case (.optional, .null), (.any, _): true
        case (.optional(let wrapped), _): accepts(value, wrapped)
        case (.bool, .bool), (.int, .integer), (.float, .integer), (.float, .number), (.string, .string),
            (.object, .object):
            true
        case (.named(let name), _): interface.type(name).map { accepts(value, $0) } ?? false
        case (.structure(let fields), .object(let object)): accepts(object, fields)
        case (.enumeration(let words), .string(let text)): words.contains { $0.utf8.elementsEqual(text.utf8) }
        case (.array(let element), .array(let values)): acceptsAll(values, element)
        case (.map(let element), .object(let object)): acceptsAll(object, element)
        default: false
        }
    }

    private mutating func acceptsAll(_ values: [JSONValue], _ type: TypeExpression) -> Bool {
        for (index, value) in values.enumerated() {
            guard accepts(value, type) else { return stopped(at: .index(index)) }
        }
        return true
    }

    private mutating func acceptsAll(_ object: JSONObject, _ type: TypeExpression) -> Bool {
        for (key, value) in object.members {
            guard accepts(value, type) else { return stopped(at: .field(key)) }
        }
        return true
    }
}
