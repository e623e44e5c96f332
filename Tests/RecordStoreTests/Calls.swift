import Dispatch
import RecordStore
import Synchronization

/// Answers of appends, in the order in which they came.
final class Calls: Sendable {
    private let answers = Mutex<[Result<RecordHead, RecordFault>]>([])
    private let came = DispatchSemaphore(value: 0)

    /// The answer did not come.
    struct Missing: Error {}

    func take(_ answer: Result<RecordHead, RecordFault>) {
        answers.withLock { $0.append(answer) }
        came.signal()
    }

    /// Waits for the next answer.
    func wait() throws -> Result<RecordHead, RecordFault> {
        guard came.wait(timeout: .now() + 30) == .success else { throw Missing() }
        return answers.withLock { $0.removeFirst() }
    }

    /// How many came and were not waited for.
    var count: Int { answers.withLock { $0.count } }
}
