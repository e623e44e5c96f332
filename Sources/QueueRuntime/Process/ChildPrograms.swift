import CLinux
package import Dispatch
import Glibc
import Synchronization

/// Programs that run beside us: each is given some bytes as its standard input, bounded time and means, and nothing else of ours.
///
/// Their output is thrown away. A program that has ended takes along all that it started: its session, and, where orphans are
/// adopted, whatever left that.
package final class ChildPrograms: Sendable {
    /// How a program ended.
    package enum Ending: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
        /// It was ended because its time was over.
        case timedOut
        case notStarted(SystemFault)
    }

    /// What a program may use.
    package struct Bounds: Hashable, Sendable {
        /// How long it may take, and how much processor time, in seconds; it is asked to end then (TERM).
        ///
        /// Some time after twice that it ends even if this process is not there any more.
        package var seconds: UInt32 = 10
        /// After that, it and its session are ended (KILL).
        package var grace: Duration = .seconds(2)
        package var files: UInt32 = 256
        /// Bytes of memory of its own, for each of its processes.
        package var memory: UInt64 = 256 << 20

        package init() {}
    }

    private struct Run: Sendable {
        let child: pid_t
        let watched: Int32
        let completion: @Sendable (Ending) -> Void
        var isLate = false
    }

    private struct Table: Sendable {
        var runs: [UInt64: Run] = [:]
        var started: UInt64 = 0
    }

    /// What runs; it changes on the queue alone.
    private final class Running: Sendable {
        let table = Mutex(Table())

        /// The program has ended, and who started it is told.
        func finish(_ token: UInt64, on loop: EventLoop?) {
            guard let run = table.withLock({ $0.runs[token] }) else { return }
            // As long as it is not taken leave of, its number is nobody else's.
            _ = kill(-run.child, SIGKILL)
            var status: Int32 = 0
            guard unsafe clinux_reap(run.child, &status) == 0 else { return }
            table.withLock { _ = $0.runs.removeValue(forKey: token) }
            ChildPrograms.started.withLock { _ = $0.remove(run.child) }
            loop?.remove(run.watched)
            SystemCall.close(run.watched)
            run.completion(run.isLate ? .timedOut : status < 0 ? .signalled(-status) : .exited(status))
        }
    }

    /// The way from the loop's receiver to the loop.
    private final class Back: Sendable { let loop = Mutex<EventLoop?>(nil) }

    /// All that this process has started and not taken leave of: its other children are orphans.
    fileprivate static let started = Mutex<Set<pid_t>>([])

    private let queue: DispatchQueue
    private let running = Running()
    private let loop: EventLoop
    private let back = Back()
    private let adopts: Bool
    private let isSweeping = Mutex(false)

    /// - Parameters:
    ///   - queue: A serial queue, on which programs are started and their ends told.
    ///   - adopts: Whether processes that lost their parent below this one become its children, and end with the next program
    ///     that ends. Only for a process that starts no others.
    /// - Throws: ``SystemFault`` if nothing more can be waited for.
    package init(on queue: DispatchQueue, adoptsOrphans adopts: Bool) throws(SystemFault) {
        self.queue = queue
        self.adopts = adopts
        // Whoever started us may have ignored it: then the kernel takes leave of children itself, and keeps nothing of how they ended.
        _ = Glibc.signal(SIGCHLD, SIG_DFL)
        if adopts { try Self.adoptOrphans(true) }
        loop = try EventLoop(on: queue) { [running, back] events in
            for event in events { running.finish(event.token, on: back.loop.withLock { $0 }) }
        }
        back.loop.withLock { $0 = loop }
    }

    /// Whether processes that lose their parent below this one become its children, from now on.
    ///
    /// - Throws: ``SystemFault``.
    package static func adoptOrphans(_ adopts: Bool) throws(SystemFault) {
        let (result, number) = SystemCall.repeating { clinux_adopt_orphans(adopts ? 1 : 0) }
        guard result == 0 else { throw SystemFault("prctl", number: number) }
    }

    /// Starts a program; to be called on the queue.
    ///
    /// - Parameters:
    ///   - path: The executable.
    ///   - input: What it reads as its standard input.
    ///   - environment: All of its environment, such as `PATH=/usr/bin:/bin`.
    ///   - bounds: What it may use.
    ///   - completion: Called on the queue, once.
    package func run(
        _ path: String,
        input: [UInt8],
        environment: [String],
        bounds: Bounds,
        completion: @escaping @Sendable (Ending) -> Void
    ) {
        let (file, number) = SystemCall.repeating { unsafe clinux_memory_file(input, input.count) }
        guard file >= 0 else { return completion(.notStarted(SystemFault("memfd_create", number: number))) }
        let (failure, child, watched) = Self.started.withLock { started in
            var (child, watched): (pid_t, Int32) = (0, -1)
            var limits = clinux_bounds(seconds: bounds.seconds, files: bounds.files, memory: bounds.memory)
            let failure = unsafe Self.withStrings(environment) {
                unsafe clinux_spawn(path, file, $0, &limits, &child, &watched)
            }
            if failure == 0 { started.insert(child) }
            return (failure, child, watched)
        }
        SystemCall.close(file)
        guard failure == 0 else {
            return completion(.notStarted(SystemFault("execve", number: failure, path: path)))
        }
        let run = Run(child: child, watched: watched) { [self] ending in
            sweep()
            completion(ending)
        }
        let token = running.table.withLock { table in
            table.started += 1
            table.runs[table.started] = run
            return table.started
        }
        do throws(SystemFault) {
            try loop.add(watched, token: token, for: .readable)
        } catch {
            // Its end would not be heard of: it is looked for instead.
            _ = kill(-child, SIGKILL)
            look(for: token)
        }
        queue.asyncAfter(deadline: .now() + .seconds(Int(bounds.seconds))) { [self] in
            guard signal(token, SIGTERM) else { return }
            running.table.withLock { $0.runs[token]?.isLate = true }
            queue.asyncAfter(deadline: .now() + DispatchTimeInterval(bounds.grace)) { [self] in
                _ = signal(token, SIGKILL)
            }
        }
    }

    /// Ends all that run, at once, and starts no more; their ends are told.
    ///
    /// To be called on the queue.
    package func end() {
        for token in running.table.withLock({ Array($0.runs.keys) }) {
            if signal(token, SIGKILL) { look(for: token) }
        }
        back.loop.withLock { $0 = nil }
        loop.cancel()
    }

    private func signal(_ token: UInt64, _ number: Int32) -> Bool {
        guard let child = running.table.withLock({ $0.runs[token]?.child }) else { return false }
        return kill(-child, number) == 0
    }

    private func look(for token: UInt64) {
        running.finish(token, on: nil)
        guard running.table.withLock({ $0.runs[token] != nil }) else { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(10)) { [self] in look(for: token) }
    }

    // MARK: Orphans

    /// How often orphans are looked for after a program ended: each look ends one generation of them.
    private static let looks = 100

    /// Ends what lost its parent: nobody would wait for it, and its time has no bound.
    private func sweep() {
        let isUnderWay = isSweeping.withLock { isSweeping in
            defer { isSweeping = adopts }
            return isSweeping
        }
        if adopts, !isUnderWay { look(again: Self.looks) }
    }

    private func look(again looks: Int) {
        // Each program has a session of its own, and what left it another: a child in ours was started by somebody else.
        let orphans = Self.started.withLock { Self.children().subtracting($0) }.filter { getsid($0) != getsid(0) }
        for orphan in orphans {
            // What belongs to another user, because it was made to change to him, ends in its own time.
            _ = kill(orphan, SIGKILL)
            var status: Int32 = 0
            _ = unsafe clinux_reap(orphan, &status)
        }
        guard !orphans.isEmpty, looks > 0 else { return isSweeping.withLock { $0 = false } }
        queue.asyncAfter(deadline: .now() + .milliseconds(20)) { [self] in look(again: looks - 1) }
    }

    /// The numbers of all our children (proc_pid_task_tid_children(5)).
    private static func children() -> Set<pid_t> {
        var children: Set<pid_t> = []
        for name in (try? SystemCall.names(in: "/proc/self/task")) ?? [] {
            guard let file = try? SystemCall.open("/proc/self/task/\(name)/children", O_RDONLY) else { continue }
            defer { SystemCall.close(file) }
            let bytes = (try? SystemCall.read(file, at: 0, count: 65_536)) ?? []
            for word in bytes.split(separator: UInt8(ascii: " ")) {
                if let number = pid_t(String(decoding: word, as: UTF8.self)) { children.insert(number) }
            }
        }
        return children
    }

    private static func withStrings<Result>(
        _ texts: [String],
        _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        return unsafe body(&pointers)
    }
}
