import AccordInterface
import ArgumentParser
import StrictJSON

/// Backups.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Back up the record while it is served; administrators only.",
        discussion: """
            'accordd backup rehearse' on the host restores a backup into a scratch folder and verifies it; 'accordd restore' \
            makes a record out of one.
            """,
        subcommands: [Make.self]
    )

    struct Make: Verb {
        static let configuration = CommandConfiguration(
            commandName: "make",
            abstract: "Copy the record into the daemon's folders of backups, and verify the copy.",
            discussion: """
                Lines and sealed parts go to backup.folder, the keys that open them to backup.keys-folder, where they take the \
                place of older ones. What was asked for and what was made are on the record.
                Example: accord backup make
                """
        )
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }

        /// A large record is copied, verified and read once more before the answer comes.
        private static let patience = Duration.seconds(6 * 3_600)

        func perform(on page: inout Page) throws {
            var connection = try Connection.open(common)
            var reply: JSONObject = [:]
            try connection.stream(.Service.backUp, read.parameters([:]), patience: Self.patience) {
                reply = $0
                return true
            }
            guard !common.json else { return page.json(reply) }
            let made = reply["backup"]?.object ?? [:]
            var details = Details()
            details.add("lines", made["lines"]?.integer.map(String.init) ?? "", .bold)
            details.add("record", "\(made.text("record")), \(made["recordBytes"]?.integer ?? 0) bytes")
            details.add("keys", "\(made.text("keys")), \(made["keysBytes"]?.integer ?? 0) bytes")
            details.add("made", made.time("madeAt"))
            page.lines(details.lines(width: page.terminal.width))
        }
    }
}
