import Cryptography
import Policy
import StrictJSON

extension CaseworkState {
    private static let magic = Array("ACCORDSA".utf8)

    /// The cases, in the order of their ids.
    package var casesInOrder: [CaseFile] { cases.values.sorted { $0.id < $1.id } }

    /// The state as bytes, in one piece: the head after its length, then each block of entries after its own.
    ///
    /// Facts of work come in the order of the act while they are decided and in that of the record when they are replayed;
    /// the bytes are the same.
    package func encode() -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in [head] + casesInOrder.flatMap({ $0.entries.blocks.map(\.encoded) }) {
            bytes.append(bigEndian: UInt64(piece.count))
            bytes += piece
        }
        return bytes
    }

    /// Reads ``encode()``.
    ///
    /// - Throws: ``EventFault`` or `Malformed` if the bytes are something else.
    package init(decoding bytes: [UInt8]) throws {
        var cursor = ByteCursor(bytes[...])
        func piece() throws(EventFault) -> [UInt8] {
            let length = cursor.integer(UInt64.self).flatMap { Int(exactly: $0) }
            guard let length, let piece = cursor.take(length) else {
                throw EventFault(message: "the snapshot is cut off")
            }
            return Array(piece)
        }
        self = try CaseworkState(head: piece()) { _, _ in try piece() }
        guard cursor.isAtEnd else { throw EventFault(message: "the snapshot is too long") }
    }

    /// What is few: all but the facts of entries, as an object in canonical order.
    package var head: [UInt8] {
        let registry: JSONObject = [
            "agencies": .array(agencies.values.sorted { $0.id < $1.id }.map { .object($0.record) }),
            "agreements": .array(agreements.values.sorted { $0.id < $1.id }.map { .object($0.record) }),
            "members": .array(members.values.sorted { $0.id < $1.id }.map { .object($0.record) }),
            "jurisdiction": jurisdiction.record, "grants": .integer(grants),
            "signing": .array(signingRules.map { .object($0.json) }),
            "successions": successions.record,
            "locks": .array(
                locks.sorted { $0.key < $1.key }.map { ["uid": .integer(Int64($0)), "at": .integer($1.milliseconds)] }
            ),
            "agency_names": .strings(names.agencies.map(\.text)),
            "member_names": .strings(names.members.map(\.text)),
            "past_refusals": Self.record(pastRefusals), "calendar": .object(calendar.record),
            "calendar_news": calendarNews.record, "clocks": clocks.record,
            "alerts": alerts.record,
            "deconfliction": .object(deconfliction.record), "reports": reports.record,
            "docket": docket.record,
            "restorations": .array(
                restorations.map {
                    ["line": .integer($0.line), "kept": .integer($0.kept), "at": .integer($0.at.milliseconds)]
                }
            ),
            "cases": .array(casesInOrder.map { .object($0.record) }),
        ]
        return Self.magic + JSONValue.object(registry).inCanonicalOrder.encoded
    }

    /// Reads what was kept of a state.
    ///
    /// - Parameters:
    ///   - head: see ``head``.
    ///   - block: gives the encoded blocks of each case's entries, by their number in it: in the order of the cases, each case's in
    ///     theirs.
    /// - Throws: ``EventFault`` or `Malformed` if the bytes are something else, and what `block` throws; the record can always be
    ///   replayed instead.
    package init(head: [UInt8], block: (CaseID, Int) throws -> [UInt8]) throws {
        guard head.starts(with: Self.magic) else { throw EventFault(message: "no snapshot") }
        let limits = JSONLimits(maximumBytes: 1 << 30, maximumDepth: 16)
        let fields = try Fields(try JSONValue(parsing: head.dropFirst(Self.magic.count), limits: limits))
        for value in fields.object["agencies"]?.array ?? [] {
            let agency = try Agency(Fields(value))
            agencies[agency.id] = agency
        }
        for value in fields.object["agreements"]?.array ?? [] {
            let agreement = try Agreement(Fields(value))
            agreements[agreement.id] = agreement
        }
        for value in fields.object["members"]?.array ?? [] {
            let member = try Member(Fields(value))
            members[member.id] = member
            guard !member.isDisabled else { continue }
            for uid in member.uids { membersByUID[uid] = member.id }
            for key in member.keys { membersByKey[key] = member.id }
        }
        // A state that was kept by an earlier version knows of none, and there were none.
        for value in fields.object["signing"]?.array ?? [] { signing.insert(try SigningRule(Fields(value))) }
        successions = try Successions(fields.object["successions"])
        for value in fields.object["locks"]?.array ?? [] {
            let lock = try Fields(value)
            locks[UInt32(clamping: try lock.integer("uid"))] = try lock.time("at")
        }
        calendar = try BusinessCalendar(Fields(fields.object["calendar"]))
        pastRefusals = try Self.pastRefusals(fields.object["past_refusals"])
        calendarNews = try CalendarNews(fields.object["calendar_news"])
        clocks = try Clocks(fields.object["clocks"])
        alerts = try Alerts(fields.object["alerts"])
        jurisdiction = try Jurisdictions(fields.object["jurisdiction"])
        docket = try Docket(fields.object["docket"])
        if let value = fields.object["deconfliction"] { deconfliction = try Deconflictions(Fields(value)) }
        reports = try Reports(fields.object["reports"])
        for value in fields.object["restorations"]?.array ?? [] {
            let restored = try Fields(value)
            restorations.append(
                RestoredLine(
                    line: try restored.integer("line"),
                    kept: try restored.integer("kept"),
                    at: try restored.time("at")
                )
            )
        }
        grants = max(0, min(try fields.integer("grants"), Fields.highestOrdinal))
        names.restore(try fields.words("agency_names") { AgencyID($0) })
        for member in try fields.words("member_names", { MemberID($0) }) { _ = names.index(of: member) }
        for value in fields.object["cases"]?.array ?? [] {
            var (file, count) = try CaseFile.read(Fields(value))
            while file.entries.count < count {
                file.entries.append(try EntryBlock(decoding: block(file.id, file.entries.blocks.count)))
                let isFull = file.entries.count.isMultiple(of: EntryList.blockLength)
                guard isFull || file.entries.count == count else { throw EventFault(message: "entries are missing") }
            }
            guard file.entries.count == count else { throw EventFault(message: "there are too many entries") }
            cases[file.id] = file
            index(file)
            for agency in file.participants.keys { keep(of: agency, in: file.id) }
        }
    }
}

