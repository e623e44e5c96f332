/// Cuts a stream of bytes the way a transport may: a parser has to give the same result for all of them.
package struct CutFeeder: Sendable {
    /// One way of cutting.
    package struct Feeding: Sendable, CustomStringConvertible {
        /// How it was cut, for the message of a failed test.
        package let description: String
        /// The pieces; together they are the stream, and some of random cuts are empty.
        package let pieces: [[UInt8]]
    }

    private let bytes: [UInt8]

    /// A feeder of a stream.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// All at once, byte by byte, in two at each place of a short stream, and cut at random places.
    package func feedings(random count: Int = 20, seed: UInt64 = 1) -> [Feeding] {
        var feedings = [
            Feeding(description: "all at once", pieces: [bytes]),
            Feeding(description: "byte by byte", pieces: bytes.map { [$0] }),
        ]
        if bytes.count <= 512 {
            feedings += bytes.indices.map { cut in
                Feeding(description: "cut at \(cut)", pieces: [Array(bytes[..<cut]), Array(bytes[cut...])])
            }
        }
        var generator = SplitMix64(seed: seed)
        for trial in 0..<count {
            feedings.append(Feeding(description: "seed \(seed) trial \(trial)", pieces: randomPieces(&generator)))
        }
        return feedings
    }

    private func randomPieces(_ generator: inout SplitMix64) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        let longest = 1 + generator.below(max(bytes.count, 1))
        var position = 0
        while position < bytes.count {
            let length = min(generator.below(longest + 1), bytes.count - position)
            pieces.append(Array(bytes[position..<position + length]))
            position += length
        }
        return pieces
    }
}
