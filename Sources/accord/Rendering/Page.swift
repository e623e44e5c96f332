import Glibc
import StrictJSON

/// What a command prints, gathered and written in few calls.
struct Page {
    /// Where it goes.
    let terminal: Terminal
    private var buffer: [UInt8] = []
    /// What a write failed with, if one did.
    private var fault: Int32?

    init(_ terminal: Terminal) { self.terminal = terminal }

    /// Adds a line for people.
    mutating func line(_ shown: Shown = "") {
        buffer += shown.text(isColoured: terminal.isColoured).utf8
        end()
    }

    /// Adds lines for people.
    mutating func lines(_ lines: [Shown]) {
        for shown in lines { line(shown) }
    }

    /// Adds an object as one line for programs.
    mutating func json(_ object: JSONObject) {
        buffer += JSONLine.text(of: object)
        end()
    }

    /// Adds bytes that were checked to be printable ASCII and line ends, such as a line of the record.
    mutating func bytes(_ bytes: some Sequence<UInt8>) {
        buffer += bytes
        if buffer.count >= Self.flushSize { flush() }
    }

    private mutating func end() {
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.flushSize { flush() }
    }

    /// Writes what was gathered.
    ///
    /// Whoever closed the pipe wants no more: SIGPIPE ends the program as it does others. Any other fault is kept for
    /// ``checkWritten()``: a checkpoint that a full disk cut off must not pass for one.
    mutating func flush() {
        guard terminal.descriptor >= 0 else { return }
        var rest = buffer[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe write(terminal.descriptor, $0.baseAddress, $0.count) }
            let code = errno
            if written < 0, code == EINTR || code == EAGAIN { continue }
            guard written > 0 else {
                fault = code
                break
            }
            rest = rest.dropFirst(written)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Whether all that was flushed so far was written.
    var isWritten: Bool { fault == nil }

    /// Says that not all was written.
    ///
    /// - Throws: A ``Failure`` if so; what the command did stands.
    func checkWritten() throws(Failure) {
        guard let fault else { return }
        throw Failure(
            code: Failure.file,
            message: "The output cannot be written: \(unsafe String(cString: strerror(fault))).",
            ask: "What the command did stands. Make room, then look at it again.",
            status: ExitStatus.cannotCreate
        )
    }

    /// What was gathered and not written; all of it where the terminal is only told of, in tests.
    var gathered: String { String(decoding: buffer, as: UTF8.self) }

    private static let flushSize = 1 << 16
}
