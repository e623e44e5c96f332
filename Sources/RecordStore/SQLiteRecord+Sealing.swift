package import Cryptography
import GRDB

extension SQLiteRecord {
    /// Lets another key of the deployment take the place of the present one, and records it: both or neither.
    ///
    /// No part is touched, nor any part's key. What comes after the line is sealed under a wrapping key that neither the
    /// old key nor any copy of the record so far gives away.
    ///
    /// - Throws: ``RecordFault`` if nothing was changed, or it is not known whether.
    package func rotate(to key: SecretKey, recording line: RecordLine) throws(RecordFault) -> RecordHead {
        let rotation: Vault.Rotation
        do {
            rotation = try vault.rotation(to: key, from: line.seq + 1)
        } catch {
            throw RecordFault(.failed, "No key could be made: \(error).")
        }
        let head = try append([line], after: head, alongside: { try rotation.write($0) })
        vault.take(rotation)
        return head
    }

    /// Seals what others keep beside the record, such as a state made from it, for its position and name.
    ///
    /// - Throws: ``RecordFault`` if the record was closed.
    package func seal(_ bytes: [UInt8], as name: String, at position: UInt64) throws(RecordFault) -> [UInt8] {
        guard let key = vault.key(at: position) else { throw RecordFault(.latched, "The record was closed.") }
        var cipher = AES256GCM(key: key)
        do {
            let nonce = try SecureRandom.bytes(AES256GCM.nonceByteCount)
            return try NoncedMessage.seal(
                bytes.span,
                nonce: nonce.span,
                place: SealedPlace("accord \(name)", log: vault.log, number: position),
                with: &cipher
            )
        } catch {
            throw RecordFault(.failed, "\(name) could not be sealed: \(error).")
        }
    }

    /// Opens what ``seal(_:as:at:)`` sealed; nil if it was altered, or belongs to another place.
    package func open(_ sealed: [UInt8], as name: String, at position: UInt64) -> [UInt8]? {
        guard let key = vault.key(at: position) else { return nil }
        var cipher = AES256GCM(key: key)
        return NoncedMessage.open(
            sealed,
            place: SealedPlace("accord \(name)", log: vault.log, number: position),
            with: &cipher
        )
    }
}
