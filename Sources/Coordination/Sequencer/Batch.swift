import Casework
import Policy
import RecordStore
import StrictJSON
package import Varlink

/// Lines that become durable together, and what each of them owes to whom.
struct Batch: Sendable {
    var lines: [RecordLine] = []
    var committed: [RecordedEvent] = []
    var debts: [Debt] = []
    /// Requests within this batch, so that a repetition that arrives early waits for the first.
    var requests: [RequestKey: Int] = [:]
    /// Whether one of its lines may open something to somebody, so that nothing may rest on the state before it is durable.
    var mayOpen = false

    var isEmpty: Bool { lines.isEmpty && debts.isEmpty }
}

/// What is sent once the batch is durable, and not before.
indirect enum Payment: Sendable {
    /// The act of line `index` was accepted; whether its author could know when he asked where in the case it would stand.
    ///
    /// `caseNumber` is nil where the state is to be asked; `found` goes with it where something was compared.
    case receipt(index: Int, caseNumber: String?, isDuplicate: Bool, knewCase: Bool, found: JSONValue?)
    case refusal(Refusal)
    /// Replies that were made from state in memory when the reading was decided.
    case replies([Reply])
    /// Replies that are read from the views or the record.
    case reading(ReadingTask)
    /// What was read, and waits for a batch that may have opened it.
    case read(ReadingStep)
    case watch(Watch)
    /// What an administrator asked about hooks is done.
    case hook(HookAct)
    /// A bundle that ends with its own line: it has to wait for a checkpoint that covers it.
    case export(DueExport)
    /// A report that may be made: it is recorded once its digest is known.
    case report(DueReport)
    /// A copy of all of the record up to a checkpoint that covers the line that records it.
    case backup(seq: UInt64)

    /// The receipt for a repetition of what line `index` records.
    static func repeated(_ index: Int, found: JSONValue?) -> Payment {
        .receipt(index: index, caseNumber: nil, isDuplicate: true, knewCase: false, found: found)
    }
}

/// A payment and who is to have it.
struct Debt: Sendable {
    let caller: Caller
    let payment: Payment
}

/// Who called, and in which interface errors are named.
package struct Caller: Hashable, Sendable {
    package let id: CallID
    package let interface: String
}

extension Call {
    var caller: Caller { Caller(id: id, interface: interface) }
}
