import ArgumentParser
import Coordination
import FoundationEssentials

/// `accordd init`.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Makes the keys, the record and its first entry, which names the first administrator.",
        discussion: """
            Everything after that (agencies, agreements, members, roles) is done with 'accord' by the role that may.

            For example:
              accordd init --origin accord.example.org/log1 --agency OPS --agency-name "Operations desk" \\
                --administrator admin.ops --key admin.pub --expires 365d
            """
    )

    @Option(help: ArgumentHelp("Name of the log, a URL without scheme that is yours.", valueName: "name"))
    var origin: String

    @Option(help: ArgumentHelp("The administrator's agency, such as OPS.", valueName: "id"))
    var agency: String

    @Option(help: ArgumentHelp("The agency's name in full.", valueName: "text"))
    var agencyName: String

    @Option(help: ArgumentHelp("The first administrator's role handle, such as admin.ops.", valueName: "id"))
    var administrator: String

    @Option(help: ArgumentHelp("The administrator's numeric user id on this host.", valueName: "number"))
    var uid: [UInt32] = []

    @Option(help: ArgumentHelp("The administrator's SSH public key.", valueName: "file.pub"))
    var key: [String] = []

    @Option(help: ArgumentHelp("End of the administrator's role: in days, such as 365d.", valueName: "days"))
    var expires: String

    @OptionGroup var options: SettingOptions

    func validate() throws {
        guard !uid.isEmpty || !key.isEmpty else {
            throw ValidationError("Name what the administrator proves: --uid, --key or both.")
        }
        guard Self.days(expires) != nil else {
            throw ValidationError("--expires is '\(expires)', but should be a number of days, 1d to 400d (rule P30).")
        }
    }

    func run() throws {
        try reporting {
            if let refusal = Footing.secure() { throw Failure(refusal, advice: "", status: ExitStatus.permission) }
            let effective = try options.load()
            let logKey = try Deployment.initialise(effective.settings, genesis: try genesis(now: .now))
            print("The record of \(origin) is in \(effective.settings.stateFolder).")
            print("Its public key, to be kept by every agency apart from this host:")
            print("  \(logKey)")
            print("Its deployment key, without which no content can be read, to be escrowed apart from every backup:")
            print("  \(try Deployment.deploymentKeyPath(effective.settings))")
            print("Next: accordd run, then as \(administrator): accord agency register …")
        }
    }

    private func genesis(now: Date) throws(Failure) -> Genesis {
        var keys: [String] = []
        for file in key { keys += try Self.publicKeys(file) }
        let end = now.timeIntervalSince1970 + Double(Self.days(expires) ?? 0) * 86_400
        return Genesis(
            origin: origin,
            agency: agency,
            agencyName: agencyName,
            administrator: administrator,
            uids: uid,
            keys: keys,
            expiresAt: Int64(end) * 1_000
        )
    }

    /// A number of days written like `365d`, within what rule P30 grants.
    static func days(_ text: String) -> Int? {
        guard text.last == "d", let days = Int(text.dropLast()), (1...400).contains(days) else { return nil }
        return days
    }

    /// The lines of a `.pub` file.
    private static func publicKeys(_ file: String) throws(Failure) -> [String] {
        guard let data = try? Data(contentsOf: URL(filePath: file)), data.count <= 65_536 else {
            throw Failure("\(file) cannot be read.", advice: "Give a file that exists.", status: ExitStatus.noInput)
        }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
            .filter { !$0.hasPrefix("#") }
        guard !lines.contains(where: { $0.hasPrefix("-----BEGIN") }) else {
            throw Failure(
                "\(file) is a private key, which nobody here may have.",
                advice: "Give the public one: \(file).pub",
                status: ExitStatus.usage
            )
        }
        guard !lines.isEmpty else {
            throw Failure(
                "\(file) holds no key.",
                advice: "Make one with: ssh-keygen -t ed25519",
                status: ExitStatus.noInput
            )
        }
        return lines
    }
}
