import Cryptography
import Synchronization

/// Makes and knows marks that nobody can make who lacks the keys of the record: for what lies beside it and can be made again
/// from it, but would mislead if somebody wrote it.
package final class Marker: Sendable {
    private struct Tools: ~Copyable {
        var cipher: AES256GCM
        var hash = SHA256()
        var chance = RandomStore()
    }

    private let tools: Mutex<Tools>
    private let place: [UInt8]
    private let weighingKey: [UInt8]

    init(_ name: String, log: [UInt8], key: SecretKey) throws {
        var cipher = AES256GCM(key: key)
        // The one message under this nonce, whose tag nobody is shown.
        weighingKey = try cipher.seal(
            [],
            nonce: [UInt8](repeating: 0, count: AES256GCM.nonceByteCount)[...],
            place: SealedPlace("accord weight of \(name)", log: log).bytes
        )
        tools = Mutex(Tools(cipher: cipher))
        place = SealedPlace("accord \(name)", log: log).bytes
    }

    /// What a mark weighs: 128 bits, always the same, that nobody can tell who lacks the keys of the record.
    package func weigh(_ mark: [UInt8]) -> UInt128 {
        let digest = tools.withLock { tools in
            tools.hash.update(weighingKey)
            tools.hash.update(mark)
            return tools.hash.finalize()
        }
        return digest.half
    }

    /// The mark of bytes.
    ///
    /// - Throws: `CryptoFailure`.
    package func mark(_ bytes: [UInt8]) throws -> [UInt8] {
        try tools.withLock { tools in
            let nonce = try tools.chance.salt()
            return try tools.cipher.seal(
                Span<UInt8>(),
                nonce: nonce.span.extracting(first: AES256GCM.nonceByteCount),
                isNonceFirst: true,
                place: (place + bytes).span
            )
        }
    }

    /// Whether a mark was made of bytes.
    package func isMark(_ mark: [UInt8], of bytes: [UInt8]) -> Bool {
        guard mark.count == AES256GCM.nonceByteCount + AES256GCM.tagByteCount else { return false }
        return tools.withLock { tools in
            tools.cipher.open(
                mark.dropFirst(AES256GCM.nonceByteCount),
                nonce: mark.prefix(AES256GCM.nonceByteCount),
                place: place + bytes
            ) != nil
        }
    }
}

extension SQLiteRecord {
    /// Marks for a purpose; they stay true whichever key the deployment has.
    ///
    /// - Throws: ``RecordFault`` if the record was closed.
    package func marker(_ name: String) throws(RecordFault) -> Marker {
        guard let key = vault.key(at: 0) else { throw RecordFault(.latched, "The record was closed.") }
        do {
            return try Marker(name, log: vault.log, key: key)
        } catch {
            throw RecordFault(.failed, "No marks can be made: \(error).")
        }
    }
}
