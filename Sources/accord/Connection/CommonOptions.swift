import AccordInterface
import ArgumentParser
import Glibc

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Print one JSON object a line, as the daemon sent it.")
    var json = false

    @Option(
        help: ArgumentHelp("Where the daemon listens.", discussion: "Else ACCORD_SOCKET, else \(SocketPath.standard)."),
        completion: .file()
    )
    var socket: String?

    @Option(
        help: ArgumentHelp(
            "Reach the daemon through an account on its host: ssh://ACCOUNT@HOST or ssh://ACCOUNT@HOST:PORT.",
            discussion: "Else ACCORD_HOST. 'ssh' logs in, with your keys and your configuration of it.",
            valueName: "url"
        )
    )
    var host: String?

    @Option(
        help: ArgumentHelp(
            "Prove this SSH key before the command.",
            discussion: "A public key whose private half the agent holds, or a private key. Else ACCORD_KEY.",
            valueName: "file"
        ),
        completion: .file(extensions: ["pub"])
    )
    var key: String?

    @Option(
        help: ArgumentHelp(
            "How long each answer may take. Default: 45 seconds, and 60 between the answers of a list; a watch waits.",
            valueName: "seconds"
        )
    )
    var timeout: Int?

    @Flag(
        help: ArgumentHelp(
            "Do not compare the record with what you saw before.",
            discussion: "Said on the standard error. Else each command demands the proof that the record only grew."
        )
    )
    var noPin = false

    /// Where the daemon is: what the command line says comes before what the environment says.
    var place: DaemonPlace {
        get throws(Failure) {
            let account = host ?? (socket == nil ? Environment["ACCORD_HOST"] : nil)
            if let account, !account.isEmpty { return .account(try SSHAccount(url: account)) }
            return .socket(SocketPath.chosen(option: socket, environment: Environment[SocketPath.variable]))
        }
    }

    func validate() throws {
        guard host == nil || socket == nil else {
            throw ValidationError("The daemon is at a --socket of this host or behind a --host, not both.")
        }
        guard (1...3_600).contains(timeout ?? 45) else { throw ValidationError("A timeout is 1 to 3600 seconds.") }
    }

    /// The file of the key to prove, if any.
    var keyPath: String? {
        [key, Environment["ACCORD_KEY"]].compactMap(\.self).first { !$0.isEmpty }
    }

    /// Runs a command and prints what came of it: the page on the standard output; a failure for people on the standard
    /// error, for programs (`--json`) as an object on the standard output.
    func reporting(_ body: (inout Page) throws -> Void) throws {
        var page = Page(.standardOutput)
        do {
            try body(&page)
            page.flush()
            try page.checkWritten()
        } catch let failure as Failure {
            let helped = failure.withEnrolmentHelp(fingerprint: keyPath.flatMap(KeyProof.fingerprint))
            if json { page.json(helped.json) }
            page.flush()
            var errors = Page(.standardError)
            if !json || !page.isWritten { errors.lines(helped.lines) }
            errors.flush()
            throw ExitCode(helped.status)
        } catch {
            page.flush()
            throw error
        }
    }
}

/// What every command takes that changes or reads something under a purpose.
struct ReadOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Why: the code of a purpose.",
            discussion: "Such as CRIM_INVEST or OFFICER_SAFETY. Default: the purpose of the case.",
            valueName: "code"
        ),
        completion: .list(Words.purposes)
    )
    var purpose: String?

    @OptionGroup var common: CommonOptions
}

/// What every command takes that changes something.
struct ActOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Do it only if this is the newest position of the case.",
            discussion: "If others were faster, nothing is recorded and the refusal is E-STALE.",
            valueName: "position"
        )
    )
    var expect: Int64?

    @Option(
        help: ArgumentHelp(
            "Repeat an earlier act by its request id.",
            discussion:
                "32 hexadecimal digits. If that act is on the record, its receipt comes back and nothing is added.",
            valueName: "hex"
        )
    )
    var request: RequestID?

    @Flag(
        help: ArgumentHelp(
            "Sign the act with your key.",
            discussion:
                "So the record need not take the daemon's word for who did it. Also with ACCORD_SIGN=1, and by itself where policy asks for it and a key is given."
        )
    )
    var sign = false

    /// Whether its user wants each act signed.
    var signs: Bool { sign || Environment["ACCORD_SIGN"] == "1" }

    @OptionGroup var read: ReadOptions

    var common: CommonOptions { read.common }
}

