import CLinux
package import Dispatch
import Glibc
import Synchronization

/// Turns signals into calls on a queue, as long as it lives.
///
/// A handler in C writes the number of the signal into a pipe, and Dispatch watches the pipe. A signal source of Dispatch
/// itself misses signals unless it was made on the main thread and that thread still exists (Swift 6.3, Linux).
package final class SignalSources: Sendable {
    private let signals: [Int32]
    private let source: Mutex<(any DispatchSourceRead)?>

    /// Takes over signals such as `SIGTERM`: when this returns, their default action no longer happens and none is lost.
    ///
    /// The calling thread unblocks them, because the process may have been started with a mask that blocks them; it has to
    /// live as long as they are to be heard. The main thread does.
    ///
    /// Each signal has one taker, the last. Without a pipe, because no descriptors are left, signals keep their default
    /// action.
    package init(_ signals: [Int32], queue: DispatchQueue, handler: @escaping @Sendable (Int32) -> Void) {
        var (reading, writing): (Int32, Int32) = (-1, -1)
        guard unsafe clinux_pipe(&reading, &writing) == 0 else {
            self.signals = []
            source = Mutex(nil)
            return
        }
        let ends = [reading, writing]
        let source = DispatchSource.makeReadSource(fileDescriptor: reading, queue: queue)
        source.setEventHandler(handler: DispatchWorkItem { Self.drain(ends[0], handler) })
        source.setCancelHandler(handler: DispatchWorkItem { for end in ends { SystemCall.close(end) } })
        source.activate()
        for number in signals { _ = clinux_catch_signal(number, writing) }
        self.signals = signals
        self.source = Mutex(source)
    }

    deinit {
        for number in signals { _ = clinux_ignore_signal(number) }
        source.withLock { $0?.cancel() }
    }

    private static func drain(_ descriptor: Int32, _ handler: (Int32) -> Void) {
        var bytes = [UInt8](repeating: 0, count: 64)
        while true {
            let (count, _) = SystemCall.repeating { unsafe read(descriptor, &bytes, bytes.count) }
            guard count > 0 else { return }
            for number in bytes.prefix(count) { handler(Int32(number)) }
        }
    }

    /// Ignores `SIGPIPE` and `SIGXFSZ`: a peer that hangs up and a full file are errors of one call, not the end of the
    /// process (reliability.md F12).
    package static func ignoreFatalWrites() {
        _ = clinux_ignore_signal(SIGPIPE)
        _ = clinux_ignore_signal(SIGXFSZ)
    }
}
