import Foundation

/// A file system of a test's own, mounted: an ext4 or XFS that can lose its power, or a small memory one that fills up.
package final class Disk: Sendable {
    /// Mounting or unmounting failed.
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    private let scratch: ScratchFolder
    private let image: String?
    private let options: String

    /// Where it is mounted.
    package let path: String

    /// What lies in a file and can lose its power.
    package enum Kind: String, Sendable {
        case ext4
        /// Everything that is written goes through its journal, and so through the page cache.
        case ext4JournalingData
        /// Of at least 300 MB.
        case xfs
    }

    /// A file system in a file of so many megabytes.
    ///
    /// - Throws: ``Fault``.
    package init(_ kind: Kind, megabytes: Int) throws {
        options = kind == .ext4JournalingData ? "loop,data=journal" : "loop"
        scratch = try ScratchFolder("disk")
        path = scratch.path("m")
        image = scratch.path("image")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try Self.sh("truncate", "-s", "\(megabytes)M", scratch.path("image"))
        switch kind {
        case .ext4, .ext4JournalingData: try Self.sh("mkfs.ext4", "-q", "-F", scratch.path("image"))
        case .xfs: try Self.sh("mkfs.xfs", "-q", "-f", scratch.path("image"))
        }
        LeftOvers.unmount(atExit: path)
        try mount()
    }

    /// A memory file system of so many KiB.
    package init(tmpfs kibibytes: Int) throws {
        options = ""
        scratch = try ScratchFolder("disk")
        path = scratch.path("m")
        image = nil
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        LeftOvers.unmount(atExit: path)
        try Self.sh("mount", "-t", "tmpfs", "-o", "size=\(kibibytes)k,mode=0755", "tmpfs", path)
    }

    deinit {
        _ = try? run("umount", [path])
        LeftOvers.unmounted(path)
    }

    private func mount() throws {
        guard let image else { return }
        try Self.sh("mount", "-o", options, image, path)
    }

    /// Mounts it so that nothing can be written, or writable again.
    package func remount(readOnly: Bool) throws {
        try Self.sh("mount", "-o", "remount,\(readOnly ? "ro" : "rw")", path)
    }

    /// Fills it up with a file, but for so many pages of 4 KiB; what others write meanwhile takes of them.
    ///
    /// - Returns: The path of the file: removed, it gives the room back.
    package func fill(sparing pages: Int) throws -> String {
        let file = "\(path)/filling"
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Fault(description: "\(file) cannot be made: \(errno)") }
        defer { close(descriptor) }
        let page = [UInt8](repeating: 0, count: 4_096)
        var count = 0
        while unsafe write(descriptor, page, page.count) == page.count { count += 1 }
        guard errno == ENOSPC, count >= pages, ftruncate(descriptor, off_t((count - pages) * page.count)) == 0 else {
            throw Fault(description: "\(file) cannot fill the disk: \(errno) after \(count) pages")
        }
        return file
    }

    /// Cuts the power: what was not synced is gone, as is the journal in memory (EXT4_IOC_SHUTDOWN, which
    /// XFS has under the same number, NOLOGFLUSH).
    package func cutPower() throws {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Fault(description: "\(path) cannot be opened: \(errno)") }
        defer { close(descriptor) }
        var withoutJournal: UInt32 = 2
        guard unsafe ioctl(descriptor, 0x8004_587D, &withoutJournal) == 0 else {
            throw Fault(description: "the power cannot be cut: \(errno)")
        }
    }

    /// Comes up again after a cut: the journal is replayed.
    ///
    /// Nobody may have a file open.
    package func powerUp() throws {
        try Self.sh("umount", path)
        try mount()
    }

    private static func sh(_ words: String...) throws {
        let done = try run(words[0], Array(words.dropFirst()))
        guard done.status == 0 else { throw Fault(description: "\(words.joined(separator: " ")): \(done.stderr)") }
    }
}
