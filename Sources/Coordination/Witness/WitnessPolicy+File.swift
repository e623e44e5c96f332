import QueueRuntime
package import TransparencyLog

extension WitnessPolicy {
    /// Reads the file that `witness.policy` names.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - logKey: the log's own key, which may be no witness's; nil if it is not known yet.
    /// - Throws: ``DaemonFault`` with the file and its line.
    package init(file path: String, logKey: VerifierKey?) throws(DaemonFault) {
        func refused(_ what: String) -> DaemonFault {
            DaemonFault(
                .configuration,
                "The policy of witnesses (witness.policy) is not one: \(path): \(what)",
                advice: "Correct that line, then: accordd check-config"
            )
        }
        let bytes: [UInt8]
        do {
            bytes = try DurableFile.contents(of: path, limit: Self.maximumBytes)
        } catch {
            throw refused("it cannot be read: \(error).")
        }
        do throws(Fault) {
            try self.init(parsing: bytes)
        } catch {
            throw refused("\(error)")
        }
        guard let logKey else { return }
        if let own = dependent(on: logKey).first {
            throw refused("witness '\(own.name)' has the key of this log: no log is its own witness.")
        }
        guard logs.isEmpty || logs.contains(logKey) else {
            throw refused("it has lines 'log', and none with the key of this log.")
        }
    }
}
