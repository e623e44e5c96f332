import ArgumentParser

/// `accordd run`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Serves members until TERM or INT. (default)",
        discussion: "HUP reads the configuration again, takes what can change while serving and logs what cannot."
    )

    @Option(
        help: ArgumentHelp(
            "A checkpoint that a witness holds: a record that is behind it is not served. May be given more than once.",
            valueName: "file"
        )
    )
    var witnessed: [String] = []

    @OptionGroup var options: SettingOptions

    func run() throws {
        try reporting {
            try Service(options: options, witnessed: witnessed).run()
        }
    }
}
