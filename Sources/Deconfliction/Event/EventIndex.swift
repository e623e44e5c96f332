import Glibc

/// The planned events by place, so that a submission is compared with those nearby alone.
///
/// The earth lies in rows of equal height, each cut into cells of about the same width. An event stands in all cells that its
/// circles touch, and so is looked for in all cells that its own circles touch: two circles that meet have a point, and so a
/// cell, in common, however large they are.
package struct EventIndex: Sendable {
    private var events: [UInt64: PlannedEvent] = [:]
    private var cells: [Cell: [UInt64]] = [:]

    package init() {}

    /// How many events there are.
    package var count: Int { events.count }

    /// An event by its number.
    package subscript(id: UInt64) -> PlannedEvent? { events[id] }

    /// Adds an event, or puts it in the place of the one with its number.
    package mutating func insert(_ event: PlannedEvent) {
        remove(event.id)
        events[event.id] = event
        for cell in Cell.touched(by: event, tolerance: 0) { cells[cell, default: []].append(event.id) }
    }

    /// Forgets an event: it was cancelled or is over.
    @discardableResult
    package mutating func remove(_ id: UInt64) -> PlannedEvent? {
        guard let event = events.removeValue(forKey: id) else { return nil }
        for cell in Cell.touched(by: event, tolerance: 0) {
            cells[cell]?.removeAll { $0 == id }
            if cells[cell]?.isEmpty == true { cells[cell] = nil }
        }
        return event
    }

    /// The events that one meets; it may stand in the index itself.
    ///
    /// - Parameters:
    ///   - event: what was submitted.
    ///   - tolerance: metres that are allowed for inaccurate places.
    /// - Returns: In the order of their numbers.
    package func encounters(of event: PlannedEvent, tolerance: Double) -> [Encounter] {
        var seen: Set<UInt64> = []
        var found: [Encounter] = []
        for cell in Cell.touched(by: event, tolerance: tolerance) {
            for id in cells[cell] ?? [] {
                // Most have another time, and that is told most cheaply.
                guard let other = events[id], event.overlaps(other), seen.insert(id).inserted,
                    let encounter = event.meets(other, tolerance: tolerance)
                else { continue }
                found.append(encounter)
            }
        }
        return found.sorted { $0.other < $1.other }
    }
}

/// A piece of the earth, about 2.2 km high and wide.
private struct Cell: Hashable, Sendable {
    let row: Int32
    let column: Int32

    private static let rows = 9_000
    private static let rowHeight = Double.pi / Double(rows)
    /// Metres beyond a circle that are looked at too, so that rounding decides nothing.
    private static let margin = 1.0

    /// The cells that the circles of an event touch, each once.
    static func touched(by event: PlannedEvent, tolerance: Double) -> Set<Cell> {
        var cells: Set<Cell> = []
        for point in event.points {
            add(circleAround: point, of: event.radius + max(0, tolerance) + margin, to: &cells)
        }
        return cells
    }

    private static func add(circleAround point: Point, of radius: Double, to cells: inout Set<Cell>) {
        let angle = min(.pi, radius / Point.meanRadius)
        let latitude = Point.radians(point.latitude)
        let longitude = Point.radians(point.longitude)
        // How far the circle reaches to the east and the west; a circle over a pole reaches all around.
        let reach = sin(angle) / max(cos(latitude), .leastNormalMagnitude)
        let isAround = abs(latitude) + angle >= .pi / 2 || reach >= 1
        let halfWidth = isAround ? Double.pi : asin(reach)
        for row in Self.row(latitude - angle)...Self.row(latitude + angle) {
            let columns = columns(in: row)
            let width = 2 * .pi / Double(columns)
            let first = Int(((longitude - halfWidth) / width).rounded(.down))
            let last = min(Int(((longitude + halfWidth) / width).rounded(.down)), first + columns - 1)
            for column in first...max(first, last) {
                let inside = ((column % columns) + columns) % columns
                cells.insert(Cell(row: Int32(row), column: Int32(inside)))
            }
        }
    }

    private static func row(_ latitude: Double) -> Int {
        min(max(Int(((latitude + .pi / 2) / rowHeight).rounded(.down)), 0), rows - 1)
    }

    /// As many as fit at the side of the row that is closer to a pole.
    private static func columns(in row: Int) -> Int {
        let south = Double(row) * rowHeight - .pi / 2
        let narrow = max(abs(south), abs(south + rowHeight))
        return max(1, Int(2 * .pi * cos(min(narrow, .pi / 2)) / rowHeight))
    }
}
