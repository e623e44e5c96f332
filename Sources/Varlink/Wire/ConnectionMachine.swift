import StrictJSON

/// One connection of a server without its socket: bytes in, calls and bytes out.
///
/// Calls are begun one after the other, and replies come in the order of the calls. The next call stays in the input until
/// the ones before it are finished, so that a peer that sends ahead costs no more than its buffer; only calls that the
/// handler lets overlap are begun meanwhile, some of them at a time.
struct ConnectionMachine: Sendable {
    enum Phase: Hashable, Sendable {
        /// Calls are taken.
        case open
        /// Nothing more is taken; what is queued is still written.
        case draining
        /// Over.
        case closed
    }

    /// A call that is under way.
    struct Running: Sendable {
        let number: UInt64
        let method: String
        let wantsMore: Bool
        let isOneway: Bool
        /// The next call may begin before this one is over.
        let overlaps: Bool
        let byteCount: Int
        /// Replies were queued, and the handler is to be told once they are written.
        var awaitsDrain = false
        /// Its reply, until the calls before it have theirs.
        var held: Reply?
    }

    /// What to do next.
    enum Step: Sendable {
        /// Begin this call.
        case call(CallMessage, number: UInt64)
        /// Wait for input, for room, or for what runs.
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

    private(set) var phase = Phase.open
    /// The calls that were begun and are not over, in their order.
    private(set) var running: [Running] = []
    private(set) var calls: UInt64 = 0
    var input = InputBuffer()
    var output = OutputBuffer()
    /// True after the peer has closed its sending side.
    private(set) var inputEnded = false
    /// True after the peer has closed both sides: only oneway calls still have a meaning.
    private(set) var isHungUp = false
    private var isCongested = false
    /// What was read from the input and must wait until nothing runs.
    private var postponed: (step: Result<CallMessage, ProtocolViolation>, byteCount: Int)?

    private let limits: ServerLimits
    private let json: JSONLimits

    init(limits: ServerLimits) {
        self.limits = limits
        json = JSONLimits(maximumBytes: limits.messageBytes, maximumDepth: limits.depth, allowsFractions: true)
    }

    /// Whether more input should be read: not while a whole message waits for its turn.
    var wantsInput: Bool {
        mutating get { phase == .open && !inputEnded && !hasMessage }
    }

    /// Whether a whole message waits for its turn.
    var hasMessage: Bool {
        mutating get { postponed != nil || input.nextLength() != nil }
    }

    /// Whether the peer has begun a message and we wait for its end.
    var isMessageUnfinished: Bool {
        mutating get { phase != .draining && !input.isEmpty && !hasMessage }
    }

    /// The peer will send no more; what it sent whole is still answered.
    mutating func endInput() {
        inputEnded = true
    }

    /// The peer is gone: replies have no reader.
    mutating func hangUp() {
        isHungUp = true
        output.removeAll()
        if phase == .draining || running.contains(where: { !$0.isOneway }) { close() }
    }

    mutating func close() {
        phase = .closed
        running = []
        postponed = nil
        input.removeAll()
        output.removeAll()
    }

    /// Takes nothing more; what is queued is still written.
    mutating func beginDraining() {
        phase = .draining
        running = []
        postponed = nil
        input.removeAll()
    }

    /// Begins what can be begun; to be called until it says wait, finished or violation.
    ///
    /// - Parameter overlaps: whether a call may run beside others of its kind.
    /// - Returns: what to do next.
    mutating func next(_ overlaps: (CallMessage) -> Bool = { _ in false }) -> Step {
        guard phase == .open, !isOutputCongested, hasRoom else { return .wait }
        guard let (step, byteCount) = postponed ?? take() else {
            return inputEnded && running.isEmpty ? .finished : .wait
        }
        postponed = nil
        switch step {
        case .failure(let violation):
            guard running.isEmpty else { break }
            return .violation(violation)
        case .success(let message):
            let mayOverlap = !message.wantsMore && !message.isOneway && overlaps(message)
            guard running.isEmpty || mayOverlap else { break }
            if isHungUp, !message.isOneway { return .finished }
            calls += 1
            running.append(
                Running(
                    number: calls,
                    method: message.method,
                    wantsMore: message.wantsMore,
                    isOneway: message.isOneway,
                    overlaps: mayOverlap,
                    byteCount: byteCount
                )
            )
            return .call(message, number: calls)
        }
        postponed = (step, byteCount)
        return .wait
    }

    /// Whether another call might be begun: nothing runs, or what runs lets others begin and is not too much.
    private var hasRoom: Bool {
        guard let last = running.last else { return true }
        return last.overlaps && running.count < limits.callsAtOnce
            && running.reduce(0, { $0 + $1.byteCount }) < limits.bytesAtOnce
    }

    /// The next message of the input; nil if none is whole.
    private mutating func take() -> (step: Result<CallMessage, ProtocolViolation>, byteCount: Int)? {
        let byteCount = input.nextLength()
        do {
            // The length is looked at before the message is read, so that no long one is.
            guard (byteCount ?? input.count) < limits.messageBytes else { throw ProtocolViolation(.size) }
            guard let byteCount, let value = try input.next(within: json) else { return nil }
            return (.success(try CallMessage(value)), byteCount)
        } catch let violation as ProtocolViolation {
            return (.failure(violation), 0)
        } catch {
            return (.failure(ProtocolViolation(.json)), 0)
        }
    }

    /// Queues a reply to a call that runs; if calls before it have none yet, it is held until they have.
    ///
    /// - Returns: what came of it, and of those that were held for it.
    mutating func answer(_ number: UInt64, _ reply: Reply) -> Outcome {
        guard let place = running.firstIndex(where: { $0.number == number }), running[place].held == nil else {
            return .ignored
        }
        guard place == 0 else {
            running[place].held = reply
            return .goesOn
        }
        var outcome = answerFirst(reply)
        while outcome == .over || outcome == .refused, let held = running.first?.held { outcome = answerFirst(held) }
        return outcome
    }

    private mutating func answerFirst(_ reply: Reply) -> Outcome {
        let isSilent = running[0].isOneway || isHungUp
        switch reply {
        case .more, .encodedMore:
            if isSilent { return .goesOn }
            guard running[0].wantsMore else {
                ReplyMessage.write(error: StandardError.expectedMore, [:], into: &output.bytes)
                running.removeFirst()
                return .refused
            }
            write(reply)
            running[0].awaitsDrain = true
            return .goesOn
        case .final, .encodedFinal, .failure:
            if !isSilent { write(reply) }
            running.removeFirst()
            return .over
        case .close:
            beginDraining()
            return .closes
        }
    }

    /// Whether the running call's handler is to be told that its replies were taken; asked after writing.
    ///
    /// - Returns: the call, if so.
    mutating func takesDrain() -> UInt64? {
        guard let first = running.first, first.awaitsDrain, output.count <= limits.lowWater else { return nil }
        running[0].awaitsDrain = false
        return first.number
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
