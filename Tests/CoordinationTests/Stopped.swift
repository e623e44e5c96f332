import Synchronization

/// What a stop left behind.
final class Stopped: Sendable {
    private let left = Mutex<(snapshot: [UInt8], size: UInt64)?>(nil)

    func set(_ snapshot: [UInt8], _ size: UInt64) { left.withLock { $0 = (snapshot, size) } }

    var snapshot: [UInt8]? { left.withLock { $0?.snapshot } }
    var size: UInt64? { left.withLock { $0?.size } }
}
