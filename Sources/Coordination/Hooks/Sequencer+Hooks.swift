import Casework
import Cryptography
import Logging
import Policy
import RecordStore
import StrictJSON
import TransparencyLog

/// Lines that were read from the record for a hook.
package struct HookPage: Sendable {
    let turn: HookDesk.Turn
    let events: Result<[RecordedEvent], any Error>
}

/// Hooks are told what their audience's feed and inbox would show, decided at each try, and only once it is on record whose eyes
/// they have.
///
/// Nothing comes back from them but how they ended.
extension Sequencer {
    /// How many lines are looked through at a time.
    private static let hookPage: UInt64 = 64

    /// Puts on record which hook has whose eyes, once there is somebody.
    func openHooks() {
        guard mode == .running, !hooks.isEmpty else { return }
        warnOfFailures()
        let now = present
        for hook in hooks.toBeOpened({ state.hasMembers($0.audience, now: now) }) {
            var member: MemberID?
            if case .member(let id) = hook.audience { member = id }
            recordSystem(.hookOpened(hook, member: member, agency: state.agency(of: hook.audience)))
        }
    }

    /// Goes on with all hooks that have something to look at; the newest lines are at hand.
    func goOnWithHooks(_ live: [RecordedEvent] = []) {
        guard !hooks.isEmpty else { return }
        if hooks.isOpening { noteOpenedHooks(live) }
        // What a program is told rests on what is durable, as with watches.
        guard mode == .running, !mayRestOnUnwritten else { return }
        while let turn = hooks.turn(size: durable.size, now: surroundings.uptime()) {
            if !turn.isAgain, let first = live.first, first.seq <= turn.position {
                show(live, turn)
            } else {
                read(for: turn)
            }
        }
    }

    private func noteOpenedHooks(_ events: [RecordedEvent]) {
        for event in events where event.by == Asker.system.by {
            guard case .access(CaseworkState.hookAct, let item?, nil) = event.event.body else { continue }
            hooks.open(String(item.prefix { $0 != " " }))
        }
    }

    private func read(for turn: HookDesk.Turn) {
        let end = turn.isAgain ? turn.position + 1 : min(durable.size, turn.position + Self.hookPage)
        surroundings.on(.pages) { [self, shelf] in
            let events = Result {
                try (turn.position..<end).compactMap { seq in
                    try shelf.record.line(at: seq).map { try RecordedEvent(parsing: $0) }
                }
            }
            post(.hookPage(HookPage(turn: turn, events: events)))
        }
    }

    func take(_ page: HookPage) {
        switch page.events {
        case .success(let events) where mode == .running && !mayRestOnUnwritten: show(events, page.turn)
        case .success: hooks.rest(page.turn)
        case .failure(let error):
            logger.error("hooks: record not readable", metadata: ["error": "\(error)"])
            hooks.hold(page.turn.hook.name, "The record could not be read.")
            warnings["hook.\(page.turn.hook.name)"] = Self.notRun
        }
        goOnWithHooks()
    }

    /// Tells a hook of the first of these lines that it may be shown.
    private func show(_ events: [RecordedEvent], _ turn: HookDesk.Turn) {
        for event in events where event.seq >= turn.position {
            guard let shown = shown(event, turn) else {
                hooks.pass(turn, event.seq)
                continue
            }
            hooks.begin(turn, event.seq, kind: event.event.kind)
            let name = turn.hook.name
            surroundings.runHook(turn.hook, shown) { [self] in post(.hookEnded(name, $0)) }
            return
        }
        // A line that is to be tried again and is not there any more is nothing to come back to.
        if turn.isAgain, events.isEmpty { return hooks.pass(turn, turn.position) }
        hooks.rest(turn)
    }

    /// What a hook gets on its standard input: one line, with nothing that its audience would not be shown now.
    private func shown(_ event: RecordedEvent, _ turn: HookDesk.Turn) -> [UInt8]? {
        guard event.outcome != .denied, turn.hook.kinds.includes(event.event.kind) else { return nil }
        let recordedAt = event.place.recordedAt
        let notice = state.notice(of: event.event, at: recordedAt, to: turn.hook.audience, now: present)
        guard let notice else { return nil }
        var line: [UInt8] = Array(#"{"hook":"#.utf8)
        JSONText.writeString(turn.hook.name, into: &line)
        line += #","key":"\#(event.leaf.hex)","#.utf8
        switch notice {
        case .event(let summary):
            line += #""event":"#.utf8
            feedEvent(event, summary).write(into: &line)
        case .task(let task):
            line += #""task":"#.utf8
            line += task.encoded
        }
        return line + Array("}\n".utf8)
    }

    func finishHook(_ name: String, _ ending: HookEnding) {
        // That it was ended with the daemon is not held against it.
        guard mode != .stopping || ending == .delivered else { return }
        let left = hooks.end(name, ending, now: surroundings.uptime(), time: surroundings.clock())
        if let left {
            logger.warning(
                "an event was not taken",
                metadata: ["hook": "\(name)", "sequence": "\(left.sequence)", "reason": "\(left.reason)"]
            )
            keepHooks()
        }
        if case .refused = ending { warnings["hook.\(name)"] = Self.notRun }
        warnOfFailures()
        goOnWithHooks()
    }

    /// Everybody who can connect reads warnings: neither a number nor a name tells him what somebody was shown, and when.
    private static let notRun = "A hook is not run: `accord hooks list`."

    private func warnOfFailures() {
        warnings["hooks"] = hooks.failures == 0 ? nil : "Events were not taken by hooks: `accord hooks failed`."
    }

    /// Lets a restart know how far hooks have come.
    func keepHooks() {
        guard !hooks.isEmpty, hooks.isToBeKept else { return }
        hooks.wasKept()
        surroundings.keepHooks(hooks.kept.encoded) { [self] in post(.hooksKept($0)) }
    }

    func finishKeepingHooks(_ fault: String?) {
        warnings["hooks.kept"] = fault.map { "How far hooks have come could not be kept. \($0)" }
        if fault != nil { hooks.keepAgain() }
    }

    /// What an administrator asked, once that is on record.
    func perform(_ act: HookAct) {
        switch act {
        case .list, .listFailed: return
        case .retry(let name, let sequence): _ = hooks.retry(name, UInt64(clamping: sequence))
        case .drop(let name, let sequence): _ = hooks.drop(name, UInt64(clamping: sequence))
        }
        keepHooks()
        warnOfFailures()
        goOnWithHooks()
    }

    /// What is answered to an administrator.
    func payment(for act: HookAct) -> Payment {
        switch act {
        case .list: return list("hook", hooks.shown(size: durable.size))
        case .listFailed: return list("delivery", hooks.shownFailures)
        case .retry(let name, let sequence), .drop(let name, let sequence):
            guard hooks.failed(of: name).contains(where: { $0.sequence == UInt64(clamping: sequence) }) else {
                return .refusal(.malformed(field: "sequence", "of an event that this hook left: `accord hooks failed`"))
            }
            if case .retry = act, !hooks.has(name) {
                return .refusal(
                    Refusal(
                        row: "V01",
                        message: "The hook \(name) is not there any more: nobody can be given the event.",
                        ask: "Put it back and restart the daemon, or let go: `accord hooks drop \(name) \(sequence)`."
                    )
                )
            }
            return .hook(act)
        }
    }
}
