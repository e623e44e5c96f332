import Casework
import Foundation
import TestSupport
import Testing

@testable import Coordination

/// Whoever may write a hook decides what the daemon runs.
@Suite("The folder of hooks", .tags(.medium, .g3))
struct HookFolderTests {
    private let scratch: ScratchFolder
    private let folder: String

    init() throws {
        scratch = try ScratchFolder("hooks")
        folder = scratch.path("hooks.d")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        try permit("hooks.d", 0o755)
    }

    private func permit(_ name: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: scratch.path(name))
    }

    private func add(_ name: String, _ mode: Int = 0o755, terms: String? = "# who\n  audience:  liaison.mpd \n") throws
    {
        try scratch.write("hooks.d/\(name)", "#!/bin/sh\n")
        try permit("hooks.d/\(name)", mode)
        guard let terms else { return }
        try scratch.write("hooks.d/\(name).hook", terms)
        try permit("hooks.d/\(name).hook", 0o644)
    }

    @Test func `an executable with an audience is a hook, and so is nothing else`() throws {
        try add("mail")
        try add("page", terms: "kinds: decon.*, *overdue\r\naudience: liaison of MPD-VT\n")
        try scratch.write("hooks.d/.hidden", "")
        let found = HookFolder(folder)
        #expect(found.faults.isEmpty, "\(found.faults)")
        #expect(found.hooks.map(\.name) == ["mail", "page"])
        #expect(found.hooks.map(\.audience.description) == ["liaison.mpd", "liaison of MPD-VT"])
        #expect(found.hooks.map(\.kinds.patterns) == [[], ["decon.*", "*overdue"]])
        #expect(found.hooks.allSatisfy { $0.isUnchanged })
    }

    @Test(arguments: [
        ("open", 0o775, "audience: liaison.mpd", "written by others"),
        ("all", 0o757, "audience: liaison.mpd", "written by others"),
        ("rights", 0o4755, "audience: liaison.mpd", "as another user"),
        ("plain", 0o644, "audience: liaison.mpd", "cannot be executed"),
        ("none", 0o755, nil, "cannot be opened"),
        ("who", 0o755, "audience: John Doe", "names no audience"),
        ("empty", 0o755, "# audience: liaison.mpd", "names no audience"),
        ("twice", 0o755, "audience: liaison.mpd\naudience: lead.fib", "line 2"),
        ("more", 0o755, "audience: liaison.mpd\nrole: liaison", "line 2"),
        ("kinds", 0o755, "audience: liaison.mpd\nkinds: **", "names kinds"),
        ("Odd", 0o755, "audience: liaison.mpd", "its name"),
    ])
    func `what is not trusted is left out, and why is said`(
        name: String,
        mode: Int,
        terms: String?,
        reason: String
    ) throws {
        try add("mail")
        try add(name, mode, terms: terms)
        let found = HookFolder(folder)
        #expect(found.hooks.map(\.name) == ["mail"])
        let fault = try #require(found.faults.first)
        #expect(found.faults.count == 1 && fault.hasPrefix("The hook \(name) is not run:"))
        #expect(fault.contains(reason), "\(fault)")
    }

    @Test func `links, pipes and folders are no hooks, nor is what others may change beside one`() throws {
        try add("mail")
        try add("loose")
        try permit("hooks.d/loose.hook", 0o666)
        let files = FileManager.default
        try files.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "\(folder)/mail")
        try scratch.write("hooks.d/link.hook", "audience: liaison.mpd\n")
        try files.createDirectory(atPath: "\(folder)/folder", withIntermediateDirectories: false)
        #expect(unsafe mkfifo("\(folder)/pipe", 0o700) == 0)
        try add("lured", terms: nil)
        try files.createSymbolicLink(atPath: "\(folder)/lured.hook", withDestinationPath: "\(folder)/mail.hook")
        let found = HookFolder(folder)
        #expect(found.hooks.map(\.name) == ["mail"])
        #expect(found.faults.count == 5, "\(found.faults)")
    }

    @Test func `nobody else may be able to put another folder in its place`() throws {
        try add("mail")
        for mode in [0o777, 0o775, 0o1777] {
            try permit("hooks.d", mode)
            #expect(HookFolder(folder).hooks.isEmpty && HookFolder(folder).faults.count == 1)
        }
        try permit("hooks.d", 0o755)
        // The scratch folder is one where everybody may put something, and nobody may move what is another's.
        #expect(HookFolder(folder).hooks.count == 1)
        let above = scratch.path("above")
        try FileManager.default.createDirectory(atPath: above, withIntermediateDirectories: false)
        try FileManager.default.moveItem(atPath: folder, toPath: "\(above)/hooks.d")
        try permit("above", 0o777)
        #expect(HookFolder("\(above)/hooks.d").hooks.isEmpty)
        try permit("above", 0o755)
        #expect(HookFolder("\(above)/hooks.d").hooks.count == 1)
        // A link to it is one more way to it: what it leads to is looked at.
        try FileManager.default.createSymbolicLink(atPath: folder, withDestinationPath: "\(above)/hooks.d")
        #expect(
            HookFolder(folder).hooks.map(\.path) == [
                URL(filePath: above).resolvingSymlinksInPath().path + "/hooks.d/mail"
            ]
        )
        #expect(HookFolder(scratch.path("nowhere")).faults.first?.contains("not there") == true)
    }

    @Test(.enabled(if: geteuid() == 0)) func `what is another user's is refused`() throws {
        try add("mail")
        #expect(unsafe chown("\(folder)/mail", 65_533, 65_533) == 0)
        #expect(HookFolder(folder).faults.first?.contains("belongs to another") == true)
    }

    @Test func `a file that was changed, or is another, is not the one that is on record`() throws {
        try add("mail")
        let hook = try #require(HookFolder(folder).hooks.first)
        #expect(hook.isUnchanged)
        try add("mail", 0o700)
        #expect(!hook.isUnchanged)
        try FileManager.default.removeItem(atPath: hook.path)
        #expect(!hook.isUnchanged)
    }
}
