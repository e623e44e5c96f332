import Casework
import Cryptography
import Policy
import StrictJSON
import TransparencyLog
import Varlink

/// An act as its author was shown it: recorded like this, once, on its connection, if he signs it.
package struct Draft: Sendable {
    let act: Act
    let request: String?
    /// The author's clock in seconds.
    let at: UInt64
    let minted: Minted
    let salts: [[UInt8]]
    /// The canonical bytes that he signs.
    let statement: [UInt8]
}

/// What came of a signature that came with an act.
package struct Authorship: Sendable {
    /// What the signature has to be over; nil if nothing was shown on the connection.
    let draft: Draft?
    /// The binary form of a good signature; nil if it is none.
    let signature: [UInt8]?
}

/// Acts that their authors sign: shown first, so that nobody signs what he did not see, and recorded as they were shown.
extension Sequencer {
    /// Looks at the signature beside the sequencer's queue; a draft is used up by the attempt, whatever comes of it.
    func beginSigned(_ call: Call, _ act: Act, _ context: RequestContext) {
        guard let session = sessions[call.id.connection], let armored = context.signature else { return }
        let (by, draft, origin) = (session.by, session.draft, composer.origin)
        session.draft = nil
        guard let draft else {
            return waiting.append(call, .signed(act, context, Authorship(draft: nil, signature: nil)))
        }
        surroundings.on(.unordered) { [self] in
            let signed = try? AuthorSignature(armored: armored, over: draft.statement, by: by, log: origin)
            let authorship = Authorship(draft: draft, signature: signed?.signature.blob)
            post(.attested(call, .signed(act, context, authorship)))
        }
    }

    /// Why an act may not be shown, or not recorded as signed, whatever the rules of the domain say.
    static func refusal(
        of authorship: Authorship?,
        over act: Act,
        _ context: RequestContext,
        by speaker: String
    ) -> Refusal? {
        guard speaker.utf8.starts(with: "SHA256:".utf8) else {
            return Refusal(
                row: "V09",
                message: "Only a member who has proved an SSH key signs.",
                ask: "Repeat with `--key FILE.pub`."
            )
        }
        guard let authorship else { return nil }
        guard let draft = authorship.draft, draft.act == act, draft.request == context.request else {
            return Refusal(row: "V09", message: "What was signed is not this act, or was not shown on this connection.")
        }
        return authorship.signature == nil ? Refusal(row: "V09") : nil
    }

    /// Answers how an act would be recorded, and keeps that for its signature.
    func show(_ decision: Decision, _ occasion: LineOccasion, _ command: Command, to call: Call) throws {
        var salts: [[UInt8]] = []
        let (statement, parts) = try composer.statement(of: decision.event, occasion) {
            salts.append(try surroundings.chance.salt())
            return salts[salts.count - 1]
        }
        let bytes = try statement.encoded()
        sessions[call.id.connection]?.draft = Draft(
            act: command.act,
            request: occasion.nonce.hex,
            at: occasion.at,
            minted: command.minted,
            salts: salts,
            statement: bytes
        )
        let reply: JSONObject = [
            "statement": .string(String(decoding: bytes, as: UTF8.self)),
            "parts": .array(parts.map { .string(String(decoding: $0, as: UTF8.self)) }),
            "required": .bool(decision.needsSignature),
        ]
        prepared.debts.append(Debt(caller: call.caller, payment: .replies([.final(reply)])))
    }

    /// Puts the signature on the line, if the line says what was signed.
    func sign(_ decision: Decision, _ occasion: inout LineOccasion, _ authorship: Authorship) throws -> Bool {
        guard let draft = authorship.draft, let signature = authorship.signature else { return false }
        occasion.authorship = (signature, draft.salts)
        let (statement, parts) = try composer.statement(of: decision.event, occasion) {
            [UInt8](repeating: 0, count: 32)
        }
        return try parts.count == draft.salts.count && statement.encoded() == draft.statement
    }

    /// Which acts are to be signed: no secret, so that everybody can have his key at hand.
    func answerSignatureRules(_ call: Call) {
        guard call.wantsMore else { return send(call.id, .expectedMore) }
        let replies = state.signingRules.map { (call.id, Reply.more(["rule": .object($0.json)])) }
        surroundings.send(replies + [(call.id, .final([:]))])
    }
}
