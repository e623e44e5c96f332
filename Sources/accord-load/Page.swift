import Glibc

/// What is printed: aligned for people, without colour, so that it can be kept in a file.
enum Page {
    static func warn(_ text: String) {
        let line = Array("accord-load: \(text)\n".utf8)
        _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// A label and its value, in columns.
    static func row(_ label: String, _ value: String) {
        print(padded(label, 34) + value)
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.utf8.count))
    }

    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }

    /// A whole number with its thousands apart.
    static func grouped(_ value: Double) -> String {
        let digits = String(Int64(max(0, min(value, 1e15)).rounded()))
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// Two decimals.
    static func ratio(_ value: Double) -> String {
        guard value.isFinite, value < 1e9 else { return "-" }
        let hundredths = Int64((value * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }

    static func time(_ duration: Duration) -> String { microseconds(duration / .microseconds(1)) }

    /// Below ten milliseconds in microseconds, else in milliseconds.
    static func microseconds(_ value: Double) -> String {
        value < 10_000 ? "\(grouped(value)) us" : "\(ratio(value / 1_000)) ms"
    }
}
