import Casework
import QueueRuntime

extension RoutingTable {
    /// So much says more than a table needs.
    private static let maximumBytes = 65_536

    /// Reads the file that `oversight.routing` names.
    ///
    /// - Throws: ``DaemonFault`` with the file and its line.
    init(file path: String) throws(DaemonFault) {
        func refused(_ what: String) -> DaemonFault {
            DaemonFault(
                .configuration,
                "The routing table (oversight.routing) is not one: \(path): \(what)",
                advice: "Correct it as Config/oversight-routing shows, then: accordd check-config"
            )
        }
        let bytes: [UInt8]
        do {
            bytes = try DurableFile.contents(of: path, limit: Self.maximumBytes)
        } catch {
            throw refused("it cannot be read: \(error).")
        }
        do throws(EventFault) {
            try self.init(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw refused("\(error.message).")
        }
    }
}

extension DaemonSettings {
    /// Reads the routing table, if there is one.
    ///
    /// - Throws: ``DaemonFault`` if it is none.
    package func checkRouting() throws(DaemonFault) {
        if let path = oversightRouting { _ = try RoutingTable(file: path) }
    }
}