extension CaseFile {
    fileprivate var record: JSONObject {
        .present([
            ("id", .string(id.hex)), ("number", .string(number)), ("title", .string(title)),
            ("state", .string(state.rawValue)), ("lead_agency", .string(leadAgency.text)),
            ("primary_purpose", .string(primaryPurpose.rawValue)), ("offences", .strings(offences)),
            ("agreement", .string(agreement.text)), ("predicate", .string(predicate)),
            ("proposer", proposer.map { .string($0.text) }), ("awaits_reopening", .bool(awaitsReopening)),
            ("position", .integer(position)), ("updated_at", .integer(updatedAt.milliseconds)),
            ("entries", .integer(Int64(entries.count))),
            (
                "participants",
                .array(
                    participants.values.sorted { $0.agency < $1.agency }.map { part in
                        .object(
                            .present([
                                ("agency", .string(part.agency.text)), ("mode", .string(part.mode.rawValue)),
                                ("standing", .string(part.standing.rawValue)),
                                ("agreement", .string(part.agreement.text)),
                                ("conditions", part.conditions.map { .string($0) }),
                                ("since", .integer(part.since.milliseconds)),
                            ])
                        )
                    }
                )
            ),
            ("assigned", .strings(assignments.keys.sorted().map(\.text))),
            ("assigned_from", .strings(assignments.keys.sorted().compactMap { assignments[$0]?.text })),
            (
                "permissions",
                .array(
                    permissions.map { asked in
                        [
                            "number": .integer(asked.number), "entry": .integer(asked.entry),
                            "origin": .string(asked.origin.text), "recipient": .string(asked.recipient.text),
                            "requester": .string(asked.requester.text),
                            "requester_agency": .string(asked.requesterAgency.text),
                            "answer": .string(asked.answer.rawValue), "since": .integer(asked.since.milliseconds),
                        ]
                    }
                )
            ),
            (
                "releases",
                .array(
                    releases.map { release in
                        .object(
                            .present([
                                ("number", .integer(release.number)), ("entry", .integer(release.entry)),
                                ("recipient", .string(release.recipient.text)), ("from", .string(release.from.text)),
                                ("purpose", .string(release.purpose.rawValue)),
                                ("at", .integer(release.at.milliseconds)), ("line", .integer(release.line)),
                                ("emergency", release.emergency.map { .object($0.record) }),
                            ])
                        )
                    }
                )
            ),
            ("removals", .object(removals.record)), ("work", work.record), ("links", linkRecord),
            ("successor", successor.map { .string($0.text) }), ("predecessor", predecessor.map { .string($0.text) }),
            ("outcomes", .array(outcomes.map { .object($0.record) })),
            ("amendment", amendment.map { .object($0.record) }),
            ("unconsented", .strings(unconsented.sorted().map(\.text))),
            (
                "submissions",
                .array(
                    submissions.sorted { $0.key < $1.key }.map { number, facts in
                        [
                            "number": .integer(number), "origin": .integer(Int64(facts.origin)),
                            "author": .integer(Int64(facts.author)), "handling": .integer(Int64(facts.handlingCode)),
                            "kind": .integer(Int64(facts.kindCode)), "line": .integer(Int64(facts.line)),
                        ]
                    }
                )
            ),
            (
                "noted_work",
                .array(
                    notedWork.sorted { $0.key < $1.key }.map { item, members in
                        ["item": .string(item), "members": .strings(members.sorted().map(\.text))]
                    }
                )
            ),
            (
                "acknowledgements",
                .array(
                    acknowledgements.sorted { $0.key < $1.key }.map { entry, members in
                        ["entry": .integer(entry), "members": .strings(members.sorted().map(\.text))]
                    }
                )
            ),
        ])
    }

