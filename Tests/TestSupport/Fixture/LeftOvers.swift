import Foundation
import Synchronization

/// What this test process must not leave behind: daemons that it started, folders that suites share.
package enum LeftOvers {
    private struct Things {
        var pids: Set<Int32> = []
        var paths: Set<String> = []
        var mounts: Set<String> = []
        var isArmed = false
    }

    private static let things = Mutex(Things())

    /// Removes a file or folder when the process ends.
    package static func remove(atExit path: String) {
        arm()
        _ = things.withLock { $0.paths.insert(path) }
    }

    /// Kills a child when the process ends, unless it has ended before.
    package static func kill(atExit pid: Int32) {
        arm()
        _ = things.withLock { $0.pids.insert(pid) }
    }

    /// A child has ended: its number may be somebody else's from now on.
    package static func ended(_ pid: Int32) {
        _ = things.withLock { $0.pids.remove(pid) }
    }

    /// Unmounts a folder when the process ends.
    package static func unmount(atExit path: String) {
        arm()
        _ = things.withLock { $0.mounts.insert(path) }
    }

    /// It is unmounted already.
    package static func unmounted(_ path: String) {
        _ = things.withLock { $0.mounts.remove(path) }
    }

    private static func arm() {
        let isFirst = things.withLock { things in
            defer { things.isArmed = true }
            return !things.isArmed
        }
        guard isFirst else { return }
        atexit {
            LeftOvers.things.withLock { things in
                for pid in things.pids { Glibc.kill(pid, SIGKILL) }
                for path in things.mounts { unsafe umount2(path, Int32(MNT_DETACH)) }
                for path in things.paths { try? FileManager.default.removeItem(atPath: path) }
            }
        }
    }
}
