import Glibc

/// The terminal of a live screen: keys come one by one and unseen, and all is as it was when this is let go of.
struct ScreenTerminal: ~Copyable {
    private let input: Int32
    private let output: Int32
    private var before = termios()
    /// Where the standard error goes otherwise: a remark in the middle of the page would stay there.
    private var errors: Int32 = -1
    private(set) var isEntered = false

    init(input: Int32, output: Int32) { (self.input, self.output) = (input, output) }

    deinit { if isEntered { Self.leave(input, output, before, errors) } }

    /// Keys one by one, without echo; signals of the keyboard stay what they are.
    mutating func enter() {
        guard !isEntered, unsafe tcgetattr(input, &before) == 0 else { return }
        var raw = before
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        unsafe tcsetattr(input, TCSANOW, &raw)
        isEntered = true
        errors = dup(STDERR_FILENO)
        let nowhere = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
        dup2(nowhere, STDERR_FILENO)
        close(nowhere)
        Self.write(ScreenDrawing.enter, to: output)
    }

    mutating func leave() {
        guard isEntered else { return }
        Self.leave(input, output, before, errors)
        isEntered = false
    }

    private static func leave(_ input: Int32, _ output: Int32, _ before: termios, _ errors: Int32) {
        var before = before
        dup2(errors, STDERR_FILENO)
        close(errors)
        write(ScreenDrawing.leave, to: output)
        unsafe tcsetattr(input, TCSANOW, &before)
    }

    func draw(_ bytes: String) { Self.write(bytes, to: output) }

    /// Columns and rows; what a terminal is taken to be that does not tell.
    var size: (width: Int, height: Int) {
        var size = winsize()
        guard unsafe ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (Terminal.standardWidth, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    private static func write(_ text: String, to output: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(output, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR || errno == EAGAIN { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}
