import Cryptography
import Synchronization

/// The key of one export's files: random, in memory alone, and gone when the export ends.
///
/// Blocks of a file system are not overwritten when a file is gone, and a purge cannot reach what lies in them. What lies
/// there of an export is sealed, and this is all that opens it.
final class ExportKey: Sendable {
    private struct State {
        var key: SecretKey?
        var files: UInt32 = 0
    }

    private let state: Mutex<State>

    /// - Throws: `CryptoFailure` if the random generator has no entropy.
    init() throws { state = Mutex(State(key: try SecretKey())) }

    /// Whether nothing of the export can be read any more.
    var isEnded: Bool { state.withLock { $0.key == nil } }

    /// Lets go of the key, which is wiped with its last user.
    func end() { state.withLock { $0.key = nil } }

    /// The number of a further file: with the place in it, it makes a nonce that is used once.
    func nextFile() -> UInt32 {
        state.withLock { state in
            state.files += 1
            return state.files
        }
    }

    /// A cipher for one piece of work.
    ///
    /// - Throws: ``ExportEnded`` if the export was ended.
    func cipher() throws -> AES256GCM {
        guard let key = state.withLock({ $0.key }) else { throw ExportEnded() }
        return AES256GCM(key: key)
    }
}

/// A purge in the case, or the end of its reader's connection, ended an export.
struct ExportEnded: Error {}
