import Cryptography
import RecordStore
import TransparencyLog

/// What a bundle has for authors' signatures: whose the keys were, and of a case the signed bytes as files.
struct ExportSigning {
    private let isCase: Bool
    private var history = SignerHistory()
    private var statementFiles: [String: [UInt8]] = [:]
    private var registrationFiles: [String: [UInt8]] = [:]

    init(ofCase isCase: Bool) { self.isCase = isCase }

    private static let linesPerPage = 512

    /// Follows the registry's own lines, which a case's bundle does not have.
    mutating func followRegistry(of record: SQLiteRecord, through last: UInt64) throws {
        var after: Int64 = -1
        while true {
            let page = try record.lines(of: .system, after: after, limit: Self.linesPerPage)
            for line in page where line.seq <= last { _ = try follow(line) }
            after += Int64(page.count)
            if page.count < Self.linesPerPage || page.last.map({ $0.seq >= last }) ?? true { return }
        }
    }

    /// Takes a line of the bundle.
    mutating func take(_ line: StoredLine) throws {
        let scan = try LineScan(line.bytes)
        if let signature = try? scan.authorSignature() {
            history.note(signature.key, scan.by)
            if isCase {
                let names = SignedFiles.names(caseSeq: scan.caseSeq)
                statementFiles[names.statement] = Array(line.bytes[scan.statement])
                statementFiles[names.signature] = Array(signature.signature.armored.utf8)
            }
        }
        if !isCase, let details = try follow(line) {
            registrationFiles[SignedFiles.registration(Part.digest(of: details))] = details
        }
    }

    /// Lets the history follow an event that says who holds a key, and gives the file of its details.
    private mutating func follow(_ line: StoredLine) throws -> [UInt8]? {
        let scan = try LineScan(line.bytes)
        guard scan.outcome == .accepted, SignerHistory.concerns(kind: scan.kind) else { return nil }
        for bytes in line.parts where !bytes.isEmpty {
            let part = try Part(parsing: bytes)
            if history.follow(scan.kind, part, at: scan.recordedAt) { return bytes }
        }
        return nil
    }

    /// The signed bytes and the signatures of a case, by their names in the bundle and in their order.
    var statements: [(String, [UInt8])] { Self.ordered(statementFiles) }

    /// The details of the events of a whole record that say who holds a key.
    var registrations: [(String, [UInt8])] { Self.ordered(registrationFiles) }

    private static func ordered(_ files: [String: [UInt8]]) -> [(String, [UInt8])] {
        files.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
    }

    func allowedSigners(ofLog origin: String) -> AllowedSigners { history.allowedSigners(ofLog: origin) }
}
