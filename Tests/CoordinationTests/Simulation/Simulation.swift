import CaseViews
import Cryptography
import Foundation
import Policy
import RecordStore
import StrictJSON
import TestSupport
import TransparencyLog

@testable import Casework
@testable import CaseworkModel
@testable import Coordination
@testable import Varlink

/// One history of a daemon and those who use it: every choice in it is made by one seed.
///
/// Nothing happens beside it: the sequencer runs when something is left in its mailbox, and does the rest of its work, on the
/// record, the views and the other queues, when the seed says so; bytes are carried in pieces that the seed cuts; the
/// clock is its clock; the disk fails, or stops, at calls that it chooses.
final class Simulation {
    /// What a history is made of: how many steps, and how often something goes wrong.
    struct Measure: Sendable {
        var steps = 300
        /// One step in so many sets a fault of the disk.
        var faultIn = 70
        /// One step in so many kills the daemon.
        var killIn = 180
        /// One step in so many changes who may see what; the others work and read.
        var changeIn = 5
        /// How many calls are made in a step that makes any.
        var burst = 1
        /// The most lines that become durable together.
        var batchLimit = 8
        /// Whether the record is verified as auditors do it, at the end.
        var verifies = true

        static let everything = Measure()
        /// Readers and watchers, and those who open the case to them and close it; kills on the way.
        static let revocations = Measure(steps: 3_500, faultIn: 2_000, killIn: 1_000, changeIn: 3, verifies: false)
        /// The same with many calls under way at once.
        static let manyRevocations = Measure(
            steps: 1_200,
            faultIn: 800,
            killIn: 500,
            changeIn: 3,
            burst: 4,
            batchLimit: 32,
            verifies: false
        )
    }

    /// A person at the other end of some connections.
    private struct Client {
        let name: String
        let uid: UInt32
        /// Connections by what they are for; nil while there is none.
        var acting: UInt64?
        var watching: UInt64?
        /// Calls without an answer that are to be asked again.
        var unanswered: [(method: String, parameters: JSONObject, tag: UInt64)] = []
        /// The newest event of which this client was told.
        var cursor: Int64 = -1
    }

    /// The client's end of a connection.
    private struct End {
        let client: Int
        var outgoing: [UInt8] = []
        var incoming = InputBuffer()
        /// Calls that were not answered yet, in order.
        var pending: [(method: String, parameters: JSONObject, tag: UInt64)] = []
    }

    private let seed: UInt64
    private let measure: Measure
    private let plant: Stage.Plant?
    private let scratch: ScratchFolder
    private let stage: Stage
    private var dice: SplitMix64
    private var model = SimulationModel()
    private var wire = SimulatedWire()
    private var daemon: SimulatedDaemon
    private var clients: [Client]
    private var ends: [UInt64: End] = [:]
    private var lives = 0
    private var lastTag: UInt64 = 0
    private var faults = 0
    private var isCalm = false
    private var transcript: [UInt8] = []
    /// Watches that were told of their end, which a planted mistake goes on telling.
    private var revoked: [CallID] = []

    /// The files of a record in which the case Alder is open, made once.
    private static let alder = Result { () -> StorageImage in
        let bench = try Bench(seed: 1)
        try bench.openAlder()
        try bench.shelf.record.close()
        return try StorageImage(of: bench.folder.path)
    }

    init(_ seed: UInt64, _ measure: Measure = .everything, plant: Stage.Plant? = nil) throws {
        self.seed = seed
        self.measure = measure
        self.plant = plant
        dice = SplitMix64(seed: seed)
        scratch = try ScratchFolder("simulation")
        stage = Stage(seed: dice.next())
        let image = try Self.alder.get()
        daemon = try SimulatedDaemon(
            scratch.path("0"),
            image,
            stage,
            seed: dice.next(),
            batchLimit: measure.batchLimit,
            plant: plant
        )
        clients = Bench.people.map { Client(name: $0.0, uid: Bench.uids[$0.0] ?? 1) }
        clients.append(Client(name: "nobody", uid: 1_099))
    }

