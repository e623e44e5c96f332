import CLinux
import FoundationEssentials
import Glibc
import QueueRuntime

/// What must be true of the process before it opens anything.
enum Footing {
    /// Puts the process on safe ground; returns why it must not run, if so.
    ///
    /// - Returns: Nil, or a sentence.
    static func secure() -> String? {
        openStandardStreams()
        SignalSources.ignoreFatalWrites()
        umask(0o077)
        clinux_return_memory()
        // Keys and case content are in memory: no core file, no reading by another process of the same user.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        guard clinux_set_undumpable() == 0 else { return "The process cannot be closed to other processes." }
        return refusalOfUserMap()
    }

    /// Opens what is closed among 0, 1 and 2.
    ///
    /// Else the next file opened would take its number, and every log line would be written into it: into the record.
    static func openStandardStreams() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // The lowest free number is this one, because those below are open.
            _ = unsafe open("/dev/null", O_RDWR)
        }
    }

    /// In a user namespace that maps ids, members look like somebody else or nobody (reliability.md F10).
    private static func refusalOfUserMap() -> String? {
        guard let data = try? Data(contentsOf: URL(filePath: "/proc/self/uid_map")) else {
            return "/proc/self/uid_map cannot be read, so it is not certain that user ids are true."
        }
        let map = String(decoding: data, as: UTF8.self)
        guard isIdentity(map) else {
            return "User ids are mapped here (a user namespace, as PrivateUsers=yes makes): nobody could be told apart."
        }
        return nil
    }

    /// Whether a user map is the one of a host: `0 0 4294967295` and nothing else.
    static func isIdentity(_ map: String) -> Bool {
        map.split { $0 == " " || $0 == "\n" } == ["0", "0", "4294967295"]
    }
}
