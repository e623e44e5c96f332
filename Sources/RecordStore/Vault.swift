import Cryptography
import GRDB
import SQLiteRows
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The keys of a record, in three steps: the deployment's key wraps a few wrapping keys, the newest of these wraps the key
/// of each new part, and that key seals the part and nothing else.
///
/// So one part is destroyed with one small row, and another deployment key means writing anew one row for each time that
/// it was changed.
final class Vault: Sendable {
    /// A wrapping key, and the first line whose parts' keys it wraps.
    struct WrappingKey: Sendable {
        let first: UInt64
        let key: SecretKey
    }

    let log: [UInt8]
    /// In the order of lines; the first one begins with line 0.
    private let keys: Mutex<[WrappingKey]>

    private init(log: String, keys: [WrappingKey]) {
        self.log = Array(log.utf8)
        self.keys = Mutex(keys)
    }

    /// Makes the first wrapping key, in the transaction that makes the tables.
    static func create(_ db: Database, _ sealing: Sealing) throws {
        try insert([WrappingKey(first: 0, key: SecretKey())], sealing, into: db)
    }

    /// Opens the wrapping keys of a record.
    ///
    /// - Throws: ``RecordFault`` if the deployment's key is not the one that they were wrapped with, or they are damaged.
    init(_ db: Database, _ sealing: Sealing) throws {
        log = Array(sealing.log.utf8)
        let expected = sealing.keyID
        var cipher = AES256GCM(key: sealing.key)
        var found: [WrappingKey] = []
        let statement = try db.makeStatement(
            sql: "SELECT first_seq, deployment_key, wrapped FROM wrapping_key ORDER BY first_seq"
        )
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() {
            let id: String = row[1]
            guard id == expected else {
                throw RecordFault(
                    .wrongKey,
                    "The record is sealed with the deployment key \(id), and the one that was given is \(expected)."
                )
            }
            let first = UInt64(clamping: row[0] as Int64)
            let place = SealedPlace("accord wrapping key", log: log, number: first)
            guard var bytes = NoncedMessage.open(statement.bytes(2), place: place, with: &cipher),
                let key = SecretKey(bytes: bytes)
            else { throw RecordFault(.damaged, "The wrapping key from line \(first) on is damaged.") }
            bytes.wipe()
            found.append(WrappingKey(first: first, key: key))
        }
        guard found.first?.first == 0 else { throw RecordFault(.damaged, "The record's wrapping keys are missing.") }
        keys = Mutex(found)
    }

    private static func insert(_ keys: [WrappingKey], _ sealing: Sealing, into db: Database) throws {
        var cipher = AES256GCM(key: sealing.key)
        for wrapping in keys {
            let place = SealedPlace("accord wrapping key", log: Array(sealing.log.utf8), number: wrapping.first)
            let nonce = try SecureRandom.bytes(AES256GCM.nonceByteCount)
            let wrapped = try wrapping.key.withBytes { key in
                try NoncedMessage.seal(key.span, nonce: nonce.span, place: place, with: &cipher)
            }
            try db.execute(
                sql: "INSERT OR REPLACE INTO wrapping_key (first_seq, deployment_key, wrapped) VALUES (?, ?, ?)",
                arguments: [Int64(clamping: wrapping.first), sealing.keyID, Data(wrapped)]
            )
        }
    }

    /// Wraps all keys with another deployment key, and begins a new one for what comes from `size` on: who has the old
    /// deployment key and an old copy learns nothing of it.
    func rotation(to key: SecretKey, from size: UInt64) throws(CryptoFailure) -> Rotation {
        let sealing = Sealing(log: String(decoding: log, as: UTF8.self), key: key)
        return Rotation(
            sealing: sealing,
            keys: keys.withLock { $0 }.filter { $0.first < size } + [WrappingKey(first: size, key: try SecretKey())]
        )
    }

    /// What is written, and taken once it is.
    struct Rotation: Sendable {
        fileprivate let sealing: Sealing
        fileprivate let keys: [WrappingKey]

        func write(_ db: Database) throws {
            // What was wrapped with the old key must not stay in the free bytes of a page.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            try Vault.insert(keys, sealing, into: db)
        }
    }

    func take(_ rotation: Rotation) { keys.withLock { $0 = rotation.keys } }