    /// A history that ends with a violation leaves work, which holds the stage that holds it.
    deinit {
        stage.with { $0.work = [:] }
        daemon.storage.detach()
    }

    /// What came of a history.
    struct Outcome: Hashable {
        /// Of all lines and all replies, in order.
        let digest: Digest
        let calls: UInt64
        let lines: Int
        let decisions: Int
        let allowed: Int
        let events: Int
        let lives: Int
        let faults: Int
    }

    /// Plays the history to its end.
    ///
    /// - Throws: ``Violation``.
    func run() throws -> Outcome {
        do {
            try followNew()
            model.hearAll()
            try settle()
            for _ in 0..<measure.steps { try step() }
            try calm()
            return Outcome(
                digest: Digest.sha256(transcript),
                calls: lastTag,
                lines: model.lines.count,
                decisions: model.decisions,
                allowed: model.allowed,
                events: model.events,
                lives: lives + 1,
                faults: faults
            )
        } catch let violation as Violation {
            throw Violation("seed \(seed), line \(model.lines.count), life \(lives): \(violation)")
        }
    }
}

// MARK: - Steps

extension Simulation {
    private func step() throws {
        if daemon.storage.hasStopped { return try restart() }
        pass()
        if dice.oneIn(measure.killIn) { return try restart() }
        if dice.oneIn(measure.faultIn) { setFault() }
        switch dice.below(20) {
        case 0...5: for _ in 0..<measure.burst { try ask() }
        case 6...9: try carry()
        case 10...13: try work()
        case 14...17: try take()
        case 18: daemon.post(dice.oneIn(3) ? .alarm : .tick)
        default: if dice.oneIn(4) { try hangUp() }
        }
        try settle()
    }

    /// Time goes by; now and then the clock is set, or nobody does anything for long.
    private func pass() {
        let step = Int64(dice.below(40))
        let jump: Int64 =
            switch dice.below(150) {
            case 0: 3_600_000 * Int64(dice.below(40))
            case 1: 31 * 60_000
            default: 0
            }
        let set: Int64 = dice.oneIn(60) ? Int64(dice.below(200_000)) - 100_000 : 0
        stage.with { content in
            content.uptime += step + jump
            content.clock += step + jump + set
        }
    }

    private func setFault() {
        let kind: CrashStorage.Fault.Kind =
            switch dice.below(6) {
            case 0: .error(EIO)
            case 1, 2: .error(ENOSPC)
            case 3: .short
            default: .stop
            }
        daemon.storage.set(CrashStorage.Fault(kind, after: dice.below(30), count: 1 + dice.below(4)))
        trace("fault \(kind)")
        model.mayFail = true
        faults += 1
    }

    private func work() throws {
        let busy = stage.busy
        guard !busy.isEmpty else { return }
        daemon.work(busy[dice.below(busy.count)])
    }

    /// Bytes of a client reach the daemon, all that wait or some.
    private func carry() throws {
        let ready = ends.filter { !$0.value.outgoing.isEmpty }.keys.sorted()
        guard !ready.isEmpty else { return }
        try carry(ready[dice.below(ready.count)], whole: dice.oneIn(2))
    }

    private func carry(_ number: UInt64, whole: Bool) throws {
        guard let bytes = ends[number]?.outgoing else { return }
        let count = whole ? bytes.count : 1 + dice.below(bytes.count)
        ends[number]?.outgoing.removeFirst(count)
        try wire.receive(bytes[..<count], on: number)
    }

    /// A client takes some of what waits for it.
    private func take() throws {
        let ready = ends.keys.filter { wire.waiting(for: $0) > 0 }.sorted()
        guard !ready.isEmpty else { return }
        try take(dice.oneIn(3) ? 1 + dice.below(700) : .max, from: ready[dice.below(ready.count)])
    }

