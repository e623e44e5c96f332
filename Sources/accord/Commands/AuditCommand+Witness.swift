import AccordInterface
import ArgumentParser
import Cryptography
import Dispatch
import Glibc
import StrictJSON
import TransparencyLog

extension AuditCommand {
    /// What a witness does, on its own machine or medium.
    struct WitnessCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "witness",
            abstract: "Vouch for the record from elsewhere, so that not even its host can rewrite it.",
            discussion: """
                A witness keeps the last checkpoint that it cosigned in a folder of its own, and cosigns only what grew \
                out of it. By the socket:
                  accord audit witness keygen --folder w --name witness.rob.example.org/1
                  accord audit witness cosign --folder w --vkey accord.vkey
                By file, where the witness has no network (the bytes are those of C2SP tlog-witness):
                  accord audit witness request --from 120 --output request        # on the host
                  accord audit witness cosign --folder w --vkey accord.vkey --request request --output cosignature
                  accord audit witness submit --request request cosignature       # on the host
                An auditor witness verifies all lines of an export in place of a proof:
                  accord audit witness cosign --folder w --replay record.tar --output cosignature
                  accord audit witness submit --replay record.tar cosignature     # on the host
                Exit status 20: the log was rolled back, rewritten or forked; the evidence is kept in the folder.
                """,
            subcommands: [Keygen.self, Request.self, Cosign.self, Submit.self]
        )

        struct Keygen: Verb {
            static let configuration = CommandConfiguration(
                commandName: "keygen",
                abstract: "Make a witness: its key and its folder.",
                discussion: "Prints the public key, for witness.policy of accordd and for everybody's --policy."
            )
            @Option(help: ArgumentHelp("Name of the witness, such as witness.rob.example.org/1.", valueName: "name"))
            var name: String
            @OptionGroup var place: WitnessPlace
            @OptionGroup var common: CommonOptions

            func perform(on page: inout Page) throws {
                let key = try WitnessFolder.make(place.folder, name: name)
                if common.json { page.json(["vkey": .string(key.text)]) } else { page.line("\(key.text)") }
            }
        }

        struct Request: Verb {
            static let configuration = CommandConfiguration(
                commandName: "request",
                abstract: "Write what a witness needs to cosign by file: a checkpoint and the proof.",
                discussion: """
                    The checkpoint is the one that other witnesses were given and not enough of them cosigned yet, so that \
                    they come together on one; where there is none, the newest.
                    """
            )
            @Option(
                help: ArgumentHelp(
                    "How many lines the checkpoint covers that the witness holds; 0 for a new witness.",
                    valueName: "size"
                )
            )
            var from: UInt64 = 0
            @Option(name: .shortAndLong, help: ArgumentHelp("The request.", valueName: "file"), completion: .file())
            var output: String
            @OptionGroup var common: CommonOptions

            func perform(on page: inout Page) throws {
                var connection = try Connection.open(common)
                let (request, size) = try WitnessRequest.asked(of: &connection, from: from)
                guard let request else {
                    throw Failure(
                        code: Failure.history,
                        message:
                            "The record has \(size) lines and cannot have grown out of \(from): it was rolled back.",
                        ask: "Let the witness compare the two checkpoints: accord audit checkpoint",
                        status: ExitStatus.history
                    )
                }
                try StateHome.replace(output, with: request.encoded)
                if common.json {
                    page.json([
                        "file": .string(output), "from": .integer(Int64(clamping: from)), "size": .integer(size),
                    ])
                } else {
                    page.line("\(output, .bold)  from \(from) to \(size) lines")
                }
            }
        }

        struct Cosign: Verb {
            static let configuration = CommandConfiguration(
                commandName: "cosign",
                abstract: "Cosign what the daemon offers, if the record only grew since the last one.",
                discussion: """
                    Without --request and --replay the daemon is asked, and given the cosignature. An auditor witness \
                    holds all lines and verifies them first: --replay takes an export of the whole record in place of a \
                    proof.
                    """
            )
            @OptionGroup var place: WitnessPlace
            @Option(
                help: ArgumentHelp("The log's public key, the first time.", valueName: "file or vkey"),
                completion: .file()
            )
            var vkey: String?
            @Option(help: ArgumentHelp("A request by file.", valueName: "file"), completion: .file())
            var request: String?
            @Option(
                help: ArgumentHelp("Verify all lines of this export first.", valueName: "bundle"),
                completion: .file()
            )
            var replay: String?
            @Option(
                name: .shortAndLong,
                help: ArgumentHelp("Write the cosignature here.", valueName: "file"),
                completion: .file()
            )
            var output: String?
            @OptionGroup var common: CommonOptions

            func validate() throws {
                guard request == nil || replay == nil else { throw ValidationError("--request or --replay, not both.") }
                guard (request == nil && replay == nil) || output != nil else {
                    throw ValidationError("--output names the file for the cosignature.")
                }
            }

            func perform(on page: inout Page) throws {
                let folder = try WitnessFolder(place.folder)
                if let vkey { try folder.follow(AuditCommand.Verify.verifierKey(AuditCommand.Verify.logKey(vkey))) }
                if let request {
                    return try show(folder.cosign(request: InputFile.read(request, atMost: 1 << 20)), on: &page)
                }
                if let replay { return try show(folder.cosign(replaying: replay), on: &page) }
                var connection = try Connection.open(common)
                let log = try folder.log(named: nil)
                let (request, _) = try WitnessRequest.asked(
                    of: &connection,
                    from: folder.held(log)?.checkpoint.size ?? 0
                )
                guard let request else {
                    throw try folder.rolledBack(log, shown: connection.call(.Audit.getCheckpoint).text("note"))
                }
                let cosigned = try folder.cosign(request: request.encoded)
                if output != nil { return try show(cosigned, on: &page) }
                let note = String(decoding: cosigned.checkpoint.note.encoded, as: UTF8.self)
                let reply = try connection.call(.Audit.addCosignature, ["note": .string(note)])
                Submit.show(reply, common.json, on: &page)
            }

            private func show(_ cosigned: WitnessFolder.Cosigned, on page: inout Page) throws {
                let lines = NoteSignature.encoded([cosigned.cosignature.line])
                if let output { try StateHome.replace(output, with: lines) }
                let checkpoint = cosigned.checkpoint.checkpoint
                if common.json {
                    page.json([
                        "origin": .string(checkpoint.origin), "size": .integer(Int64(clamping: checkpoint.size)),
                        "cosignature": .string(String(decoding: lines, as: UTF8.self)),
                    ])
                } else {
                    page.line(
                        "cosigned \(checkpoint.size) lines of \(checkpoint.origin), root \(checkpoint.root.base64)"
                    )
                }
            }
        }

        struct Submit: Verb {
            static let configuration = CommandConfiguration(
                commandName: "submit",
                abstract: "Give the daemon a cosignature that came by file; any member may."
            )
            @Option(help: ArgumentHelp("The request that was answered.", valueName: "file"), completion: .file())
            var request: String?
            @Option(
                help: ArgumentHelp("The export that was verified in place of a request.", valueName: "bundle"),
                completion: .file()
            )
            var replay: String?
            @Argument(help: ArgumentHelp("The answer of the witness.", valueName: "file"), completion: .file())
            var cosignature: String
            @OptionGroup var common: CommonOptions

            func validate() throws {
                guard (request == nil) != (replay == nil) else {
                    throw ValidationError("What was cosigned: --request FILE, or --replay BUNDLE.")
                }
            }

            /// What the witness was given.
            private func asked() throws -> SignedNote {
                if let request { return try WitnessRequest(parsing: InputFile.read(request, atMost: 1 << 20)).note }
                let copy = try OfflineCopy(replay ?? "")
                guard let size = try copy.size(of: "checkpoint"), size <= SignedNote.maximumBytes else {
                    throw NoteFault(.malformed)
                }
                return try SignedNote(parsing: copy.read("checkpoint", 0..<size))
            }

            func perform(on page: inout Page) throws {
                let note: SignedNote
                do {
                    let lines = try NoteSignature.lines(parsing: InputFile.read(cosignature, atMost: 1 << 20))
                    guard let signed = try asked().adding(lines) else { throw NoteFault(.signatureLine) }
                    note = signed
                } catch let fault as NoteFault {
                    throw Failure.input("That is not what the witness was given, and its cosignature: \(fault).")
                }
                var connection = try Connection.open(common)
                let text = String(decoding: note.encoded, as: UTF8.self)
                let reply = try connection.call(.Audit.addCosignature, ["note": .string(text)])
                Self.show(reply, common.json, on: &page)
            }

            static func show(_ reply: JSONObject, _ isJSON: Bool, on page: inout Page) {
                if isJSON { return page.json(reply) }
                let added = reply["added"]?.integer ?? 0
                page.line(added == 0 ? "The daemon had it already." : "The daemon keeps and serves it.")
                let isEnough = reply["isWitnessed"]?.bool == true
                page.line(
                    isEnough ? "There is a checkpoint that enough witnesses cosigned." : "More witnesses are needed."
                )
            }
        }
    }
}

/// Where a witness keeps what is its own.
struct WitnessPlace: ParsableArguments {
    @Option(
        help: ArgumentHelp("The witness's folder: its key, and what it cosigned last.", valueName: "folder"),
        completion: .directory
    )
    var folder: String
}

extension WitnessRequest {
    /// Asks the daemon for the checkpoint that a witness is to cosign next, and the proof from a size.
    ///
    /// - Returns: The request, nil if the record was never that long; and the size that it has.
    static func asked(
        of connection: inout Connection,
        from size: UInt64
    ) throws -> (request: WitnessRequest?, size: Int64) {
        // One that covers what is recorded now.
        _ = try connection.call(.Audit.getCheckpoint)
        let reply = try connection.call(.Audit.offerCheckpoint, ["from": .integer(Int64(clamping: size))])
        guard let note = try? SignedNote(parsing: Array(reply.text("note").utf8)),
            let claim = try? Checkpoint(parsing: note.text)
        else {
            throw Failure(
                code: Failure.wireProtocol,
                message: "The daemon's checkpoint is not one.",
                status: ExitStatus.wireProtocol
            )
        }
        let request = History.proof(reply).map { WitnessRequest(old: size, path: $0, note: note) }
        return (request, Int64(clamping: claim.size))
    }
}
