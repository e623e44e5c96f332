import CLinux
package import Dispatch
import Glibc

/// An epoll instance of our own, of which libdispatch sees nothing.
///
/// A DispatchSource for each connection is not safe on Linux with Swift 6.3: a peer that hangs up can end the process
/// (swift-corelibs-libdispatch issues 833 and 949). Here one thread waits in epoll for all of them, and hands what
/// happened to a serial queue whose turn it runs itself, so that nobody else has to be woken.
///
/// Registration is level-triggered: what a receiver leaves unread is reported again.
package final class EventLoop: Sendable {
    /// What happened to one descriptor.
    package struct Event: Hashable, Sendable {
        /// What was given when the descriptor was added.
        package let token: UInt64
        /// What can be done, or has happened.
        package let readiness: Readiness
    }

    /// What a descriptor is watched for, and what it is ready for (epoll_ctl(2)).
    package struct Readiness: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// Bytes, a connection, or the end of input.
        package static let readable = Self(rawValue: UInt32(CLINUX_EPOLLIN))
        /// Room for output.
        package static let writable = Self(rawValue: UInt32(CLINUX_EPOLLOUT))
        /// An error; always watched.
        package static let error = Self(rawValue: UInt32(CLINUX_EPOLLERR))
        /// Both directions are closed; always watched.
        package static let hangUp = Self(rawValue: UInt32(CLINUX_EPOLLHUP))
    }

    private let descriptor: Int32
    private let bell: Bell

    /// A loop that reports on a serial queue.
    ///
    /// It reports until ``cancel()``, which its owner must call.
    ///
    /// - Parameters:
    ///   - queue: a serial queue; other work on it gets its turn between two reports.
    ///   - receiver: takes the events in batches, on the queue.
    /// - Throws: ``SystemFault``.
    package init(
        on queue: DispatchQueue,
        receiver: @escaping @Sendable ([Event]) -> Void
    ) throws(SystemFault) {
        let (descriptor, number) = SystemCall.repeating { clinux_epoll_create() }
        guard descriptor >= 0 else { throw SystemFault("epoll_create1", number: number) }
        self.descriptor = descriptor
        do throws(SystemFault) {
            bell = try Bell()
            try control(1, bell.hearing, Self.bellToken, .readable)
        } catch {
            SystemCall.close(descriptor)
            throw error
        }
        let poll = Poll(descriptor: descriptor, bell: bell, queue: queue, receiver: receiver)
        // A queue of its own, which this occupies for as long as the loop lives: one thread, whatever it waits for.
        DispatchQueue(label: "accord.epoll", qos: .userInitiated).async { poll.run() }
    }

    deinit {
        cancel()
    }

    /// Stops reporting, and lets the descriptor go once the last report was taken.
    package func cancel() { bell.ring() }

    /// Watches a descriptor; hang-ups and errors are always watched.
    ///
    /// - Throws: ``SystemFault``.
    package func add(_ watched: Int32, token: UInt64, for readiness: Readiness) throws(SystemFault) {
        try control(1, watched, token, readiness)
    }

    /// Changes what a descriptor is watched for.
    ///
    /// - Throws: ``SystemFault``.
    package func modify(_ watched: Int32, token: UInt64, for readiness: Readiness) throws(SystemFault) {
        try control(3, watched, token, readiness)
    }

    /// Watches a descriptor no longer; to be called before closing it.
    package func remove(_ watched: Int32) {
        _ = clinux_epoll_control(descriptor, 2, watched, 0, 0)
    }

    private func control(
        _ operation: Int32,
        _ watched: Int32,
        _ token: UInt64,
        _ readiness: Readiness
    ) throws(SystemFault) {
        let (result, number) = SystemCall.repeating {
            clinux_epoll_control(descriptor, operation, watched, readiness.rawValue, token)
        }
        guard result == 0 else { throw SystemFault("epoll_ctl", number: number) }
    }
}

extension EventLoop {
    /// What the bell's descriptor is watched with; connections are numbered from one.
    private static let bellToken = UInt64.max

    /// Tells the waiting thread that the loop ends.
    private final class Bell: Sendable {
        let hearing: Int32
        private let pulling: Int32

        init() throws(SystemFault) {
            var ends: (Int32, Int32) = (-1, -1)
            let (result, number) = SystemCall.repeating { unsafe clinux_pipe(&ends.0, &ends.1) }
            guard result == 0 else { throw SystemFault("pipe2", number: number) }
            (hearing, pulling) = ends
        }

        deinit {
            SystemCall.close(hearing)
            SystemCall.close(pulling)
        }

        /// A full pipe rings too.
        func ring() { _ = SystemCall.repeating { unsafe write(pulling, "x", 1) } }
    }

    /// Waits in epoll, on a thread of its own.
    private struct Poll: Sendable {
        private static let batch = 256
        /// How long the next event is looked for before the thread falls asleep: as long as falling asleep and waking take.
        private static let patience = Duration.microseconds(30)

        let descriptor: Int32
        let bell: Bell
        let queue: DispatchQueue
        let receiver: @Sendable ([Event]) -> Void

        func run() {
            defer { SystemCall.close(descriptor) }
            var events = wait()
            while !events.contains(where: { $0.token == bellToken }) {
                if !events.isEmpty { queue.sync { [events] in receiver(events) } }
                // One peer that asks, reads and asks again is mostly about to.
                let next = events.count == 1 ? look() : []
                events = next.isEmpty ? wait() : next
            }
        }

        /// Looks for events for a moment, and lets others run meanwhile.
        private func look() -> [Event] {
            let end = MonotonicTime.now.advanced(by: Self.patience)
            repeat {
                let events = wait(milliseconds: 0)
                if !events.isEmpty { return events }
                sched_yield()
            } while MonotonicTime.now < end
            return []
        }

        /// An interrupted wait reports nothing.
        private func wait(milliseconds: Int32 = -1) -> [Event] {
            unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.batch) { tokens in
                unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.batch) { readiness in
                    let count = unsafe clinux_epoll_wait(
                        descriptor,
                        readiness.baseAddress,
                        tokens.baseAddress,
                        Int32(Self.batch),
                        milliseconds
                    )
                    return (0..<max(0, Int(count))).map { index in
                        unsafe Event(token: tokens[index], readiness: Readiness(rawValue: readiness[index]))
                    }
                }
            }
        }
    }
}