    private func take(_ count: Int, from number: UInt64) throws {
        let bytes = try wire.take(count, from: number)
        unsafe bytes.withUnsafeBytes { unsafe ends[number]?.incoming.append($0) }
        while let message = try ends[number]?.incoming.next(within: .simulation)?.object { try read(message, number) }
    }

    /// What a client makes of a reply: replies come in the order of its calls.
    private func read(_ message: JSONObject, _ number: UInt64) throws {
        guard let end = ends[number], let call = end.pending.first else {
            throw Violation("a reply to no call, on \(number)")
        }
        let parameters = message["parameters"]?.object ?? [:]
        if let event = parameters["event"]?.object, let position = event["position"]?.integer {
            guard position > clients[end.client].cursor else {
                throw Violation(
                    "\(clients[end.client].name) was told of event \(position) after \(clients[end.client].cursor)"
                )
            }
            clients[end.client].cursor = position
        }
        guard message["continues"]?.bool != true else { return }
        ends[number]?.pending.removeFirst()
        let error = message["error"]?.string ?? ""
        if error.hasSuffix(".Unavailable") { clients[end.client].unanswered.append(call) }
        // A session that was idle stays locked: its user comes again.
        if parameters["rule"]?.string == "P24" { try hangUp(number) }
        if let note = parameters["note"]?.string { try model.check(checkpoint: note) }
    }

    private func hangUp() throws {
        let all = ends.keys.sorted()
        guard !all.isEmpty else { return }
        try hangUp(all[dice.below(all.count)])
    }

    private func hangUp(_ number: UInt64) throws {
        wire.close(number)
        lost(number)
    }

    /// A connection is gone: what was not answered may or may not have happened.
    private func lost(_ number: UInt64) {
        model.ended(ConnectionID(number: number))
        guard let end = ends.removeValue(forKey: number) else { return }
        clients[end.client].unanswered += end.pending.filter { $0.parameters["context"]?.object?["request"] != nil }
        if clients[end.client].acting == number { clients[end.client].acting = nil }
        if clients[end.client].watching == number { clients[end.client].watching = nil }
    }

    /// Lets everything follow that follows by itself, and judges it.
    private func settle() throws {
        while true {
            for batch in stage.takeCommitted() {
                for line in batch { try follow(StoredLine(seq: line.seq, bytes: line.bytes, parts: line.parts)) }
            }
            let departures = stage.takeDepartures()
            for departure in departures { try depart(departure) }
            let arrivals = wire.arrivals
            wire.arrivals = []
            for arrival in arrivals { arrive(arrival) }
            if departures.isEmpty, arrivals.isEmpty { return }
        }
    }

    private func follow(_ stored: StoredLine) throws {
        trace("line \(String(decoding: stored.bytes, as: UTF8.self))")
        try model.follow(stored)
        transcript += stored.bytes
        guard case .tellsTheRevoked = plant, let line = model.lines.last?.recorded, line.event.caseID != .system else {
            return
        }
        for call in revoked {
            let event: JSONObject = [
                "case": .string(model.decided.folders[line.event.caseID]?.number ?? ""),
                "position": .integer(Int64(line.caseSeq)), "kind": .string(line.event.kind),
            ]
            if line.outcome == .accepted {
                try model.judge(.more(["kind": "event", "event": .object(event)]), to: call)
            }
        }
    }

    private func depart(_ departure: Stage.Departure) throws {
        switch departure {
        case .close(let connection):
            wire.close(connection.number)
            lost(connection.number)
        case .replies(let replies):
            for (call, reply) in replies {
                if case .tellsTheRevoked = plant, model.watchers[call] != nil, Answer(reply).error != nil {
                    revoked.append(call)
                    continue
                }
                if case .leavesOutEntries = plant, isLeftOut(reply) { continue }
                trace(
                    "reply to \(call.connection.number).\(call.number): \(Answer(reply).error ?? "") \(Answer(reply).parameters.members)"
                )
                try model.judge(reply, to: call)
                transcript += Answer(reply).transcript
                try wire.deliver(reply, to: call)
                try wire.flushed(call.connection.number)
            }
        }
    }

