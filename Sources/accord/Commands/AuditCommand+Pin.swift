import AccordInterface
import ArgumentParser
import Cryptography
import StrictJSON
import TransparencyLog

extension AuditCommand {
    /// What this user saw last of each log.
    struct PinCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pin",
            abstract: "Compare with other people what each saw of the record.",
            discussion: """
                Each command keeps the newest checkpoint that it verified, in $XDG_STATE_HOME/accord (else \
                ~/.local/state/accord), and the next one demands the proof that the record only grew since. Two people \
                who compare theirs find out whether both are shown the same record.
                Example: accord audit pin export > mine.pin, and there: accord audit pin import mine.pin
                """,
            subcommands: [Show.self, Export.self, Import.self, Accept.self]
        )

        struct Show: Verb {
            static let configuration = CommandConfiguration(
                commandName: "show",
                abstract: "Show what you saw last; no daemon is asked."
            )
            @OptionGroup var common: CommonOptions

            func perform(on page: inout Page) throws {
                let pins = try PinStore(place: common.place).all()
                if common.json {
                    for pin in pins { page.json(pin.json) }
                    return
                }
                if pins.isEmpty { page.line("You have seen no record yet.") }
                for pin in pins {
                    var details = Details()
                    details.add("log", pin.checkpoint.origin, .bold)
                    details.add("lines", "\(pin.checkpoint.size)")
                    details.add("root", pin.checkpoint.root.base64)
                    details.add("key", pin.keyText)
                    page.lines(details.lines(width: page.terminal.width))
                }
            }
        }

        struct Export: Verb {
            static let configuration = CommandConfiguration(
                commandName: "export",
                abstract: "Print what you saw last, for somebody else to compare; no daemon is asked."
            )
            @Option(help: ArgumentHelp("Name of the log, if you have seen several.", valueName: "name"))
            var origin: String?
            @OptionGroup var common: CommonOptions

            func perform(on page: inout Page) throws {
                let pins = try PinStore(place: common.place).all().filter {
                    origin == nil || $0.checkpoint.origin == origin
                }
                guard pins.count == 1, let pin = pins.first else {
                    throw Failure.input(
                        pins.isEmpty ? "There is no pin of that log." : "You have pins of several logs.",
                        ask: "Name one with --origin; 'accord audit pin show' lists them."
                    )
                }
                if common.json { page.json(pin.json) } else { page.bytes(pin.encoded) }
            }
        }

        struct Import: Verb {
            static let configuration = CommandConfiguration(
                commandName: "import",
                abstract: "Compare another person's pin with yours, and keep the newer one.",
                discussion: """
                    Where you have none of that log yet, it is kept, so that the first contact need not be believed \
                    unseen. Pins of different sizes are joined by a proof that the daemon gives; an alarm with status 20 \
                    if there is none.

                    A log with another key under a name that you know is an alarm, wherever it answers. Where oversight has \
                    confirmed that key, take a pin from there: --replace forgets the log of the old key, which is an \
                    alarm from then on; --beside keeps both, such as those of two deployments of one name.
                    """
            )
            @Argument(help: ArgumentHelp("What 'accord audit pin export' printed.", valueName: "file"))
            var file: String
            @Flag(help: "Accept that this log took the place of the one that you know by that name or at this socket.")
            var replace = false
            @Flag(help: "Accept that this is another log of that name or at this socket, and keep both.") var beside =
                false
            @OptionGroup var common: CommonOptions

            func validate() throws {
                guard !replace || !beside else { throw ValidationError("--replace or --beside, not both.") }
            }

            func perform(on page: inout Page) throws {
                let store = try PinStore(place: common.place)
                let theirs = try Pin(parsing: InputFile.read(file, atMost: 1 << 20))
                guard let mine = try store.pin(of: theirs.keyText) else {
                    while let other = try store.contradicted(by: theirs.keyText) {
                        guard replace || beside else {
                            let note = String(decoding: theirs.note.encoded, as: UTF8.self)
                            throw History.replaced(other, by: theirs.keyText, showing: note, store)
                        }
                        guard replace else { break }
                        try store.forget(other)
                    }
                    try store.keep(theirs, after: nil)
                    return show(theirs, "kept: you had none of this log", on: &page)
                }
                if let here = try store.pin(), here.keyText != theirs.keyText {
                    throw Failure.input(
                        "That is a pin of another log than the one that answers here.",
                        ask: "Name where that one answers, with --socket or --host."
                    )
                }
                let (older, newer) =
                    mine.checkpoint.size <= theirs.checkpoint.size ? (mine, theirs) : (theirs, mine)
                var proof: [Digest]? = []
                if older.checkpoint.size < newer.checkpoint.size {
                    var connection = try Connection.open(common)
                    let reply = try connection.call(
                        .Audit.proveConsistency,
                        [
                            "from": .integer(Int64(clamping: older.checkpoint.size)),
                            "to": .integer(Int64(clamping: newer.checkpoint.size)),
                        ]
                    )
                    proof = History.proof(reply)
                }
                let shown = String(decoding: newer.note.encoded, as: UTF8.self)
                let judged = ForkEvidence.judge(kept: older, shown: shown, key: newer.keyText, proof: proof)
                if case .failure(let alarm) = judged { throw History.alarm(alarm.evidence, store) }
                try store.keep(newer, after: mine)
                show(newer, "both are of one history", on: &page)
            }

            private func show(_ pin: Pin, _ what: String, on page: inout Page) {
                if common.json {
                    page.json(pin.json)
                } else {
                    page.line("\(what): \(pin.text), of \(pin.checkpoint.origin)")
                }
            }
        }

        struct Accept: Verb {
            static let configuration = CommandConfiguration(
                commandName: "accept",
                abstract: "Accept that the record was restored from a backup that had less than you saw.",
                discussion: """
                    The alarm names the line that says so; it has to be proved. Ask oversight first: what you saw beyond is \
                    lost, and what you entered there is to be entered again. The evidence stays where it is kept.
                    Example: accord audit pin accept 812
                    """
            )
            @Argument(help: ArgumentHelp("The line that the alarm named.", valueName: "line")) var line: UInt64
            @OptionGroup var common: CommonOptions

            func perform(on page: inout Page) throws {
                let store = try PinStore(place: common.place)
                var connection = try Connection.uncompared(common)
                let pin = try store.pin()
                var reply = try connection.call(.Audit.proveConsistency, History.question(pin))
                // What was restored may answer elsewhere than before: the log's key tells which one it is, as for the alarm.
                guard let held = try pin ?? store.pin(of: reply.text("logKey")) else {
                    throw Failure.input("You have seen no record here yet.")
                }
                if pin == nil { reply = try connection.call(.Audit.proveConsistency, History.question(held)) }
                let judged = ForkEvidence.judge(
                    kept: held,
                    shown: reply.text("note"),
                    key: reply.text("logKey"),
                    proof: History.proof(reply)
                )
                guard case .failure(let alarm) = judged else {
                    throw Failure.input("There is nothing to accept: the record grew out of what you saw.")
                }
                let proved = connection.restorations(before: held)
                guard let proved, let restored = proved.lines.first(where: { $0.index == line }) else {
                    throw History.alarm(alarm.evidence, store, proved?.lines ?? [])
                }
                _ = try store.keep(alarm.evidence)
                guard restored.explainsLoss(sinceSecond: try store.keptAt(held)) else {
                    throw Failure.input(
                        "Line \(line) is older than what you saw: it does not explain why that is gone. Tell oversight."
                    )
                }
                let new = Pin(proved.checkpoint)
                try store.keep(new, after: held)
                if common.json { return page.json(new.json) }
                page.line("\(restored.sentence(to: held.checkpoint))")
                page.line("Accepted: \(new.text), of \(new.checkpoint.origin)")
            }
        }
    }
}

extension Pin {
    /// For programs.
    var json: JSONObject {
        [
            "pin": [
                "origin": .string(checkpoint.origin), "size": .integer(Int64(clamping: checkpoint.size)),
                "root": .string(checkpoint.root.base64), "logKey": .string(keyText),
                "note": .string(String(decoding: note.encoded, as: UTF8.self)),
            ]
        ]
    }
}
