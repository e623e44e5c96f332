import Cryptography
import RecordStore
import TransparencyLog

/// What a bundle has for authors' signatures: whose the keys were, and of a case the signed bytes as files.
struct ExportSigning {
    /// The signed bytes and the signatures of a case as they come, each pair after its place and the two lengths.
    private let statements: ExportFile?
    private var history = SignerHistory()
    private var registrationFiles: [String: [UInt8]] = [:]

    /// - Parameter statements: where the signed bytes of a case lie until they are sent; nil for a whole record, which has
    ///   them in its lines alone.
    init(statements: ExportFile?) { self.statements = statements }

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
            if let statements {
                let armored = Array(signature.signature.armored.utf8)
                try statements.append(
                    numbers: [scan.caseSeq, UInt64(scan.statement.count), UInt64(armored.count)]
                )
                try statements.append(Array(line.bytes[scan.statement]))
                try statements.append(armored)
            }
        }
        if statements == nil, let details = try follow(line) {
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

    /// Gives the signed bytes and the signatures of a case by their names in the bundle, in their order.
    func eachStatement(_ body: (String, [UInt8]) throws -> Void) throws {
        guard let statements else { return }
        var offset = 0
        func next(_ count: UInt64) throws -> [UInt8] {
            defer { offset += Int(count) }
            return try statements.read(from: offset, count: Int(count))
        }
        while offset < statements.count {
            let numbers = ExportFile.numbers(in: try next(24)[...])
            let names = SignedFiles.names(caseSeq: numbers[0])
            try body(names.statement, try next(numbers[1]))
            try body(names.signature, try next(numbers[2]))
        }
    }

    /// The details of the events of a whole record that say who holds a key.
    var registrations: [(String, [UInt8])] {
        registrationFiles.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
    }

    func allowedSigners(ofLog origin: String) -> AllowedSigners { history.allowedSigners(ofLog: origin) }
}