    /// Whether it tells a watcher of an entry, and is one of three that do.
    private func isLeftOut(_ reply: Reply) -> Bool {
        guard let event = Answer(reply).parameters["event"]?.object, event["kind"]?.string == "entry.recorded",
            let position = event["position"]?.integer
        else { return false }
        return position % 3 == 0
    }

    /// With `ACCORD_TRACE` set, what happens is told on the way.
    static let isTraced = ProcessInfo.processInfo.environment["ACCORD_TRACE"] != nil

    private func trace(_ text: @autoclosure () -> String) {
        if Self.isTraced { print("\(lives)/\(model.lines.count) \(text())") }
    }

    private func arrive(_ arrival: SimulatedWire.Arrival) {
        switch arrival {
        case .opened(let connection, let peer): daemon.post(.opened(connection, peer))
        case .closed(let connection): daemon.post(.closed(connection))
        case .drained(let call): daemon.post(.drained(call))
        case .call(let call):
            model.begin(call)
            trace(
                "call \(call.id.connection.number).\(call.id.number) uid \(call.peer.uid) \(call.qualifiedMethod) \(call.parameters.members)"
            )
            daemon.post(.call(call, CallRouter.question(call)))
        }
    }
}

// MARK: - Stopping and starting

extension Simulation {
    /// The daemon is killed, or its machine loses power; it is started again on what is left.
    private func restart() throws {
        let hasStopped = daemon.storage.hasStopped
        trace("restart")
        for number in ends.keys.sorted() {
            wire.close(number)
            lost(number)
        }
        wire = wire.emptied
        let acknowledged = model.lines.count
        let underWay = stage.with { $0.underWay }
        let survivals = StorageState.Survival.allCases
        let image = daemon.stop(hasStopped ? survivals[1 + dice.below(4)] : survivals[dice.below(5)], &dice)
        stage.with { content in
            content.departures = []
            content.underWay = []
            content.alarm = nil
        }
        revoked = []
        lives += 1
        do {
            daemon = try SimulatedDaemon(
                scratch.path("\(lives)"),
                image,
                stage,
                seed: dice.next(),
                batchLimit: measure.batchLimit,
                plant: plant
            )
        } catch {
            throw Violation("the record does not open: \(error)")
        }
        model.mayFail = false
        let size = Int(daemon.head.size)
        guard size >= acknowledged else {
            throw Violation("\(acknowledged) lines were acknowledged, \(size) are there")
        }
        guard size == acknowledged || size == acknowledged + underWay.count else {
            throw Violation("\(size) lines are there after \(acknowledged) and a batch of \(underWay.count)")
        }
        try followNew()
        try settle()
    }

    /// Follows what is on the record and nobody was told of yet; what was known must be the same.
    private func followNew() throws {
        var next = 0
        let head = daemon.head.size
        try daemon.shelf.record.replay(from: 0) { stored in
            guard stored.seq < head else { return }
            if next < model.lines.count {
                guard model.lines[next].recorded.leaf == Digest.leaf(stored.bytes) else {
                    throw Violation("line \(next) is another one after a start")
                }
            } else {
                try follow(stored)
            }
            next += 1
        }
        guard model.state.encode() == daemon.recovered else {
            throw Violation("the state after a start is not the one that the lines give")
        }
    }

