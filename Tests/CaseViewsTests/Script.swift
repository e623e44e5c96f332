import CaseViews
import Policy
import TestSupport

@testable import Casework

/// Events as a record could hold them: entries, what becomes of them, what leaves, and who looked.
struct Script {
    /// A line's event with its place.
    struct Line: Sendable {
        let event: Event
        let seq: UInt64
        let caseSeq: UInt64
        let isDenied: Bool

        var projections: [Projection] {
            Projection.from(
                event,
                seq: seq,
                caseSeq: caseSeq,
                recordedAt: 1_930_298_400_000 + Int64(seq),
                by: "uid:2001",
                outcome: isDenied ? "denied" : "accepted",
                rule: isDenied ? "P01" : nil
            )
        }
    }

    static let cases = (1...3).compactMap { CaseID(hex: String(repeating: "0\($0)", count: 16)) }

    private var dice: SplitMix64
    private var lengths: [CaseID: UInt64] = [:]
    private var entries: [CaseID: Int64] = [:]
    private var releases: [CaseID: Int64] = [:]
    private var seq: UInt64 = 0

    init(seed: UInt64) { dice = SplitMix64(seed: seed) }

    mutating func lines(_ count: Int) -> [Line] { (0..<count).map { _ in line() } }

    private mutating func one<Item>(_ items: [Item]) -> Item { items[dice.below(items.count)] }

    private mutating func line() -> Line {
        let about = one(Self.cases)
        let known = entries[about] ?? 0
        let number = Int64(dice.below(Int(known))) + 1
        var (kind, body, stream) = ("access.read", EventBody.access(act: "entry.read", item: "E-1", code: nil), about)
        switch known == 0 ? 0 : dice.below(12) {
        case 0, 1, 2: (kind, body) = ("entry.recorded", .entryRecorded(record(about, nil)))
        case 3: (kind, body) = ("entry.corrected", .entryRecorded(record(about, number)))
        case 4: (kind, body) = ("entry.withdrawn", .entryWithdrawn(number, reason: "r"))
        case 5:
            let handling = one(Handling.allCases)
            (kind, body) = ("entry.handling_changed", .handlingChanged(number, from: .h0, to: handling, reason: "r"))
        case 6, 7: (kind, body) = ("entry.acknowledged", .entryAcknowledged(number))
        case 8: (kind, body) = ("dissemination.recorded", .disseminated(release(about, number)))
        case 9:
            let drawn = CaseID(bytes: dice.bytes(16)) ?? about
            (kind, body, stream) = ("restricted", .submitted(about, submission()), drawn)
        default: break
        }
        defer {
            seq += 1
            lengths[stream, default: 0] += 1
        }
        return Line(
            event: Event(
                kind: kind,
                caseID: stream,
                agency: AgencyID(one(["FIB-MB", "MPD-VT"])),
                member: MemberID(one(["agent.fib1", "agent.mpd1", "lead.fib"])),
                role: .contributor,
                purpose: .criminalInvestigation,
                body: body
            ),
            seq: seq,
            caseSeq: lengths[stream] ?? 0,
            isDenied: kind == "access.read" && dice.oneIn(3)
        )
    }

    private mutating func record(_ about: CaseID, _ supersedes: Int64?) -> EntryRecord {
        entries[about, default: 0] += 1
        return EntryRecord(
            number: entries[about] ?? 0,
            kind: one(EntryKind.allCases),
            handling: one(Handling.allCases),
            compartment: one([.ordinary, .operations]),
            asksAcknowledgement: dice.oneIn(2),
            supersedes: supersedes,
            text: "t",
            reason: nil
        )
    }

    private mutating func submission() -> EntryRecord {
        EntryRecord(
            number: -Int64(dice.below(1_000_000)) - 1,
            kind: .report,
            handling: .h1,
            compartment: .oversight,
            asksAcknowledgement: false,
            supersedes: nil,
            text: "t",
            reason: nil
        )
    }

    private mutating func release(_ about: CaseID, _ entry: Int64) -> Dissemination {
        releases[about, default: 0] += 1
        let agencies = ["FIB-MB", "MPD-VT", "TCP-NAR"].compactMap { AgencyID($0) }
        return Dissemination(
            number: releases[about] ?? 0,
            entry: entry,
            origin: one(agencies),
            recipient: one(agencies),
            handling: one(Handling.allCases),
            permission: dice.oneIn(2) ? 1 : nil,
            reason: "r"
        )
    }
}

/// All that views show, as one text: equal views are equal texts.
func contents(_ views: CaseViews) throws -> String {
    var text = "\(try views.position())\n"
    for id in Script.cases {
        for row in try views.entries(of: id, after: .min, limit: .max) {
            text += "\(row)\n\(try views.acknowledgements(of: row.number, in: id))\n"
        }
        for row in try views.register(of: id, after: 0, limit: .max) { text += "\(row)\n" }
    }
    for row in try views.accesses(AccessFilter(), after: -1, limit: .max) { text += "\(row)\n" }
    return text
}
