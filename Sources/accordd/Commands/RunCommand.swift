import ArgumentParser

/// `accordd run`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Serves members until TERM or INT. (default)",
        discussion: "HUP reads the configuration again, takes what can change while serving and logs what cannot."
    )

    @OptionGroup var options: SettingOptions

    func run() throws {
        try reporting {
            try Service(options: options).run()
        }
    }
}
