import Foundation

/// A folder of its own for the floor's files, so that nothing of the user's can be in their way.
struct ScratchFolder {
    let path: String
    /// The kind of file system, in words.
    let fileSystem: String

    init(in folder: String) throws {
        path = "\(folder)/accord-load-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        fileSystem = Self.kind(of: path)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// The kind that the mount table has for the deepest mount point above the folder (proc_pid_mounts(5)).
    private static func kind(of path: String) -> String {
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let table = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8) else { return "unknown" }
        var best: (point: Substring, kind: Substring) = ("", "unknown")
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2, fields[1].utf8.count >= best.point.utf8.count else { continue }
            let point = fields[1]
            if point == "/" || real == point || real.hasPrefix(point + "/") { best = (point, fields[2]) }
        }
        return best.kind == "tmpfs" ? "tmpfs: memory, so nothing below is a floor" : String(best.kind)
    }
}