/// The closed lists of words, for completion; whether a word is allowed is for the daemon to say.
enum Words {
    static let purposes = [
        "CRIM_INVEST", "CRIM_PROS", "OFFICER_SAFETY", "VICTIM_ASSIST", "CUSTODY_COORD", "REGULATORY", "DISCOVERY",
        "OVERSIGHT", "PUBLIC_RECORDS", "ADMIN", "EXERCISE",
    ]
    static let primaryPurposes = [
        "trafficking-criminal", "smuggling-criminal", "labor-exploitation", "organised-crime",
    ]
    static let dispositions = [
        "convicted", "pleaded-guilty", "acquitted", "dismissed", "declined", "deferred", "transferred",
    ]
    static let modes = ["participation", "information", "deconflict-only"]
    static let kinds = ["report", "observation", "lead", "evidence-note", "position", "decision"]
    static let handlings = ["H0", "H1", "H2"]
    static let compartments = ["CASE", "OPS", "LEGAL", "OVERSIGHT"]
    static let roles = [
        "lead", "contributor", "analyst", "legal", "victim-services", "liaison", "oversight", "administrator",
    ]
    static let levels = ["federal", "state", "county", "municipal", "tribal", "ngo", "regional", "service"]
    static let missions = [
        "criminal", "civil-immigration", "custody", "regulatory", "prosecution", "service", "oversight",
        "administration",
    ]
    static let signedActs =
        ["legal"] + acts.filter { !$0.hasSuffix(".show") && !$0.hasSuffix(".read") } + [
            "agreement.record", "agreement.renew", "agreement.terminate", "member.enrol", "member.add-key",
            "member.revoke-key", "member.grant", "member.revoke", "member.disable", "policy.propose", "policy.activate",
            "policy.retire",
        ]
    static let acts = [
        "case.draft", "case.propose", "case.approve", "case.decline", "case.abandon", "case.suspend", "case.resume",
        "case.refer",
        "case.prosecute", "case.outcome", "case.close", "case.link", "case.unlink", "breakglass.invoke", "case.invite",
        "case.join", "case.refuse", "case.withdraw", "case.assign", "case.unassign", "case.show",
        "entry.record", "entry.correct", "entry.withdraw", "entry.acknowledge", "entry.handling", "entry.read",
        "dissemination.release", "dissemination.request", "dissemination.grant", "dissemination.refuse",
        "decon.submit-event", "decon.amend-event", "decon.cancel-event", "decon.complete-event", "decon.submit-target",
        "decon.validate-target", "decon.withdraw-target", "decon.acknowledge", "decon.resolve", "decon.show",
        "task.assign", "task.update", "task.complete", "task.cancel", "rfi.send", "rfi.acknowledge", "rfi.answer",
        "rfi.answer-in-part", "rfi.refuse", "rfi.need-authority", "rfi.hold-nothing", "rfi.cancel", "op.propose",
        "op.amend", "op.safeguards", "op.sign-off", "op.advise", "op.acknowledge-advisory", "op.approve",
        "op.condition", "op.decline", "op.accept-terms", "op.review", "op.ask", "op.authorise", "op.send-back",
        "op.cancel", "op.start", "op.complete", "op.abort", "op.arrests", "op.after-action", "custody.inquire",
        "custody.receive", "custody.answer", "custody.notify-person", "custody.notify-counsel",
        "custody.notify-consulate", "custody.transfer", "custody.release", "custody.withdraw", "subject.register",
        "subject.document", "subject.validate", "subject.clear", "task.show", "rfi.show", "op.show", "custody.show",
        "subject.show", "retention.review", "hold.place", "hold.lift", "order.record", "purge.propose",
        "purge.approve", "purge.decline", "purge.certify", "case.seal", "case.unseal",
    ]
}
