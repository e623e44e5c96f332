/// What a target is known by, normalised, so that two agencies that mean the same write the same.
///
/// Exact compounds only: no fuzzy names, no parts, no wildcard (domain.md 6.9).
package struct Identifier: Hashable, Sendable {
    package let kind: Kind
    /// The normalised value, in UTF-8; with its issuer, platform or date of birth where it has one.
    package let value: String

    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// E.164, with the country's code.
        case phone
        /// A registration plate, with who issued it.
        case plate
        /// A vehicle identification number (ISO 3779; check digit of 49 CFR 565.15).
        case vin
        /// A ship's IMO number, with its check digit (IMO Resolution A.1117(30)).
        case imo
        /// A freight container, with its check digit (ISO 6346).
        case container
        case email
        /// An international bank account number (ISO 13616).
        case iban
        /// A bank account without an IBAN, with the bank.
        case account
        /// A document's number, with who issued it.
        case document
        /// An account's name, with the platform.
        case handle
        /// An organisation's number in a register, with the register.
        case organisation
        /// A name and a date of birth.
        case person
    }

    /// Why a value does not stand for a target.
    package struct Fault: Error, Hashable, Sendable {
        /// A sentence: what is expected.
        package let message: String
    }

    /// Normalises a value.
    ///
    /// - Parameters:
    ///   - kind: what it is.
    ///   - text: as it was written down.
    ///   - qualifier: issuer, bank, platform, register, or date of birth as YYYY-MM-DD; for kinds that need none it must be
    ///     nil or empty.
    /// - Throws: ``Fault``.
    package init(_ kind: Kind, _ text: String, qualifier: String? = nil) throws(Fault) {
        self.kind = kind
        let qualifier = qualifier ?? ""
        guard text.utf8.count <= Self.longest, qualifier.utf8.count <= Self.longest else {
            throw Fault(message: "At most \(Self.longest) bytes.")
        }
        guard kind.needsQualifier != qualifier.isEmpty else {
            throw Fault(message: kind.needsQualifier ? kind.qualifierSentence : "A \(kind.rawValue) stands by itself.")
        }
        switch kind {
        case .phone: value = try Self.phone(text)
        case .vin: value = try Self.vin(text)
        case .imo: value = try Self.imo(text)
        case .container: value = try Self.container(text)
        case .email: value = try Self.email(text)
        case .iban: value = try Self.iban(text)
        case .plate, .account, .document, .organisation:
            value = "\(try Self.code(qualifier))\u{1F}\(try Self.code(text))"
        case .handle: value = try Self.handle(text, on: qualifier)
        case .person: value = try Self.person(text, born: qualifier)
        }
    }

    /// Bytes.
    private static let longest = 256
}

extension Identifier.Kind {
    package var needsQualifier: Bool {
        switch self {
        case .plate, .account, .document, .handle, .organisation, .person: true
        case .phone, .vin, .imo, .container, .email, .iban: false
        }
    }

    fileprivate var qualifierSentence: String {
        switch self {
        case .plate: "Say who issued the plate, such as US-VT or MX."
        case .account: "Say which bank."
        case .handle: "Say on which platform."
        case .organisation: "Say in which register."
        case .person: "Say the date of birth, as YYYY-MM-DD: a name alone is no target."
        default: "Say who issued it."
        }
    }
}
