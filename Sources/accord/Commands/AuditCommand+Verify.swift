import AccordInterface
import ArgumentParser
import StrictJSON

extension AuditCommand {
    struct Verify: Verb {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Verify the record: by the daemon, or a copy of it without one.",
            discussion: """
                Without --offline the daemon verifies its own copy; oversight only. With it, this program verifies a \
                bundle (tar or unpacked), of the whole record or of one case, a folder of tlog-tiles, or the lines that \
                'accord audit lines' printed; no daemon is needed. Trust comes from elsewhere: without --vkey a bundle is at best \
                consistent in itself.
                Exit status: 0 no fault was found; 10 so, and too few witnesses of the policy cosigned; 11 so, with \
                --strict, and parts are withheld from you or were destroyed by law; 20 contradicts a checkpoint you hold; \
                30 invalid; 40 cannot be checked.
                Example: accord audit verify --offline alder.tar --vkey log.vkey --known last-month.checkpoint
                """
        )
        @Option(help: ArgumentHelp("A copy to verify here.", valueName: "file or folder"), completion: .file())
        var offline: String?

        @Option(
            help: ArgumentHelp("With --offline: the log's public key, obtained elsewhere.", valueName: "file or vkey"),
            completion: .file()
        )
        var vkey: String?

        @Option(
            help: ArgumentHelp("A signed checkpoint that you hold; may be given more than once.", valueName: "file"),
            completion: .file()
        )
        var known: [String] = []

        @Option(
            help: ArgumentHelp(
                "With --offline, of a case: a proof that it and a checkpoint of --known are of one history ('accord audit growth').",
                valueName: "file"
            ),
            completion: .file()
        )
        var growth: [String] = []

        @Option(
            help: ArgumentHelp(
                "With --offline: whose cosignatures count (C2SP tlog-policy), obtained elsewhere.",
                valueName: "file"
            ),
            completion: .file()
        )
        var policy: String?

        @Option(
            help: ArgumentHelp(
                "With --offline: whose the authors' keys were (allowed_signers of another bundle), obtained elsewhere.",
                valueName: "file"
            ),
            completion: .file()
        )
        var signers: String?

        @Flag(help: "With --offline: exit with status 11 if parts are withheld from you or were destroyed by law.")
        var strict = false

        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }

        func validate() throws {
            if vkey != nil, offline == nil { throw ValidationError("--vkey is for --offline.") }
            if policy != nil, offline == nil { throw ValidationError("--policy is for --offline.") }
            if signers != nil, offline == nil { throw ValidationError("--signers is for --offline.") }
            if !growth.isEmpty, offline == nil { throw ValidationError("--growth is for --offline.") }
            if strict, offline == nil { throw ValidationError("--strict is for --offline.") }
        }

        func perform(on page: inout Page) throws {
            let status: Int64
            if let offline {
                status = try verify(copy: offline, on: &page)
            } else {
                status = try verifyOnline(on: &page)
            }
            page.flush()
            if status != 0 { throw ExitCode(Int32(clamping: status)) }
        }

        /// The daemon's own verification, with its progress shown to a person who waits.
        private func verifyOnline(on page: inout Page) throws -> Int64 {
            var parameters: JSONObject = [:]
            if !known.isEmpty { parameters["known"] = .array(try known.map { .string(try Self.note($0)) }) }
            var connection = try Connection.open(common)
            var report: JSONObject = [:]
            let isJSON = common.json
            try connection.stream(.Audit.verify, read.parameters(parameters), patience: .seconds(600)) { reply in
                if isJSON { page.json(reply) }
                report = reply
                return true
            }
            guard let status = report["exitCode"]?.integer, (0...125).contains(status) else {
                throw Failure(
                    code: Failure.wireProtocol,
                    message: "The daemon ended the verification without a result.",
                    status: ExitStatus.wireProtocol
                )
            }
            if !isJSON {
                VerdictTable.show(report.objects("verdicts"), on: &page)
                page.line("The daemon verified its own copy of the record (\(report["total"]?.integer ?? 0) lines).")
                page.line("That finds damage and accidents; it is the daemon's word, not a proof against who runs it.")
                page.line("Proof: accord audit export -o record.tar, then accord audit verify --offline record.tar")
                page.line("with the log's key and a checkpoint that you kept yourself (--vkey, --known).")
            }
            return status
        }

        /// The text of a file with a signed note.
        static func note(_ path: String) throws(Failure) -> String {
            guard let text = String(validating: try InputFile.read(path, atMost: 1 << 20), as: UTF8.self) else {
                throw .input("\(path) is not a signed checkpoint.")
            }
            return text
        }
    }
}

/// The verdicts of a verification, one line each.
enum VerdictTable {
    static func show(_ verdicts: [JSONObject], on page: inout Page) {
        let columns: [Column] = [
            .text("CHECK", "check"), .state("RESULT", "result"), .number("COUNT", "count"),
            Column(title: "FINDING") { verdict in
                let first = verdict["first"]?.integer.map { " at \($0)" } ?? ""
                return Cell(text: verdict["finding"]?.string.map { $0 + first } ?? "")
            },
            .text("", "message", wraps: true),
        ]
        if page.terminal.isTerminal { return page.table(columns, verdicts) }
        // One verdict is one line, however long, for those who look for a word in it.
        let rows = verdicts.map { verdict in columns.map { $0.cell(verdict) } }
        let table = Table(columns: columns, rows: rows, width: Int.max)
        page.line(table.header)
        for row in rows { page.lines(table.lines(row)) }
    }
}
