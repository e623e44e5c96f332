import Cryptography
import StrictJSON

/// The record as oversight reads it over a socket, by leaf hash: what a receipt is compared with.
package struct RecordLeaves: Sendable {
    /// How often each leaf hash occurs, by its hexadecimal digits.
    package private(set) var counts: [String: Int] = [:]
    /// How many entries were recorded.
    package private(set) var entries = 0
    /// Position of the newest line.
    package private(set) var end: Int64 = -1

    package init() {}

    /// Reads the lines that have come since the last reading, as auditor.rob.
    package mutating func read(_ deployment: Deployment) throws {
        let session = try deployment.as("auditor.rob").session()
        var parameters: JSONObject = [:]
        if end >= 0 { parameters["after"] = .integer(end) }
        for reply in try session.stream("io.accord.Audit.ReadLines", parameters) {
            guard let text = reply["line"]?.string else { continue }
            let bytes = Array((text.utf8.last == 0x0A ? text : text + "\n").utf8)
            counts[Digest.sha256([0] + bytes).hex, default: 0] += 1
            guard let line = RecordedLine(String(decoding: bytes.dropLast(), as: UTF8.self)) else { continue }
            if line.kind == "entry.recorded" { entries += 1 }
            end = line.seq
        }
    }

    /// The acknowledged entries that are not there exactly once.
    package func missing(_ acknowledged: [Writers.Acknowledged]) -> [Writers.Acknowledged] {
        acknowledged.filter { counts[$0.leaf] != 1 }
    }
}
