import ArgumentParser
import Deconfliction
import Policy
import StrictJSON

/// How long it takes to tell whether a planned event meets any other, among many that are active in one region.
struct DeconflictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deconflict",
        abstract: "Measure the matching of planned events and the whole decision of a submission, without a daemon.",
        discussion: """
            The floor compares with each event, and has to find the same. The whole decision applies the rules, matches, makes \
            what both sides are told, and lets the state follow; sealing and writing of its lines is what `run` measures. Exit \
            status 1 if the two do not find the same, or if a submission is not decided within a millisecond in the middle.
            """
    )

    @Option(help: "How many events are active.")
    var events = 100_000

    @Option(help: "How many are submitted.")
    var submissions = 1_000

    @Option(help: "Kilometres of the side of the region in which all of them lie.")
    var region = 200

    @Flag(help: "Judge what is found alone, and no time: for tests, on a machine that does other things.")
    var untimed = false

    func validate() throws {
        guard (1...10_000_000).contains(events), (1...1_000_000).contains(submissions), (1...5_000).contains(region)
        else {
            throw ValidationError("Events are 1 to 10,000,000, submissions 1 to 1,000,000, the region 1 to 5,000 km.")
        }
    }

    func run() throws {
        let busyBefore = Surroundings.loadAverage
        var index = EventIndex()
        var all: [PlannedEvent] = []
        for id in 0..<UInt64(events) {
            let event = event(id)
            index.insert(event)
            all.append(event)
        }
        var (matching, comparing) = (LatencyHistogram(), LatencyHistogram())
        var met = 0
        for number in 0..<submissions {
            let asked = event(UInt64(events + number))
            let start = ContinuousClock.now
            let found = index.encounters(of: asked, tolerance: 0)
            matching.add(ContinuousClock.now - start)
            met += found.count
            guard number.isMultiple(of: max(1, submissions / 20)) else { continue }
            let again = ContinuousClock.now
            let expected = all.filter { asked.meets($0, tolerance: 0) != nil }.count
            comparing.add(ContinuousClock.now - again)
            guard expected == found.count else {
                Page.warn("the index found \(found.count) events, and there are \(expected).")
                throw ExitCode.failure
            }
        }
        Page.row("events, submissions", "\(events), \(submissions)")
        Page.row("machine", Surroundings.description(busyBefore))
        Page.row("events met by a submission", Page.ratio(Double(met) / Double(submissions)))
        Page.row("matching, median", Page.time(matching.quantile(0.5)))
        Page.row("matching, p99", Page.time(matching.quantile(0.99)))
        Page.row("comparing with each, median", Page.time(comparing.quantile(0.5)))
        Page.row("comparing / matching", Page.ratio(comparing.quantile(0.5) / matching.quantile(0.5)))
        try decide(matching.quantile(0.5))
    }

    /// The whole decision, with as many events active.
    private func decide(_ floor: Duration) throws {
        // Nobody has more than twenty compared within an hour (rule P21E).
        let members = max(DecisionLoad.agencies, (events + submissions + 18) / 19)
        var load = try DecisionLoad(members: members)
        var (deciding, met) = (LatencyHistogram(), 0)
        for number in 0..<events + submissions {
            let event = event(UInt64(number))
            let parameters: JSONObject = [
                "type": "surveillance", "points": .array(event.points.map { .string($0.degrees) }),
                "start": .integer((load.now.milliseconds + 8 * Self.hour + event.window.start) * 1_000),
                "end": .integer((load.now.milliseconds + 8 * Self.hour + event.window.end) * 1_000),
            ]
            let outcome = try load.take("SubmitEvent", parameters, by: number % members)
            guard outcome.refusal == nil else {
                Page.warn("a submission was refused: \(outcome.refusal ?? "").")
                throw ExitCode.failure
            }
            guard number >= events else { continue }
            deciding.add(outcome.elapsed)
            met += outcome.found
        }
        Page.row("told of in a decision", Page.ratio(Double(met) / Double(submissions)))
        Page.row("whole decision, median", Page.time(deciding.quantile(0.5)))
        Page.row("whole decision, p99", Page.time(deciding.quantile(0.99)))
        Page.row("whole decision / matching", Page.ratio(deciding.quantile(0.5) / floor))
        guard untimed || deciding.quantile(0.5) < .milliseconds(1) else {
            Page.warn("a submission is not decided within a millisecond.")
            throw ExitCode.failure
        }
    }

    private static let hour: Int64 = 3_600_000

    /// Within a week and the region, with the radius and the buffer that are usual; the same for the same number.
    private func event(_ id: UInt64) -> PlannedEvent {
        var state = id &* 0x9E37_79B9_7F4A_7C15
        func next(below bound: Int64) -> Int64 {
            state = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9 &+ 1
            return Int64(state >> 33) % bound
        }
        // 90,000 ten-millionths of a degree are about a kilometre.
        let side = Int64(region) * 90_000
        let hour = Self.hour
        let start = next(below: 7 * 24 * hour)
        let place = Point(latitude: Int32(next(below: side)), longitude: Int32(next(below: side)))
        return PlannedEvent(
            id: id,
            caseMark: nil,
            points: place.map { [$0] } ?? [],
            radius: PlannedEvent.Bounds.defaultRadius,
            window: .init(start: start, end: start + hour + next(below: 5 * hour)),
            buffer: PlannedEvent.Bounds.defaultBuffer
        )
    }
}

extension Point {
    /// As people write it; of the north and the east, where all of the load is.
    fileprivate var degrees: String {
        [latitude, longitude].map { units in
            let (whole, part) = units.quotientAndRemainder(dividingBy: Self.unitsPerDegree)
            return "\(whole)." + String(repeating: "0", count: 7 - "\(part)".utf8.count) + "\(part)"
        }.joined(separator: ",")
    }
}
