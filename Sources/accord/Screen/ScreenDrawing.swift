/// What is on a terminal's screen, and the bytes that turn it into another page: only what changed is sent, which is what a slow
/// line has room for.
///
/// Three sequences of ECMA-48 place the cursor, erase to the end of a line and erase all; two private ones of every terminal
/// since the VT220 and xterm hide the cursor and keep what was on the screen before.
struct ScreenDrawing {
    private var shown: [Shown] = []
    let isColoured: Bool

    init(isColoured: Bool) { self.isColoured = isColoured }

    static let enter = "\u{1B}[?1049h\u{1B}[?25l"
    static let leave = "\u{1B}[?25h\u{1B}[?1049l"

    /// Forgets what is on the screen: it is drawn anew.
    mutating func forget() { shown = [] }

    /// The bytes that make the screen show these lines.
    mutating func bytes(for lines: [Shown]) -> String {
        var bytes = ""
        if shown.count != lines.count {
            bytes = "\u{1B}[2J"
            shown = lines.map { _ in "" }
        }
        for (row, (old, new)) in zip(shown, lines).enumerated() where old != new {
            bytes += change(row, old.characters, new.characters)
        }
        shown = lines
        return bytes
    }

    /// From the first character that differs on.
    private func change(_ row: Int, _ old: [Shown.Styled], _ new: [Shown.Styled]) -> String {
        let same = zip(old, new).prefix { $0 == $1 }.count
        let column = new.prefix(same).reduce(0) { $0 + $1.width }
        var bytes = "\u{1B}[\(row + 1);\(column + 1)H"
        var rest = new.dropFirst(same)
        while let style = rest.first?.style {
            let run = rest.prefix { $0.style == style }
            let text = String(run.map(\.character))
            bytes += isColoured ? style.applied(to: text) : text
            rest = rest.dropFirst(run.count)
        }
        let isShorter = new.reduce(0) { $0 + $1.width } < old.reduce(0) { $0 + $1.width }
        return bytes + (isShorter ? "\u{1B}[K" : "")
    }
}

extension Shown {
    /// A character as it looks.
    struct Styled: Equatable {
        let character: Character
        let style: Style
        var width: Int { DisplayWidth.columns(of: String(character)) }
    }

    var characters: [Styled] { runs.flatMap { run in run.text.map { Styled(character: $0, style: run.style) } } }
}
