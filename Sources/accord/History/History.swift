import AccordInterface
import Cryptography
import StrictJSON
import TransparencyLog

/// What each command asks of the daemon before anything else: that its record grew out of the one that this user saw
/// last.
enum History {
    /// The question: one call, answered without anything being signed.
    static func question(_ pin: Pin?) -> JSONObject { ["from": .integer(Int64(clamping: pin?.checkpoint.size ?? 0))] }

    /// The hashes of an answer; nil if it has none, or some that are none.
    static func proof(_ reply: JSONObject) -> [Digest]? {
        guard let texts = reply["proof"]?.array else { return nil }
        let hashes = texts.compactMap { $0.string.flatMap { Digest(base64: $0) } }
        return hashes.count == texts.count ? hashes : nil
    }

    /// Says something on the standard error, whatever is printed elsewhere.
    static func say(_ lines: [Shown]) {
        var errors = Page(.standardError)
        errors.lines(lines)
        errors.flush()
    }

    /// What a daemon answers with that says the asker is not enrolled when it is asked for its history, and serves him
    /// otherwise.
    static var refusedYetServed: Failure {
        Failure(
            code: Failure.history,
            message: "The daemon serves you, but says that you are not enrolled when it is asked to prove its history.",
            ask: "Do not believe what it shows. Tell the oversight officer.",
            status: ExitStatus.history
        )
    }

    /// Whether a challenge is for a session with the deployment that answered here before: a daemon that hands on another
    /// one's challenge would speak there in its user's name.
    static func isProof(for namespace: String, pinned origin: String?) -> Bool {
        guard namespace.hasPrefix("session@") else { return false }
        return origin.map { namespace == "session@\($0.prefix { $0 != "/" })" } ?? true
    }

    /// What is said of a challenge of another deployment.
    static var foreignChallenge: Failure {
        Failure(
            code: Failure.history,
            message: "The daemon wants a key proved for another deployment than the one that answered here before.",
            ask: "Nothing was signed. Tell the oversight officer.",
            status: ExitStatus.history
        )
    }

    /// What is answered to everybody who reaches the socket.
    static let answeredToAll: Set<Method> = Set(Method.Session.all + Method.Service.all + [.Policy.listRules])

    /// Raises an alarm: the evidence is kept first.
    ///
    /// - Parameters:
    ///   - evidence: what does not join.
    ///   - store: where it is kept.
    ///   - restorations: what the record says of it.
    /// - Returns: What the command ends with.
    static func alarm(
        _ evidence: ForkEvidence,
        _ store: PinStore,
        _ restorations: @autoclosure () -> [RestoredHistory] = []
    ) -> Failure {
        let path = try? store.keep(evidence)
        return evidence.failure(keptIn: path, restorations())
    }

    /// The alarm for a log with another key than the one that is known.
    static func replaced(_ kept: Pin, by key: String, showing note: String, _ store: PinStore) -> Failure {
        alarm(ForkEvidence(kind: .replaced, kept: kept, shown: note, shownKey: key, proof: nil), store)
    }
}

extension Connection {
    /// Compares the daemon's newest checkpoint with the one that this user holds, and keeps it.
    ///
    /// - Returns: The checkpoint that was verified; nil if there was nothing to compare.
    /// - Throws: A ``Failure`` with the status 20 and both checkpoints if they do not join.
    mutating func compareHistory(_ options: CommonOptions) throws(Failure) -> Checkpoint? {
        let store: PinStore
        do {
            store = try PinStore(place: options.place)
        } catch {
            History.say(["accord: \(error.message) A changed past will not be noticed."])
            return nil
        }
        let pin = try store.pin()
        var reply: JSONObject
        do {
            reply = try call(.Audit.proveConsistency, History.question(pin))
        } catch {
            guard error.code == "E-NOT-ENROLLED" else { throw error }
            // Who is not enrolled is served nothing that could be compared.
            isHistoryRefused = pin != nil
            return nil
        }
        var kept = pin
        if kept == nil {
            kept = try store.pin(of: reply.text("logKey"))
            // Known from another socket: the answer was to another question.
            if let kept { reply = try call(.Audit.proveConsistency, History.question(kept)) }
        }
        guard let kept else {
            if let other = try store.contradicted(by: reply.text("logKey")) {
                throw History.replaced(other, by: reply.text("logKey"), showing: reply.text("note"), store)
            }
            return try firstContact(reply, store)
        }
        switch ForkEvidence.judge(
            kept: kept,
            shown: reply.text("note"),
            key: reply.text("logKey"),
            proof: History.proof(reply)
        ) {
        case .failure(let alarm): throw History.alarm(alarm.evidence, store, restorations(before: kept)?.lines ?? [])
        case .success(let new):
            if new != kept || pin == nil { keep(new, after: kept, store) }
            return new.checkpoint
        }
    }

    /// Says in the context of an act which history its author had seen.
    func stateHistory(in parameters: inout JSONObject) {
        guard let saw, saw.size > 0, var context = parameters["context"]?.object else { return }
        context["sawSize"] = .integer(Int64(clamping: saw.size))
        context["sawRoot"] = .string(saw.root.hex)
        parameters["context"] = .object(context)
    }

    /// Trust on first use, and plainly said so.
    private func firstContact(_ reply: JSONObject, _ store: PinStore) throws(Failure) -> Checkpoint {
        guard let key = try? VerifierKey(parsing: reply.text("logKey")),
            let verified = try? UnverifiedCheckpoint(parsing: Array(reply.text("note").utf8)).verified(by: key)
        else {
            throw Failure(
                code: Failure.wireProtocol,
                message: "The daemon's checkpoint is not signed by the key that it names.",
                ask: "Tell the administrator of this host, and the oversight officer.",
                status: ExitStatus.wireProtocol
            )
        }
        History.say([
            "accord: first contact with \(key.name): its key and its \(verified.checkpoint.size) lines are believed unseen.",
            "  key \(key.text)",
            "  Compare the key with the one that your agency was given, or take another person's: accord audit pin import",
        ])
        keep(Pin(verified), after: nil, store)
        return verified.checkpoint
    }

    private func keep(_ pin: Pin, after old: Pin?, _ store: PinStore) {
        do {
            try store.keep(pin, after: old)
        } catch {
            History.say([
                "accord: the checkpoint could not be kept, so that a changed past may not be noticed. \(error.message)"
            ])
        }
    }
}
