public import Cryptography
public import StrictJSON

/// One separately removable fact, kept beside the log: canonical JSON with a salt, and a LF.
///
/// The statement lists the SHA-256 of these bytes, so that `sha256sum` is the whole verifier. 32 bytes of salt keep
/// facts of few possible values from being guessed after they were destroyed; the salt is destroyed with them.
public struct Part: Hashable, Sendable {
    /// What the fact is called, such as `details` or `text`.
    public let name: String
    /// 32 bytes of chance.
    public let salt: [UInt8]
    /// The fact; any JSON without fractions.
    public let value: JSONValue

    /// A part; nil unless the salt has 32 bytes.
    public init?(name: String, salt: [UInt8], value: JSONValue) {
        guard salt.count == 32 else { return nil }
        self.name = name
        self.salt = salt
        self.value = value
    }

    /// Reads a part's file.
    ///
    /// - Throws: `Malformed` unless the bytes are exactly what ``encode(into:)`` would write.
    public init(parsing bytes: [UInt8]) throws(Malformed) {
        guard bytes.last == UInt8(ascii: "\n") else { throw Malformed(.truncated, at: bytes.count) }
        let json = try JSONValue(parsing: bytes.dropLast(), limits: .record)
        guard let object = json.object, object.count == 3, let name = object["name"]?.string,
            let salt = object["salt"]?.string.flatMap(Hex.decode), let value = object["value"],
            let part = Part(name: name, salt: salt, value: value)
        else { throw Malformed(.syntax) }
        self = part
        guard try encoded() == bytes else { throw Malformed(.syntax) }
    }

    /// What a part says that came out of its seal, or whose digest was compared: those are the bytes that were written, so that their
    /// spelling is not looked at again.
    ///
    /// - Throws: `Malformed` if they are no part.
    public static func fact(in bytes: [UInt8]) throws(Malformed) -> (name: String, value: JSONValue) {
        guard bytes.last == UInt8(ascii: "\n") else { throw Malformed(.truncated, at: bytes.count) }
        let object = try JSONValue(parsing: bytes.dropLast(), limits: .record).object
        guard let object, object.count == 3, let name = object["name"]?.string, object["salt"]?.string != nil,
            let value = object["value"]
        else { throw Malformed(.syntax) }
        return (name, value)
    }

    /// Appends the canonical bytes, with the LF.
    ///
    /// - Throws: `Malformed` if the name or the value has no canonical form; the output is then as it was before.
    public func encode(into output: inout [UInt8]) throws(Malformed) {
        let start = output.count
        do throws(Malformed) {
            output += #"{"name":"#.utf8
            try JSONValue.string(name).writeCanonical(into: &output)
            output += #","salt":""#.utf8
            output += Hex.encode(salt).utf8
            output += #"","value":"#.utf8
            try value.writeCanonical(into: &output)
            output += "}\n".utf8
        } catch {
            output.removeSubrange(start...)
            throw error
        }
    }

    /// The canonical bytes, see ``encode(into:)``.
    ///
    /// - Throws: `Malformed` if the name or the value has no canonical form.
    public func encoded() throws(Malformed) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(512)
        try encode(into: &output)
        return output
    }

    /// What a statement lists: SHA-256 of the canonical bytes.
    ///
    /// - Throws: `Malformed` if the name or the value has no canonical form.
    public func digest() throws(Malformed) -> Digest {
        Self.digest(of: try encoded())
    }

    /// What a statement lists for a part's bytes.
    public static func digest(of bytes: [UInt8]) -> Digest {
        .sha256(bytes)
    }
}
