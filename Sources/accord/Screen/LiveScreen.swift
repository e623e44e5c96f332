import ArgumentParser
import Dispatch
import Glibc
import QueueRuntime
import Synchronization

/// One page on the terminal that keeps itself up to date: what is due, conflicts, inbox and cases.
struct LiveScreen {
    let feed: ScreenFeed
    let input: Int32
    let output: Int32

    /// Shows it until its user has enough.
    ///
    /// - Throws: What ends the feed; `ExitCode` of 128 and a signal that ended it.
    func run(isColoured: Bool) throws {
        let signals = try ScreenSignals()
        var terminal = ScreenTerminal(input: input, output: output)
        var drawing = ScreenDrawing(isColoured: isColoured)
        terminal.enter()
        feed.start()
        while true {
            let content = try feed.content()
            let (width, height) = terminal.size
            terminal.draw(drawing.bytes(for: content.lines(width: width, height: height)))
            var awaited = [
                pollfd(fd: feed.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: input, events: Int16(POLLIN), revents: 0),
            ]
            guard unsafe poll(&awaited, nfds_t(awaited.count), -1) >= 0 || errno == EINTR else { return }
            for signal in signals.take() {
                switch signal {
                case SIGWINCH: drawing.forget()
                case SIGTSTP:
                    terminal.leave()
                    kill(getpid(), SIGSTOP)
                    terminal.enter()
                    drawing.forget()
                default:
                    terminal.leave()
                    throw ExitCode(128 + signal)
                }
            }
            if awaited[2].revents != 0 {
                switch key() {
                case nil, UInt8(ascii: "q"), UInt8(ascii: "Q"), 0x03, 0x04: return terminal.leave()
                case 0x0C: drawing.forget()
                default: continue
                }
            }
        }
    }

    /// The key that was pressed; nil if the terminal is gone.
    private func key() -> UInt8? {
        var byte: UInt8 = 0
        let count = unsafe read(input, &byte, 1)
        if count < 0, errno == EINTR || errno == EAGAIN { return 0 }
        return count == 1 ? byte : nil
    }

    /// For a terminal that places no cursor: what is new, as lines, until the program is ended.
    func runPlainly(on page: inout Page) throws {
        feed.start()
        var before: Set<String> = []
        while true {
            let lines = try feed.content().lines(width: page.terminal.width).map { $0.text(isColoured: false) }
            for text in lines where !before.contains(text) { page.line("\(text)") }
            page.flush()
            try page.checkWritten()
            before = Set(lines)
            var awaited = pollfd(fd: feed.descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&awaited, 1, -1) >= 0 || errno == EINTR else { return }
        }
    }
}

/// Signals that a live screen answers, one by one.
final class ScreenSignals: Sendable {
    /// Readable when one came.
    let descriptor: Int32
    private let writing: Int32
    private let source: SignalSources

    init() throws(Failure) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0,
            ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 && fcntl($0, F_SETFL, O_NONBLOCK) == 0 })
        else { throw Failure(code: "PIPE", message: "No pipe could be made.", status: ExitStatus.software) }
        (descriptor, writing) = (ends[0], ends[1])
        let writing = writing
        source = SignalSources(
            [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH],
            queue: DispatchQueue(label: "screen-signals")
        ) { number in
            var byte = UInt8(clamping: number)
            _ = unsafe write(writing, &byte, 1)
        }
    }

    func take() -> [Int32] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        return count > 0 ? bytes.prefix(count).map { Int32($0) } : []
    }
}
