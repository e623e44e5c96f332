/// A line that may be printed: what is interpolated into it is made visible first, so that a text from outside cannot
/// reach the terminal raw by being forgotten.
struct Shown: ExpressibleByStringInterpolation, Equatable {
    /// A run of characters in one style.
    struct Run: Equatable {
        var text: String
        var style: Style
    }

    /// The runs in order.
    private(set) var runs: [Run] = []

    /// A literal of ours.
    init(stringLiteral value: String) { runs = [Run(text: value, style: .plain)] }

    init(stringInterpolation: Interpolation) { runs = stringInterpolation.runs }

    /// A text from outside, in a style.
    init(_ text: String, _ style: Style = .plain) { runs = [Run(text: VisibleText.line(text), style: style)] }

    /// Adds another line's runs.
    static func += (left: inout Shown, right: Shown) { left.runs += right.runs }

    /// One line of two.
    static func + (left: Shown, right: Shown) -> Shown {
        var sum = left
        sum += right
        return sum
    }

    /// The columns it takes.
    var width: Int { runs.reduce(0) { $0 + DisplayWidth.columns(of: $1.text) } }

    /// The characters, with the sequences for colour if wanted.
    func text(isColoured: Bool) -> String {
        runs.reduce(into: "") { $0 += isColoured ? $1.style.applied(to: $1.text) : $1.text }
    }

    /// Collects the pieces of an interpolated literal.
    struct Interpolation: StringInterpolationProtocol {
        fileprivate var runs: [Run] = []

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { runs.append(Run(text: literal, style: .plain)) }
        }

        mutating func appendInterpolation(_ text: String, _ style: Style = .plain) { runs += Shown(text, style).runs }

        mutating func appendInterpolation(_ number: some BinaryInteger) {
            runs.append(Run(text: "\(number)", style: .plain))
        }

        mutating func appendInterpolation(_ shown: Shown) { runs += shown.runs }
    }
}
