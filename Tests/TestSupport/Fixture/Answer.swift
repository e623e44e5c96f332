import Foundation
package import StrictJSON

/// What a command of `accord` answered.
package struct Answer: Sendable, CustomStringConvertible {
    /// The command as it was typed.
    package let command: String
    /// Its exit status.
    package let status: Int32
    /// Its standard output, one JSON object a line.
    package let output: [UInt8]
    /// Its standard error.
    package let errors: String

    /// The answer of a command that has ended.
    package init(command: String, _ completed: Completed) {
        self.command = command
        status = completed.status
        output = completed.output
        errors = completed.stderr
    }

    /// The objects it printed, in order; lines that are none are left out.
    package var objects: [JSONObject] {
        output.split(separator: 0x0A).compactMap { try? JSONValue(parsing: Array($0), limits: .fixture).object }
    }

    /// The first object, or an empty one.
    package var first: JSONObject { objects.first ?? [:] }

    /// The receipt's item, such as E-3.
    package var item: String? { first["receipt"]?.object?["item"]?.string }
    /// The receipt's case number.
    package var caseNumber: String? { first["receipt"]?.object?["case"]?.string }
    /// The receipt's position in its case.
    package var position: Int64? { first["receipt"]?.object?["position"]?.integer }
    /// The refusal or failure.
    package var error: JSONObject? { objects.last?["error"]?.object }
    /// Its code, such as E-SOD.
    package var code: String? { error?["code"]?.string }
    /// The rule that refused, such as P08.
    package var rule: String? { error?["rule"]?.string }

    /// `ok`, the code of a refusal, or the exit status: the word that a table of rows compares.
    package var outcome: String { status == 0 ? "ok" : code ?? "exit \(status)" }

    package var description: String {
        "\(command) -> \(status)\n\(String(decoding: output.prefix(2_000), as: UTF8.self))\(errors.prefix(2_000))"
    }
}

extension JSONLimits {
    /// What a test takes from our own programs.
    package static let fixture = JSONLimits(maximumBytes: 64 << 20, maximumDepth: 64, allowsFractions: true)
}

extension JSONObject {
    /// The value at a path of members and places in lists, such as `case.state` or `found.0.agency`; nil if there is none.
    package func at(_ path: String) -> JSONValue? {
        var value: JSONValue? = .object(self)
        for name in path.split(separator: ".") {
            if let list = value?.array {
                value = Int(name).flatMap { list.indices.contains($0) ? list[$0] : nil }
            } else {
                value = value?.object?[String(name)]
            }
        }
        return value
    }

    /// The text at a path; empty if there is none.
    package func text(_ path: String) -> String { at(path)?.string ?? "" }
}
