import AccordInterface
import ArgumentParser
import Glibc
import StrictJSON

/// A text of an option: the text itself, `@FILE`, or `-` for the standard input.
struct TextArgument: ExpressibleByArgument, Equatable {
    let argument: String

    /// A reason, a need or another text of that length, as a parameter.
    func json() throws(Failure) -> JSONValue { .string(try text(atMost: Limits.reasonBytes)) }

    /// The text, read if it lies elsewhere.
    func text(atMost limit: Int) throws(Failure) -> String {
        if argument == "-" { return try TextInput.standardInput(atMost: limit) }
        if argument.hasPrefix("@") { return try TextInput.file(String(argument.dropFirst()), atMost: limit) }
        return try TextInput.checked(argument, atMost: limit, from: "The text")
    }
}

/// Texts for the record, from wherever they come.
enum TextInput {
    /// From a file.
    static func file(_ path: String, atMost limit: Int) throws(Failure) -> String {
        try text(of: try InputFile.read(path, atMost: readingLimit), atMost: limit, from: path)
    }

    /// From the standard input.
    static func standardInput(atMost limit: Int) throws(Failure) -> String {
        guard let bytes = InputFile.readAll(STDIN_FILENO, atMost: readingLimit) else {
            throw .input("The standard input cannot be read, or is far too long.")
        }
        return try text(of: bytes, atMost: limit, from: "The standard input")
    }

    /// A text from bytes of a file: CR LF becomes LF, and line ends at the end are left out, since an editor adds one.
    static func text(of bytes: [UInt8], atMost limit: Int, from source: String) throws(Failure) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .input("\(source) is not UTF-8.", ask: "Convert it, such as with: iconv -f WINDOWS-1252 -t UTF-8")
        }
        var unified: [UInt8] = []
        unified.reserveCapacity(bytes.count)
        for byte in text.utf8 {
            if byte == 0x0A, unified.last == 0x0D { unified.removeLast() }
            unified.append(byte)
        }
        while unified.last == 0x0A { unified.removeLast() }
        return try checked(String(decoding: unified, as: UTF8.self), atMost: limit, from: source)
    }

    /// The text, unless it is empty or too long for what it is for.
    static func checked(_ text: String, atMost limit: Int, from source: String) throws(Failure) -> String {
        let count = text.utf8.count
        guard text.utf8.contains(where: { $0 > 0x20 }) else {
            throw .input("\(source) is empty. Nothing was recorded.")
        }
        guard !text.utf8.contains(0) else {
            throw .input("\(source) holds a NUL, which is no part of a text. Nothing was recorded.")
        }
        guard count <= limit else {
            throw .input(
                "\(source) has \(count) bytes; at most \(limit) are taken.",
                ask: "Accord takes no files: record a summary, and where the original is kept."
            )
        }
        return text
    }

    /// More than any text may have, so that the message can tell how long it is.
    private static let readingLimit = 16 << 20
}
