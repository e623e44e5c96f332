import Glibc
import Varlink

/// Where the daemon is.
enum DaemonPlace: Equatable {
    /// At a socket of this host.
    case socket(String)
    /// Behind an account on its host, which reaches that socket and nothing else.
    case account(SSHAccount)

    /// What it is called in messages, and in what this user keeps of it.
    var name: String {
        switch self {
        case .socket(let path): path
        case .account(let account): account.url
        }
    }

    var isRemote: Bool {
        if case .account = self { true } else { false }
    }

    /// How long a login may take, its questions included, and with it the first answer.
    private static let loginPatience: Duration = .seconds(120)

    /// Connects, and logs in where that is needed.
    ///
    /// - Parameter isAttended: Whether somebody is there to answer what a login may ask.
    /// - Returns: A client of the daemon.
    /// - Throws: A ``Failure`` if nothing answers there.
    func connect(isAttended: Bool = true) throws(Failure) -> VarlinkClient {
        switch self {
        case .socket(let path):
            do {
                return try VarlinkClient(path: path)
            } catch {
                throw Failure(error, at: self)
            }
        case .account(let account):
            return VarlinkClient(connected: try account.connect(isAttended: isAttended), timeout: Self.loginPatience)
        }
    }
}

/// An account on the daemon's host whose login is `accord bridge`.
///
/// The daemon knows it as it knows any other: by the user id of the process at its socket. `ssh` proves who may use the
/// account, so that its keys, agents and cards serve; nothing of the network is in this program.
struct SSHAccount: Equatable {
    /// `ssh://ACCOUNT@HOST:PORT`, as ssh(1) takes it; account and port may be left out.
    let url: String

    /// - Throws: A ``Failure`` unless the text is such an address: what ssh would take for an option is none.
    init(url: String) throws(Failure) {
        let rest = url.dropFirst("ssh://".count)
        guard url.hasPrefix("ssh://"), let first = rest.utf8.first, first != UInt8(ascii: "-"),
            rest.utf8.allSatisfy(Self.isPlain), !rest.hasSuffix("@"), !rest.contains("@-")
        else {
            throw .input(
                "“\(url)” is no account on a host.",
                ask: "Write ssh://ACCOUNT@HOST or ssh://ACCOUNT@HOST:PORT."
            )
        }
        self.url = url
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._@:[]".utf8.contains(byte)
        }
    }

    /// What is started: no terminal, no agent, no display, no forwarding; a line that is dead is noticed within a minute.
    ///
    /// - Parameter isAttended: Whether somebody is there to answer: else ssh asks for nothing and says that it could not log in.
    /// - Returns: The words of the command.
    func command(isAttended: Bool = true) -> [String] {
        ["ssh", "-T", "-a", "-x", "-e", "none", "-o", "ClearAllForwardings=yes", "-o", "ServerAliveInterval=15"]
            + (isAttended ? [] : ["-o", "BatchMode=yes"]) + ["--", url, "accord bridge"]
    }

    /// Logs in.
    ///
    /// - Returns: A descriptor of the line.
    func connect(isAttended: Bool) throws(Failure) -> Int32 {
        // Those of earlier lines that have ended, so that none stays behind while a watch goes on for weeks.
        while waitpid(-1, nil, WNOHANG) > 0 {}
        return try Subprocess.connected(command(isAttended: isAttended))
    }
}
