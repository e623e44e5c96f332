import Glibc
import Logging
import QueueRuntime
import Synchronization

/// systemd's journal, where each value of a message is a field of its own: `journalctl -u accordd ACCORD_CONNECTION=7`.
///
/// The form is the journal's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): one datagram an entry. Each value is
/// sent with its length before it, so that nothing in a value can begin another field.
final class JournalOutput: LogOutlet {
    private let socket: DatagramSocket
    private let dropped = Mutex(0)

    init(_ socket: DatagramSocket) {
        self.socket = socket
    }

    /// The journal, if it is what standard error of this process is connected to (systemd.exec(5), `JOURNAL_STREAM`).
    static func ofThisProcess() -> JournalOutput? {
        var status = stat()
        guard unsafe fstat(STDERR_FILENO, &status) == 0, let value = unsafe getenv("JOURNAL_STREAM"),
            unsafe String(cString: value) == "\(status.st_dev):\(status.st_ino)",
            let socket = try? DatagramSocket(to: "/run/systemd/journal/socket")
        else { return nil }
        return JournalOutput(socket)
    }

    func write(_ entry: LogEntry) {
        dropped.withLock { dropped in
            if dropped > 0, send(.dropped(dropped)) { dropped = 0 }
            if !send(entry) { dropped += 1 }
        }
    }

    private func send(_ entry: LogEntry) -> Bool { socket.send(Self.datagram(entry), waiting: false) }

    static func datagram(_ entry: LogEntry) -> [UInt8] {
        var fields: [(String, String)] = [
            ("PRIORITY", "\(priority(entry.level))"), ("SYSLOG_IDENTIFIER", entry.label),
            ("MESSAGE", LogLine.sentence(entry)),
        ]
        for (key, value) in entry.metadata.sorted(by: { $0.key < $1.key }) {
            fields.append((name(key), String(value.description.prefix(LogLine.maximumValueCharacters))))
        }
        var bytes: [UInt8] = []
        for (name, value) in fields {
            bytes += Array(name.utf8) + [0x0A]
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value.utf8.count >> shift))
            }
            bytes += Array(value.utf8) + [0x0A]
        }
        return bytes
    }

    /// The name of a field: capitals, digits and underscores.
    private static func name(_ key: String) -> String {
        "ACCORD_" + key.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "_" }.joined()
    }

    /// The priorities of syslog(3).
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }
}
