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
    private func enrolled(_ call: Call) -> MemberID? {
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
        surroundings.onViews { [self, shelf] in
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
        let note = checkpoint.note
        let size = checkpoint.size
        let interface = call.interface
        let place: @Sendable (Shelf) throws -> UInt64?
        if name != nil {
            guard let caseID = decision.reading?.caseID,
                let scope = state.provableLines(of: caseID, by: member, now: present)
            else { return send(call.id, .refused(Refusal(row: "P01"), interface: interface)) }
            // What is beyond the case needs no look at its lines.
            guard position <= UInt64(clamping: durableHeads[caseID] ?? 0) else {
                return send(call.id, .refused(Refusal(row: "P01"), interface: interface))
            }
            place = { try Self.place(of: position, in: caseID, scope, $0) }
        } else {
            place = { _ in position }
        }
        run(
            ReadingTask(.audit) { shelf in
                let absent = ReadingStep([.refused(Refusal(row: name == nil ? "V01" : "P01"), interface: interface)])
                guard let seq = try place(shelf), seq < size,
                    let line = try shelf.record.line(at: seq),
                    let path = try shelf.record.inclusionProof(of: seq, in: size)
                else { return absent }
                return ReadingStep([
                    .final([
                        "index": .integer(Int64(clamping: seq)), "leaf": .string(Digest.leaf(line.bytes).hex),
                        "proof": .array(path.map { .string($0.base64) }), "note": .string(note),
                    ])
                ])
            },
            for: call.caller
        )
    }

    /// The place in the record of a line of a case that may be known of.
    private static func place(
        of position: UInt64,
        in caseID: CaseID,
        _ scope: PartsScope,
        _ shelf: Shelf
    ) throws -> UInt64? {
        var scope = scope
        var after: Int64 = -1
        while true {
            let page = try shelf.record.lines(of: caseID.key, after: after, limit: 512)
            for line in page {
                // Lines are asked about in their order.
                let recorded = try RecordedEvent(parsing: line)
                let shown = scope.visibility(of: recorded.event)
                guard recorded.caseSeq == position else { continue }
                return shown == .none ? nil : recorded.seq
            }
            after += Int64(page.count)
            if page.count < 512 { return nil }
        }
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
        run(
            ReadingTask(.audit) { [self] shelf in
                func refused(_ what: String) -> ReadingStep {
                    ReadingStep([.refused(.malformed(field: "note", what), interface: interface)])
                }
                switch try witnesses.add(Array(note.utf8), to: shelf.record) {
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
        let newest = witnessed.cosignatures.map(\.time).max() ?? 0
        let age = UInt64(max(0, present.milliseconds)) / 1_000
        guard age > newest + Self.longestUnwitnessed else { return nil }
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
