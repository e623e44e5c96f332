package import Policy

/// What can be made out of the record for others: statutory reports, registers, a case's timeline, counts for the public
/// (domain.md 2.7, 2.13, 3).
package enum ReportName: String, Hashable, Sendable, CaseIterable {
    /// Joint task forces, after Cal. Gov. Code 7284.6(c).
    case taskForces = "jtf-annual"
    /// Requests for custody and how they were answered, after 5 ILCS 805/25.
    case detainers = "il-805-25"
    /// Who was given what, and why (28 CFR 23.20(g)).
    case dissemination
    /// What oversight looks through each week (CJIS AU-6).
    case digest = "oversight-digest"
    /// What happened in one case.
    case timeline
    /// Counts alone, for the public.
    case transparency

    /// For what it is made, unless that is stated; nil: for the purpose of the case.
    var purpose: Purpose? {
        switch self {
        case .taskForces, .detainers, .transparency: .publicRecords
        case .dissemination, .digest: .oversight
        case .timeline: nil
        }
    }

    /// Whether it speaks for a whole task force, and so is the designee's to make.
    var isDesignees: Bool { self == .taskForces || self == .transparency }

    /// Whether somebody answers for it, and it may be published: it goes to others than those who know of cases.
    package var isStatutory: Bool { self == .taskForces || self == .detainers || self == .transparency }
}

/// In which form a report is wanted.
package enum ReportFormat: String, Hashable, Sendable, CaseIterable {
    case text
    case json
    case csv
    case html
}

/// Which report is wanted, of what and of when.
package struct ReportOrder: Hashable, Sendable {
    package var name: ReportName
    /// What the asker calls the case, of a timeline.
    package var caseName: String?
    /// Whose rows; nil: the asker's own agency's, or all where he oversees.
    package var agency: AgencyID?
    /// The period, from here; nil: from the first line on.
    package var from: UTCTime?
    /// Up to here, exclusive; nil: to the end.
    package var until: UTCTime?
    /// Up to how many lines of the record; nil: as many as there are.
    package var size: Int64?
    package var format: ReportFormat

    package init(
        name: ReportName,
        caseName: String? = nil,
        agency: AgencyID? = nil,
        from: UTCTime? = nil,
        until: UTCTime? = nil,
        size: Int64? = nil,
        format: ReportFormat = .text
    ) {
        self.name = name
        self.caseName = caseName
        self.agency = agency
        self.from = from
        self.until = until
        self.size = size
        self.format = format
    }
}

/// What was made of an order: known once it is made, and recorded before anybody is given it.
package struct ReportMade: Hashable, Sendable {
    /// How many lines of the record it was made from, and their root.
    package var size: Int64
    package var root: String
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    package var digest: String
    /// How many rows it has of what it reports: none makes a nil certificate.
    package var rows: Int64

    package init(size: Int64, root: String, digest: String, rows: Int64) {
        self.size = size
        self.root = root
        self.digest = digest
        self.rows = rows
    }

    /// Before anything is made.
    static let nothing = ReportMade(size: 0, root: "", digest: "", rows: 0)
}

/// What somebody asks of reports.
package enum ReportAct: Hashable, Sendable {
    /// The second is nil until it is made.
    case make(ReportOrder, ReportMade?)
    /// Answers for one, such as `A-3`.
    case certify(String)
    /// Says that it was made public.
    case publish(String)
    case list

    package var name: String {
        switch self {
        case .make: "report.make"
        case .certify: "report.certify"
        case .publish: "report.publish"
        case .list: "report.list"
        }
    }

    var item: String? {
        switch self {
        case .certify(let text), .publish(let text): Reference.number(text, letter: "A").map { "A-\($0)" }
        case .make, .list: nil
        }
    }

    var isReading: Bool {
        switch self {
        case .make, .list: true
        case .certify, .publish: false
        }
    }

    /// From the wire.
    ///
    /// - Throws: ``Refusal`` that names the field.
    init(method: String, _ read: Parameters) throws(Refusal) {
        switch method {
        case "Make": self = .make(try ReportOrder(read), nil)
        case "Certify": self = .certify(try Self.named(read))
        case "Publish": self = .publish(try Self.named(read))
        default: self = .list
        }
    }

    private static func named(_ read: Parameters) throws(Refusal) -> String {
        let text = read.string("item")
        guard Reference.number(text, letter: "A") != nil else {
            throw .malformed(field: "item", "a report, such as A-1: `accord report list`")
        }
        return text
    }

    /// The act that an event tells of.
    init(recorded event: ReportEvent, in caseName: String?) {
        switch event {
        case .generated(let file): self = .make(file.order(in: caseName), file.made)
        case .certified(let number, _): self = .certify("A-\(number)")
        case .published(let number): self = .publish("A-\(number)")
        }
    }
}

extension ReportOrder {
    init(_ read: Parameters) throws(Refusal) {
        self.init(
            name: try read.word("report", ReportName.self),
            caseName: read.optionalString("case"),
            agency: try read.optionalString("agency") == nil ? nil : read.agencyID("agency"),
            from: try read.optionalTime("from"),
            until: try read.optionalTime("until"),
            size: read.integer("at"),
            format: try read.word("format", ReportFormat.self)
        )
        guard (name == .timeline) == (caseName != nil) else {
            throw .malformed(field: "case", "given for a timeline, and for nothing else")
        }
        guard agency == nil || !(name.isDesignees || name == .digest || name == .timeline) else {
            throw .malformed(field: "agency", "absent: this report is not of one agency")
        }
        guard (from ?? UTCTime(milliseconds: 0)) < (until ?? UTCTime(milliseconds: UTCTime.end)) else {
            throw .malformed(field: "until", "later than from")
        }
        guard size.map({ $0 >= 1 }) ?? true else { throw .malformed(field: "at", "a number of lines, from 1") }
        guard name != .transparency || isWholeYear else {
            throw .malformed(
                field: "from",
                "the first day of a year, and until that of the next: counts of two periods that differ by a day tell of one person"
            )
        }
    }

    /// From one first of January to the next.
    private var isWholeYear: Bool {
        guard let from, let until else { return false }
        return "\(from)".utf8.suffix(6).elementsEqual("-01-01".utf8)
            && "\(until)".utf8.suffix(6).elementsEqual("-01-01".utf8)
            && until.year == from.year + 1 && from.milliseconds % 86_400_000 == 0
            && until.milliseconds % 86_400_000 == 0
    }
}
