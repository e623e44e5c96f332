import Cryptography
import Foundation
import TestSupport

/// Opens the parts of a line with the deployment's key and nothing of the daemon's own code but the cipher: so the way from
/// the key to a part is written down a second time.
enum OpenedParts {
    private static let origin = "accord.example.org/log1"

    struct Sealed: Error {}

    /// The parts of a line, put together.
    static func text(of line: RecordedLine, in deployment: Deployment) throws -> String {
        let script = """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1])
            for row in c.execute("SELECT first_seq, hex(wrapped) FROM wrapping_key ORDER BY first_seq"): print("key", *row)
            for row in c.execute("SELECT place, hex(bytes), hex(wrapped) FROM part JOIN part_key USING (place) "
                "WHERE place / 64 = ? ORDER BY place", (int(sys.argv[2]),)): print("part", *row)
            """
        let rows = try run("python3", ["-c", script, "\(deployment.state)/record/record.db", "\(line.seq)"]).stdout
            .split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        let file = try String(contentsOf: URL(filePath: "\(deployment.state)/deployment.key"), encoding: .utf8)
        guard let base64 = file.split(separator: ":").last?.trimmingCharacters(in: .newlines),
            let secret = Base64.decode(base64)
        else { throw Sealed() }
        var wrapping: [UInt8]?
        var text = ""
        for row in rows where row[0] == "key" {
            guard let first = UInt64(row[1]), first <= UInt64(line.seq) else { continue }
            wrapping = try open(row[2], secret, "accord wrapping key", first)
        }
        for row in rows where row[0] == "part" {
            guard let place = UInt64(row[1]), let wrapping, let sealed = bytes(row[2]) else { throw Sealed() }
            let key = try open(row[3], wrapping, "accord part", place)
            // A part's key is used once, so that its nonce is zero.
            let nonce = [UInt8](repeating: 0, count: 12)
            text += String(decoding: try open(sealed[...], nonce[...], key, "accord part", place), as: UTF8.self)
        }
        return text
    }

    private static func bytes(_ hex: String) -> [UInt8]? { Hex.decode(hex.lowercased()) }

    /// The nonce stands before what is wrapped.
    private static func open(_ hex: String, _ key: [UInt8], _ title: String, _ number: UInt64) throws -> [UInt8] {
        guard let wrapped = bytes(hex) else { throw Sealed() }
        return try open(wrapped.dropFirst(12), wrapped.prefix(12), key, title, number)
    }

    private static func open(
        _ sealed: ArraySlice<UInt8>,
        _ nonce: ArraySlice<UInt8>,
        _ key: [UInt8],
        _ title: String,
        _ number: UInt64
    ) throws -> [UInt8] {
        let place =
            Array("\(title)\n\(origin)\n".utf8) + (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
        var cipher = AES256GCM()
        cipher.use(key: key[...])
        guard let message = cipher.open(sealed, nonce: nonce, place: place) else { throw Sealed() }
        return message
    }
}
