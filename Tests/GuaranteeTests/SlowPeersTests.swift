import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Testing
import Varlink

/// Whoever is slow, deaf or greedy costs a bounded share, and others are served meanwhile (reliability.md 4).
@Suite(.tags(.large), .needsPrograms, .needsRoot)
struct SlowPeersTests {
    @Test func `beside 500 that send a byte now and then, and one user who asks without end, a member is served`()
        throws
    {
        let siege = try Siege(seconds: Effort.count(6))
        if Effort.isLong { print(siege.page) }
        #expect(siege.faults == [], "\(siege.page)")
    }

    @Test func `control: where one user may have all connections, it shows that they are unbounded and others refused`()
        throws
    {
        let siege = try Siege(
            seconds: 60,
            settings: "limits:\n  connections: 900\n  connections-per-user: 900",
            slow: 1_000
        )
        #expect(siege.faults.contains { $0.hasPrefix("slow and greedy peers held") }, "\(siege.faults)")
        #expect(siege.faults.contains { $0.hasPrefix("the member was refused") }, "\(siege.faults)")
    }
}

/// A member at work, alone and then beside peers who take what they can get.
private struct Siege {
    /// Of one user, by default (Config/accord.yaml, limits.connections-per-user).
    private static let perUser = 128
    private static let slowUsers: [UInt32] = [61_001, 61_002, 61_003, 61_004]

    private(set) var alone = Latencies()
    private(set) var beside = Latencies()
    private(set) var base: Footprint
    private(set) var most: Footprint
    private(set) var after: Footprint
    /// Lines that are on the record beside the member's.
    private(set) var otherLines: Int64
    private(set) var minutes: Int64
    private let refusals: [String]
    private let status: Int32

    init(seconds: Int, settings: String = "", slow: Int = 600) throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), settings: settings)
        let pid = try deployment.start().pid
        var member = try deployment.client("agent.mpd1")
        for _ in 1...400 { try alone.time { _ = try member.record("Alone.") } }
        base = try Footprint(of: pid)
        most = base
        let lines = try Self.size(of: deployment)

        let (peers, honest) = (Crew(), Crew())
        for user in Self.slowUsers {
            peers.start("slow") { try Self.trickle(as: user, slow / Self.slowUsers.count, deployment, peers) }
        }
        for _ in 1...8 { peers.start("greedy") { Self.ask(deployment, peers) } }
        for _ in 1...4 { peers.start("deaf") { Self.askWithoutReading(deployment, peers) } }
        peers.start("hasty") { Self.connect(deployment, peers) }
        let work = Mutex(Latencies())
        honest.start("the member") { try Self.work(deployment, honest, work) }
        let end = ContinuousClock.now + .seconds(seconds)
        // Once the member is refused he works no more.
        repeat {
            usleep(100_000)
            most.raise(to: try Footprint(of: pid))
        } while ContinuousClock.now < end && honest.faults.isEmpty
        honest.end()
        peers.end()
        beside = work.withLock { $0 }
        refusals = honest.faults

        after = try Footprint(of: pid, after: base)
        minutes = Int64(seconds / 60) + 2
        otherLines = try Self.size(of: deployment) - lines - Int64(beside.count)
        status = try deployment.stop()
    }

    /// What is wrong; no time is.
    var faults: [String] {
        var faults = refusals.map { "the member was refused: \($0)" }
        if beside.count == 0 { faults.append("the member was never answered") }
        let held = most.descriptors - base.descriptors
        // A few are the member's, and files that the daemon opens for a moment.
        let bound = (Self.slowUsers.count + 1) * Self.perUser + 16
        if held > bound { faults.append("slow and greedy peers held \(held) connections of \(bound)") }
        if held < 500 { faults.append("only \(held) connections were held") }
        if let left = after.descriptorsLeft(since: base) { faults.append(left) }
        if Footprint.isMemoryItsOwn, most.megabytes > base.megabytes + 160 { faults.append("\(most.megabytes) MiB") }
        // Sixty refusals of one user a minute, and their count.
        if otherLines > 61 * minutes + 20 { faults.append("\(otherLines) lines were made by others") }
        if status != 0 { faults.append("the daemon ended with \(status)") }
        return faults
    }

    var page: String {
        let ratio = beside.quantile(0.99) / max(alone.quantile(0.99), 0.001)
        return """
            the member alone: \(alone.count) entries, \(alone.page)
            beside the others: \(beside.count) entries, \(beside.page); p99 is \((ratio * 10).rounded() / 10) times
            memory: \(base.megabytes), most \(most.megabytes), after \(after.megabytes) MiB
            descriptors: \(base.descriptors), most \(most.descriptors), after \(after.descriptors)
            lines by others: \(otherLines)
            """
    }

    private static func size(of deployment: Deployment) throws -> Int64 {
        var auditor = try deployment.client("auditor.rob")
        return try auditor.call("io.accord.Service.GetStatus")["size"]?.integer ?? -1
    }
}

