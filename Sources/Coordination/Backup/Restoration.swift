import Cryptography
package import RecordStore
package import StrictJSON

/// That the record goes on from a backup: what was kept of it, what is known to be lost, and who says why.
///
/// It is the first line after what was kept. Whoever holds a checkpoint beyond gets his alarm as ever, and can look here whether
/// his is one of those that are said to be lost: a restore that is not on the record explains nothing.
package struct Restoration: Hashable, Sendable {
    package static let kind = "sys.restored"
    /// The most signed heads that are named as lost.
    package static let mostLost = 64

    /// How many lines were kept, and the root of the tree over them.
    package var kept: SignedHead
    /// Heads beyond that this log signed once, as far as they are known; none is no promise that nothing was lost.
    package var lost: [SignedHead]
    /// The administrator in whose name it was done.
    package var by: String
    /// The user id that did it on the host.
    package var uid: UInt32
    package var reason: String
    /// When the backup was made, in seconds since the UNIX epoch.
    package var madeAt: Int64
    /// Parts that are listed in lines that were kept, and for which no key was there: purged after the backup, or lost.
    package var absentParts: UInt64

    package var record: JSONObject {
        [
            "kept": .integer(Int64(clamping: kept.size)), "root": .string(kept.root.hex),
            "lost": .array(
                lost.map { ["size": .integer(Int64(clamping: $0.size)), "root": .string($0.root.hex)] }
            ),
            "by": .string(by), "uid": .integer(Int64(uid)), "reason": .string(reason),
            "made_at": .integer(madeAt), "absent_parts": .integer(Int64(clamping: absentParts)),
        ]
    }
}
