import Glibc

/// Another program, run to its end.
enum Subprocess {
    struct Outcome {
        /// The exit status, or 128 and the signal.
        var status: Int32
        /// What it wrote to its standard output, if that was asked for.
        var output: [UInt8]
    }

    /// Runs a program found in PATH with a short input and takes its output; its errors and its questions go to the
    /// terminal.
    ///
    /// The input must fit into a pipe (4096 bytes do everywhere): it is written before the program starts, so that no
    /// side waits for the other and no SIGPIPE can come.
    static func run(_ arguments: [String], input: [UInt8]) throws(Failure) -> Outcome {
        let inward = try Pipe()
        let outward = try Pipe()
        let written = unsafe input.withUnsafeBytes { unsafe write(inward.writing, $0.baseAddress, $0.count) }
        close(inward.writing)
        defer {
            close(inward.reading)
            close(outward.reading)
        }
        guard written == input.count else {
            close(outward.writing)
            throw failure(arguments, "its input could not be written")
        }
        let child: pid_t
        do {
            child = try spawn(arguments, input: inward.reading, output: outward.writing)
        } catch {
            close(outward.writing)
            throw error
        }
        close(outward.writing)
        let output = InputFile.readAll(outward.reading, atMost: 1 << 16) ?? []
        return Outcome(status: wait(for: child), output: output)
    }

    /// Runs a program on this terminal, such as an editor.
    static func runInTerminal(_ arguments: [String]) throws(Failure) -> Int32 {
        wait(for: try spawn(arguments, input: nil, output: nil))
    }

    /// Starts a program whose standard input and output are one connected socket.
    ///
    /// - Returns: Our end of it; the program ends by itself when that is closed.
    static func connected(_ arguments: [String]) throws(Failure) -> Int32 {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw failure(arguments, "there are no descriptors left")
        }
        defer { close(ends[1]) }
        do {
            _ = try spawn(arguments, input: ends[1], output: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
        return ends[0]
    }

    private struct Pipe {
        let reading: Int32
        let writing: Int32

        init() throws(Failure) {
            var ends: [Int32] = [-1, -1]
            guard unsafe pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
                throw Failure(code: "PIPE", message: "No pipe could be made.", status: ExitStatus.software)
            }
            (reading, writing) = (ends[0], ends[1])
        }
    }

    private static func spawn(_ arguments: [String], input: Int32?, output: Int32?) throws(Failure) -> pid_t {
        // Where it is ignored, which is inherited, nobody is told how a child ended.
        _ = signal(SIGCHLD, SIG_DFL)
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let input { unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) }
        if let output { unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
        var pointers = unsafe arguments.map { unsafe strdup($0) }
        defer {
            for index in unsafe pointers.indices { unsafe free(pointers[index]) }
        }
        unsafe pointers.append(nil)
        var child: pid_t = 0
        let code = unsafe posix_spawnp(&child, arguments[0], &actions, nil, pointers, environ)
        guard code == 0 else { throw failure(arguments, unsafe String(cString: strerror(code))) }
        return child
    }

    private static func wait(for child: pid_t) -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return 127 }
        }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    private static func failure(_ arguments: [String], _ why: String) -> Failure {
        Failure(
            code: "PROGRAM",
            message: "\(arguments.first ?? "") could not be run: \(why).",
            status: ExitStatus.software
        )
    }
}
