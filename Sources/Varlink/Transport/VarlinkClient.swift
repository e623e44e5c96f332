import QueueRuntime
public import StrictJSON

/// A connection to a service, for programs that wait for answers.
///
/// After a timeout or a violation the connection is closed and never used again: which reply belongs to which call would
/// no longer be certain.
public struct VarlinkClient: ~Copyable {
    /// The longest reply that is read, in bytes.
    public static let maximumReplyBytes = 16 << 20

    /// How long each answer may take; nil waits for ever.
    public var timeout: Duration?
    private var socket: ClientSocket
    private var input = InputBuffer()
    private var output: [UInt8] = []
    /// Calls without their last reply, oldest first: whether each may have several.
    private var outstanding: [Bool] = []
    private var firstOutstanding = 0
    private let limits = JSONLimits(maximumBytes: VarlinkClient.maximumReplyBytes, allowsFractions: true)

    /// Connects to a socket file; also through paths that are too long for an address.
    ///
    /// - Parameters:
    ///   - path: of the socket.
    ///   - timeout: how long each answer may take; nil waits for ever.
    /// - Throws: ``ClientFault``.
    public init(path: String, timeout: Duration? = .seconds(45)) throws(ClientFault) {
        self.timeout = timeout
        socket = try ClientSocket(path: path)
    }

    /// Takes over a connected socket, and closes it in the end.
    public init(connected fileDescriptor: Int32, timeout: Duration? = .seconds(45)) {
        self.timeout = timeout
        socket = ClientSocket(connected: fileDescriptor)
    }

    /// The socket, for waiting on several things at once; -1 once closed.
    public var fileDescriptor: Int32 { socket.descriptor }

    /// Closes the connection, which is also how a stream is ended early.
    public mutating func close() {
        socket.close()
        outstanding = []
        firstOutstanding = 0
    }

    // MARK: - Calls

    /// Calls a method and waits for its reply.
    ///
    /// - Parameters:
    ///   - method: the full name.
    ///   - parameters: left out of the message if there are none.
    /// - Returns: the reply's parameters.
    /// - Throws: ``ClientFault``, with `remote` for an error of the service.
    public mutating func call(_ method: String, _ parameters: JSONObject = [:]) throws(ClientFault) -> JSONObject {
        enqueue(method, encodedParameters: parameters.encoded)
        try flush()
        return try result(of: try nextReply())
    }

    /// Calls a method to which the service does not reply.
    ///
    /// - Throws: ``ClientFault``.
    public mutating func callOneway(_ method: String, _ parameters: JSONObject = [:]) throws(ClientFault) {
        CallMessage.write(method: method, encodedParameters: parameters.encoded, flag: "oneway", into: &output)
        try flush()
    }

    /// Calls a method that replies several times.
    ///
    /// - Parameters:
    ///   - method: the full name.
    ///   - parameters: left out of the message if there are none.
    ///   - timeout: how long the next reply may take; nil, the default, waits for ever.
    ///   - each: takes each reply's parameters; false ends the stream and with it the connection.
    /// - Throws: ``ClientFault``, or what `each` throws, after which the connection is closed.
    public mutating func stream(
        _ method: String,
        _ parameters: JSONObject = [:],
        timeout: Duration? = nil,
        each: (JSONObject) throws -> Bool
    ) throws {
        enqueue(method, encodedParameters: parameters.encoded, more: true)
        try flush()
        while true {
            let reply = try nextReply(within: timeout)
            let parameters = try result(of: reply)
            do {
                guard try each(parameters) else {
                    if reply.continues { close() }
                    return
                }
            } catch {
                if reply.continues { close() }
                throw error
            }
            if !reply.continues { return }
        }
    }

    // MARK: - Pipelining

    /// Queues a call; nothing is sent before ``flush()``.
    ///
    /// - Parameters:
    ///   - method: the full name.
    ///   - encodedParameters: the bytes of a JSON object, or nil.
    ///   - more: whether several replies are welcome.
    public mutating func enqueue(_ method: String, encodedParameters: [UInt8]? = nil, more: Bool = false) {
        CallMessage.write(
            method: method,
            encodedParameters: encodedParameters,
            flag: more ? "more" : nil,
            into: &output
        )
        outstanding.append(more)
    }

