import Cryptography

/// Which case of a log this user signed for under which name: what is signed names a case by an identifier that no user types, and
/// only the daemon says whose it is. So it says the same each time.
extension PinStore {
    /// Keeps which case a name stood for.
    ///
    /// - Parameters:
    ///   - name: as the user typed it.
    ///   - key: the case's identifier in the record, as a statement has it.
    ///   - log: the name of the log.
    /// - Returns: False if it stood for another before.
    /// - Throws: A ``Failure`` if it cannot be kept.
    func keeps(case name: String, as key: String, in log: String) throws(Failure) -> Bool {
        let path = "\(folder)/cases/\(Digest.sha256(Array("\(log)\n\(name)".utf8)).hex)"
        let line = Array("\(key)\n".utf8)
        if let kept = try StateHome.read(path) { return kept == line }
        try StateHome.makeFolder("\(folder)/cases")
        try StateHome.replace(path, with: line)
        return true
    }
}
