import Dispatch
import Foundation
import QueueRuntime
import TestSupport
import Testing

@Suite("Programs that run beside us", .tags(.medium), .serialized)
final class ChildProgramsTests {
    private let folder: ScratchFolder
    private let queue = DispatchQueue(label: "programs")
    private let programs: ChildPrograms
    private let endings = Reports<ChildPrograms.Ending>()

    init() throws {
        folder = try ScratchFolder("programs")
        programs = try ChildPrograms(on: queue, adoptsOrphans: true)
    }

    /// What other tests leave behind is not for this process to take leave of: who waits for any child would find it first.
    deinit { try? ChildPrograms.adoptOrphans(false) }

    @Test func `how a program ended is known, also where we were started with its signal ignored`() throws {
        _ = signal(SIGCHLD, SIG_IGN)
        defer { _ = signal(SIGCHLD, SIG_DFL) }
        let others = try ChildPrograms(on: queue, adoptsOrphans: true)
        queue.async { [endings] in
            others.run("/bin/false", input: [], environment: [], bounds: Self.bounds(60), completion: endings.add)
        }
        #expect(endings.wait(for: 1).last == .exited(1))
    }

    @Test func `a program ends before us where memory runs out`() throws {
        #expect(try ending(of: "cat /proc/self/oom_score_adj >score") == .exited(0))
        #expect(try text("score") == "1000\n")
    }

    private static func bounds(_ seconds: UInt32, grace: Duration = .milliseconds(100)) -> ChildPrograms.Bounds {
        var bounds = ChildPrograms.Bounds()
        bounds.seconds = seconds
        bounds.grace = grace
        return bounds
    }

    /// Runs a shell script to its end.
    private func ending(
        of script: String,
        input: String = "",
        bounds: ChildPrograms.Bounds = ChildProgramsTests.bounds(60)
    ) throws -> ChildPrograms.Ending? {
        try start("program", "cd '\(folder.path)' || exit 99\n\(script)", input: input, bounds: bounds)
        return endings.wait(for: 1).last
    }

    private func start(_ name: String, _ script: String, input: String = "", bounds: ChildPrograms.Bounds) throws {
        try folder.write(name, "#!/bin/sh\n\(script)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path(name))
        run(folder.path(name), input: input, bounds: bounds)
    }

    private func run(_ path: String, input: String = "", bounds: ChildPrograms.Bounds) {
        queue.async { [programs, endings] in
            programs.run(
                path,
                input: Array(input.utf8),
                environment: ["PATH=/usr/bin:/bin"],
                bounds: bounds,
                completion: endings.add
            )
        }
    }

    private func text(_ name: String) throws -> String { String(decoding: try folder.read(name), as: UTF8.self) }

    /// Waits until a process that a program named in a file is gone, at most a minute.
    private func isGone(_ name: String) throws -> Bool {
        let number = try #require(Int32(try text(name).trimmingCharacters(in: .whitespacesAndNewlines)))
        for _ in 0..<6_000 {
            let state = (try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)) ?? ""
            if state.isEmpty { return true }
            usleep(10_000)
        }
        return false
    }

    @Test func `it reads what it was given, from the first byte to the last`() throws {
        let given = String(repeating: "an event\n", count: 100_000)
        #expect(try ending(of: "cat > taken", input: given) == .exited(0))
        #expect(try text("taken") == given)
    }

    @Test func `it has nothing of ours: no variable, descriptor, folder, terminal, nor signal that we ignore`() throws {
        SignalSources.ignoreFatalWrites()
        let open = try #require(FileHandle(forReadingAtPath: "/dev/zero"))
        defer { try? open.close() }
        let script = """
            env | grep -v -e ^PWD= -e ^OLDPWD= -e ^_= -e ^SHLVL= > env
            readlink /proc/self/fd/* > fds
            grep -e SigIgn -e SigBlk /proc/self/status > signals
            cut -d ' ' -f 5-7 /proc/$$/stat > session
            echo $$ > number
            ulimit -n > files; ulimit -c > core
            """
        #expect(try ending(of: script) == .exited(0))
        #expect(try text("env") == "PATH=/usr/bin:/bin\n")
        // What it is given, what its script opens, and nothing that we hold open.
        let descriptors = try text("fds").split(separator: "\n")
        let isProper = descriptors.allSatisfy { name in
            ["/memfd:", "/dev/null", "/proc/"].contains { name.hasPrefix($0) } || name.contains("/programs-")
        }
        #expect(descriptors.count >= 3 && isProper, "\(descriptors)")
        let signals = try text("signals")
        // Those of the C library itself, 32 and 33, stay as they were.
        let ignored = try #require(UInt64(signals.dropLast().suffix(16), radix: 16))
        let ours = ignored & ~(3 << 31)
        #expect(signals.hasPrefix("SigBlk:\t0000000000000000\n") && ours == 0, "\(signals)")
        let number = try text("number").dropLast()
        #expect(try text("session") == "\(number) \(number) 0\n", "a group and a session of its own, no terminal")
        #expect(try text("files") == "256\n" && text("core") == "0\n")
        try start("here", "pwd > '\(folder.path("there"))'", bounds: Self.bounds(60))
        #expect(endings.wait(for: 1).last == .exited(0))
        #expect(try text("there") == "/\n")
    }

    @Test func `one that ends without reading, one that floods its output, and one that fails are told apart`() throws {
        let given = String(repeating: "x", count: 1 << 20)
        #expect(try ending(of: "exit 0", input: given) == .exited(0))
        let flood = "head -c 50000000 /dev/zero; head -c 50000000 /dev/zero >&2"
        #expect(try ending(of: flood, input: given) == .exited(0))
        #expect(try ending(of: "exit 3") == .exited(3))
        #expect(try ending(of: "kill -9 $$") == .signalled(9))
        run(folder.path("nothing"), bounds: Self.bounds(9))
        guard case .notStarted(let fault) = endings.wait(for: 1).last else {
            Issue.record("what is not there was started")
            return
        }
        #expect(fault.number == ENOENT)
    }

    @Test(arguments: ["", "trap '' TERM\n"]) func `one that hangs ends with its time, and takes along what it started`(
        trap: String
    ) throws {
        let script = trap + "sleep 1000 & echo $! > other; while :; do sleep 1; done"
        #expect(try ending(of: script, bounds: Self.bounds(1)) == .timedOut)
        #expect(try isGone("other"))
    }

    @Test func `what it left behind in a session of its own ends, too`() throws {
        let script = "setsid sh -c 'echo $$ > other; exec sleep 1000' & while ! test -s other; do sleep 0.01; done"
        #expect(try ending(of: script) == .exited(0))
        #expect(try isGone("other"))
    }

    @Test func `one that wants more than its share does not get it`() throws {
        var bounds = Self.bounds(60)
        bounds.memory = 64 << 20
        bounds.files = 16
        let hungry = "import sys\\ntry: b = bytearray(1 << 30)\\nexcept MemoryError: sys.exit(7)"
        #expect(try ending(of: "printf '\(hungry)' | python3 -", bounds: bounds) == .exited(7))
        bounds.seconds = 1
        #expect(try ending(of: "while :; do :; done", bounds: bounds) != .exited(0))
    }

    @Test func `what runs when all is ended ends, and that is told`() throws {
        for name in ["one", "two", "three"] { try start(name, "while :; do sleep 1; done", bounds: Self.bounds(600)) }
        queue.async { [programs] in programs.end() }
        #expect(endings.wait(for: 3) == [.signalled(9), .signalled(9), .signalled(9)])
    }
}
