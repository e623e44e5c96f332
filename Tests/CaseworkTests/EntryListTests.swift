import Policy
import TestSupport
import Testing

@testable import Casework

/// Entries in blocks are what an array of them would be, and take less.
@Suite("Facts of entries")
struct EntryListTests {
    /// What the facts of a made-up case are drawn from.
    struct Mixture: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let authors: Int
        /// Lines between an entry and the next, at most.
        let gap: Int
        /// Bytes an entry.
        let bytes: ClosedRange<Double>

        static let all = [
            Mixture(testDescription: "a case as they are", authors: 4, gap: 12, bytes: 3...3.6),
            Mixture(testDescription: "more combinations than a byte can tell", authors: 3_000, gap: 3, bytes: 4...17),
            Mixture(testDescription: "lines far from one another", authors: 4, gap: 200_000, bytes: 5...5.6),
        ]

        fileprivate func facts(_ dice: inout SplitMix64, line: UInt32) -> EntryFacts {
            EntryFacts(
                origin: UInt16(dice.below(2)),
                handlingCode: UInt8(dice.below(2)),
                compartmentCode: 0,
                stateCode: UInt8(dice.below(2)),
                kindCode: UInt8(dice.below(3)),
                asksAcknowledgement: dice.oneIn(5),
                author: UInt32(dice.below(authors)),
                line: line
            )
        }
    }

    private static func made(_ mixture: Mixture, count: Int, seed: UInt64) -> (list: EntryList, array: [EntryFacts]) {
        var (list, array, line) = (EntryList(), [EntryFacts](), UInt32(7))
        var dice = SplitMix64(seed: seed)
        for _ in 0..<count {
            line += UInt32(1 + dice.below(mixture.gap))
            array.append(mixture.facts(&dice, line: line))
            list.append(array[array.count - 1])
        }
        return (list, array)
    }

    @Test(arguments: Mixture.all) func `they are what an array is, through changes`(mixture: Mixture) throws {
        let seed = Seeds.fresh
        var dice = SplitMix64(seed: seed)
        var (list, array) = Self.made(mixture, count: 2 * EntryList.blockLength + 100, seed: seed)
        #expect(list.count == array.count && list.blocks.count == 3 && list.elementsEqual(array), "seed \(seed)")
        for _ in 0..<2_000 {
            let place = dice.below(array.count)
            // As an entry changes, and in ways in which none does.
            let facts = dice.oneIn(2) ? mixture.facts(&dice, line: array[place].line) : mixture.facts(&dice, line: .max)
            array[place] = facts
            list[place] = facts
            #expect(list[place] == facts, "seed \(seed)")
        }
        #expect(list.elementsEqual(array), "seed \(seed)")
        for block in list.blocks { #expect(try EntryBlock(decoding: block.encoded) == block, "seed \(seed)") }
    }

    @Test(arguments: Mixture.all) func `they are kept in few bytes, and come back`(mixture: Mixture) throws {
        let (list, array) = Self.made(mixture, count: EntryList.blockLength, seed: Seeds.fresh)
        let bytes = list.blocks[0].encoded
        #expect(mixture.bytes.contains(Double(bytes.count) / Double(array.count)), "\(bytes.count)")
        let block = try EntryBlock(decoding: bytes)
        #expect((0..<block.count).map { block[$0] } == array)
    }

    @Test func `a copy shares the blocks that do not change, and none that does`() {
        let (list, array) = Self.made(Mixture.all[0], count: 3 * EntryList.blockLength, seed: Seeds.fresh)
        var copy = list
        copy[EntryList.blockLength + 1].state = .withdrawn
        copy[EntryList.blockLength + 1].handling = .h1
        #expect(list.elementsEqual(array))
        #expect(zip(list.blocks, copy.blocks).map { $0 == $1 } == [true, false, true])
    }

    @Test func `bytes that are no block are refused and trap nothing`() throws {
        let (list, _) = Self.made(Mixture.all[0], count: 50, seed: 3)
        let bytes = list.blocks[0].encoded
        for length in 0..<bytes.count {
            #expect(throws: EventFault.self) { try EntryBlock(decoding: Array(bytes[..<length])) }
        }
        #expect(throws: EventFault.self) { try EntryBlock(decoding: bytes + [0]) }
        #expect(throws: EventFault.self) { try EntryBlock(decoding: EntryBlock().encoded) }
        // Whatever a byte is changed to: another block, or none.
        for place in bytes.indices {
            for value in [UInt8.min, 1, 2, 4, 0x7F, .max] {
                var changed = bytes
                changed[place] = value
                guard let block = try? EntryBlock(decoding: changed) else { continue }
                #expect((0..<block.count).map { block[$0] }.count == 50)
            }
        }
    }

    @Test func `a block that says that it has more than there is room for is refused`() throws {
        let (list, _) = Self.made(Mixture.all[0], count: EntryList.blockLength, seed: 4)
        var block = list.blocks[0]
        block.append(list[0])
        #expect(throws: EventFault.self) { try EntryBlock(decoding: block.encoded) }
    }
}
