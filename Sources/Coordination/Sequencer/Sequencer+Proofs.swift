import Casework
import Cryptography
import Logging
import Policy
import RecordStore
import StrictJSON
import TransparencyLog
import Varlink

/// Proofs and witnesses: what shows to whoever kept a checkpoint that the record has only grown.
///
/// Nothing here shows content, and nothing is recorded.
extension Sequencer {
    /// Refuses whoever is not enrolled; the member otherwise.
    func enrolled(_ call: Call) -> MemberID? {
        guard let session = sessions[call.id.connection], let member = state.member(by: session.by)?.id else {
            send(call.id, .refused(Refusal(row: "V02"), interface: call.interface))
            return nil
        }
        return member
    }

    /// The newest signed checkpoint, whatever was recorded since, and the proof that it grew out of an older one.
    func answerConsistency(_ call: Call, from old: UInt64, to new: UInt64?) {
        guard enrolled(call) != nil else { return }
        let checkpoint = checkpoint
        let note = surroundings.witnesses?.note(at: checkpoint.size).map(\.encoded) ?? Array(checkpoint.note.utf8)
        let logKey = surroundings.logKey
        @Sendable func reply(_ path: [Digest]?) -> Reply {
            var reply: JSONObject = [
                "note": .string(String(decoding: note, as: UTF8.self)), "logKey": .string(logKey),
            ]
            if let path { reply["proof"] = .array(path.map { .string($0.base64) }) }
            return .final(reply)
        }
        let size = new ?? checkpoint.size
        // From nothing everything grows, and what is not there yet grew out of nothing that is.
        guard old > 0, old <= size, size <= checkpoint.size else {
            return send(call.id, reply(old == 0 && size <= checkpoint.size ? [] : nil))
        }
        guard old < size else { return send(call.id, reply([])) }
        let caller = call.caller
        surroundings.on(.views) { [self, shelf] in
            post(.read(caller, Result { ReadingStep([reply(try shelf.record.consistencyProof(from: old, to: size))]) }))
        }
    }

    /// The proof that one line lies in the tree of the newest signed checkpoint.
    ///
    /// What may not be known answers like what does not exist.
    func answerInclusion(_ call: Call, case name: String?, position: UInt64) {
        guard let member = enrolled(call), let session = sessions[call.id.connection] else { return }
        guard mode == .running else { return refuseService(call.caller) }
        let asker = Asker(by: session.by, uid: session.peer.uid)
        // A proof of a line is for who may read the record, or the case: the rules of these acts decide.
        let decision = state.decide(
            Command(
                actor: Actor(by: asker.by),
                act: name.map { .getCase($0) } ?? .verify(known: []),
                purpose: nil,
                expectedPosition: nil,
                now: present,
                minted: Minted(caseID: .system, digits: 0)
            )
        )
        if let refusal = isIdle(session, at: surroundings.uptime()) ? Refusal(row: "P24") : decision.refusal {
            return composing(for: call.caller) {
                try record(denied: refusal, of: call, asker: asker, act: "audit.prove")
            }
        }
        var caseID: CaseID?
        if name != nil {
            // What is beyond the case needs no look at its lines.
            guard let found = decision.reading?.caseID, position <= UInt64(clamping: durableHeads[found] ?? 0) else {
                return send(call.id, .refused(Refusal(row: "P01"), interface: call.interface))
            }
            caseID = found
        }
        let asked = ProofRequest(member: member, caseID: caseID, position: position)
        surroundings.on(.views) { [self, shelf, caller = call.caller] in
            post(.found(caller, asked, Result { try asked.line(in: shelf.record) }))
        }
    }

    /// Goes on with a proof, now that its line is read, if the asker may know of that line.
    func prove(_ found: Result<RecordedEvent?, any Error>, _ asked: ProofRequest, to caller: Caller) {
        guard sessions[caller.id.connection] != nil else { return }
        let absent = Reply.refused(Refusal(row: asked.caseID == nil ? "V01" : "P01"), interface: caller.interface)
        do {
            guard let line = try found.get(), line.seq < checkpoint.size else { return send(caller.id, absent) }
            let shown = asked.caseID == nil ? .header : state.visibility(of: line.event, to: asked.member, now: present)
            guard shown != .none else { return send(caller.id, absent) }
            // So that a receipt can be held against it.
            var names: JSONObject = [:]
            names["case"] = asked.caseID.flatMap { state.number(of: $0) }.map { .string($0) }
            if shown == .content { names["item"] = line.event.item.map { .string($0) } }
            surroundings.on(.views) { [self, shelf, names, note = checkpoint.note, size = checkpoint.size] in
                let reply = Result { () throws -> ReadingStep in
                    guard let path = try shelf.record.inclusionProof(of: line.seq, in: size),
                        let stored = try shelf.record.line(at: line.seq)
                    else { return ReadingStep([absent]) }
                    var object: JSONObject = [
                        "index": .integer(Int64(clamping: line.seq)), "leaf": .string(line.leaf.hex),
                        "line": .string(String(decoding: stored.bytes, as: UTF8.self)),
                        "proof": .array(path.map { .string($0.base64) }), "note": .string(note),
                    ]
                    for (key, value) in names.members { object[key] = value }
                    return ReadingStep([.final(object)])
                }
                post(.read(caller, reply))
            }
        } catch {
            logger.error("a line could not be read", metadata: ["error": "\(error)"])
            send(caller.id, .readingFailed(interface: caller.interface))
        }
    }

