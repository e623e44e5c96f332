import Casework
import Cryptography
import QueueRuntime

#if canImport(Glibc)
import Glibc
#endif

/// The folder of hooks: executables, and beside each NAME a file `NAME.hook` that says who its audience is.
///
/// Whoever may write one of these files, or put another in its place, decides what the daemon runs and to whom it shows what.
/// So all of them, and all folders above them, must be root's or the daemon's own, and closed to writing by others.
package struct HookFolder: Sendable {
    /// The hooks, by name.
    package private(set) var hooks: [Hook] = []
    /// What is refused and why, one sentence each.
    package private(set) var faults: [String] = []

    /// Looks at a folder; what it does not trust it leaves out and says so.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - user: Who will run what is in it; nil: we.
    package init(_ path: String, for user: UInt32? = nil) {
        self.user = user ?? geteuid()
        do throws(Distrust) {
            let folder = try resolved(path)
            for name in try names(in: folder) {
                do throws(Distrust) {
                    hooks.append(try hook(name, in: folder))
                } catch {
                    faults.append("The hook \(name.prefix(64)) is not run: \(error.reason)")
                }
            }
        } catch {
            faults.append("No hook of \(path) is run: \(error.reason)")
        }
    }

    private struct Distrust: Error { let reason: String }

    /// Who runs them: his files are trusted, and root's.
    private let user: UInt32

    private static let suffix = ".hook"
    /// What is larger can be called by a script.
    private static let largest = 16 << 20
    private static let mostHooks = 64

    /// The folder without links, if nobody else can put another in its place.
    private func resolved(_ path: String) throws(Distrust) -> String {
        guard let whole = unsafe realpath(path, nil) else { throw Distrust(reason: "it is not there.") }
        defer { unsafe free(whole) }
        let folder = unsafe String(cString: whole)
        var above = folder
        while !above.isEmpty {
            try trust(above, isFolder: true, mayBeSticky: above != folder)
            above = String(above[..<(above.lastIndex(of: "/") ?? above.startIndex)])
        }
        return folder
    }

    private func names(in folder: String) throws(Distrust) -> [String] {
        guard let all = try? SystemCall.names(in: folder) else { throw Distrust(reason: "it cannot be read.") }
        let names = all.filter { $0.utf8.first != UInt8(ascii: ".") && !$0.hasSuffix(Self.suffix) }
        let most = Self.mostHooks
        guard names.count <= most else { throw Distrust(reason: "there are more than \(most) files.") }
        return names.sorted()
    }

    private func hook(_ name: String, in folder: String) throws(Distrust) -> Hook {
        guard HookAct.isName(name) else {
            throw Distrust(reason: "its name is not a-z, 0-9 and hyphen, at most 32, beginning with a letter.")
        }
        let path = "\(folder)/\(name)"
        let (program, status) = try contents(of: path, limit: Self.largest)
        guard status.st_mode & (S_ISUID | S_ISGID) == 0 else {
            throw Distrust(reason: "\(path) would run as another user: chmod ug-s.")
        }
        guard unsafe access(path, X_OK) == 0, user == geteuid() || serves(status) else {
            throw Distrust(reason: "\(path) cannot be executed by the daemon.")
        }
        let (text, _) = try contents(of: path + Self.suffix, limit: 4_096)
        let terms = try terms(text, path + Self.suffix)
        guard let audience = terms["audience"].flatMap({ Audience($0) }) else {
            let forms = "'audience: liaison.mpd' or 'audience: liaison of MPD-VT'"
            throw Distrust(reason: "\(path + Self.suffix) names no audience, as in \(forms).")
        }
        var kinds = HookKinds()
        if let text = terms["kinds"] {
            guard let stated = HookKinds(text) else {
                let form = "'kinds: decon.*, *overdue, case.opened'"
                throw Distrust(reason: "\(path + Self.suffix) names kinds otherwise than in \(form).")
            }
            kinds = stated
        }
        return Hook(
            name: name,
            path: path,
            audience: audience,
            kinds: kinds,
            digest: Digest.sha256(program),
            identity: FileIdentity(status)
        )
    }

    /// A file's bytes, read through the descriptor that was looked at.
    private func contents(of path: String, limit: Int) throws(Distrust) -> (bytes: [UInt8], status: stat) {
        do {
            // A pipe without a writer would keep us waiting.
            let file = try SystemCall.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            defer { SystemCall.close(file) }
            let status = try SystemCall.status(file, path: path)
            try trust(status, path, isFolder: false, mayBeSticky: false)
            guard status.st_size <= limit else { throw Distrust(reason: "\(path) is larger than \(limit) bytes.") }
            return (try SystemCall.read(file, at: 0, count: Int(status.st_size), path: path), status)
        } catch let distrust as Distrust {
            throw distrust
        } catch {
            throw Distrust(reason: "\(path) cannot be opened: \((error as? SystemFault)?.code.rawValue ?? "").")
        }
    }

    /// Whether a file that we look at for another user can be read and executed by him, as far as its mode tells.
    private func serves(_ status: stat) -> Bool {
        let asked: mode_t = status.st_uid == user ? 0o500 : 0o055
        return status.st_mode & asked & 0o444 != 0 && status.st_mode & asked & 0o111 != 0
    }

    private func trust(_ path: String, isFolder: Bool, mayBeSticky: Bool) throws(Distrust) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw Distrust(reason: "\(path) is not there.") }
        try trust(status, path, isFolder: isFolder, mayBeSticky: mayBeSticky)
    }

    private func trust(
        _ status: stat,
        _ path: String,
        isFolder: Bool,
        mayBeSticky: Bool
    ) throws(Distrust) {
        guard status.st_mode & S_IFMT == (isFolder ? S_IFDIR : S_IFREG) else {
            throw Distrust(reason: "\(path) is no \(isFolder ? "folder" : "plain file").")
        }
        guard status.st_uid == 0 || status.st_uid == user else {
            throw Distrust(reason: "\(path) belongs to another than root and the daemon's user.")
        }
        // In a sticky folder nobody moves what is another's.
        guard status.st_mode & 0o022 == 0 || (mayBeSticky && status.st_mode & S_ISVTX != 0) else {
            throw Distrust(reason: "\(path) can be written by others: chmod go-w.")
        }
    }

    /// `key: value` lines; what is unknown or stated twice is refused.
    private func terms(_ bytes: [UInt8], _ path: String) throws(Distrust) -> [String: String] {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Distrust(reason: "\(path) is no text.") }
        var terms: [String: String] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = Self.trimmed(line)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            let key = String(line[..<colon])
            guard colon < line.endIndex, ["audience", "kinds"].contains(key), terms[key] == nil else {
                let forms = "'audience: …' and 'kinds: …', each once"
                throw Distrust(reason: "\(path) line \(index + 1): understood is \(forms).")
            }
            terms[key] = Self.trimmed(line[line.index(after: colon)...])
        }
        return terms
    }

    private static func trimmed(_ text: Substring) -> String {
        let blank: Set<Character> = [" ", "\t", "\r"]
        return String(text.drop { blank.contains($0) }.reversed().drop { blank.contains($0) }.reversed())
    }
}
