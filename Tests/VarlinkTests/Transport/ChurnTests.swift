import Foundation
import Glibc
import QueueRuntime
import TestSupport
import Testing
import Varlink

/// Each runs in a process of its own, because what is counted is the whole process's.
@Suite(.tags(.large)) struct ChurnTests {
    /// 20,000 connections, or `ACCORD_CHURN`.
    @Test func `connections come and go, half of them hanging up early, and no descriptor is left`() async {
        await #expect(processExitsWith: .success) {
            var limits = ServerLimits()
            limits.acceptsPerSecond = 10_000_000
            let service = try TestService(limits)
            let count = ProcessInfo.processInfo.environment["ACCORD_CHURN"].flatMap { Int($0) } ?? 20_000
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
                    guard peer.message() != nil else { exit(2) }
                }
                peer.close()
            }
            // Opened and closed for each, and once for the greeting.
            Churn.wait { service.running?.counters.connections == 0 }
            guard service.running?.counters.accepted == UInt64(count + 1) else { exit(3) }
            guard Churn.openDescriptors() == base else { exit(4) }
            exit(0)
        }
    }

    @Test func `without a descriptor left, connections are refused, and taken again later`() async {
        await #expect(processExitsWith: .success) {
            let service = try TestService()
            try Churn.greet(service)
            var limit = rlimit(rlim_cur: rlim_t(Churn.openDescriptors() + 20), rlim_max: rlim_t(1_024))
            guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { exit(2) }
            // Until none is left for either side; the last connections find no descriptor on the server's side.
            var peers: [RawPeer] = []
            while let peer = try? RawPeer(service.path), peer.descriptor >= 0 { peers.append(peer) }
            Churn.wait { service.running?.counters.refused != 0 }
            peers.removeAll()
            // Those that are gone still wait to be taken, and may use up all descriptors once more.
            Churn.wait { (try? Churn.isGreeted(service)) == true }
            exit(0)
        }
    }
}

private enum Churn {
    static let call = #"{"method":"org.example.test.Echo","parameters":{"text":"a"}}"# + "\0"

    static func greet(_ service: TestService) throws {
        guard try isGreeted(service) else { exit(5) }
        wait { service.running?.counters.connections == 0 }
    }

    /// Ends the process if it takes more than half a minute.
    static func wait(until isTrue: () -> Bool) {
        let begin = MonotonicTime.now
        while !isTrue() {
            guard MonotonicTime.now.since(begin) < .seconds(30) else { exit(6) }
            sched_yield()
        }
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
}
