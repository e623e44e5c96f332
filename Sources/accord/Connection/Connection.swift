import AccordInterface
import StrictJSON
import TransparencyLog
import Varlink

/// A conversation with the daemon, as the member whose key was proved, else as this user id.
struct Connection: ~Copyable {
    private var client: VarlinkClient
    private let place: DaemonPlace
    /// How long the next answer of a list may take, where a command does not say it itself.
    private var patience: Duration = .seconds(60)
    /// The daemon's newest checkpoint, proved to have grown out of the one that this user saw last.
    private(set) var saw: Checkpoint?
    /// Whether the daemon would not prove its history, although there is something to compare it with.
    var isHistoryRefused = false
    /// Who was proved on it: the fingerprint, and the domain of the deployment that the proof was made for.
    private var proved: (fingerprint: String, domain: String)?
    /// Where it is kept which case a name stood for; nil where nothing is kept.
    private var cases: PinStore?

    /// Connects, proves the key if one is given, and compares the record with what this user saw last.
    static func open(_ options: CommonOptions) throws(Failure) -> Connection {
        var connection = try uncompared(options)
        if options.noPin {
            History.say(["accord: the record is not compared with what you saw before (--no-pin)."])
        } else {
            connection.saw = try connection.compareHistory(options)
        }
        return connection
    }

    /// Connects and proves the key, and compares nothing: for whoever looks at an alarm, and for programs that watch the daemon,
    /// which nobody attends.
    static func uncompared(_ options: CommonOptions, isAttended: Bool = true) throws(Failure) -> Connection {
        let place = try options.place
        var connection = Connection(client: try place.connect(isAttended: isAttended), place: place)
        if let seconds = options.timeout {
            connection.patience = .seconds(seconds)
            connection.client.timeout = .seconds(seconds)
        }
        if let key = options.keyPath {
            let store = try? PinStore(place: place)
            connection.cases = options.noPin ? nil : store
            try connection.prove(key, connection.cases)
        }
        return connection
    }

    private init(client: consuming VarlinkClient, place: DaemonPlace) {
        self.client = client
        self.place = place
    }

    /// One answer.
    mutating func call(_ method: Method, _ parameters: JSONObject = [:]) throws(Failure) -> JSONObject {
        let reply: JSONObject
        do {
            reply = try client.call(method.name, parameters)
        } catch {
            throw Failure(error, at: place)
        }
        if isHistoryRefused, !History.answeredToAll.contains(method) { throw History.refusedYetServed }
        return reply
    }

    /// Answers one after the other, until the last or until the body returns false; each may take as long as patience.
    mutating func stream(
        _ method: Method,
        _ parameters: JSONObject = [:],
        patience: Duration? = nil,
        each body: (JSONObject) throws -> Bool
    ) throws {
        let isRefused = isHistoryRefused
        do {
            try client.stream(method.name, parameters, timeout: patience ?? self.patience) { reply in
                if isRefused { throw History.refusedYetServed }
                return try body(reply)
            }
        } catch let fault as ClientFault {
            throw Failure(fault, at: place)
        }
    }

    /// Has the daemon's challenge signed and shows the signature; for the log that answered here before, or that is known by its name.
    private mutating func prove(_ key: String, _ store: PinStore?) throws(Failure) {
        let challenge = try call(.Session.challenge)
        if let store, let logKey = challenge["logKey"]?.string, let pin = try store.contradicted(by: logKey) {
            // What it shows stands in the evidence, as far as it shows anything to somebody whom it does not know.
            let shown = (try? call(.Audit.proveConsistency, History.question(pin)))?.text("note") ?? ""
            throw History.replaced(pin, by: logKey, showing: shown, store)
        }
        let pinned = try store?.origin()
        guard History.isProof(for: challenge.text("namespace"), pinned: pinned) else { throw History.foreignChallenge }
        let signature = try KeyProof.signature(
            over: challenge.text("message"),
            namespace: challenge.text("namespace"),
            key: key
        )
        let who = try call(.Session.prove, ["signature": .string(signature)])
        let domain = challenge.text("namespace").split(separator: "@", maxSplits: 1).last.map(String.init) ?? ""
        proved = (who.text("fingerprint"), domain)
    }

    /// What a statement calls the case has to be what it called it before under this name.
    private func compare(case name: String, in statement: String) throws(Failure) {
        guard let cases, let said = (try? JSONValue(parsing: Array(statement.utf8), limits: .record))?.object,
            let isSame = try? cases.keeps(case: name, as: said.text("case"), in: said.text("log"))
        else { return }
        guard isSame else {
            throw ShownStatement.differs("its case is another than the one that you signed for as \(name) before")
        }
    }

    /// Others may be faster between showing and recording; then it is shown again, so many times at most.
    private static let attempts = 5

    /// Does an act as the owner of a key: signed if that is wished or policy asks for it.
    ///
    /// The daemon shows what it would record, which is compared with what is asked for; then `ssh-keygen` signs it.
    mutating func act(
        _ method: Method,
        _ parameters: JSONObject,
        signing: Bool,
        key: String
    ) throws(Failure) -> JSONObject {
        var attempt = 1
        while true {
            let asked: JSONObject = ["method": .string(method.name), "parameters": .object(parameters)]
            let shown = try call(.Session.prepare, asked)
            guard shown["receipt"]?.object == nil else { return shown }
            guard signing || shown["required"]?.bool == true else { return try call(method, parameters) }
            let (statement, namespace) = try ShownStatement.checked(
                shown,
                for: method,
                parameters,
                fingerprint: proved?.fingerprint ?? "",
                domain: proved?.domain ?? ""
            )
            if let name = parameters["case"]?.string { try compare(case: name, in: statement) }
            let signature = try KeyProof.signature(over: statement, namespace: namespace, key: key)
            var signed = parameters
            var context = parameters["context"]?.object ?? [:]
            context["signature"] = .string(signature)
            signed["context"] = .object(context)
            do {
                return try call(method, signed)
            } catch {
                guard error.code == "E-RESIGN", attempt < Self.attempts else { throw error }
                attempt += 1
            }
        }
    }
}
