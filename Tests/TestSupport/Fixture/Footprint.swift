import Foundation

/// What a process holds at one moment.
package struct Footprint: Hashable, Sendable {
    package var residentBytes: Int
    package var descriptors: Int

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
    ///
    /// Who runs tests under one sets this variable (Deploy/soak.sh).
    package static let isMemoryItsOwn = ProcessInfo.processInfo.environment["LSAN_OPTIONS"] == nil

    /// How many files a daemon opens when it first needs them: readers of the record and of the views.
    package static let lazyDescriptors = 4

    /// What a process holds when it has closed the descriptors that it held for peers who are gone, or after a minute.
    ///
    /// - Parameters:
    ///   - pid: the process.
    ///   - base: what it held before they came.
    /// - Throws: If there is none with that number.
    package init(of pid: Int32, after base: Footprint) throws {
        let end = ContinuousClock.now + .seconds(60)
        repeat {
            usleep(10_000)
            self = try Footprint(of: pid)
        } while descriptorsLeft(since: base) != nil && ContinuousClock.now < end
    }

    /// Says how many descriptors there are, and were, if some were left; nil if none.
    package func descriptorsLeft(since base: Footprint) -> String? {
        guard descriptors > base.descriptors + Self.lazyDescriptors else { return nil }
        return "\(descriptors) descriptors of \(base.descriptors)"
    }

    package var megabytes: Int { residentBytes >> 20 }

    /// The most of each.
    package mutating func raise(to other: Footprint) {
        residentBytes = max(residentBytes, other.residentBytes)
        descriptors = max(descriptors, other.descriptors)
    }
}
