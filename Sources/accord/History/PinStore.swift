import Cryptography
import Glibc
import TransparencyLog

/// The pins of this user, one file for each log, and which log answered behind which socket.
///
/// Two files: `pins/HASH` by the log's key, and one in `sockets` by host and socket, with that key. A log that is replaced by one
/// with another key is noticed as well, at this socket or, by its name, at any: see ``contradicted(by:)``.
struct PinStore {
    let folder: String
    private let socket: String

    /// The store in a folder.
    init(folder: String, socket: String) {
        self.folder = folder
        self.socket = socket
    }

    /// This user's store, for the log of a daemon.
    ///
    /// - Throws: A ``Failure`` where there is no home.
    init(place: DaemonPlace) throws(Failure) {
        guard let folder = StateHome.path else {
            throw Failure(
                code: Failure.file,
                message: "There is no folder to keep checkpoints in: neither XDG_STATE_HOME nor HOME is set.",
                status: ExitStatus.cannotCreate
            )
        }
        self.init(folder: folder, socket: place.name)
    }

    private static func name(of key: String) -> String { Digest.sha256(Array(key.utf8)).hex }

    private func path(of key: String) -> String { "\(folder)/pins/\(Self.name(of: key))" }

    /// Named by host and path, so that no digest is needed for most commands.
    private var socketFile: String {
        var name = [CChar](repeating: 0, count: 65)
        unsafe gethostname(&name, 64)
        let host = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let plain = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_".utf8)
        let words = (host + Array(":\(socket)".utf8)).map { byte -> String in
            plain.contains(byte) ? String(UnicodeScalar(byte)) : byte == 0x2F ? "+" : "%\(byte)"
        }
        let file = words.joined()
        return "\(folder)/sockets/\(file.utf8.count <= 200 ? file : Self.name(of: file))"
    }

    /// The pin of the log that answered here before; nil at the first contact.
    func pin() throws(Failure) -> Pin? {
        guard let bytes = try StateHome.read(socketFile) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.count == 2, lines[1].utf8.count == 64, !lines[1].contains("/") else { throw damaged(socketFile) }
        let path = "\(folder)/pins/\(lines[1])"
        guard let pin = try pin(at: path, of: String(lines[0])) else { throw damaged(path) }
        return pin
    }

    /// The origin of the log that answered here before; nil at the first contact.
    ///
    /// - Throws: A ``Failure`` if what was kept of it is damaged: that is no first contact.
    func origin() throws(Failure) -> String? { try pin()?.checkpoint.origin }

    /// What a log that answers here contradicts: the pin of the one that answered here before, else that of a log with the same name
    /// and another key.
    ///
    /// Name of host and path of socket are whatever the owner of the host makes them; a log is what its name and key are.
    ///
    /// - Parameter key: that the log names.
    /// - Returns: Nil for a log that is known, and for one of a name that was never seen.
    /// - Throws: A ``Failure`` if a pin is damaged.
    func contradicted(by key: String) throws(Failure) -> Pin? {
        if let pin = try pin() { return pin.keyText == key ? nil : pin }
        guard try pin(of: key) == nil else { return nil }
        let name = String(key.prefix { $0 != "+" })
        return try all().first { $0.checkpoint.origin == name }
    }

    /// Forgets a log in favour of the one that took its place.
    func forget(_ pin: Pin) throws(Failure) {
        try StateHome.locked(folder) { () throws(Failure) in
            let line = "\(pin.keyText)\n\(Self.name(of: pin.keyText))\n"
            for name in Self.names(in: "\(folder)/sockets") {
                guard try StateHome.read("\(folder)/sockets/\(name)") == Array(line.utf8) else { continue }
                unsafe unlink("\(folder)/sockets/\(name)")
            }
            unsafe unlink(path(of: pin.keyText))
        }
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The pin of a log; nil if none is kept.
    func pin(of key: String) throws(Failure) -> Pin? { try pin(at: path(of: key), of: key) }

    private func pin(at path: String, of key: String) throws(Failure) -> Pin? {
        guard let bytes = try StateHome.read(path) else { return nil }
        guard let pin = Pin(kept: bytes), pin.keyText == key else { throw damaged(path) }
        return pin
    }

    /// When a pin was kept, in seconds since the UNIX epoch.
    func keptAt(_ pin: Pin) throws(Failure) -> Int64 {
        var status = stat()
        guard unsafe stat(path(of: pin.keyText), &status) == 0 else { throw damaged(path(of: pin.keyText)) }
        return Int64(status.st_mtim.tv_sec)
    }

    /// All pins, by origin.
    func all() throws(Failure) -> [Pin] {
        var pins: [Pin] = []
        for name in Self.names(in: "\(folder)/pins") {
            guard Digest(hex: name) != nil, let bytes = try StateHome.read("\(folder)/pins/\(name)") else { continue }
            guard let pin = Pin(kept: bytes) else { throw damaged("\(folder)/pins/\(name)") }
            pins.append(pin)
        }
        return pins.sorted { $0.keyText < $1.keyText }
    }

    private func damaged(_ path: String) -> Failure {
        Failure(
            code: Failure.file,
            message: "\(path) is damaged: it held the checkpoint with which the record is compared.",
            ask:
                "Take another person's pin ('accord audit pin export' there, 'accord audit pin import' here), or remove it.",
            status: ExitStatus.noInput
        )
    }

    /// Keeps a pin in place of the one that it was proved to have grown out of.
    ///
    /// If another process was faster, its pin stays: the next command has to prove its own against it.
    func keep(_ pin: Pin, after old: Pin?) throws(Failure) {
        try StateHome.makeFolder("\(folder)/pins")
        try StateHome.makeFolder("\(folder)/sockets")
        try StateHome.locked(folder) { () throws(Failure) in
            if try self.pin(of: pin.keyText) == old { try StateHome.replace(path(of: pin.keyText), with: pin.encoded) }
            let line = Array("\(pin.keyText)\n\(Self.name(of: pin.keyText))\n".utf8)
            if try StateHome.read(socketFile) != line { try StateHome.replace(socketFile, with: line) }
        }
    }

    /// Keeps evidence in a file of its own.
    ///
    /// - Returns: Its path.
    func keep(_ evidence: ForkEvidence) throws(Failure) -> String {
        try StateHome.makeFolder("\(folder)/evidence")
        return try evidence.write(into: "\(folder)/evidence")
    }
}
