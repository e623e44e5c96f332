import Testing

@testable import accord

struct SSHAccountTests {
    @Test(arguments: ["ssh://a@h", "ssh://h", "ssh://a@h:2222", "ssh://a.b-c_d@[::1]:22"])
    func `an account is what ssh takes for one`(url: String) throws {
        let account = try SSHAccount(url: url)
        #expect(account.command().suffix(3) == ["--", url, "accord bridge"])
        #expect(!account.command().contains("BatchMode=yes"))
        // A monitoring system waits for no answer to a question.
        #expect(account.command(isAttended: false).suffix(5) == ["-o", "BatchMode=yes", "--", url, "accord bridge"])
    }

    @Test(arguments: [
        "", "h", "ssh://", "ssh://-h", "ssh://a@-h", "ssh://a@", "ssh://h/path", "ssh://h x", "ssh://h;x", "tcp://h",
    ])
    func `anything else is refused before ssh sees it`(url: String) {
        #expect(throws: Failure.self) { try SSHAccount(url: url) }
    }
}
