import CaseViews
import Casework
import Cryptography
import RecordStore
import Synchronization

/// The state that is kept beside the views, sealed, for it holds titles, names and who asked for what: a start replays what came
/// after it.
///
/// A block of entries is written when it changed, so that a long record costs no more to keep than a short one. The head says after
/// how many lines each block was kept, and what is sealed for that place opens in no other: no older block can take its place.
final class KeptState: Sendable {
    private struct Blocks: Sendable {
        var entries = EntryList()
        /// After how many lines each was kept.
        var positions: [UInt64] = []
    }

    private static let headName = "state"
    /// What of each case lies on the disk.
    private let known = Mutex<[CaseID: Blocks]>([:])

    /// Keeps a state that so many lines give.
    func keep(_ state: CaseworkState, at position: UInt64, on shelf: Shelf) throws {
        try known.withLock { known in
            var next: [CaseID: Blocks] = [:]
            var changed: [KeptBlock] = []
            var positions: [UInt64] = []
            for file in state.casesInOrder where !file.entries.isEmpty {
                let earlier = known[file.id] ?? Blocks()
                var blocks = Blocks(entries: file.entries, positions: [])
                for (number, block) in file.entries.blocks.enumerated() {
                    if number < earlier.positions.count, earlier.entries.blocks[number] == block {
                        blocks.positions.append(earlier.positions[number])
                        continue
                    }
                    let sealed = try shelf.record.seal(block.encoded, as: Self.name(file.id, number), at: position)
                    changed.append(KeptBlock(caseID: file.id, number: number, position: position, bytes: sealed))
                    blocks.positions.append(position)
                }
                positions += blocks.positions
                next[file.id] = blocks
            }
            var head: [UInt8] = []
            for number in [UInt64(positions.count)] + positions { head.append(bigEndian: number) }
            let sealed = try shelf.record.seal(head + state.head, as: Self.headName, at: position)
            try shelf.views.keep(snapshot: sealed, position: position, blocks: changed)
            known = next
        }
    }

    /// Empties the views, and with them what was kept.
    func empty(_ views: CaseViews) throws {
        try known.withLock { known in
            try views.empty()
            known = [:]
        }
    }

    /// The newest kept state; nil if there is none, or if it was altered: the record gives it again.
    func newest(on shelf: Shelf) throws -> (state: CaseworkState, position: UInt64)? {
        try known.withLock { known in
            known = [:]
            return try shelf.views.snapshot { sealed, position, block in
                guard let bytes = shelf.record.open(sealed, as: Self.headName, at: position),
                    case (var positions, let head)? = Self.parts(of: bytes)
                else { return nil }
                var blocks: [CaseID: Blocks] = [:]
                let state = try? CaseworkState(head: head) { caseID, number in
                    guard let position = positions.integer(UInt64.self), let kept = try block(caseID, number),
                        kept.position == position,
                        let bytes = shelf.record.open(kept.bytes, as: Self.name(caseID, number), at: position)
                    else { throw RecordFault(.damaged, "A kept block of entries is another one.") }
                    blocks[caseID, default: Blocks()].positions.append(position)
                    return bytes
                }
                guard let state, positions.isAtEnd else { return nil }
                for id in blocks.keys { blocks[id]?.entries = state.cases[id]?.entries ?? EntryList() }
                known = blocks
                return (state, position)
            }
        }
    }

    private static func name(_ caseID: CaseID, _ number: Int) -> String { "entries \(caseID.hex) \(number)" }

    /// The positions of the blocks, after their number, and what follows them.
    private static func parts(of bytes: [UInt8]) -> (positions: ByteCursor, head: [UInt8])? {
        var cursor = ByteCursor(bytes[...])
        guard let count = cursor.integer(UInt64.self), count <= cursor.rest.count / 8,
            let positions = cursor.take(8 * Int(count))
        else { return nil }
        return (ByteCursor(positions), Array(cursor.rest))
    }
}

extension Shelf {
    /// Forgets all views, so that they are made anew, and the state that lies beside them.
    func emptyViews() throws { try kept.empty(views) }

    /// Keeps a state that so many lines give.
    func keep(_ state: CaseworkState, at position: UInt64) throws { try kept.keep(state, at: position, on: self) }

    /// The newest kept state; nil if there is none, or if it was altered: the record gives it again.
    func keptState() throws -> (state: CaseworkState, position: UInt64)? { try kept.newest(on: self) }
}