    fileprivate static func read(_ fields: Fields) throws -> (CaseFile, entries: Int) {
        var file = CaseFile(
            id: try fields.word("id") { CaseID(hex: $0) },
            number: try fields.string("number"),
            title: try fields.string("title"),
            state: try fields.word("state") { CaseState(rawValue: $0) },
            leadAgency: try fields.word("lead_agency") { AgencyID($0) },
            primaryPurpose: try fields.word("primary_purpose") { PrimaryPurpose(rawValue: $0) },
            offences: try fields.strings("offences"),
            agreement: try fields.word("agreement") { AgreementID($0) },
            predicate: try fields.string("predicate"),
            position: try fields.integer("position"),
            updatedAt: try fields.time("updated_at")
        )
        file.proposer = fields.optionalString("proposer").flatMap { MemberID($0) }
        file.awaitsReopening = try fields.bool("awaits_reopening")
        for value in fields.object["participants"]?.array ?? [] {
            let part = try Fields(value)
            let agency = try part.word("agency") { AgencyID($0) }
            file.participants[agency] = Participant(
                agency: agency,
                mode: try part.word("mode") { CooperationMode(rawValue: $0) },
                standing: try part.word("standing") { Participant.Standing(rawValue: $0) },
                agreement: try part.word("agreement") { AgreementID($0) },
                conditions: part.optionalString("conditions"),
                since: try part.time("since")
            )
        }
        let assigned = try fields.words("assigned") { MemberID($0) }
        for (member, agency) in zip(assigned, try fields.words("assigned_from") { AgencyID($0) }) {
            file.assignments[member] = agency
        }
        for value in fields.object["permissions"]?.array ?? [] {
            let asked = try Fields(value)
            file.permissions.append(
                Permission(
                    number: try asked.ordinal("number"),
                    entry: try asked.ordinal("entry"),
                    origin: try asked.word("origin") { AgencyID($0) },
                    recipient: try asked.word("recipient") { AgencyID($0) },
                    requester: try asked.word("requester") { MemberID($0) },
                    requesterAgency: try asked.word("requester_agency") { AgencyID($0) },
                    answer: try asked.word("answer") { Permission.Answer(rawValue: $0) },
                    since: try asked.time("since")
                )
            )
        }
        for value in fields.object["releases"]?.array ?? [] {
            let release = try Fields(value)
            let at = try release.time("at")
            let emergency = release.object["emergency"]
            file.releases.append(
                Release(
                    number: try release.ordinal("number"),
                    entry: try release.ordinal("entry"),
                    recipient: try release.word("recipient") { AgencyID($0) },
                    from: try release.word("from") { AgencyID($0) },
                    purpose: try release.word("purpose") { Purpose(rawValue: $0) },
                    at: at,
                    line: try release.integer("line"),
                    emergency: emergency == nil ? nil : try Emergency(Fields(emergency), at: at)
                )
            )
        }
        file.removals = try Removals(Fields(fields.object["removals"]))
        file.work = try Work(fields.object["work"])
        try file.readLinks(fields.object["links"])
        file.successor = fields.optionalString("successor").flatMap { MemberID($0) }
        file.predecessor = fields.optionalString("predecessor").flatMap { MemberID($0) }
        file.amendment = try fields.object["amendment"].map { (value) throws(EventFault) in try Amendment(Fields(value))
        }
        if fields.object["unconsented"] != nil {
            file.unconsented = Set(try fields.words("unconsented") { AgencyID($0) })
        }
        for value in fields.object["outcomes"]?.array ?? [] {
            file.outcomes.append(try ProsecutionOutcome(Fields(value)))
        }
        for value in fields.object["submissions"]?.array ?? [] {
            let submission = try Fields(value)
            file.submissions[try submission.ordinal("number")] = EntryFacts(
                origin: UInt16(clamping: try submission.integer("origin")),
                handlingCode: UInt8(clamping: try submission.integer("handling")),
                compartmentCode: Compartment.oversight.rawValue,
                stateCode: EntryFacts.State.current.rawValue,
                kindCode: UInt8(clamping: try submission.integer("kind")),
                asksAcknowledgement: false,
                author: UInt32(clamping: try submission.integer("author")),
                line: UInt32(clamping: try submission.integer("line"))
            )
        }
        for value in fields.object["noted_work"]?.array ?? [] {
            let noted = try Fields(value)
            file.notedWork[try noted.string("item")] = Set(try noted.words("members") { MemberID($0) })
        }
        for value in fields.object["acknowledgements"]?.array ?? [] {
            let asked = try Fields(value)
            file.acknowledgements[try asked.ordinal("entry")] = Set(try asked.words("members") { MemberID($0) })
        }
        return (file, Int(clamping: try fields.integer("entries")))
    }
}
