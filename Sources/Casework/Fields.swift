import Policy
import StrictJSON

/// A recorded event that does not say what its kind must say.
///
/// Such a line cannot come from this program.
package struct EventFault: Error, Hashable, Sendable {
    package let message: String
}

/// Reading of an object whose fields must be there: one way for events and snapshots.
struct Fields {
    /// As many as twelve digits can say (see ``Reference``).
    static let highestOrdinal: Int64 = 999_999_999_999

    let object: JSONObject

    init(_ value: JSONValue?) throws(EventFault) {
        guard let object = value?.object else { throw EventFault(message: "an object is missing") }
        self.object = object
    }

    func string(_ key: String) throws(EventFault) -> String {
        guard let text = object[key]?.string else { throw EventFault(message: "\(key) is missing") }
        return text
    }

    func optionalString(_ key: String) -> String? { object[key]?.string }

    func integer(_ key: String) throws(EventFault) -> Int64 {
        guard let number = object[key]?.integer else { throw EventFault(message: "\(key) is missing") }
        return number
    }

    /// A time of the record: nothing outside what can be said, so that sums and products of it cannot overflow.
    func time(_ key: String) throws(EventFault) -> UTCTime {
        let milliseconds = try integer(key)
        guard (0..<UTCTime.end).contains(milliseconds) else { throw EventFault(message: "\(key) is no time") }
        return UTCTime(milliseconds: milliseconds)
    }

    /// A number that counts entries, requests, releases or grants.
    func ordinal(_ key: String) throws(EventFault) -> Int64 {
        let number = try integer(key)
        guard (1...Self.highestOrdinal).contains(number) else { throw EventFault(message: "\(key) counts nothing") }
        return number
    }

    func optionalInteger(_ key: String) -> Int64? { object[key]?.integer }

    func bool(_ key: String) throws(EventFault) -> Bool {
        guard let flag = object[key]?.bool else { throw EventFault(message: "\(key) is missing") }
        return flag
    }

    func strings(_ key: String) throws(EventFault) -> [String] {
        guard let list = object[key]?.array else { throw EventFault(message: "\(key) is missing") }
        return try list.map { (item) throws(EventFault) in
            guard let text = item.string else { throw EventFault(message: "\(key) holds something else than text") }
            return text
        }
    }

    func integers(_ key: String) throws(EventFault) -> [Int64] {
        guard let list = object[key]?.array else { throw EventFault(message: "\(key) is missing") }
        return try list.map { (item) throws(EventFault) in
            guard let number = item.integer else {
                throw EventFault(message: "\(key) holds something else than numbers")
            }
            return number
        }
    }

    func word<Word>(_ key: String, _ make: (String) -> Word?) throws(EventFault) -> Word {
        guard let word = make(try string(key)) else { throw EventFault(message: "\(key) is no known word") }
        return word
    }

    func words<Word>(_ key: String, _ make: (String) -> Word?) throws(EventFault) -> [Word] {
        try strings(key).map { (text) throws(EventFault) in
            guard let word = make(text) else { throw EventFault(message: "\(key) holds an unknown word") }
            return word
        }
    }
}

extension JSONValue {
    static func strings(_ list: some Sequence<String>) -> JSONValue { .array(list.map { .string($0) }) }
}

extension JSONObject {
    /// With what is nil left out.
    static func present(_ members: [(String, JSONValue?)]) -> JSONObject {
        JSONObject(members.compactMap { key, value in value.map { (key, $0) } })
    }
}
