import AccordInterface
import Glibc

/// A text written in the user's own editor.
enum Editor {
    /// Opens the editor on an empty file of the user's own, hands the text over, and removes the file when it has been
    /// delivered.
    ///
    /// If that fails, the file stays and its place is told: a report written once is not lost because a daemon was
    /// restarting.
    static func text(atMost limit: Int, deliver: (String) throws -> Void) throws {
        let path = try emptyFile()
        let command = [Environment["VISUAL"], Environment["EDITOR"]].compactMap(\.self).first { !$0.isEmpty } ?? "vi"
        // As git does: the variable may hold arguments, the path is handed over as data.
        let status = try Subprocess.runInTerminal(["/bin/sh", "-c", "\(command) \"$1\"", "accord", path])
        guard status == 0 else {
            unsafe unlink(path)
            throw Failure.input("The editor ended with status \(status). Nothing was recorded.")
        }
        let bytes = try InputFile.read(path, atMost: 16 << 20)
        guard bytes.contains(where: { $0 > 0x20 }) else {
            unsafe unlink(path)
            throw Failure.input("The text is empty. Nothing was recorded.")
        }
        do {
            try deliver(try TextInput.text(of: bytes, atMost: limit, from: "The text"))
            unsafe unlink(path)
        } catch var failure as Failure {
            failure.ask += failure.ask.isEmpty ? "" : "\n"
            failure.ask += "What you wrote is kept in \(path): use it with --file, then remove it."
            throw failure
        }
    }

    /// A new file that only this user can read, in memory rather than on a disk where there is such a place.
    private static func emptyFile() throws(Failure) -> String {
        let folders = [Environment["XDG_RUNTIME_DIR"], "/dev/shm", Environment["TMPDIR"], "/tmp"].compactMap(\.self)
        for folder in folders where !folder.isEmpty {
            var template = Array("\(folder)/accord-XXXXXX.txt".utf8CString)
            let descriptor = unsafe template.withUnsafeMutableBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return Int32(-1) }
                return unsafe mkstemps(start, 4)
            }
            guard descriptor >= 0 else { continue }
            close(descriptor)
            return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        throw Failure(
            code: Failure.file,
            message: "No file for the editor could be made.",
            ask: "Give the text as an argument, with --file, or with - on the standard input.",
            status: ExitStatus.cannotCreate
        )
    }
}
