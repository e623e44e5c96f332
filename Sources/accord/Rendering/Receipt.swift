import StrictJSON

/// The one line that proves to a person that an act is on the record.
enum Receipt {
    /// Digits of the leaf hash that are shown; `--json` has all 64.
    static let leafDigits = 12

    /// Such as `TF-2031-482913  E-3  position 17  leaf 3f9a1c2b4d5e  2031-03-03T09:20:00.125Z`.
    static func line(_ receipt: JSONObject) -> Shown {
        var line: Shown = "\(receipt["case"]?.string ?? stream(of: receipt.text("item")), .bold)"
        if let item = receipt["item"]?.string { line += "  \(item, .bold)" }
        if let position = receipt["position"]?.integer, position >= 0 { line += "  position \(position)" }
        line += "  leaf \(String(receipt.text("leaf").prefix(leafDigits)))"
        line += "  \(receipt.time("recordedAt", .milliseconds))"
        if receipt["duplicate"]?.bool == true { line += "  \("(recorded before; nothing was added)", .warning)" }
        return line
    }

    /// What stands in no case: planned events, targets, conflicts and declarations go by these letters, and all else is of the
    /// registry.
    private static func stream(of item: String) -> String {
        let begins = ["V-", "I-", "X-", "U-"].contains { item.hasPrefix($0) }
        return begins ? "deconfliction" : "registry"
    }
}
