import Foundation
import Glibc

/// What a figure has to be read with.
enum Surroundings {
    /// How many programs wanted a processor in the last minute; zero if that is not known.
    static var loadAverage: Double {
        var loads = [Double](repeating: 0, count: 1)
        return unsafe getloadavg(&loads, 1) == 1 ? loads[0] : 0
    }

    /// Whether that many leave less than half of the machine to a measurement.
    static func isBusy(_ loadAverage: Double) -> Bool {
        loadAverage > Double(ProcessInfo.processInfo.activeProcessorCount) / 2
    }

    /// What this program has had of all processors so far.
    static var processorTime: Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    static func description(_ loadAverage: Double) -> String {
        "\(ProcessInfo.processInfo.activeProcessorCount) processors, load average \(Page.ratio(loadAverage)) before"
    }
}
