import Casework
import Cryptography
import StrictJSON

/// What hooks may cost.
package struct HookLimits: Hashable, Sendable {
    /// How long one may run for one event.
    package var seconds: UInt32 = 10
    /// How many run at once.
    package var atOnce = 4
    /// How often an event is tried; one that a hook asks to have later (exit status 75), ten times as often.
    package var tries = 5

    package init() {}

    /// How many events a hook may leave: then it is told of no more, until an administrator has seen to them.
    static let mostFailed = 256

    /// How long after so many tries the next one comes, in milliseconds.
    static func pause(after tries: Int) -> Int64 {
        let pauses: [Int64] = [1_000, 10_000, 60_000]
        return pauses.indices.contains(tries - 1) ? pauses[tries - 1] : 300_000
    }
}

/// How a hook ended.
package enum HookEnding: Hashable, Sendable {
    case delivered
    /// `isTemporary` if it asks to be given the event later.
    case failed(String, isTemporary: Bool)
    /// It is not the program that was looked at: it is not run.
    case refused(String)
}

/// Which hook is told of what next: cursors into the record, and no queue.
///
/// Each hook goes through the record by itself, one event at a time, and what it has not taken is read from the record when it is
/// tried again: so whether it may be shown is decided at each try, a hook that hangs keeps nobody waiting, and a restart goes on
/// where it was. It is values alone; what it says is done by others.
package struct HookDesk: Sendable {
    /// A line that a hook is to be shown, if it may be; or, unless it was left before, the first after it that it may be shown.
    struct Turn: Hashable, Sendable {
        let hook: Hook
        let errand: Errand

        var position: UInt64 { errand.position }
        var isAgain: Bool { errand.isAgain }
    }

    struct Errand: Hashable, Sendable {
        var position: UInt64
        /// It was left before, and an administrator asked for it: this line and no other.
        var isAgain: Bool
        /// How often it was tried before.
        var tries = 0
    }

    fileprivate enum Phase: Hashable, Sendable {
        /// It is not on record yet whose eyes it has.
        case closed
        case opening
        /// It looks for its next event when there is one.
        case resting
        case looking
        case running(kind: String)
        /// Until the clock that nobody sets shows so many milliseconds.
        case pausing(until: Int64)
        /// Until the next start.
        case held(String)
    }

    private struct Place: Sendable {
        let hook: Hook
        var account: HookLedger.Account
        var phase: Phase = .closed
        /// What it is at, from the first try to the last.
        var errand: Errand?
        /// Which of the failed are to be tried once more.
        var again: [UInt64] = []

        /// What it would be at next, if there is anything.
        func next(_ size: UInt64) -> Errand? {
            if let errand { return errand }
            if let position = again.first { return Errand(position: position, isAgain: true) }
            guard account.next < size, account.failed.count < HookLimits.mostFailed else { return nil }
            return Errand(position: account.next, isAgain: false)
        }

        /// It has done with what it was at, and with all lines before it.
        mutating func settle(_ errand: Errand, through position: UInt64) {
            if errand.isAgain {
                again.removeAll { $0 == position }
                account.failed.removeAll { $0.sequence == position }
            } else {
                account.next = position + 1
            }
            self.errand = nil
        }
    }

    private var places: [String: Place] = [:]
    /// Whose turn comes first; who had one goes to the end.
    private var order: [String] = []
    private var ledger: HookLedger
    private let limits: HookLimits
    /// True while something is not kept that a restart has to know.
    private(set) var isToBeKept = false

    /// - Parameters:
    ///   - hooks: Which there are.
    ///   - limits: What they may cost.
    ///   - ledger: What is known of them, and of others that were here.
    ///   - size: Where a new one begins: with the next line of the record.
    package init(
        _ hooks: [Hook] = [],
        limits: HookLimits = HookLimits(),
        ledger: HookLedger = HookLedger(),
        size: UInt64 = 0
    ) {
        self.ledger = ledger
        self.limits = limits
        for hook in hooks {
            var account = ledger.accounts[hook.name] ?? HookLedger.Account(next: size)
            // A record that was put back is shorter than it was.
            account.next = min(account.next, size)
            // From where a new one begins must not be forgotten.
            isToBeKept = isToBeKept || ledger.accounts[hook.name] != account
            places[hook.name] = Place(hook: hook, account: account)
            order.append(hook.name)
        }
    }

    var isEmpty: Bool { places.isEmpty }

    /// Whether there is such a hook now; of one that is gone, only what it left is known.
    func has(_ name: String) -> Bool { places[name] != nil }

    // MARK: Whose eyes

    /// Hooks of which it has to be put on record whose eyes they have, before they are told of anything.
    mutating func toBeOpened(_ isMeant: (Hook) -> Bool) -> [Hook] {
        order.compactMap { name in
            guard let place = places[name], place.phase == .closed, isMeant(place.hook) else { return nil }
            places[name]?.phase = .opening
            return place.hook
        }
    }

    var isOpening: Bool { places.values.contains { $0.phase == .opening } }

    /// It is on record.
    mutating func open(_ name: String) {
        if places[name]?.phase == .opening { places[name]?.phase = .resting }
    }

    /// What was to be put on record was not.
    mutating func openNone() {
        for name in order where places[name]?.phase == .opening { places[name]?.phase = .closed }
    }

    // MARK: Turns

    /// The next hook that has something to look at, if not too many run.
    ///
    /// - Parameters:
    ///   - size: How many lines are durable.
    ///   - now: On the clock that nobody sets.
    /// - Returns: Whose turn it is, and at what; nil if nobody's.
    mutating func turn(size: UInt64, now: Int64) -> Turn? {
        let busy = places.values.count { place in
            switch place.phase {
            case .looking, .running: true
            default: false
            }
        }
        guard busy < limits.atOnce else { return nil }
        for (index, name) in order.enumerated() {
            guard let place = places[name], place.phase.isAwake(now), let errand = place.next(size) else { continue }
            places[name]?.phase = .looking
            places[name]?.errand = errand
            order.append(order.remove(at: index))
            return Turn(hook: place.hook, errand: errand)
        }
        return nil
    }

    /// It may not be shown a line, or does not want it.
    mutating func pass(_ turn: Turn, _ position: UInt64) {
        places[turn.hook.name]?.settle(turn.errand, through: position)
        // Lines that were passed over are looked through again in no time.
        if turn.isAgain || (position + 1).isMultiple(of: 4_096) { isToBeKept = true }
    }

    /// There is nothing more to look at.
    mutating func rest(_ turn: Turn) {
        // What was tried before stays what it is at.
        if places[turn.hook.name]?.errand?.tries == 0 { places[turn.hook.name]?.errand = nil }
        places[turn.hook.name]?.phase = .resting
    }

    /// It is being told of a line.
    mutating func begin(_ turn: Turn, _ position: UInt64, kind: String) {
        var errand = turn.errand
        // Tries were of the line that it stood at.
        if errand.position != position { errand = Errand(position: position, isAgain: false) }
        places[turn.hook.name]?.errand = errand
        places[turn.hook.name]?.phase = .running(kind: kind)
    }

    /// It is not told of anything before the next start.
    mutating func hold(_ name: String, _ reason: String) { places[name]?.phase = .held(reason) }

    /// It has ended.
    ///
    /// - Parameters:
    ///   - name: Which.
    ///   - ending: How.
    ///   - now: On the clock that nobody sets, in milliseconds.
    ///   - time: By the machine's clock.
    /// - Returns: What is left of the event, if it is not tried any more.
    mutating func end(_ name: String, _ ending: HookEnding, now: Int64, time: Int64) -> FailedDelivery? {
        guard var place = places[name], case .running(let kind) = place.phase, var errand = place.errand else {
            return nil
        }
        defer { places[name] = place }
        place.phase = .resting
        switch ending {
        case .delivered:
            place.settle(errand, through: errand.position)
            isToBeKept = true
        case .refused(let reason): place.phase = .held(reason)
        case .failed(let reason, let isTemporary):
            errand.tries += 1
            place.errand = errand
            guard errand.tries >= limits.tries * (isTemporary ? 10 : 1) else {
                place.phase = .pausing(until: now + HookLimits.pause(after: errand.tries))
                return nil
            }
            let isDropped = errand.isAgain && !place.account.failed.contains { $0.sequence == errand.position }
            place.settle(errand, through: errand.position)
            isToBeKept = true
            guard !isDropped else { return nil }
            let left = FailedDelivery(
                sequence: errand.position,
                kind: kind,
                reason: reason,
                tries: errand.tries,
                at: time
            )
            place.account.failed.append(left)
            return left
        }
        return nil
    }

    // MARK: What is left

    /// Has an event tried again that was left; false if it was not, or if the hook is not there any more.
    mutating func retry(_ name: String, _ position: UInt64) -> Bool {
        guard let place = places[name], place.account.failed.contains(where: { $0.sequence == position }) else {
            return false
        }
        if !place.again.contains(position) { places[name]?.again.append(position) }
        return true
    }

    /// Lets go of an event that was left; false if it was not.
    mutating func drop(_ name: String, _ position: UInt64) -> Bool {
        guard failed(of: name).contains(where: { $0.sequence == position }) else { return false }
        places[name]?.again.removeAll { $0 == position }
        places[name]?.account.failed.removeAll { $0.sequence == position }
        ledger.accounts[name]?.failed.removeAll { $0.sequence == position }
        isToBeKept = true
        return true
    }

    func failed(of name: String) -> [FailedDelivery] {
        places[name]?.account.failed ?? ledger.accounts[name]?.failed ?? []
    }

    var failures: Int { kept.accounts.values.reduce(0) { $0 + $1.failed.count } }

    /// What a restart has to know.
    var kept: HookLedger {
        var kept = ledger
        for (name, place) in places { kept.accounts[name] = place.account }
        return kept
    }

    mutating func wasKept() { isToBeKept = false }

    /// It was not.
    mutating func keepAgain() { isToBeKept = true }
}

