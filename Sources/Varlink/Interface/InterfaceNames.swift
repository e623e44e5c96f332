/// The spelling of names (UAPI.20).
enum InterfaceNames {
    /// `[A-Za-z](-*[A-Za-z0-9])*` and then at least once `.[A-Za-z0-9](-*[A-Za-z0-9])*`.
    static func isInterface(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count >= 2, name.utf8.first?.isLetter == true else { return false }
        return parts.allSatisfy { part in
            guard let first = part.first, let last = part.last else { return false }
            return (first.isLetter || first.isDigit) && (last.isLetter || last.isDigit)
                && part.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
        }
    }

    /// `[A-Z][A-Za-z0-9]*`.
    static func isMember(_ name: String) -> Bool {
        name.utf8.first?.isUppercase == true && name.utf8.allSatisfy { $0.isLetter || $0.isDigit }
    }

    /// `[A-Za-z](_?[A-Za-z0-9])*`.
    static func isField(_ name: String) -> Bool {
        guard name.utf8.first?.isLetter == true, name.utf8.last != UInt8(ascii: "_") else { return false }
        return zip(name.utf8, name.utf8.dropFirst()).allSatisfy { left, right in
            right.isLetter || right.isDigit || (right == UInt8(ascii: "_") && left != UInt8(ascii: "_"))
        }
    }
}
