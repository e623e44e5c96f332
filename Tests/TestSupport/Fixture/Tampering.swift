import Foundation
import Testing

/// A change that somebody makes to a copy of the record: T1 to T11 of the specification (domain.md 4.4).
package struct Tampering: Sendable, CustomTestStringConvertible {
    package let name: String
    /// The check that has to find it.
    package let check: String
    /// The exit status of the verification.
    package let exit: Int32
    package let change: @Sendable (RecordCopy) throws -> Void

    package var testDescription: String { name }

    init(_ name: String, _ check: String, exit: Int32 = 30, _ change: @escaping @Sendable (RecordCopy) throws -> Void) {
        self.name = name
        self.check = check
        self.exit = exit
        self.change = change
    }

    private static func lines(
        _ change: @escaping @Sendable (inout [String]) -> Void
    ) -> @Sendable (RecordCopy) throws -> Void {
        { copy in
            var lines = try copy.lines()
            change(&lines)
            try copy.write(lines: lines)
        }
    }

    /// Replaces the last digit of the author's clock.
    private static func redated(_ line: String) -> String {
        guard let end = line.range(of: ",\"by\":")?.lowerBound else { return line }
        let last = line.index(before: end)
        return line.replacingCharacters(in: last..<end, with: line[last] == "0" ? "1" : "0")
    }

    package static let all: [Tampering] = [
        Tampering("T1 one byte of a part", "PAYLOADS") { copy in
            let parts = try copy.names().filter { $0.hasPrefix("parts/") }
            guard let part = parts.first else { throw Deployment.Failed(description: "the bundle has no part") }
            var bytes = try copy.read(part)
            let place = bytes.count / 2
            bytes[place] = bytes[place] == 0x61 ? 0x62 : 0x61
            try copy.write(part, bytes)
        },
        Tampering("T2 one byte of a line", "LINKS", lines { $0[$0.count / 2] = redated($0[$0.count / 2]) }),
        Tampering("T3 a line in the middle deleted", "SEQUENCE", lines { $0.remove(at: $0.count / 2) }),
        Tampering("T4 two lines swapped", "SEQUENCE", lines { $0.swapAt($0.count / 2, $0.count / 2 + 1) }),
        Tampering("T6 the tail cut before the checkpoint", "ANCHOR", lines { $0.removeLast(2) }),
        Tampering(
            "T7 everything rewritten with new hashes",
            "ANCHOR",
            lines { lines in
                var changed = lines
                changed[1] = redated(changed[1])
                lines = RecordCopy.relinked(changed, original: lines)
            }
        ),
        Tampering(
            "T8 a fork: two lines at one place",
            "SEQUENCE",
            lines { lines in
                lines.insert(redated(lines[lines.count / 2]), at: lines.count / 2 + 1)
            }
        ),
        Tampering("T9 a line twice", "SEQUENCE", lines { $0.insert($0[$0.count / 2], at: $0.count / 2 + 1) }),
        Tampering("T10 the last line cut short", "FORMAT") { copy in
            try copy.write(RecordCopy.linesName, copy.read(RecordCopy.linesName).dropLast(40))
        },
        Tampering("T11 a checkpoint signed by an unknown key", "ANCHOR") { copy in
            // Another key's identifier stands before the signature.
            let note = try copy.checkpoint
            guard let last = note.split(separator: " ").last else { return }
            let other = String(last.first == "A" ? "B" : "A") + last.dropFirst()
            try copy.write("checkpoint", Array((note.dropLast(last.count) + other).utf8))
        },
    ]
}
