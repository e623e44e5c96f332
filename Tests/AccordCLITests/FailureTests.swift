import ArgumentParser
import Glibc
import StrictJSON
import Testing

@testable import accord

struct FailureTests {
    private static let refusal = Failure(
        error: "io.accord.Dissemination.Refused",
        parameters: [
            "code": "E-H2-ORIGINATOR", "rule": "P06", "citation": "28 CFR 23.20(g)", "message": "Not permitted.",
            "ask": "Ask LSD-WH.",
        ]
    )

    @Test func `a refusal shows code, rule, citation, message and whom to ask`() {
        #expect(
            Self.refusal.lines.map { $0.text(isColoured: false) } == [
                "refused E-H2-ORIGINATOR  (P06, 28 CFR 23.20(g))", "  Not permitted.", "  Ask LSD-WH.",
            ]
        )
        #expect(Self.refusal.status == 77)
    }

    @Test func `a refusal is an object for programs`() {
        #expect(
            Self.refusal.json == [
                "error": [
                    "code": "E-H2-ORIGINATOR", "rule": "P06", "citation": "28 CFR 23.20(g)",
                    "message": "Not permitted.", "ask": "Ask LSD-WH.",
                ]
            ]
        )
    }

    @Test(arguments: [
        ["case", "show", "--json"], ["entry", "add", "Alder", "x", "--expect", "soon", "--json"], ["--json", "x"],
    ])
    func `a command line that was not understood is an object for programs`(words: [String]) throws {
        let error = try #require(throws: (any Error).self) { try Accord.parseAsRoot(words) }
        let object = try #require(Accord.usageFailure(error, words)?["error"]?.object)
        #expect(object.text("code") == "USAGE")
        #expect(!object.text("message").isEmpty)
        #expect(object.members.map(\.key) == Self.refusal.json["error"]?.object?.members.map(\.key))
    }

    @Test(arguments: [["case", "show"], ["case", "show", "--help", "--json"], ["case", "show", "--", "a", "--json"]])
    func `help, and what a person typed, are left to be read`(words: [String]) {
        let error = #expect(throws: (any Error).self) {
            var command = try Accord.parseAsRoot(words)
            try command.run()
        }
        #expect(error.flatMap { Accord.usageFailure($0, words) } == nil)
    }

    @Test func `output that a full disk cut off is told, and what was written whole is not`() throws {
        for (path, isWhole) in [("/dev/full", false), ("/dev/null", true)] {
            let descriptor = unsafe open(path, O_WRONLY)
            try #require(descriptor >= 0)
            defer { close(descriptor) }
            var page = Page(Terminal(descriptor: descriptor))
            page.line("a checkpoint")
            page.flush()
            #expect(page.isWritten == isWhole)
            guard !isWhole else { continue }
            let failure = #expect(throws: Failure.self) { try page.checkWritten() }
            #expect(failure?.status == ExitStatus.cannotCreate)
            #expect(failure?.message == "The output cannot be written: No space left on device.")
        }
    }

    @Test func `whoever may not open the socket learns which group may`() {
        #expect(Failure.notPermitted(socket: "/").ask.contains("the group root, which may open it"))
        #expect(Failure.notPermitted(socket: "/nowhere/at-all").ask.contains("the group of that socket"))
    }

    @Test func `an unavailable daemon is to be tried later`() {
        let failure = Failure(
            error: "io.accord.Entry.Unavailable",
            parameters: ["reason": "diskFull", "message": "The disk is full."]
        )
        #expect(failure.status == 75)
        #expect(failure.message == "The disk is full. (diskFull) Nothing was recorded.")
        #expect(!failure.isLost)
    }

    @Test func `after a fault it is not said that nothing was recorded, and the act is asked for once more`() {
        let failure = Failure(
            error: "io.accord.Entry.Unavailable",
            parameters: ["reason": "failed", "message": "A write failed."]
        )
        #expect(failure.status == 75)
        #expect(failure.message == "A write failed. (failed)")
        #expect(failure.isLost)
        let told = failure.withOutcomeUnknown(RequestID.new()).message
        #expect(told.contains("It is not known whether the act was recorded."))
    }

    @Test(arguments: ["org.varlink.service.MethodNotFound", "io.accord.Entry.Refused2", "io.evil.Entry.Refused", ""])
    func `an unknown error is not taken for a refusal`(name: String) {
        let failure = Failure(error: name, parameters: ["method": "\u{1B}[2J"])
        #expect(failure.status == 76)
        #expect(!failure.lines.map { $0.text(isColoured: false) }.joined().contains("\u{1B}"))
    }

    @Test func `an unknown member learns what to send to be enrolled`() {
        var failure = Self.refusal
        failure.code = "E-NOT-ENROLLED"
        #expect(failure.withEnrolmentHelp(fingerprint: "SHA256:abc").ask.contains("SHA256:abc"))
        #expect(failure.withEnrolmentHelp(fingerprint: nil).ask.contains("your user id on this host"))
        #expect(Self.refusal.withEnrolmentHelp(fingerprint: "SHA256:abc") == Self.refusal)
    }

    @Test func `after a lost answer the request id is told`() {
        let id = RequestID.new()
        let failure = Failure.lost("Gone.").withOutcomeUnknown(id)
        #expect(failure.ask.contains("--request \(id.hex)"))
        #expect(failure.status == 75)
    }
}