    /// What a witness is to cosign next, and the proof that it grew out of what it cosigned last.
    func answerOffer(_ call: Call, from old: UInt64) {
        guard enrolled(call) != nil else { return }
        let (newest, logKey, witnesses) = (checkpoint, surroundings.logKey, surroundings.witnesses)
        let now = UInt64(max(0, present.milliseconds)) / 1_000
        run(
            ReadingTask(.audit) { shelf in
                let note = try witnesses?.offer(from: old, newest, at: now) ?? Array(newest.note.utf8)
                let size = try UnverifiedCheckpoint(parsing: note).claim.size
                let path = old == 0 || old == size ? [] : try shelf.record.consistencyProof(from: old, to: size)
                var reply: JSONObject = [
                    "note": .string(String(decoding: note, as: UTF8.self)), "logKey": .string(logKey),
                ]
                if let path, old <= size { reply["proof"] = .array(path.map { .string($0.base64) }) }
                return ReadingStep([.final(reply)])
            },
            for: call.caller
        )
    }

    /// Takes a cosignature of a configured witness, whoever brings it: it speaks for itself.
    func takeCosignature(_ call: Call, _ note: String) {
        guard enrolled(call) != nil else { return }
        let interface = call.interface
        guard let witnesses = surroundings.witnesses, let policy = witnesses.policy, policy.quorum != nil else {
            let none = Refusal.malformed(
                field: "note",
                "cosigned by a witness; none is configured here (witness.policy)"
            )
            return send(call.id, .refused(none, interface: interface))
        }
        let now = UInt64(max(0, present.milliseconds)) / 1_000
        run(
            ReadingTask(.audit) { [self] shelf in
                func refused(_ what: String) -> ReadingStep {
                    ReadingStep([.refused(.malformed(field: "note", what), interface: interface)])
                }
                switch try witnesses.add(Array(note.utf8), to: shelf.record, at: now) {
                case .added(let count):
                    var reply = standing
                    reply["added"] = .integer(Int64(count))
                    return ReadingStep([.final(reply)])
                case .notOfThisLog: return refused("a checkpoint that this log signed, with the log's signature")
                case .unknownWitness: return refused("cosigned by a witness that is configured here (witness.policy)")
                case .badCosignature: return refused("cosigned by the witness whose name the line bears")
                }
            },
            for: call.caller
        )
    }

    /// What is wrong with the word of witnesses, for the operator and the task force; nil if all is well or none is asked
    /// for.
    var witnessWarning: String? {
        guard let notes = surroundings.witnesses, notes.policy?.quorum != nil else { return nil }
        guard let witnessed = notes.witnessed, witnessed.isMet else {
            return "No checkpoint was cosigned by enough witnesses yet."
        }
        let now = UInt64(max(0, present.milliseconds)) / 1_000
        guard now > (notes.witnessedAt ?? 0) + Self.longestUnwitnessed else { return nil }
        return "No checkpoint was cosigned by enough witnesses for more than a day."
    }

    /// In seconds (domain.md 6.11: witnesses within 24 hours).
    private static let longestUnwitnessed: UInt64 = 86_400

    /// `witnesses`, `witnessed` and `isWitnessed` of the interfaces; nothing where no policy is configured.
    nonisolated var standing: JSONObject {
        guard let notes = surroundings.witnesses, notes.policy != nil else { return [:] }
        let witnesses: [JSONValue] = notes.standings.map { standing in
            var object: JSONObject = [
                "name": .string(standing.name), "groups": .array(standing.groups.map { .string($0) }),
            ]
            object["size"] = standing.size.map { .integer(Int64(clamping: $0)) }
            object["cosignedAt"] = standing.time.map { .integer(Int64(clamping: $0) &* 1_000_000) }
            return .object(object)
        }
        var object: JSONObject = ["witnesses": .array(witnesses)]
        let witnessed = notes.witnessed
        object["isWitnessed"] = .bool(witnessed?.isMet ?? false)
        if let witnessed, let note = notes.note(at: witnessed.checkpoint.size) {
            object["witnessed"] = .string(String(decoding: note.encoded, as: UTF8.self))
        }
        return object
    }
}

/// A line of which somebody asked for a proof.
package struct ProofRequest: Sendable {
    let member: MemberID
    /// Nil for a place in the whole record.
    let caseID: CaseID?
    let position: UInt64

    /// The line, found by its place.
    func line(in record: some EventLog) throws -> RecordedEvent? {
        guard let caseID else { return try record.line(at: position).map { try RecordedEvent(parsing: $0) } }
        let found = try record.lines(of: caseID.key, after: Int64(clamping: position) - 1, limit: 1).first
        let event = try found.map { try RecordedEvent(parsing: $0) }
        return event?.caseSeq == position ? event : nil
    }
}
