import FoundationEssentials
import Glibc

/// The configuration file as text: which key stands on which line.
///
/// swift-configuration gives values without lines and passes over keys that nobody asks for, so that a misspelt key
/// would silently mean the default. Therefore the file is also read here, line by line, and only what this reading
/// understands is accepted: `key: value`, nested one level by indentation, comments and blank lines.
struct SettingsFile: Sendable {
    static let standardPath = "/etc/accord/accord.yaml"

    let path: String
    let bytes: [UInt8]
    /// Line of each key, from 1.
    let lines: [String: Int]

    /// Checks text that was read from `path`.
    init(path: String, bytes: [UInt8]) throws(SettingsRefused) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsRefused(place: path, "the file is not UTF-8 text")
        }
        var scan = SettingsScan(path: path)
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            scan.take(line)
        }
        guard scan.faults.isEmpty else { throw SettingsRefused(scan.faults) }
        self.path = path
        self.bytes = bytes
        self.lines = scan.lines
    }

    /// Reads the file; nil if there is none at the standard path and none was asked for.
    static func read(_ asked: String?) throws(SettingsRefused) -> SettingsFile? {
        let path = asked ?? standardPath
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            // Only what is surely absent may mean the defaults; what this user may not see is a fault.
            guard errno == ENOENT else { throw SettingsRefused(place: path, "the file cannot be examined: \(reason)") }
            guard asked != nil else { return nil }
            throw SettingsRefused(place: path, "there is no such file")
        }
        try checkTrust(path, status)
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw SettingsRefused(place: path, "the file cannot be read: give user \(geteuid()) the right to read it")
        }
        guard data.count <= 65_536 else { throw SettingsRefused(place: path, "the file is longer than 64 KiB") }
        return try SettingsFile(path: path, bytes: [UInt8](data))
    }

    /// Who can write the configuration can move the record: nobody but root, the daemon's user and their groups may.
    private static func checkTrust(_ path: String, _ status: stat) throws(SettingsRefused) {
        guard status.st_mode & S_IFMT == S_IFREG else { throw SettingsRefused(place: path, "this is not a file") }
        guard status.st_uid == 0 || status.st_uid == geteuid() else {
            throw SettingsRefused(place: path, "the file belongs to user \(status.st_uid): chown it to root")
        }
        let groupIsTrusted = status.st_gid == 0 || status.st_gid == getegid()
        guard status.st_mode & S_IWOTH == 0, status.st_mode & S_IWGRP == 0 || groupIsTrusted else {
            throw SettingsRefused(place: path, "others may write the file: run chmod go-w \(path)")
        }
    }

    private static var reason: String { unsafe String(cString: strerror(errno)) }
}
