import Foundation
import Glibc
import QueueRuntime
import TestSupport
import Testing
import Varlink

/// Each runs in a process of its own, because what is counted is the whole process's.
@Suite(.tags(.large)) struct ChurnTests {
    @Test func `connections come and go, half of them hanging up early, and no descriptor is left`() async {
        await #expect(processExitsWith: .success) {
            var limits = ServerLimits()
            limits.acceptsPerSecond = 10_000_000
            // A peer that hangs up counts until the server has noticed: with these bounds none is ever turned away.
            (limits.connections, limits.connectionsPerUser) = (1 << 20, 1 << 20)
            let service = try TestService(limits)
            let count = Churn.count
            try Churn.greet(service)
            let base = Churn.openDescriptors()
            var generator = SplitMix64(seed: 1)
            for trial in 0..<count {
                let peer = try RawPeer(service.path)
                switch trial.isMultiple(of: 2) ? generator.below(4) : -1 {
                case 0: break
                case 1: peer.send(#"{"method":"org.exa"#)
                case 2: peer.send(Churn.call)
                case 3: peer.send(#"{"method":"org.example.test.Count","parameters":{"to":1000},"more":true}"# + "\0")
                default:
                    peer.send(Churn.call)
                    guard peer.message() != nil else { Churn.fail(2, "connection \(trial) was not answered") }
                }
                peer.close()
            }
            // The last of them may still wait to be taken: gone are all only when as many were taken as came, and the
            // greeting.
            Churn.wait("the end of all connections") {
                guard let counters = service.running?.counters else { return false }
                guard counters.refused == 0 else { Churn.fail(3, "\(counters.refused) connections were refused") }
                return counters.accepted == UInt64(count + 1) && counters.connections == 0
            }
            Churn.wait("all descriptors to be back") { Churn.openDescriptors() == base }
            exit(0)
        }
    }

    @Test func `without a descriptor left, a connection is refused, and taken again later`() async {
        await #expect(processExitsWith: .success) {
            let service = try TestService()
            try Churn.greet(service)
            // The peer has its descriptor already; the server shall find none for the other end.
            let peer = RawPeer()
            let spent = try Churn.spendDescriptors()
            try peer.connect(service.path)
            Churn.wait("a refusal") { service.running?.counters.refused == 1 }
            guard peer.messagesUntilEnd() == [] else { Churn.fail(2, "the refused connection did not end") }
            for descriptor in spent { close(descriptor) }
            Churn.wait("an answer") { (try? Churn.isGreeted(service)) == true }
            exit(0)
        }
    }
}

private enum Churn {
    static let call = #"{"method":"org.example.test.Echo","parameters":{"text":"a"}}"# + "\0"

    static let count = Effort.count(200_000)

    static func greet(_ service: TestService) throws {
        guard try isGreeted(service) else { fail(5, "the first call was not answered") }
        wait("the end of the first connection") { service.running?.counters.connections == 0 }
    }

    /// Ends the process if it takes longer than any machine is slow.
    static func wait(_ event: String, until isTrue: () -> Bool) {
        let begin = MonotonicTime.now
        while !isTrue() {
            guard MonotonicTime.now.since(begin) < .seconds(120) else { fail(6, "waited in vain for \(event)") }
            usleep(1_000)
        }
    }

    static func fail(_ status: Int32, _ why: String) -> Never {
        FileHandle.standardError.write(Data("churn: \(why)\n".utf8))
        exit(status)
    }

    /// Whether a call of a new connection is answered.
    static func isGreeted(_ service: TestService) throws -> Bool {
        let peer = try RawPeer(service.path)
        peer.send(call)
        return peer.message() != nil
    }

    static func openDescriptors() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? -1
    }

    /// Opens descriptors until this process may have no more, under a bound that is soon reached.
    static func spendDescriptors() throws -> [Int32] {
        var limit = rlimit(rlim_cur: rlim_t(openDescriptors() + 20), rlim_max: rlim_t(1_024))
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { fail(7, "no bound") }
        var spent: [Int32] = []
        while true {
            let descriptor = dup(0)
            guard descriptor >= 0 else { return spent }
            spent.append(descriptor)
        }
    }
}
