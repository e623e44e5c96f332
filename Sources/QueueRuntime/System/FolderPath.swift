/// The folder in which a path's last part lies.
enum FolderPath {
    /// `/run/accord` for `/run/accord/accord.sock`, `.` for a bare name.
    static func containing(_ path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }
}