    /// Sends what was queued; replies that come in meanwhile are kept.
    ///
    /// - Throws: ``ClientFault``.
    public mutating func flush() throws(ClientFault) {
        defer { output.removeAll(keepingCapacity: true) }
        guard socket.descriptor >= 0 else { throw ClientFault(.closed) }
        do {
            try socket.write(output, readingInto: &input, until: deadline(timeout))
        } catch {
            // A service that refuses may have said why before it closed.
            if error.code != .closed { close() }
            if error.code != .closed || outstanding.isEmpty { throw error }
        }
    }

    /// Whether the next reply has come in already, so that ``nextReply()`` would not wait.
    ///
    /// Who keeps many calls under way sends the next ones when it is not: as many at once as replies came in at once.
    public var hasReply: Bool {
        mutating get { (input.nextLength() ?? -1) >= 0 }
    }

    /// Waits for the next reply to the oldest call, an error included.
    ///
    /// - Throws: ``ClientFault``, never with `remote`.
    public mutating func nextReply() throws(ClientFault) -> ClientReply {
        try nextReply(within: timeout)
    }

    /// Waits for the next reply and lends its bytes, without the terminator: for who counts replies of a service that he knows, and
    /// does not pay for reading them.
    ///
    /// That another one follows is taken from the bytes `"continues":true` anywhere in it.
    ///
    /// - Returns: What `body` makes of the bytes, and whether another reply to the same call follows.
    /// - Throws: ``ClientFault``, never with `remote`.
    package mutating func nextReplyBytes<Value>(
        _ body: (UnsafeBufferPointer<UInt8>) -> Value
    ) throws(ClientFault) -> (value: Value, continues: Bool) {
        guard socket.descriptor >= 0 else { throw ClientFault(.closed) }
        do throws(ClientFault) {
            try awaitReply(until: deadline(timeout))
            let found = unsafe input.nextBytes { bytes in
                (unsafe body(bytes), unsafe Self.continues.isIn(bytes))
            }
            guard let (value, continues) = found else { throw ClientFault(.protocolViolation) }
            try noteReply(continues)
            return (value, continues)
        } catch {
            close()
            throw error
        }
    }

    private static let continues = ByteText(#""continues":true"#)

    private mutating func nextReply(within timeout: Duration?) throws(ClientFault) -> ClientReply {
        guard socket.descriptor >= 0 else { throw ClientFault(.closed) }
        do {
            return try receive(until: deadline(timeout))
        } catch {
            close()
            throw error
        }
    }

    private mutating func awaitReply(until deadline: MonotonicTime?) throws(ClientFault) {
        guard firstOutstanding < outstanding.count else {
            throw ClientFault(.protocolViolation, message: "A reply was awaited that nobody asked for.")
        }
        while !hasReply {
            guard input.count <= Self.maximumReplyBytes else { throw ClientFault(.protocolViolation) }
            try socket.read(into: &input, until: deadline)
        }
    }

    private mutating func receive(until deadline: MonotonicTime?) throws(ClientFault) -> ClientReply {
        try awaitReply(until: deadline)
        guard let value = try? input.next(within: limits), let message = try? ReplyMessage(value) else {
            throw ClientFault(.protocolViolation)
        }
        try noteReply(message.continues)
        return ClientReply(parameters: message.parameters, continues: message.continues, error: message.error)
    }

    private mutating func noteReply(_ continues: Bool) throws(ClientFault) {
        guard !continues || outstanding[firstOutstanding] else { throw ClientFault(.protocolViolation) }
        if !continues { endOldestCall() }
        if firstOutstanding == outstanding.count, !input.isEmpty { throw ClientFault(.protocolViolation) }
    }

    private mutating func endOldestCall() {
        firstOutstanding += 1
        guard firstOutstanding >= 64, firstOutstanding * 2 >= outstanding.count else { return }
        outstanding.removeFirst(firstOutstanding)
        firstOutstanding = 0
    }

    private func result(of reply: ClientReply) throws(ClientFault) -> JSONObject {
        if let error = reply.error { throw ClientFault(.remote(error, reply.parameters)) }
        return reply.parameters
    }

    private func deadline(_ timeout: Duration?) -> MonotonicTime? {
        timeout.map { MonotonicTime.now.advanced(by: $0) }
    }
}
