import Glibc
import QueueRuntime
import TestSupport
import Testing

@Suite(.tags(.medium)) struct FileTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder("files")
    }

    @Test func `what was written is read, at its place`() throws {
        let file = try DurableFile(path: folder.path("f"))
        try file.write(Array("world".utf8), at: 6)
        try file.write(Array("hello ".utf8), at: 0)
        try file.synchronise()
        #expect(try file.size == 11)
        #expect(try file.read(at: 0, count: 100) == Array("hello world".utf8))
        #expect(try DurableFile(path: folder.path("f")).read(at: 6, count: 5) == Array("world".utf8))
        #expect(try SystemCall.status(ofPath: folder.path("f"))?.st_mode == S_IFREG | 0o600)
    }

    @Test func `a replaced file is whole, and nothing else is left behind`() throws {
        try DurableFile.replace(folder.path("f"), with: Array("old".utf8))
        try folder.write("f.new", "left by a crash")
        try DurableFile.replace(folder.path("f"), with: Array("new".utf8), mode: 0o640)
        #expect(try folder.names() == ["f"])
        #expect(try DurableFile.contents(of: folder.path("f"), limit: 3) == Array("new".utf8))
    }

    @Test func `a failed replacement leaves the old file`() throws {
        try folder.write("f", "old")
        unsafe #expect(mkdir(folder.path("f.new"), 0o700) == 0)
        #expect(throws: SystemFault.self) { try DurableFile.replace(folder.path("f"), with: Array("new".utf8)) }
        #expect(try folder.read("f") == Array("old".utf8))
    }

    @Test func `a file longer than allowed is not read`() throws {
        try folder.write("f", "four")
        let fault = #expect(throws: SystemFault.self) { try DurableFile.contents(of: folder.path("f"), limit: 3) }
        #expect(fault?.code == .wrongSize)
    }

    @Test func `symbolic links are not followed`() throws {
        try folder.write("f", "x")
        unsafe #expect(symlink(folder.path("f"), folder.path("link")) == 0)
        let fault = #expect(throws: SystemFault.self) { try DurableFile(path: folder.path("link")) }
        #expect(fault?.code == .symbolicLink)
    }

    @Test func `a full device is told apart`() throws {
        let file = try DurableFile(path: "/dev/full")
        let fault = #expect(throws: SystemFault.self) { try file.write([1], at: 0) }
        #expect(fault?.code == .full)
    }

    @Test func `after a failed sync a file refuses everything`() throws {
        // A character device cannot be synced, which is the cheapest way to make fdatasync fail.
        let file = try DurableFile(path: "/dev/null")
        #expect(throws: SystemFault.self) { try file.synchronise() }
        let fault = #expect(throws: SystemFault.self) { try file.write([1], at: 0) }
        #expect(fault?.code == .latched)
    }

    @Test func `only one process works in a folder`() throws {
        var first: SingleInstanceLock? = try SingleInstanceLock(path: folder.path("lock"))
        let fault = #expect(throws: SystemFault.self) { try SingleInstanceLock(path: folder.path("lock")) }
        #expect(fault?.code == .inUse)
        #expect(try folder.read("lock") == Array("\(getpid())\n".utf8))
        withExtendedLifetime(first) {}
        first = nil
        #expect(throws: Never.self) { try SingleInstanceLock(path: folder.path("lock")) }
    }

    @Test(arguments: [
        (ENOENT, SystemFault.Code.missing), (EACCES, .denied), (EPERM, .denied), (ENOSPC, .full), (EDQUOT, .full),
        (EMFILE, .noDescriptors), (EIO, .inputOutput), (EROFS, .readOnly), (EADDRINUSE, .inUse), (EINVAL, .other),
    ])
    func `an error number has a reason and an advice`(number: Int32, code: SystemFault.Code) {
        let fault = SystemFault("open", number: number, path: "/x")
        #expect(fault.code == code)
        #expect(fault.advice.hasSuffix("."))
        #expect(fault.description.contains("/x"))
    }
}
