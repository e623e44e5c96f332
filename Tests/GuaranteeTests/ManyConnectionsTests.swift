import Foundation
import QueueRuntime
import StrictJSON
import Synchronization
import TestSupport
import Testing
import Varlink

/// Thousands of connections that are held, some of them at work.
@Suite(.tags(.large), .needsPrograms, .needsRoot)
struct ManyConnectionsTests {
    @Test func `4,000 connections are held and answered while members work, in less than 300 MiB`() throws {
        let crowd = try Crowd(of: 4_000, seconds: Effort.count(5), settings: "limits:\n  connections: 4096")
        if Effort.isLong { print(crowd.page) }
        #expect(crowd.faults(within: 300) == [], "\(crowd.page)")
    }

    @Test func `control: it shows that some were refused, and that there was too much memory`() throws {
        let crowd = try Crowd(of: 200, seconds: 1, settings: "limits:\n  connections: 150\n  connections-per-user: 150")
        let faults = crowd.faults(within: 1)
        #expect(faults.contains { $0.hasSuffix("of 200 were answered") }, "\(faults)")
        #expect(faults.contains { $0.hasPrefix("refused: ") }, "\(faults)")
        #expect(!Footprint.isMemoryItsOwn || faults.contains { $0.hasSuffix(" MiB") }, "\(faults)")
    }
}

/// So many connections of 32 users, held for a time.
private struct Crowd {
    private static let users: UInt32 = 32
    private static let members = ["lead.fib", "agent.fib1", "agent.mpd1", "agent.spo1", "inspector.lsd"]

    let count: Int
    private(set) var answered: Int
    private(set) var answeredAtEnd: Int
    private(set) var asked = 0
    private(set) var base: Footprint
    private(set) var most: Footprint
    private(set) var after: Footprint
    private(set) var latencies: Latencies
    private let refused: [String]
    private let log: String
    private let status: Int32

    init(of count: Int, seconds: Int, settings: String) throws {
        self.count = count
        DescriptorLimit.raise(toHold: count + 1_000)
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), settings: settings)
        let pid = try deployment.start().pid
        _ = deployment.status
        base = try Footprint(of: pid)
        most = base

        var peers = try (0..<count).map { number in
            try OtherUser.run(as: 53_000 + UInt32(number) % Self.users) { try RawConnection(deployment.socket) }
        }
        answered = Self.answers(peers[...])
        let crew = Crew()
        let work = Mutex(Latencies())
        for member in Self.members {
            crew.start(member) { try Self.work(as: member, deployment, crew, work) }
        }
        let end = ContinuousClock.now + .seconds(seconds)
        var next = 0
        repeat {
            // All of them have their turn, again and again.
            let some = peers[next..<min(next + 100, count)]
            if Self.answers(some) == some.count { asked += some.count }
            next = some.endIndex % count
            usleep(50_000)
            most.raise(to: try Footprint(of: pid))
        } while ContinuousClock.now < end
        answeredAtEnd = Self.answers(peers[...])
        crew.end()
        (latencies, refused) = (work.withLock { $0 }, crew.faults)
        peers.removeAll()
        after = try Footprint(of: pid, after: base)
        status = try deployment.stop()
        log = deployment.errors
    }

    func faults(within megabytes: Int) -> [String] {
        var faults = refused
        if answered < count { faults.append("\(answered) of \(count) were answered") }
        if answeredAtEnd < count { faults.append("\(answeredAtEnd) of \(count) were answered in the end") }
        if latencies.count == 0 { faults.append("no member was answered") }
        if Footprint.isMemoryItsOwn, most.megabytes > megabytes { faults.append("\(most.megabytes) MiB") }
        if let left = after.descriptorsLeft(since: base) { faults.append(left) }
        for line in log.split(separator: "\n") where line.contains("refused") || line.contains(" error ") {
            faults.append("refused: \(line)")
        }
        if status != 0 { faults.append("the daemon ended with \(status)") }
        return faults
    }

    var page: String {
        """
        connections: \(count), answered \(answered), \(asked) times meanwhile, in the end \(answeredAtEnd)
        members: \(latencies.count) entries, \(latencies.page)
        memory: \(base.megabytes), most \(most.megabytes), after \(after.megabytes) MiB
        descriptors: \(base.descriptors), most \(most.descriptors), after \(after.descriptors)
        """
    }

    private static func answers(_ peers: ArraySlice<RawConnection>) -> Int {
        for peer in peers { peer.send(message: #"{"method":"io.accord.Service.GetStatus"}"#) }
        return peers.count { peer in (try? peer.receive()) ?? nil != nil }
    }

    private static func work(
        as member: String,
        _ deployment: Deployment,
        _ crew: Crew,
        _ latencies: borrowing Mutex<Latencies>
    ) throws {
        var client = try deployment.client(member)
        while !crew.isOver {
            let start = ContinuousClock.now
            guard try client.record("In a crowd.") != nil else { return crew.fault("\(member) was refused") }
            latencies.withLock { $0.add(ContinuousClock.now - start) }
            usleep(5_000)
        }
    }
}
