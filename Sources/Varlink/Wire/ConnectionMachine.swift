import StrictJSON

/// One connection of a server without its socket: bytes in, calls and bytes out.
///
/// One call runs at a time. Further ones stay in the input until it is finished, so that replies come in the order of the
/// calls and a peer that sends ahead costs no more than its buffer.
struct ConnectionMachine: Sendable {
    enum Phase: Hashable, Sendable {
        /// No call runs.
        case reading
        /// A call runs and has no reply yet.
        case running
        /// A call runs and has had replies.
        case streaming
        /// Nothing more is taken; what is queued is still written.
        case draining
        /// Over.
        case closed
    }

    /// The call that runs.
    struct Running: Sendable {
        let number: UInt64
        let method: String
        let wantsMore: Bool
        let isOneway: Bool
        /// Replies were queued, and the handler is to be told once they are written.
        var awaitsDrain = false
    }

    /// What to do next.
    enum Step: Sendable {
        /// Begin this call.
        case call(CallMessage, number: UInt64)
        /// Wait for input, for room, or for the running call.
        case wait
        /// Write what is queued and close: the peer broke the protocol.
        case violation(ProtocolViolation)
        /// Write what is queued and close: the peer has sent all it will.
        case finished
    }

    /// What came of a reply.
    enum Outcome: Hashable, Sendable {
        /// There is no such call any more.
        case ignored
        /// The call goes on.
        case goesOn
        /// The call is over, the next one may begin.
        case over
        /// The handler streams although the peer did not ask for it; the call is over.
        case refused
        /// The connection is to be closed once everything is written.
        case closes
    }

    private(set) var phase = Phase.reading
    private(set) var running: Running?
    private(set) var calls: UInt64 = 0
    var input = InputBuffer()
    var output = OutputBuffer()
    /// True after the peer has closed its sending side.
    private(set) var inputEnded = false
    /// True after the peer has closed both sides: only oneway calls still have a meaning.
    private(set) var isHungUp = false
    private var isCongested = false

    private let limits: ServerLimits
    private let json: JSONLimits

    init(limits: ServerLimits) {
        self.limits = limits
        json = JSONLimits(maximumBytes: limits.messageBytes, maximumDepth: limits.depth, allowsFractions: true)
    }

    /// Whether more input should be read: not while a whole message waits for its turn.
    var wantsInput: Bool {
        mutating get {
            switch phase {
            case .reading, .running, .streaming: !inputEnded && input.nextLength() == nil
            case .draining, .closed: false
            }
        }
    }

    /// Whether the peer has begun a message and we wait for its end.
    var isMessageUnfinished: Bool {
        mutating get { phase != .draining && !input.isEmpty && input.nextLength() == nil }
    }

    /// The peer will send no more; what it sent whole is still answered.
    mutating func endInput() {
        inputEnded = true
    }

    /// The peer is gone: replies have no reader.
    mutating func hangUp() {
        isHungUp = true
        output.removeAll()
        if phase == .draining || running.map({ !$0.isOneway }) == true { close() }
    }

    mutating func close() {
        phase = .closed
        running = nil
        input.removeAll()
        output.removeAll()
    }

    /// Takes nothing more; what is queued is still written.
    mutating func beginDraining() {
        phase = .draining
        running = nil
        input.removeAll()
    }

    /// What to do next; to be called until it says wait, finished or violation.
    mutating func next() -> Step {
        guard phase == .reading, !isOutputCongested else { return .wait }
        do {
            // The length is looked at before the message is read, so that no long one is.
            guard (input.nextLength() ?? input.count) < limits.messageBytes else { throw ProtocolViolation(.size) }
            guard let value = try input.next(within: json) else { return inputEnded ? .finished : .wait }
            let message = try CallMessage(value)
            if isHungUp, !message.isOneway { return .finished }
            calls += 1
            running = Running(
                number: calls,
                method: message.method,
                wantsMore: message.wantsMore,
                isOneway: message.isOneway
            )
            phase = .running
            return .call(message, number: calls)
        } catch let violation as ProtocolViolation {
            return .violation(violation)
        } catch {
            return .violation(ProtocolViolation(.json))
        }
    }

    /// Queues a reply to the running call.
    mutating func answer(_ number: UInt64, _ reply: Reply) -> Outcome {
        guard let call = running, call.number == number else { return .ignored }
        let isSilent = call.isOneway || isHungUp
        switch reply {
        case .more, .encodedMore:
            if isSilent { return .goesOn }
            guard call.wantsMore else {
                ReplyMessage.write(error: StandardError.expectedMore, [:], into: &output.bytes)
                endCall()
                return .refused
            }
            write(reply)
            phase = .streaming
            running?.awaitsDrain = true
            return .goesOn
        case .final, .encodedFinal, .failure:
            if !isSilent { write(reply) }
            endCall()
            return .over
        case .close:
            beginDraining()
            return .closes
        }
    }

    /// Whether the running call's handler is to be told that its replies were taken; asked after writing.
    mutating func takesDrain() -> Bool {
        guard running?.awaitsDrain == true, output.count <= limits.lowWater else { return false }
        running?.awaitsDrain = false
        return true
    }

    private mutating func endCall() {
        running = nil
        phase = .reading
    }

    private mutating func write(_ reply: Reply) {
        switch reply {
        case .final(let parameters): ReplyMessage.write(parameters, continues: false, into: &output.bytes)
        case .more(let parameters): ReplyMessage.write(parameters, continues: true, into: &output.bytes)
        case .failure(let name, let parameters): ReplyMessage.write(error: name, parameters, into: &output.bytes)
        case .encodedFinal(let bytes): ReplyMessage.write(encoded: bytes, continues: false, into: &output.bytes)
        case .encodedMore(let bytes): ReplyMessage.write(encoded: bytes, continues: true, into: &output.bytes)
        case .close: break
        }
    }

    /// Above high water no call is begun until low water is reached.
    private var isOutputCongested: Bool {
        mutating get {
            isCongested = output.count >= (isCongested ? limits.lowWater : limits.highWater)
            return isCongested
        }
    }
}
