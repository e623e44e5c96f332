import AccordInterface
import ArgumentParser
import Cryptography
import Glibc
import StrictJSON

extension AuditCommand {
    struct Export: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Write a bundle that can be verified without us.",
            discussion: """
                The whole record without content for oversight; with --case its lines, the proof of each, and what you \
                may read of it. The export is recorded first, and a case's bundle ends with that line.
                Example: accord audit export --case ALDER -o alder.tar
                """
        )
        @Option(name: .customLong("case"), help: ArgumentHelp("Only this case.", valueName: "case")) var caseName:
            String?
        @Option(name: .shortAndLong, help: ArgumentHelp("A new file.", valueName: "file"), completion: .file())
        var output: String
        @OptionGroup var read: ReadOptions
        var common: CommonOptions { read.common }

        func perform(on page: inout Page) throws {
            var parameters: JSONObject = [:]
            parameters["case"] = caseName.map(JSONValue.string)
            var connection = try Connection.open(common)
            var file = try NewFile(output)
            var digest: String?
            try connection.stream(.Audit.export, read.parameters(parameters), patience: .seconds(600)) { reply in
                if let data = reply["data"]?.string {
                    guard let bytes = Base64.decode(data) else { throw Self.broken("a piece is not Base64") }
                    try file.append(bytes)
                }
                digest = reply["digest"]?.string ?? digest
                return true
            }
            let (count, written) = try file.finish(expecting: digest)
            if common.json {
                page.json([
                    "file": .string(output), "bytes": .integer(count), "digest": .string(written.hex),
                ])
            } else {
                page.line("\(output, .bold)  \(count) bytes  SHA-256 \(written.hex)")
                page.line(
                    caseName == nil
                        ? "The whole record, without content, up to a checkpoint that covers this export."
                        : "One case, with what you may read of it. Its last line records this export."
                )
                page.line("Verify it anywhere: accord audit verify --offline \(output) --vkey KEY")
                page.line("or, unpacked and without us: sha256sum -c SHA256SUMS && python3 verify.py --vkey KEY")
                page.line("KEY has to come from elsewhere than the bundle; see accord audit checkpoint.")
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

/// A file that did not exist, readable by this user only, and removed again unless it was finished.
private struct NewFile: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private var hash = SHA256()
    private var count: Int64 = 0
    private var isFinished = false

    init(_ path: String) throws(Failure) {
        self.path = path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    deinit {
        close(descriptor)
        if !isFinished { unsafe unlink(path) }
    }

    mutating func append(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        let descriptor = descriptor
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.failure(path) }
            rest = rest.dropFirst(written)
        }
        hash.update(bytes)
        count += Int64(bytes.count)
    }

    /// Keeps the file if its digest is the one that the daemon announced.
    mutating func finish(expecting digest: String?) throws(Failure) -> (count: Int64, digest: Digest) {
        let written = hash.finalize()
        guard digest == written.hex else { throw AuditCommand.Export.broken("its digest is another") }
        guard fsync(descriptor) == 0 else { throw Self.failure(path) }
        isFinished = true
        return (count, written)
    }

    private static func failure(_ path: String) -> Failure {
        let isThere = errno == EEXIST
        return Failure(
            code: Failure.file,
            message: "\(path) cannot be written: \(unsafe String(cString: strerror(errno))).",
            ask: isThere ? "Name a new file: a bundle never replaces one." : "",
            status: ExitStatus.cannotCreate
        )
    }
}
