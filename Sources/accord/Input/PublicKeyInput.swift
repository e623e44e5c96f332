import Cryptography

/// An SSH public key as the user gives it: a line that begins with its algorithm, or a file with such a line.
enum PublicKeyInput {
    /// The line to send, checked here first, so that a private key given by mistake never leaves this process.
    static func line(_ argument: String) throws(Failure) -> String {
        let isLine = ["ssh-", "ecdsa-", "sk-"].contains { argument.hasPrefix($0) } && argument.contains(" ")
        let text: String
        if isLine {
            text = argument
        } else {
            let bytes = try InputFile.read(argument, atMost: 16_384)
            guard let read = String(validating: bytes, as: UTF8.self) else {
                throw .input("\(argument) is not an SSH public key.", ask: help)
            }
            text = read
        }
        guard !text.contains("PRIVATE KEY") else {
            throw .input("That is a private key. It was not sent.", ask: "Give the file that ends in .pub.")
        }
        let lines = text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
        guard lines.count == 1, let line = lines.first else {
            throw .input("One public key is expected, and there are \(lines.count).", ask: help)
        }
        let key: SSHPublicKey
        do throws(SSHFault) { key = try SSHPublicKey(authorizedKey: line) } catch {
            throw .input(
                "Not a public key: \(error).",
                ask: error.code == .lowOrderKey || error.code == .weakKey ? anew : help
            )
        }
        do throws(SSHFault) { try key.checkEnrolment() } catch {
            throw .input("This public key cannot be enrolled: \(error).", ask: anew)
        }
        return key.authorizedKeyText
    }

    private static let anew = "Make another key, such as with: ssh-keygen -t ed25519"
    private static let help = "A public key is one line, such as: ssh-ed25519 AAAA… comment"
}