    /// Faults stop, and everybody is answered in the end: liveness, apart from all that was safe until here.
    private func calm() throws {
        isCalm = true
        if daemon.storage.hasStopped { try restart() }
        daemon.storage.set(nil)
        for _ in 0..<4 {
            daemon.post(.tick)
            try settle()
            try drain()
        }
        if !daemon.isRunning {
            guard daemon.isLatched else { throw Violation("nothing is wrong any more, and it does not go on") }
            try restart()
        }
        daemon.storage.set(nil)
        model.mayFail = false
        for _ in 0..<3 {
            for index in clients.indices { try askAgain(index) }
            try drain()
            // A beat ends what may not go on.
            stage.with { content in
                content.uptime += 31_000
                content.clock += 31_000
            }
            daemon.post(.tick)
            try settle()
            try drain()
        }
        for (number, end) in ends.sorted(by: { $0.key < $1.key }) {
            for call in end.pending where call.method != "Feed.Watch" {
                throw Violation("\(clients[end.client].name) waits for \(call.method), call \(call.tag), on \(number)")
            }
        }
        try model.checkWatchers()
        try verify()
    }

    /// Does all that is to be done without anything new.
    private func drain() throws {
        for _ in 0..<10_000 {
            var isIdle = true
            for number in ends.keys.sorted() where ends[number]?.outgoing.isEmpty == false {
                try carry(number, whole: true)
                isIdle = false
                try settle()
            }
            for queue in stage.busy {
                daemon.work(queue)
                isIdle = false
                try settle()
            }
            for number in ends.keys.sorted() where wire.waiting(for: number) > 0 {
                try take(.max, from: number)
                isIdle = false
                try settle()
            }
            if isIdle { return }
        }
        throw Violation("it does not come to rest: \(stage.busy)")
    }

    /// Looks at the record with the code that auditors run.
    private func verify() throws {
        let record = daemon.shelf.record
        guard record.head.size == UInt64(model.lines.count) else {
            throw Violation("\(record.head.size) lines are there, \(model.lines.count) were acknowledged")
        }
        guard model.state.encode() == daemon.state else {
            throw Violation("the state in memory is not the one that the lines give")
        }
        guard measure.verifies else { return }
        var verifier = RecordVerifier(note: try record.newestCheckpoint().map { Array($0.utf8) }, known: [])
        var evidence: [LineEvidence] = []
        try record.replay(from: 0) { evidence.append(LineEvidence(line: $0.bytes, parts: $0.parts)) }
        verifier.feed(evidence)
        let verdicts = verifier.finish(logKey: Bench.signer?.verifierKey, anchorSize: record.head.size).verdicts
        if let failed = verdicts.first(where: { $0.result == .failed }) {
            throw Violation("verification: \(failed.check): \(failed.message)")
        }
        let findings = try record.integrityFindings()
        guard findings.isEmpty else { throw Violation("SQLite: \(findings)") }
        let replay = PolicyReplay(policy: RuleTable.digest)
        if let found = try replay.step(on: record, upTo: record.head.size).first {
            throw Violation("replay: line \(found.line.seq): \(found.difference.message)")
        }
    }
}

// MARK: - Asking

extension Simulation {
    /// A person asks for something; mostly somebody who may.
    private func ask() throws {
        let index = dice.below(clients.count)
        if dice.oneIn(6), !clients[index].unanswered.isEmpty { return try askAgain(index) }
        if dice.oneIn(7) { return try watch(dice.below(clients.count)) }
        let (name, method, parameters) = Self.composed(&dice, changeIn: measure.changeIn, model.decided)
        let speaker = name.flatMap { name in clients.firstIndex { $0.name == name } } ?? index
        var context: JSONObject = [:]
        if dice.oneIn(40) { context["purpose"] = dice.oneIn(2) ? "OFFICER_SAFETY" : "CRIM_INVEST" }
        if dice.oneIn(12), let folder = model.decided.folders.values.first(where: { $0.title == "Alder" }) {
            context["expectedPosition"] = .integer(folder.position - Int64(dice.below(2)))
        }
        if !dice.oneIn(5) { context["request"] = .string(Digest.sha256(dice.bytes(8)).hex.prefix(32).description) }
        try send(method, parameters, context, by: speaker, isWatching: false)
        // The same again at once, as a client that does not trust its connection.
        if context["request"] != nil, dice.oneIn(12) {
            try send(
                method,
                parameters,
                context,
                by: speaker,
                isWatching: dice.oneIn(2) && clients[speaker].watching == nil
            )
        }
    }

