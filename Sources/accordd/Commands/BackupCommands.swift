import ArgumentParser
import Coordination
import Cryptography
import FoundationEssentials
import Glibc
import RecordStore
import TransparencyLog

/// Which backup is meant.
struct BackupArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Lines and sealed parts: the file, or the folder of which the newest is meant.",
            valueName: "path"
        )
    )
    var from: String

    @Option(
        help: ArgumentHelp(
            "What opens them: the file, or its folder. The newest opens older lines too.",
            valueName: "path"
        )
    )
    var keys: String

    @Option(
        help: ArgumentHelp("A checkpoint or a pin that somebody holds; may be given several times.", valueName: "file")
    )
    var known: [String] = []
}

/// `accordd backup`.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Looks at backups; 'accord backup make' makes them.",
        subcommands: [Rehearse.self]
    )

    struct Rehearse: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rehearse",
            abstract:
                "Restores a backup into a scratch folder, verifies it, tells what each step took, and leaves nothing behind.",
            discussion: """
                The daemon may run meanwhile, and need not: on another host give --vkey, and the deployment's key with \
                --record-deployment-key. With --known and --policy the backup is compared with what members and witnesses hold.

                Exit status: 0 a restore would lose nothing that is known, 10 not enough witnesses cosigned, 11 parts have no key: \
                purged since, or lost; 20 the backup is \
                behind a checkpoint that was given, or is another history, 30 it is damaged, 78 it is no backup of this log.
                """
        )

        @OptionGroup var backup: BackupArguments

        @Option(help: ArgumentHelp("Where there is room for a copy: a folder of your own.", valueName: "folder"))
        var scratch: String = "/var/tmp"

        @Option(
            help: ArgumentHelp(
                "The log's public key, obtained elsewhere. Else that of the state folder.",
                valueName: "vkey"
            )
        )
        var vkey: String?

        @Option(
            help: ArgumentHelp("Whose cosignatures make a checkpoint trusted: a C2SP tlog-policy.", valueName: "file")
        )
        var policy: String?

        @OptionGroup var options: SettingOptions

        func run() throws {
            try reporting {
                if let refusal = Footing.secure() { throw Failure(refusal, advice: "", status: ExitStatus.permission) }
                let rehearsal = try Deployment.rehearse(
                    try options.load().settings,
                    record: backup.from,
                    keys: backup.keys,
                    scratch: scratch,
                    vkey: vkey,
                    known: backup.known,
                    policy: policy
                )
                rehearsal.show()
                guard rehearsal.exitStatus == 0 else { throw ExitCode(rehearsal.exitStatus) }
            }
        }
    }
}

/// `accordd restore`.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Makes a record out of a backup in a state folder that has none, and records that.",
        discussion: """
            Put log.key, the deployment's key and the pepper back into the state folder first, from where they are escrowed. \
            Nothing is restored over a record: move what is left of it out of the folder, and keep it.

            The record goes on with a line that says what was kept, what is known to be lost, by whom and why. Members and \
            witnesses who saw more get their alarm, which shows them that line; they accept it or not.

            For example:
              accordd restore --from /backup/accord --keys /media/keys --by admin.ops --reason "The disk failed."
            """
    )

    @OptionGroup var backup: BackupArguments

    @Option(help: ArgumentHelp("The administrator who answers for it, as the record knows him.", valueName: "id"))
    var by: String

    @Option(help: ArgumentHelp("Why, for the record and for all members.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("So many lines are known to be lost: what a first attempt said.", valueName: "lines"))
    var loss: UInt64?

    @OptionGroup var options: SettingOptions

    func validate() throws {
        guard !reason.isEmpty, reason.utf8.count <= 4_096 else {
            throw ValidationError("--reason is a text of at most 4 KiB.")
        }
    }

    func run() throws {
        try reporting {
            if let refusal = Footing.secure() { throw Failure(refusal, advice: "", status: ExitStatus.permission) }
            let restored = try Deployment.restore(
                try options.load().settings,
                Deployment.RestoreOrder(
                    record: backup.from,
                    keys: backup.keys,
                    by: by,
                    reason: reason,
                    known: backup.known,
                    loss: loss
                )
            )
            VerdictLines.show(restored.report)
            let kept = restored.restoration.kept.size
            print("\(kept) lines were kept; line \(kept) says that, and what is known to be lost.")
            for lost in restored.restoration.lost {
                print("Lost: up to the \(lost.size) lines that were signed with the root \(lost.root.base64).")
            }
            if restored.restoration.absentParts > 0 {
                print("\(restored.restoration.absentParts) parts have no key: purged after the backup, or lost.")
                print("What was purged is to be purged again: record the order, propose and approve, as then.")
            }
            for file in restored.putAside { print("Put aside: \(file)") }
            print("Start the daemon, and tell oversight: whoever saw more lines gets an alarm that names line \(kept).")
        }
    }
}

/// Verdicts as lines for an operator.
enum VerdictLines {
    static func show(_ report: VerificationReport) {
        for verdict in report.verdicts where verdict.result != .skipped {
            let finding = verdict.finding.map { " (\($0))" } ?? ""
            print("\(verdict.check) \(verdict.result.rawValue)\(finding): \(verdict.message)")
        }
    }
}

extension Deployment.Rehearsal {
    /// Times and verdicts.
    fileprivate func show() {
        print("\(backup.files.record): \(backup.record.lines) lines, made \(Self.moment(backup.record.madeAt))")
        print("\(backup.files.keys): of \(backup.keys.lines) lines, made \(Self.moment(backup.keys.madeAt))")
        for step in steps { print("\(step.name): \(step.milliseconds) ms") }
        VerdictLines.show(examination.report)
        for other in examination.others { print(other) }
        if examination.absentParts > 0 {
            print("\(examination.absentParts) parts have no key: purged after these lines were copied, or lost.")
        }
        if missing > 0 { print("ROLLBACK: \(missing) lines that were signed since are not in this backup.") }
    }

    private static func moment(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}
