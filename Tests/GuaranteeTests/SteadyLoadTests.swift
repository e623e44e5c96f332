import Foundation
import Synchronization
import TestSupport
import Testing
import Varlink

/// A load that goes on: nothing but the record grows.
@Suite(.tags(.large), .needsPrograms, .needsRoot)
struct SteadyLoadTests {
    @Test
    func `at 70 % of what it can, memory, descriptors, logs and journal stay as they are, and all of it verifies`()
        throws
    {
        let seconds = Effort.count(6)
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let pid = try deployment.start().pid
        let peak = try SteadyLoad(deployment, pid, seconds: max(2, min(seconds / 6, 30)), windows: 1, rate: nil)
        let perSecond = 0.7 * Double(peak.acknowledged) / Double(peak.seconds)
        let load = try SteadyLoad(deployment, pid, seconds: seconds, windows: max(6, seconds / 60), rate: perSecond)
        if Effort.isLong { print("at most \(Int(perSecond / 0.7)) entries/s, of which 70 %:\n\(load.page)") }
        let faults = load.faults + SteadyLoad.faults(of: load.windows, judgesMemory: Footprint.isMemoryItsOwn)
        #expect(faults == [], "\(load.page)")
        #expect(try deployment.stop() == 0)
        #expect(deployment.errors.utf8.count < 1 << 20)
        let words = [try Programs.path("accordd"), "check", "--config", deployment.folder.path("accord.yaml")]
        let check = try DaemonProcess.run(words, deadline: 600 + Double(seconds))
        #expect(check.status == 0, "\(check.stdout)\(check.stderr)")
    }

    /// Windows of a load as they could have been measured; memory is given in bytes by window.
    private static func windows(_ change: (Int, inout LoadWindow) -> Void = { _, _ in }) -> [LoadWindow] {
        var noise = SplitMix64(seed: Seeds.fresh)
        return (0..<60).map { number in
            var window = LoadWindow()
            window.acknowledged = 100_000
            (window.residentBytes, window.descriptors) = ((80 << 20) + noise.below(2 << 20), 30 + number % 2)
            (window.writeAheadBytes, window.journalBytes) = (4 << 20, 8 << 20)
            change(number, &window)
            return window
        }
    }

    @Test func `a load that warms up, has noise and gives memory back is steady`() {
        #expect(SteadyLoad.faults(of: Self.windows()) == [])
        #expect(SteadyLoad.faults(of: Self.windows { $1.residentBytes -= max(0, 10 - $0) << 22 }) == [])
        #expect(SteadyLoad.faults(of: Self.windows { $1.residentBytes += ($0 % 7) << 20 }) == [])
        #expect(SteadyLoad.faults(of: Self.windows { $1.residentBytes += $0 == 40 ? 64 << 20 : 0 }) == [])
    }

    @Test(arguments: [
        Growing("64 bytes of each entry are kept", "memory grew") { $1.residentBytes += $0 * 6_400_000 },
        Growing("memory grows in steps", "memory grew") { $1.residentBytes += ($0 / 10) << 26 },
        Growing("a descriptor is left now and then", "descriptors:") { $1.descriptors += $0 / 8 },
        Growing("a write-ahead log grows", "write-ahead log:") { $1.writeAheadBytes += $0 << 22 },
        Growing("the journal grows", "journal:") { $1.journalBytes += $0 << 12 },
    ])
    fileprivate func `control: what grows is found`(_ growing: Growing) {
        let faults = SteadyLoad.faults(of: Self.windows(growing.change))
        #expect(faults.count == 1 && faults.allSatisfy { $0.hasPrefix(growing.fault) }, "\(faults)")
    }
}

/// What a load may not do, and what is to be said of it.
private struct Growing: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let fault: String
    let change: @Sendable (Int, inout LoadWindow) -> Void

    init(_ name: String, _ fault: String, _ change: @escaping @Sendable (Int, inout LoadWindow) -> Void) {
        (testDescription, self.fault, self.change) = (name, fault, change)
    }
}

/// What was seen of a load in a part of its time.
struct LoadWindow: Sendable {
    var acknowledged = 0
    var latencies = Latencies()
    var residentBytes = 0
    /// The fewest: some are open for a moment only.
    var descriptors = Int.max
    /// Of the longer of the two, the record's and the views'.
    var writeAheadBytes = 0
    var journalBytes = 0
}

/// Eight connections of four members that record one entry after the other.
private struct SteadyLoad {
    private static let members = ["agent.fib1", "agent.mpd1", "agent.spo1", "inspector.lsd"]
    private static let connections = 8

    let seconds: Int
    let windows: [LoadWindow]
    /// What ended a connection.
    let faults: [String]

