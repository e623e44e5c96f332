import Cryptography
import QueueRuntime
import TransparencyLog

/// The daemon's signing key: one line in the C2SP private-key text form, in a file that only the daemon can read.
struct LogKey: Sendable {
    let signer: NoteSigner

    var origin: String { signer.verifierKey.name }

    /// Makes a key, which is in memory alone.
    static func make(origin: String) throws(DaemonFault) -> LogKey {
        do {
            guard let signer = NoteSigner(name: origin, privateKey: try Ed25519PrivateKey.random()) else {
                throw DaemonFault(
                    .configuration,
                    "“\(origin)” cannot be the name of a log.",
                    advice: "Name it like a web address without a scheme, such as accord.example.org/log1."
                )
            }
            return LogKey(signer: signer)
        } catch let fault as DaemonFault {
            throw fault
        } catch {
            throw DaemonFault(.storage, "The log key could not be made: \(error).", advice: "Try again.")
        }
    }

    /// Writes the key's file.
    func keep(at path: String) throws(DaemonFault) {
        do {
            try DurableFile.replace(path, with: Array((try signer.text() + "\n").utf8), mode: 0o600)
        } catch {
            throw DaemonFault(
                .storage,
                "The log key could not be kept: \(error).",
                advice: "See that the disk has room."
            )
        }
    }

    /// Reads the key, after looking at who else could.
    static func read(at path: String) throws(DaemonFault) -> LogKey {
        let advice = "Put it back from where it is kept apart; a new key is a new log."
        let file = KeyFile(
            path: path,
            name: "The log key",
            limit: 4_096,
            ifMissing: advice,
            ifExposed: "tell oversight"
        )
        let text = String(decoding: try file.contents(), as: UTF8.self).split(separator: "\n").first ?? ""
        do {
            return LogKey(signer: try NoteSigner(parsing: String(text)))
        } catch {
            throw DaemonFault(.keyPermissions, "The log key \(path) is not a key.", advice: advice)
        }
    }
}
