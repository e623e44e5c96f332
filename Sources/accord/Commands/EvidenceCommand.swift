import AccordInterface
import ArgumentParser
import Cryptography
import Glibc
import StrictJSON

/// Evidence: its digest, and in whose hands it is.
struct EvidenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Note evidence by its digest, and hand it on from one agency to the other.",
        discussion: "What it is of stays with its holder: no file is sent to the daemon.",
        subcommands: [Hash.self, Note.self, Transfer.self, Acknowledge.self, Refuse.self, List.self, Show.self]
    )

    struct Hash: Verb {
        static let configuration = CommandConfiguration(
            commandName: "hash",
            abstract: "Print the SHA-256 digest of a file, as sha256sum does. The file is read here and goes nowhere."
        )
        @Argument(help: "The file.", completion: .file()) var file: String
        @OptionGroup var common: CommonOptions

        func perform(on page: inout Page) throws {
            let digest = try InputFile.digest(of: file).hex
            if common.json {
                page.json(["file": .string(file), "sha256": .string(digest)])
            } else {
                page.line("\(digest)  \(file)")
            }
        }
    }

    struct Note: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "note",
            abstract: "Note a piece of evidence that your agency holds.",
            discussion: """
                Either the file itself, which is read here and goes nowhere, or its digest.
                Example: accord evidence note ALDER "Copy of the ledger, seized on 7 March." --file ledger.img
                """
        )
        static let method = Method.Evidence.note
        @OptionGroup var name: CaseArgument
        @Argument(help: "What it is; @FILE reads it, - the standard input.") var text: TextArgument
        @OptionGroup var digest: DigestOptions
        @Option(help: "The entry that tells of it, such as E-1.") var entry: String?
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject {
            var parameters: JSONObject = [
                "case": name.json, "digest": .string(try digest.hex()), "text": try text.json(),
            ]
            parameters["entry"] = entry.map(JSONValue.string)
            return parameters
        }
    }

    /// A file that is here, or its digest.
    struct DigestOptions: ParsableArguments {
        @Option(help: "The file; its digest is made here.", completion: .file()) var file: String?
        @Option(help: "Its SHA-256 digest, as 'accord evidence hash' prints it.") var digest: String?

        func validate() throws {
            guard (file == nil) != (digest == nil) else { throw ValidationError("Give --file or --digest.") }
        }

        func hex() throws -> String { try file.map { try InputFile.digest(of: $0).hex } ?? digest ?? "" }
    }

    struct Transfer: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "transfer",
            abstract: "Give it to another agency of the case, which holds it once it says that it has it.",
            discussion: "Example: accord evidence transfer ALDER EV-1 DAO-SV --reason \"for trial\""
        )
        static let method = Method.Evidence.transfer
        @OptionGroup var item: WorkArgument
        @Argument(help: "The agency.") var agency: String
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject {
            item.json(["to": .string(agency), "reason": try reason.json()])
        }
    }

    struct Acknowledge: WriteVerb {
        static let configuration = CommandConfiguration(
            commandName: "acknowledge",
            abstract: "Say that your agency has it: what you received has to have the digest that was noted.",
            discussion: "Example: accord evidence acknowledge ALDER EV-1 --file ledger.img"
        )
        static let method = Method.Evidence.acknowledge
        @OptionGroup var item: WorkArgument
        @OptionGroup var digest: DigestOptions
        @OptionGroup var act: ActOptions
        func parameters() throws -> JSONObject { item.json(["received": .string(try digest.hex())]) }
    }

    struct Refuse: ReasonedVerb {
        static let configuration = CommandConfiguration(
            commandName: "refuse",
            abstract: "Do not take it, or take it back: it stays with who held it."
        )
        static let method = Method.Evidence.refuse
        @OptionGroup var item: WorkArgument
        @OptionGroup var reason: ReasonOption
        @OptionGroup var act: ActOptions
    }

    struct List: WorkList {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the evidence of a case, and who holds it."
        )
        static let workflow = "evidence"
        static let nothing = "There is no evidence that you may see."
        static var columns: [Column] {
            [
                .text("ITEM", "id"), .state("STATE", "state"),
                Column(title: "HOLDER") { Cell(text: ($0["facts"]?.object ?? [:]).text("holder")) },
                Column(title: "TO") { Cell(text: ($0["facts"]?.object ?? [:]).text("to")) }, .time("SINCE", "openedAt"),
            ]
        }
        @OptionGroup var name: CaseArgument
        @OptionGroup var read: ReadOptions
    }

    struct Show: WorkShow {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a piece of evidence and its chain of custody."
        )
        @OptionGroup var item: WorkArgument
        @OptionGroup var read: ReadOptions
    }
}

extension InputFile {
    /// The digest of a file of whatever length.
    ///
    /// - Throws: A ``Failure`` if it cannot be read.
    fileprivate static func digest(of path: String) throws(Failure) -> Digest {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        var hash = SHA256()
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while descriptor >= 0 {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { break }
            if count == 0 { return hash.finalize() }
            hash.update(piece[..<count])
        }
        throw Failure(
            code: Failure.file,
            message: "\(path) cannot be read: \(unsafe String(cString: strerror(errno))).",
            status: ExitStatus.noInput
        )
    }
}
