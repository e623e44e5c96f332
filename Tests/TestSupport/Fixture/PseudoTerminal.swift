import Foundation
import Glibc

/// A program at a terminal of its own, and what its user sees there.
package final class PseudoTerminal {
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    package let process: Int32
    private let master: Int32
    /// Kept open, so that the terminal's settings can be compared when the program has ended.
    private let slave: Int32
    private let before: termios
    package private(set) var screen: ScreenModel

    /// Starts a program at a terminal of so many columns and rows, as the leader of a session of its own.
    package init(
        _ words: [String],
        environment: [String: String],
        width: Int = 100,
        height: Int = 24
    ) throws {
        master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (locked, number): (Int32, Int32) = (0, 0)
        guard master >= 0, unsafe ioctl(master, Self.setLock, &locked) == 0,
            unsafe ioctl(master, Self.getNumber, &number) == 0
        else { throw Failed(description: "no pseudo-terminal") }
        let path = "/dev/pts/\(number)"
        slave = unsafe open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        var settings = termios()
        guard slave >= 0, unsafe tcgetattr(slave, &settings) == 0 else {
            throw Failed(description: "no settings of \(path)")
        }
        before = settings
        screen = ScreenModel(width: width, height: height)
        Self.resize(master, width, height)
        process = try Self.spawn(words, environment, at: path)
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        close(master)
        close(slave)
    }

    /// `TIOCSPTLCK` and `TIOCGPTN`, which Glibc's module does not have: the same on all architectures that Swift runs on under
    /// Linux.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    private static func spawn(_ words: [String], _ environment: [String: String], at path: String) throws -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that a session's leader opens becomes its own.
        unsafe posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, 0, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setflags(&attributes, Int16(newSession))
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var arguments = unsafe words.map { unsafe strdup($0) }
        var variables = unsafe all.filter { !$0.value.isEmpty }.map { unsafe strdup("\($0.key)=\($0.value)") }
        defer {
            for index in unsafe arguments.indices { unsafe free(arguments[index]) }
            for index in unsafe variables.indices { unsafe free(variables[index]) }
        }
        unsafe arguments.append(nil)
        unsafe variables.append(nil)
        var child: Int32 = 0
        let code = unsafe posix_spawnp(&child, words[0], &actions, &attributes, arguments, variables)
        guard code == 0 else { throw Failed(description: "\(words[0]): \(code)") }
        return child
    }

    /// `POSIX_SPAWN_SETSID`, which Glibc's module does not have.
    private static let newSession = 0x80

    /// The window becomes another one; the kernel tells the program with SIGWINCH.
    package func resize(width: Int, height: Int) {
        screen = ScreenModel(width: width, height: height)
        Self.resize(master, width, height)
    }

    private static func resize(_ master: Int32, _ width: Int, _ height: Int) {
        var size = winsize()
        size.ws_col = UInt16(width)
        size.ws_row = UInt16(height)
        _ = unsafe ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Presses keys.
    package func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe write(master, bytes, bytes.count)
    }

    /// Waits until the screen is as wanted.
    ///
    /// - Throws: ``Failed`` with what it shows if it is not so in time.
    package func wait(_ what: String, deadline: Double = 60, until isSo: (ScreenModel) -> Bool) throws {
        let end = Date(timeIntervalSinceNow: deadline)
        while !isSo(screen) {
            guard Date() < end else { throw Failed(description: "\(what) did not come:\n\(screen.text)") }
            readOnce()
        }
    }

    /// Takes what comes until nothing has come for so long.
    package func takeRest(quietFor milliseconds: Int32 = 700) { while readOnce(milliseconds) {} }

    @discardableResult
    private func readOnce(_ milliseconds: Int32 = 100) -> Bool {
        var awaited = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&awaited, 1, milliseconds) > 0 else { return false }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe read(master, &bytes, bytes.count)
        guard count > 0 else {
            usleep(20_000)
            return false
        }
        screen.feed(bytes[..<count])
        return true
    }

    /// The exit status, or 128 and the signal, once the program has ended; all that it wrote is taken by then.
    package func end(deadline: Double = 60) throws -> Int32 {
        let end = Date(timeIntervalSinceNow: deadline)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, WNOHANG) == 0 {
            guard Date() < end else { throw Failed(description: "it does not end:\n\(screen.text)") }
            readOnce()
        }
        while readOnce(0) {}
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    /// Whether the terminal's settings are what they were before the program began.
    package var isRestored: Bool {
        var now = termios()
        guard unsafe tcgetattr(slave, &now) == 0 else { return false }
        return now.c_lflag == before.c_lflag && now.c_iflag == before.c_iflag && now.c_oflag == before.c_oflag
    }
}

