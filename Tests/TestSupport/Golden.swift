import Foundation
package import Testing

/// Compares whole texts with files that lie in `Golden/` beside the test.
package enum Golden {
    /// Fails unless the text is that of the golden file.
    ///
    /// With `ACCORD_RECORD=1` the file is written anew **and the test fails**, so that nobody records by accident.
    package static func expect(
        _ text: String,
        matches name: String,
        testFile: String = #filePath,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let folder = URL(filePath: testFile).deletingLastPathComponent().appending(path: "Golden")
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["ACCORD_RECORD"] == "1" {
            do {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
                Issue.record("recorded \(name); run again without ACCORD_RECORD", sourceLocation: sourceLocation)
            } catch {
                Issue.record("could not record \(name): \(error)", sourceLocation: sourceLocation)
            }
            return
        }
        guard let expected = try? Data(contentsOf: file) else {
            Issue.record("there is no golden file \(name); ACCORD_RECORD=1 writes it", sourceLocation: sourceLocation)
            return
        }
        guard [UInt8](expected) != [UInt8](text.utf8) else { return }
        Attachment.record(text, named: name, sourceLocation: sourceLocation)
        let line = firstDifference(String(decoding: expected, as: UTF8.self), text)
        Issue.record("\(name) differs from line \(line) on; the new text is attached", sourceLocation: sourceLocation)
    }

    private static func firstDifference(_ left: String, _ right: String) -> Int {
        let old = left.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        let new = right.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, (first, second)) in zip(old, new).enumerated() where !first.elementsEqual(second) {
            return index + 1
        }
        return min(old.count, new.count) + 1
    }
}
