import ArgumentParser
import Coordination
import Cryptography
import Glibc
import TransparencyLog

/// `accordd check-config`.
struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Prints the settings in force and where each came from."
    )

    @OptionGroup var options: SettingOptions

    func run() throws {
        try reporting {
            let effective = try options.load()
            try effective.settings.checkRouting()
            if let policy = effective.settings.witnessPolicy { _ = try WitnessPolicy(file: policy, logKey: nil) }
            let texts = Setting.table.map { $0.text(effective.settings) }
            let keyWidth = Setting.table.map(\.key.count).max() ?? 0
            let textWidth = texts.map(\.count).max() ?? 0
            for ((setting, text), origin) in zip(zip(Setting.table, texts), effective.origins) {
                print(padded(setting.key, keyWidth), padded(text, textWidth), origin, separator: "  ")
            }
            for notice in effective.notices { print("notice: \(notice)") }
            if let folder = effective.settings.hookFolder {
                try check(HookFolder(folder, for: daemonsUser(effective.settings)))
            }
        }
    }

    /// Root looks at what another user will run: whoever owns the record, once there is one.
    private func daemonsUser(_ settings: DaemonSettings) -> uid_t {
        var status = stat()
        guard geteuid() == 0, unsafe stat(settings.stateFolder, &status) == 0 else { return geteuid() }
        return status.st_uid
    }

    /// Prints which hooks are run, for whom; what is refused ends the command.
    private func check(_ folder: HookFolder) throws {
        for hook in folder.hooks {
            let kinds = hook.kinds.patterns.isEmpty ? "everything" : hook.kinds.patterns.joined(separator: ", ")
            print("hook \(hook.name): for \(hook.audience), of \(kinds), sha256:\(hook.digest.hex)")
        }
        guard !folder.faults.isEmpty else { return }
        throw Failure(
            folder.faults.joined(separator: "\n"),
            advice: "The daemon serves without them. Mend them, and restart it.",
            status: ExitStatus.configuration
        )
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
