import Casework
import Cryptography
import Logging
import Policy
import StrictJSON
import TransparencyLog
import Varlink

/// What became of a proof with an SSH key.
package struct Proof: Sendable {
    /// Fingerprint of the key whose signature is good; nil if there is none.
    let fingerprint: String?
    /// Why not, for the person who tried.
    let failure: String?
    /// Whether a signature was tried and is none of the key's over the challenge.
    var isForged = false
}

/// Who is speaking: the kernel's word, or a signature over our nonce.
extension Sequencer {
    func answerWhoAmI(_ call: Call) {
        guard let session = sessions[call.id.connection] else { return }
        let member = state.member(by: session.by)
        var reply: JSONObject = [:]
        if let member {
            reply["member"] = .string(member.id.text)
            reply["agency"] = .string(member.agency.text)
        }
        let now = present
        let live = (member?.grants ?? []).filter { now < $0.expiresAt }
        reply["grants"] = .array(
            live.map { grant in .object(member.map { state.json(grant, for: $0.id, now: now) } ?? [:]) }
        )
        reply["by"] = .string(session.by)
        let asksKey = member.flatMap { state.agencies[$0.agency]?.keyRequired } ?? false
        reply["keyRequired"] = .bool(asksKey && session.fingerprint == nil)
        send(call.id, .final(reply))
    }

    func answerChallenge(_ call: Call) {
        do {
            let nonce = try surroundings.chance.nonce().hex + surroundings.chance.nonce().hex
            let challenge = SessionChallenge(origin: composer.origin, nonce: nonce, now: surroundings.uptime())
            sessions[call.id.connection]?.challenge = challenge
            send(
                call.id,
                .final([
                    "message": .string(challenge.message),
                    "namespace": .string(SessionChallenge.namespace(of: composer.origin)),
                    "expiresAt": .integer((surroundings.clock() + SessionChallenge.lifetime) * 1_000),
                    "logKey": .string(surroundings.logKey),
                ])
            )
        } catch {
            send(call.id, .unavailable(mode, message: "No challenge can be made.", interface: call.interface))
        }
    }

    /// A challenge is used up by the attempt, whatever comes of it.
    func beginProof(_ call: Call, _ armored: String) {
        guard let session = sessions[call.id.connection] else { return }
        if state.isLocked(session.peer.uid) { return finishProof(call, Proof(fingerprint: nil, failure: nil)) }
        guard let challenge = session.challenge else {
            return finishProof(call, Proof(fingerprint: nil, failure: "Ask for a challenge first: each works once."))
        }
        session.challenge = nil
        guard surroundings.uptime() <= challenge.expiresAt else {
            return finishProof(call, Proof(fingerprint: nil, failure: "The challenge has expired after 60 seconds."))
        }
        let namespace = SessionChallenge.namespace(of: composer.origin)
        surroundings.on(.unordered) { [self] in
            do {
                let signature = try SSHSignature(armored: armored)
                try signature.verify(message: Array(challenge.message.utf8), namespace: namespace)
                post(.proved(call, Proof(fingerprint: signature.publicKey.fingerprint, failure: nil)))
            } catch {
                let failure = "The signature does not verify."
                post(.proved(call, Proof(fingerprint: nil, failure: failure, isForged: true)))
            }
        }
    }

    func finishProof(_ call: Call, _ proof: Proof) {
        guard let session = sessions[call.id.connection] else { return }
        guard mode == .running else { return refuseService(call.caller) }
        composing(for: call.caller) {
            // Locked before it was looked at, or while it was.
            guard !state.isLocked(session.peer.uid) else {
                let asker = Asker(by: session.by, uid: session.peer.uid)
                return try record(denied: Refusal(row: "V11"), of: call, asker: asker, act: "session.prove")
            }
            guard let fingerprint = proof.fingerprint else {
                try record(
                    denied: Refusal(row: "V06", message: proof.failure),
                    of: call,
                    asker: Asker(by: session.by, uid: session.peer.uid),
                    act: "session.prove"
                )
                if proof.isForged { try noteBadProof(from: session.peer.uid) }
                return
            }
            let asker = Asker(by: fingerprint, uid: session.peer.uid)
            guard let member = state.member(by: fingerprint) else {
                return try record(denied: Refusal(row: "V02"), of: call, asker: asker, act: "session.prove")
            }
            session.fingerprint = fingerprint
            session.lastCommand = surroundings.uptime()
            try append(SystemEvent.sessionOpened(member: member.id, agency: member.agency).decision, asker: asker)
            let reply: JSONObject = [
                "member": .string(member.id.text), "agency": .string(member.agency.text),
                "fingerprint": .string(fingerprint),
            ]
            prepared.debts.append(Debt(caller: call.caller, payment: .replies([.final(reply)])))
        }
    }

    /// Counts a bad proof, and locks the account after the fifth within a quarter of an hour (rule V11).
    ///
    /// A restart forgets what was counted; a lock is on the record.
    private func noteBadProof(from uid: UInt32) throws {
        guard badProofs.note(from: uid, at: surroundings.uptime()) else { return }
        logger.warning("five proofs of a key were bad: none is taken from the account", metadata: ["uid": "\(uid)"])
        try append(CaseworkState.locking(uid), asker: .system)
    }

    /// Revocation and disabling take effect at once: live sessions of the member end.
    func endSessions(after events: [RecordedEvent]) {
        for event in events where event.outcome == .accepted {
            guard let holders = event.event.endsSessionsOf else { continue }
            for member in state.members(holders) {
                for (connection, session) in sessions where state.everHeld(session.by, by: member) {
                    surroundings.close(connection)
                }
            }
        }
    }
}
