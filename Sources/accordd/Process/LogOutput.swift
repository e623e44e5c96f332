import Glibc
import Synchronization

/// Standard error, as a place that must never hold the daemon up.
///
/// A failed write is passed over: a daemon whose log reader has gone goes on serving. A line that would have to wait
/// (a pipe that nobody empties) is dropped, and the next line that fits says how many were.
final class LogOutput: LogOutlet {
    /// A pipe that is writable has room for one page, so a line no longer than that never waits.
    private static let maximumBytes = 4_096

    private let descriptor: Int32
    private let dropped = Mutex(0)

    init(descriptor: Int32 = STDERR_FILENO) {
        self.descriptor = descriptor
    }

    func write(_ entry: LogEntry) { write(LogLine.compose(entry)) }

    /// Writes whole lines, one thread at a time.
    func write(_ line: String) {
        dropped.withLock { dropped in
            guard isWritable else {
                dropped += 1
                return
            }
            if dropped > 0 {
                let count = dropped
                dropped = 0
                put(LogLine.compose(.dropped(count)))
                guard isWritable else {
                    dropped = 1
                    return
                }
            }
            put(line)
        }
    }

    private var isWritable: Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&wanted, 1, 0) == 1
    }

    private func put(_ line: String) {
        var bytes = Array(line.utf8)
        if bytes.count > Self.maximumBytes {
            bytes.removeSubrange((Self.maximumBytes - 1)...)
            bytes.append(UInt8(ascii: "\n"))
        }
        unsafe bytes.withUnsafeBytes { unsafe _ = Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
