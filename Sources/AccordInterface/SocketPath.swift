/// Where the daemon listens.
package enum SocketPath {
    /// The path that the unit `accord.socket` makes.
    package static let standard = "/run/accord/accord.sock"

    /// The environment variable that names another path.
    package static let variable = "ACCORD_SOCKET"

    /// The path to use: what the command line says, else the environment, else the standard one.
    ///
    /// Empty text counts as nothing said.
    package static func chosen(option: String?, environment: String?) -> String {
        for path in [option, environment] {
            if let path, !path.isEmpty { return path }
        }
        return standard
    }
}
