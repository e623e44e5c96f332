import Casework
import Policy
import RecordStore
import StrictJSON
import TransparencyLog
import Varlink

/// Figures for whoever runs the service.
///
/// They are totals of the whole deployment: no case, member, agency or rule is told apart, so that who may ask learns how much
/// is done here and nothing of what. How much is itself nobody's business who reaches the socket: administrators and oversight
/// may ask, and the host's root and the daemon's own user, who see the size of the files anyway.
extension Sequencer {
    func answerMetrics(_ call: Call) {
        guard let session = sessions[call.id.connection], mayReadMetrics(session) else {
            return send(call.id, .refused(Refusal(row: "P05"), interface: call.interface))
        }
        let figures = metrics
        surroundings.on(.unordered) { [surroundings] in
            var text = figures
            surroundings.hostFigures().write(into: &text)
            surroundings.send([(call.id, .final(["text": .string(text.finished)]))])
        }
    }

    private func mayReadMetrics(_ session: Session) -> Bool {
        if session.by == "uid:\(session.peer.uid)", [0, surroundings.facts.uid].contains(session.peer.uid) {
            return true
        }
        guard let member = state.member(by: session.by) else { return false }
        let roles = Set(member.grants.filter { present < $0.expiresAt }.map(\.role))
        return !roles.isDisjoint(with: [.administrator, .oversight])
    }

    private var metrics: MetricsText {
        var text = MetricsText()
        text.gauge("serving", "1 while members are served.", mode == .running ? 1 : 0)
        text.gauge("warnings", "What accord status warns of, in number.", Int64(allWarnings.count))
        text.gauge("start_time_seconds", "When the daemon started, since 1970.", surroundings.facts.startedAt / 1_000)
        text.gauge("lines", "Lines in the record.", Int64(clamping: durable.size))
        text.counter(
            "recorded",
            "Lines recorded since the start, by outcome.",
            by: "outcome",
            figures.outcomes.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key.rawValue, $0.value) }
        )
        text.histogram("batch_lines", "Lines that one durable sync carried.", figures.batchLines)
        text.histogram(
            "commit_seconds",
            "From handing lines to the writer to their being durable.",
            figures.commits,
            isThousandths: true
        )
        text.counter("commit_failures", "Batches that could not be recorded.", figures.failures)
        text.gauge("waiting_calls", "Calls that wait for room in a batch.", Int64(waiting.count))
        text.gauge("unprojected_events", "Events that the views do not have yet.", Int64(unprojected.count))
        text.gauge("sessions", "Connections of members.", Int64(sessions.count))
        text.gauge("watches", "Streams that are followed.", Int64(watches.count))
        text.gauge("deadlines_overdue", "Deadlines that ran out and were not met.", Int64(state.clocks.overdueCount))
        text.gauge("alerts", "Refusals that alert and of which nobody has taken note.", state.openAlertCount)
        text.gauge(
            "unsigned_lines",
            "Lines after the newest checkpoint.",
            Int64(clamping: durable.size - checkpoint.size)
        )
        if let notes = surroundings.witnesses, notes.policy?.quorum != nil {
            let witnessed = notes.witnessed.flatMap { $0.isMet ? $0.checkpoint.size : nil } ?? 0
            let tail = durable.size > witnessed ? durable.size - witnessed : 0
            text.gauge("unwitnessed_lines", "Lines that too few witnesses have cosigned.", Int64(clamping: tail))
        }
        return text
    }
}

extension HostFigures {
    fileprivate func write(into text: inout MetricsText) {
        if let disk {
            text.gauge("disk_left_bytes", "Room on the disk of the state folder.", disk.left)
            text.gauge("disk_size_bytes", "Size of the disk of the state folder.", disk.size)
        }
        text.gauge("resident_memory_bytes", "Memory of the daemon.", residentBytes)
        text.counter("connections", "Connections taken.", wire.accepted)
        text.counter("connections_refused", "Connections refused because of a limit.", wire.refused)
        text.counter("connections_stalled", "Connections closed because their peer did not go on.", wire.stalls)
        text.counter("violations", "Connections closed because the protocol was broken.", wire.violations)
        text.counter("calls", "Calls taken.", wire.calls)
        text.counter("received_bytes", "Bytes read from members.", wire.bytesIn)
        text.counter("sent_bytes", "Bytes written to members.", wire.bytesOut)
    }
}

extension Sequencer {
    /// Warns of a disk on which the record will soon find no room; looked at now and then.
    func noteDisk() {
        let now = surroundings.uptime()
        guard now >= diskDueAt else { return }
        diskDueAt = now + Self.diskInterval
        let isShort = surroundings.disk().map { $0.left < $0.size / 10 } ?? false
        warnings["disk"] = isShort ? "Less than a tenth of the disk of the state folder is left." : nil
    }

    /// In milliseconds.
    private static let diskInterval: Int64 = 10_000
}
