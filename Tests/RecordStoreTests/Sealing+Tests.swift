import Cryptography
import RecordStore

extension Sealing {
    /// What the tests seal with, the same in each run.
    static let sample = Sealing(log: "accord.test/log1", key: .numbered(1))
}

extension SecretKey {
    /// A key that a test knows.
    static func numbered(_ number: UInt8) -> SecretKey {
        guard let key = SecretKey(bytes: [UInt8](repeating: number, count: byteCount)) else { fatalError("no key") }
        return key
    }
}

extension SQLiteRecord {
    static func create(in folder: String) throws(RecordFault) -> SQLiteRecord {
        try create(in: folder, sealing: .sample)
    }

    static func open(in folder: String) throws(RecordFault) -> SQLiteRecord {
        try open(in: folder, sealing: .sample)
    }
}
