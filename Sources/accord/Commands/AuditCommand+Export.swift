import AccordInterface
import ArgumentParser
import Cryptography
import StrictJSON
import TransparencyLog

extension AuditCommand {
    struct Export: Verb {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Write a bundle that can be verified without us.",
            discussion: """
                The whole record without content for oversight; with --case its lines, the proof of each, and what you \
                may read of it. The export is recorded first, and a case's bundle ends with that line. One export can \
                be written in more than one form.
                Example: accord audit export --case ALDER -o alder.tar --html alder.html
                """
        )
        @Option(name: .customLong("case"), help: ArgumentHelp("Only this case.", valueName: "case")) var caseName:
            String?
        @Option(
            name: .shortAndLong,
            help: ArgumentHelp("A new file: the bundle as a tar file.", valueName: "file"),
            completion: .file()
        )
        var output: String?
        @Option(
            help: ArgumentHelp(
                "A new file: one page with a timeline, which verifies the bundle in it in any browser, offline.",
                valueName: "file"
            ),
            completion: .file()
        )
        var html: String?
        @Option(
            help: ArgumentHelp(
                "A new folder: the whole record in the layout of C2SP tlog-tiles, for other people's tools.",
                valueName: "folder"
            ),
            completion: .directory
        )
        var tiles: String?
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }

        func validate() throws {
            if output == nil, html == nil, tiles == nil { throw ValidationError("Give --output, --html or --tiles.") }
            if caseName != nil, tiles != nil { throw ValidationError("--tiles is for the whole record.") }
        }

        func perform(on page: inout Page) throws {
            guard let first = output ?? html ?? tiles else { return }
            var parameters: JSONObject = [:]
            parameters["case"] = caseName.map(JSONValue.string)
            var connection = try Connection.open(common)
            // What cannot be written is known before the export is on the record.
            var file = try output == nil ? NewFile(scratchBeside: first) : NewFile(first)
            var written = try Written(page: html, tiles: tiles)
            var announced: String?
            var lost: Int64?
            try connection.stream(.Audit.export, read.parameters(parameters), patience: .seconds(600)) { reply in
                if let data = reply["data"]?.string {
                    guard let bytes = Base64.decode(data) else { throw Self.broken("a piece is not Base64") }
                    try file.append(bytes)
                }
                announced = reply["digest"]?.string ?? announced
                lost = reply["lost"]?.integer ?? lost
                return true
            }
            let digest = try file.finish(expecting: announced)
            if let output {
                say(output, file.count, digest, "accord audit verify --offline \(output) --vkey KEY", on: &page)
            } else if html != nil {
                // The page shows it, too: whoever opens it compares.
                if common.json {
                    page.json(["bundle": .string(digest.hex), "bytes": .integer(file.count)])
                } else {
                    page.line("The bundle in the page: \(file.count) bytes  SHA-256 \(digest.hex)")
                }
            }
            if let lost {
                History.say([
                    "accord: \(lost) texts are missing from the record, and no order says so: somebody took them away. Tell oversight."
                ])
            }
            if written.page != nil || written.tiles != nil { try write(&written, file.pieces(), on: &page) }
            guard !common.json else { return }
            page.line(
                caseName == nil
                    ? "The whole record, without content, up to a checkpoint that covers this export."
                    : "One case, with what you may read of it. Its last line records this export."
            )
            if output != nil {
                page.line("Unpacked and without us: sha256sum -c SHA256SUMS && python3 -I verify.py --vkey KEY")
            }
            page.line("KEY has to come from elsewhere than the export; see accord audit checkpoint.")
        }

        /// Makes the other forms from the bundle that arrived.
        private func write(_ written: inout Written, _ bundle: InputPieces, on page: inout Page) throws {
            if let html {
                let (count, digest) = try written.writePage(of: bundle)
                say(html, count, digest, "open it in a browser, give it KEY, and look for red", on: &page)
            }
            guard let tiles, let (size, root) = try written.tiles?.write(OfflineCopy(bundle)) else { return }
            if common.json {
                page.json(["folder": .string(tiles), "size": .integer(Int64(size)), "root": .string(root.hex)])
            } else {
                page.line("\(tiles, .bold)  \(size) lines  root \(root.base64)")
                page.line(
                    "Verify it: accord audit verify --offline \(tiles) --vkey KEY, or a client of C2SP tlog-tiles"
                )
            }
        }

        private func say(_ name: String, _ count: Int64, _ digest: Digest, _ how: String, on page: inout Page) {
            if common.json {
                page.json(["file": .string(name), "bytes": .integer(count), "digest": .string(digest.hex)])
            } else {
                page.line("\(name, .bold)  \(count) bytes  SHA-256 \(digest.hex)")
                page.line("Verify it: \(how)")
            }
        }

        static func broken(_ why: String) -> Failure {
            Failure(
                code: Failure.wireProtocol,
                message: "The bundle arrived broken: \(why). It was not kept.",
                status: ExitStatus.wireProtocol
            )
        }
    }
}

/// The forms of an export beside the tar file, begun and not yet filled.
private struct Written: ~Copyable {
    var page: NewFile?
    var tiles: TilesFolder?

    init(page: String?, tiles: String?) throws(Failure) {
        if let page { self.page = try NewFile(page) }
        if let tiles { self.tiles = try TilesFolder(tiles) }
    }

    /// Writes the page with the bundle in it, a piece at a time.
    mutating func writePage(of bundle: InputPieces) throws(Failure) -> (count: Int64, digest: Digest) {
        try page?.append(BundlePage.beginning)
        var offset = 0
        while offset < bundle.size {
            let piece = try bundle.read(offset..<offset + BundlePage.pieceBytes)
            try page?.append(BundlePage.encoded(piece))
            offset += piece.count
        }
        try page?.append(BundlePage.end)
        guard let digest = page?.digest, let count = page?.count else { return (0, .empty) }
        try page?.keep()
        return (count, digest)
    }
}

extension NewFile {
    /// Keeps the file if its digest is the one that the daemon announced.
    fileprivate mutating func finish(expecting announced: String?) throws(Failure) -> Digest {
        let digest = digest
        guard announced == digest.hex else { throw AuditCommand.Export.broken("its digest is another") }
        try keep()
        return digest
    }
}
