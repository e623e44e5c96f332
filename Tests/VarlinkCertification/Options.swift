/// What the command line says.
struct Options {
    static let usage = """
        usage: varlink-certification --interface FILE [--varlink=unix:PATH]
               varlink-certification --client --varlink=unix:PATH

        Serves org.varlink.certification, whose text is read from FILE, at PATH or on the sockets of LISTEN_FDS;
        or takes the certification as a client.

        """

    var isClient = false
    var path: String?
    var interface: String?

    /// Nil if the arguments make no sense.
    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1).map { String($0) }
            guard let name = parts.first else { return nil }
            if name == "--client" {
                isClient = true
                continue
            }
            guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else { return nil }
            switch name {
            case "--varlink":
                guard value.hasPrefix("unix:") else { return nil }
                // What follows a semicolon is a property for whoever knows it.
                path = String(value.dropFirst("unix:".count).prefix { $0 != ";" })
            case "--interface": interface = value
            default: return nil
            }
        }
        guard isClient ? path != nil : interface != nil else { return nil }
    }
}
