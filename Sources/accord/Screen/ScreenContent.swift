import StrictJSON

/// What a live screen shows, as it came from the daemon.
struct ScreenContent: Equatable {
    /// Who looks, such as `lead.fib (FIB-MB)`.
    var who = ""
    var cases: [JSONObject] = []
    var deadlines: [JSONObject] = []
    var tasks: [JSONObject] = []
    /// The event that came last.
    var last: JSONObject?
    /// Since when the line is dead, and why; nil as long as it lives.
    var stale: Stale?

    struct Stale: Equatable {
        /// Microseconds since the epoch.
        var since: Int64
        var why: String
    }

    /// The page in as many lines as there are rows, none wider than the terminal.
    func lines(width: Int, height: Int) -> [Shown] {
        var lines = [heading]
        let room = max(0, height - 2)
        let lists = lists
        let heights = Self.heights(lists.map { max(1, $0.rows.count) + 1 }, in: room)
        for (list, height) in zip(lists, heights) where height > 0 { lines += list.lines(height) }
        while lines.count < height - 1 { lines.append("") }
        lines = Array(lines.prefix(max(1, height - 1)))
        if height > 1 { lines.append(footing) }
        return lines.map { $0.cut(to: width) }
    }

    /// All of it, however long.
    func lines(width: Int) -> [Shown] {
        let all = [heading] + lists.flatMap { $0.lines(max(1, $0.rows.count) + 1) } + [footing]
        return all.map { $0.cut(to: width) }
    }

    private var heading: Shown {
        let name: Shown = "\("Accord", .bold)  \(who)  "
        guard let stale else { return name + "\("live", .good)" }
        let since = UTCText.text(microseconds: stale.since, .seconds)
        return name + "\("STALE since \(since)", .bad): \(stale.why) Trying again."
    }

    private var footing: Shown {
        guard let last else { return "\("q quits", .dim)" }
        return
            "\("q quits", .dim)  \(last.time("recordedAt", .minutes), .dim)  \(last.text("case"))  \(last.text("summary"))"
    }

    /// A list with its title.
    private struct List {
        let title: String
        let nothing: String
        let rows: [Shown]

        func lines(_ height: Int) -> [Shown] {
            let shown = rows.prefix(height - 1)
            let count: Shown = rows.isEmpty ? "" : "  \(rows.count)"
            let hidden: Shown = shown.count < rows.count ? "\(" (\(shown.count) shown)", .dim)" : ""
            let first: [Shown] = ["\(title, .bold)" + count + hidden]
            return first + (rows.isEmpty && height > 1 ? ["  \(nothing, .dim)"] : Array(shown))
        }
    }

    private var lists: [List] {
        let conflicts = tasks.filter { $0.text("kind").hasPrefix("decon") }
        let others = tasks.filter { !$0.text("kind").hasPrefix("decon") }
        return [
            List(title: "DUE", nothing: "Nothing is due for you.", rows: deadlines.map(Self.deadline)),
            List(title: "CONFLICTS", nothing: "None.", rows: conflicts.map(Self.task)),
            List(title: "INBOX", nothing: "Nothing waits for you.", rows: others.map(Self.task)),
            List(title: "CASES", nothing: "None that you may see.", rows: cases.map(Self.caseFile)),
        ]
    }

    private static func deadline(_ object: JSONObject) -> Shown {
        let state = object.text("state")
        let place = [object.text("case"), object.text("item")].filter { !$0.isEmpty }.joined(separator: " ")
        let style: Style = state == "overdue" ? .bad : state == "warning" ? .warning : .plain
        let owed = object.texts("agencies").joined(separator: " ")
        return "  \(object.time("dueAt", .minutes))  \(state, style)  \(place)  \(owed)  \(object.text("duty"))"
    }

    private static func task(_ object: JSONObject) -> Shown {
        let place = [object.text("case"), object.text("item")].filter { !$0.isEmpty }.joined(separator: " ")
        return "  \(place)\(place.isEmpty ? "" : "  ")\(object.text("summary"))"
    }

    private static func caseFile(_ object: JSONObject) -> Shown {
        let state = object.text("state")
        return
            "  \(object.text("number"))  \(object.text("title"))  \(state, .ofState(state))  \(object["position"]?.integer ?? 0)"
    }

    /// How many rows each list gets: what it wants, if there is room; else a heading and a row each, and the rest in turn.
    static func heights(_ wanted: [Int], in room: Int) -> [Int] {
        var heights = wanted.map { _ in 0 }
        var left = room
        for step in [2, Int.max] {
            var isMoving = true
            while isMoving, left > 0 {
                isMoving = false
                for index in wanted.indices where left > 0 && heights[index] < min(wanted[index], step) {
                    heights[index] += 1
                    left -= 1
                    isMoving = true
                }
            }
        }
        return heights
    }
}

extension Shown {
    /// The same within so many columns; what does not fit ends in a mark.
    func cut(to width: Int) -> Shown {
        guard self.width > width else { return self }
        var left = max(0, width - 1)
        var cut: Shown = ""
        for run in runs {
            var text = ""
            for character in run.text {
                let columns = DisplayWidth.columns(of: String(character))
                guard columns <= left else { return cut + Shown(text, run.style) + (width > 0 ? "…" : "") }
                left -= columns
                text.append(character)
            }
            cut += Shown(text, run.style)
        }
        return cut
    }
}
