package import CaseViews
import Casework
package import RecordStore
package import Varlink

/// What a recorded reading still has to fetch: a step a time, so that a slow reader costs one bounded buffer.
package struct ReadingTask: Sendable {
    /// Where the step runs: beside the views, or on the queue of long work.
    package enum Place: Sendable {
        case views
        case audit
    }

    package let place: Place
    /// What was asked and allowed: each further step is judged anew, for rights end while a slow reader reads.
    var asked: (command: Command, grant: ReadingGrant)?
    package let step: @Sendable (Shelf) throws -> ReadingStep

    package init(_ place: Place = .views, step: @escaping @Sendable (Shelf) throws -> ReadingStep) {
        self.place = place
        self.step = step
    }
}

/// What a reading found, and how it goes on when the peer has taken it.
package struct ReadingStep: Sendable {
    package var replies: [Reply]
    package var next: ReadingTask?

    package init(_ replies: [Reply], next: ReadingTask? = nil) {
        self.replies = replies
        self.next = next
    }
}

/// What readings may look into: committed lines and the views made from them.
package struct Shelf: Sendable {
    package let record: SQLiteRecord
    package let views: CaseViews
}
