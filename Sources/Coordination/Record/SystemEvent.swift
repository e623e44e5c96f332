package import Casework
import Cryptography
package import Policy
import StrictJSON

/// What the daemon itself puts on the record.
package enum SystemEvent: Hashable, Sendable {
    /// The first line: the name of the log and how it is hashed.
    case genesis(origin: String)
    case started(version: String)
    case stopped
    /// Lines were on their way when the machine stopped, and are not there: nobody was told that they were.
    case recovered(lostUnconfirmed: UInt64)
    /// The disk was full; from here on the record goes on.
    case sinkRestored
    case clockStepped(milliseconds: Int64, isForward: Bool)
    /// An SSH key was proved on a connection.
    case sessionOpened(member: MemberID, agency: AgencyID)
    /// The record is sealed with another key of the deployment.
    case deploymentKeyRotated(from: String, to: String)
    /// Targets are indexed with another pepper from here on: what was submitted before matches nothing.
    case pepperChanged(epoch: Int64)
    /// A backup was made, verified, and counts.
    case backedUp(BackupMaking.Made)
    /// The record goes on from a backup: what was kept of it, what is known to be lost, who says why.
    case restored(Restoration)
    /// From here on an executable is shown what an audience would be: one member, or all of a role in an agency.
    case hookOpened(Hook, member: MemberID?, agency: AgencyID?)
    /// So many refusals of one speaker were answered and not recorded one by one.
    case refusalsCounted(by: String, count: Int64)
    /// Lists that are made from the record were not what was written, and were made anew.
    case viewsRemade(found: String)

    package var decision: Decision {
        var member: MemberID?
        var agency: AgencyID?
        let kind: String
        let facts: JSONObject
        var body: EventBody?
        switch self {
        case .genesis(let origin):
            kind = "sys.genesis"
            facts = ["origin": .string(origin), "hash": "RFC 6962 SHA-256"]
        case .started(let version):
            kind = "sys.started"
            facts = ["version": .string(version)]
        case .stopped:
            kind = "sys.stopped"
            facts = [:]
        case .recovered(let lost):
            kind = "sys.recovered"
            facts = ["lost_unconfirmed": .integer(Int64(clamping: lost))]
        case .sinkRestored:
            kind = "sys.sink_restored"
            facts = [:]
        case .clockStepped(let milliseconds, false):
            kind = "sys.clock_skew_detected"
            facts = ["delta_ms": .integer(milliseconds)]
        case .clockStepped(let milliseconds, true):
            kind = "sys.clock_skew_detected"
            facts = ["delta_ms": .integer(milliseconds), "direction": "forward"]
        case .sessionOpened(let who, let from):
            kind = "session.opened"
            facts = [:]
            member = who
            agency = from
        case .deploymentKeyRotated(let old, let new):
            kind = "sys.deployment_key_rotated"
            facts = ["from": .string(old), "to": .string(new)]
        case .pepperChanged(let epoch):
            kind = "sys.pepper_changed"
            facts = ["epoch": .integer(epoch)]
        case .backedUp(let made):
            kind = "sys.backed_up"
            facts = [
                "lines": .integer(Int64(clamping: made.record.lines)), "root": .string(made.record.root.hex),
                "record_sha256": .string(made.record.digest.hex), "keys_sha256": .string(made.keys.digest.hex),
            ]
        case .restored(let restoration):
            kind = Restoration.kind
            facts = restoration.record
        case .hookOpened(let hook, let who, let from):
            kind = "access.read"
            facts = [:]
            let item = "\(hook.name) for \(hook.audience) sha256:\(hook.digest.hex)"
            body = .access(act: CaseworkState.hookAct, item: item, code: nil)
            member = who
            agency = from
        case .refusalsCounted(let by, let count):
            kind = "access.denials_counted"
            facts = ["by": .string(by), "count": .integer(count)]
        case .viewsRemade(let found):
            kind = "sys.views_remade"
            facts = ["found": .string(found)]
        }
        return Decision(
            event: Event(
                kind: kind,
                caseID: .system,
                agency: agency,
                member: member,
                role: nil,
                purpose: nil,
                body: body ?? .system(facts)
            )
        )
    }
}
