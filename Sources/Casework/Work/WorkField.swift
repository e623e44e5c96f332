import Policy
import StrictJSON

/// What a step says beside the item: its name on the wire, its form, and whether it is a part of its own in the record.
package struct WorkField: Sendable {
    package enum Form: Sendable {
        /// Free text of so many bytes, always a part of its own.
        case text(limit: Int)
        /// A short name, such as a court's or a docket's.
        case name
        /// So many short names, each once.
        case names(ClosedRange<Int>)
        /// A short code of a form of its own, which has no room for a name or for free words.
        case code(Code)
        case agency
        case agencies(ClosedRange<Int>)
        case member
        case word([String])
        case words([String])
        /// Microseconds on the wire, milliseconds in the record.
        case time
        case count(ClosedRange<Int64>)
        /// Latitude and longitude in degrees, such as `0.1045,-179.999`.
        case point
        /// So many short codes in lower case, such as languages of ISO 639.
        case codes(ClosedRange<Int>)
        case flag
        case entry
        /// Objects of fields of their own, such as the authorities of a plan.
        indirect case objects([WorkField], ClosedRange<Int>)
    }

    package struct Code: Sendable {
        /// In words, such as `a booking pseudonym such as B-1`.
        let words: String
        package let sample: String
        let fits: @Sendable (String) -> Bool
    }

    package let name: String
    package let form: Form
    package let isRequired: Bool
    /// A part of its own can be sealed and destroyed alone; the state keeps nothing of it but what a rule has to look at.
    let isPart: Bool

    init(_ name: String, _ form: Form, isRequired: Bool = true, isPart: Bool = false) {
        self.name = name
        self.form = form
        self.isRequired = isRequired
        if case .text = form { self.isPart = true } else { self.isPart = isPart }
    }

    static func text(_ name: String, isRequired: Bool = true, limit: Int = Text.reasonLimit) -> WorkField {
        WorkField(name, .text(limit: limit), isRequired: isRequired)
    }

    /// Whether it is free text.
    var isText: Bool { if case .text = form { true } else { false } }

    /// What the record calls it: `expiresAt` is `expires_at` there.
    var key: String {
        String(
            decoding: name.utf8.flatMap { (0x41...0x5A).contains($0) ? [0x5F, $0 | 0x20] : [$0] },
            as: UTF8.self
        )
    }

    /// Reads what came over the wire, as the record will say it; nil where nothing was said and nothing need be.
    func read(_ parameters: Parameters, _ path: String = "") throws(Refusal) -> JSONValue? {
        let label = path + name
        let value = parameters.object[name]
        guard let value, value != .null else {
            guard isRequired else { return nil }
            throw .malformed(field: label, "given")
        }
        switch form {
        case .text(let limit):
            try Text.check(value.string ?? "", field: label, limit: limit)
            return value
        case .name:
            try Text.checkLine(value.string ?? "", field: label)
            return value
        case .names(let count):
            let list = (value.array ?? []).compactMap(\.string)
            guard list.count == value.array?.count, count.contains(list.count), Set(list).count == list.count else {
                throw .malformed(field: label, "\(count.lowerBound) to \(count.upperBound) different names")
            }
            for name in list { try Text.checkLine(name, field: label) }
            return value
        case .code(let code):
            try Text.checkLine(value.string ?? "", field: label)
            guard value.string.map(code.fits) ?? false else { throw .malformed(field: label, code.words) }
            return value
        case .agency:
            guard let id = AgencyID(value.string ?? "") else {
                throw .malformed(field: label, "an agency such as MPD-VT")
            }
            return .string(id.text)
        case .agencies(let count):
            let list = (value.array ?? []).compactMap { AgencyID($0.string ?? "") }
            guard list.count == value.array?.count, count.contains(list.count), Set(list).count == list.count else {
                throw .malformed(field: label, "\(count.lowerBound) to \(count.upperBound) different agencies")
            }
            return .strings(list.map(\.text))
        case .member:
            guard let id = MemberID(value.string ?? "") else {
                throw .malformed(field: label, "a role handle such as agent.mpd1")
            }
            return .string(id.text)
        case .word(let words):
            guard let word = value.string, words.contains(where: { $0 == word }) else {
                throw .malformed(field: label, "one of \(words.joined(separator: ", "))")
            }
            return value
        case .words(let words):
            let list = (value.array ?? []).compactMap(\.string)
            guard !list.isEmpty, list.count == value.array?.count, list.allSatisfy(words.contains),
                Set(list).count == list.count
            else {
                throw .malformed(field: label, "some of \(words.joined(separator: ", ")), each once")
            }
            return value
        case .time:
            guard let time = value.integer.flatMap({ UTCTime(microseconds: $0) }) else {
                throw .malformed(field: label, "a time between 1970 and 9999")
            }
            return .integer(time.milliseconds)
        case .count(let range):
            guard let number = value.integer, range.contains(number) else {
                throw .malformed(field: label, "a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        case .point:
            guard Degrees.isPoint(value.string ?? "") else {
                throw .malformed(field: label, "latitude and longitude in degrees, such as 0.1045,-179.999")
            }
            return value
        case .codes(let count):
            let list = (value.array ?? []).compactMap(\.string)
            guard list.count == value.array?.count, count.contains(list.count), Set(list).count == list.count,
                list.allSatisfy({ (2...3).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x61...0x7A).contains($0) } }
                )
            else {
                throw .malformed(
                    field: label,
                    "\(count.lowerBound) to \(count.upperBound) different codes of two or three small letters"
                )
            }
            return value
        case .flag:
            guard value.bool != nil else { throw .malformed(field: label, "true or false") }
            return value
        case .entry:
            guard let number = Reference.number(value.string ?? "", letter: "E") else {
                throw .malformed(field: label, "an entry such as E-3")
            }
            return .integer(number)
        case .objects(let fields, let count):
            let list = value.array ?? []
            guard count.contains(list.count) else {
                throw .malformed(field: label, "\(count.lowerBound) to \(count.upperBound) of them")
            }
            var objects: [JSONValue] = []
            for (index, element) in list.enumerated() {
                var object = JSONObject()
                for field in fields {
                    object[field.key] = try field.read(
                        Parameters(element.object ?? [:]),
                        "\(label)[\(index)]."
                    )
                }
                objects.append(.object(object))
            }
            return .array(objects)
        }
    }

    /// As the interface shows what the record says.
    func wire(_ value: JSONValue) -> JSONValue {
        switch form {
        case .time: return value.integer.map { .integer($0 * 1_000) } ?? value
        case .entry: return value.integer.map { .string(Reference.entryName($0)) } ?? value
        case .objects(let fields, _):
            return .array((value.array ?? []).map { .object(Self.wire($0.object ?? [:], fields)) })
        default: return value
        }
    }

    static func wire(_ object: JSONObject, _ fields: [WorkField]) -> JSONObject {
        var shown = JSONObject()
        for (key, value) in object.members {
            guard let field = fields.first(where: { $0.key == key }) else {
                shown[key] = value
                continue
            }
            shown[field.name] = field.wire(value)
        }
        return shown
    }

    /// Facts without the entries that are sealed for the reader, and without what is a part of its own and kept for rules alone.
    static func withoutSealed(_ facts: JSONObject, _ fields: [WorkField], _ scope: EntryScope) -> JSONObject {
        var facts = facts
        for field in fields {
            if case .entry = field.form, scope.forgets(facts[field.key]?.integer) { facts[field.key] = nil }
            if field.isPart { facts[field.key] = nil }
        }
        return facts
    }

    /// Whether a recorded value has the form: times and numbers within what can be said, so that nothing read back can trap.
    func fits(_ value: JSONValue) -> Bool {
        switch form {
        case .text, .name, .code, .agency, .member, .word, .point: value.string != nil
        case .agencies, .words, .codes, .names: value.array?.allSatisfy { $0.string != nil } ?? false
        case .time: value.integer.map { (0..<UTCTime.end).contains($0) } ?? false
        case .count(let range): value.integer.map(range.contains) ?? false
        case .flag: value.bool != nil
        case .entry: value.integer.map { (1...Fields.highestOrdinal).contains($0) } ?? false
        case .objects(let fields, let count):
            (value.array.map { count.contains($0.count) } ?? false)
                && (value.array ?? []).allSatisfy { element in
                    fields.allSatisfy { field in
                        element.object?[field.key].map(field.fits) ?? !field.isRequired
                    }
                }
        }
    }
}

/// Places as people write them.
enum Degrees {
    /// Latitude, a comma, longitude: decimal degrees with at most seven digits after the point.
    static func isPoint(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: 0x2C, omittingEmptySubsequences: false)
        return parts.count == 2 && isNumber(parts[0], upTo: 90) && isNumber(parts[1], upTo: 180)
    }

    private static func isNumber(_ text: Substring.UTF8View, upTo limit: Int64) -> Bool {
        let parts = (text.first == 0x2D ? text.dropFirst() : text)
            .split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? Array(parts[1]) : []
        guard let whole = parts.first, (1...3).contains(whole.count), fraction.count <= 7,
            parts.count == 1 || !fraction.isEmpty,
            (Array(whole) + fraction).allSatisfy({ (0x30...0x39).contains($0) })
        else { return false }
        let degrees = whole.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        return degrees < limit || (degrees == limit && fraction.allSatisfy { $0 == 0x30 })
    }
}
