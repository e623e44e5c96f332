import Foundation
import TestSupport
import Testing

/// G1: what was acknowledged survives the loss of power, on a real file system (reliability.md 6.1).
@Suite(.serialized, .tags(.large, .g1), .needsPrograms, .needsRoot, .needsTool("mkfs.ext4"), .needsTool("mkfs.xfs"))
struct G1DurablePowerTests {
    /// Past the page cache, as the journal is written where the file system can do that, and through it.
    @Test(arguments: [Disk.Kind.ext4, .ext4JournalingData, .xfs])
    func `what was acknowledged before a power cut is on the record`(kind: Disk.Kind) throws {
        let disk = try Disk(kind, megabytes: kind == .xfs ? 320 : 256)
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), state: "\(disk.path)/state")
        try run("sync", ["-f", disk.path])
        var leaves = RecordLeaves()
        var acknowledged = 0
        var generator = SplitMix64(seed: Seeds.fresh)
        let began = Date.now
        try deployment.start()
        let cuts = Effort.count(35, atDesk: 7)
        for cut in 1...cuts {
            let writers = try Writers(["agent.fib1", "agent.mpd1"], on: deployment)
            writers.wait(for: 5 + generator.below(60))
            let process = try #require(deployment.process)
            try halt(process.pid)
            let known = writers.acknowledged
            try disk.cutPower()
            try deployment.stop(SIGKILL)
            writers.join()
            try disk.powerUp()

            try deployment.start()
            try leaves.read(deployment)
            let missing = leaves.missing(known)
            #expect(missing.isEmpty, "cut \(cut) lost \(missing.count) of \(known.count)")
            acknowledged += known.count
        }
        let seconds = Int(Date.now.timeIntervalSince(began))
        print("G1: \(cuts) power cuts of \(kind), \(acknowledged) acknowledged, in \(seconds) s")
        let verdict = try deployment.as("auditor.rob").accord("audit", "verify")
        #expect(verdict.status == 0, "\(verdict)")
        #expect(try deployment.stop() == 0)
    }

    /// The control: a cut that loses nothing of what was never synced would prove nothing.
    @Test func `a power cut takes what was not synced, and leaves what was`() throws {
        let disk = try Disk(.ext4, megabytes: 16)
        for name in ["kept", "lost"] {
            let file = try FileHandle(forWritingTo: created("\(disk.path)/\(name)"))
            for number in 1...1_000 { try file.write(contentsOf: Data("line \(number)\n".utf8)) }
            if name == "kept" { try file.synchronize() }
            try file.close()
        }
        try disk.cutPower()
        try disk.powerUp()
        let kept = try String(contentsOfFile: "\(disk.path)/kept", encoding: .utf8)
        #expect(kept.hasSuffix("line 1000\n"))
        let lost = (try? String(contentsOfFile: "\(disk.path)/lost", encoding: .utf8)) ?? ""
        #expect(!lost.hasSuffix("line 1000\n"))
    }

    /// The control with our own daemon, made to believe that it syncs: acknowledged entries must go.
    @Test(.needsTool("clang")) func `a daemon whose syncs do nothing loses what it acknowledged`() throws {
        let disk = try Disk(.ext4, megabytes: 256)
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), state: "\(disk.path)/state")
        try run("sync", ["-f", disk.path])
        try deployment.start(environment: ["LD_PRELOAD": try syncless(deployment.folder)])
        let writers = try Writers(["agent.fib1", "agent.mpd1"], on: deployment)
        writers.wait(for: 200)
        try halt(#require(deployment.process).pid)
        let known = writers.acknowledged
        try disk.cutPower()
        try deployment.stop(SIGKILL)
        writers.join()
        try disk.powerUp()
        var leaves = RecordLeaves()
        do {
            try deployment.start()
            try leaves.read(deployment)
        } catch {
            // It may also see that something is missing and not serve at all.
        }
        #expect(!leaves.missing(known).isEmpty)
    }

    /// A library before the C library's own: what is written stays in the page cache, and no sync does anything.
    private func syncless(_ folder: ScratchFolder) throws -> String {
        let source = try folder.write(
            "syncless.c",
            """
            #define _GNU_SOURCE
            #include <fcntl.h>
            #include <stdarg.h>
            #include <sys/syscall.h>
            #include <unistd.h>
            #define OPEN(name) \\
                int name(const char *path, int flags, ...) { \\
                    va_list list; \\
                    va_start(list, flags); \\
                    int mode = va_arg(list, int); \\
                    va_end(list); \\
                    return (int)syscall(SYS_openat, AT_FDCWD, path, flags & ~(O_DIRECT | O_SYNC), mode); \\
                }
            OPEN(open)
            OPEN(open64)
            int fsync(int fd) { return 0; }
            int fdatasync(int fd) { return 0; }
            """
        )
        let library = folder.path("syncless.so")
        let made = try run("clang", ["-shared", "-fPIC", "-o", library, source])
        #expect(made.status == 0, "\(made.stderr)")
        return library
    }

    private func created(_ path: String) throws -> URL {
        try Data().write(to: URL(filePath: path))
        return URL(filePath: path)
    }

    /// Stops all threads of a process: a sync in flight across the cut would report a success that no cut allows.
    private func halt(_ pid: Int32) throws {
        kill(pid, SIGSTOP)
        let tasks = "/proc/\(pid)/task"
        while true {
            let states = try FileManager.default.contentsOfDirectory(atPath: tasks).map { task in
                (try? String(contentsOfFile: "\(tasks)/\(task)/stat", encoding: .utf8))?
                    .split(separator: ")").last?.dropFirst().first
            }
            if states.allSatisfy({ $0 == "T" }) { return }
            sched_yield()
        }
    }
}
