import Casework
import Logging

/// A clock that is set changes neither order nor expiry (reliability.md 2.1 M): it is noted, no more.
extension Sequencer {
    /// Puts a step of the clock on the record, once; one forward before anything runs out by it.
    func noteClock() {
        guard mode == .running,
            let step = clockWatch.step(
                at: surroundings.clock(),
                uptime: surroundings.uptime(),
                recorded: composer.lastTime
            )
        else { return }
        switch step {
        case .back(let milliseconds):
            logger.warning("the clock went back", metadata: ["milliseconds": "\(milliseconds)"])
            recordSystem(.clockStepped(milliseconds: milliseconds, isForward: false))
        case .forward(let milliseconds):
            logger.warning("the clock was set forward", metadata: ["milliseconds": "\(milliseconds)"])
            recordSystem(.clockStepped(milliseconds: milliseconds, isForward: true))
        }
    }
}
