import AccordInterface
import ArgumentParser
import StrictJSON

/// A command that speaks with the daemon: what differs from verb to verb is declared, the rest is written once here.
protocol Verb: ParsableCommand {
    var common: CommonOptions { get }
    /// Does it and prints on the page.
    func perform(on page: inout Page) throws
}

extension Verb {
    func run() throws { try common.reporting { try perform(on: &$0) } }
}

/// A verb that changes something: parameters go out with their context, a receipt comes back.
protocol WriteVerb: Verb {
    static var method: Method { get }
    var act: ActOptions { get }
    /// The parameters without the context.
    func parameters() throws -> JSONObject
}

extension WriteVerb {
    var common: CommonOptions { act.common }

    func perform(on page: inout Page) throws {
        try act.perform(Self.method, try parameters(), on: &page)
    }
}

/// What names the item that a command is about.
protocol ItemArgument: ParsableArguments {
    /// The parameters that name it.
    var names: JSONObject { get }
}

extension ItemArgument {
    /// The parameters that name it, and others.
    func json(_ others: JSONObject = [:]) -> JSONObject {
        var parameters = names
        for (key, value) in others.members { parameters[key] = value }
        return parameters
    }
}

/// A verb that says nothing but of which item it is.
protocol ItemVerb: WriteVerb {
    associatedtype Item: ItemArgument
    var item: Item { get }
}

extension ItemVerb {
    func parameters() throws -> JSONObject { item.json() }
}

/// A verb that says of which item it is, and why.
protocol ReasonedVerb: ItemVerb {
    var reason: ReasonOption { get }
}

extension ReasonedVerb {
    func parameters() throws -> JSONObject { item.json(["reason": try reason.json()]) }
}

extension ActOptions {
    /// Sends an act and prints its receipt.
    ///
    /// An answer that is lost is asked for once more under the same request id, which is safe: the daemon records a
    /// request once.
    func perform(_ method: Method, _ parameters: JSONObject, on page: inout Page) throws(Failure) {
        _ = try send(method, parameters, on: &page)
    }

    /// The same; what else the answer says is for the caller to print.
    func send(_ method: Method, _ parameters: JSONObject, on page: inout Page) throws(Failure) -> JSONObject {
        let id = request ?? RequestID.new()
        var parameters = parameters
        parameters["context"] = .object(context(id, at: Clock.microseconds))
        let reply: JSONObject
        do {
            reply = try attempt(method, parameters)
        } catch {
            guard error.isLost else { throw error }
            do {
                reply = try attempt(method, parameters)
            } catch {
                guard error.isLost || error.code == Failure.notRunning || error.code == Failure.unavailable else {
                    throw error
                }
                throw error.withOutcomeUnknown(id)
            }
        }
        if common.json {
            page.json(reply)
        } else {
            page.line(Receipt.line(reply["receipt"]?.object ?? [:]))
        }
        return reply
    }

    private func attempt(_ method: Method, _ parameters: JSONObject) throws(Failure) -> JSONObject {
        guard common.keyPath != nil || !signs else {
            throw Failure(
                code: Failure.key,
                message: "To sign takes a key.",
                ask: "Give it with --key or in ACCORD_KEY.",
                status: ExitStatus.noInput
            )
        }
        var connection = try Connection.open(common)
        var parameters = parameters
        connection.stateHistory(in: &parameters)
        guard let key = common.keyPath else { return try connection.call(method, parameters) }
        return try connection.act(method, parameters, signing: signs, key: key)
    }

    /// The context of an act.
    func context(_ id: RequestID, at time: Int64) -> JSONObject {
        var context = read.context ?? [:]
        context["request"] = .string(id.hex)
        context["expectedPosition"] = expect.map(JSONValue.integer)
        context["at"] = .integer(time)
        return context
    }
}

extension ReadOptions {
    /// The context of a reading, if there is anything to say.
    var context: JSONObject? { purpose.map { ["purpose": .string($0)] } }

    /// Parameters with the context, if there is one.
    func parameters(_ parameters: JSONObject) -> JSONObject {
        var parameters = parameters
        parameters["context"] = context.map(JSONValue.object)
        return parameters
    }
}

extension Failure {
    /// Says that the act may be on the record, and how to find out without doing it twice.
    func withOutcomeUnknown(_ id: RequestID) -> Failure {
        var failure = self
        failure.message += " It is not known whether the act was recorded."
        failure.ask = "Repeat the same command with --request \(id.hex): it is recorded once at most."
        return failure
    }
}

/// A verb that lists: one reply is one row.
protocol ListVerb: Verb {
    static var method: Method { get }
    /// The member of each reply that holds the object; a reply without it is the last.
    static var member: String { get }
    static var columns: [Column] { get }
    /// What is said where there is nothing.
    static var nothing: String { get }
    /// Lines to stand below a row, not cut; such as commands to be copied.
    static func remarks(_ object: JSONObject) -> [Shown]
    func parameters() throws -> JSONObject
}

extension ListVerb {
    static func remarks(_ object: JSONObject) -> [Shown] { [] }

    func parameters() throws -> JSONObject { [:] }

    func perform(on page: inout Page) throws {
        var connection = try Connection.open(common)
        var listing = Listing(columns: Self.columns, remarks: Self.remarks)
        let isJSON = common.json
        try connection.stream(Self.method, try parameters()) { reply in
            guard let object = reply[Self.member]?.object else { return true }
            if isJSON { page.json(reply) } else { listing.add(object, to: &page) }
            return true
        }
        if !isJSON { listing.end(on: &page, nothing: Self.nothing) }
    }
}

/// A verb that shows one thing.
protocol ShowVerb: Verb {
    static var method: Method { get }
    func parameters() throws -> JSONObject
    /// Prints the reply for people.
    func show(_ reply: JSONObject, on page: inout Page)
}

extension ShowVerb {
    func parameters() throws -> JSONObject { [:] }

    func perform(on page: inout Page) throws {
        var connection = try Connection.open(common)
        let reply = try connection.call(Self.method, try parameters())
        if common.json { page.json(reply) } else { show(reply, on: &page) }
    }
}
