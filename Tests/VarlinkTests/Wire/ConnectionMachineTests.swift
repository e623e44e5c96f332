import StrictJSON
import TestSupport
import Testing

@testable import Varlink

@Suite(.tags(.small)) struct ConnectionMachineTests {
    private func machine(_ limits: ServerLimits = ServerLimits(), _ input: String) -> ConnectionMachine {
        var machine = ConnectionMachine(limits: limits)
        unsafe Array(input.utf8).withUnsafeBytes { unsafe machine.input.append($0) }
        return machine
    }

    private func written(_ machine: ConnectionMachine) -> String {
        unsafe machine.output.withUnwritten { unsafe String(decoding: $0, as: UTF8.self) }
    }

    private func begin(_ machine: inout ConnectionMachine) -> UInt64? {
        if case .call(_, let number) = machine.next() { number } else { nil }
    }

    /// Begins a call that may overlap; nil if it has to wait.
    private func beginOverlapping(_ machine: inout ConnectionMachine) -> UInt64? {
        if case .call(_, let number) = machine.next({ $0.method == "a.b.C" }) { number } else { nil }
    }

    private func answer(
        _ machine: inout ConnectionMachine,
        _ number: UInt64,
        _ reply: Reply
    ) -> ConnectionMachine.Outcome {
        machine.answer(number, reply)
    }

    private func wantsInput(_ machine: inout ConnectionMachine) -> Bool { machine.wantsInput }

    private func takesDrain(_ machine: inout ConnectionMachine) -> Bool { machine.takesDrain() != nil }

    private static let ordinary = "{\"method\":\"a.b.C\"}\0"
    private static let more = "{\"method\":\"a.b.C\",\"more\":true}\0"
    private static let oneway = "{\"method\":\"a.b.C\",\"oneway\":true}\0"

    @Test func `the next call begins only when the running one is over`() {
        var machine = machine(ServerLimits(), Self.ordinary + Self.ordinary)
        #expect(begin(&machine) == 1)
        #expect(begin(&machine) == nil)
        #expect(!wantsInput(&machine))
        #expect(answer(&machine, 1, .final(["n": 1])) == .over)
        #expect(begin(&machine) == 2)
        #expect(wantsInput(&machine))
        #expect(answer(&machine, 2, .failure("a.b.E", [:])) == .over)
        #expect(written(machine) == "{\"parameters\":{\"n\":1}}\0{\"error\":\"a.b.E\"}\0")
    }

    @Test func `a reply to a call that is over is ignored`() {
        var machine = machine(ServerLimits(), Self.ordinary)
        #expect(answer(&machine, 1, .final([:])) == .ignored)
        #expect(begin(&machine) == 1)
        #expect(answer(&machine, 2, .final([:])) == .ignored)
        #expect(answer(&machine, 1, .final([:])) == .over)
        #expect(answer(&machine, 1, .final([:])) == .ignored)
        #expect(written(machine) == "{\"parameters\":{}}\0")
    }

    @Test func `a oneway call is silent and occupies the connection until it is over`() {
        var machine = machine(ServerLimits(), Self.oneway + Self.ordinary)
        #expect(begin(&machine) == 1)
        #expect(answer(&machine, 1, .more([:])) == .goesOn)
        #expect(begin(&machine) == nil)
        #expect(answer(&machine, 1, .failure("a.b.E", [:])) == .over)
        #expect(machine.output.isEmpty)
        #expect(begin(&machine) == 2)
    }

    @Test func `several replies to a call without more fail it`() {
        var machine = machine(ServerLimits(), Self.ordinary)
        #expect(begin(&machine) == 1)
        #expect(answer(&machine, 1, .more(["n": 1])) == .refused)
        #expect(answer(&machine, 1, .more(["n": 2])) == .ignored)
        #expect(written(machine) == "{\"error\":\"org.varlink.service.ExpectedMore\"}\0")
    }

    @Test func `a stream is told each time that its replies were taken, and not before`() {
        var limits = ServerLimits()
        limits.lowWater = 10
        var machine = machine(limits, Self.more)
        #expect(begin(&machine) == 1)
        #expect(!takesDrain(&machine))
        #expect(answer(&machine, 1, .encodedMore(Array("{}".utf8))) == .goesOn)
        #expect(!takesDrain(&machine))
        machine.output.consume(machine.output.count - 10)
        #expect(takesDrain(&machine))
        #expect(!takesDrain(&machine))
        #expect(answer(&machine, 1, .encodedFinal(Array("{}".utf8))) == .over)
        #expect(!takesDrain(&machine))
    }

    @Test func `above high water no call begins until low water`() {
        var limits = ServerLimits()
        (limits.highWater, limits.lowWater) = (40, 20)
        var machine = machine(limits, String(repeating: Self.ordinary, count: 3))
        let reply = Reply.final(["text": .string(String(repeating: "x", count: 40))])
        #expect(begin(&machine) == 1)
        #expect(answer(&machine, 1, reply) == .over)
        #expect(begin(&machine) == nil)
        machine.output.consume(machine.output.count - 30)
        #expect(begin(&machine) == nil)
        machine.output.consume(11)
        #expect(begin(&machine) == 2)
    }

    @Test func `a message is too long by one byte`() {
        var limits = ServerLimits()
        limits.messageBytes = Self.ordinary.utf8.count
        var fits = machine(limits, Self.ordinary)
        #expect(begin(&fits) == 1)
        for text in [" " + Self.ordinary, String(repeating: " ", count: limits.messageBytes)] {
            var machine = machine(limits, text)
            guard case .violation(ProtocolViolation(.size)) = machine.next() else {
                Issue.record("\(text.utf8.count) bytes were taken")
                continue
            }
        }
    }

    @Test func `what was sent before the end of input is answered`() {
        var machine = machine(ServerLimits(), Self.ordinary + Self.ordinary + "{\"meth")
        machine.endInput()
        for number in 1...2 as ClosedRange<UInt64> {
            #expect(begin(&machine) == number)
            #expect(answer(&machine, number, .final([:])) == .over)
        }
        guard case .finished = machine.next() else { return #expect(Bool(false)) }
    }

    @Test func `after a hang-up only oneway calls are begun`() {
        var machine = machine(ServerLimits(), Self.oneway + Self.oneway + Self.ordinary + Self.oneway)
        #expect(begin(&machine) == 1)
        machine.hangUp()
        #expect(answer(&machine, 1, .final([:])) == .over)
        #expect(begin(&machine) == 2)
        #expect(answer(&machine, 2, .final([:])) == .over)
        guard case .finished = machine.next() else { return #expect(Bool(false)) }
        #expect(machine.output.isEmpty)
    }

    @Test func `a hang-up ends a call that is waited for`() {
        var machine = machine(ServerLimits(), Self.more)
        #expect(begin(&machine) == 1)
        machine.hangUp()
        #expect(machine.phase == .closed)
        #expect(answer(&machine, 1, .final([:])) == .ignored)
    }

    // MARK: - Overlapping

    private static let alone = "{\"method\":\"a.b.Alone\"}\0"

    @Test func `calls that may overlap begin together, and are answered in their order`() {
        var machine = machine(ServerLimits(), String(repeating: Self.ordinary, count: 3))
        for number in 1...3 as ClosedRange<UInt64> { #expect(beginOverlapping(&machine) == number) }
        #expect(answer(&machine, 3, .final(["n": 3])) == .goesOn)
        #expect(answer(&machine, 2, .failure("a.b.E", [:])) == .goesOn)
        #expect(machine.output.isEmpty)
        #expect(answer(&machine, 2, .final(["n": 2])) == .ignored)
        #expect(answer(&machine, 1, .final(["n": 1])) == .over)
        #expect(machine.running.isEmpty)
        #expect(
            written(machine) == "{\"parameters\":{\"n\":1}}\0{\"error\":\"a.b.E\"}\0{\"parameters\":{\"n\":3}}\0"
        )
    }

    @Test(arguments: [alone, more, oneway])
    func `what may not overlap waits for all before it, and all behind wait for it`(_ message: String) {
        var machine = machine(ServerLimits(), Self.ordinary + Self.ordinary + message + Self.ordinary)
        #expect(beginOverlapping(&machine) == 1)
        #expect(beginOverlapping(&machine) == 2)
        #expect(beginOverlapping(&machine) == nil)
        #expect(!wantsInput(&machine))
        #expect(answer(&machine, 1, .final([:])) == .over)
        #expect(beginOverlapping(&machine) == nil)
        #expect(answer(&machine, 2, .final([:])) == .over)
        #expect(beginOverlapping(&machine) == 3)
        #expect(beginOverlapping(&machine) == nil)
        #expect(answer(&machine, 3, .final([:])) == .over)
        #expect(beginOverlapping(&machine) == 4)
    }

    @Test func `so many calls overlap, and so many bytes`() {
        var limits = ServerLimits()
        limits.callsAtOnce = 2
        var counted = machine(limits, String(repeating: Self.ordinary, count: 3))
        #expect(beginOverlapping(&counted) == 1)
        #expect(beginOverlapping(&counted) == 2)
        #expect(beginOverlapping(&counted) == nil)
        #expect(answer(&counted, 1, .final([:])) == .over)
        #expect(beginOverlapping(&counted) == 3)

        limits.callsAtOnce = 100
        limits.bytesAtOnce = 2 * (Self.ordinary.utf8.count - 1)
        var weighed = machine(limits, String(repeating: Self.ordinary, count: 3))
        #expect(beginOverlapping(&weighed) == 1)
        #expect(beginOverlapping(&weighed) == 2)
        #expect(beginOverlapping(&weighed) == nil)
    }

    @Test func `what was begun is answered before a violation behind it ends the connection`() {
        var machine = machine(ServerLimits(), Self.ordinary + Self.ordinary + "[]\0")
        #expect(beginOverlapping(&machine) == 1)
        #expect(beginOverlapping(&machine) == 2)
        #expect(beginOverlapping(&machine) == nil)
        let isUnfinished = machine.isMessageUnfinished
        #expect(!isUnfinished)
        #expect(answer(&machine, 2, .final(["n": 2])) == .goesOn)
        #expect(answer(&machine, 1, .final(["n": 1])) == .over)
        guard case .violation(ProtocolViolation(.notObject)) = machine.next() else { return #expect(Bool(false)) }
        #expect(written(machine) == "{\"parameters\":{\"n\":1}}\0{\"parameters\":{\"n\":2}}\0")
    }

    @Test func `the end of input waits for what runs`() {
        var machine = machine(ServerLimits(), Self.ordinary + Self.ordinary)
        machine.endInput()
        #expect(beginOverlapping(&machine) == 1)
        #expect(beginOverlapping(&machine) == 2)
        guard case .wait = machine.next() else { return #expect(Bool(false)) }
        #expect(answer(&machine, 2, .final([:])) == .goesOn)
        #expect(answer(&machine, 1, .final([:])) == .over)
        guard case .finished = machine.next() else { return #expect(Bool(false)) }
    }
}
