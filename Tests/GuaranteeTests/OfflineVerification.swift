import Foundation
import StrictJSON
import TestSupport

/// What `accord audit verify --offline` says of a copy.
struct OfflineVerification: CustomStringConvertible {
    let completed: Completed
    /// `check: finding` of each check that failed.
    let failures: [String]

    /// Verifies an unpacked bundle without any daemon.
    init(_ copy: RecordCopy, known: [String] = []) throws {
        self = try withExtendedLifetime(copy) { try OfflineVerification(copy.path, known: known) }
    }

    /// Verifies a file or folder without any daemon.
    init(_ path: String, known: [String] = [], vkey: String? = nil) throws {
        var words = [try Programs.accord(), "audit", "verify", "--offline", path, "--json"]
        words += known.flatMap { ["--known", $0] } + (vkey.map { ["--vkey", $0] } ?? [])
        completed = try DaemonProcess.run(words, environment: ["ACCORD_SOCKET": "/nowhere"])
        let objects = completed.output.split(separator: 0x0A).compactMap {
            try? JSONValue(parsing: Array($0), limits: .fixture).object
        }
        let verdicts = objects.flatMap { $0["verdicts"]?.array ?? [] }.compactMap(\.object)
        failures = verdicts.filter { $0.text("result") == "failed" }.map {
            "\($0.text("check")): \($0.text("finding"))"
        }
    }

    var status: Int32 { completed.status }
    var description: String { "\(status) \(completed.stdout.prefix(3_000))\(completed.stderr.prefix(1_000))" }
}
