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
