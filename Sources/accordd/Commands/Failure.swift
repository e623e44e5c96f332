import ArgumentParser
import Coordination
import FoundationEssentials
import Logging

/// Ends a command with a sentence, what to do about it, and a status.
struct Failure: Error {
    let message: String
    let advice: String
    let status: Int32

    init(_ message: String, advice: String, status: Int32) {
        self.message = message
        self.advice = advice
        self.status = status
    }

    init(_ fault: DaemonFault) {
        self.init(fault.message, advice: fault.advice, status: fault.exitStatus)
    }

    init(_ refused: SettingsRefused) {
        self.init(
            refused.faults.map(\.description).joined(separator: "\n"),
            advice: "Nothing was changed. Try again with: accordd check-config",
            status: ExitStatus.configuration
        )
    }

    /// Says it on standard error, plainly and for a person, or to the journal in one entry.
    func report() -> ExitCode {
        if let journal = JournalOutput.ofThisProcess() {
            let message = "\(message) \(advice)"
            journal.write(LogEntry(time: .now, level: .error, label: "accordd", message: message, metadata: [:]))
            return ExitCode(status)
        }
        let output = LogOutput()
        for line in message.split(separator: "\n") { output.write("accordd: \(line)\n") }
        if !advice.isEmpty { output.write("  \(advice)\n") }
        return ExitCode(status)
    }
}

/// Statuses of sysexits.h.
enum ExitStatus {
    static let usage: Int32 = 64
    static let noInput: Int32 = 66
    static let permission: Int32 = 77
    static let configuration: Int32 = 78
}

/// Runs a command's body; what it throws is said once, here.
func reporting(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let failure as Failure {
        throw failure.report()
    } catch let fault as DaemonFault {
        throw Failure(fault).report()
    } catch let refused as SettingsRefused {
        throw Failure(refused).report()
    }
}
