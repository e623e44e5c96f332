public import Cryptography

/// The memory of the log's head outside the database: one of two slots in a file that no restore touches.
///
/// Before lines are committed, the head that they will make is written here; so a database that is older than its
/// anchor, or another one, is noticed at the next start. The two slots take turns, so that a write that is torn by a
/// power cut leaves the other one whole.
public struct HeadAnchor: Hashable, Sendable {
    /// Bytes of one slot.
    public static let slotLength = 256
    /// Bytes of the file: two slots.
    public static let fileLength = 2 * slotLength

    /// Counts the writes; the slot is the one of its parity, and the newest is the one with the larger number.
    public let generation: UInt64
    /// The size of the head that is being committed.
    public let size: UInt64
    /// The root of that head.
    public let root: Digest
    /// The largest size that is known to be durable, and thus may have been acknowledged: never above ``size``.
    public let confirmed: UInt64

    /// The anchor of an empty log, the first of a file.
    public init() {
        self.init(generation: 0, size: 0, root: .empty, confirmed: 0)
    }

    private init(generation: UInt64, size: UInt64, root: Digest, confirmed: UInt64) {
        self.generation = generation
        self.size = size
        self.root = root
        self.confirmed = confirmed
    }

    /// The anchor to write after this one, into the other slot.
    ///
    /// - Returns: Nil if `confirmed` is above `size`, or `size` beyond ``MerkleTree/maximumSize``.
    public func next(size: UInt64, root: Digest, confirmed: UInt64) -> HeadAnchor? {
        guard confirmed <= size, size <= MerkleTree.maximumSize, generation < .max else { return nil }
        return HeadAnchor(generation: generation + 1, size: size, root: root, confirmed: confirmed)
    }

    /// The number of the slot, 0 or 1.
    public var slot: Int { Int(generation & 1) }

    /// The place of the slot in the file.
    public var offset: Int { slot * Self.slotLength }
}

extension HeadAnchor {
    private static let magic = Array("ACCORD\u{1}H".utf8)
    private static let version: UInt64 = 1
    private static let checksumLength = 16
    private static let contentLength = slotLength - checksumLength

    /// The slot: magic, version, generation, size, confirmed size (8 bytes each, big-endian), root, zeros, and the first
    /// 16 bytes of SHA-256 over all that.
    public var encoded: [UInt8] {
        var bytes = Self.magic
        for number in [Self.version, generation, size, confirmed] { bytes.append(bigEndian: number) }
        root.write(into: &bytes)
        bytes += [UInt8](repeating: 0, count: Self.contentLength - bytes.count)
        return bytes + Digest.sha256(bytes).bytes.prefix(Self.checksumLength)
    }

    /// Reads one slot.
    ///
    /// - Throws: ``Fault``; `blank` for a slot that was never written.
    public init(parsing slot: [UInt8]) throws(Fault) {
        guard slot.count == Self.slotLength else { throw .length }
        guard slot.contains(where: { $0 != 0 }) else { throw .blank }
        guard slot.starts(with: Self.magic) else { throw .magic }
        let content = slot[..<Self.contentLength]
        guard Digest.sha256(content).bytes.prefix(Self.checksumLength).elementsEqual(slot[Self.contentLength...])
        else { throw .checksum }
        let numbers = (1...4).map { field in
            slot[8 * field..<8 * field + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        guard numbers[0] == Self.version else { throw .version }
        let (generation, size, confirmed) = (numbers[1], numbers[2], numbers[3])
        guard confirmed <= size, size <= MerkleTree.maximumSize, let root = Digest(bytes: slot[40..<72]) else {
            throw .content
        }
        self.init(generation: generation, size: size, root: root, confirmed: confirmed)
        guard encoded == slot else { throw .content }
    }

    /// Why a slot does not count.
    public enum Fault: String, Error, Hashable, Sendable {
        /// Not 256 bytes.
        case length
        /// Never written: all zeros.
        case blank
        /// Not a slot at all.
        case magic
        /// Written by another version.
        case version
        /// Torn or altered.
        case checksum
        /// Whole, but what it says cannot be.
        case content
        /// Whole, but it belongs into the other slot.
        case slot
    }

    /// What the file says.
    public struct Reading: Hashable, Sendable {
        /// The newest whole slot; nil if there is none.
        public let newest: HeadAnchor?
        /// The fault of each slot by its number.
        ///
        /// One that is blank or torn is what a crash leaves; two are not.
        public let faults: [Int: Fault]
    }

    /// Chooses the newest whole slot of a file.
    public static func read(_ file: [UInt8]) -> Reading {
        guard file.count == fileLength else { return Reading(newest: nil, faults: [0: .length, 1: .length]) }
        var newest: HeadAnchor?
        var faults: [Int: Fault] = [:]
        for slot in 0...1 {
            do throws(Fault) {
                let anchor = try HeadAnchor(parsing: Array(file[slot * slotLength..<(slot + 1) * slotLength]))
                guard anchor.slot == slot else { throw Fault.slot }
                if anchor.generation >= newest?.generation ?? 0 { newest = anchor }
            } catch {
                faults[slot] = error
            }
        }
        return Reading(newest: newest, faults: faults)
    }
}