extension Siege {
    /// The member's work: one entry after the other, now and then on a new connection.
    private static func work(_ deployment: Deployment, _ crew: Crew, _ latencies: borrowing Mutex<Latencies>) throws {
        var standing = try deployment.client("agent.mpd1")
        var count = 0
        while !crew.isOver {
            let start = ContinuousClock.now
            let position: Int64?
            if count.isMultiple(of: 25) {
                var fresh = try deployment.client("agent.mpd1")
                position = try fresh.record("On a new connection.")
            } else {
                position = try standing.record("On the same connection.")
            }
            guard position != nil else { return crew.fault("entry \(count)") }
            latencies.withLock { $0.add(ContinuousClock.now - start) }
            count += 1
            usleep(2_000)
        }
    }

    /// Sends a message byte by byte on many connections; a new one takes the place of each that ended.
    private static func trickle(as user: UInt32, _ count: Int, _ deployment: Deployment, _ crew: Crew) throws {
        let message = RawConnection.message(
            "io.accord.Service.GetStatus",
            ["x": .string(String(repeating: "x", count: 4_000))]
        )
        var peers: [(connection: RawConnection, sent: Int)] = []
        while !crew.isOver {
            while peers.count < count {
                peers.append((try OtherUser.run(as: user) { try RawConnection(deployment.socket) }, 0))
            }
            for place in peers.indices where !crew.isOver {
                if peers[place].connection.send([message[peers[place].sent]]) {
                    peers[place].sent += 1
                } else {
                    peers[place].sent = -1
                }
                usleep(4_000)
            }
            peers.removeAll { $0.sent < 0 }
        }
    }

    private static let question = RawConnection.message("io.accord.Case.Get", ["case": "Alder"])

    /// Asks for what he may not have, many at a time, and reads each refusal.
    private static func ask(_ deployment: Deployment, _ crew: Crew) {
        while !crew.isOver {
            guard var client = try? deployment.client("officer.fro") else { continue }
            while !crew.isOver {
                for _ in 1...16 {
                    client.enqueue("io.accord.Case.Get", encodedParameters: Array(#"{"case":"Alder"}"#.utf8))
                }
                do {
                    try client.flush()
                    for _ in 1...16 { _ = try unsafe client.nextReplyBytes { _ in } }
                } catch {
                    usleep(10_000)
                    break
                }
            }
        }
    }

    /// Asks as much as the socket takes, and never reads.
    private static func askWithoutReading(_ deployment: Deployment, _ crew: Crew) {
        let questions = Array((1...64).map { _ in question }.joined())
        while !crew.isOver {
            guard
                let peer = try? OtherUser.run(
                    as: deployment.uid(of: "officer.fro"),
                    {
                        try RawConnection(deployment.socket, deadline: 1)
                    }
                )
            else { continue }
            for _ in 1...40 where !crew.isOver {
                peer.send(questions)
                usleep(10_000)
            }
        }
    }

    /// Connects again and again, and keeps as many connections as he gets.
    private static func connect(_ deployment: Deployment, _ crew: Crew) {
        var held: [RawConnection] = []
        while !crew.isOver {
            let peer = try? OtherUser.run(as: deployment.uid(of: "officer.fro")) {
                try RawConnection(deployment.socket)
            }
            guard let peer else { continue }
            peer.send(question)
            held.append(peer)
            if held.count > 150 { held.removeFirst() }
            usleep(1_000)
        }
    }
}

extension Latencies {
    fileprivate mutating func time(_ body: () throws -> Void) rethrows {
        let start = ContinuousClock.now
        try body()
        add(ContinuousClock.now - start)
    }
}
