import Policy

/// What an administrator does about hooks: looks at them, and at the events that they did not take.
package enum HookAct: Hashable, Sendable {
    case list
    /// What they did not take.
    case listFailed
    /// Gives a hook an event again that it did not take; the number is the event's position in the record.
    case retry(hook: String, sequence: Int64)
    /// Lets go of it.
    case drop(hook: String, sequence: Int64)

    var name: String {
        switch self {
        case .list: "hooks.list"
        case .listFailed: "hooks.failed"
        case .retry: "hooks.retry"
        case .drop: "hooks.drop"
        }
    }

    var item: String? {
        switch self {
        case .list, .listFailed: nil
        case .retry(let hook, let sequence), .drop(let hook, let sequence): "\(hook)/\(sequence)"
        }
    }

    /// As it stands in the record; nil if that is none of them.
    init?(name: String, item: String?) {
        let words = (item ?? "").split(separator: "/")
        let sequence = words.count == 2 ? Int64(words[1]) : nil
        switch (name, sequence) {
        case ("hooks.list", nil): self = .list
        case ("hooks.failed", nil): self = .listFailed
        case ("hooks.retry", let sequence?): self = .retry(hook: String(words[0]), sequence: sequence)
        case ("hooks.drop", let sequence?): self = .drop(hook: String(words[0]), sequence: sequence)
        default: return nil
        }
    }

    /// From the wire.
    ///
    /// - Throws: ``Refusal`` that names the field.
    init(method: String, _ read: Parameters) throws(Refusal) {
        if method == "List" || method == "ListFailed" {
            self = method == "List" ? .list : .listFailed
            return
        }
        let hook = read.string("hook")
        guard Self.isName(hook) else { throw .malformed(field: "hook", "the name of a hook, such as mail") }
        guard let sequence = read.integer("sequence"), sequence >= 0 else {
            throw .malformed(field: "sequence", "the number of an event, as the list of hooks shows it")
        }
        self = method == "Retry" ? .retry(hook: hook, sequence: sequence) : .drop(hook: hook, sequence: sequence)
    }

    /// Whether a text can be the name of a hook: a-z, 0-9 and hyphen, at most 32 bytes, beginning with a letter.
    package static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first), text.utf8.count <= 32 else { return false }
        return text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}

extension CaseworkState {
    /// What the record calls it that an executable is shown events with an audience's eyes.
    package static let hookAct = "hook"
}
