import RecordStore
import TestSupport
import Testing
import TransparencyLog

@testable import RecordStore

@Suite(.tags(.small)) struct RecentRequestsTests {
    /// A key whose first six bytes are a time.
    private func key(_ time: UInt64, _ rest: UInt8) throws -> RequestKey {
        let bytes = (0..<6).map { UInt8(truncatingIfNeeded: time >> (40 - 8 * $0)) }
        let nonce = try #require(Nonce(bytes: bytes + [UInt8](repeating: rest, count: 10)))
        return RequestKey(by: "uid:2001", nonce: nonce)
    }

    @Test func `what was answered is found, what comes after all of it is absent`() throws {
        var recent = RecentRequests(after: nil)
        let (first, second) = (try key(1_000, 1), try key(1_000, 2))
        recent.add(first, at: 7)
        #expect(recent.answer(first) == .recorded(7))
        #expect(recent.answer(second) == .absent)
    }

    @Test func `what may have been answered before is not known here`() throws {
        let recent = RecentRequests(after: try key(2_000, 9))
        #expect(recent.answer(try key(1_999, 1)) == .unknown)
        #expect(recent.answer(try key(2_000, 9)) == .unknown)
        #expect(recent.answer(try key(2_001, 1)) == .absent)
    }

    @Test func `for any order of times nothing that was answered is called absent`() throws {
        var random = SplitMix64(seed: 11)
        var recent = RecentRequests(after: nil)
        var answered: [RequestKey: UInt64] = [:]
        for seq in 0..<20_000 {
            let key = try key(random.next() % 5_000 + UInt64(seq), UInt8(truncatingIfNeeded: random.next()))
            switch recent.answer(key) {
            case .recorded(let known): #expect(answered[key] == known)
            case .absent: #expect(answered[key] == nil)
            case .unknown: break
            }
            if answered[key] == nil {
                recent.add(key, at: UInt64(seq))
                answered[key] = UInt64(seq)
            }
        }
        let known = answered.filter { recent.answer($0.key) != .absent }
        #expect(known.count == answered.count)
    }
}
