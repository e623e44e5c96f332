import AccordInterface
import ArgumentParser
import Cryptography
import StrictJSON
import TransparencyLog

extension AuditCommand {
    /// What a case's bundle lacks to be compared with a checkpoint that somebody kept.
    struct Growth: Verb {
        static let configuration = CommandConfiguration(
            commandName: "growth",
            abstract: "Fetch the proof that a bundle's checkpoint and one that you kept are of one history.",
            discussion: """
                A case's bundle does not hold the lines between two checkpoints, so that it is compared with one that you \
                kept by a proof (RFC 9162 2.1.4, in the form of C2SP tlog-witness), whichever of the two is older. Exit \
                status 20: the daemon has none; keep both checkpoints, and call oversight.
                Example: accord audit growth --known last-month.checkpoint --bundle alder.tar -o alder.growth
                         accord audit verify --offline alder.tar --known last-month.checkpoint --growth alder.growth
                """
        )
        @Option(help: ArgumentHelp("A signed checkpoint that you hold.", valueName: "file"), completion: .file())
        var known: String
        @Option(help: ArgumentHelp("The bundle, as tar or unpacked.", valueName: "file or folder"), completion: .file())
        var bundle: String
        @Option(name: .shortAndLong, help: ArgumentHelp("The proof.", valueName: "file"), completion: .file())
        var output: String
        @OptionGroup var common: CommonOptions

        func perform(on page: inout Page) throws {
            let kept = try Self.note(InputFile.read(known, atMost: SignedNote.maximumBytes), known)
            let copy = try OfflineCopy(bundle)
            guard let size = try copy.size(of: "checkpoint"), size <= SignedNote.maximumBytes else {
                throw Failure.input("\(bundle) has no checkpoint.", ask: Failure.copies)
            }
            let own = try Self.note(copy.read("checkpoint", 0..<size), bundle)
            guard kept.claim.origin == own.claim.origin else {
                throw Failure.input("The checkpoint in \(known) is of another log than \(bundle).")
            }
            let (old, new) = kept.claim.size <= own.claim.size ? (kept, own) : (own, kept)
            var connection = try Connection.open(common)
            let reply = try connection.call(
                .Audit.proveConsistency,
                ["from": .integer(Int64(clamping: old.claim.size)), "to": .integer(Int64(clamping: new.claim.size))]
            )
            let growth = History.proof(reply).map {
                WitnessRequest(old: old.claim.size, path: $0, note: new.note)
            }
            guard let growth, growth.joins(old.claim, new.claim) else {
                throw Failure(
                    code: Failure.history,
                    message: """
                        The daemon has no proof that \(new.claim.size) lines, root \(new.claim.root.base64), grew out of \
                        \(old.claim.size) lines, root \(old.claim.root.base64).
                        """,
                    ask: "Keep \(known) and \(bundle), and call oversight.",
                    status: ExitStatus.history
                )
            }
            try StateHome.replace(output, with: growth.encoded)
            if common.json {
                page.json([
                    "file": .string(output), "from": .integer(Int64(clamping: old.claim.size)),
                    "size": .integer(Int64(clamping: new.claim.size)),
                ])
            } else {
                page.line("\(output, .bold)  \(new.claim.size) lines grew out of \(old.claim.size)")
            }
        }

        private static func note(_ bytes: [UInt8], _ path: String) throws(Failure) -> UnverifiedCheckpoint {
            do throws(NoteFault) {
                return try UnverifiedCheckpoint(parsing: bytes)
            } catch {
                throw .input("What \(path) holds is not a signed checkpoint: \(error).")
            }
        }
    }
}
