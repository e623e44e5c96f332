import StrictJSON
import Testing

@testable import accord

struct HealthTests {
    @Test func `served without a warning is well, with one it wants looking after`() {
        let (well, _) = HealthCommand.judge(.success(["mode": "running", "warnings": []]))
        #expect(well == .ok)
        let (warned, sentence) = HealthCommand.judge(.success(["mode": "running", "warnings": ["A.", "B."]]))
        #expect(warned == .warning && sentence == "A. B.")
    }

    @Test func `a daemon that serves nobody is critical, whether it says so or not`() {
        let (silent, _) = HealthCommand.judge(.failure(Failure.notRunning(socket: "/s")))
        let (lost, _) = HealthCommand.judge(.failure(Failure.lost("Gone.")))
        let (full, sentence) = HealthCommand.judge(.success(["mode": "readOnly", "warnings": ["The disk is full."]]))
        #expect([silent, lost, full] == [.critical, .critical, .critical])
        #expect(sentence == "mode readOnly. The disk is full.")
    }

    @Test func `what cannot be told is not called well`() {
        #expect(HealthCommand.judge(.failure(Failure.notPermitted(socket: "/s"))).0 == .unknown)
    }
}
