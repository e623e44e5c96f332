package import Policy
package import StrictJSON

/// The reports that were made, in order.
package struct Reports: Hashable, Sendable {
    private(set) var files: [ReportFile] = []

    var next: Int64 { Int64(files.count) + 1 }

    /// Numbers are without gaps.
    subscript(_ number: Int64) -> ReportFile? {
        number >= 1 && number <= Int64(files.count) ? files[Int(number) - 1] : nil
    }

    mutating func add(_ file: ReportFile) {
        guard file.number == next else { return }
        files.append(file)
    }

    mutating func change(_ number: Int64, _ body: (inout ReportFile) -> Void) {
        guard self[number] != nil else { return }
        body(&files[Int(number) - 1])
    }

    /// What a snapshot of the state says of them.
    var record: JSONValue {
        .array(
            files.map { file in
                .object(
                    .present(
                        file.record.members.map { ($0.key, $0.value) } + [
                            ("maker", file.maker.map { .string($0.text) }),
                            ("maker_agency", file.makerAgency.map { .string($0.text) }),
                            ("made_at", .integer(file.madeAt.milliseconds)),
                            ("certified_by", file.certifiedBy.map { .string($0.text) }),
                            ("published_at", file.publishedAt.map { .integer($0.milliseconds) }),
                        ]
                    )
                )
            }
        )
    }

    init() {}

    init(_ value: JSONValue?) throws(EventFault) {
        for value in value?.array ?? [] {
            let fields = try Fields(value)
            var file = try ReportFile(fields)
            file.maker = fields.optionalString("maker").flatMap { MemberID($0) }
            file.makerAgency = fields.optionalString("maker_agency").flatMap { AgencyID($0) }
            file.madeAt = try fields.time("made_at")
            file.certifiedBy = fields.optionalString("certified_by").flatMap { MemberID($0) }
            file.publishedAt = fields.object["published_at"] == nil ? nil : try fields.time("published_at")
            add(file)
        }
    }
}

extension CaseworkState {
    mutating func evolve(_ done: ReportEvent, _ event: Event, _ place: StreamPosition) {
        switch done {
        case .generated(var file):
            file.maker = event.member
            file.makerAgency = event.agency
            file.madeAt = place.recordedAt
            reports.add(file)
        case .certified(let number, _): reports.change(number) { $0.certifiedBy = event.member }
        case .published(let number): reports.change(number) { $0.publishedAt = place.recordedAt }
        }
    }

    /// A report is known to who made it, to the liaisons of his agency, and to oversight; one that is public, to everybody.
    func mayKnow(_ file: ReportFile, _ member: Member, _ now: UTCTime) -> Bool {
        let roles = member.roles(in: nil, now)
        return file.publishedAt != nil || file.maker == member.id || roles.contains(.oversight)
            || (roles.contains(.liaison) && file.makerAgency == member.agency)
    }

    /// Reports as the interface shows them (`type Report`).
    package func visibleReports(_ id: MemberID, now: UTCTime) -> [JSONObject] {
        guard let member = members[id] else { return [] }
        return reports.files.filter { mayKnow($0, member, now) }.map { file in
            .present([
                ("item", .string(file.item)), ("report", .string(file.name.rawValue)),
                ("agency", file.agency.map { .string($0.text) }),
                ("from", file.from.map { .integer($0.milliseconds * 1_000) }),
                ("until", file.until.map { .integer($0.milliseconds * 1_000) }),
                ("format", .string(file.format.rawValue)), ("size", .integer(file.made.size)),
                ("root", .string(file.made.root)), ("digest", .string(file.made.digest)),
                ("rows", .integer(file.made.rows)), ("madeBy", .string(file.maker?.text ?? "")),
                ("madeAt", .integer(file.madeAt.milliseconds * 1_000)),
                ("certifiedBy", file.certifiedBy.map { .string($0.text) }),
                ("isNil", file.certifiedBy == nil ? nil : .bool(file.made.rows == 0)),
                ("publishedAt", file.publishedAt.map { .integer($0.milliseconds * 1_000) }),
            ])
        }
    }
}
