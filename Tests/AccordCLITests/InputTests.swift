import Testing

@testable import accord

struct InputTests {
    @Test func `line ends of other systems become LF and those at the end are left out`() throws {
        #expect(try TextInput.text(of: Array("a\r\nb\n\n".utf8), atMost: 10, from: "x") == "a\nb")
    }

    @Test(arguments: ["", " ", "\n\t \r\n"])
    func `an empty text is not sent`(text: String) {
        #expect(throws: Failure.self) { try TextInput.text(of: Array(text.utf8), atMost: 10, from: "x") }
    }

    @Test func `a text is measured in bytes`() throws {
        #expect(try TextInput.checked("ää", atMost: 4, from: "x") == "ää")
        let failure = #expect(throws: Failure.self) { try TextInput.checked("äää", atMost: 5, from: "The text") }
        #expect(failure?.message == "The text has 6 bytes; at most 5 are taken.")
        #expect(failure?.status == 65)
    }

    @Test func `what is not UTF-8 is not sent`() {
        #expect(throws: Failure.self) { try TextInput.text(of: [0xC3], atMost: 10, from: "x") }
    }

    @Test func `a text with a NUL is not sent`() {
        let failure = #expect(throws: Failure.self) {
            try TextInput.text(of: Array("a\0b".utf8), atMost: 10, from: "x")
        }
        #expect(failure?.message == "x holds a NUL, which is no part of a text. Nothing was recorded.")
        #expect(failure?.status == 65)
    }

    @Test func `a private key is not sent`() {
        let text =
            "ssh-x -----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n"
        let failure = #expect(throws: Failure.self) { try PublicKeyInput.line(text) }
        #expect(failure?.message == "That is a private key. It was not sent.")
    }

    @Test func `a public key is sent without its comment`() throws {
        let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
        #expect(try PublicKeyInput.line("\(line) someone@somewhere") == line)
        #expect(throws: Failure.self) { try PublicKeyInput.line("ssh-ed25519 AAAA") }
    }

    @Test func `a key with which anybody could sign is refused in words`() {
        // The identity of the curve: y is 1.
        let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        let failure = #expect(throws: Failure.self) { try PublicKeyInput.line(line) }
        #expect(failure?.message == "This public key cannot be enrolled: anybody could sign with this key.")
        #expect(failure?.ask.contains("ssh-keygen -t ed25519") == true)
    }
}