    /// Loads the daemon for so many seconds.
    ///
    /// - Parameters:
    ///   - deployment: one with Alder, whose daemon runs.
    ///   - pid: its process.
    ///   - seconds: how long.
    ///   - count: of windows.
    ///   - rate: entries of all connections each second; nil: as many as are answered.
    /// - Throws: If the daemon cannot be looked at.
    init(_ deployment: Deployment, _ pid: Int32, seconds: Int, windows count: Int, rate: Double?) throws {
        self.seconds = seconds
        let windows = Mutex([LoadWindow](repeating: LoadWindow(), count: count))
        let start = ContinuousClock.now
        let length = Duration.seconds(seconds) / count
        @Sendable func current() -> Int { Int((ContinuousClock.now - start) / length) }
        let crew = Crew()
        for number in 0..<Self.connections {
            crew.start("connection \(number)") {
                var client = try deployment.client(Self.members[number % Self.members.count])
                let text = String(repeating: "Two vans at the loading dock. ", count: 7)
                var sent = 0
                while current() < count {
                    if let rate {
                        let due = Duration.seconds(Double(sent) * Double(Self.connections) / rate)
                        let early = due - (ContinuousClock.now - start)
                        if early > .zero { usleep(UInt32(early / .microseconds(1))) }
                    }
                    let began = ContinuousClock.now
                    guard try client.record(text) != nil else { return crew.fault("connection \(number): refused") }
                    let window = min(current(), count - 1)
                    windows.withLock {
                        $0[window].acknowledged += 1
                        $0[window].latencies.add(ContinuousClock.now - began)
                    }
                    sent += 1
                }
            }
        }
        while true {
            let window = current()
            guard window < count else { break }
            let footprint = try Footprint(of: pid)
            let writeAhead = ["record/record.db-wal", "views.db-wal"].map { Self.bytes("\(deployment.state)/\($0)") }
            let journal = Self.bytes("\(deployment.state)/record/journal")
            windows.withLock {
                $0[window].residentBytes = max($0[window].residentBytes, footprint.residentBytes)
                $0[window].descriptors = min($0[window].descriptors, footprint.descriptors)
                $0[window].writeAheadBytes = max($0[window].writeAheadBytes, writeAhead.max() ?? 0)
                $0[window].journalBytes = max($0[window].journalBytes, journal)
            }
            usleep(100_000)
        }
        crew.join()
        self.windows = windows.withLock { $0 }
        faults = crew.faults
    }

    var acknowledged: Int { windows.reduce(0) { $0 + $1.acknowledged } }

    var page: String {
        windows.enumerated().map { number, window in
            """
            \(number): \(window.acknowledged) entries, \(window.latencies.page); \(window.residentBytes >> 10) KiB, \
            \(window.descriptors) descriptors, write-ahead log \(window.writeAheadBytes >> 10) KiB, journal \
            \(window.journalBytes >> 10) KiB
            """
        }
        .joined(separator: "\n")
    }

    private static func bytes(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
    }
}

extension SteadyLoad {
    /// What grew, after the first third, in which it warms up.
    static func faults(of windows: [LoadWindow], judgesMemory: Bool = true) -> [String] {
        // A machine that stands still for a while shows nothing in it.
        let windows = windows.filter { $0.residentBytes > 0 }
        let steady = Array(windows.dropFirst(windows.count / 3))
        var faults: [String] = []
        let entries = steady.reduce(0) { $0 + $1.acknowledged }
        let growth = slope(steady.map { Double($0.residentBytes) }) * Double(steady.count - 1)
        // Caches fill up to a bound, and the state keeps a few bytes of facts of each entry.
        if judgesMemory, growth > Double((32 << 20) + 8 * entries) {
            faults.append("memory grew by \(Int(growth) >> 10) KiB over \(entries) entries")
        }
        let descriptors = steady.map(\.descriptors)
        if slope(descriptors.map(Double.init)) * Double(steady.count - 1) > Double(Footprint.lazyDescriptors) {
            faults.append("descriptors: \(descriptors)")
        }
        let writeAhead = steady.map(\.writeAheadBytes).max() ?? 0
        // It is moved into the file after 16 MiB; a reader who is at work then puts that off once.
        if writeAhead > 64 << 20 { faults.append("write-ahead log: \(writeAhead) bytes") }
        let journals = Set(windows.map(\.journalBytes))
        if journals.count > 1 { faults.append("journal: \(journals.sorted()) bytes") }
        return faults
    }

    /// By how much values grow from one to the next, in the middle of all pairs (Theil, Sen): some that stand out change
    /// nothing.
    private static func slope(_ values: [Double]) -> Double {
        var slopes: [Double] = []
        for (place, value) in values.enumerated() {
            for later in values.indices where later > place {
                slopes.append((values[later] - value) / Double(later - place))
            }
        }
        return slopes.isEmpty ? 0 : slopes.sorted()[slopes.count / 2]
    }
}
