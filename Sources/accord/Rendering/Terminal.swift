import Glibc

/// What is known of a descriptor that people may be reading.
struct Terminal {
    /// 1 for the standard output, 2 for the standard error.
    var descriptor: Int32
    /// Whether it is a terminal at all.
    var isTerminal: Bool
    /// Whether colour is wanted there.
    var isColoured: Bool
    /// Columns that a line may take.
    var width: Int

    /// The width taken where nobody tells another.
    static let standardWidth = 80

    static var standardOutput: Terminal { Terminal(descriptor: STDOUT_FILENO) }
    static var standardError: Terminal { Terminal(descriptor: STDERR_FILENO) }

    /// What is to be known of a descriptor.
    init(descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
        isColoured = Self.wantsColour(
            isTerminal: isTerminal,
            noColour: Environment["NO_COLOR"],
            terminalName: Environment["TERM"]
        )
        width = isTerminal ? Self.columns(of: descriptor) : Self.told(Environment["COLUMNS"])
    }

    /// A terminal as told, for tests.
    init(width: Int, isColoured: Bool) {
        descriptor = -1
        isTerminal = true
        self.width = width
        self.isColoured = isColoured
    }

    /// Colour on a terminal only, never where NO_COLOR is set to anything (no-color.org) or TERM is dumb.
    static func wantsColour(isTerminal: Bool, noColour: String?, terminalName: String?) -> Bool {
        isTerminal && (noColour ?? "").isEmpty && terminalName != "dumb"
    }

    /// The width that somebody asks for whose pipe has none.
    static func told(_ columns: String?) -> Int {
        guard let columns, let width = Int(columns), (20...1000).contains(width) else { return standardWidth }
        return width
    }

    private static func columns(of descriptor: Int32) -> Int {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return standardWidth }
        return Int(size.ws_col)
    }
}

/// The environment of this process.
enum Environment {
    /// The value of a variable; nil if it is not set or not UTF-8.
    static subscript(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(validatingCString: value)
    }
}