    private func askAgain(_ index: Int) throws {
        let calls = clients[index].unanswered
        clients[index].unanswered = []
        for call in calls where call.method != "Feed.Watch" {
            var context = call.parameters["context"]?.object ?? [:]
            guard context["request"] != nil else { continue }
            context["at"] = nil
            var parameters = call.parameters
            parameters["context"] = nil
            try send(call.method, parameters, context, by: index, isWatching: false)
        }
    }

    private func watch(_ index: Int) throws {
        guard clients[index].watching == nil else { return }
        let after = clients[index].cursor
        let position: JSONValue = ["case": "Alder", "after": .integer(after)]
        var parameters: JSONObject = ["idleSeconds": 5]
        if after >= 0 || !dice.oneIn(3) { parameters["positions"] = [position] }
        try send("Feed.Watch", parameters, [:], by: index, isWatching: true)
    }

    /// Puts a call on its way; a connection is made where there is none.
    private func send(
        _ method: String,
        _ parameters: JSONObject,
        _ context: JSONObject,
        by index: Int,
        isWatching: Bool
    ) throws {
        let client = clients[index]
        lastTag += 1
        let tag = lastTag
        var parameters = parameters
        var context = context
        if method != "Audit.GetCheckpoint" {
            context["at"] = .integer(Int64(SimulationModel.firstTag + tag) * 1_000_000)
            parameters["context"] = .object(context)
            model.ask(
                AskedCall(
                    name: client.name,
                    uid: client.uid,
                    method: method,
                    act: try Act(method: "io.accord." + method, parameters: parameters),
                    request: context["request"]?.string,
                    purpose: context["purpose"]?.string.flatMap { Purpose(rawValue: $0) },
                    seen: context["expectedPosition"]?.integer
                ),
                tag
            )
        }
        let number: UInt64
        if let known = isWatching ? client.watching : client.acting {
            number = known
        } else {
            number = wire.connect(Peer(uid: client.uid, gid: 1))
            ends[number] = End(client: index)
            if isWatching { clients[index].watching = number } else { clients[index].acting = number }
        }
        var message: JSONObject = ["method": .string("io.accord." + method), "parameters": .object(parameters)]
        if ["Feed.Watch", "Entry.List", "Case.List"].contains(method) { message["more"] = true }
        ends[number]?.outgoing += JSONValue.object(message).encoded + [0]
        ends[number]?.pending.append((method, parameters, tag))
    }

