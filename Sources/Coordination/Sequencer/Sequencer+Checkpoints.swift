import Casework
package import Cryptography
import Logging
import Policy
import RecordStore
import StrictJSON
import TransparencyLog
import Varlink

/// A signed head, as it is stored and sent.
package struct StoredCheckpoint: Hashable, Sendable {
    package let size: UInt64
    package let root: Digest
    /// The C2SP signed note.
    package let note: String

    package init(size: UInt64, root: Digest, note: String) {
        self.size = size
        self.root = root
        self.note = note
    }
}

/// Signing: what was committed is read back, rehashed and proved consistent with the last signed head first.
extension Sequencer {
    func answerCheckpoint(_ call: Call) {
        guard let session = sessions[call.id.connection], state.member(by: session.by) != nil else {
            return send(call.id, .refused(Refusal(row: "V02"), interface: call.interface))
        }
        guard durable.size > checkpoint.size, mode == .running else { return sendCheckpoint(to: call.caller) }
        checkpointWaiters.append((call.caller, durable.size))
        beginCheckpoint()
    }

    private func sendCheckpoint(to caller: Caller) {
        let note = surroundings.witnesses?.note(at: checkpoint.size)
            .map { String(decoding: $0.encoded, as: UTF8.self) }
        var reply: JSONObject = ["note": .string(note ?? checkpoint.note), "logKey": .string(surroundings.logKey)]
        for (name, value) in standing.members { reply[name] = value }
        send(caller.id, .final(reply))
    }

    func beginCheckpoint() {
        guard !isSigning, durable.size > checkpoint.size, mode == .running else { return }
        isSigning = true
        surroundings.sign(durable) { [self] in post(.signed($0)) }
    }

    func finishCheckpoint(_ result: Result<StoredCheckpoint, any Error>) {
        isSigning = false
        let waiters = checkpointWaiters
        checkpointWaiters = []
        switch result {
        case .success(let signed):
            checkpoint = signed
            // Who came while this was being signed may want more than it covers.
            for waiter in waiters {
                if waiter.size > signed.size, mode == .running {
                    checkpointWaiters.append(waiter)
                } else {
                    sendCheckpoint(to: waiter.caller)
                }
            }
            if !checkpointWaiters.isEmpty { beginCheckpoint() }
            startCoveredExports()
            startCoveredBackups()
            startCoveredReports()
        case .failure(let error):
            logger.critical("checkpoint refused", metadata: ["error": "\(error)"])
            mode = .readOnly
            if (error as? RecordFault)?.isRecoverable ?? false {
                warnings["record"] = "The disk is full: nothing is recorded, so nothing is shown."
            } else {
                // What was read back is not what was written: nothing more may be acknowledged (Yeti 2022, tlog.md 4.1).
                isLatched = true
                warnings["record"] = "What was read back is not what was written: nothing is signed. Call oversight."
            }
            for waiter in waiters { refuseService(waiter.caller) }
            startCoveredExports()
            startCoveredBackups()
            startCoveredReports()
        }
    }

    func tick() {
        alarm = nil
        beginCheckpoint()
        project()
        beatIdleWatches()
        tryAgain()
        recordRefusalCountsIfDue()
        eraseNext()
        noteDisk()
        openHooks()
        keepHooks()
        goOnWithHooks()
    }

    /// Stops taking calls, lets what was decided become durable, and then says so.
    func stop(_ completion: @escaping @Sendable (CaseworkState, UInt64) -> Void) {
        recordRefusalCounts()
        recordSystem(.stopped)
        mode = .stopping
        keepHooks()
        for (call, _) in waiting.takeAll() { refuseService(call.caller) }
        stopping = completion
    }
}
