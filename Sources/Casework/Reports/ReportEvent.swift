package import Policy
import StrictJSON

/// A report that was made: what of, up to which line, and its digest.
///
/// Its bytes are made again from the record.
package struct ReportFile: Hashable, Sendable {
    package var number: Int64
    package var name: ReportName
    /// Whose rows it has; nil: of all.
    package var agency: AgencyID?
    package var from: UTCTime?
    package var until: UTCTime?
    package var format: ReportFormat
    package var made: ReportMade
    /// Agencies whose own policy keeps what they contributed out of it.
    package var withheld: [AgencyID]
    // What the state keeps beside.
    package var maker: MemberID?
    package var makerAgency: AgencyID?
    package var madeAt = UTCTime(milliseconds: 0)
    package var certifiedBy: MemberID?
    package var publishedAt: UTCTime?

    package init(
        number: Int64,
        name: ReportName,
        agency: AgencyID?,
        from: UTCTime?,
        until: UTCTime?,
        format: ReportFormat,
        made: ReportMade,
        withheld: [AgencyID]
    ) {
        self.number = number
        self.name = name
        self.agency = agency
        self.from = from
        self.until = until
        self.format = format
        self.made = made
        self.withheld = withheld
    }

    package var item: String { "A-\(number)" }

    func order(in caseName: String?) -> ReportOrder {
        ReportOrder(
            name: name,
            caseName: caseName,
            agency: agency,
            from: from,
            until: until,
            size: made.size,
            format: format
        )
    }

    /// What the record says of it.
    var record: JSONObject {
        .present([
            ("report", .integer(number)), ("name", .string(name.rawValue)),
            ("agency", agency.map { .string($0.text) }), ("from", from.map { .integer($0.milliseconds) }),
            ("until", until.map { .integer($0.milliseconds) }), ("format", .string(format.rawValue)),
            ("size", .integer(made.size)), ("root", .string(made.root)), ("digest", .string(made.digest)),
            ("rows", .integer(made.rows)), ("withheld", .strings(withheld.map(\.text))),
        ])
    }

    init(_ fields: Fields) throws(EventFault) {
        self.init(
            number: try fields.ordinal("report"),
            name: try fields.word("name") { ReportName(rawValue: $0) },
            agency: fields.object["agency"] == nil ? nil : try fields.word("agency") { AgencyID($0) },
            from: fields.object["from"] == nil ? nil : try fields.time("from"),
            until: fields.object["until"] == nil ? nil : try fields.time("until"),
            format: try fields.word("format") { ReportFormat(rawValue: $0) },
            made: ReportMade(
                size: try fields.integer("size"),
                root: try fields.string("root"),
                digest: try fields.string("digest"),
                rows: try fields.integer("rows")
            ),
            withheld: try fields.words("withheld") { AgencyID($0) }
        )
    }
}

/// What happened to reports.
package enum ReportEvent: Hashable, Sendable {
    case generated(ReportFile)
    /// With whether it has no rows: a nil certificate.
    case certified(Int64, isNil: Bool)
    case published(Int64)

    var kind: String {
        switch self {
        case .generated: "report.generated"
        case .certified: "report.certified"
        case .published: "report.published"
        }
    }

    var item: String {
        switch self {
        case .generated(let file): file.item
        case .certified(let number, _), .published(let number): "A-\(number)"
        }
    }

    var details: JSONObject {
        switch self {
        case .generated(let file): file.record
        case .certified(let number, let isNil): ["report": .integer(number), "nil": .bool(isNil)]
        case .published(let number): ["report": .integer(number)]
        }
    }

    /// Nil if the kind is none of reports.
    ///
    /// - Throws: ``EventFault`` if it does not say what it must say.
    init?(_ kind: String, _ details: Fields) throws(EventFault) {
        switch kind {
        case "report.generated": self = .generated(try ReportFile(details))
        case "report.certified": self = .certified(try details.ordinal("report"), isNil: try details.bool("nil"))
        case "report.published": self = .published(try details.ordinal("report"))
        default: return nil
        }
    }
}
