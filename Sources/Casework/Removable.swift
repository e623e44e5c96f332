import Policy
import StrictJSON

/// What retention, holds, orders, seals and purges are about: an entry, or a piece of shared work with all that was said in it.
package enum Removable: Hashable, Sendable {
    case entry(Int64)
    /// A workflow's name, and a number.
    case work(String, Int64)

    /// Such as `E-3` or `S-1`.
    package var name: String {
        switch self {
        case .entry(let number): Reference.entryName(number)
        case .work(let workflow, let number): Workflows.named(workflow)?.name(of: number) ?? "?-\(number)"
        }
    }

    /// As people write it: `E-3`, `e3` or `3`, and `S-1` or `s1`; nil for what names neither.
    init?(_ text: String) {
        if let number = Reference.entry(text) {
            guard number > 0 else { return nil }
            self = .entry(number)
            return
        }
        let letters = String(text.uppercased().prefix { $0.isASCII && $0.isLetter })
        // What nobody is to know that it exists is nothing that a line names, whether or not there is any.
        guard let workflow = Workflows.all.first(where: { $0.letter == letters }), !workflow.isHidden,
            let number = Workflows.number(text, workflow)
        else { return nil }
        self = .work(workflow.name, number)
    }

    /// Whether a name is one of what nobody is to know that it exists, by its letters: whether there is such a one plays no part.
    static func namesProtected(_ text: String) -> Bool {
        let letters = String(text.uppercased().prefix { $0.isASCII && $0.isLetter })
        return Workflows.all.contains { $0.isHidden && $0.letter == letters }
    }

    /// The number of an entry; nil for a piece of work.
    var entry: Int64? { if case .entry(let number) = self { number } else { nil } }
}

extension Removable: Comparable {
    /// Entries first, then each workflow's items.
    package static func < (left: Removable, right: Removable) -> Bool {
        switch (left, right) {
        case (.entry(let first), .entry(let second)): first < second
        case (.entry, .work): true
        case (.work, .entry): false
        case (.work(let first, let one), .work(let second, let other)): (first, one) < (second, other)
        }
    }
}

extension Sequence<Removable> {
    var names: [String] { map(\.name) }

    /// What the record says of them, with other facts: entries by their numbers, work by its names.
    func record(with others: JSONObject) -> JSONObject {
        let work = filter { $0.entry == nil }
        var object = others
        object["entries"] = .integers(compactMap(\.entry))
        if !work.isEmpty { object["items"] = .strings(work.names) }
        return object
    }
}

extension Fields {
    /// Reads what the record says of a list of them.
    func removables() throws(EventFault) -> [Removable] {
        let entries = try integers("entries")
        guard entries.allSatisfy({ (1...Fields.highestOrdinal).contains($0) }) else {
            throw EventFault(message: "entries counts nothing")
        }
        let names = object["items"] == nil ? [] : try strings("items")
        let work = names.compactMap { Removable($0) }
        guard work.count == names.count else { throw EventFault(message: "items names nothing") }
        return entries.map { .entry($0) } + work
    }

    func removable(_ key: String) throws(EventFault) -> Removable { try word(key) { Removable($0) } }
}

extension WorkItem {
    var removable: Removable { .work(workflow, number) }

    /// The agency that answers for it: who made it, and of a referral the services that took it up for a victim of theirs.
    var keeper: AgencyID { workflow == Workflow.referrals.name ? agency("services") ?? agency : agency }
}

extension CaseFile {
    func item(_ what: Removable) -> WorkItem? {
        if case .work(let workflow, let number) = what { work[workflow, number] } else { nil }
    }

    /// Positions of the lines that hold texts of something or about it, in order.
    func lines(about what: [Removable]) -> [Int64] {
        what.flatMap { what -> [Int64] in
            guard let entry = what.entry else { return item(what)?.lines ?? [] }
            return (facts(entry).map { [Int64($0.line)] } ?? []) + (removals.remarks[entry] ?? [])
        }
        .sorted()
    }
}

extension CaseworkState {
    /// The agency that contributed an entry, or made an item.
    func origin(of what: Removable, in file: CaseFile) -> AgencyID? {
        guard let entry = what.entry else { return file.item(what)?.keeper }
        return file.facts(entry).flatMap { origin(of: $0) }
    }

    /// The agencies that had a part in an item or were shown it, but for the one that made it: who is told when it is purged.
    ///
    /// Whoever might have read it counts as who did: what a list or a feed shows is no reading of one item.
    func hearers(of item: WorkItem, in file: CaseFile) -> [AgencyID] {
        var hearers =
            item.removable.isClosed
            ? hearers(ofClosed: item, in: file) : item.parties.union([file.leadAgency])
        if case .compartment(let compartment) = Workflows.named(item.workflow)?.audience {
            let shown = file.participants.values.filter { $0.wasShown(compartment, from: item.openedAt) }
            hearers.formUnion(shown.map(\.agency))
        }
        // Counsel in the case reads what is between others, too.
        let counsel =
            item.removable.isClosedToCounsel
            ? [:]
            : file.assignments.filter { id, agency in
                file.participants[agency]?.mode != .deconflictOnly
                    && members[id]?.grants.contains { $0.role == .legal && $0.reaches(file.id) } ?? false
            }
        hearers.formUnion(counsel.values)
        // Who is shown nothing of a request of his own is not told of it by its purge either.
        return hearers.filter { $0 != item.keeper && !item.isRequest(of: $0) }.sorted()
    }
}

extension Participant {
    /// Whether an agency reads what its members find in a compartment since a time: it is in the case, or left it after that.
    fileprivate func wasShown(_ compartment: Compartment, from time: UTCTime) -> Bool {
        (mode != .information || compartment == .ordinary) && wasThere(since: time)
    }

    /// Whether an agency is in the case for more than deconfliction, or left it after a time.
    func wasThere(since time: UTCTime) -> Bool {
        mode != .deconflictOnly && (standing == .joined || (standing == .withdrawn && since > time))
    }
}
