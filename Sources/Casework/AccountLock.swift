import Policy

/// An account of the host from which five proofs of a key were bad within a quarter of an hour: no proof is taken from it until
/// somebody lifts that (CJIS Security Policy AC-7; domain.md 2.2, R-C12).
///
/// It is the account from which somebody tries that is locked, by the kernel's word, and neither the key that he names nor its
/// owner: a public key is public, and else any stranger could lock a member out. What the kernel vouches for needs no proof and goes
/// on, and the owner of a key proves it from his own account as before.
extension CaseworkState {
    /// Whether no proof is taken from an account.
    package func isLocked(_ uid: UInt32) -> Bool { locks[uid] != nil }

    /// Whether proofs of a member's own account are not taken.
    func isLocked(_ member: Member) -> Bool { member.uids.contains(where: isLocked) }

    /// What the daemon records when it locks an account.
    package static func locking(_ uid: UInt32) -> Decision {
        Decision(event: Event(ofDaemon: "user.locked", .lock(uid: uid, isLocked: true, reason: nil)))
    }

    mutating func evolve(lock uid: UInt32, isLocked: Bool, at now: UTCTime) { locks[uid] = isLocked ? now : nil }

    /// What oversight is told of locked accounts, and each liaison of those of his own members.
    func lockTasks(for member: Member, _ now: UTCTime) -> [InboxTask] {
        let roles = member.roles(in: nil, now)
        return locks.sorted { $0.key < $1.key }.compactMap { uid, since in
            let owner = membersByUID[uid].flatMap { members[$0] }
            let isOwn = roles.contains(.liaison) && owner?.agency == member.agency
            guard roles.contains(.oversight) || isOwn else { return nil }
            let whose = owner.map { ", that of \($0.id)" } ?? ", nobody's who is enrolled"
            return InboxTask(
                kind: "lock",
                caseNumber: "",
                item: "uid:\(uid)",
                fromAgency: owner?.agency.text ?? "",
                since: since,
                summary: "Five proofs of a key were bad from the account \(uid)\(whose): none is taken from it.",
                command: isOwn ? "accord member unlock \(uid) --reason WHY" : "accord audit access"
            )
        }
    }
}

extension Gate {
    /// An administrator lifts it, or a liaison of the agency of the account's member; nobody his own.
    mutating func unlock(_ uid: UInt32, _ reason: String) throws(Refusal) -> Decision {
        let purpose = try purpose(.administration)
        try notCivil()
        let roles = member.roles(in: nil, now)
        let owner = state.membersByUID[uid].flatMap { state.members[$0] }
        let isLiaison = roles.contains(.liaison) && owner?.agency == member.agency
        try require(
            "P05",
            roles.contains(.administrator) || isLiaison,
            "The asker is an administrator, or a liaison of the agency whose member has the account.",
            ask: "Ask an administrator, or a liaison of the agency."
        )
        try require(
            "P08",
            owner?.id != member.id,
            "Nobody lifts the lock of his own account.",
            message: "Nobody lifts the lock of his own account."
        )
        try require("L01", state.isLocked(uid), "The account is locked.", message: "The account \(uid) is not locked.")
        return event(
            "user.unlocked",
            .system,
            roles.contains(.administrator) ? .administrator : .liaison,
            purpose,
            .lock(uid: uid, isLocked: false, reason: reason)
        )
    }
}
