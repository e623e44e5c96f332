import Casework
import Synchronization

/// What a stop left behind.
final class Stopped: Sendable {
    private let left = Mutex<(state: CaseworkState, size: UInt64)?>(nil)

    func set(_ state: CaseworkState, _ size: UInt64) { left.withLock { $0 = (state, size) } }

    var state: CaseworkState? { left.withLock { $0?.state } }
    var size: UInt64? { left.withLock { $0?.size } }
}
