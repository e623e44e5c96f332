package import StrictJSON

/// An event that a hook did not take, however often it was tried.
package struct FailedDelivery: Hashable, Sendable {
    /// Position in the whole record.
    package var sequence: UInt64
    package var kind: String
    /// How the hook ended the last time, such as `exit status 1`; nothing that it said.
    package var reason: String
    package var tries: Int
    /// Milliseconds since the UNIX epoch.
    package var at: Int64
}

/// How far each hook has come, and what it did not take: what a restart goes on from.
///
/// A file in the state folder, and nothing of the record: without it hooks begin with what happens next.
package struct HookLedger: Hashable, Sendable {
    package struct Account: Hashable, Sendable {
        /// The first line that it was not shown, nor passed over.
        package var next: UInt64
        package var failed: [FailedDelivery] = []
    }

    package var accounts: [String: Account] = [:]

    package init() {}

    /// - Throws: `Malformed` if it is not as it was written.
    package init(_ bytes: [UInt8]) throws(Malformed) {
        let value = try JSONValue(parsing: bytes, limits: .wire)
        guard let object = value.object, object["accord-hooks"]?.integer == 1, let hooks = object["hooks"]?.object
        else { throw Malformed(.syntax) }
        for (name, value) in hooks.members {
            guard let account = value.object, let next = account["next"]?.integer.flatMap({ UInt64(exactly: $0) }),
                let failed = account["failed"]?.array
            else { throw Malformed(.syntax) }
            var read = Account(next: next)
            for value in failed {
                guard let delivery = FailedDelivery(value) else { throw Malformed(.syntax) }
                read.failed.append(delivery)
            }
            accounts[name] = read
        }
    }

    package var encoded: [UInt8] {
        let hooks = accounts.sorted { $0.key < $1.key }.map { name, account in
            (
                name,
                JSONValue.object([
                    "next": .integer(Int64(clamping: account.next)), "failed": .array(account.failed.map(\.json)),
                ])
            )
        }
        let whole: JSONObject = ["accord-hooks": .integer(1), "hooks": .object(JSONObject(hooks))]
        return JSONValue.object(whole).encoded + [0x0A]
    }
}

extension FailedDelivery {
    fileprivate init?(_ value: JSONValue) {
        guard let object = value.object, let sequence = object["sequence"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let kind = object["kind"]?.string, let reason = object["reason"]?.string,
            let tries = object["tries"]?.integer, let at = object["at"]?.integer
        else { return nil }
        self.init(sequence: sequence, kind: kind, reason: reason, tries: Int(tries), at: at)
    }

    fileprivate var json: JSONValue {
        [
            "sequence": .integer(Int64(clamping: sequence)), "kind": .string(kind), "reason": .string(reason),
            "tries": .integer(Int64(tries)), "at": .integer(at),
        ]
    }
}
