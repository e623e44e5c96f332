import Cryptography

/// The facts of a case's entries, in the order of their numbers.
///
/// They lie in blocks, so that a copy of the state shares those that did not change, and only the others are written when the state
/// is kept again.
package struct EntryList: Hashable, Sendable, RandomAccessCollection {
    /// All blocks but the last have so many entries.
    package static let blockLength = 4_096

    package private(set) var blocks: [EntryBlock] = []

    package init() {}

    package var startIndex: Int { 0 }

    package var endIndex: Int {
        blocks.isEmpty ? 0 : (blocks.count - 1) * Self.blockLength + blocks[blocks.count - 1].count
    }

    package subscript(place: Int) -> EntryFacts {
        get { blocks[place / Self.blockLength][place % Self.blockLength] }
        set { blocks[place / Self.blockLength][place % Self.blockLength] = newValue }
    }

    mutating func append(_ facts: EntryFacts) {
        if count.isMultiple(of: Self.blockLength) { blocks.append(EntryBlock()) }
        blocks[blocks.count - 1].append(facts)
    }

    /// Appends a block that was kept.
    mutating func append(_ block: EntryBlock) { blocks.append(block) }
}

/// Some entries that follow one another.
///
/// A case has few authors, kinds and rules of handling: each combination is there once, and of an entry which it is, and how far its
/// line lies behind the first one's. That takes 3 bytes an entry, 5 in a case with many readings, where the facts take 16.
package struct EntryBlock: Hashable, Sendable {
    /// Each combination, with no line.
    private var combinations: [EntryFacts] = []
    private var choices = NarrowNumbers()
    private var firstLine: UInt32 = 0
    private var lines = NarrowNumbers()

    init() {}

    package var count: Int { choices.count }

    subscript(place: Int) -> EntryFacts {
        get {
            var facts = combinations[Int(choices[place])]
            facts.line = firstLine &+ lines[place]
            return facts
        }
        set {
            choices[place] = choice(of: newValue)
            lines[place] = newValue.line &- firstLine
        }
    }

    mutating func append(_ facts: EntryFacts) {
        if count == 0 { firstLine = facts.line }
        choices.append(choice(of: facts))
        lines.append(facts.line &- firstLine)
    }

    private mutating func choice(of facts: EntryFacts) -> UInt32 {
        var facts = facts
        facts.line = 0
        if let known = combinations.lastIndex(of: facts) { return UInt32(known) }
        combinations.append(facts)
        return UInt32(combinations.count - 1)
    }
}

extension EntryBlock {
    private static let combinationBytes = 11

    /// The number of combinations and the first line, in 4 bytes each, the combinations, then choices and lines.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: UInt32(combinations.count))
        bytes.append(bigEndian: firstLine)
        for facts in combinations {
            bytes.append(bigEndian: facts.origin)
            bytes += [facts.handlingCode, facts.compartmentCode, facts.stateCode, facts.kindCode]
            bytes.append(facts.asksAcknowledgement ? 1 : 0)
            bytes.append(bigEndian: facts.author)
        }
        choices.write(into: &bytes)
        lines.write(into: &bytes)
        return bytes
    }

    /// Reads ``encoded``.
    ///
    /// - Throws: ``EventFault`` if the bytes are something else.
    package init(decoding bytes: [UInt8]) throws(EventFault) {
        var cursor = ByteCursor(bytes[...])
        guard let count = cursor.integer(UInt32.self), let firstLine = cursor.integer(UInt32.self),
            count <= cursor.rest.count / Self.combinationBytes
        else { throw Self.fault }
        self.firstLine = firstLine
        for _ in 0..<count {
            guard let origin = cursor.integer(UInt16.self), let codes = cursor.take(4).map(Array.init),
                let asks = cursor.integer(UInt8.self), let author = cursor.integer(UInt32.self)
            else { throw Self.fault }
            combinations.append(
                EntryFacts(
                    origin: origin,
                    handlingCode: codes[0],
                    compartmentCode: codes[1],
                    stateCode: codes[2],
                    kindCode: codes[3],
                    asksAcknowledgement: asks == 1,
                    author: author,
                    line: 0
                )
            )
        }
        guard let choices = NarrowNumbers(&cursor), let lines = NarrowNumbers(&cursor), cursor.isAtEnd,
            choices.count == lines.count, (1...EntryList.blockLength).contains(choices.count),
            choices.allSatisfy({ $0 < count })
        else { throw Self.fault }
        (self.choices, self.lines) = (choices, lines)
    }

    private static var fault: EventFault { EventFault(message: "not a block of entries") }
}

/// Numbers, each in as few bytes as the largest of them needs.
private struct NarrowNumbers: Hashable, Sendable, RandomAccessCollection {
    /// 1, 2 or 4.
    private var width = 1
    private var bytes: [UInt8] = []

    init() {}

    var startIndex: Int { 0 }
    var endIndex: Int { bytes.count / width }

    subscript(place: Int) -> UInt32 {
        get {
            var number: UInt32 = 0
            for index in place * width..<(place + 1) * width { number = number << 8 | UInt32(bytes[index]) }
            return number
        }
        set {
            widen(for: newValue)
            for index in 0..<width {
                bytes[place * width + index] = UInt8(truncatingIfNeeded: newValue >> UInt32(8 * (width - 1 - index)))
            }
        }
    }

    mutating func append(_ number: UInt32) {
        widen(for: number)
        bytes.append(contentsOf: repeatElement(0, count: width))
        self[count - 1] = number
    }

    private mutating func widen(for number: UInt32) {
        let needed = number <= 0xFF ? 1 : number <= 0xFFFF ? 2 : 4
        guard needed > width else { return }
        var wider = NarrowNumbers()
        wider.width = needed
        wider.bytes.reserveCapacity(count * needed)
        for known in self { wider.append(known) }
        self = wider
    }

    /// The number of numbers in 4 bytes and their width in one, then all of them.
    func write(into output: inout [UInt8]) {
        output.append(bigEndian: UInt32(count))
        output.append(UInt8(width))
        output += bytes
    }

    /// Takes what ``write(into:)`` wrote; nil if it is something else.
    init?(_ cursor: inout ByteCursor) {
        guard let count = cursor.integer(UInt32.self), let width = cursor.integer(UInt8.self),
            [1, 2, 4].contains(width), let bytes = cursor.take(Int(count) * Int(width))
        else { return nil }
        (self.width, self.bytes) = (Int(width), Array(bytes))
    }
}
