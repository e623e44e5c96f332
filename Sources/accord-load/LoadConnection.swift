import AccordInterface
import Cryptography
import StrictJSON
import TransparencyLog
import Varlink

/// One connection of a load: it keeps as many updates under way as the plan says, and notes each answer.
struct LoadConnection: ~Copyable {
    private var client: VarlinkClient
    private let plan: LoadPlan
    private let number: Int
    private let share: Int
    /// What signs each update, if something does.
    private let signer: Signer?
    private var result = Result()
    /// When the updates that have no answer yet were sent, in order, as a ring.
    private var sent: [ContinuousClock.Instant] = []
    private var chance = LoadRequest.Chance()

    /// What came of a connection.
    struct Result: Sendable {
        var latencies = LatencyHistogram()
        /// Positions of the receipts, in the order of the calls.
        var positions: [Int64] = []
        /// Receipts that say that nothing was added.
        var duplicates = 0
        /// Answers that were errors or no receipts.
        var failures = 0
        /// The first of them, or what ended the connection.
        var firstFailure: String?
        /// When the last answer came.
        var end: ContinuousClock.Instant?
    }

    /// Connects, and proves the key of who signs.
    init(_ plan: LoadPlan, number: Int) throws {
        (self.plan, self.number) = (plan, number)
        share = plan.share(of: number)
        var client = try VarlinkClient(path: plan.socket, timeout: .seconds(120))
        signer = try plan.author.map { try Signer($0, on: &client) }
        self.client = client
    }

    /// Makes all updates of its share; ends early at the first that fails.
    consuming func run() -> Result {
        do {
            if let signer { try exchange(signedBy: signer) } else { try exchange() }
        } catch {
            result.firstFailure = result.firstFailure ?? "\(error)"
            result.failures += 1
        }
        return result
    }

    private mutating func exchange() throws(ClientFault) {
        let width = min(plan.depth, share)
        guard width > 0 else { return }
        for _ in 0..<width { enqueue() }
        let start = ContinuousClock.now
        sent = Array(repeating: start, count: width)
        try client.flush()
        var begun = width
        var answered = 0
        while answered < begun {
            let answer = try unsafe client.nextReplyBytes { unsafe Answer($0) }.value
            let now = ContinuousClock.now
            take(answer, after: now - sent[answered % width])
            result.end = now
            // Each answer makes room for one more, in the very place of the ring that it leaves.
            if begun < share, result.failures == 0 {
                enqueue()
                sent[answered % width] = now
                begun += 1
            }
            answered += 1
            // What several answers in one piece make room for is sent in one piece.
            if !client.hasReply { try client.flush() }
        }
    }

    /// Has each update shown, signs what is shown, and records it: an author has one at a time.
    private mutating func exchange(signedBy signer: Signer) throws {
        for _ in 0..<share where result.failures == 0 {
            let request = LoadRequest.new(using: &chance)
            let start = ContinuousClock.now
            client.enqueue(Method.Session.prepare.name, encodedParameters: plan.preparation(request, of: number))
            try client.flush()
            let shown = try client.nextReply()
            guard let statement = shown.parameters["statement"]?.string else {
                result.failures += 1
                result.firstFailure = shown.error ?? "no statement"
                return
            }
            let signed = plan.parameters(request, of: number, signature: try signer.sign(statement))
            client.enqueue(Method.Entry.record.name, encodedParameters: signed)
            try client.flush()
            let answer = try unsafe client.nextReplyBytes { unsafe Answer($0) }.value
            let now = ContinuousClock.now
            take(answer, after: now - start)
            result.end = now
        }
    }

    private mutating func enqueue() {
        let parameters = plan.parameters(.new(using: &chance), of: number)
        client.enqueue(Method.Entry.record.name, encodedParameters: parameters)
    }

    private mutating func take(_ answer: Answer, after latency: Duration) {
        guard let position = answer.position else {
            result.failures += 1
            result.firstFailure = result.firstFailure ?? answer.failure
            return
        }
        if answer.isDuplicate { result.duplicates += 1 }
        result.positions.append(position)
        result.latencies.add(latency)
    }
}

/// A key that was proved on a connection, and what it signs there.
private struct Signer {
    private let key: Ed25519PrivateKey
    private let namespace: String

    init(_ key: Ed25519PrivateKey, on client: inout VarlinkClient) throws {
        self.key = key
        let challenge = try client.call(Method.Session.challenge.name)
        let proof = try SSHSignature(
            signing: Array((challenge["message"]?.string ?? "").utf8),
            namespace: challenge["namespace"]?.string ?? "-",
            with: key
        )
        _ = try client.call(Method.Session.prove.name, ["signature": .string(proof.armored)])
        let logKey = try VerifierKey(parsing: challenge["logKey"]?.string ?? "")
        namespace = AuthorSignature.namespace(ofLog: logKey.name)
    }

    func sign(_ statement: String) throws -> SSHSignature {
        try SSHSignature(signing: Array(statement.utf8), namespace: namespace, with: key)
    }
}

/// What a load looks at in an answer: it shares the processors with the daemon, and does not read all of it.
private struct Answer {
    private static let error = ByteText(#"{"error":"#)
    private static let receipt = ByteText(#"{"receipt":"#)
    private static let positionName = ByteText(#""position":"#)
    private static let first = ByteText(#""duplicate":false"#)

    /// Nil unless it is a receipt.
    let position: Int64?
    let isDuplicate: Bool
    /// What was said instead.
    let failure: String

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        let isReceipt = unsafe Self.receipt.isIn(bytes) && !Self.error.isIn(bytes)
        position = isReceipt ? unsafe Self.positionName.number(in: bytes) : nil
        isDuplicate = unsafe !Self.first.isIn(bytes)
        failure = position == nil ? unsafe String(decoding: bytes, as: UTF8.self) : ""
    }
}
