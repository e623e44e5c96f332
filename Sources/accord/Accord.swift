import AccordInterface
import ArgumentParser
import Cryptography
import StrictJSON

/// The command line: it asks the daemon, prints, and verifies bundles by itself; it holds no policy.
@main
struct Accord: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accord",
        abstract: "Coordinate a case among agencies, with proof of every act.",
        discussion: """
            Every act is recorded, also reading and what was refused. A refusal names the rule, where it comes from and \
            whom to ask.

            With --json each command prints one JSON object a line, as the daemon sent it; what went wrong is one \
            too, with the members code, rule, citation, message and ask of "error".
            Exit status: 0 done, 20 the record is not the one that you saw before, 64 wrong command line, 65 wrong input, 66 file not readable, 69 daemon not running, \
            70 fault in this program, 73 file not writable, 75 try later, 76 not understood, 77 refused; \
            'audit verify' has its own.
            """,
        version: Release.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Casework",
                subcommands: [
                    CaseCommand.self, EntryCommand.self, DisseminationCommand.self, BreakGlassCommand.self,
                    InboxCommand.self, DueCommand.self,
                    WatchCommand.self,
                ]
            ),
            CommandGroup(
                name: "Coordination",
                subcommands: [
                    TaskCommand.self, RequestCommand.self, DeconflictionCommand.self, SubjectCommand.self,
                    CustodyCommand.self,
                    OperationCommand.self, VictimCommand.self, EvidenceCommand.self,
                ]
            ),
            CommandGroup(
                name: "Prosecution and oversight",
                subcommands: [
                    DiscoveryCommand.self, TechniqueCommand.self, ComplaintCommand.self, IncidentCommand.self,
                    InspectCommand.self,
                    FindingCommand.self,
                ]
            ),
            CommandGroup(
                name: "Retention and removal",
                subcommands: [RetentionCommand.self, HoldCommand.self, OrderCommand.self, PurgeCommand.self]
            ),
            CommandGroup(
                name: "Registry",
                subcommands: [AgencyCommand.self, AgreementCommand.self, MemberCommand.self, CalendarCommand.self]
            ),
            CommandGroup(
                name: "Oversight and service",
                subcommands: [
                    AuditCommand.self, PolicyCommand.self, BackupCommand.self, HooksCommand.self, StatusCommand.self,
                    ReportCommand.self,
                    HealthCommand.self, MetricsCommand.self, WhoAmICommand.self, BridgeCommand.self,
                ]
            ),
        ]
    )

    static func main() {
        keepLibcryptoUntilExit()
        do {
            try checkArguments()
            var command = try parseAsRoot()
            try command.run()
        } catch {
            if let object = usageFailure(error, CommandLine.arguments.dropFirst()) {
                var page = Page(.standardOutput)
                page.json(object)
                page.flush()
                exit(withError: ExitCode(ExitStatus.usage))
            }
            exit(withError: error)
        }
    }

    /// Refuses words that are not UTF-8: what was meant would stand in the record with replacement characters, for good.
    private static func checkArguments() throws {
        for number in 1..<max(1, Int(CommandLine.argc)) {
            guard let word = unsafe CommandLine.unsafeArgv[number], unsafe String(validatingCString: word) == nil else {
                continue
            }
            throw ValidationError(
                "Word \(number) of the command line is not UTF-8. Set the terminal to UTF-8, or hand the text in from a file."
            )
        }
    }

    /// What programs are told of a command line that was not understood; nil if something else ended the command, or if a
    /// person reads it.
    static func usageFailure(_ error: any Error, _ arguments: some Sequence<String>) -> JSONObject? {
        guard exitCode(for: error).rawValue == ExitStatus.usage, !(error is ExitCode),
            arguments.prefix(while: { $0 != "--" }).contains("--json")
        else { return nil }
        return Failure(
            code: Failure.usage,
            message: message(for: error),
            ask: "See the command's --help.",
            status: ExitStatus.usage
        ).json
    }
}
