import Foundation

/// What a process holds at one moment.
package struct Footprint: Hashable, Sendable {
    package var residentBytes: Int
    package var descriptors: Int

    package init(residentBytes: Int, descriptors: Int) {
        self.residentBytes = residentBytes
        self.descriptors = descriptors
    }

    /// That of a process that runs.
    ///
    /// - Throws: If there is none with that number.
    package init(of pid: Int32) throws {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        residentBytes = (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) << 10
        descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
    }

    /// Whether memory says something: sanitizers shadow all of it, and keep what was freed.
    package static let isMemoryItsOwn = ProcessInfo.processInfo.environment["LSAN_OPTIONS"] == nil

    /// How many files a daemon opens when it first needs them: readers of the record and of the views.
    package static let lazyDescriptors = 4

    package var megabytes: Int { residentBytes >> 20 }

    /// The most of each.
    package mutating func raise(to other: Footprint) {
        residentBytes = max(residentBytes, other.residentBytes)
        descriptors = max(descriptors, other.descriptors)
    }
}
