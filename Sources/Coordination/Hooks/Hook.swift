package import Casework
package import Cryptography

#if canImport(Glibc)
import Glibc
#endif

/// An executable that is given events as they happen, as far as its audience may see them.
package struct Hook: Hashable, Sendable {
    /// The name of its file, such as `mail`.
    package let name: String
    package let path: String
    package let audience: Audience
    package let kinds: HookKinds
    /// SHA-256 of the executable: it stands in the record beside whose eyes it has.
    package let digest: Digest
    /// What it was when it was looked at; nil where nothing is looked at again.
    let identity: FileIdentity?

    package init(
        name: String,
        path: String,
        audience: Audience,
        kinds: HookKinds = HookKinds(),
        digest: Digest = .zero,
        identity: FileIdentity? = nil
    ) {
        self.name = name
        self.path = path
        self.audience = audience
        self.kinds = kinds
        self.digest = digest
        self.identity = identity
    }

    /// Whether the file is the one whose digest is on record.
    var isUnchanged: Bool {
        guard let identity else { return true }
        var status = stat()
        return unsafe lstat(path, &status) == 0 && FileIdentity(status) == identity
    }
}

/// Which kinds of events are wanted: `decon.notified`, `decon.*` for all that begin so, `*overdue` for all that end so; none
/// stated is all.
package struct HookKinds: Hashable, Sendable {
    package private(set) var patterns: [String] = []

    package init() {}

    /// Nil unless there are kinds, each with one star at most, joined by commas.
    package init?(_ text: String) {
        let words = text.split(separator: ",").map { $0.filter { $0 != " " } }
        let isProper = words.allSatisfy { word in
            let stem = word.utf8.filter { $0 != UInt8(ascii: "*") }
            return !stem.isEmpty && stem.count + 1 >= word.utf8.count
                && stem.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2E || $0 == 0x5F }
        }
        guard !words.isEmpty, isProper else { return nil }
        patterns = words
    }

    func includes(_ kind: String) -> Bool {
        patterns.isEmpty
            || patterns.contains { pattern in
                let ends = pattern.split(separator: "*", omittingEmptySubsequences: false)
                guard ends.count == 2 else { return kind == pattern }
                return kind.utf8.count >= ends[0].utf8.count + ends[1].utf8.count && kind.hasPrefix(ends[0])
                    && kind.hasSuffix(ends[1])
            }
    }
}

/// A file as it was at a moment: whoever changes it, or puts another in its place, changes one of these.
package struct FileIdentity: Hashable, Sendable {
    private let place: [UInt64]
    private let times: [Int64]

    init(_ status: stat) {
        place = [
            UInt64(status.st_dev), UInt64(status.st_ino), UInt64(status.st_mode), UInt64(status.st_uid),
            UInt64(bitPattern: Int64(status.st_size)),
        ]
        times = [
            Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec), Int64(status.st_ctim.tv_sec),
            Int64(status.st_ctim.tv_nsec),
        ]
    }
}
