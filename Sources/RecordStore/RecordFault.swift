/// Why the record could not be made, opened, written or read.
package struct RecordFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// There is a record already.
        package static let exists = Code(rawValue: "exists")
        /// There is none: opening never makes one.
        package static let missing = Code(rawValue: "missing")
        /// The batch does not fit what is there; nothing was written.
        package static let conflict = Code(rawValue: "conflict")
        /// No room; nothing was written, and it may be tried again.
        package static let full = Code(rawValue: "full")
        /// An I/O error: nothing more is written until the record is opened anew.
        package static let failed = Code(rawValue: "failed")
        /// An earlier write failed, or the record was closed.
        package static let latched = Code(rawValue: "latched")
        /// Shorter than what was acknowledged.
        package static let shorterThanAnchor = Code(rawValue: "shorter-than-anchor")
        /// Another history than the one that was anchored.
        package static let contradictsAnchor = Code(rawValue: "contradicts-anchor")
        /// Another history than the one that was signed, or less of it.
        package static let contradictsSignedHead = Code(rawValue: "contradicts-signed-head")
        /// What is stored is not what was written.
        package static let damaged = Code(rawValue: "damaged")
        /// Sealed with another key than the one that was given.
        package static let wrongKey = Code(rawValue: "wrong-key")
        /// Written in another version of the record's form.
        package static let otherVersion = Code(rawValue: "other-version")
        /// The engine does not do what durability needs.
        package static let notDurable = Code(rawValue: "not-durable")
    }

    package let code: Code
    /// A sentence for the operator, without anything of what the record holds.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether nothing was written and the next append may succeed without opening the record anew.
    package var isRecoverable: Bool { code == .full || code == .conflict }

    package var description: String { "\(code.rawValue): \(message)" }
}
