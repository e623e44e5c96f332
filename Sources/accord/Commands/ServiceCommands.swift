import AccordInterface
import ArgumentParser
import Glibc
import StrictJSON

/// How the daemon is.
struct StatusCommand: ShowVerb {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Show how the daemon is.")
    static let method = Method.Service.getStatus
    @OptionGroup var common: CommonOptions

    func show(_ reply: JSONObject, on page: inout Page) {
        var details = Details()
        details.add("mode", reply.text("mode"), .ofState(reply.text("mode")))
        details.add("version", reply.text("version"))
        details.add("running since", reply.time("startedAt"))
        details.add("process", reply["pid"]?.integer.map(String.init) ?? "")
        details.add("connections", reply["connections"]?.integer.map(String.init) ?? "")
        details.add("lines", reply["size"]?.integer.map(String.init) ?? "")
        details.add("log", reply.text("origin"))
        details.add("log key", reply.text("logKey"))
        if let isWitnessed = reply["isWitnessed"]?.bool {
            details.add("witnessed", isWitnessed ? "yes, by enough" : "not by enough", isWitnessed ? .good : .warning)
            details.add("witnesses", reply.objects("witnesses").map(\.witnessText))
        }
        for warning in reply.texts("warnings") { details.add("warning", warning, .warning) }
        page.lines(details.lines(width: page.terminal.width))
    }
}

extension JSONObject {
    /// A witness, its agency, and what it cosigned last.
    fileprivate var witnessText: String {
        let groups = texts("groups").joined(separator: ", ")
        let size = self["size"]?.integer.map { "\($0) lines at \(time("cosignedAt"))" } ?? "nothing yet"
        return "\(text("name"))\(groups.isEmpty ? "" : " (\(groups))"): \(size)"
    }
}

/// Who the daemon takes the caller for.
struct WhoAmICommand: ShowVerb {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Show as whom the daemon knows you, and your roles."
    )
    static let method = Method.Session.whoAmI
    @OptionGroup var common: CommonOptions

    func show(_ reply: JSONObject, on page: inout Page) {
        guard let member = reply["member"]?.string else {
            page.line("You are not enrolled here: no member has \(reply.text("by")).")
            page.line("Send to your agency's liaison, or to the administrator of Accord:")
            page.line("  your user id on this host: \(getuid())")
            if let fingerprint = common.keyPath.flatMap(KeyProof.fingerprint) {
                page.line("  your public key, with the fingerprint \(fingerprint)")
            } else {
                page.line("  and, if your agency asks for it, your SSH public key (the .pub file)")
            }
            return
        }
        var details = Details()
        details.add("member", member, .bold)
        details.add("agency", reply.text("agency"))
        details.add("known by", reply.text("by"))
        details.add("grants", reply.objects("grants").map(\.grantText))
        if reply["keyRequired"]?.bool == true {
            details.add("key", "your agency asks for an SSH key: give it with --key or in ACCORD_KEY", .warning)
        }
        page.lines(details.lines(width: page.terminal.width))
    }
}

/// Figures for a monitoring system.
struct MetricsCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Print figures for a monitoring system, in the form of OpenMetrics.",
        discussion: """
            For administrators, oversight and the host's root. For node-exporter's textfile collector, each minute:
              accord metrics >accord.prom.new && mv accord.prom.new /var/lib/prometheus/node-exporter/accord.prom
            """
    )

    @OptionGroup var common: CommonOptions

    func perform(on page: inout Page) throws {
        var connection = try Connection.uncompared(common, isAttended: false)
        let reply = try connection.call(.Service.getMetrics)
        guard !common.json else { return page.json(reply) }
        let text = reply.text("text").utf8
        // A terminal obeys what is not printable.
        guard text.allSatisfy({ $0 == 0x0A || (0x20...0x7E).contains($0) }) else {
            throw Failure(
                code: Failure.wireProtocol,
                message: "What the daemon sent are no figures.",
                status: ExitStatus.wireProtocol
            )
        }
        page.bytes(text)
    }
}

/// Whether somebody has to look after the daemon, for a monitoring system.
struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Say in one line, and by the exit status, whether the daemon is well.",
        discussion: """
            As plugins of Nagios and its like do: 0 OK, 1 WARNING (members are served, and something needs looking after), \
            2 CRITICAL (members are not served), 3 UNKNOWN. Needs no enrolment, only the right to open the socket.
            """
    )

    @OptionGroup var common: CommonOptions

    func run() throws {
        let (state, sentence) = Self.judge(Result { try status() })
        var page = Page(.standardOutput)
        if common.json {
            page.json(["state": .string(state.word), "sentence": .string(sentence)])
        } else {
            page.line("ACCORD \(state.word): \(sentence)")
        }
        page.flush()
        throw ExitCode(state.rawValue)
    }

    private func status() throws -> JSONObject {
        var connection = try Connection.uncompared(common, isAttended: false)
        return try connection.call(.Service.getStatus)
    }

    /// The exit statuses of monitoring plugins.
    enum State: Int32 {
        case ok = 0
        case warning = 1
        case critical = 2
        case unknown = 3

        var word: String {
            switch self {
            case .ok: "OK"
            case .warning: "WARNING"
            case .critical: "CRITICAL"
            case .unknown: "UNKNOWN"
            }
        }
    }

    /// What an answer, or its absence, means.
    static func judge(_ answer: Result<JSONObject, any Error>) -> (State, String) {
        switch answer {
        case .success(let status):
            let warnings = status.texts("warnings").joined(separator: " ")
            guard status.text("mode") == "running" else {
                return (.critical, "mode \(status.text("mode")). \(warnings)")
            }
            return warnings.isEmpty ? (.ok, "members are served") : (.warning, warnings)
        case .failure(let failure as Failure):
            let isDown = [ExitStatus.notRunning, ExitStatus.temporary].contains(failure.status)
            return (isDown ? .critical : .unknown, failure.message)
        case .failure(let error): return (.unknown, "\(error)")
        }
    }
}