extension HookDesk.Phase {
    fileprivate func isAwake(_ now: Int64) -> Bool {
        switch self {
        case .resting: true
        case .pausing(let until): until <= now
        case .closed, .opening, .looking, .running, .held: false
        }
    }

    fileprivate var words: String {
        switch self {
        case .closed, .opening: "closed"
        case .resting, .looking: "ready"
        case .running: "running"
        case .pausing: "waiting"
        case .held: "held"
        }
    }
}

extension HookDesk {
    /// As the interface shows them (`type Hook`).
    ///
    /// - Parameter size: How many lines are durable.
    /// - Returns: One object for each.
    func shown(size: UInt64) -> [JSONObject] {
        places.values.sorted { $0.hook.name < $1.hook.name }.map { place in
            let isFull = place.account.failed.count >= HookLimits.mostFailed
            var reason: String?
            if case .held(let why) = place.phase { reason = why }
            if isFull { reason = "It has left \(HookLimits.mostFailed) events: retry or drop some." }
            if place.phase == .closed { reason = "Nobody is its audience." }
            var object: JSONObject = [
                "name": .string(place.hook.name), "audience": .string(place.hook.audience.description),
                "kinds": .array(place.hook.kinds.patterns.map { .string($0) }),
                "digest": .string(place.hook.digest.hex),
                "state": .string(isFull ? "held" : place.phase.words),
                "behind": .integer(Int64(clamping: size - min(size, place.account.next))),
                "failed": .integer(Int64(place.account.failed.count)),
            ]
            object["reason"] = reason.map { .string($0) }
            return object
        }
    }

    /// As the interface shows what was left (`type FailedDelivery`), also of hooks that are not there any more.
    var shownFailures: [JSONObject] {
        kept.accounts.sorted { $0.key < $1.key }.flatMap { name, account in
            account.failed.sorted { $0.sequence < $1.sequence }.map { left in
                [
                    "hook": .string(name), "sequence": .integer(Int64(clamping: left.sequence)),
                    "kind": .string(left.kind), "reason": .string(left.reason), "tries": .integer(Int64(left.tries)),
                    "at": .integer(left.at.multipliedReportingOverflow(by: 1_000).partialValue),
                ]
            }
        }
    }
}
