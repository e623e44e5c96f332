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
        do {
            let key = try SSHPublicKey(authorizedKey: line)
            try key.checkEnrolment()
            return key.authorizedKeyText
        } catch {
            throw .input("Not a public key that can be enrolled: \(error).", ask: help)
        }
    }

    private static let help = "A public key is one line, such as: ssh-ed25519 AAAA… comment"
}