    /// Lets go of all keys, which are wiped with their last user.
    func forget() { keys.withLock { $0 = [] } }

    /// Seals so many parts of lines that come now.
    func sealer(ofParts count: Int) throws -> PartSealer {
        guard let newest = keys.withLock({ $0.last }) else { throw RecordFault(.latched, "The record was closed.") }
        return try PartSealer(log: log, key: newest.key, count: count)
    }

    /// Opens parts, for one reading on one thread.
    func opener() -> PartOpener { PartOpener(log: log, keys: keys.withLock { $0 }) }

    /// The wrapping key of a position.
    func key(at position: UInt64) -> SecretKey? { keys.withLock { $0 }.last { $0.first <= position }?.key }
}

/// Seals the parts of one batch, each with a key of its own, on the queue that writes.
final class PartSealer {
    /// A sealed part, and its key, wrapped.
    struct Sealed: Sendable {
        let bytes: [UInt8]
        let key: [UInt8]
    }

    /// Of a part's key, and of the nonce with which it is wrapped.
    private static let chanceBytes = SecretKey.byteCount + AES256GCM.nonceByteCount

    private var wrapping: AES256GCM
    private var cipher = AES256GCM()
    private var place: SealedPlace
    /// Taken from the generator at once: a call for each part takes longer than sealing it.
    private var chance: [UInt8]
    private var used = 0

    fileprivate init(log: [UInt8], key: SecretKey, count: Int) throws(CryptoFailure) {
        wrapping = AES256GCM(key: key)
        place = SealedPlace("accord part", log: log)
        chance = try SecureRandom.bytes(count * Self.chanceBytes)
    }

    deinit { chance.wipe() }

    /// Seals a part that will lie in a row.
    func seal(_ part: [UInt8], at row: Int64) throws(CryptoFailure) -> Sealed {
        precondition(chance.count - used >= Self.chanceBytes, "more parts are sealed than were announced")
        let chance = chance
        let key = chance.span.extracting(used..<used + SecretKey.byteCount)
        let nonce = chance.span.extracting(used + SecretKey.byteCount..<used + Self.chanceBytes)
        used += Self.chanceBytes
        place.number = UInt64(bitPattern: row)
        let bytes = place.bytes
        return Sealed(
            bytes: try cipher.seal(part.span, under: key, nonce: PartOpener.onlyNonce.span, place: bytes.span),
            key: try NoncedMessage.seal(key, nonce: nonce, place: place, with: &wrapping)
        )
    }
}

/// Opens parts.
struct PartOpener: ~Copyable {
    /// A part's key seals one message only, so that its nonce need not differ.
    fileprivate static let onlyNonce = [UInt8](repeating: 0, count: AES256GCM.nonceByteCount)

    private let keys: [Vault.WrappingKey]
    private var wrapping = AES256GCM()
    /// Index of the wrapping key that the cipher has.
    private var current: Int?
    private var cipher = AES256GCM()
    private var place: SealedPlace

    fileprivate init(log: [UInt8], keys: [Vault.WrappingKey]) {
        self.keys = keys
        place = SealedPlace("accord part", log: log)
    }

    /// The part of a row; nil if it, its key or its place is not what it was when it was sealed.
    mutating func open(_ sealed: Span<UInt8>, key wrapped: Span<UInt8>, at row: Int64) -> [UInt8]? {
        let seq = UInt64(clamping: row / RecordTables.partsPerLine)
        guard let index = keys.lastIndex(where: { $0.first <= seq }) else { return nil }
        if current != index {
            wrapping.use(key: keys[index].key)
            current = index
        }
        place.number = UInt64(bitPattern: row)
        guard wrapped.count == NoncedMessage.overhead + SecretKey.byteCount else { return nil }
        let place = place.bytes
        var key = InlineArray<32, UInt8>(repeating: 0)
        var room = key.mutableSpan
        defer { room.wipe() }
        let isUnwrapped = wrapping.open(
            wrapped.extracting(droppingFirst: AES256GCM.nonceByteCount),
            nonce: wrapped.extracting(first: AES256GCM.nonceByteCount),
            place: place.span,
            into: &room
        )
        guard isUnwrapped else { return nil }
        return cipher.open(sealed, under: room.span, nonce: Self.onlyNonce.span, place: place.span)
    }
}
