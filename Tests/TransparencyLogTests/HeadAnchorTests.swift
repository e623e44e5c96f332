import Cryptography
import TestSupport
import Testing
import TransparencyLog

/// The memory of the head, as bytes.
@Suite(.tags(.small, .g1))
struct HeadAnchorTests {
    /// Both slots as they are after so many writes.
    private func file(after writes: Int) throws -> (bytes: [UInt8], newest: HeadAnchor) {
        var anchor = HeadAnchor()
        var bytes = anchor.encoded + [UInt8](repeating: 0, count: HeadAnchor.slotLength)
        for size in (0..<writes).map({ UInt64($0 + 1) }) {
            anchor = try #require(anchor.next(size: size, root: .sha256("\(size)"), confirmed: size - 1))
            bytes.replaceSubrange(anchor.offset..<anchor.offset + HeadAnchor.slotLength, with: anchor.encoded)
        }
        return (bytes, anchor)
    }

    @Test func `the newest slot is read, and slots take turns`() throws {
        for writes in 0..<6 {
            let (bytes, newest) = try file(after: writes)
            let reading = HeadAnchor.read(bytes)
            #expect(reading.newest == newest)
            #expect(newest.slot == writes % 2)
            #expect(reading.faults == (writes == 0 ? [1: .blank] : [:]))
        }
    }

    @Test func `any bit of a slot counts, and the other slot is read instead`() throws {
        let (bytes, newest) = try file(after: 5)
        let older = try file(after: 4).newest
        for bit in 0..<HeadAnchor.slotLength * 8 {
            var changed = bytes
            changed[newest.offset + bit / 8] ^= 1 << UInt8(bit % 8)
            let reading = HeadAnchor.read(changed)
            #expect(reading.newest == older, "bit \(bit)")
            #expect(reading.faults[newest.slot] != nil, "bit \(bit)")
        }
    }

    @Test func `a write torn at any byte leaves the older slot, or is whole`() throws {
        let (old, older) = try file(after: 4)
        let (new, newest) = try file(after: 5)
        let place = newest.offset
        for count in 0...HeadAnchor.slotLength {
            let torn = Array(old[..<place]) + new[place..<place + count] + old[(place + count)...]
            let reading = HeadAnchor.read(torn)
            #expect(reading.newest == (count == HeadAnchor.slotLength ? newest : older), "\(count)")
        }
    }

    @Test func `what cannot be is refused`() throws {
        let anchor = HeadAnchor()
        #expect(anchor.next(size: 1, root: .zero, confirmed: 2) == nil)
        #expect(anchor.next(size: .max, root: .zero, confirmed: 0) == nil)
        #expect(throws: HeadAnchor.Fault.length) { try HeadAnchor(parsing: []) }
        #expect(throws: HeadAnchor.Fault.blank) { try HeadAnchor(parsing: [UInt8](repeating: 0, count: 256)) }
        #expect(throws: HeadAnchor.Fault.magic) { try HeadAnchor(parsing: [UInt8](repeating: 1, count: 256)) }
        #expect(HeadAnchor.read([]).newest == nil)
        // Whole, but in the place of the other: a copied slot must not pass for a newer one.
        let (bytes, _) = try file(after: 5)
        let swapped = Array(bytes[HeadAnchor.slotLength...] + bytes[..<HeadAnchor.slotLength])
        #expect(HeadAnchor.read(swapped).newest == nil)
        #expect(HeadAnchor.read(swapped).faults == [0: .slot, 1: .slot])
    }

    @Test func `a whole slot whose content cannot be is refused`() throws {
        let content = Array(try file(after: 2).newest.encoded.dropLast(16))
        func sealed(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var content = content
            change(&content)
            return content + Digest.sha256(content).bytes.prefix(16)
        }
        #expect((try? HeadAnchor(parsing: sealed { _ in })) != nil)
        #expect(throws: HeadAnchor.Fault.version) { try HeadAnchor(parsing: sealed { $0[15] = 2 }) }
        #expect(throws: HeadAnchor.Fault.content) { try HeadAnchor(parsing: sealed { $0[39] = 200 }) }
        #expect(throws: HeadAnchor.Fault.content) { try HeadAnchor(parsing: sealed { $0[24] = 0x80 }) }
        #expect(throws: HeadAnchor.Fault.content) { try HeadAnchor(parsing: sealed { $0[100] = 1 }) }
    }
}
