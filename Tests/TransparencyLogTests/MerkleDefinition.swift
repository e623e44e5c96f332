import Cryptography

/// The tree by the recursive definitions of RFC 9162 sections 2.1.1, 2.1.3.1 and 2.1.4.1, word for word and slow.
final class MerkleDefinition {
    let leaves: [Digest]
    private var roots: [Range<Int>: Digest] = [:]

    init(count: Int) {
        leaves = (0..<count).map { Digest.sha256([0] + Array("leaf \($0)".utf8)) }
    }

    /// MTH(D[range]).
    func root(_ range: Range<Int>) -> Digest {
        if range.isEmpty { return .sha256([UInt8]()) }
        if range.count == 1 { return leaves[range.lowerBound] }
        if let known = roots[range] { return known }
        let middle = range.lowerBound + Self.split(range.count)
        let left = root(range.lowerBound..<middle)
        let right = root(middle..<range.upperBound)
        let hash = Digest.sha256([1] + left.bytes + right.bytes)
        roots[range] = hash
        return hash
    }

    /// PATH(m, D[range]).
    func path(_ index: Int, _ range: Range<Int>) -> [Digest] {
        if range.count == 1 { return [] }
        let middle = range.lowerBound + Self.split(range.count)
        let place = range.lowerBound + index
        if place < middle {
            return path(index, range.lowerBound..<middle) + [root(middle..<range.upperBound)]
        }
        return path(place - middle, middle..<range.upperBound) + [root(range.lowerBound..<middle)]
    }

    /// PROOF(m, D[0..<n]).
    func proof(_ old: Int, _ new: Int) -> [Digest] { subproof(old, 0..<new, isKnown: true) }

    private func subproof(_ old: Int, _ range: Range<Int>, isKnown: Bool) -> [Digest] {
        if old == range.count { return isKnown ? [] : [root(range)] }
        let split = Self.split(range.count)
        let middle = range.lowerBound + split
        if old <= split {
            return subproof(old, range.lowerBound..<middle, isKnown: isKnown) + [root(middle..<range.upperBound)]
        }
        return subproof(old - split, middle..<range.upperBound, isKnown: false) + [root(range.lowerBound..<middle)]
    }

    /// The largest power of two below a count.
    private static func split(_ count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }
}
