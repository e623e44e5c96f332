import Dispatch
package import Logging
package import QueueRuntime

/// Runs hooks, and keeps what a restart has to know of them, on a queue of its own, for which nobody waits.
package final class HookRunner: Sendable {
    /// All that a hook finds in its environment but its own name.
    private static let path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
    /// `EX_TEMPFAIL` of sysexits(3).
    private static let tryLater: Int32 = 75

    private let bounds: ChildPrograms.Bounds
    private let queue: DispatchQueue
    private let programs: ChildPrograms
    private let ledger: String
    private let logger: Logger

    /// - Parameters:
    ///   - seconds: How long a hook may take for one event.
    ///   - adopts: Whether what a hook leaves behind is looked for and ended: in a process that starts nothing else.
    ///   - ledger: Path of the file of what a restart has to know.
    ///   - logger: Told how hooks end, never what they were given or said.
    /// - Throws: `SystemFault` if no program can be waited for.
    package init(
        seconds: UInt32,
        adoptsOrphans adopts: Bool,
        ledger: String,
        logger: Logger
    ) throws(SystemFault) {
        var bounds = ChildPrograms.Bounds()
        bounds.seconds = seconds
        self.bounds = bounds
        self.ledger = ledger
        self.logger = logger
        queue = DispatchQueue(label: "accord.hooks", qos: .utility)
        programs = try ChildPrograms(on: queue, adoptsOrphans: adopts)
    }

    /// Gives a hook an event; the completion is called once, on the runner's queue.
    package func run(_ hook: Hook, _ event: [UInt8], completion: @escaping @Sendable (HookEnding) -> Void) {
        queue.async { [self] in
            guard hook.isUnchanged else {
                let reason = "Its file is not the one that is on record: restart the daemon, which looks at it."
                logger.error("hook refused", metadata: ["hook": "\(hook.name)", "reason": "\(reason)"])
                return completion(.refused(reason))
            }
            let began = MonotonicTime.now.nanoseconds
            programs.run(
                hook.path,
                input: event,
                environment: [Self.path, "ACCORD_HOOK=\(hook.name)"],
                bounds: bounds
            ) { [logger] ending in
                let milliseconds = (MonotonicTime.now.nanoseconds - began) / 1_000_000
                logger.debug(
                    "hook ended",
                    metadata: [
                        "hook": "\(hook.name)", "ending": "\(ending.words)", "milliseconds": "\(milliseconds)",
                    ]
                )
                switch ending {
                case .exited(0): completion(.delivered)
                case .exited(Self.tryLater): completion(.failed(ending.words, isTemporary: true))
                default: completion(.failed(ending.words, isTemporary: false))
                }
            }
        }
    }

    /// Keeps the ledger, durably; tells what went wrong, if so.
    package func keep(_ ledger: [UInt8], completion: @escaping @Sendable (String?) -> Void) {
        queue.async { [self] in
            do {
                try DurableFile.replace(self.ledger, with: ledger)
                completion(nil)
            } catch {
                completion("\(error)")
            }
        }
    }

    /// Ends what runs, and then calls back: what is under way is delivered after the next start.
    package func end(completion: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            programs.end()
            completion()
        }
    }

    /// The ledger as it was kept; one that cannot be read is put aside.
    ///
    /// - Returns: What is known, and what went wrong, if so.
    package static func ledger(at path: String) -> (ledger: HookLedger, fault: String?) {
        do {
            guard try SystemCall.status(ofPath: path) != nil else { return (HookLedger(), nil) }
            return (try HookLedger(DurableFile.contents(of: path, limit: 8 << 20)), nil)
        } catch {
            try? DurableFile.move(path, to: path + ".bad")
            return (HookLedger(), "\(path) could not be read (\(error)) and is now \(path).bad.")
        }
    }
}

extension ChildPrograms.Ending {
    /// Without anything that the program said.
    fileprivate var words: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .signalled(let number): "signal \(number)"
        case .timedOut: "its time was over"
        case .notStarted(let fault): "not started: \(fault.code.rawValue)"
        }
    }
}