    /// What somebody asks for, and who, if it is somebody in particular.
    private static func composed(
        _ dice: inout SplitMix64,
        changeIn: Int,
        _ oracle: Oracle
    ) -> (String?, String, JSONObject) {
        let folder = oracle.folders.values.first { $0.title == "Alder" }
        let entry: JSONValue = .string("E-\(dice.below(Int(folder?.entries ?? 0) + 1) + 1)")
        let alder: JSONObject = ["case": "Alder"]
        func with(_ more: JSONObject) -> JSONObject {
            var parameters = alder
            for (key, value) in more.members { parameters[key] = value }
            return parameters
        }
        func one(_ words: [String], _ dice: inout SplitMix64) -> String { words[dice.below(words.count)] }
        if dice.oneIn(changeIn) { return change(&dice, with, oracle) }
        switch dice.below(20) {
        case 0...6:
            let text = String(repeating: "Seen at the site. ", count: 1 + dice.below(dice.oneIn(9) ? 120 : 4))
            var parameters: JSONObject = ["kind": "report", "text": .string(text + "\(dice.below(1_000_000))")]
            if dice.oneIn(3) { parameters["handling"] = .string("H\(dice.below(3))") }
            if dice.oneIn(5) { parameters["compartment"] = .string(one(["OPS", "OVERSIGHT"], &dice)) }
            return (one(["agent.mpd1", "agent.fib1", "lead.fib"], &dice), "Entry.Record", with(parameters))
        case 7:
            return (nil, "Entry.Correct", with(["entry": entry, "text": "Corrected.", "reason": "It was wrong."]))
        case 8:
            let who = one(["agent.mpd1", "agent.fib1", "liaison.mpd"], &dice)
            return (who, "Entry.Withdraw", with(["entry": entry, "reason": "It was wrong."]))
        case 9: return (nil, "Entry.Acknowledge", with(["entry": entry]))
        case 10:
            let handling: JSONValue = .string("H\(dice.below(3))")
            let who = one(["agent.mpd1", "agent.fib1", "liaison.mpd"], &dice)
            return (who, "Entry.ChangeHandling", with(["entry": entry, "handling": handling, "reason": "Asked for."]))
        case 11...14:
            let who = one(["agent.mpd1", "agent.fib1", "lead.fib", "liaison.mpd", "agent.tcp1", "auditor.rob"], &dice)
            return (who, "Entry.Get", with(["entry": entry]))
        case 15: return (nil, "Entry.List", alder)
        case 16: return (nil, "Case.Get", alder)
        case 17: return (nil, "Case.List", [:])
        case 18: return (nil, "Audit.GetCheckpoint", [:])
        default:
            let agency: JSONValue = dice.oneIn(3) ? "MPD-VT" : "TCP-NAR"
            let who = one(["liaison.mpd", "lead.fib", "agent.fib1"], &dice)
            return (who, "Dissemination.Release", with(["entry": entry, "agency": agency, "reason": "Same van."]))
        }
    }

    /// Something that changes who may see what.
    private static func change(
        _ dice: inout SplitMix64,
        _ with: (JSONObject) -> JSONObject,
        _ oracle: Oracle
    ) -> (String?, String, JSONObject) {
        let agents = ["agent.mpd1", "agent.fib1", "agent.mpd1", "agent.tcp1"]
        let agent = agents[dice.below(agents.count)]
        let liaison = agent == "agent.mpd1" ? "liaison.mpd" : "lead.fib"
        switch dice.below(14) {
        case 0...3: return (liaison, "Case.Assign", with(["member": .string(agent)]))
        case 4...7: return (liaison, "Case.Unassign", with(["member": .string(agent), "reason": "Moved."]))
        case 8: return ("liaison.mpd", "Case.Withdraw", with(["reason": "No people."]))
        case 9:
            let mode: JSONValue = dice.oneIn(3) ? "information" : "participation"
            return ("lead.fib", "Case.Invite", with(["agency": "MPD-VT", "mode": mode]))
        case 10: return ("liaison.mpd", "Case.Join", with([:]))
        case 11:
            let grant = oracle.people.first { $0.key.text == agent }?.value.grants.last?.id ?? "G-1"
            return (
                "liaison.mpd", "Registry.RevokeRole",
                ["member": .string(agent), "grant": .string(grant), "reason": "Moved."]
            )
        case 12:
            let ends: Int64 = (1_930_298_400_000 + 300 * 86_400_000) * 1_000
            return (
                "liaison.mpd", "Registry.GrantRole",
                ["member": "agent.mpd1", "role": "contributor", "scope": "agency", "expiresAt": .integer(ends)]
            )
        default:
            if dice.oneIn(6) {
                return ("liaison.mpd", "Registry.DisableMember", ["member": "agent.mpd1", "reason": "Left."])
            }
            let move = dice.oneIn(2)
            return ("lead.fib", move ? "Case.Suspend" : "Case.Resume", with(move ? ["reason": "Later."] : [:]))
        }
    }
}

extension Answer {
    /// What tells one answer from another.
    fileprivate var transcript: [UInt8] {
        Array((error ?? "").utf8) + JSONValue.object(parameters).encoded + [isLast ? 1 : 0]
    }
}

extension JSONLimits {
    fileprivate static let simulation = JSONLimits(maximumBytes: 1 << 24, maximumDepth: 16)
}
