import Cryptography
import Policy
import StrictJSON

/// Reading of a call's parameters, whose types the interface has checked already.
struct Parameters {
    let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    func string(_ key: String) -> String { object[key]?.string ?? "" }

    func optionalString(_ key: String) -> String? { object[key]?.string }

    func integer(_ key: String) -> Int64? { object[key]?.integer }

    func bool(_ key: String) -> Bool? { object[key]?.bool }

    func strings(_ key: String) -> [String] { (object[key]?.array ?? []).compactMap(\.string) }

    func reason(_ key: String) throws(Refusal) -> String {
        let text = string(key)
        try Text.check(text, field: key, limit: Text.reasonLimit)
        return text
    }

    /// The name of a court or a docket.
    func name(_ key: String) throws(Refusal) -> String {
        let text = string(key)
        try Text.checkLine(text, field: key)
        return text
    }

    func optionalReason(_ key: String) throws(Refusal) -> String? {
        object[key]?.string == nil ? nil : try reason(key)
    }

    func agencyID(_ key: String) throws(Refusal) -> AgencyID {
        guard let id = AgencyID(string(key)) else { throw .malformed(field: key, "an agency such as MPD-VT") }
        return id
    }

    func memberID(_ key: String) throws(Refusal) -> MemberID {
        guard let id = MemberID(string(key)) else { throw .malformed(field: key, "a role handle such as agent.mpd1") }
        return id
    }

    func agreementID(_ key: String) throws(Refusal) -> AgreementID {
        guard let id = AgreementID(string(key)) else { throw .malformed(field: key, "an agreement such as MOU-31-01") }
        return id
    }

    func optionalAgreementID(_ key: String) throws(Refusal) -> AgreementID? {
        object[key]?.string == nil ? nil : try agreementID(key)
    }

    func time(_ key: String) throws(Refusal) -> UTCTime {
        guard let time = integer(key).flatMap({ UTCTime(microseconds: $0) }) else {
            throw .malformed(field: key, "a time between 1970 and 9999")
        }
        return time
    }

    func optionalTime(_ key: String) throws(Refusal) -> UTCTime? { integer(key) == nil ? nil : try time(key) }

    func word<Word: RawRepresentable & CaseIterable>(_ key: String, _: Word.Type) throws(Refusal) -> Word
    where Word.RawValue == String {
        try Self.word(string(key), field: key)
    }

    private static func word<Word: RawRepresentable & CaseIterable>(
        _ text: String,
        field: String
    ) throws(Refusal) -> Word
    where Word.RawValue == String {
        guard let word = Word(rawValue: text) else {
            throw .malformed(field: field, "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    func handling(_ key: String) throws(Refusal) -> Handling? {
        guard let text = optionalString(key) else { return nil }
        guard let handling = Handling(text) else { throw .malformed(field: key, "H0, H1 or H2") }
        return handling
    }

    func compartment(_ key: String) throws(Refusal) -> Compartment? {
        guard let text = optionalString(key) else { return nil }
        guard let compartment = Compartment(text), compartment.holdsEntries else {
            throw .malformed(field: key, "CASE, OPS, LEGAL or OVERSIGHT")
        }
        return compartment
    }

    /// A code word: letters, digits, spaces and hyphens, so that no name with its accents slips in.
    func title(_ key: String) throws(Refusal) -> String {
        let text = string(key)
        let bytes = text.utf8
        guard (2...32).contains(bytes.count), let first = bytes.first, isLetter(first), bytes.last != 0x20,
            bytes.allSatisfy({ isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x20 || $0 == 0x2D })
        else { throw .malformed(field: key, "a code word of 2 to 32 letters, digits, spaces and hyphens") }
        return text
    }

    private func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }

    func offences(_ key: String) throws(Refusal) -> [String] {
        let list = strings(key)
        guard (1...16).contains(list.count) else { throw .malformed(field: key, "1 to 16 statutes") }
        for offence in list { try Text.check(offence, field: key, limit: 64) }
        return list
    }

    func uids(_ key: String) throws(Refusal) -> [UInt32] {
        try (object[key]?.array ?? []).map { (value) throws(Refusal) in
            // 0 is root, who is not a role; 65534 is nobody, which is what a foreign user namespace looks like.
            guard let uid = value.integer.flatMap({ UInt32(exactly: $0) }), uid != 0, uid != 65_534, uid != .max else {
                throw .malformed(field: key, "numeric user ids other than 0 and 65534")
            }
            return uid
        }
    }

    func positions(_ key: String) throws(Refusal) -> [(name: String, after: Int64)]? {
        guard let list = object[key]?.array else { return nil }
        guard list.count <= 256 else { throw .malformed(field: key, "at most 256 cases") }
        return list.map { ($0.object?["case"]?.string ?? "", $0.object?["after"]?.integer ?? -1) }
    }

    func agency() throws(Refusal) -> Agency {
        let read = Parameters(object["agency"]?.object ?? [:])
        let name = read.string("name")
        let contact = read.string("contact")
        try Text.checkLine(name, field: "agency.name")
        try Text.checkLine(contact, field: "agency.contact")
        let missions = try read.strings("missions").map { (text) throws(Refusal) -> Mission in
            try Self.word(text, field: "agency.missions")
        }
        guard !missions.isEmpty else { throw .malformed(field: "agency.missions", "at least one mission") }
        return Agency(
            id: try read.agencyID("id"),
            name: name,
            level: try read.word("level", AgencyLevel.self),
            missions: missions,
            contact: contact,
            keyRequired: read.bool("keyRequired") ?? false
        )
    }

    func agreement() throws(Refusal) -> Agreement {
        let read = Parameters(object["agreement"]?.object ?? [:])
        let parties = try read.strings("parties").map { (text) throws(Refusal) -> AgencyID in
            guard let id = AgencyID(text) else {
                throw .malformed(field: "agreement.parties", "agencies such as MPD-VT")
            }
            return id
        }
        let purposes = try read.strings("purposes").map { (text) throws(Refusal) -> Purpose in
            try Self.word(text, field: "agreement.purposes")
        }
        guard (2...64).contains(parties.count), Set(parties).count == parties.count else {
            throw .malformed(field: "agreement.parties", "2 to 64 different agencies")
        }
        guard !purposes.isEmpty else { throw .malformed(field: "agreement.purposes", "at least one purpose") }
        let starts = try read.time("startsAt")
        let ends = try read.time("endsAt")
        guard starts < ends else { throw .malformed(field: "agreement.endsAt", "later than startsAt") }
        let document = read.optionalString("document")
        if let document, Digest(hex: document) == nil {
            throw .malformed(field: "agreement.document", "64 lowercase hexadecimal digits")
        }
        return Agreement(
            id: try read.agreementID("id"),
            parties: parties,
            purposes: purposes,
            handlingCap: try read.handling("handlingCap") ?? .h0,
            designee: try read.optionalString("designee") == nil ? nil : read.agencyID("designee"),
            startsAt: starts,
            endsAt: ends,
            document: document
        )
    }
}
