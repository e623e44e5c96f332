package import Cryptography

extension SQLiteRecord {
    /// The root of the record as it was at a size; nil if it was never that long.
    package func root(of size: UInt64) throws(RecordFault) -> Digest? {
        guard size <= head.size else { return nil }
        return try reading { try RecordTree(db: $0, tail: $1).root(of: size) }
    }
}
