public import Cryptography

/// Leaf and node hashes (RFC 9162 section 2.1.1) and digests of parts, with one context for all of them.
///
/// For a single hash ``Cryptography/Digest/leaf(_:)-([UInt8])`` is shorter; a kept hasher allocates nothing.
public struct TreeHasher: ~Copyable, Sendable {
    private var hash = SHA256()

    /// A hasher.
    public init() {}

    /// SHA-256 of a zero byte and the line, with its LF.
    public mutating func leaf(_ line: [UInt8]) -> Digest {
        hash.update(0)
        hash.update(line)
        return hash.finalize()
    }

    /// SHA-256 of a zero byte and the line, with its LF, that lies in a larger buffer.
    public mutating func leaf(_ line: ArraySlice<UInt8>) -> Digest {
        hash.update(0)
        hash.update(line)
        return hash.finalize()
    }

    /// SHA-256 of the bytes of a part, see ``Part/digest(of:)``.
    mutating func part(_ bytes: [UInt8]) -> Digest {
        hash.update(bytes)
        return hash.finalize()
    }

    /// SHA-256 of a byte 1 and both children.
    public mutating func node(_ left: Digest, _ right: Digest) -> Digest {
        hash.update(1)
        hash.update(left)
        hash.update(right)
        return hash.finalize()
    }
}

extension Digest {
    /// SHA-256 of nothing: the root of the empty tree, and the link of a first line.
    public static let empty = Digest.sha256([UInt8]())

    /// The hash of a leaf (RFC 9162 section 2.1.1): SHA-256 of a zero byte and the line, with its LF.
    public static func leaf(_ line: [UInt8]) -> Digest {
        var hasher = TreeHasher()
        return hasher.leaf(line)
    }

    /// The hash of a leaf that lies in a larger buffer.
    public static func leaf(_ line: ArraySlice<UInt8>) -> Digest {
        var hasher = TreeHasher()
        return hasher.leaf(line)
    }

    /// The hash of an inner node (RFC 9162 section 2.1.1): SHA-256 of a byte 1 and both children.
    public static func node(_ left: Digest, _ right: Digest) -> Digest {
        var hasher = TreeHasher()
        return hasher.node(left, right)
    }
}
