import Logging
import QueueRuntime
import StrictJSON

/// From messages to the handler, and from replies to connections.
extension VarlinkServer {
    /// Answers what the library itself answers; the rest goes to the handler.
    func begin(_ message: CallMessage, _ number: UInt64, _ connection: Connection) {
        switch catalogue.target(of: message.method) {
        case .method(let interface, let method):
            if let path = interface.firstMismatch(of: message.parameters, with: method.input) {
                _ = connection.machine.answer(number, .invalidParameter(path))
                return
            }
            handler.handle(
                Call(
                    id: CallID(connection: connection.id, number: number),
                    interface: interface.name,
                    method: method.name,
                    parameters: message.parameters,
                    wantsMore: message.wantsMore,
                    isOneway: message.isOneway,
                    peer: connection.peer,
                    isAlone: eventsAtHand == 1 && !connection.machine.hasMessage
                )
            )
        case .information(let encoded):
            let undeclared = message.parameters.members.first?.key
            _ = connection.machine.answer(number, undeclared.map { .invalidParameter($0) } ?? .encodedFinal(encoded))
        case .description(let interface):
            _ = connection.machine.answer(number, catalogue.describe(message.parameters, in: interface))
        case .refusal(let reply):
            _ = connection.machine.answer(number, reply)
        }
    }

    func deliver(_ reply: Reply, to call: CallID) {
        guard let connection = connections[call.connection.number] else { return }
        noteMismatch(of: reply, to: call, connection)
        switch connection.machine.answer(call.number, reply) {
        case .ignored: return
        case .goesOn: enqueue(connection)
        case .over: goOn(connection)
        case .refused:
            logger.debug(
                "several replies to a call without 'more'",
                metadata: ["connection": "\(connection.id.number)"]
            )
            goOn(connection)
        case .closes:
            if connection.machine.isHungUp { return close(connection) }
            connection.closesWhenWritten = true
            enqueue(connection)
        }
    }

    private func goOn(_ connection: Connection) {
        if stopping == nil { pump(connection) } else { closeIfIdle(connection) }
    }

    /// In debug builds replies are compared with the interface, so that a wrong one shows in the log of a test run.
    private func noteMismatch(of reply: Reply, to call: CallID, _ connection: Connection) {
        #if DEBUG
        guard let running = connection.machine.running.first(where: { $0.number == call.number }),
            case .method(let interface, let method) = catalogue.target(of: running.method),
            let path = mismatch(of: reply, interface, method)
        else { return }
        logger.error(
            "a reply does not agree with its interface",
            metadata: ["method": "\(interface.name).\(method.name)", "field": "\(path)"]
        )
        #endif
    }

    #if DEBUG
    private func mismatch(of reply: Reply, _ interface: InterfaceDefinition, _ method: MethodDefinition) -> String? {
        switch reply {
        case .final(let parameters), .more(let parameters):
            return interface.firstMismatch(of: parameters, with: method.output)
        case .encodedFinal(let bytes), .encodedMore(let bytes):
            guard let parameters = try? JSONValue(parsing: bytes, limits: .wire).object else {
                return "(not an object)"
            }
            return interface.firstMismatch(of: parameters, with: method.output)
        case .failure(let name, let parameters):
            guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return name }
            let owner = catalogue.interface(String(name[..<dot]))
            guard let owner, let error = owner.error(String(name[name.utf8.index(after: dot)...])) else { return name }
            return owner.firstMismatch(of: parameters, with: error.parameters)
        case .close:
            return nil
        }
    }
    #endif
}
