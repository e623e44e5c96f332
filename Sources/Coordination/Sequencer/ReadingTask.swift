package import CaseViews
import Casework
package import RecordStore
package import Varlink

/// What a recorded reading still has to fetch: a step a time, so that a slow reader costs one bounded buffer.
package struct ReadingTask: Sendable {
    /// What was asked and allowed.
    typealias Asked = (command: Command, grant: ReadingGrant)

    let queue: WorkQueue
    /// Judged anew at each step, before it is taken and before what it gave is sent: rights end while a slow reader reads.
    var asked: Asked?
    package let step: @Sendable (Shelf) throws -> ReadingStep

    package init(_ queue: WorkQueue = .views, step: @escaping @Sendable (Shelf) throws -> ReadingStep) {
        self.queue = queue
        self.step = step
    }
}

/// What a reading found, and how it goes on when the peer has taken it.
package struct ReadingStep: Sendable {
    package var replies: [Reply]
    package var next: ReadingTask?
    var asked: ReadingTask.Asked?
    /// The line whose text is gone, which the asker may read and no order destroyed.
    var lost: UInt64?
    /// What is to be decided with what was read: after the step is over, since the same call may read on from there.
    var question: (call: Call, Question)?

    package init(_ replies: [Reply], next: ReadingTask? = nil) {
        self.replies = replies
        self.next = next
    }

    /// Nothing to send: what was read decides something.
    static func asking(_ question: Question, by call: Call) -> ReadingStep {
        var step = ReadingStep([])
        step.question = (call, question)
        return step
    }

    /// What was to be read is not on the record any more.
    static func lost(_ line: UInt64, interface: String) -> ReadingStep {
        var step = ReadingStep([.lost(interface: interface)])
        step.lost = line
        return step
    }
}

/// What readings may look into: committed lines and the views made from them.
package struct Shelf: Sendable {
    package let record: SQLiteRecord
    package let views: CaseViews
    let kept = KeptState()
}
