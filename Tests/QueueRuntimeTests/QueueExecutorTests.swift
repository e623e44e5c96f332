import Dispatch
import QueueRuntime
import TestSupport
import Testing

private actor Counter {
    private let executor = QueueExecutor(label: "test.counter")
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }
    nonisolated let queue: DispatchQueue
    private var count = 0

    init() {
        queue = executor.queue
    }

    func increment() { count += 1 }

    var value: Int { count }

    func isOnQueue() -> Bool {
        dispatchPrecondition(condition: .onQueue(queue))
        return true
    }
}

private func enterFromElsewhere() {
    Counter().assumeIsolated { $0.increment() }
}

@Suite(.tags(.medium)) struct QueueExecutorTests {
    @Test func `an actor's work happens on its queue`() async {
        #expect(await Counter().isOnQueue())
    }

    @Test func `code that is on the queue enters the actor without a hop`() async {
        let counter = Counter()
        await withCheckedContinuation { continuation in
            counter.queue.async {
                for _ in 0..<1_000 { counter.assumeIsolated { $0.increment() } }
                continuation.resume()
            }
        }
        #expect(await counter.value == 1_000)
    }

    @Test func `entering from another queue stops the program`() async {
        await #expect(processExitsWith: .failure) {
            enterFromElsewhere()
        }
    }

    @Test func `a timer fires again and again until it is cancelled`() {
        let reports = Reports<Int>()
        let timer = QueueTimer(every: .milliseconds(1), on: DispatchQueue(label: "test.timer")) { reports.add(1) }
        #expect(reports.wait(for: 3).count >= 3)
        timer.cancel()
    }

    @Test(arguments: [
        (Duration.zero, 0 as UInt64), (.seconds(-1), 0), (.milliseconds(1), 1_000_000),
        (.seconds(Int64.max), 100 * 366 * 86_400 * 1_000_000_000),
    ])
    func `a span is bounded and never traps`(span: Duration, nanoseconds: UInt64) {
        #expect(MonotonicTime.nanoseconds(span) == nanoseconds)
    }

    @Test func `a span that no interval can hold is for ever`() {
        #expect(DispatchTimeInterval(.seconds(Int64.max)) == .never)
        #expect(DispatchTimeInterval(.milliseconds(1_500)) == .nanoseconds(1_500_000_000))
    }
}
