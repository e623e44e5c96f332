/// Reads the tokens of an interface text and collects the comments before them.
struct InterfaceScanner {
    private let bytes: [UInt8]
    private var position = 0
    private(set) var line = 1
    /// Comment lines directly before the next token, without an empty line in between.
    private var comments: [String] = []
    private var isLineEmpty = true

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The documentation of what follows; forgotten by then.
    mutating func documentation() -> String {
        skip()
        defer { comments = [] }
        return comments.joined(separator: "\n")
    }

    var isAtEnd: Bool {
        mutating get {
            skip()
            return position == bytes.count
        }
    }

    /// Consumes a piece of punctuation if it comes next.
    mutating func take(_ punctuation: StaticString) -> Bool {
        skip()
        let wanted = Array(punctuation.description.utf8)
        guard bytes.count - position >= wanted.count, bytes[position..<position + wanted.count].elementsEqual(wanted)
        else { return false }
        position += wanted.count
        isLineEmpty = false
        comments = []
        return true
    }

    /// Consumes a piece of punctuation that must come next.
    ///
    /// - Throws: ``InterfaceFault``.
    mutating func expect(_ punctuation: StaticString) throws(InterfaceFault) {
        guard take(punctuation) else { throw fault(.syntax) }
    }

    /// Consumes a word of letters, digits and underscores; also of other characters if they are allowed.
    ///
    /// - Returns: empty if none comes.
    mutating func word(also more: StaticString = "") -> String {
        skip()
        let more = Array(more.description.utf8)
        let start = position
        while position < bytes.count, bytes[position].isWordByte || more.contains(bytes[position]) { position += 1 }
        if position > start {
            isLineEmpty = false
            comments = []
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    func fault(_ code: InterfaceFault.Code, _ name: String? = nil) -> InterfaceFault {
        InterfaceFault(code, line: line, name: name)
    }

    private mutating func skip() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
            case UInt8(ascii: "\n"):
                // An empty line parts a comment from what follows.
                if isLineEmpty { comments = [] }
                isLineEmpty = true
                line += 1
                position += 1
            case UInt8(ascii: "#"): skipComment()
            default: return
            }
        }
    }

    private mutating func skipComment() {
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        // Behind something on the same line it belongs to that, not to what follows.
        if isLineEmpty {
            var text = bytes[(position + 1)..<end]
            if text.first == UInt8(ascii: " ") { text = text.dropFirst() }
            if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
            comments.append(String(decoding: text, as: UTF8.self))
        }
        isLineEmpty = false
        position = end
    }
}

extension UInt8 {
    fileprivate var isWordByte: Bool {
        isLetter || isDigit || self == UInt8(ascii: "_")
    }

    var isLetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || isUppercase
    }

    var isUppercase: Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
    }

    var isDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
