/// Makes everything in a text visible that a terminal or a reader would act upon without showing it.
///
/// Text that others wrote must not move the cursor, set the clipboard (OSC 52), turn the direction of writing, or hide
/// letters between letters. Whatever is not plainly visible becomes an escape such as `\u{1B}`. The exact text is what
/// `--json` prints.
enum VisibleText {
    /// The text on one line: line ends and tabs become escapes too.
    static func line(_ text: String) -> String { escaped(text) { _ in false } }

    /// The text as lines, cut at LF only; tabs are widened to four columns.
    static func lines(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { piece in
            escaped(String(Substring(piece))) { $0 == "\t" }.replacing("\t", with: "    ")
        }
    }

    /// Whether a scalar is a control, a format or bidirectional control, of no width, or unknown to Unicode.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E: return false
        case 0...0x9F: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return true
        default: return scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    /// Whether all bytes are printable ASCII, as nearly all text here is.
    static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20...0x7E).contains($0) } }

    private static func escaped(_ text: String, except isKept: (Unicode.Scalar) -> Bool) -> String {
        guard !isPlain(text) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isHidden(scalar), !isKept(scalar) {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let padding = String(repeating: "0", count: max(0, 2 - digits.count))
                result.append(contentsOf: "\\u{\(padding)\(digits)}".unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}
