import Cryptography
import Glibc

/// Proofs that an SSH key is at hand, made by `ssh-keygen`, so that agents, cards and FIDO keys work and this program
/// never sees a private key.
enum KeyProof {
    /// A challenge fits into a pipe's buffer, whole, before anybody reads it.
    private static let longestMessage = 4096

    /// The armoured SSHSIG over a message, byte for byte.
    static func signature(over message: String, namespace: String, key: String) throws(Failure) -> String {
        guard !message.isEmpty, message.utf8.count <= longestMessage, !namespace.isEmpty, !namespace.hasPrefix("-")
        else {
            throw Failure(
                code: Failure.wireProtocol,
                message: "The daemon's challenge is not one.",
                status: ExitStatus.wireProtocol
            )
        }
        guard unsafe access(key, R_OK) == 0 else {
            throw Failure(
                code: Failure.key,
                message: "The key file \(key) cannot be read.",
                ask: "Give the public key (.pub) whose private half your agent holds, with --key or in ACCORD_KEY.",
                status: ExitStatus.noInput
            )
        }
        let path = key.hasPrefix("-") ? "./\(key)" : key
        let outcome = try Subprocess.run(
            ["ssh-keygen", "-q", "-Y", "sign", "-f", path, "-n", namespace],
            input: Array(message.utf8)
        )
        let signature = String(decoding: outcome.output, as: UTF8.self)
        guard outcome.status == 0, signature.hasPrefix("-----BEGIN SSH SIGNATURE-----") else {
            throw Failure(
                code: Failure.key,
                message: "ssh-keygen did not sign with \(key) (exit status \(outcome.status)).",
                ask: "See which keys your agent holds with: ssh-add -l",
                status: ExitStatus.noInput
            )
        }
        return signature
    }

    /// The fingerprint of the public key in a file or beside it; nil if there is none.
    static func fingerprint(ofKeyAt path: String) -> String? {
        for candidate in [path, "\(path).pub"] {
            guard let bytes = try? InputFile.read(candidate, atMost: 16_384),
                let line = String(validating: bytes, as: UTF8.self)?.split(separator: "\n").first,
                let key = try? SSHPublicKey(authorizedKey: String(line))
            else { continue }
            return key.fingerprint
        }
        return nil
    }
}