/// What a terminal shows that knows the few sequences which a live screen uses, and keeps what else it was sent.
package struct ScreenModel {
    package let width: Int
    package let height: Int
    private var rows: [[Character]]
    private var place = (row: 0, column: 0)
    private var pending: [UInt8] = []
    package private(set) var isCursorShown = true
    package private(set) var isAlternate = false
    /// Colour and weight that was asked for.
    package private(set) var hasStyle = false
    /// Sequences that it does not know.
    package private(set) var unknown: [String] = []
    /// How many bytes it was sent.
    package var byteCount = 0

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
        rows = Array(repeating: Array(repeating: " ", count: width), count: height)
    }

    /// The lines without the spaces at their ends.
    package var lines: [String] {
        rows.map { row in
            var text = String(row)[...]
            while text.last == " " { text = text.dropLast() }
            return String(text)
        }
    }

    package var text: String { lines.joined(separator: "\n") }

    package func shows(_ text: String) -> Bool { lines.contains { $0.contains(text) } }

    package mutating func feed(_ bytes: ArraySlice<UInt8>) {
        byteCount += bytes.count
        pending += bytes
        while let first = pending.first {
            if first == 0x1B {
                guard let length = sequenceLength else { return }
                follow(String(decoding: pending[2..<length], as: UTF8.self))
                pending.removeFirst(length)
            } else if first == 0x0D || first == 0x0A {
                if first == 0x0D { place.column = 0 } else { place.row = min(place.row + 1, height - 1) }
                pending.removeFirst()
            } else {
                let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
                guard pending.count >= length else { return }
                put(Character(String(decoding: pending[..<length], as: UTF8.self)))
                pending.removeFirst(length)
            }
        }
    }

    /// `ESC [ … letter`; nil as long as it is not whole.
    private var sequenceLength: Int? {
        guard pending.count >= 3 else { return nil }
        return pending.dropFirst(2).firstIndex { (0x40...0x7E).contains($0) }.map { $0 + 1 }
    }

    private mutating func put(_ character: Character) {
        guard place.row < height, place.column < width else {
            // What comes before the page may be longer than a line is.
            if isAlternate { unknown.append("beyond the edge: \(character)") }
            return
        }
        rows[place.row][place.column] = character
        place.column += 1
    }

    private mutating func follow(_ sequence: String) {
        switch sequence {
        case "2J": rows = Array(repeating: Array(repeating: " ", count: width), count: height)
        case "K": for column in place.column..<max(place.column, width) { rows[place.row][column] = " " }
        case "?1049h": isAlternate = true
        case "?1049l": isAlternate = false
        case "?25h": isCursorShown = true
        case "?25l": isCursorShown = false
        case let text where text.hasSuffix("m"): hasStyle = true
        case let text where text.hasSuffix("H"):
            let numbers = text.dropLast().split(separator: ";").compactMap { Int($0) }
            guard numbers.count == 2, (1...height).contains(numbers[0]), (1...width + 1).contains(numbers[1]) else {
                return unknown.append(text)
            }
            place = (numbers[0] - 1, numbers[1] - 1)
        default: unknown.append(sequence)
        }
    }
}
