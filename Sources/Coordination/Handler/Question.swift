package import Casework
package import Policy

/// What a call asks, decoded on the wire's queue, before the sequencer sees it; handed on from queue to queue as one reference.
package indirect enum Question: Sendable {
    case act(Act, RequestContext)
    /// The same with its author's signature, once that was looked at.
    case signed(Act, RequestContext, Authorship)
    /// A report that was made: recorded, and then sent.
    case composed(Act, RequestContext, ComposedReport)
    /// An export of a case whose lines were counted: recorded with what its bundle holds, and then sent.
    case counted(Act, RequestContext, ExportCount)
    /// How the act would be recorded, so that it can be signed.
    case prepare(Act, RequestContext)
    /// The parameters say something that no act can mean; the refusal is recorded like any other.
    case malformed(Refusal, Misstated)
    // What needs no record: it shows no case, and everybody who reaches the socket may ask it.
    case whoAmI
    case challenge
    case prove(signature: String)
    case status
    case metrics
    case rules
    case signatureRules
    case checkpoint
    case consistency(from: UInt64, to: UInt64?)
    case restorations(before: UInt64)
    case offer(from: UInt64)
    case inclusion(case: String?, position: UInt64)
    case cosignature(note: String)
}

/// What was asked in a form that no act has: as much of it as the record names.
package struct Misstated: Sendable {
    /// Interface and method, such as `io.accord.Entry.Record`; the one that was to be signed, if the call was about that.
    let method: String
    /// The name of the case, as it was given.
    let caseName: String?
}

extension Question {
    /// The act that is meant, now or once it is signed.
    var asked: (act: Act, context: RequestContext)? {
        switch self {
        case .act(let act, let context), .signed(let act, let context, _), .prepare(let act, let context):
            (act, context)
        default: nil
        }
    }
}
