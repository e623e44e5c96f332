import Casework
import Logging

/// A clock that goes back changes neither order nor expiry (reliability.md 2.1 M): it is noted, no more.
extension Sequencer {
    /// Puts a step back of the clock on the record, once.
    func noteClock() {
        guard mode == .running,
            let step = clockWatch.stepBack(at: surroundings.clock(), recorded: composer.lastTime)
        else { return }
        logger.warning("the clock went back", metadata: ["milliseconds": "\(step)"])
        recordSystem(.clockSteppedBack(milliseconds: step))
    }
}
